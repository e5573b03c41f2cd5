"""From rows to a zip and back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.archive import ArchiveName, read_columns, write_archive

TRADES = ArchiveName.parse("BTCUSDT-trades-2020-01-01.zip")
DAY_MS = 1_577_836_800_000

AMOUNTS = st.integers(0, 10**15).map(lambda e8: f"{e8 // 10**8}.{e8 % 10**8:08d}")
ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**12),
        AMOUNTS,
        AMOUNTS,
        AMOUNTS,
        st.integers(DAY_MS, DAY_MS + 86_399_999),
        st.booleans(),
        st.booleans(),
    ),
    max_size=20,
)


@given(ROWS)
def test_rows_read_back_as_they_were_written(rows: list[tuple[int, str, str, str, int, bool, bool]]) -> None:
    """Every cell comes back as the text it prints as, and no header is in the way."""
    ordered = sorted(rows, key=lambda row: row[4])

    table = read_columns(write_archive(TRADES, ordered), TRADES)

    read = list(zip(*table.columns.values(), strict=True))
    assert (table.has_header, read) == (False, [tuple(map(str, row)) for row in ordered])


def test_a_file_is_the_same_whenever_it_is_written() -> None:
    """Nothing of the moment or the system goes into the zip, so that its checksum stays."""
    data = write_archive(TRADES, [(1, "2.00000000", "3.00000000", "6.00000000", DAY_MS, True, True)])

    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        (member,) = folder.infolist()
    assert ("BTCUSDT-trades-2020-01-01.csv", (1980, 1, 1, 0, 0, 0)) == (member.filename, member.date_time)
    assert (3, b"", b"") == (member.create_system, member.extra, member.comment)


def test_the_published_day_is_written_as_it_was(real_folder: Path) -> None:
    """A recorded file, read and written again, holds the same CSV to the byte."""
    path = real_folder / "BTCUSDT-1m-2020-01-01.zip"
    name = ArchiveName.parse(path.name)
    columns = read_columns(path.read_bytes(), name).columns

    data = write_archive(name, zip(*columns.values(), strict=True))

    with zipfile.ZipFile(path) as published, zipfile.ZipFile(io.BytesIO(data)) as written:
        assert published.namelist() == written.namelist()
        assert published.read(published.namelist()[0]) == written.read(written.namelist()[0])
