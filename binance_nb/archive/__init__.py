"""The bulk-file codec: names, checksums, time units, headers, and a zip's rows as text columns.

The exchange publishes a zip per symbol, data type and day or month, with one CSV inside and a
``.CHECKSUM`` beside it. This room reads and writes such a file without a network and without turning any
number into a float; whatever is wrong with one that is read becomes a `StoreError` that names the file.
"""

from __future__ import annotations

from binance_nb.archive.checksum import Checksum, verify_checksum
from binance_nb.archive.columns import COLUMNS, ArchiveColumns, csv_of, read_archive, read_columns
from binance_nb.archive.folder import find_archives
from binance_nb.archive.names import ArchiveName
from binance_nb.archive.numbers import scaled_ints, time_unit, times_ms
from binance_nb.archive.writing import ArchiveRow, write_archive

__all__ = [
    "COLUMNS",
    "ArchiveColumns",
    "ArchiveName",
    "ArchiveRow",
    "Checksum",
    "csv_of",
    "find_archives",
    "read_archive",
    "read_columns",
    "scaled_ints",
    "time_unit",
    "times_ms",
    "verify_checksum",
    "write_archive",
]
