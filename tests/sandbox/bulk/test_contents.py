"""What is in a file: the rows of the REST pages."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from binance_nb.archive import ArchiveName, read_archive
from binance_nb.sandbox.bulk.contents import rows_of
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.recorded import Recorded
from tests.sandbox.desk import Desk, encoded

COIN = "这是测试币456"
DAY_MS = 86_400_000
# Before and after the day from which files count microseconds.
OLD, NEW = "2024-12-31", "2025-01-01"
NOW_MS = 1_735_689_600_000 + 40 * DAY_MS


@pytest.fixture(scope="module")
def late_desk() -> Desk:
    return Desk(now_ms=NOW_MS)


def file_rows(desk: Desk, file: str, most: int | None = None) -> list[list[str]]:
    """The cells of a file, or the first of them."""
    rows = rows_of(desk.venue.market, ArchiveName.parse(f"{file}.zip"))
    return [list(map(str, row)) for row in islice(rows, most)]


def rest_rows(desk: Desk, day: str, path: str, **params: object) -> list[list[str]]:
    """The cells of a page of REST, in the unit that the day's file has."""
    headers = {"x_mbx_time_unit": "MICROSECOND"} if day == NEW else {}
    reply = desk.send("GET", f"/api/v3/{path}", encoded({**params, "limit": 1000}), **headers).json
    return [list(map(str, row.values() if isinstance(row, dict) else row)) for row in reply]


def start_of(day: str) -> int:
    return ArchiveName.parse(f"X-trades-{day}.zip").start_ms


@pytest.mark.parametrize("day", [OLD, NEW])
@pytest.mark.parametrize("interval", ["1s", "1m", "15m", "1d"])
def test_klines_are_those_of_rest(late_desk: Desk, day: str, interval: str) -> None:
    """A day's file has the rows of the day's pages, value for value, in ms and later in microseconds."""
    asked: dict[str, object] = {"symbol": COIN, "interval": interval, "endTime": start_of(day) + DAY_MS - 1}
    rows = rest_rows(late_desk, day, "klines", startTime=start_of(day), **asked)
    if interval == "1m":
        rows += rest_rows(late_desk, day, "klines", startTime=start_of(day) + 1000 * 60_000, **asked)

    assert len(rows) == {"1s": 1000, "1m": 1440, "15m": 96, "1d": 1}[interval]
    assert rows == file_rows(late_desk, f"{COIN}-{interval}-{day}", 1000 if interval == "1s" else None)


@pytest.mark.parametrize("day", [OLD, NEW])
@pytest.mark.parametrize(
    ("kind", "path", "key"), [("aggTrades", "aggTrades", "a"), ("trades", "historicalTrades", "f")]
)
def test_trades_are_those_of_rest(late_desk: Desk, day: str, kind: str, path: str, key: str) -> None:
    """A day's trades and aggregate trades are REST's from the first id on, over the edges of pages and hours."""
    first = late_desk.get("aggTrades", symbol=COIN, startTime=start_of(day), limit=1).json[0][key]
    rows = [
        row for page in range(3) for row in rest_rows(late_desk, day, path, symbol=COIN, fromId=first + 1000 * page)
    ]

    assert rows == file_rows(late_desk, f"{COIN}-{kind}-{day}", 3000)


def test_a_day_ends_where_the_next_begins(late_desk: Desk) -> None:
    """Between two files no trade is missing, and none stands in both."""
    day, after = (
        file_rows(late_desk, f"{COIN}-aggTrades-2024-12-{date}", most) for date, most in ((30, None), (31, 1))
    )

    ids = [int(row[0]) for row in (*day, *after)]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert len(ids) > 10_000


@pytest.mark.parametrize("interval", ["3d", "1w", "1M"])
def test_a_month_holds_the_candles_that_open_in_it(late_desk: Desk, interval: str) -> None:
    """Candles of several days belong to the month they open in, complete."""
    written = {"1M": "1mo"}.get(interval, interval)
    name = ArchiveName.parse("BTCUSDT-1m-2024-11.zip")
    query = {"symbol": "BTCUSDT", "interval": interval, "startTime": name.start_ms, "endTime": name.end_ms - 1}
    rows = rest_rows(late_desk, OLD, "klines", **query)

    assert rows == file_rows(late_desk, f"BTCUSDT-{written}-2024-11")


def test_the_first_day_begins_with_the_listing(late_desk: Desk) -> None:
    """A symbol's first file has what there was."""
    rows = file_rows(late_desk, f"{COIN}-1m-2017-08-17")

    assert (20 * 60, LISTINGS[COIN].listed_at_ms) == (len(rows), int(rows[0][0]))


def test_recorded_candles_are_written_as_they_were_recorded(real_folder: Path) -> None:
    """A sandbox that serves a recorded day publishes that day again."""
    path = real_folder / "BTCUSDT-1m-2020-01-01.zip"
    name = ArchiveName.parse(path.name)
    recorded = read_archive(path).columns

    columns = zip(*rows_of(Market(1, LISTINGS, Recorded(real_folder)), name), strict=True)

    assert [list(map(Decimal, map(str, column))) for column in columns] == [
        list(map(Decimal, column)) for column in recorded.values()
    ]
