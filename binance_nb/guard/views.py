"""A text as it was written, and as it reads once its escapes are undone; each place in one has a place in the other."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from html import unescape
from types import MappingProxyType

__all__ = ["View", "views"]

_MOST_ROUNDS = 3
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt\"'/\\])")
_LETTERS = MappingProxyType({"n": "\n", "r": "\r", "t": "\t"})
# What colours a word is no end of it; any other tag is.
_INLINE = re.compile(r"</?(?:a|b|code|em|font|i|mark|small|span|strong|u|wbr)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|apos|gt|lt|nbsp|quot);")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


class View:
    """A text, and where each of its places stood in the one that it was made of.

    Args:
        text: The text.
        parent: What it was made of; None for a text as it was written.
        pieces: Where each unchanged piece begins, here and in the parent, in order.
    """

    def __init__(self, text: str, parent: View | None = None, pieces: tuple[list[int], list[int]] = ([], [])) -> None:
        self.text = text
        self._parent = parent
        self._here, self._there = pieces

    def origin(self, at: int) -> int:
        """Return where a place of this text stood in the text as it was written.

        Args:
            at: The place.

        Returns:
            The place there, as near as what was rewritten allows.
        """
        if self._parent is None:
            return at
        number = bisect_right(self._here, at) - 1
        after = self._there[number + 1] if number + 1 < len(self._there) else len(self._parent.text)
        return self._parent.origin(min(self._there[number] + at - self._here[number], after))

    def rewritten(self, pattern: re.Pattern[str], replace: Callable[[str], str]) -> View:
        """Return this text with every match replaced; itself where there is none.

        Args:
            pattern: What to replace.
            replace: Tells by what.

        Returns:
            The view.
        """
        parts: list[str] = []
        here, there = [0], [0]
        length = done = 0
        for found in pattern.finditer(self.text):
            put = replace(found.group())
            parts += (self.text[done : found.start()], put)
            length += found.start() - done
            # What was put stands for the beginning of what it replaced.
            here += (length, length + len(put))
            there += (found.start(), found.end())
            length += len(put)
            done = found.end()
        if not parts:
            return self
        parts.append(self.text[done:])
        return View("".join(parts), self, (here, there))


def views(text: str) -> Iterator[View]:
    """Yield a text as it was written, and then with colours, tags and escapes undone, layer by layer.

    Args:
        text: The text.

    Yields:
        The views; a text in which nothing is escaped has one.
    """
    view = View(text)
    yield view
    for _ in range(_MOST_ROUNDS):
        before = view
        view = view.rewritten(_COLOUR, lambda _: "").rewritten(_ESCAPE, _unescaped)
        if "<" in view.text:
            view = view.rewritten(_INLINE, lambda _: "").rewritten(_TAG, lambda _: "\n")
        if "&" in view.text:
            view = view.rewritten(_ENTITY, unescape)
        if "%" in view.text:
            view = view.rewritten(_PERCENT, lambda found: chr(int(found[1:], 16)))
        if view is before:
            return
        yield view


def _unescaped(escape: str) -> str:
    if escape[1] in "ux":
        return chr(int(escape[2:], 16))
    return _LETTERS.get(escape[1], escape[1])
