"""The kinds of faults there are, and what can be said about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

__all__ = ["KINDS", "OUTCOMES", "REST", "STREAMS", "Detail", "FaultKind", "WrongWord", "nearest"]

_DAY_MS = 86_400_000


class WrongWord(ValueError):
    """Something was asked for that cannot be: what is wrong, with which word, and which word would be right.

    Args:
        message: What is wrong, in one sentence.
        culprit: The word.
        suggestion: The nearest one that would do.
    """

    def __init__(self, message: str, culprit: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.culprit = culprit
        self.suggestion = suggestion


@dataclass(frozen=True)
class Detail:
    """A whole number that a kind of fault can be told.

    Attributes:
        default: What it is when nobody says.
        lowest: The least it may be.
        highest: The most it may be.
        choices: The only values there are, where it is no range.
    """

    default: int
    lowest: int = 0
    highest: int = _DAY_MS
    choices: tuple[int, ...] = ()

    def problem(self, value: object) -> str | None:
        """Tell what is wrong with a value.

        Args:
            value: What was given.

        Returns:
            What it has to be; None if it is that.
        """
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if self.choices:
            return None if value in self.choices and is_whole else f"is {' or '.join(map(str, self.choices))}"
        if isinstance(value, int) and is_whole and self.lowest <= value <= self.highest:
            return None
        return f"is a whole number from {self.lowest} to {self.highest}"


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        name: What it is called.
        about: What happens.
        details: What can be said about it, by name.
    """

    name: str
    about: str
    details: Mapping[str, Detail] = field(default_factory=dict)


_CODE = Detail(-1007, choices=(-1007, -1006))
_RETRY = Detail(60, highest=259_200)

_OUTCOMES = (
    FaultKind("execute_then_503", "It is executed, and the answer is a 503 that does not know.", {"code": _CODE}),
    FaultKind(
        "reply_503_execute_later",
        "The answer is a 503 at once; it is executed afterwards, if its recvWindow still allows it: after_ms of the "
        "sandbox's time, or after_real_ms where that is given.",
        {"code": _CODE, "after_ms": Detail(1_000), "after_real_ms": Detail(0)},
    ),
    FaultKind("execute_then_drop", "It is executed, and the connection is closed without an answer."),
    FaultKind("drop_before_execute", "The connection is closed, and nothing is executed."),
    FaultKind("429", "Too many requests, says the exchange.", {"retry_after_seconds": _RETRY}),
    FaultKind("418", "The address is banned.", {"retry_after_seconds": Detail(120, highest=259_200)}),
    FaultKind("403", "The web firewall answers with an HTML page."),
    FaultKind("451", "The exchange does not serve this place."),
    FaultKind("broken_json", "It is executed, and the answer's JSON ends in the middle."),
)
_BESIDE = (
    FaultKind(
        "delay",
        "It takes ms real milliseconds longer: after it was executed, or before with on_the_way=1.",
        {"ms": Detail(1_000, highest=600_000), "on_the_way": Detail(0, choices=(0, 1))},
    ),
    FaultKind(
        "wrong_clock",
        "The clock that looks at timestamps, and that the exchange states, is off by offset_ms.",
        {"offset_ms": Detail(10_000, lowest=-_DAY_MS)},
    ),
)
_STREAMS = (
    FaultKind("cut", "The connection of a stream is closed without a word."),
    FaultKind("skip_depth", "A depth event is left out."),
    FaultKind("silence", "Nothing comes for ms real milliseconds; 0 is for good.", {"ms": Detail(0)}),
)
_ARCHIVE = (
    FaultKind("truncated_zip", "Only the first part of a file comes."),
    FaultKind("wrong_checksum", "The checksum is that of another file."),
    FaultKind("missing_file", "The file is not there."),
)

OUTCOMES = frozenset(kind.name for kind in _OUTCOMES)
"""Kinds that decide what becomes of a call; it can meet one of them."""

REST = OUTCOMES | {kind.name for kind in _BESIDE}
"""Kinds that a call can meet."""

STREAMS = frozenset(kind.name for kind in _STREAMS)
"""Kinds that a stream can meet."""

KINDS: Mapping[str, FaultKind] = {kind.name: kind for kind in (*_OUTCOMES, *_BESIDE, *_STREAMS, *_ARCHIVE)}
"""Every kind by its name."""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was probably meant.

    Args:
        word: What was given.
        words: What there is.

    Returns:
        One of them, whatever the case of its letters; None if none is like it.
    """
    by_fold = {known.casefold(): known for known in words}
    return next((by_fold[fold] for fold in get_close_matches(word.casefold(), list(by_fold), 1, 0.5)), None)
