"""Rows of a bulk file equal those of the API."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb import Session
from binance_nb.archive import ArchiveName
from binance_nb.errors import StoreError
from binance_nb.history.bulk import KINDS, BulkSite, table_of_file
from binance_nb.store import Dataset
from binance_nb.store.parquet import frame_of
from tests.archive.zips import ROW, zipped

CANDLES = Dataset("spot", "klines", "BTCUSDT", "1m")
NAME = ArchiveName("klines", "BTCUSDT", "1m", 2020, 1, 1)


@pytest.mark.parametrize(
    ("operation", "interval", "end"),
    [("klines", "1m", "2024-05-31"), ("klines", "4h", "2024-05-31"), ("agg_trades", None, "2024-05-30T00:20")],
)
def test_a_file_gives_what_the_api_gives(
    session: Session, tmp_path: Path, operation: str, interval: str | None, end: str
) -> None:
    """Values, dtypes, index and order, bit for bit."""
    assert session.sandbox is not None
    dataset = Dataset("sandbox", operation, "BTCUSDT", interval)
    name = ArchiveName(KINDS[operation], "BTCUSDT", interval, 2024, 5, 30)
    data = BulkSite(session.sandbox.archive_url, "", tmp_path).fetch(name)
    assert data is not None

    from_file = frame_of(dataset, table_of_file(data, name, dataset))

    words = {"interval": interval} if interval else {}
    answered = session.call(
        operation, symbol="BTCUSDT", start="2024-05-30", end=end, max_rows=10**6, quiet=True, **words
    )
    pd.testing.assert_frame_equal(answered, from_file.iloc[: len(answered)], check_exact=True, check_freq=False)
    assert len(answered) > 5


def test_a_file_of_trades_gives_what_the_api_gives(session: Session, tmp_path: Path) -> None:
    """By id, as trades have no range of time."""
    assert session.sandbox is not None
    dataset = Dataset("sandbox", "historical_trades", "BTCUSDT")
    name = ArchiveName("trades", "BTCUSDT", None, 2024, 5, 30)
    data = BulkSite(session.sandbox.archive_url, "", tmp_path).fetch(name)
    assert data is not None

    from_file = frame_of(dataset, table_of_file(data, name, dataset))

    answered = session.historical_trades("BTCUSDT", from_id=int(from_file["id"][0]), limit=1000)
    pd.testing.assert_frame_equal(answered, from_file.iloc[:1000], check_exact=True)


@pytest.mark.parametrize("has_header", [False, True])
def test_unit_and_header_are_told_by_the_rows(has_header: bool) -> None:
    """A file of 2020 in microseconds, with a header, reads as one in milliseconds without."""
    in_us = ROW.replace("1577836800000", "1577836800000000").replace("1577836859999", "1577836859999999")
    header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,tbb,tbq,ignore\n" if has_header else ""

    plain, fine = (table_of_file(zipped(text), NAME, CANDLES) for text in (ROW + "\n", header + in_us + "\n"))

    assert plain.equals(fine)
    assert 1 == plain.num_rows


@given(st.decimals(min_value=0, max_value=10**9, places=8))
def test_a_price_is_the_nearest_float_to_its_text(price: object) -> None:
    """As Python reads it, to the last bit."""
    text = f"{price:f}"
    row = ROW.replace("7195.24", text)

    table = table_of_file(zipped(row), NAME, CANDLES)

    assert [float(text)] == table["open"].to_pylist()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ROW.replace("7195.24", "nan"), "line 1 is no row"),
        (ROW.replace("7195.24", ""), "line 1 is no row"),
        (ROW.replace(",0", ""), "line 1 is no row"),
        (f"{ROW}\n{ROW}", "not in order"),
        (ROW.replace("15778", "15779"), "outside the daily period"),
        ("what,is,this\n1,2,3", "neither a row nor a header"),
    ],
)
def test_rows_that_are_none_are_named(text: str, words: str) -> None:
    """The error names the file and what is wrong with it; nothing is guessed."""
    with pytest.raises(StoreError, match=words) as caught:
        table_of_file(zipped(text), NAME, CANDLES)

    assert NAME.file_name in caught.value.message


def test_an_empty_file_gives_no_rows() -> None:
    """A day on which nothing was traded."""
    assert 0 == table_of_file(zipped(""), NAME, CANDLES).num_rows
