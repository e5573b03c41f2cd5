"""Names of streams as people write them: what is understood, and what is said of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import UsageError
from binance_nb.grammar.stream_names import parse_stream, parse_streams, plain_types, stream_types

SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBBTC", "这是测试币456")


def refused(text: object, symbols: tuple[str, ...] = SYMBOLS) -> UsageError | None:
    try:
        parse_stream(text, symbols)
    except UsageError as error:
        return error
    return None


def refusal(text: object, symbols: tuple[str, ...] = SYMBOLS) -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse_stream(text, symbols)
    return caught.value


@pytest.mark.parametrize(
    ("text", "wire", "shown"),
    [
        ("BTCUSDT@trade", "btcusdt@trade", "BTCUSDT@trade"),
        ("btcusdt@kline_1m", "btcusdt@kline_1m", "BTCUSDT@kline_1m"),
        ("BtcUsdt@depth@100ms", "btcusdt@depth@100ms", "BTCUSDT@depth@100ms"),
        (" ethusdt@kline_1M@+08:00 ", "ethusdt@kline_1M@+08:00", "ETHUSDT@kline_1M@+08:00"),
        ("!miniTicker@arr", "!miniTicker@arr", "!miniTicker@arr"),
        ("这是测试币456@aggTrade", "这是测试币456@aggTrade", "这是测试币456@aggTrade"),
    ],
)
def test_a_name_is_understood_in_either_case(text: str, wire: str, shown: str) -> None:
    """The symbol's letters may be small or capital; the exchange gets them small, the person sees them capital."""
    name = parse_stream(text, SYMBOLS)

    assert (wire, shown) == (name.wire, name.shown)


def test_a_name_says_what_comes() -> None:
    """Kind, symbol, blanks and speed."""
    name = parse_stream("BTCUSDT@depth5@100ms")

    assert ("partial_depth", "BTCUSDT", {"levels": "5"}, 100) == (
        name.declared.name,
        name.symbol,
        name.values,
        name.speed_ms,
    )


@given(st.sampled_from(["BTCUSDT", "1INCHUSDT", "这是测试币456"]), st.sampled_from(stream_types()), st.booleans())
def test_every_name_is_read_back(symbol: str, kind: str, is_small: bool) -> None:
    """What is shown is understood again, as the same stream."""
    name = parse_stream(f"{symbol.lower() if is_small else symbol}@{kind}")

    assert f"{symbol}@{kind}" == name.shown
    assert name == parse_stream(name.shown) == parse_stream(name.wire)


@given(st.text(max_size=30) | st.tuples(st.sampled_from(SYMBOLS), st.text(max_size=12)).map("@".join))
def test_whatever_is_written_is_a_stream_or_refused_in_words(text: str) -> None:
    """No other error; and what is suggested is right."""
    error = refused(text)
    proposed = text if error is None else error.suggestion

    assert error is None or (error.message.endswith(".") and error.hint)
    assert proposed is None or refused(parse_stream(proposed, SYMBOLS).shown) is None


@given(st.sampled_from(plain_types()), st.data())
def test_one_slip_of_the_keyboard_is_mended(kind: str, data: st.DataObject) -> None:
    """A letter lost from the name of a kind leads to a suggestion that is a stream."""
    at = data.draw(st.integers(0, len(kind) - 1))
    slipped = f"{kind[:at]}{kind[at + 1 :]}"
    error = refused(f"BTCUSDT@{slipped}")

    assert (error is None) == (slipped in stream_types())
    assert error is None or refused(error.suggestion) is None


@pytest.mark.parametrize(
    ("text", "said", "suggestion"),
    [
        ("BTCUSDT@trad", "no stream 'trad'", "BTCUSDT@trade"),
        ("BTCUSDT@Trade", "no stream 'Trade'", "BTCUSDT@trade"),
        ("BTCUSDT@book_ticker", "no stream 'book_ticker'", "BTCUSDT@bookTicker"),
        ("BTCUSDT@klines", "no stream 'klines'", "BTCUSDT@kline_1m"),
        ("BTCUSDT@kline", "kline needs an interval", "BTCUSDT@kline_1m"),
        ("BTCUSDT@kline_7m", "no interval '7m'", "BTCUSDT@kline_1m"),
        ("BTCUSDT@kline_1hour", "no interval '1hour'", "BTCUSDT@kline_1h"),
        ("BTCUSDT@kline1m", "written another way", "BTCUSDT@kline_1m"),
        ("BTCUSDT@kline_1m@+09:00", "cannot end in @+09:00", "BTCUSDT@kline_1m@+08:00"),
        ("BTCUSDT@depth@250ms", "cannot end in @250ms", "BTCUSDT@depth@100ms"),
        ("BTCUSDT@depth50", "no levels '50'", "BTCUSDT@depth20"),
        ("BTCUSDT@trade@100ms", "comes in one way only", "BTCUSDT@trade"),
        ("BTCUSDT@ticker_2h", "no window size '2h'", "BTCUSDT@ticker_1h"),
        ("BTCUDST@trade", "no symbol BTCUDST here", "BTCUSDT@trade"),
        ("BTC/USDT@trade", "'BTC/USDT' is not a symbol", "BTCUSDT@trade"),
        ("这是测试币45@trade", "no symbol 这是测试币45 here", "这是测试币456@trade"),
        ("BTCUSDT", "names no stream", "BTCUSDT@trade"),
        ("ethusdt", "names no stream", "ETHUSDT@trade"),
        ("trade", "needs a symbol before it", "BTCUSDT@trade"),
        ("@trade", "no symbol before the @", "BTCUSDT@trade"),
        ("!miniticker@arr", "no stream !miniticker@arr", "!miniTicker@arr"),
        ("", "An empty text", "BTCUSDT@trade"),
        (7, "named by a text, not by int", "BTCUSDT@trade"),
    ],
)
def test_what_is_wrong_is_told_with_the_nearest_right_one(text: object, said: str, suggestion: str) -> None:
    """Kind, interval, speed, levels and symbol each in their own words."""
    error = refusal(text)

    assert said in error.message
    assert suggestion == error.suggestion
    assert error.culprit in (text, None)


def test_what_nothing_is_near_to_is_told_with_what_there_is() -> None:
    """The likeliest first."""
    error = refusal("BTCUSDT@xyz")

    assert error.suggestion is None
    assert "There are BTCUSDT@trade, BTCUSDT@kline_1m, BTCUSDT@depth," in str(error.hint)


def test_symbols_that_nobody_knows_are_not_judged() -> None:
    """Without the exchange's list, any that could be one passes."""
    assert "nosuch@trade" == parse_stream("NOSUCH@trade").wire


def test_several_come_in_their_order_and_none_twice() -> None:
    """As several texts, or in one with commas."""
    names = parse_streams(["BTCUSDT@trade,ethusdt@trade", "btcusdt@trade", "!miniTicker@arr"])

    assert ["BTCUSDT@trade", "ETHUSDT@trade", "!miniTicker@arr"] == [name.shown for name in names]


def test_none_at_all_is_refused() -> None:
    """With one to paste."""
    with pytest.raises(UsageError, match="Say which stream") as caught:
        parse_streams([])

    assert "BTCUSDT@trade" == caught.value.suggestion
