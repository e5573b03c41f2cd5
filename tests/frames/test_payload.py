"""The beginning of an unreadable body, shown without what might be a secret."""

from __future__ import annotations

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.frames.payload import unreadable

KLINES = ENDPOINTS["klines"]


def test_the_error_shows_how_the_body_begins() -> None:
    """The first 80 characters, on one line, tell a person what answered."""
    error = unreadable(KLINES, b'{"a":\n 1}' + b" word" * 100, "it is not JSON")

    assert error.message.startswith('The reply to klines cannot be read: it is not JSON. It begins: {"a": 1} word')
    assert 80 == len(error.details["body_start"])
    assert 509 == error.details["body_bytes"]


@pytest.mark.parametrize("position", [0, 30, 79])
def test_the_error_never_shows_a_key(position: int) -> None:
    """What looks like a key or a signature is masked, also where the cut goes through it."""
    key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    error = unreadable(KLINES, b" ." * (position // 2) + key.encode() + b" end", "it is not JSON")

    assert not any(key[start : start + 8] in str(error) for start in range(len(key) - 8))


def test_a_web_page_is_called_one() -> None:
    """A login page of a proxy gets a hint of its own."""
    error = unreadable(KLINES, b"<!doctype html><title>Sign in</title>", "it is not JSON")

    assert "web page" in str(error.hint)


def test_a_body_cut_inside_a_letter_is_shown() -> None:
    """The end of what is looked at may fall inside a letter of several bytes."""
    error = unreadable(KLINES, "x币".encode() * 400, "it is not JSON")

    assert "x币x币" in error.message
