"""Checksum files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.archive import Checksum, verify_checksum
from binance_nb.errors import StoreError


@given(st.binary(max_size=50))
def test_a_checksum_reads_back_as_it_was_written(data: bytes) -> None:
    """The published line parses to the sum it was made of, with or without a newline, and the bytes pass."""
    checksum = Checksum.of(data, "BTCUSDT-1m-2020-01-01.zip")

    assert Checksum.parse(checksum.text) == Checksum.parse(checksum.text + "\n") == checksum
    verify_checksum(data, checksum, source="x")


def test_a_wrong_checksum_names_the_file_and_both_sums() -> None:
    """The error says which file, what was expected and what was found."""
    promised = Checksum("0" * 64, "a.zip")

    with pytest.raises(StoreError) as caught:
        verify_checksum(b"data", promised, source="folder/a.zip")

    assert all(part in str(caught.value) for part in ("folder/a.zip", "0" * 64, hashlib.sha256(b"data").hexdigest()))


@pytest.mark.parametrize("text", ["", "abc", "0" * 64, "0" * 63 + "  a.zip", "<html>"])
def test_an_odd_checksum_file_is_refused(text: str) -> None:
    """A file that is not a sum and a name is refused, and the error names it."""
    with pytest.raises(StoreError, match=r"a\.zip\.CHECKSUM"):
        Checksum.parse(text, source="a.zip.CHECKSUM")


def test_the_published_checksum_is_written_the_same_way(real_folder: Path) -> None:
    """Our line for a published zip equals the published line to the byte."""
    data = (real_folder / "BTCUSDT-1m-2020-01-01.zip").read_bytes()
    published = (real_folder / "BTCUSDT-1m-2020-01-01.zip.CHECKSUM").read_text(encoding="utf-8")

    assert Checksum.of(data, "BTCUSDT-1m-2020-01-01.zip").text == published
