"""Recorded candles in place of synthetic ones."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_nb.archive import ArchiveName
from binance_nb.errors import StoreError
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import INTERVALS, KlineRow, Market
from binance_nb.sandbox.recorded import Coverage, Recorded
from tests.sandbox.market.sums import a_few, figures, joined

DAY = 1_577_836_800_000
MINUTE = 60_000
HOUR = 3_600_000
LATER = DAY + 400 * 24 * HOUR


@pytest.fixture(scope="session")
def day_market(real_folder: Path) -> Market:
    """A market with the recorded day."""
    return Market(1, LISTINGS, Recorded(real_folder))


@pytest.fixture(scope="session")
def day_rows(real_folder: Path) -> list[list[str]]:
    """The recorded day's lines as they stand in the file."""
    with zipfile.ZipFile(real_folder / "BTCUSDT-1m-2020-01-01.zip") as folder:
        text = folder.read("BTCUSDT-1m-2020-01-01.csv").decode()
    return list(csv.reader(io.StringIO(text)))


def numbers(row: KlineRow | list[str]) -> list[Decimal]:
    return [Decimal(item) for item in row]


def line(
    open_ms: int, close: str = "7200.01", *, length_ms: int = MINUTE, volume: str = "1.500001", count: int = 7
) -> str:
    return f"{open_ms},7200.01,7210.5,7190,{close},{volume},{open_ms + length_ms - 1},10800.5,{count},0.5,3600.25,0"


def recording(folder: Path, files: dict[str, list[str]]) -> Recorded:
    for name, lines in files.items():
        with zipfile.ZipFile(folder / name, "w") as zipped:
            zipped.writestr(ArchiveName.parse(name).stem + ".csv", "\n".join(lines))
    return Recorded(folder)


def test_the_recorded_day_is_served_as_it_is(day_market: Market, day_rows: list[list[str]]) -> None:
    """The 1440 minutes of the recorded day have the file's numbers, whichever page they come from."""
    rows = day_market.klines("BTCUSDT", "1m", start_ms=DAY, limit=1000, now_ms=LATER)
    rows += day_market.klines("BTCUSDT", "1m", end_ms=DAY + 24 * HOUR - 1, limit=440, now_ms=LATER)

    assert [numbers(row) for row in rows] == [numbers(row) for row in day_rows]


@pytest.mark.parametrize("interval", [name for name in INTERVALS if name[-1] in "mhd" and name not in {"1m", "3d"}])
def test_coarser_candles_are_exact_sums(day_market: Market, day_rows: list[list[str]], interval: str) -> None:
    """Every bucket of the recorded day is the Decimal sum of its recorded minutes."""
    rows = day_market.klines("BTCUSDT", interval, start_ms=DAY, end_ms=DAY + 24 * HOUR - 1, limit=1000, now_ms=LATER)
    length = INTERVALS[interval].length_ms
    assert length is not None
    step = length // MINUTE

    recorded: list[KlineRow] = [
        [int(cell) if place in {0, 6, 8} else cell for place, cell in enumerate(row)] for row in day_rows
    ]
    assert [figures(row) for row in rows] == [
        joined(recorded[start : start + step]) for start in range(0, min(1440, 1000 * step), step)
    ]
    assert day_market.source("BTCUSDT", interval, DAY) == "recorded"


def test_it_says_what_is_recorded(day_market: Market) -> None:
    """Buckets inside the recording are recorded, those across its edge mixed, others synthetic."""
    assert day_market.recorded is not None
    assert day_market.recorded.coverage() == [Coverage("BTCUSDT", "1m", DAY, DAY + 24 * HOUR)]
    assert day_market.source("BTCUSDT", "1m", DAY) == "recorded"
    assert day_market.source("BTCUSDT", "1m", DAY + 24 * HOUR) == "synthetic"
    assert day_market.source("BTCUSDT", "1M", DAY) == "mixed"
    assert day_market.source("BTCUSDT", "1s", DAY) == "mixed"
    assert day_market.source("BTCUSDT", "1d", DAY - HOUR, offset_ms=HOUR) == "mixed"
    assert day_market.source("ETHUSDT", "1m", DAY) == "synthetic"


def test_the_rest_is_the_same_synthetic_market(day_market: Market) -> None:
    """Outside the recording, and for other symbols, the market is that of the seed."""
    plain = Market(1, LISTINGS)
    for symbol, start_ms in (("BTCUSDT", DAY + 24 * HOUR), ("ETHUSDT", DAY)):
        window = {"start_ms": start_ms, "limit": 100, "now_ms": LATER}

        assert day_market.klines(symbol, "1m", **window) == plain.klines(symbol, "1m", **window)
        assert day_market.agg_trades(symbol, **window) == plain.agg_trades(symbol, **window)


@a_few
@given(st.integers(DAY, DAY + 24 * HOUR - 1))
def test_everything_follows_the_recorded_prices(day_market: Market, moment: int) -> None:
    """At any moment of the recorded day the last price, tickers, trades, book and candles agree."""
    last = day_market.last_price("BTCUSDT", moment)
    book = day_market.book("BTCUSDT", moment)
    assert book is not None
    (trade,) = day_market.trades_recent("BTCUSDT", limit=1, now_ms=moment)

    for interval in ("1s", "1m", "1h", "1d"):
        (row,) = day_market.klines("BTCUSDT", interval, limit=1, now_ms=moment)
        assert Decimal(row[4]) == last
        assert Decimal(row[3]) <= last <= Decimal(row[2])
    assert Decimal(trade["price"]) == last == Decimal(day_market.ticker_24hr("BTCUSDT", moment)["lastPrice"])
    assert last in {book.bids(1)[0].price, book.asks(1)[0].price}
    assert book.bids(1)[0].price < book.asks(1)[0].price


@a_few
@given(st.integers(0, 1439))
def test_recorded_minutes_are_the_sum_of_their_seconds(day_market: Market, place: int) -> None:
    """Seconds share a recorded minute out without losing or adding a digit."""
    open_ms = DAY + place * MINUTE
    (minute,) = day_market.klines("BTCUSDT", "1m", start_ms=open_ms, limit=1, now_ms=LATER)
    seconds = day_market.klines("BTCUSDT", "1s", start_ms=open_ms, limit=60, now_ms=LATER)

    assert joined(seconds) == figures(minute)
    for second in seconds:
        assert Decimal(second[9]) <= Decimal(second[5])
        assert Decimal(second[10]) <= Decimal(second[7])


def test_a_day_ticker_is_of_recorded_minutes(day_market: Market, day_rows: list[list[str]]) -> None:
    """At the last moment of the day the 24-hour volume is the file's."""
    ticker = day_market.ticker("BTCUSDT", DAY, DAY + 24 * HOUR - 1)

    assert Decimal(ticker["volume"]) == sum(Decimal(row[5]) for row in day_rows)
    assert Decimal(ticker["quoteVolume"]) == sum(Decimal(row[7]) for row in day_rows)
    assert ticker["count"] == sum(int(row[8]) for row in day_rows)


def test_daily_files_win_over_monthly_ones(tmp_path: Path) -> None:
    """Where both exist the daily file counts; the monthly one serves the rest."""
    recorded = recording(
        tmp_path,
        {
            "BTCUSDT-1m-2020-01-01.zip": [line(DAY, "7201")],
            "BTCUSDT-1m-2020-01.zip": [line(DAY, "7202"), line(DAY + MINUTE, "7203")],
        },
    )
    rows = Market(1, LISTINGS, recorded).klines("BTCUSDT", "1m", start_ms=DAY, limit=2, now_ms=LATER)

    assert [row[4] for row in rows] == ["7201.00000000", "7203.00000000"]
    assert recorded.coverage() == [Coverage("BTCUSDT", "1m", DAY, DAY + 2 * MINUTE)]


def test_a_missing_minute_has_no_trades(tmp_path: Path) -> None:
    """A hole between two recorded rows is a candle that stands at the close before it."""
    recorded = recording(tmp_path, {"BTCUSDT-1m-2020-01-01.zip": [line(DAY, "7201"), line(DAY + 2 * MINUTE)]})
    rows = Market(1, LISTINGS, recorded).klines("BTCUSDT", "1m", start_ms=DAY, limit=3, now_ms=LATER)

    assert rows[1][1:6] == ["7201.00000000"] * 4 + ["0.00000000"]
    assert rows[1][8] == 0


def test_files_of_other_intervals_are_served(tmp_path: Path) -> None:
    """An hour that is recorded as an hour is served as recorded, and its minutes stay synthetic."""
    recorded = recording(tmp_path, {"BTCUSDT-1h-2020-01-01.zip": [line(DAY, "7201", length_ms=HOUR)]})
    market, plain = Market(1, LISTINGS, recorded), Market(1, LISTINGS)
    window = {"start_ms": DAY, "limit": 2, "now_ms": LATER}

    hours = market.klines("BTCUSDT", "1h", **window)
    assert hours[0][4] == "7201.00000000"
    assert hours[1] == plain.klines("BTCUSDT", "1h", **window)[1]
    assert market.klines("BTCUSDT", "1m", **window) == plain.klines("BTCUSDT", "1m", **window)
    assert market.source("BTCUSDT", "1h", DAY) == "recorded"
    assert market.source("BTCUSDT", "1h", DAY + HOUR) == "synthetic"


def test_a_recorded_hour_is_not_shown_before_it_is_over(tmp_path: Path) -> None:
    """A recording never tells the future: the hour in progress is made of what has been traded."""
    recorded = recording(tmp_path, {"BTCUSDT-1h-2020-01-01.zip": [line(DAY, "7201", length_ms=HOUR)]})
    question = {"start_ms": DAY, "limit": 1, "now_ms": DAY + HOUR // 2}
    plain = Market(1, LISTINGS)

    assert Market(1, LISTINGS, recorded).klines("BTCUSDT", "1h", **question) == plain.klines(
        "BTCUSDT", "1h", **question
    )


def test_microseconds_are_understood(tmp_path: Path) -> None:
    """A file in microseconds is served in milliseconds."""
    cells = line(DAY).split(",")
    cells[0], cells[6] = cells[0] + "000", cells[6] + "999"
    market = Market(1, LISTINGS, recording(tmp_path, {"BTCUSDT-1m-2020-01-01.zip": [",".join(cells)]}))

    (row,) = market.klines("BTCUSDT", "1m", start_ms=DAY, limit=1, now_ms=LATER)
    assert (row[0], row[6]) == (DAY, DAY + MINUTE - 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.integers(0, 12), st.integers(0, 10**6))
def test_small_and_empty_minutes_keep_their_figures(tmp_path: Path, count: int, units: int) -> None:
    """A minute with fewer trades than its tape has prints, or with none, is still shared out exactly."""
    volume = format(Decimal(units).scaleb(-6), "f") if count else "0.00000000"
    text = f"{DAY},7200,7200,7200,7200,{volume},{DAY + MINUTE - 1},{volume},{count},{volume},{volume},0"
    market = Market(1, LISTINGS, recording(tmp_path, {"BTCUSDT-1m-2020-01-01.zip": [text]}))

    (minute,) = market.klines("BTCUSDT", "1m", start_ms=DAY, limit=1, now_ms=LATER)
    seconds = market.klines("BTCUSDT", "1s", start_ms=DAY, limit=60, now_ms=LATER)
    assert numbers(minute) == numbers(text.split(","))
    assert joined(seconds) == figures(minute)


@pytest.mark.parametrize("name", ["BTCUSDT-1m-2020-01-01.zip", "BTCUSDT-1h-2020-01-01.zip"])
def test_a_damaged_file_is_refused_at_the_start(tmp_path: Path, name: str) -> None:
    """A truncated zip is refused before anything is served, and named."""
    recording(tmp_path, {name: [line(DAY)]})
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-30])

    with pytest.raises(StoreError, match=name):
        Recorded(tmp_path)


def test_a_wrong_checksum_is_refused_at_the_start(tmp_path: Path) -> None:
    """A file that differs from its checksum is refused before anything is served."""
    name = "BTCUSDT-1m-2020-01-01.zip"
    recording(tmp_path, {name: [line(DAY)]})
    (tmp_path / f"{name}.CHECKSUM").write_text("0" * 64 + "  " + name)

    with pytest.raises(StoreError, match="does not match its checksum"):
        Recorded(tmp_path)
