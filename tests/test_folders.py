"""Where this package keeps files of its own."""

from __future__ import annotations

import stat
from pathlib import Path

import platformdirs
import pytest

from binance_nb.folders import cache_folder, data_folder, make_private

VARIABLES = ("BINANCE_NB_DATA", "BINANCE_NB_CACHE")


def test_the_system_says_where_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and cache each have their place, which is not made by asking."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable)

    assert data_folder() == Path(platformdirs.user_data_dir("binance_nb", appauthor=False))
    assert cache_folder() == Path(platformdirs.user_cache_dir("binance_nb", appauthor=False))


def test_a_variable_puts_them_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Absolute, whatever the working directory is later."""
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        monkeypatch.setenv(variable, f"my-{variable}")

    assert [data_folder(), cache_folder()] == [tmp_path / f"my-{variable}" for variable in VARIABLES]


def test_a_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    """One that was there keeps the rights that somebody gave it."""
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    for folder in (there, tmp_path / "new"):
        make_private(folder)

    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (there, tmp_path / "new")] == [0o755, 0o700]


def test_tests_keep_out_of_the_users_folders(data_of_its_own: Path) -> None:
    """Each test has a data folder of its own."""
    assert data_folder() == data_of_its_own
