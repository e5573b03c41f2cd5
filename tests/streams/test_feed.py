"""A feed over a source that is made up: what it keeps, hands out, and says of itself."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from binance_nb.errors import StreamError, UsageError
from binance_nb.frames import is_as_delivered
from binance_nb.grammar.stream_names import parse_streams
from binance_nb.streams.events import Event
from binance_nb.streams.feed import Feed
from tests.streams.events import NOW_MS, FakeAttachment, FakeSource, kline, trade, wait_for

TRADES, CANDLES = "btcusdt@trade", "btcusdt@kline_1m"


@pytest.fixture
def source() -> FakeSource:
    """Where the streams come from."""
    return FakeSource()


@pytest.fixture
def feed(source: FakeSource) -> Iterator[Feed]:
    """A feed of trades and candles that keeps three of each."""
    with opened(source, "BTCUSDT@trade", "BTCUSDT@kline_1m", keep=3) as feed:
        yield feed


def opened(source: FakeSource, *names: str, **more: Any) -> Feed:
    facts = {"environment": "SANDBOX seed 1"}
    parse = lambda *texts: parse_streams(texts)  # noqa: E731 - a line says it
    return Feed(source, parse_streams(names), parse=parse, facts=facts, **more)


def line(source: FakeSource) -> FakeAttachment:
    return source.attached[-1]


def in_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_it_asks_for_its_streams_as_the_wire_has_them(feed: Feed, source: FakeSource) -> None:
    """And more may join and leave, under the names that people write."""
    before = list(line(source).streams)
    feed.add("ethusdt@trade")
    feed.remove("BTCUSDT@kline_1m")

    assert [TRADES, CANDLES] == before
    assert [TRADES, "ethusdt@trade"] == line(source).streams
    assert "BTCUSDT@trade ETHUSDT@trade" == feed.title


def test_it_keeps_the_newest_of_each_stream(feed: Feed, source: FakeSource) -> None:
    """One that is busy does not push out one that is not; what went is counted."""
    line(source).send(CANDLES, kline(1))
    for number in range(1, 8):
        line(source).send(TRADES, trade(number))

    assert [5, 6, 7] == [event.trade_id for event in feed.events("trade")]
    assert 1 == len(feed.events("kline"))
    assert (8, 4) == (feed.received, feed.dropped)


def test_the_newest_of_all_or_of_one(feed: Feed, source: FakeSource) -> None:
    """By stream or by kind; None where nothing came."""
    assert feed.latest() is None
    line(source).send(TRADES, trade(1), NOW_MS)
    line(source).send(CANDLES, kline(1), NOW_MS + 5)
    latest, of_trades = feed.latest(), feed.latest("BTCUSDT@trade")

    assert latest is not None
    assert of_trades is not None
    assert ("kline", 1) == (latest.kind, of_trades.trade_id)


def test_a_frame_knows_where_it_comes_from(feed: Feed, source: FakeSource) -> None:
    """Plain facts in its attributes; sealed, so that one computed from it is told apart."""
    for number in range(1, 6):
        line(source).send(TRADES, trade(number))
    frame = feed.to_frame("trade")
    facts = frame.attrs["binance"]

    assert [3, 4, 5] == frame["trade_id"].tolist()
    assert {
        "operation": "stream",
        "kind": "trade",
        "streams": "BTCUSDT@trade",
        "events": 3,
        "dropped": 2,
        "source": "stream",
        "environment": "SANDBOX seed 1",
    } == {name: fact for name, fact in facts.items() if name != "delivered"}
    assert is_as_delivered(frame)


def test_several_kinds_make_no_one_frame(feed: Feed) -> None:
    """The error names them; a stream's own name picks too."""
    with pytest.raises(UsageError, match="several kinds make no one frame: trade, kline") as caught:
        feed.to_frame()

    assert 'to_frame("trade")' == caught.value.suggestion
    assert list(feed.to_frame("trade")) == list(feed.to_frame("btcusdt@trade")) == list(feed.to_frame("BTCUSDT@trade"))


def test_symbols_of_one_kind_make_one_frame_by_time(source: FakeSource) -> None:
    """Oldest first, whatever stream was first to bring it."""
    with opened(source, "BTCUSDT@trade", "ETHUSDT@trade") as feed:
        line(source).send(TRADES, trade(2))
        line(source).send("ethusdt@trade", trade(1, "ETHUSDT"))
        frame = feed.to_frame()

    assert ["ETHUSDT", "BTCUSDT"] == frame["symbol"].tolist()
    assert frame.index.is_monotonic_increasing


def test_what_is_not_there_is_refused_with_what_is(feed: Feed) -> None:
    """By stream and by kind."""
    with pytest.raises(UsageError, match="There is no 'trades' here") as caught:
        feed.to_frame("trades")

    assert "trade" == caught.value.suggestion


def test_a_list_in_one_message_is_many_events(source: FakeSource) -> None:
    """The stream of all symbols sends them so."""
    ticker = {"e": "24hrMiniTicker", "E": NOW_MS, "c": "1", "o": "1", "h": "1", "l": "1", "v": "1", "q": "1"}
    with opened(source, "!miniTicker@arr") as feed:
        line(source).send("!miniTicker@arr", [{**ticker, "s": "BTCUSDT"}, {**ticker, "s": "ETHUSDT"}])

    assert ["BTCUSDT", "ETHUSDT"] == feed.to_frame()["symbol"].tolist()


def test_callbacks_are_told_until_they_are_cancelled(feed: Feed, source: FakeSource) -> None:
    """Of every stream, in order."""
    told: list[Event] = []
    handle = feed.on(told.append)
    line(source).send(TRADES, trade(1))
    line(source).send(CANDLES, kline(1))
    handle.cancel()
    line(source).send(TRADES, trade(2))

    assert ["trade", "kline"] == [event.kind for event in told]


def test_a_callback_that_fails_is_told_no_more(
    feed: Feed, source: FakeSource, capsys: pytest.CaptureFixture[str]
) -> None:
    """The feed says so and goes on, the others are told, nothing is printed."""
    told: list[Event] = []
    feed.on(lambda event: 1 / 0)
    feed.on(told.append)
    line(source).turn("live")
    line(source).send(TRADES, trade(1))
    line(source).send(TRADES, trade(2))

    assert 2 == len(told) == feed.received
    assert "A callback failed and is told no more: ZeroDivisionError: division by zero" == feed.problem
    assert ("", "") == tuple(capsys.readouterr())


def test_a_loop_goes_through_what_comes_until_the_feed_is_closed(feed: Feed, source: FakeSource) -> None:
    """From when it begins, each event once."""
    line(source).send(TRADES, trade(1))
    found: list[int] = []
    begun = threading.Event()

    def loop() -> None:
        for event in iter_told(feed, begun):
            found.append(event.trade_id)

    looping = in_background(loop)
    begun.wait(30)
    for number in (2, 3, 4):
        line(source).send(TRADES, trade(number))
    wait_for(lambda: len(found) == 3)
    feed.close()
    looping.join(30)

    assert [2, 3, 4] == found
    assert not looping.is_alive()


def iter_told(feed: Feed, begun: threading.Event) -> Iterator[Event]:
    """The events of a feed; tells when the loop listens."""
    before = len(feed._listeners)
    events = iter(feed)

    def tell() -> None:
        wait_for(lambda: len(feed._listeners) > before)
        begun.set()

    in_background(tell)
    yield from events


def test_a_loop_that_is_too_slow_loses_the_oldest_and_counts_them(feed: Feed, source: FakeSource) -> None:
    """As many as are kept may wait."""
    events = iter(feed)
    first = in_background(lambda: next(events))
    wait_for(lambda: bool(feed._listeners))
    line(source).send(TRADES, trade(1))
    first.join(30)
    for number in range(2, 8):
        line(source).send(TRADES, trade(number))

    assert [5, 6, 7] == [next(events).trade_id for _ in range(3)]
    assert 4 + 3 == feed.dropped  # of the buffer, and of the loop


def test_waiting_for_a_count_counts_all_that_came(feed: Feed, source: FakeSource) -> None:
    """Also what came before."""
    line(source).send(TRADES, trade(1))
    done: list[int] = []
    waiting = in_background(lambda: done.append(feed.wait(count=3)))
    line(source).send(TRADES, trade(2))
    line(source).send(TRADES, trade(3))
    waiting.join(30)

    assert [3] == done
    assert 3 == feed.wait(count=1)


def test_waiting_for_a_time_counts_the_clock_of_the_exchange(source: FakeSource) -> None:
    """Sixty times as fast, a minute takes a second."""
    ticks = count(0, 0.5)
    with opened(source, "BTCUSDT@trade", rate=lambda: 60.0, ticks=lambda: next(ticks)) as feed:
        feed.wait(seconds="1m")
        seen = next(ticks)

    assert 1.0 <= seen <= 2.0


@pytest.mark.parametrize("seconds", [0, -1, "0s", float("nan"), float("inf"), "soon", True])
def test_a_time_that_is_none_is_refused(feed: Feed, seconds: Any) -> None:
    """Before anything is waited for."""
    with pytest.raises(UsageError):
        feed.wait(seconds=seconds)


def test_where_the_clock_stands_no_time_can_be_waited_for(source: FakeSource) -> None:
    """It says why, and where to go."""
    with opened(source, "BTCUSDT@trade", rate=lambda: 0.0) as feed:
        with pytest.raises(UsageError, match="stands still") as caught:
            feed.wait(seconds=1)
        with pytest.raises(UsageError, match="stands still"):
            feed.collect("10s")

    assert "%binance use sandbox" == caught.value.suggestion
    assert line(source).is_closed


def test_a_collection_is_a_frame_and_closes(source: FakeSource) -> None:
    """It says how far it is while it lasts."""
    ticks, told = count(0, 1.0), list[tuple[float, str]]()
    feed = opened(
        source, "BTCUSDT@trade", ticks=lambda: next(ticks), on_wait=lambda left, why: told.append((left, why))
    )
    line(source).send(TRADES, trade(1))
    frame = feed.collect("2s", exact=True)

    assert 1 == len(frame)
    assert "note" not in frame.attrs["binance"]
    assert feed.is_closed
    assert line(source).is_closed
    assert "1 events of BTCUSDT@trade" == told[0][1]
    assert (0, "") == told[-1]


def test_an_interrupted_collection_gives_what_came(source: FakeSource) -> None:
    """And says so."""

    def interrupt(left: float, why: str) -> None:
        if left and left < 6:
            raise KeyboardInterrupt

    ticks = count(0, 3)
    feed = opened(source, "BTCUSDT@trade", ticks=lambda: next(ticks), on_wait=interrupt)
    line(source).send(TRADES, trade(1))
    frame = feed.collect("10s")

    assert [1] == frame["trade_id"].tolist()
    assert frame.attrs["binance"]["note"].startswith("Interrupted after")
    assert frame.attrs["binance"]["note"].endswith("of 10 s.")


def test_a_collection_of_several_kinds_is_refused_at_once(feed: Feed) -> None:
    """Unless one is named."""
    with pytest.raises(UsageError, match="several kinds") as caught:
        feed.collect("10s")

    assert {"kinds": ["trade", "kline"]} == caught.value.details


def test_a_collection_that_cannot_connect_says_why(source: FakeSource) -> None:
    """And leaves nothing open."""
    feed = opened(source, "BTCUSDT@trade")
    line(source).wont = "Nobody answers."
    with pytest.raises(StreamError, match="Nobody answers"):
        feed.collect("10s")

    assert line(source).is_closed


def test_it_says_how_it_stands(feed: Feed, source: FakeSource) -> None:
    """In the words of the connection."""
    line(source).turn("lost", reason="The line went dead.", attempt=2, retry_in_seconds=4.0)
    lost = (feed.state.status, feed.problem)
    line(source).turn("live", reconnects=1)

    assert ("lost", "The line went dead.") == lost
    assert ("live", "") == (feed.state.status, feed.problem)


def test_a_closed_feed_keeps_what_it_has(feed: Feed, source: FakeSource) -> None:
    """Nothing comes any more, and that is no problem when it was wished."""
    line(source).send(TRADES, trade(1))
    feed.close()
    line(source).send(TRADES, trade(2))

    assert ("closed", "", 1) == (feed.state.status, feed.problem, len(feed.to_frame("trade")))
    assert [] == list(feed)
    with pytest.raises(StreamError, match="closed"):
        feed.wait(count=2)
    with pytest.raises(UsageError, match="closed"):
        feed.add("ETHUSDT@trade")


def test_one_that_was_closed_by_another_says_so(feed: Feed) -> None:
    """To whoever waits or goes through it."""
    feed.close("The session is closed.")

    assert "The session is closed." == feed.problem == feed.state.reason
    with pytest.raises(StreamError, match=r"The session is closed\."):
        list(feed)
    with pytest.raises(StreamError, match=r"The session is closed\."):
        feed.wait(count=2)


def test_one_that_nobody_holds_closes_itself(source: FakeSource) -> None:
    """A cell that is run again leaves no ghost."""
    feed = opened(source, "BTCUSDT@trade")
    hold = line(source)
    del feed
    gc.collect()

    assert hold.is_closed
    hold.send(TRADES, trade(1))


def test_one_that_calls_back_lives_on(source: FakeSource) -> None:
    """Until its callbacks are cancelled."""
    told: list[Event] = []
    handle = opened(source, "BTCUSDT@trade").on(told.append)
    gc.collect()
    line(source).send(TRADES, trade(1))
    is_open = not line(source).is_closed
    handle.cancel()
    del handle
    gc.collect()

    assert (1, True) == (len(told), is_open)
    assert line(source).is_closed


def test_its_text_stands_alone(feed: Feed, source: FakeSource) -> None:
    """What it listens to, how it stands, how much came."""
    line(source).turn("live")
    line(source).send(TRADES, trade(1))

    assert "Feed(BTCUSDT@trade BTCUSDT@kline_1m: live, 1 events)" == repr(feed)


def test_the_decimals_of_a_symbol_go_with_its_frame(source: FakeSource) -> None:
    """So that prices are shown as they are traded; not where there are several symbols."""
    digits = {"BTCUSDT": {"price": 2, "quantity": 5}}
    one = opened(source, "BTCUSDT@trade", digits=digits)
    two = opened(source, "BTCUSDT@trade", "ETHUSDT@trade", digits=digits)

    assert digits["BTCUSDT"] == one.to_frame().attrs["binance"]["digits"]
    assert "digits" not in two.to_frame().attrs["binance"]
