from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_nb import Session, connect
from binance_nb.errors import UsageError
from binance_nb.widgets import Watch
from binance_nb.widgets.watch_quotes import tidy_symbols
from tests.widgets.sample import following


@pytest.fixture
def watch(session: Session) -> Iterator[Watch]:
    made = Watch(session, "BTCUSDT,ETHUSDT")
    made.paint_now()
    yield made
    made.close()


def tell(watch: Watch, **message: Any) -> dict[str, Any]:
    """Send a message as the browser does, and return the answer once it is there."""
    watch.panel._handle_custom_msg(message, [])
    watch._worker.join(30)
    return dict(watch.panel.answer)


def test_a_row_tells_the_last_day_of_a_symbol(watch: Watch) -> None:
    """Last price, change, high, low, volume; and the path to the last price."""
    rows: Any = watch.panel.rows
    paths: Any = watch.panel.paths

    assert ["BTCUSDT", "62,728.63", 0.7, "63,955.15", "61,353.74"] == rows[0][:5]
    assert rows[0][5] == pytest.approx(181_866_721.3)
    assert [24, 24] == [len(path) for path in paths.values()]


def test_on_a_standing_clock_it_shows_the_snapshot_and_says_so(watch: Watch) -> None:
    """Nothing is followed, and that is no problem."""
    watch.follow()
    watch.paint_now()

    assert "The clock stands: nothing will move." == watch.panel.standing["note"]
    assert ("", None) == (watch.problem, watch._feed)


def test_the_words_stand_alone(watch: Watch) -> None:
    """Names, values, the time, and that it is a sandbox."""
    lines = repr(watch).splitlines()

    assert "Watch list · SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC" == lines[0]
    assert "  BTCUSDT  62,728.63  +0.70 %  63,955.15  61,353.74  181.87 M USDT" in lines[2]
    assert "−1.50 %" in lines[3]


def test_a_symbol_is_added_from_the_browser_however_it_is_written(watch: Watch) -> None:
    """The answer says so, and the row is there."""
    answer = tell(watch, do="add", symbol="sol/usdt")
    watch.paint_now()
    rows: Any = watch.panel.rows

    assert ("SOLUSDT added.", ["BTCUSDT", "ETHUSDT", "SOLUSDT"]) == (answer["text"], watch.symbols)
    assert "SOLUSDT" == rows[2][0]


def test_a_slip_is_answered_with_the_nearest_symbol(watch: Watch) -> None:
    """Inside the widget; the list stays as it was."""
    answer = tell(watch, do="add", symbol="SOLUSTD")

    assert "There is no symbol SOLUSTD here." in answer["text"]
    assert ("SOLUSDT", ["BTCUSDT", "ETHUSDT"], "") == (answer["suggestion"], watch.symbols, watch.problem)


def test_what_is_there_is_not_added_twice(watch: Watch) -> None:
    """The answer says that it is there."""
    assert "BTCUSDT is there already." == tell(watch, do="add", symbol="btcusdt")["text"]


def test_symbols_are_taken_away(watch: Watch) -> None:
    """From the browser and from Python; one that is not there is none to miss."""
    tell(watch, do="remove", symbol="ETHUSDT")
    watch.remove("ETHUSDT")
    watch.paint_now()

    assert (["BTCUSDT"], 1) == (watch.symbols, len(watch.panel.rows))


def test_the_last_symbol_may_go_too(watch: Watch) -> None:
    """An empty list draws, and says where it is from."""
    watch.remove("BTCUSDT", "ETHUSDT")
    watch.paint_now()

    assert ([], "") == (watch.panel.rows, watch.problem)
    assert "Watch list · SANDBOX" in repr(watch)


@pytest.mark.parametrize(
    ("symbols", "interval", "suggestion"),
    [(["BTCUSTD"], "1h", "BTCUSDT"), ([], "1h", "BTCUSDT,ETHUSDT"), (["BTCUSDT"], "1hour", "1h")],
)
def test_a_word_that_does_not_fit_is_refused_in_the_cell(
    session: Session, symbols: list[str], interval: str, suggestion: str
) -> None:
    """With what would be right; no widget is made."""
    with pytest.raises(UsageError) as caught:
        Watch(session, symbols, interval=interval)

    assert suggestion == caught.value.suggestion


def test_symbols_are_read_as_people_write_them() -> None:
    """Each once, in the order given; too many are refused."""
    assert ["BTCUSDT", "ETHUSDT"] == tidy_symbols("btc/usdt, ETHUSDT, BTC-USDT,")
    with pytest.raises(UsageError):
        tidy_symbols([f"A{number}USDT" for number in range(101)])


def test_without_symbols_it_watches_the_usual_ones(session: Session) -> None:
    """Eight pairs, and a path of a day in quarters of an hour."""
    watch = Watch(session, interval="15m")
    watch.paint_now()
    paths = watch.panel.paths
    watch.close()

    assert 8 == len(watch.symbols)
    assert {96} == {len(path) for path in paths.values()}


def test_its_picture_is_small(watch: Watch) -> None:
    """A saved notebook holds it, and nothing of the widget."""
    assert len(watch.picture()) < 60_000


def test_it_follows_its_symbols_and_those_added_later() -> None:
    """Rows move by the stream; a closed session leaves the last of them and says so."""
    with connect("sandbox", seed=1) as opened:
        watch = Watch(opened, "BTCUSDT")
        seen: set[str] = set()
        came = threading.Event()
        first = {symbol: quote.time_ms for symbol, quote in watch._quotes.items()}

        def note(change: Any) -> None:
            seen.update(
                symbol for symbol, quote in watch._quotes.items() if quote.time_ms != first.get(symbol, quote.time_ms)
            )
            came.set() if {"BTCUSDT", "ETHUSDT"} <= seen else None

        watch.panel.observe(note, ["rows", "standing"])
        watch.follow()
        watch.add("ETHUSDT")
        first |= {"ETHUSDT": watch._quotes["ETHUSDT"].time_ms}
        has_come = came.wait(30)
        feed = watch._feed
    problem, closed = watch.problem, feed is not None and feed.is_closed
    with following(watch):
        pass

    assert (True, True) == (has_come, closed)
    assert "The session was closed: this is the last that came." in problem
