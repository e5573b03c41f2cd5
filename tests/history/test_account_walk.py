"""The account's history comes whole, each row once, however it lies in time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb import Session, connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import ClockReading, Reply
from binance_nb.history import account
from binance_nb.history.account import AccountWalk
from binance_nb.history.pages import Page

TRADES = ENDPOINTS["my_trades"]
DAY = 86_400_000
SMALL_PAGE = 3

Row = tuple[int, int]


class History:
    """An account's rows, answered as the exchange answers: from an id on, or from a time on within a day."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.asked: list[Mapping[str, str]] = []

    def answer(self, page: Page) -> Reply:
        sent = page.sent
        self.asked.append(sent)
        if "fromId" in sent:
            found = [row for row in self.rows if row[0] >= int(sent["fromId"])]
        else:
            start, end = int(sent["startTime"]), int(sent["endTime"])
            assert end - start <= DAY
            found = [row for row in self.rows if start <= row[1] <= end]
        page_rows = found[: int(sent["limit"])]
        body = json.dumps([{"id": number, "time": moment, "price": "1.10"} for number, moment in page_rows]).encode()
        return Reply("my_trades", sent, 200, {}, body, 0, 20)


def walked(session: Session, history: History, **words: object) -> list[Row]:
    """All that a walk brings."""
    sent = {"symbol": "BTCUSDT", **{name: str(value) for name, value in words.items()}}
    pages = AccountWalk(session.client, TRADES, sent).pages()
    try:
        page = next(pages)
        while True:
            page = pages.send(history.answer(page))
    except StopIteration as done:
        rows = itertools.chain.from_iterable(json.loads(body) for body in done.value)
        return [(row["id"], row["time"]) for row in rows]


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Ids and times that grow together; several rows may share a moment."""
    steps = draw(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 3 * DAY)), max_size=25))
    sums = itertools.accumulate(steps, lambda left, right: (left[0] + right[0], left[1] + right[1]))
    return list(sums)


@given(rows=histories(), first=st.integers(0, 40 * DAY), length=st.integers(1, 60 * DAY))
def test_a_range_of_time_brings_each_of_its_rows_once(
    session: Session, rows: list[Row], first: int, length: int
) -> None:
    """Over any number of days and pages, also where a page ends among rows of one moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account, "PAGE_ROWS", SMALL_PAGE)

        found = walked(session, History(rows), startTime=first, endTime=first + length)

    assert [row for row in rows if first <= row[1] <= first + length] == found


@given(rows=histories(), first=st.integers(0, 10**10))
def test_from_an_id_on_everything_comes(session: Session, rows: list[Row], first: int) -> None:
    """To the newest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account, "PAGE_ROWS", SMALL_PAGE)

        found = walked(session, History(rows), fromId=first)

    assert [row for row in rows if row[0] >= first] == found


def test_a_range_long_ago_is_found_without_reading_all_that_came_before(session: Session) -> None:
    """A hundred thousand trades, of which the last day is wanted: some dozen requests, not a hundred."""
    rows = [(7 * number, number * 60_000) for number in range(100_000)]
    history = History(rows)

    found = walked(session, history, startTime=rows[-500][1], endTime=rows[-1][1] + 40 * DAY)

    assert rows[-500:] == found
    assert len(history.asked) < 5

    history.asked.clear()
    start = rows[-500][1] + 1
    sparse = History([row for row in rows if not start <= row[1] < start + 2 * DAY] + [(10**7, start + 3 * DAY)])
    assert [(10**7, start + 3 * DAY)] == walked(session, sparse, startTime=start, endTime=start + 40 * DAY)
    assert len(sparse.asked) < 40


@pytest.mark.parametrize(
    ("name", "sent", "is_range"),
    [
        ("my_trades", {"symbol": "BTCUSDT", "startTime": "1"}, True),
        ("my_trades", {"symbol": "BTCUSDT", "fromId": "1"}, True),
        ("my_trades", {"symbol": "BTCUSDT"}, False),
        ("my_trades", {"symbol": "BTCUSDT", "startTime": "1", "limit": "5"}, False),
        ("my_trades", {"symbol": "BTCUSDT", "orderId": "5", "startTime": "1"}, False),
        ("all_orders", {"symbol": "BTCUSDT", "orderId": "5"}, True),
        ("my_allocations", {"symbol": "BTCUSDT", "fromAllocationId": "5"}, True),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "startTime": "1"}, False),
        ("open_orders", {"symbol": "BTCUSDT"}, False),
    ],
)
def test_what_counts_as_a_range(name: str, sent: dict[str, Any], is_range: bool) -> None:
    """A start or an id makes one, a limit or a single order does not."""
    assert is_range is ENDPOINTS[name].is_walked(sent)


@pytest.mark.parametrize(("name", "moment", "key"), [("my_trades", "time", "id"), ("all_orders", "time", "order_id")])
def test_weeks_of_an_account_come_in_one_frame(start_sandbox: Any, name: str, moment: str, key: str) -> None:
    """Though the exchange takes no range above a day: orders of ten days, each once, in order."""
    process = start_sandbox(seed=1, frozen="2024-06-01T12:00:00Z")
    with connect(process.url, api_key=process.api_key, secret_key=process.secret_key) as session:
        session.client.clock.follow(ClockReading(process.clock_origin_ms, rate=0.0))
        for _ in range(10):
            session.client.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
            session.client.clock.follow(ClockReading(process.advance(DAY), rate=0.0))

        frame = session.call(name, symbol="BTCUSDT", start="2024-06-03", end="2024-06-09T00:00")

    assert frame[moment].dt.day.unique().tolist() == [3, 4, 5, 6, 7, 8]
    assert frame[key].is_unique
    assert frame[key].is_monotonic_increasing
