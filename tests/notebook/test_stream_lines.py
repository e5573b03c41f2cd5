"""``%binance stream``: a feed, or the frame of some seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session, connect
from binance_nb.errors import BinanceError, UsageError
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.streams.feed import Feed
from tests.notebook.completing import IS_NEW, after_completing, types_of

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]


@pytest.fixture
def quick(run: Run) -> None:
    """A sandbox where a minute takes a second."""
    run("%binance use sandbox --seed 1 --speed 60")


@pytest.fixture(scope="module")
def market() -> Iterator[Session]:
    """A sandbox for all tests of this file, where a minute takes a second."""
    with connect("sandbox", seed=1, speed=60) as opened:
        yield opened


@pytest.fixture
def running(run: Run, market: Session) -> None:
    """Another one, by its address."""
    run(f"%binance use {market.environment.url}")


@pytest.fixture
def frozen(run: Run, sandbox: SandboxProcess) -> None:
    """A sandbox whose clock stands."""
    run(f"%binance use {sandbox.url}")


def shown(shell: Any, value: Any) -> dict[str, str]:
    data: dict[str, str] = shell.display_formatter.format(value)[0]
    return data


@pytest.mark.usefixtures("quick")
def test_a_line_with_a_time_is_a_frame(run: Run, shell: Any) -> None:
    """Under a header that says what it is; SANDBOX stands out."""
    frame = run("%binance stream BTCUSDT@trade ETHUSDT@trade --for 3min --exact --keep 5_000")
    data = shown(shell, frame)

    assert isinstance(frame, pd.DataFrame)
    assert {"BTCUSDT", "ETHUSDT"} == set(frame["symbol"])
    assert data["text/plain"].startswith("stream BTCUSDT@trade ETHUSDT@trade · SANDBOX seed 1 · ")
    assert "<strong>SANDBOX seed 1</strong>" in data["text/html"]
    assert "weight" not in data["text/plain"].splitlines()[0]


@pytest.mark.usefixtures("running")
def test_a_line_without_one_is_a_feed(run: Run, shell: Any) -> None:
    """It shows how it stands, as HTML and as text."""
    feed = run("%binance stream BTCUSDT@trade ETHUSDT@kline_1m")
    feed.wait(count=1)
    data = shown(shell, feed)
    feed.close()

    assert isinstance(feed, Feed)
    title, state = data["text/plain"].splitlines()[:2]
    assert title.startswith("Feed of BTCUSDT@trade ETHUSDT@kline_1m · 127.0.0.1:")
    assert "  state       live" == state
    assert "<table" in data["text/html"]


@pytest.mark.usefixtures("running")
def test_a_variable_may_hold_the_names(run: Run) -> None:
    """One of them, or several."""
    feed = run('names = ["BTCUSDT@trade", "ETHUSDT@trade"]\n%binance stream $names !miniTicker@arr')
    feed.close()

    assert "BTCUSDT@trade ETHUSDT@trade !miniTicker@arr" == feed.title


@pytest.mark.usefixtures("quick")
def test_your_own_account_is_a_feed_too(run: Run) -> None:
    """Its frame is of orders, if nothing else is said."""
    frame = run("%binance stream --user --for 1s")

    assert "order_status" in frame
    assert "stream executionReport" == " ".join(str(frame.attrs["binance"][name]) for name in ("operation", "kind"))


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("line", "said", "suggestion"),
    [
        ("", "needs to know which stream", "%binance stream BTCUSDT@trade --for 10s"),
        ("BTCUSDT@trad --keep 10", "no stream 'trad'", "%binance stream BTCUSDT@trade --keep 10"),
        ("BTCUSDT@trade --for 10s", "stands still", "%binance use sandbox"),
        ("BTCUSDT@trade --for ages", "cannot be read as a length of time", None),
        ("BTCUSDT@trade --keep many", "keep is a whole number", None),
        ("BTCUSDT@trade --kind trade", "which --for makes", "%binance stream BTCUSDT@trade --for 10s"),
        ("BTCUSDT@trade --user", "takes no streams of the market", "%binance stream BTCUSDT@trade"),
        ("BTCUSDT@trade --seconds 10", "no option --seconds", "%binance stream BTCUSDT@trade --for 10"),
    ],
)
def test_what_does_not_fit_is_told_with_a_line_to_paste(
    fail: Fail, line: str, said: str, suggestion: str | None
) -> None:
    """Before anything is opened."""
    error = fail(f"%binance stream {line}")

    assert isinstance(error, UsageError)
    assert said in error.message
    assert suggestion in (None, error.suggestion)


@pytest.mark.usefixtures("running")
def test_several_kinds_with_a_time_need_one_named(run: Run, fail: Fail) -> None:
    """The line to paste names one, and runs."""
    error = fail("%binance stream BTCUSDT@trade BTCUSDT@kline_1m --for 20s")

    assert "%binance stream BTCUSDT@trade BTCUSDT@kline_1m --kind trade --for 20s" == error.suggestion
    assert "trade_id" in run(str(error.suggestion))


@pytest.mark.usefixtures("frozen")
def test_names_are_completed_a_part_at_a_time(run: Run, shell: Any) -> None:
    """The symbol from what has passed by, then what there is of it, then intervals; the next word likewise."""
    run("%binance exchange_info")
    symbols = after_completing(shell, "%binance stream btcu|")
    kinds = after_completing(shell, "%binance stream BTCUSDT@|")
    intervals = after_completing(shell, "%binance stream BTCUSDT@trade ETHUSDT@kline_1|")

    assert ["%binance stream BTCUSDT@"] == symbols
    assert ["%binance stream BTCUSDT@trade", "%binance stream BTCUSDT@kline_1m"] == kinds[:2]
    assert "%binance stream BTCUSDT@trade ETHUSDT@kline_1M" in intervals
    assert "%binance stream BTCUSDT@trade ETHUSDT@kline_1m@+08:00" in intervals
    assert all("ETHUSDT@kline_1" in each for each in intervals)
    assert ["%binance stream !miniTicker@arr"] == after_completing(shell, "%binance stream !mini|")


@pytest.mark.skipif(not IS_NEW, reason="IPython before 8.6 shows no types")
@pytest.mark.usefixtures("frozen")
def test_completions_say_what_they_are(shell: Any) -> None:
    """In a word."""
    assert "stream" == types_of(shell, "%binance stream BTCUSDT@tr|")["BTCUSDT@trade"]
    assert {"--for", "--keep", "--user"} <= set(types_of(shell, "%binance stream BTCUSDT@trade --|"))
    assert "diff_depth" in types_of(shell, "%binance stream BTCUSDT@trade --kind |")
