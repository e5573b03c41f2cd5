"""An event's values by readable name, in Python's types."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.streams.events import Declared, Event
from tests.streams.events import NOW_MS, kline, trade


def event_of(kind: str, data: dict[str, Any], stream: str = "btcusdt@trade") -> Event:
    return Event(MARKET_STREAMS[kind], data, NOW_MS, stream)


def test_values_have_pythons_types() -> None:
    """Money keeps its digits, times know their zone."""
    event = event_of("trade", trade(1, price="67000.10000000"))

    assert Decimal("67000.10000000") == event.price
    assert "67000.10000000" == str(event.price)
    assert (1, True, "BTCUSDT") == (event.trade_id, event.is_buyer_maker, event.symbol)
    assert datetime(2024, 6, 1, 12, 0, 1, tzinfo=UTC) == event.event_time
    assert datetime(2024, 6, 1, 12, 0, 0, 999_000, tzinfo=UTC) == event.trade_time
    assert ("trade", "btcusdt@trade", "stream") == (event.kind, event.stream, event.source)
    assert datetime(2024, 6, 1, 12, tzinfo=UTC) == event.received


def test_the_payload_is_there_as_it_came() -> None:
    """With the exchange's own keys."""
    data = trade(1)

    assert event_of("trade", data).data is data


def test_what_stands_in_a_candle_is_the_events_own() -> None:
    """And what says that there was no trade is None."""
    event = event_of("kline", kline(first_id=-1))

    assert (Decimal("2.0"), "1m", False) == (event.close, event.interval, event.is_closed)
    assert (None, 4) == (event.first_trade_id, event.last_trade_id)


def test_the_levels_of_a_book_are_pairs_of_decimals() -> None:
    """And it knows its symbol from its stream, since it does not say it."""
    data = {"lastUpdateId": 7, "bids": [["1.10", "2"]], "asks": []}
    event = event_of("partial_depth", data, "btcusdt@depth5")

    assert ((Decimal("1.10"), Decimal("2")),) == event.bids
    assert () == event.asks
    assert ("BTCUSDT", 7) == (event.symbol, event.last_update_id)


def test_the_items_of_other_lists_are_by_name() -> None:
    """Balances of a position."""
    data = {"e": "outboundAccountPosition", "E": 1, "u": 2, "B": [{"a": "ETH", "f": "10.50", "l": "0.00"}]}
    event = Event(USER_EVENTS["outboundAccountPosition"], data, NOW_MS)

    assert ({"asset": "ETH", "free": Decimal("10.50"), "locked": Decimal("0.00")},) == event.balances
    assert "outboundAccountPosition" == event.stream


def test_what_came_under_no_condition_is_none() -> None:
    """It is declared, and not there."""
    event = Event(USER_EVENTS["executionReport"], {"e": "executionReport", "g": -1, "N": None}, NOW_MS)

    assert (None, None, None) == (event.trailing_delta, event.order_list_id, event.commission_asset)


def test_a_name_that_it_does_not_have_is_told_with_those_it_has() -> None:
    """As an attribute that is missing, so that hasattr works."""
    event = event_of("trade", trade())

    with pytest.raises(AttributeError, match=r"trade has no 'prize'; it has .*price, quantity"):
        _ = event.prize
    assert not hasattr(event, "unused")


def test_it_shows_its_values_and_completes_them() -> None:
    """Without an address."""
    event = event_of("trade", trade())

    assert repr(event).startswith(
        "Event(trade: event_time=2024-06-01 12:00:01.000, symbol=BTCUSDT, trade_id=1, price=67"
    )
    assert {"price", "quantity", "data", "as_dict"} <= set(dir(event))
    assert Decimal("0.50000000") == event.as_dict()["quantity"]


def test_it_can_be_copied_and_pickled() -> None:
    """Attributes that are asked for before there is an event do not run in circles."""
    event = event_of("trade", trade())

    assert event.price == copy.copy(event).price == pickle.loads(pickle.dumps(event)).price


def test_every_documented_event_is_read_whole(spec_folder: Path) -> None:
    """Every value that an example has is there under its name."""
    spec = json.loads((spec_folder / "ws_streams.json").read_text())
    market = [(MARKET_STREAMS[each["name"]], each["example"]) for each in spec["market_streams"]["streams"]]
    users = [(USER_EVENTS[each["name"]], each["example"]["event"]) for each in spec["user_data_stream"]["events"]]
    both: list[tuple[Declared, Any]] = [*market, *users]
    for declared, example in both:
        data = example[0] if isinstance(example, list) else example
        values = Event(declared, data, NOW_MS, "bnbbtc@x").as_dict()

        empty = [name for name, value in values.items() if value is None]
        optional = {column.name for column in declared.payload.own if column.is_optional}
        assert set(empty) <= optional
