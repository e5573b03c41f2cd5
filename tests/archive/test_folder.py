"""Bulk files below a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from binance_nb.archive import find_archives
from binance_nb.errors import StoreError


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    """The layout below the folder does not matter, and other files are let be."""
    deep = tmp_path / "data" / "spot"
    deep.mkdir(parents=True)
    (deep / "BTCUSDT-1m-2020-01-01.zip").touch()
    (tmp_path / "ETHUSDT-trades-2020-01.zip").touch()
    (tmp_path / "README.md").touch()

    found = find_archives(tmp_path)

    assert sorted(name.file_name for name in found.values()) == [
        "BTCUSDT-1m-2020-01-01.zip",
        "ETHUSDT-trades-2020-01.zip",
    ]


@pytest.mark.parametrize(
    ("prepare", "complaint"),
    [
        pytest.param(lambda folder: folder / "nowhere", "is not a folder", id="missing"),
        pytest.param(lambda folder: folder, "holds no bulk files", id="empty"),
        pytest.param(
            lambda folder: (folder / "holiday.zip").touch() or folder, "holiday.zip' is not the name", id="stray zip"
        ),
    ],
)
def test_a_folder_that_cannot_serve_is_refused(tmp_path: Path, prepare: Callable[[Path], Path], complaint: str) -> None:
    """A missing folder, an empty one and a stray zip are each said in a sentence."""
    with pytest.raises(StoreError, match=complaint):
        find_archives(prepare(tmp_path))
