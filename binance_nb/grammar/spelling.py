"""Did you mean …?: the words nearest to one that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]

_SEPARATORS = str.maketrans("", "", "_-/ ")
_LONGER, _TYPO, _SHORTER = range(3)


def nearest(word: str, choices: Iterable[str], *, limit: int = 3) -> list[str]:
    """Find the choices that a person most likely meant.

    The same word in other capitals, or with other separators (``BTC/USDT``), is the only answer when there is one.
    Otherwise words that begin or end with it come first (``price`` for ``avg_price``), then slips of the keyboard (a
    letter missing, added, replaced, or two of them swapped), then words that it begins with (``1min`` for ``1m``).

    Args:
        word: What was written.
        choices: What there is, the more common ones first: equally near choices keep their order.
        limit: How many to give at most.

    Returns:
        The nearest first, none twice; empty when nothing is near.
    """
    wanted = _fold(word)
    if not wanted:
        return []
    folded = {choice: _fold(choice) for choice in choices}
    near = {choice: (0, 0) for choice, letters in folded.items() if letters == wanted}
    near = near or {choice: rank for choice, letters in folded.items() if (rank := _rank(wanted, letters))}
    # Among equals the one in the same capitals leads: 1m before 1M for 1min.
    return sorted(near, key=lambda choice: (*near[choice], _slips(word, choice, len(word) + len(choice))))[:limit]


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """Word the nearest choices as a question.

    Args:
        word: What was written.
        choices: What there is, the more common ones first.

    Returns:
        Such as ``Did you mean klines or ui_klines?``, or None when nothing is near.
    """
    found = nearest(word, choices)
    if not found:
        return None
    *others, last = found
    return f"Did you mean {', '.join(others)} or {last}?" if others else f"Did you mean {last}?"


def _fold(word: str) -> str:
    folded = word.casefold()
    return folded if folded.isalnum() else folded.translate(_SEPARATORS)


def _rank(word: str, choice: str) -> tuple[int, int] | None:
    """Say in which way a choice is near and how far off it is, or None when it is not near."""
    longer = len(choice) - len(word)
    if longer > 0 and ((len(word) > 1 and choice.startswith(word)) or (len(word) > 3 and choice.endswith(word))):
        return _LONGER, longer
    allowed = _typos_allowed(len(word))
    slips = _slips(word, choice, allowed)
    if slips <= allowed:
        return _TYPO, slips
    # An interval is a digit and a letter, so 1minute may be far longer than the 1m it stands for.
    if len(choice) > 1 and word.startswith(choice) and (choice[0].isdigit() or 2 * len(choice) >= len(word)):
        return _SHORTER, -longer
    return None


def _typos_allowed(length: int) -> int:
    # One slip in a word of one letter leaves nothing of it; long words bear more.
    return 0 if length < 2 else 1 if length < 6 else 2 if length < 10 else 3


def _slips(word: str, choice: str, most: int) -> int:
    """Count the slips between two words: letters added, left out, replaced, or swapped with their neighbour.

    Stops counting past ``most``: thousands of symbols are compared, and nearly all are far away.
    """
    if abs(len(word) - len(choice)) > most:
        return most + 1
    # What both end with costs nothing, and symbols end alike; of what is left, each letter that only one of them has
    # is a slip of its own. Together these spare nearly all symbols the table below.
    while word and choice and word[-1] == choice[-1]:
        word, choice = word[:-1], choice[:-1]
    if len(set(word).difference(choice)) > most or len(set(choice).difference(word)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(choice) + 1))
    for row, letter in enumerate(word, 1):
        current = [row]
        for column, other in enumerate(choice, 1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == choice[column - 2] and word[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before, above = above, current
    return above[-1]
