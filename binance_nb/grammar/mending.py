"""A wrong line put right, when its error says how."""

from __future__ import annotations

import re
from collections.abc import Iterator

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar.tokens import quote, tokenise

__all__ = ["mended_line"]

# Entries of a list, and words in quotes: a time with its zone.
_PARTED = re.compile(r"[,\s'\"]+")


def mended_line(line: str, error: BinanceError) -> str | None:
    """Return a line with its error put right, when the error says how.

    Args:
        line: What was written behind ``%binance``.
        error: An error whose suggestion is a word for its culprit, an option to add, or the rest of the line.

    Returns:
        The whole line, ``%binance`` included; None when the error names no word that stands on the line just once.
    """
    word, culprit = error.suggestion, error.culprit
    if word is None or word.startswith("%"):
        return word
    if culprit is None:
        return f"%binance {_with_option(line.rstrip(), word)}" if word.startswith("--") else None
    if "span" in error.details:
        start, end = error.details["span"]
        return f"%binance {line[:start]}{word}{line[end:]}"
    if "column" in error.details:
        return f"%binance {_mended_token(line, culprit, word, error.details['column'] - 1)}"
    found = [f"{line[:start]}{text}{line[end:]}" for start, end, text in _spots(line, culprit, word)]
    return f"%binance {found[0].strip()}" if len(found) == 1 else None


def _with_option(line: str, option: str) -> str:
    """Return a line with an option, in place of the one of that name that it has."""
    name = option.partition(" ")[0].removeprefix("--")
    tokens = tokenise(line)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "option" and token.name == name:
            end = token.end if token.has_value or after is None else after.end
            return f"{line[: token.start]}{option}{line[end:]}"
    return f"{line} {option}"


def _mended_token(line: str, culprit: str, word: str, at: int) -> str:
    # The tokeniser, which knows no more than the line, suggests either the whole of it or the culprit's part.
    is_whole = word.startswith(line[:at]) and (at > 0 or len(culprit) == 1)
    return word if is_whole else f"{line[:at]}{word}{line[at + len(culprit) :]}"


def _spots(line: str, culprit: str, word: str) -> Iterator[tuple[int, int, str]]:
    """Find where a culprit stands on a line: start, end, and what belongs there."""
    for token in tokenise(line):
        head = f"--{token.name}" if token.kind == "option" else token.name
        if head == culprit:
            yield token.start, token.start + len(culprit), word
            continue
        start = token.start if token.name is None else line.find("=", token.start, token.end) + 1
        written = line[start : token.end]
        if not token.has_value:
            continue
        if token.is_literal and token.value == culprit:
            yield start, token.end, _as_written(word)
        elif written.count(culprit) == 1 and (not token.is_literal or culprit in _PARTED.split(written)):
            at = start + written.index(culprit)
            yield at, at + len(culprit), word


def _as_written(word: str) -> str:
    """Quote a word, unless whoever suggests it has done so."""
    try:
        tokens = tokenise(word)
    except UsageError:
        tokens = []
    return word if [token.kind for token in tokens] == ["word"] else quote(word)
