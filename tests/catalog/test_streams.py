"""The catalog says of every stream what the independent copy of the documentation says, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.catalog import Column, ColumnKind
from binance_nb.catalog.payloads import Inner, Payload
from binance_nb.catalog.streams import MARKET_STREAMS, STREAM_LIMITS, MarketStream, match_stream
from binance_nb.catalog.user_events import USER_EVENTS, USER_STREAM_LIMITS

STREAMS = sorted(MARKET_STREAMS)
EVENTS = sorted(USER_EVENTS)
Read = Callable[[str], Any]


@pytest.fixture
def documented(spec_data: Read) -> dict[str, dict[str, Any]]:
    """Every market stream by its name."""
    return {entry["name"]: entry for entry in spec_data("ws_streams.json")["market_streams"]["streams"]}


@pytest.fixture
def documented_events(spec_data: Read) -> dict[str, dict[str, Any]]:
    """Every event of an account by its name."""
    return {entry["name"]: entry for entry in spec_data("ws_streams.json")["user_data_stream"]["events"]}


def inner_as_spec(inner: Inner) -> Any:
    """Write what stands under a key in the words of the spec data."""
    if isinstance(inner.columns[0].field, int):
        return [column.name for column in inner.columns]
    return {"_": inner.name, **{str(column.field): column.name for column in inner.columns}}


def fields_as_spec(payload: Payload) -> dict[str, Any]:
    own = {str(column.field): column.name for column in payload.columns}
    return own | {inner.key: inner_as_spec(inner) for inner in payload.inner}


def test_the_catalog_has_every_stream_in_the_documented_order(documented: dict[str, Any], spec_data: Read) -> None:
    """None is missing and none invented, and so it is with the events of accounts."""
    events = spec_data("ws_streams.json")["user_data_stream"]["events"]

    assert list(documented) == list(MARKET_STREAMS)
    assert [entry["name"] for entry in events] == list(USER_EVENTS)


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_agrees(name: str, documented: dict[str, dict[str, Any]]) -> None:
    """Name, blanks, speeds, what an event says it is, and whether several come at once."""
    stream, entry = MARKET_STREAMS[name], documented[name]
    faster = [{"template": stream.faster[0], "update_speed_ms": stream.faster[1]}] if stream.faster else []

    assert entry["template"] == stream.template
    assert entry["event_type"] == stream.event_type
    assert entry["update_speed_ms"] == stream.speed_ms
    assert entry.get("alternate_templates", []) == faster
    assert entry["payload_is_array"] == stream.is_array
    assert {key: value["enum_ref"] for key, value in entry.get("params", {}).items()} == dict(stream.parameters)
    assert tuple(entry.get("event_type_values", filter(None, [entry["event_type"]]))) == stream.event_types
    assert len(entry.get("notes", [])) >= len(stream.notes)


@pytest.mark.parametrize("name", STREAMS)
def test_the_fields_of_a_stream_agree(name: str, documented: dict[str, dict[str, Any]]) -> None:
    """Every short key has the documented name, those within a candle or a level too, in the documented order."""
    said = fields_as_spec(MARKET_STREAMS[name].payload)

    assert documented[name]["fields"] == said
    assert list(documented[name]["fields"]) == list(said)


@pytest.mark.parametrize("name", EVENTS)
def test_the_fields_of_an_event_agree(name: str, documented_events: dict[str, dict[str, Any]]) -> None:
    """Those that come under conditions only, too."""
    payload, entry = USER_EVENTS[name].payload, documented_events[name]
    extra = [(entry["key"], entry["name"]) for entry in entry.get("conditional_fields", [])]

    assert entry["fields"] == fields_as_spec(payload)
    assert extra == [(column.field, column.name) for column in payload.extra]


def fits(column: Column, value: Any) -> bool:
    """Whether a value of an example is of the declared kind."""
    if value is None:
        return column.is_optional
    kinds: dict[ColumnKind, type] = {
        ColumnKind.DECIMAL: str,
        ColumnKind.COUNT: int,
        ColumnKind.TIME: int,
        ColumnKind.FLAG: bool,
        ColumnKind.TEXT: str,
        ColumnKind.NESTED: object,
    }
    is_number = column.kind not in (ColumnKind.COUNT, ColumnKind.TIME) or not isinstance(value, bool)
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return column.sentinel is not None
    return is_number and isinstance(value, kinds[column.kind])


def misfits(payload: Payload, event: dict[str, Any]) -> list[str]:
    """Fields of an example that are not declared, or of another kind than declared."""
    own = {column.field: column for column in payload.own}
    wrong = [key for key, value in event.items() if key in own and not fits(own[key], value)]
    inner = {each.key: each for each in payload.inner}
    for key, each in inner.items():
        items = event[key] if each.is_list else [event[key]]
        assert isinstance(event[key], list) == each.is_list
        for item in items:
            pairs = dict(enumerate(item)) if isinstance(item, list) else item
            wrong += [f"{key}.{column.field}" for column in each.columns if not fits(column, pairs[column.field])]
    return wrong + [key for key in event if key not in own and key not in inner]


@pytest.mark.parametrize("name", STREAMS)
def test_the_kinds_are_those_of_the_documented_events(name: str, documented: dict[str, dict[str, Any]]) -> None:
    """A price is text, an id a number, a flag true or false; what may be null or negative is marked so."""
    example = documented[name]["example"]

    assert [] == misfits(MARKET_STREAMS[name].payload, example[0] if MARKET_STREAMS[name].is_array else example)


@pytest.mark.parametrize("name", EVENTS)
def test_the_kinds_are_those_of_the_documented_account_events(
    name: str, documented_events: dict[str, dict[str, Any]]
) -> None:
    """Also of each field that comes under a condition."""
    payload, entry = USER_EVENTS[name].payload, documented_events[name]
    extra = {column.field: column for column in payload.extra}

    assert [] == misfits(payload, entry["example"]["event"])
    assert all(fits(extra[each["key"]], each["example"]) for each in entry.get("conditional_fields", []))


def test_the_limits_agree(spec_data: Read) -> None:
    """Of connections, of what they carry, and of subscriptions."""
    spec = spec_data("ws_streams.json")
    limits, keepalive = spec["market_streams"]["limits"], spec["market_streams"]["keepalive"]
    user = spec["user_data_stream"]["limits"]

    assert limits["incoming_messages_per_second"] == STREAM_LIMITS.messages_per_second
    assert limits["max_streams_per_connection"] == STREAM_LIMITS.streams_per_connection
    assert limits["connections_per_ip"] == {
        "count": STREAM_LIMITS.connections,
        "seconds": STREAM_LIMITS.connections_seconds,
    }
    assert limits["connection_lifetime_seconds"] == STREAM_LIMITS.lifetime_seconds
    assert keepalive["server_ping_interval_seconds"] == STREAM_LIMITS.ping_seconds
    assert keepalive["pong_deadline_seconds"] == STREAM_LIMITS.pong_seconds
    assert list(user.values()) == [
        USER_STREAM_LIMITS.active_per_session,
        USER_STREAM_LIMITS.total_per_session,
        USER_STREAM_LIMITS.per_account_per_connection,
    ]


@pytest.mark.parametrize(
    ("name", "kind", "values", "speed_ms"),
    [
        ("btcusdt@trade", "trade", {}, None),
        ("btcusdt@kline_1s", "kline", {"interval": "1s"}, 1000),
        ("btcusdt@kline_1M@+08:00", "kline_utc8", {"interval": "1M"}, 2000),
        ("btcusdt@depth", "diff_depth", {}, 1000),
        ("btcusdt@depth20@100ms", "partial_depth", {"levels": "20"}, 100),
        ("!ticker_4h@arr", "all_rolling_ticker", {"window_size": "4h"}, 1000),
        ("这是测试币456@aggTrade", "agg_trade", {}, None),
    ],
)
def test_a_name_says_what_is_asked_for(name: str, kind: str, values: dict[str, str], speed_ms: int | None) -> None:
    """Which kind, with which blanks, how often."""
    match = match_stream(name)

    assert match is not None
    assert (kind, values, speed_ms) == (match.declared.name, match.values, match.speed_ms)
    assert name.partition("@")[0] == match.symbol or not match.symbol


@pytest.mark.parametrize("name", ["", "btcusdt", "btcusdt@", "btcusdt@kline_7m", "!ticker@arr", "a@b@trade", "x@Trade"])
def test_what_is_no_name_is_none(name: str) -> None:
    """Undocumented ones, too."""
    assert match_stream(name) is None


@pytest.mark.parametrize("stream", MARKET_STREAMS.values(), ids=STREAMS)
def test_every_name_that_a_stream_lists_is_its_own(stream: MarketStream) -> None:
    """What completion proposes is understood."""
    prefix = "btcusdt@" if stream.is_of_symbol else ""
    found = {match.declared.name for each in stream.types() if (match := match_stream(f"{prefix}{each}"))}

    assert {stream.name} == found
    assert stream.about.endswith(".")
