"""File names of the bulk archive, both ways."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.archive import ArchiveName
from binance_nb.archive.names import ArchiveKind
from binance_nb.errors import StoreError

INTERVALS = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")

TRADE_KINDS: tuple[ArchiveKind, ...] = ("trades", "aggTrades")


@st.composite
def archive_names(draw: st.DrawFn) -> ArchiveName:
    day = draw(st.dates(date(2017, 1, 1), date(2030, 12, 31)))
    interval = draw(st.sampled_from([*INTERVALS, None]))
    kind: ArchiveKind = "klines" if interval else draw(st.sampled_from(TRADE_KINDS))
    symbol = draw(st.sampled_from(["BTCUSDT", "1000SATSUSDT", "这是测试币456"]))
    return ArchiveName(kind, symbol, interval, day.year, day.month, draw(st.sampled_from([day.day, None])))


@given(archive_names())
def test_a_name_reads_back_as_it_was_written(name: ArchiveName) -> None:
    """Writing a file name and parsing it gives the same facts, also at the end of its archive path."""
    assert ArchiveName.parse(name.file_name) == name
    assert ArchiveName.parse(name.path) == name


@given(archive_names())
def test_a_name_spans_its_day_or_month(name: ArchiveName) -> None:
    """The period runs from the first moment of the day or month to the first moment after it."""
    days = 1 if name.day else calendar.monthrange(name.year, name.month)[1]
    start = datetime(name.year, name.month, name.day or 1, tzinfo=UTC)

    assert name.start_ms == int(start.timestamp() * 1000)
    assert name.end_ms - name.start_ms == days * 86_400_000


def test_months_are_written_as_1mo() -> None:
    """A month's interval is 1M in the API and 1mo in the archive, so that it is not 1m where case is ignored."""
    name = ArchiveName("klines", "BTCUSDT", "1M", 2024, 3)

    assert name.path == "data/spot/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-03.zip"


def test_paths_follow_the_published_layout() -> None:
    """Daily trades lie one folder higher than klines, which have one per interval."""
    trades = ArchiveName("aggTrades", "BTCUSDT", None, 2020, 1, 2)
    klines = ArchiveName("klines", "BTCUSDT", "1m", 2020, 1, 2)

    assert trades.path == "data/spot/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2020-01-02.zip"
    assert klines.path == "data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BTCUSDT.zip",
        "BTCUSDT-1m-2020-01-01.csv",
        "BTCUSDT-7m-2020-01-01.zip",
        "BTCUSDT-1M-2020-01.zip",
        "BTCUSDT-1m-2020-02-30.zip",
        "BTCUSDT-1m-2020-13.zip",
        "BTCUSDT-1m-2020-01-01 (1).zip",
        "BTCUSDT-1m-2020-01-01.zip.CHECKSUM",
    ],
)
def test_other_names_are_refused_by_name(text: str) -> None:
    """Whatever is not a bulk file of klines or trades is refused, and the error names it."""
    with pytest.raises(StoreError) as caught:
        ArchiveName.parse(text)

    assert caught.value.culprit == text


def test_a_name_that_may_be_none_is_recognised() -> None:
    """Who only wants to know whether a path ends in a file's name gets None for any other."""
    assert ArchiveName.recognised("data/x/BTCUSDT-1m-2020-01-01.zip") == ArchiveName(
        "klines", "BTCUSDT", "1m", 2020, 1, 1
    )
    assert ArchiveName.recognised("data/x/BTCUSDT-1m-2020-02-30.zip") is None
