"""A range longer than one answer arrives whole, or does not start."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, ClockReading, Transport, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import UsageError
from binance_nb.history import pull
from tests.history.carriers import HoledExchange, MonthlyExchange


def client_of(transport: Transport) -> Client:
    """A client of an exchange that lives in a transport, in the year 2270."""
    client = Client(Environment("here", "http://127.0.0.1:1"), transport=transport, budget=WeightBudget())
    client.clock.follow(ClockReading(9_467_020_800_000, rate=0.0))
    return client


def one_by_one(session: Session, interval: str, start: str, stop: pd.Timestamp, **words: Any) -> pd.DataFrame:
    """The same candles the slow way: page after page, each beginning behind the last row of the one before."""
    pages, at = [], pd.Timestamp(start, tz="UTC")
    while at < stop:
        page = session.klines("BTCUSDT", interval, start_time=at, limit=1000, **words)
        if page.empty:
            break
        pages.append(page)
        at = page["close_time"].iloc[-1] + pd.Timedelta(milliseconds=1)
    whole = pd.concat(pages)
    return whole[whole.index < stop]


def test_candles_past_one_answer_are_paged_without_hole_or_double(session: Session) -> None:
    """Three days of minutes are 4320 candles, a minute apart, at the price of five calls."""
    candles = session.klines("BTCUSDT", "1m", start="2024-05-01", end="2024-05-04")

    assert 4320 == len(candles)
    assert candles.index.is_monotonic_increasing
    assert 60_000 == candles.index.to_series().diff().dropna().dt.total_seconds().mul(1000).unique().item()
    assert 10 == candles.attrs["binance"]["weight"]


def test_a_page_that_ends_exactly_at_the_range_is_not_followed_by_an_empty_one(session: Session) -> None:
    """A thousand candles asked for are one call."""
    candles = session.klines("BTCUSDT", "1m", start="2024-05-01", end="2024-05-01 16:40")

    assert 1000 == len(candles)
    assert 2 == candles.attrs["binance"]["weight"]


def test_a_limit_is_taken_at_its_word(session: Session) -> None:
    """Whoever says how many rows gets that many."""
    assert 10 == len(session.klines("BTCUSDT", "1m", start="2024-05-01", limit=10))


def test_trades_of_a_span_are_paged_by_id(session: Session) -> None:
    """Aggregate trades of four hours come in one piece, ids without a hole, times within the span."""
    trades = session.agg_trades("BTCUSDT", start="2024-05-01", end="2024-05-01 04:00")

    assert len(trades) > 1000
    assert trades["agg_trade_id"].diff().dropna().eq(1).all()
    assert trades["time"].min().strftime("%F %H") == "2024-05-01 00"
    assert trades["time"].max().strftime("%F %H") == "2024-05-01 03"


def test_a_range_past_the_ceiling_does_not_start(session: Session) -> None:
    """The plan is shown instead, for the price of one page: rows, requests, and the option that raises the ceiling."""
    used = session.status()["weight_used"]

    with pytest.raises(UsageError, match="ceiling") as caught:
        session.klines("BTCUSDT", "1s", start="2024-05-01", end="2024-05-03")

    assert "--max-rows 172800" == caught.value.suggestion
    assert "173 requests" in str(caught.value.hint)
    assert used + 2 == session.status()["weight_used"]


def test_an_empty_range_is_an_empty_frame_of_the_right_kind(session: Session) -> None:
    """Before the exchange opened there is nothing, with all its columns."""
    nothing = session.klines("BTCUSDT", "1d", start="2010-01-01", end="2010-02-01")

    assert nothing.empty
    assert "datetime64[ms, UTC]" == str(nothing.index.dtype)
    assert "float64" == str(nothing["close"].dtype)


@pytest.mark.parametrize(
    ("interval", "start", "end", "words"),
    [
        ("1m", "2024-05-30", "2024-06-02", {}),
        ("1m", "2024-05-30 00:00:30", "2024-05-31 16:40:31", {}),
        ("15m", "2024-05-01", "2024-06-02", {"time_zone": "+05:30"}),
        ("1h", "2024-01-01", "2024-06-01 12:00", {}),
        ("1d", "2010-01-01", "2024-06-02", {"time_zone": "-3"}),
        ("3d", "2010-01-01", "2024-06-02", {}),
    ],
)
def test_pages_together_hold_what_pages_one_by_one_hold(
    session: Session, interval: str, start: str, end: str, words: Any
) -> None:
    """Range edges between candles, zones, the listing date and the unfinished candle lose and double nothing."""
    slow = one_by_one(session, interval, start, pd.Timestamp(end, tz="UTC"), **words)

    fast = session.klines("BTCUSDT", interval, start=start, end=end, **words)

    assert len(fast) > 1000 or interval == "3d"
    pd.testing.assert_frame_equal(slow, fast)


def test_the_unfinished_candle_ends_a_range_that_reaches_the_present(session: Session) -> None:
    """Two days of minutes up to now: the last one alone is not closed."""
    candles = session.klines("BTCUSDT", "1m", start="-2d")

    assert 2 * 1440 + 1 == len(candles)
    assert [False] == candles["closed"][~candles["closed"]].tolist()
    assert not candles["closed"].iloc[-1]


def test_chart_candles_are_paged_too(session: Session) -> None:
    """ui_klines has the same ranges."""
    assert 2880 == len(session.ui_klines("BTCUSDT", "1m", start="2024-05-01", end="2024-05-03"))


@pytest.mark.parametrize("from_id_before_newest", [2500, 2999, 0, -1])
def test_trades_from_an_id_on_reach_the_newest(session: Session, from_id_before_newest: int) -> None:
    """Old trades are paged by id up to the newest, without hole or double; past it there are none."""
    newest = int(session.trades("BTCUSDT", limit=1)["id"].iloc[0])

    trades = session.historical_trades("BTCUSDT", from_id=newest - from_id_before_newest)

    assert list(range(newest - from_id_before_newest, newest + 1)) == trades["id"].tolist()


@pytest.mark.parametrize("rows", [1, 1000, 1001, 2345])
@pytest.mark.parametrize(("name", "key"), [("historical_trades", "id"), ("agg_trades", "agg_trade_id")])
def test_from_an_id_on_max_rows_says_how_many(session: Session, name: str, key: str, rows: int) -> None:
    """Whoever wants 2345 trades from an id on gets these."""
    trades = session.call(name, symbol="BTCUSDT", from_id=1000, max_rows=rows)

    assert list(range(1000, 1000 + rows)) == trades[key].tolist()


def test_all_trades_there_ever_were_are_refused(session: Session) -> None:
    """From the first id on without a number of rows is past every ceiling."""
    with pytest.raises(UsageError, match=r"From id 1 that is about .* above the ceiling"):
        session.historical_trades("BTCUSDT", from_id=1)


def test_a_number_of_rows_is_at_least_one(session: Session) -> None:
    """No rows at all is a slip."""
    with pytest.raises(UsageError, match="max_rows is 0"):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=0)


@pytest.mark.parametrize(
    ("name", "words", "right"),
    [
        ("klines", {"interval": "1h"}, "with start; or give limit"),
        ("klines", {"interval": "1h", "end": "2024-02-01"}, "with start; or give limit"),
        ("klines", {"interval": "1h", "limit": 10}, "leave one out"),
        ("klines", {"interval": "1h", "start": "2024-01-01", "limit": 10}, "leave one out"),
        ("agg_trades", {}, "with start or from_id"),
        ("historical_trades", {}, "with from_id"),
    ],
)
def test_a_number_of_rows_without_a_range_is_refused(
    session: Session, name: str, words: dict[str, Any], right: str
) -> None:
    """Where it would be ignored, nothing is sent and the error says what to give."""
    used = session.status()["weight_used"]

    for ask in (session.call, session.plan):
        with pytest.raises(UsageError, match="max_rows") as caught:
            ask(name, symbol="BTCUSDT", max_rows=5, **words)
        assert right in (caught.value.hint or "")
        assert "max_rows" == caught.value.culprit
    assert used == session.status()["weight_used"]


def test_a_hole_in_the_ids_doubles_no_trade() -> None:
    """A page that reaches over a hole into the next page is trimmed, and the digits stay as they came."""
    there = [number for number in range(5000) if not 1500 <= number < 1700 and number != 3999]

    pulled = pull(client_of(HoledExchange(there)), ENDPOINTS["agg_trades"], {"symbol": "BTCUSDT", "fromId": "0"})

    assert there == [row["a"] for row in json.loads(pulled.body)]
    assert pulled.body.startswith(b'[{"a":0,"p":"1.10","q":"2",')


def test_months_without_a_fixed_length_are_paged_whole() -> None:
    """Three centuries of months are more than one answer holds; no page spans more months than it can bring."""
    there = MonthlyExchange()

    pulled = pull(client_of(there), ENDPOINTS["klines"], {"symbol": "BTCUSDT", "interval": "1M", "startTime": "0"})

    assert 3600 == len(there.rows)
    assert there.rows == json.loads(pulled.body)


def test_the_price_of_a_range_is_told_with_it(session: Session) -> None:
    """Weight and requests of all its pages, the one that looked for the end among them."""
    trades = session.historical_trades("BTCUSDT", from_id=1000, max_rows=2000)

    assert (3, 75) == (trades.attrs["binance"]["requests"], trades.attrs["binance"]["weight"])
