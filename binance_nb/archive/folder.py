"""The bulk files below a folder."""

from __future__ import annotations

from pathlib import Path

from binance_nb.archive.names import ArchiveName
from binance_nb.errors import StoreError

__all__ = ["find_archives"]


def find_archives(directory: Path) -> dict[Path, ArchiveName]:
    """Find the bulk files in a folder and below it.

    Args:
        directory: The folder; its inner layout does not matter, names say enough.

    Returns:
        What each zip is, by path, sorted by path.

    Raises:
        StoreError: The folder does not exist, holds no zip, or holds a zip that is not named like a bulk file.
    """
    if not directory.is_dir():
        raise StoreError(
            f"{directory} is not a folder.", hint="Name the folder that holds the zips.", culprit=str(directory)
        )
    found = {path: ArchiveName.parse(str(path)) for path in sorted(directory.rglob("*.zip"))}
    if not found:
        raise StoreError(
            f"{directory} holds no bulk files.",
            hint="It should hold zips such as BTCUSDT-1m-2020-01-01.zip, at any depth.",
            culprit=str(directory),
        )
    return found
