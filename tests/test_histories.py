"""Years of candles and trades in one call, from several symbols, with what is to be known of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session, connect
from binance_nb.client import Client, WeightBudget
from binance_nb.errors import ApiError, BinanceError
from binance_nb.folders import CACHE_VARIABLE
from tests.sandbox_fixture import FROZEN_AT

KLINES = ("klines", "BTCUSDT", "1h")
DAY: dict[str, Any] = {"start": "2024-05-30", "end": "2024-05-31", "quiet": True}  # Any: words of any call


@pytest.fixture
def here(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session on this file's sandbox, with an empty store."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with Session(Client(session.environment, budget=WeightBudget())) as opened:
        yield opened


def test_a_history_is_the_frame_of_the_plain_call(here: Session) -> None:
    """Index, columns, dtypes and values; only the facts tell more."""
    told = here.history(*KLINES, **DAY)

    plain = here.klines("BTCUSDT", "1h", start="2024-05-30", end="2024-05-31")
    pd.testing.assert_frame_equal(plain, told, check_exact=True, check_freq=False)
    facts = told.attrs["binance"]
    assert {"whole": True, "holes": 0, "source": "api", "files": 0, "note": ""}.items() <= facts.items()
    assert plain.attrs["binance"]["operation"] == facts["operation"]


def test_several_symbols_are_one_frame(here: Session) -> None:
    """The symbol is the first level of the index; the facts are those that all share, and sums of the counts."""
    told = here.history("klines", "BTCUSDT,ETHUSDT", "1h", **DAY)
    trades = here.history("agg_trades", ["BTCUSDT", "ETHUSDT"], start="-1min", quiet=True)

    assert ["symbol", "open_time"] == list(told.index.names)
    alone = here.history("klines", "ETHUSDT", "1h", **DAY)
    pd.testing.assert_frame_equal(alone, told.loc[["ETHUSDT"]].droplevel("symbol"), check_freq=False, check_exact=True)
    assert (True, 2, "api") == tuple(told.attrs["binance"][name] for name in ("whole", "requests", "source"))
    assert ["symbol", "row"] == list(trades.index.names)


def test_symbols_that_were_listed_at_different_times_say_so_each(here: Session) -> None:
    """The note names both."""
    told = here.history("klines", "BTCUSDT,SOLUSDT", "1d", start="2017-08-01", end="2021-01-01", quiet=True)

    note = told.attrs["binance"]["note"]
    firsts = {symbol: told.loc[symbol].index[0] for symbol in ("BTCUSDT", "SOLUSDT")}
    assert all(f"{symbol} has no candles before {first:%Y-%m-%d}" in note for symbol, first in firsts.items())


@pytest.mark.parametrize(
    ("words", "said", "culprit"),
    [
        ({"what": "kline"}, "no history of 'kline'", "kline"),
        ({"what": ["klines"]}, "no history of", None),
        ({"symbols": ""}, "takes a symbol and an interval", None),
        ({"symbols": []}, "takes a symbol and an interval", None),
        ({"symbols": "btcusdt"}, "'btcusdt' is not a symbol", "btcusdt"),
        ({"interval": None}, "takes a symbol and an interval", None),
        ({"interval": "1x"}, "interval", "1x"),
        ({"what": "trades"}, "takes a symbol and no interval", None),
        ({"what": "trades", "interval": None, "start": None}, "needs a start", None),
        ({"source": "archives"}, "no source 'archives'", "archives"),
        ({"start": "2024-05-31"}, "not after its start", "start"),
        ({"start": "2024-06-02", "end": None}, "it is 2024-06-01 12:00:00 UTC", "start"),
        ({"start": "soon"}, "soon", None),
        ({"tz": "Nowhere"}, "no time zone Nowhere", None),
        ({"max_rows": 23}, "About 24 rows of klines BTCUSDT 1h, above the ceiling of 23", None),
        ({"what": "agg_trades", "interval": None, "fill": True}, "Only candles can be filled", "fill"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_fetched(
    here: Session, words: dict[str, Any], said: str, culprit: str | None
) -> None:
    """With the word that is wrong; the store stays empty."""
    given = {"what": "klines", "symbols": "BTCUSDT", "interval": "1h", **DAY, **words}

    with pytest.raises(BinanceError, match=said) as caught:
        here.history(given.pop("what"), given.pop("symbols"), given.pop("interval"), **given)

    assert culprit in (None, caught.value.culprit)
    assert [] == list(here.store.holdings())


def test_a_symbol_that_nobody_has_is_refused_by_the_exchange(here: Session) -> None:
    """With its own words."""
    with pytest.raises(ApiError, match="NOSUCH"):
        here.history("klines", "NOSUCH", "1h", **DAY)


@pytest.mark.parametrize("interval", ["1s", "1m", "1h", "1d", "3d", "1w", "1M"])
def test_every_length_of_candle_comes_whole_and_the_same_again(here: Session, interval: str) -> None:
    """From a moment that is no candle's; the second time from the store, but for the candle that is running."""
    start = "2024-05-31T07:30:30" if interval == "1s" else "2024-02-14T07:30:30"
    first, again = (
        here.history("klines", "BTCUSDT", interval, start=start, quiet=True, max_rows=200_000) for _ in range(2)
    )

    plain = here.klines("BTCUSDT", interval, start=start, max_rows=200_000)
    pd.testing.assert_frame_equal(plain, first, check_exact=True, check_freq=False)
    pd.testing.assert_frame_equal(first, again, check_exact=True, check_freq=False)
    assert (True, 0, "") == tuple(first.attrs["binance"][name] for name in ("whole", "holes", "note"))
    assert 1 == again.attrs["binance"]["requests"]


def test_a_day_with_a_clock_change_has_its_own_hours(here: Session) -> None:
    """The zone is for reading, and for times that name none: the last of March has 23 hours in Berlin."""
    told = here.history(*KLINES, start="2024-03-31", end="2024-04-01", tz="Europe/Berlin", quiet=True)

    assert 23 == len(told)
    assert "Europe/Berlin" in str(told.index.dtype)
    assert told.attrs["binance"]["whole"]


def test_symbols_in_other_letters_are_stored_under_their_name(here: Session) -> None:
    """Folders are spelt so that every file system keeps them apart."""
    told = here.history("klines", "这是测试币456", "1h", **DAY)

    again = here.history("klines", "这是测试币456", "1h", **DAY, source="store")

    pd.testing.assert_frame_equal(told, again, check_exact=True, check_freq=False)
    [holding] = here.store.holdings()
    assert ("这是测试币456", True) == (holding.dataset.symbol, str(holding.folder).isascii())


def test_a_symbol_that_is_not_traded_has_a_hole_that_can_not_be_filled(here: Session) -> None:
    """There is no price to stand at."""
    told = here.history("klines", "SOLETH", "1h", **DAY, fill=True)

    assert (0, 1) == (len(told), told.attrs["binance"]["holes"])
    assert "1 gap, 24 candles" in told.attrs["binance"]["note"]
    assert "filled" in told


def test_gaps_of_several_symbols_are_a_row_each(here: Session) -> None:
    """With the symbol, and an answer also where there is none."""
    gaps = here.gaps("klines", "BTCUSDT,SOLETH", "1h", **DAY)

    assert ["symbol", "start", "end", "candles", "kind"] == list(gaps)
    assert [["SOLETH", 24, "none there"]] == gaps[["symbol", "candles", "kind"]].to_numpy().tolist()


def test_a_plan_tells_what_each_symbol_takes_and_fetches_nothing(here: Session) -> None:
    """Rows, requests and weight; what is stored costs nothing, unless a source is named that it is not from."""
    here.history("klines", "BTCUSDT", "1m", **DAY, source="archive")

    stored, other = here.history_plan("klines", "BTCUSDT,ETHUSDT", "1m", start="2024-05-30", end="2024-05-31")
    [by_api] = here.history_plan("klines", "BTCUSDT", "1m", start="2024-05-30", end="2024-05-31", source="api")
    [trades] = here.history_plan("agg_trades", "BTCUSDT", start="2024-06-01T10:00")

    assert [(1440, 0), (1440, 2), (1440, 2)] == [(plan.rows, plan.requests) for plan in (stored, other, by_api)]
    assert trades.rows is not None
    assert trades.requests == -(-trades.rows // 1000)
    assert 1 == len(list(here.store.holdings()))


def test_a_sandbox_has_a_store_of_its_own_that_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up prices never stand beside real ones, and nothing is left behind; market and live share theirs."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as one, connect(one.environment.url) as guest:
        one.history(*KLINES, **DAY)
        markets = one.market, guest.market
        seen = guest.history(*KLINES, **DAY, source="store")
        left = list(one.store.holdings())
    with connect("market") as market, connect("live") as live, connect("testnet") as testnet:
        others = market.market, live.market, testnet.market

    assert markets[0] == markets[1]
    assert markets[0].startswith("sandbox-1-")
    assert 24 == len(seen)
    assert 1 == len(left)
    assert [] == list(one.store.holdings())
    assert ("spot", "spot", "testnet") == others


def test_what_killed_sandboxes_left_is_swept_but_not_what_is_in_use(here: Session) -> None:
    """A store that nobody has touched for days, and whose sandbox nobody stopped."""
    here.history(*KLINES, **DAY)
    old, used = (here.store.folder / name for name in ("sandbox-1-old", "sandbox-1-used"))
    week_ago = time.time() - 7 * 86_400
    for folder in (old, used):
        (folder / "klines" / "symbol=BTCUSDT" / "interval=1h").mkdir(parents=True)
        for path in (folder, *folder.rglob("*")):
            os.utime(path, (week_ago, week_ago))
    os.utime(used / "klines" / "symbol=BTCUSDT")

    with Session(Client(here.environment)) as other:
        market = other.market

    assert (False, True) == (old.exists(), used.exists())
    assert (here.store.folder / market).exists()
