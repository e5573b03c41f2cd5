"""From a zip to text columns."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.archive import COLUMNS, ArchiveName, read_archive, read_columns
from binance_nb.errors import StoreError
from tests.archive.zips import ROW, zipped

KLINES = ArchiveName.parse("BTCUSDT-1m-2020-01-01.zip")
HEADER = ",".join(COLUMNS["klines"])


def test_the_published_day_is_read_as_written(real_folder: Path) -> None:
    """The recorded day has its 1440 rows, texts untouched, in ms and without a header."""
    path = real_folder / "BTCUSDT-1m-2020-01-01.zip"
    with zipfile.ZipFile(path) as folder:
        lines = folder.read("BTCUSDT-1m-2020-01-01.csv").decode().splitlines()

    table = read_archive(path)

    assert (len(table), table.unit, table.has_header) == (1440, "ms", False)
    assert [",".join(row) for row in zip(*table.columns.values(), strict=True)] == lines


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["", HEADER, HEADER.replace("taker_buy_base", "taker_buy_volume")])
def test_a_header_is_sniffed(zip_of: Callable[..., bytes], row: str, header: str, ending: str) -> None:
    """Files with and without a header, under either spelling and line ending, give the same columns."""
    text = "".join(line + ending for line in (header, row) if line)

    table = read_columns(zip_of(text), KLINES)

    assert table.has_header is bool(header)
    assert [texts[0] for texts in table.columns.values()] == row.split(",")


def test_microseconds_are_sniffed(zip_of: Callable[..., bytes], row: str) -> None:
    """A regenerated file in microseconds is told by its digits and not by its date."""
    cells = row.split(",")
    cells[0], cells[6] = cells[0] + "000", cells[6] + "999"

    assert read_columns(zip_of(",".join(cells)), KLINES).unit == "us"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("BTCUSDT-trades-2020-01-01.zip", "1,7195.24,0.5,3597.62,1577836800123,True,True"),
        ("BTCUSDT-aggTrades-2020-01-01.zip", "1,7195.24,0.5,1,2,1577836800123,true,true"),
    ],
)
def test_trades_are_read_too(zip_of: Callable[..., bytes], name: str, line: str) -> None:
    """Trades and aggregate trades have their own columns."""
    table = read_columns(zip_of(line), ArchiveName.parse(name))

    assert [texts[0] for texts in table.columns.values()] == line.split(",")


def test_an_empty_file_gives_empty_columns(zip_of: Callable[..., bytes]) -> None:
    """A CSV without rows keeps its columns."""
    table = read_columns(zip_of(""), KLINES)

    assert len(table) == 0
    assert tuple(table.columns) == COLUMNS["klines"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param(lambda row: row[: row.rindex(",")], "line 1 is no row", id="column missing"),
        pytest.param(lambda row: row.replace("7195.24", "7195,24"), "line 1 is no row", id="decimal comma"),
        pytest.param(lambda row: row.replace("7195.24", "-7195.24"), "line 1 is no row", id="negative"),
        pytest.param(lambda row: row.replace("7195.24", "7e3"), "line 1 is no row", id="exponent"),
        pytest.param(lambda row: row + "\n" + row, "order of time", id="row twice"),
        pytest.param(lambda row: row.replace("15778", "15777"), "outside the daily period", id="another day"),
        pytest.param(lambda row: "a,b,c\n" + row, "neither a row nor a header", id="short header"),
        pytest.param(
            lambda row: HEADER.replace("open_time", "date") + "\n" + row, "neither a row nor a header", id="other names"
        ),
        pytest.param(lambda row: "time," + HEADER + "\n" + row, "neither a row nor a header", id="long header"),
        pytest.param(lambda row: "<html>451</html>", "neither a row nor a header", id="a web page"),
    ],
)
def test_odd_rows_are_refused(
    zip_of: Callable[..., bytes], row: str, change: Callable[[str], str], complaint: str
) -> None:
    """A CSV of another layout is refused, and the error names the file and the line."""
    with pytest.raises(StoreError, match=rf"some\.zip.*{complaint}"):
        read_columns(zip_of(change(row)), KLINES, source="some.zip")


def test_a_wrong_checksum_is_refused(archive_file: Callable[..., Path], row: str) -> None:
    """A zip that differs from its .CHECKSUM is not read."""
    path = archive_file(row, checksum="0" * 64 + "  BTCUSDT-1m-2020-01-01.zip")

    with pytest.raises(StoreError, match="does not match its checksum"):
        read_archive(path)


def test_a_checksum_is_not_demanded(archive_file: Callable[..., Path], row: str) -> None:
    """A zip without a .CHECKSUM beside it is read on its own word."""
    path = archive_file(row)
    path.with_name(path.name + ".CHECKSUM").unlink()

    assert len(read_archive(path)) == 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_truncated_zip_is_refused(archive_file: Callable[..., Path], row: str, share: float) -> None:
    """A zip that was cut short anywhere is refused by name."""
    path = archive_file(row)
    path.with_name(path.name + ".CHECKSUM").unlink()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(StoreError, match=rf"{path.name}.*damaged"):
        read_archive(path)


def test_a_flipped_bit_inside_is_refused(zip_of: Callable[..., bytes], row: str) -> None:
    """The zip's own checksum catches what a missing .CHECKSUM cannot."""
    data = bytearray(zip_of(row))
    data[60] ^= 0x10

    with pytest.raises(StoreError, match="damaged"):
        read_columns(bytes(data), KLINES)


@given(st.data())
def test_damage_never_escapes_as_another_error(data: st.DataObject) -> None:
    """Whatever bytes are overwritten, a zip is read or refused with a StoreError."""
    zipped_bytes = bytearray(zipped(ROW))
    for _ in range(data.draw(st.integers(1, 8))):
        zipped_bytes[data.draw(st.integers(0, len(zipped_bytes) - 1))] = data.draw(st.integers(0, 255))

    with suppress(StoreError):
        assert len(read_columns(bytes(zipped_bytes), KLINES)) <= 1


def test_a_zip_of_something_else_is_refused(row: str) -> None:
    """A zip holds exactly one CSV."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as folder:
        folder.writestr("a.csv", row)
        folder.writestr("b.csv", row)

    with pytest.raises(StoreError, match="where one CSV belongs"):
        read_columns(buffer.getvalue(), KLINES)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that cannot be opened is a StoreError like the rest."""
    with pytest.raises(StoreError, match="BTCUSDT-1m-2020-01-01"):
        read_archive(tmp_path / "BTCUSDT-1m-2020-01-01.zip")
