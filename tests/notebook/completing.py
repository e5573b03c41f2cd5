"""How the tests ask IPython to complete a text."""

from __future__ import annotations

from typing import Any

from IPython.core import completer
from IPython.core.completer import provisionalcompleter

__all__ = ["IS_NEW", "after_completing", "types_of"]

# Before IPython 8.6 there are no types, and no more is known of a cell than the line.
IS_NEW = hasattr(completer, "context_matcher")


def after_completing(shell: Any, text: str) -> list[str]:
    """The texts that there would be after each proposal, for a text with a bar for the cursor."""
    cell, proposals = _ask(shell, text)
    return [f"{cell[: each.start]}{each.text}{cell[each.end :]}" for each in proposals]


def types_of(shell: Any, text: str) -> dict[str, str]:
    """What is proposed, with the word that a frontend shows beside it."""
    return {each.text: each.type for each in _ask(shell, text)[1]}


def _ask(shell: Any, text: str) -> tuple[str, list[Any]]:
    cell, at = text.replace("|", ""), text.index("|")
    with provisionalcompleter():
        return cell, list(shell.Completer.completions(cell, at))
