"""What becomes of a call while a tape is on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest

__all__ = ["Mode", "mode_of"]


class Mode(StrEnum):
    """How a tape is used.

    ONCE records where there is no tape yet, and replays one that is there: the mode for a notebook that is shared. NONE
    replays and records nothing. NEW replays what is known and records what is not. ALL records everything anew.
    """

    ONCE = "once"
    NONE = "none"
    NEW = "new"
    ALL = "all"

    def replays(self, path: Path) -> bool:
        """Return whether a tape is played.

        Args:
            path: Its file.
        """
        return self is Mode.NONE or (self in (Mode.ONCE, Mode.NEW) and path.exists())

    def records(self, path: Path) -> bool:
        """Return whether calls are recorded.

        Args:
            path: The tape's file.
        """
        return self in (Mode.NEW, Mode.ALL) or (self is Mode.ONCE and not path.exists())


def mode_of(said: str) -> Mode:
    """Return the mode of a word.

    Args:
        said: The word.

    Returns:
        The mode.

    Raises:
        UsageError: There is none of that name.
    """
    try:
        return Mode(said)
    except ValueError:
        raise UsageError(
            f"A tape has no mode {said!r}.",
            hint=did_you_mean(said, list(Mode)) or f"Choose one of {', '.join(Mode)}.",
            suggestion=next(iter(nearest(said, list(Mode))), None),
            culprit=said,
        ) from None
