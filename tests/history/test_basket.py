"""Pages are handed on as they come, whatever ends the pull, and read without their text being kept."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, ClockReading, Prepared, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import ApiError
from binance_nb.frames import Gathering
from binance_nb.history import Page, pull
from tests.history.carriers import HoledExchange, WatchedTransport

Watched = tuple[Session, WatchedTransport]
Pages = list[tuple[Page, bytes]]

FROM_ONE = {"symbol": "BTCUSDT", "fromId": "1"}
AGG_TRADES, KLINES = ENDPOINTS["agg_trades"], ENDPOINTS["klines"]


def ids(body: bytes) -> list[int]:
    return [row["a"] for row in json.loads(body)]


def test_pages_are_handed_on_with_the_places_they_cover(watched: Watched) -> None:
    """In the order in which they land, from the first minute asked for to the last, without a gap between two."""
    session, transport = watched
    transport.longest_delay_seconds = 0.02
    came: Pages = []
    start, end = 1_714_521_600_000, 1_714_521_600_000 + 5500 * 60_000
    sent = {"symbol": "BTCUSDT", "interval": "1m", "startTime": str(start), "endTime": str(end - 1)}

    pull(session.client, KLINES, sent, on_page=lambda page, body: came.append((page, body)))

    spans = sorted((page.start, page.stop, len(json.loads(body))) for page, body in came)
    assert (start, end) == (spans[0][0], spans[-1][1])
    assert all(stop == following for (_, stop, _), (following, _, _) in pairwise(spans))
    assert [1000, 1000, 1000, 1000, 1000, 500] == [rows for _, _, rows in spans]


def test_an_interrupt_keeps_what_has_come(watched: Watched) -> None:
    """All pages that were answered before it have been handed on when it comes out."""
    session, transport = watched
    came: Pages = []
    answered, released = threading.Semaphore(0), threading.Event()

    def interrupt(prepared: Prepared) -> None:
        for _ in range(3):
            answered.acquire(timeout=30)
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(30)

    def hang(prepared: Prepared) -> None:
        released.wait(30)

    def note(page: Page, body: bytes) -> None:
        came.append((page, body))
        answered.release()

    transport.at = {5: interrupt, **dict.fromkeys(range(6, 40), hang)}

    with pytest.raises(KeyboardInterrupt):
        pull(session.client, AGG_TRADES, FROM_ONE, max_rows=20_000, on_page=note)

    released.set()
    assert len(came) >= 3
    assert all(ids(body) == list(range(page.start or 0, page.stop or 0)) for page, body in came)


def test_pages_before_one_that_fails_are_kept(watched: Watched) -> None:
    """The error comes out, and what came with or before it has been handed on."""
    session, transport = watched
    came: Pages = []
    is_first_in = threading.Event()

    def fail(prepared: Prepared) -> None:
        is_first_in.wait(30)
        raise ApiError("no more", code=-1100)

    def note(page: Page, body: bytes) -> None:
        came.append((page, body))
        is_first_in.set()

    transport.at[4] = fail

    with pytest.raises(ApiError, match="no more"):
        pull(session.client, AGG_TRADES, FROM_ONE, max_rows=8_000, on_page=note)

    assert 1 in ids(came[0][1])


def test_a_hole_in_the_ids_doubles_no_gathered_trade() -> None:
    """A page that reaches over a hole into the next one is cut before it is read."""
    there = [number for number in range(5000) if not 1500 <= number < 1700 and number != 3999]
    client = Client(Environment("here", "http://127.0.0.1:1"), transport=HoledExchange(there), budget=WeightBudget())
    client.clock.follow(ClockReading(9_467_020_800_000, rate=0.0))

    def gather(rooms: Sequence[int]) -> Gathering:
        return Gathering(AGG_TRADES, rooms)

    pulled = pull(client, AGG_TRADES, {"symbol": "BTCUSDT", "fromId": "0"}, gather=gather)

    assert b"" == pulled.body
    assert pulled.gathered is not None
    assert there == pulled.gathered.finish()["agg_trade_id"].tolist()


def test_a_range_read_exactly_or_raw_is_the_same_range(watched: Watched) -> None:
    """Where the digits are wanted, pages are joined before they are read."""
    session, _ = watched
    words = {"symbol": "BTCUSDT", "interval": "1m", "start": "2024-05-01", "end": "2024-05-03"}

    plain, exact = session.call("klines", **words), session.call("klines", **words, exact=True)
    raw = session.call("klines", **words, raw=True)

    pd.testing.assert_frame_equal(plain, exact.astype(plain.dtypes.to_dict()))
    assert plain["close"].tolist() == [float(row[4]) for row in raw]
