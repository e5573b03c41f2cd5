"""``%binance history`` and ``%binance store``: a year in a line, its plan, its gaps, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb.errors import BinanceError, UsageError
from binance_nb.folders import CACHE_VARIABLE

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]
HISTORY = "%binance history klines BTCUSDT 1h --start 2024-05-30 --end 2024-05-31"


@pytest.fixture(autouse=True)
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox, with an empty store."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")


def test_a_line_gives_what_the_session_gives(run: Run) -> None:
    """Every option has its word."""
    frame = run(f"{HISTORY} --source api --closed --tz Europe/Berlin --quiet")
    filled = run(f"{HISTORY} --fill --max-rows 1_000")

    assert (24, "Europe/Berlin") == (len(frame), str(frame.index.tz))
    assert "filled" in filled
    assert filled.attrs["binance"]["whole"]


def test_several_symbols_and_trades(run: Run) -> None:
    """With commas between; trades take no interval."""
    candles = run("%binance history klines BTCUSDT,ETHUSDT 1h --start -3h")
    trades = run("%binance history agg_trades BTCUSDT --start -1min")

    assert ["symbol", "open_time"] == list(candles.index.names)
    assert "agg_trade_id" in trades


def test_a_range_above_the_ceiling_gives_the_whole_line_that_allows_it(fail: Fail) -> None:
    """To be pasted as it stands; a ceiling that the line has is raised in its place."""
    plain = fail("%binance history klines BTCUSDT 1s --start 2023-01-01 --end 2024-01-01")
    own = fail(f"{HISTORY} --max-rows 10 --quiet")

    assert (
        "%binance history klines BTCUSDT 1s --start 2023-01-01 --end 2024-01-01 --max-rows 31536000" == plain.suggestion
    )
    assert f"{HISTORY} --max-rows 24 --quiet" == own.suggestion


def test_the_plan_is_shown_instead_of_the_rows(run: Run) -> None:
    """What it will take, and nothing is fetched; the same in HTML."""
    sheet = run(f"{HISTORY} --plan")
    both = run("%binance history klines BTCUSDT,ETHUSDT 1m --start 2024-05-01 --plan")

    said = sheet.text().splitlines()
    assert "Plan of history klines BTCUSDT 1h" == said[0]
    assert any(line.split() == ["rows", "about", "24"] for line in said)
    assert any(line.split() == ["requests", "1"] for line in said)
    assert "BTCUSDT" in both.text()
    assert "In all about" in both.text()
    assert "<table" in both.html()
    assert "empty" in run("%binance store").text()


def test_the_gaps_are_a_frame(run: Run) -> None:
    """A row a hole, with its kind."""
    gaps = run("%binance history klines SOLETH 1h --start 2024-05-30 --end 2024-05-31 --gaps")

    assert isinstance(gaps, pd.DataFrame)
    assert [["SOLETH", 24, "none there"]] == gaps[["symbol", "candles", "kind"]].to_numpy().tolist()


def test_the_store_shows_verifies_mends_and_removes(run: Run, tmp_path: Path) -> None:
    """A life of a data set."""
    run(HISTORY)
    listed = run("%binance store").text()
    sound = run("%binance store verify").text()
    next(tmp_path.rglob("*.parquet")).write_bytes(b"gone")
    broken = run("%binance store verify").text()
    mended = run("%binance store verify --mend").text()
    again = run(HISTORY)
    removed = run("%binance store remove BTCUSDT").text()

    assert "2024-05-30 to 2024-05-31" in listed
    assert "Every file of 1 data set is as it was written." == sound.strip()
    assert "1 file of the store is not as it should be" in broken
    assert "%binance store verify --mend" in broken
    assert "1 file was removed; what it held is fetched again." in mended
    assert (24, 1) == (len(again), again.attrs["binance"]["requests"])
    assert removed.startswith("1 data set removed")
    assert "empty" in run("%binance store").text()


def test_a_store_of_a_newer_version_is_told_and_let_be(run: Run, tmp_path: Path) -> None:
    """Mending removes what is damaged, and nothing else."""
    run(HISTORY)
    ledger = next(tmp_path.rglob("_ledger.json"))
    ledger.write_text(ledger.read_text().replace('"version": 1', '"version": 9'))

    said = run("%binance store verify --mend").text()

    assert ledger.exists()
    assert "newer version" in said


@pytest.mark.parametrize(
    ("line", "said", "suggestion"),
    [
        ("history", "needs to know of what", "%binance history klines BTCUSDT 1h --start -90d"),
        ("history klines", "needs to know of what", "%binance history klines BTCUSDT 1h --start -90d"),
        ("history klins BTCUSDT 1h", "no history of 'klins'", "%binance history klines BTCUSDT 1h"),
        ("history klines BTCUSDT", "takes a symbol and an interval", "%binance history klines BTCUSDT 1m --start -30d"),
        ("history klines BTCUSDT 1h --source api2", "no source 'api2'", "api"),
        ("history klines BTCUSDT 1h --start -1d --max-rows many", "max_rows is a whole number", None),
        ("history klines BTCUSDT 1m --start 2014-01-01", "above the ceiling", None),
        ("history klines BTCUSDT 1h --gap", "gap", None),
        ("store verfy", "can do no 'verfy'", "verify"),
        ("store remove", "Say what to remove", "%binance store remove all"),
        ("store remove NOSUCH", "holds nothing of NOSUCH", "%binance store remove all"),
    ],
)
def test_what_does_not_fit_is_told_with_a_line_to_paste(
    fail: Fail, line: str, said: str, suggestion: str | None
) -> None:
    """Before anything is sent."""
    error = fail(f"%binance {line}")

    assert isinstance(error, UsageError)
    assert said in error.message
    if suggestion:
        assert (error.suggestion or "").endswith(suggestion)
