"""From rows to a zip as the archive publishes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeAlias

from binance_nb.archive.names import ArchiveName

__all__ = ["ArchiveRow", "write_archive"]

ArchiveRow: TypeAlias = Sequence[int | str | bool]

# The oldest moment a zip can state. A member dated when it was written would change the checksum each time.
_DATED = (1980, 1, 1, 0, 0, 0)
_ROWS_AT_ONCE = 10_000


def write_archive(name: ArchiveName, rows: Iterable[ArchiveRow]) -> bytes:
    """Write a bulk file: one CSV of the zip's own name, without a header, each line ending in LF.

    Args:
        name: What the file is, which names the CSV.
        rows: Cells in the order of `COLUMNS`, taken one by one, so that a month need not fit into memory as rows.

    Returns:
        The zip's bytes, the same for the same rows wherever zlib is the same.
    """
    buffer, left = io.BytesIO(), iter(rows)
    with zipfile.ZipFile(buffer, "w") as folder:
        member = zipfile.ZipInfo(f"{name.stem}.csv", _DATED)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = 3  # else the system it was written on would show
        with folder.open(member, "w") as file:
            while part := [",".join(map(str, row)) for row in islice(left, _ROWS_AT_ONCE)]:
                file.write(("\n".join(part) + "\n").encode("ascii"))
    return buffer.getvalue()
