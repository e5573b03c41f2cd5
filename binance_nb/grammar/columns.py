"""How many columns a text takes where every letter has one place: a terminal, a notebook's plain output."""

from __future__ import annotations

import unicodedata

__all__ = ["columns_of", "set_left", "set_right"]


def columns_of(text: str) -> int:
    """Count the columns that a text takes.

    Args:
        text: A line of text.

    Returns:
        Two for each wide letter, such as those of 这是测试币, none for an accent on its own, one for any other.
    """
    return sum(_columns(char) for char in text)


def set_left(text: str, width: int) -> str:
    """Fill a text up to a width, at its right.

    Args:
        text: A line of text.
        width: In columns.

    Returns:
        The text, and spaces.
    """
    return text + " " * (width - columns_of(text))


def set_right(text: str, width: int) -> str:
    """Fill a text up to a width, at its left.

    Args:
        text: A line of text.
        width: In columns.

    Returns:
        Spaces, and the text.
    """
    return " " * (width - columns_of(text)) + text


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
