"""Bulk files made to order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from binance_nb.archive import Checksum
from tests.archive.zips import ROW, zipped


@pytest.fixture
def zip_of() -> Callable[..., bytes]:
    """A function that zips a CSV text."""
    return zipped


@pytest.fixture
def row() -> str:
    """A good row of klines of 1 January 2020."""
    return ROW


@pytest.fixture
def archive_file(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a bulk file with its checksum and returns its path."""

    def write(text: str, *, name: str = "BTCUSDT-1m-2020-01-01.zip", checksum: str | None = None) -> Path:
        data = zipped(text)
        path = tmp_path / name
        path.write_bytes(data)
        promise = Checksum.of(data, name).text if checksum is None else checksum
        path.with_name(name + ".CHECKSUM").write_text(promise, encoding="utf-8")
        return path

    return write
