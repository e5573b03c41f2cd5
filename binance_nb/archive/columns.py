"""From a zip to text columns: one CSV inside, perhaps a header, columns in a fixed order."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from binance_nb.archive.checksum import Checksum, verify_checksum
from binance_nb.archive.names import ArchiveKind, ArchiveName
from binance_nb.archive.numbers import TimeUnit, time_unit, times_ms
from binance_nb.errors import StoreError

__all__ = ["COLUMNS", "ArchiveColumns", "csv_of", "read_archive", "read_columns"]

COLUMNS: Mapping[ArchiveKind, tuple[str, ...]] = {
    "klines": (
        "open_time",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "close_time",
        "quote_volume",
        "count",
        "taker_buy_base",
        "taker_buy_quote",
        "ignore",
    ),
    "trades": ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match"),
    "aggTrades": ("agg_id", "price", "qty", "first_id", "last_id", "time", "is_buyer_maker", "is_best_match"),
}

# All that zipfile and its decompressors raised on thousands of damaged zips; RuntimeError says "encrypted".
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_WHOLE = {"open_time", "close_time", "time", "count", "id", "agg_id", "first_id", "last_id"}
_FLAGS = {"is_buyer_maker", "is_best_match"}


def _cell_pattern(column: str) -> str:
    if column in _FLAGS:
        return "(?:[Tt]rue|[Ff]alse)"
    return r"\d+" if column in _WHOLE else r"\d+(?:\.\d+)?"


# One pattern a kind: a row is judged whole, so that whatever passes has the right width and only plain numbers.
_ROWS = {kind: re.compile(",".join(map(_cell_pattern, names)), re.ASCII) for kind, names in COLUMNS.items()}
_TIME_COLUMN: Mapping[ArchiveKind, str] = {"klines": "open_time", "trades": "time", "aggTrades": "time"}
# Headers name the columns in several ways, but these places never differ: a header without them is of another layout.
_LANDMARKS: Mapping[ArchiveKind, tuple[tuple[int, str], ...]] = {
    "klines": ((0, "open"), (4, "close"), (6, "close")),
    "trades": ((0, "id"), (1, "price"), (4, "time")),
    "aggTrades": ((0, "id"), (1, "price"), (5, "time")),
}


@dataclass(frozen=True)
class ArchiveColumns:
    """The rows of one bulk file, column by column, exactly as written.

    Args:
        name: What the file is.
        columns: Texts by column name, in the file's order.
        unit: Unit of its times, told by their digits.
        has_header: Whether the CSV began with a line of names.
    """

    name: ArchiveName
    columns: Mapping[str, tuple[str, ...]]
    unit: TimeUnit
    has_header: bool

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def read_archive(path: Path) -> ArchiveColumns:
    """Read a bulk file, checking it against the ``.CHECKSUM`` beside it when there is one.

    Args:
        path: The zip, under its published name.

    Returns:
        Its columns.

    Raises:
        StoreError: The file cannot be read, its name is odd, its checksum differs, the zip is damaged, or
            the CSV does not have the columns of its kind.
    """
    name = ArchiveName.parse(path.name)
    data = _bytes_of(path)
    promise = path.with_name(path.name + ".CHECKSUM")
    if promise.exists():
        text = _bytes_of(promise).decode("utf-8", errors="replace")
        verify_checksum(data, Checksum.parse(text, source=str(promise)), source=str(path))
    return read_columns(data, name, source=str(path))


def read_columns(data: bytes, name: ArchiveName, *, source: str | None = None) -> ArchiveColumns:
    """Unpack a zip's bytes into text columns.

    Args:
        data: The zip.
        name: What it is, which decides the columns.
        source: How to call it in an error; its file name by default.

    Returns:
        Its columns; a file without rows gives empty ones in ms.

    Raises:
        StoreError: The zip is damaged or does not hold one CSV, or the CSV does not have the columns of its kind.
    """
    source = source or name.file_name
    lines = _csv_text(data, source).splitlines()
    has_header = bool(lines) and not lines[0].split(",")[0].isdigit()
    if has_header:
        _check_header(lines[0], name.kind, source)
    for number, line in enumerate(lines[has_header:], start=1 + has_header):
        if _ROWS[name.kind].fullmatch(line) is None:
            raise _broken(source, f"line {number} is no row of {name.kind}: {line[:80]!r}")
    rows = [line.split(",") for line in lines[has_header:]]
    names = COLUMNS[name.kind]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    times = columns[_TIME_COLUMN[name.kind]]
    unit = time_unit(times[0], source=source) if rows else "ms"
    _check_times(times, unit, name, source)
    return ArchiveColumns(name, columns, unit, has_header)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.", culprit=str(path)) from error


def csv_of(data: bytes, *, source: str) -> bytes:
    """Return the one CSV in a zip.

    Args:
        data: The zip.
        source: How to call it in an error.

    Returns:
        The CSV's bytes.

    Raises:
        StoreError: The zip is damaged or does not hold one CSV.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            members = folder.namelist()
            content = folder.read(members[0]) if len(members) == 1 and members[0].endswith(".csv") else None
    except _DAMAGED as error:
        raise _broken(source, f"the zip is damaged or cut short ({error})") from error
    if content is None:
        raise _broken(source, f"the zip holds {members or 'nothing'} where one CSV belongs")
    return content


def _csv_text(data: bytes, source: str) -> str:
    try:
        return csv_of(data, source=source).decode("ascii")
    except UnicodeDecodeError as error:
        raise _broken(source, "the CSV is not plain ASCII text") from error


def _check_header(header: str, kind: ArchiveKind, source: str) -> None:
    cells = header.lower().split(",")
    fits = len(cells) == len(COLUMNS[kind]) and all(word in cells[place] for place, word in _LANDMARKS[kind])
    if not fits:
        raise _broken(source, f"its first line is neither a row nor a header of {kind}: {header[:80]!r}")


def _check_times(times: tuple[str, ...], unit: TimeUnit, name: ArchiveName, source: str) -> None:
    # All times have the same number of digits, so their texts sort as their values do.
    is_ordered = list(times) == sorted(times) and len({len(time) for time in times}) <= 1
    if not is_ordered or (name.kind == "klines" and len(set(times)) < len(times)):
        raise _broken(source, "its rows are not in order of time")
    # A candle of several days may open before the month that lists it.
    if not times or name.interval in {"3d", "1w", "1M"}:
        return
    first, last = times_ms((times[0], times[-1]), unit, source=source)
    if not name.start_ms <= first <= last < name.end_ms:
        raise _broken(source, f"its rows lie outside the {name.period} period in its name")


def _broken(source: str, complaint: str) -> StoreError:
    return StoreError(f"{source} cannot be used: {complaint}.", hint="Download the file again.", culprit=source)
