from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind, Parameter
from binance_nb.errors import UsageError
from binance_nb.grammar import (
    Bound,
    Command,
    as_magic,
    as_python,
    bind,
    command_of,
    encode_parameters,
    mended_line,
    tokenise,
)

OPTIONS, FLAGS = ("start", "end", "raw", "closed", "max_rows"), ("raw", "closed")
KLINES = command_of(ENDPOINTS["klines"], OPTIONS, FLAGS)


def bound(line: str, command: Command = KLINES, **variables: Any) -> Bound:
    return bind(tokenise(line), command, variables)


def refusal(line: str, command: Command = KLINES, **variables: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        bound(line, command, **variables)
    return caught.value


def test_words_take_the_places_of_the_catalog() -> None:
    """Required parameters need no names."""
    assert bound("BTCUSDT 1h").words == {"symbol": "BTCUSDT", "interval": "1h"}


def test_an_optional_symbol_has_a_place() -> None:
    """``ticker_price BTCUSDT`` reads as one says it."""
    assert bound("BTCUSDT", command_of(ENDPOINTS["ticker_price"])).words == {"symbol": "BTCUSDT"}


@pytest.mark.parametrize(
    "line",
    ["start_time=5", "startTime=5", "--start-time 5", "--start-time=5", "--start_time 5", "--startTime 5"],
)
def test_a_parameter_has_our_spelling_and_the_exchanges(line: str) -> None:
    """Whoever knows the exchange's documentation can type from it."""
    assert bound(line).words == {"start_time": "5"}


def test_a_value_may_begin_with_a_dash() -> None:
    """``--start -30d`` is a start, not two options."""
    assert bound("--start -30d").options == {"start": "-30d"}


@pytest.mark.parametrize(
    ("line", "value"),
    [("--raw", True), ("--raw=false", False), ("--raw false", False), ("raw=True", True), ("--raw {1 > 2}", "word")],
)
def test_a_flag_needs_no_value_but_may_have_one(line: str, value: object) -> None:
    """A flag alone is true; an expression behind it is a word of its own."""
    expected = {"symbol": False} if value == "word" else {}

    assert (bound(line).options["raw"], bound(line).words) == (value is not False, expected)


def test_a_boolean_parameter_is_a_flag() -> None:
    """``--compute-commission-rates`` reads as yes."""
    command = command_of(ENDPOINTS["test_order"])

    assert bound("--compute-commission-rates BTCUSDT", command).words == {
        "compute_commission_rates": True,
        "symbol": "BTCUSDT",
    }


def test_objects_stay_objects() -> None:
    """A Timestamp in a variable reaches the call as it is."""
    moment = datetime(2024, 1, 1, tzinfo=UTC)

    assert bound("--start $moment limit={2 * n}", moment=moment, n=5) == Bound(
        "klines", {"limit": 10}, {"start": moment}
    )


def test_an_undefined_name_is_refused() -> None:
    """``$nope`` never reaches the exchange as text."""
    assert refusal("$nope 1h").culprit == "$nope"


@pytest.mark.parametrize(
    ("line", "culprit", "suggestion"),
    [
        ("--limt 5", "--limt", "--limit"),
        ("--lim 5", "--lim", "--limit"),
        ("limt=5", "limt", "limit"),
        ("--start-tme 5", "--start-tme", "--start-time"),
        ("--colour 5", "--colour", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(line: str, culprit: str, suggestion: str | None) -> None:
    """A shortened name is as unknown as a misspelt one: this is money."""
    error = refusal(line)

    assert (error.culprit, error.suggestion, error.operation) == (culprit, suggestion, "klines")


@pytest.mark.parametrize(
    ("line", "culprit"),
    [
        ("BTCUSDT 1h 500", "500"),
        ("BTCUSDT 1h --limit", "--limit"),
        ("--start --end now", "--start"),
        ("--start limit=5", "--start"),
        ("BTCUSDT 1h symbol=ETHUSDT", "symbol=ETHUSDT"),
        ("startTime=1 --start-time 2", "--start-time 2"),
        ("--raw --raw", "--raw"),
        ("--raw=maybe", "maybe"),
    ],
)
def test_a_line_that_does_not_fit_names_its_culprit(line: str, culprit: str) -> None:
    """Too many words, a missing value, the same thing twice: the message says which."""
    error = refusal(line)

    assert (error.culprit, culprit in error.message) == (culprit, True)


# ---- and back again


def test_a_call_is_written_as_a_person_would() -> None:
    """Required words by place, the rest by name, in both languages."""
    words = {"symbol": "BTCUSDT", "interval": "1h", "startTime": None, "limit": 5, "start": "-30d", "raw": True}

    assert (as_magic("klines", words), as_python("klines", words)) == (
        "%binance klines BTCUSDT 1h --limit 5 --start -30d --raw",
        'session.klines("BTCUSDT", "1h", limit=5, start="-30d", raw=True)',
    )


def test_a_missing_place_makes_the_later_ones_named() -> None:
    """Without a symbol the interval cannot stand first."""
    assert as_magic("klines", {"interval": "1h"}) == "%binance klines --interval 1h"


@pytest.mark.parametrize(
    ("value", "magic", "python"),
    [
        (Decimal("0.00001"), "0.00001", '"0.00001"'),
        (0.00001, "0.00001", "1e-05"),
        (["A", "B"], "A,B", '["A", "B"]'),
        ("two words", '"two words"', '"two words"'),
        (datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01T00:00:00+00:00", '"2024-01-01T00:00:00+00:00"'),
    ],
)
def test_a_value_is_written_so_that_it_reads_the_same(value: object, magic: str, python: str) -> None:
    """No exponent for the exchange, no spaces without quotes."""
    assert (as_magic("depth", {"symbol": value}), as_python("depth", {"symbol": value})) == (
        f"%binance depth {magic}",
        f"session.depth({python})",
    )


LINE_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=12)


def values(parameter: Parameter) -> st.SearchStrategy[object]:
    if parameter.kind is Kind.BOOLEAN:
        return st.booleans()
    if parameter.kind.is_array:
        return st.lists(LINE_TEXT.filter(lambda text: text == text.strip()), min_size=1, max_size=3)
    if parameter.kind.is_number:
        return st.integers(10**12, 10**13 - 1) if parameter.is_time else st.decimals(-(10**9), 10**9, places=8)
    return LINE_TEXT


@st.composite
def calls(draw: st.DrawFn) -> tuple[Endpoint, dict[str, object]]:
    endpoint = ENDPOINTS[draw(st.sampled_from(list(ENDPOINTS)))]
    names = [parameter.name for parameter in endpoint.asked]
    chosen = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return endpoint, {name: draw(values(endpoint.by_name[name])) for name in chosen}


@given(calls())
def test_a_call_written_as_a_line_is_the_same_call_again(call: tuple[Endpoint, dict[str, object]]) -> None:
    """What help and suggestions offer to paste means what they say, for every endpoint and any text."""
    endpoint, words = call
    _, *tokens = tokenise(as_magic(endpoint.name, words).removeprefix("%binance "))

    again = bind(tokens, command_of(endpoint), {}).words

    assert encode_parameters(endpoint, again, now_ms=lambda: 0) == encode_parameters(endpoint, words, now_ms=lambda: 0)


@given(calls())
def test_a_call_written_as_python_is_the_same_call_again(call: tuple[Endpoint, dict[str, object]]) -> None:
    """The Python form evaluates to the same arguments."""
    endpoint, words = call

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            places = [parameter.python_name for parameter in endpoint.positional]
            return lambda *placed, **named: {**dict(zip(places, placed, strict=False)), **named}

    again = eval(as_python(endpoint.name, words), {"session": Recorder()})

    assert encode_parameters(endpoint, again, now_ms=lambda: 0) == encode_parameters(endpoint, words, now_ms=lambda: 0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("klines BTCUSDT 1h --start 3 days ago --raw", "klines BTCUSDT 1h --start -3d --raw"),
        ("klines BTCUSDT 1h --start 2024-01-01 09:00 limit=4", 'klines BTCUSDT 1h --start "2024-01-01 09:00" limit=4'),
        ("klines BTCUSDT 1h --end=5 March 2024", "klines BTCUSDT 1h --end 2024-03-05"),
        ("klines BTCUSDT 1h startTime=3 days ago", "klines BTCUSDT 1h startTime=-3d"),
    ],
)
def test_a_value_of_several_words_is_put_into_quotes(line: str, expected: str) -> None:
    """Or said in one word, where it is a time that has one."""
    with pytest.raises(UsageError) as caught:
        bind(tokenise(line)[1:], KLINES, {})

    assert caught.value.hint == "A value of several words goes in quotes."
    assert mended_line(line, caught.value) == f"%binance {expected}"


@pytest.mark.parametrize("line", ["BTCUSDT 1h 5", "BTCUSDT 1h --closed 5", "BTCUSDT 1h limit=5 --raw 6"])
def test_what_goes_by_name_is_listed_by_the_names_that_people_use(line: str) -> None:
    """``--start`` for the exchange's startTime."""
    assert refusal(line).hint == "The rest goes by name: --start, --end, --time-zone, --limit."


def test_the_last_place_may_take_every_word_that_is_left() -> None:
    """Its value is a list, whatever options stand between; by its name it takes one more."""
    command = Command("stream", ("streams",), options=("streams", "keep"), rest="streams")
    bound = bind(tokenise("one two --keep 5 three streams=four"), command, {})

    assert {"streams": ["one", "two", "three", "four"], "keep": "5"} == bound.options
