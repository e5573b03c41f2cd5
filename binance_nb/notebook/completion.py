"""Completion of magic lines and of calls on a session, and how IPython comes to ask for it.

Nothing here asks the network, connects a session, or prints: what is not known is not proposed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult

    from binance_nb.notebook.completion_lines import Found
    from binance_nb.notebook.completion_places import LinePlace
    from binance_nb.notebook.completion_values import Known
    from binance_nb.rules.symbols import SymbolNames
    from binance_nb.session import Session

__all__ = ["Completion", "Host", "install_completion", "remove_completion"]

_IDENTIFIER = "binance_nb"
# Before IPython's own matchers, so that a suppressed Jedi is never started: it takes far longer than all of this.
_PRIORITY = 1000


class Host(Protocol):
    """Who knows the session."""

    @property
    def open_session(self) -> Session | None:
        """The session that lines go to, if one is open."""


def install_completion(shell: InteractiveShell, host: Host) -> None:
    """Let the shell's completer ask here first.

    Args:
        shell: The shell.
        host: Who knows the session.
    """
    completion, completer = Completion(shell, host), _completer(shell)
    try:
        from IPython.core.completer import context_matcher
    except ImportError:  # before IPython 8.6
        # These run before all others and rule them out when they have an answer, as a matcher of later days can.
        completer.magic_arg_matchers.append(completion.complete_word)
        return

    @context_matcher(identifier=_IDENTIFIER, priority=_PRIORITY)  # type: ignore[untyped-decorator]  # IPython's
    def binance_matcher(context: CompletionContext) -> SimpleMatcherResult:
        return completion.match(context)

    completer.custom_matchers.append(binance_matcher)


def remove_completion(shell: InteractiveShell) -> None:
    """Undo `install_completion`.

    Args:
        shell: The shell.
    """
    completer = _completer(shell)
    for matchers in (completer.custom_matchers, completer.magic_arg_matchers):
        matchers[:] = [each for each in matchers if not _is_ours(each)]


def _completer(shell: InteractiveShell) -> Any:  # Any: the shell's attribute has no type
    return shell.Completer


def _is_ours(matcher: Any) -> bool:  # Any: anybody's matcher, of either kind
    is_new = getattr(matcher, "matcher_identifier", None) == _IDENTIFIER
    return is_new or isinstance(getattr(matcher, "__self__", None), Completion)


class Completion:
    """Answers IPython's questions for completions.

    Args:
        shell: The shell.
        host: Who knows the session.
    """

    def __init__(self, shell: InteractiveShell, host: Host) -> None:
        self._shell: Any = shell  # Any: IPython types neither its completer nor its namespaces
        self._host = host

    def match(self, context: CompletionContext) -> SimpleMatcherResult:
        """Answer as a matcher of IPython 8.6 and later.

        Args:
            context: The cell, and where the cursor stands.

        Returns:
            What may stand there; nothing, and nothing suppressed, where nothing of ours can.
        """
        from IPython.core.completer import SimpleCompletion

        found = self._careful(context.full_text.split("\n"), context.cursor_line, context.cursor_position)
        if found is None:
            return {"completions": [], "suppress": False}
        # IPython cuts a long list as well, but only after it has walked through all of it.
        chosen = [SimpleCompletion(each.text, type=each.type) for each in found.proposals[: context.limit]]
        return {
            # Only a matcher that proposes something keeps file names away. What is there already changes nothing, and
            # its type tells what is wanted; a terminal leaves an empty one out.
            "completions": chosen or [SimpleCompletion(found.said, type=found.wanted)],
            "matched_fragment": found.said,
            "suppress": True,
            "ordered": True,
        }

    def complete_word(self, line: str) -> list[str]:
        """Answer an earlier IPython, which knows one line, words between its own delimiters, and no types.

        Args:
            line: The line.

        Returns:
            What may stand in the place of the word at the cursor.
        """
        completer = self._shell.Completer
        before: str = completer.text_until_cursor
        found = self._careful([line], 0, len(before), is_line_alone=True)
        if found is None:
            return []
        word: str = completer.splitter.split_line(line, len(before))
        texts = [each.text for each in found.proposals] or [found.said]  # as in `match`
        extra = len(found.said) - len(word)
        if extra < 0:
            return [word[:-extra] + text for text in texts]
        head = found.said[:extra]  # stays as it is, so nothing can be proposed that changes it
        return [text[extra:] for text in texts if text.startswith(head)]

    def _careful(self, lines: list[str], row: int, column: int, *, is_line_alone: bool = False) -> Found | None:
        try:
            return self.find(lines, row, column, is_line_alone=is_line_alone)
        except Exception:  # noqa: BLE001 - a person's own objects may raise anything when looked at, and Tab stays quiet
            return None

    def find(self, lines: list[str], row: int, column: int, *, is_line_alone: bool = False) -> Found | None:
        """Find what may stand at the cursor.

        Args:
            lines: The cell.
            row: The cursor's line, counted from 0.
            column: The letters before the cursor.
            is_line_alone: Whether the line is all that is known of its cell.

        Returns:
            What was found; None where nothing of ours can stand.
        """
        from binance_nb.notebook.completion_calls import call_at, complete_call
        from binance_nb.notebook.completion_places import is_head, place_in, verb_line

        if is_head(lines, row):
            return None
        before, after = lines[row][:column], lines[row][column:]
        place = place_in(lines, row, column) or (verb_line(before, after) if is_line_alone else None)
        if place is not None:
            found = self._in_line(place)
            return found if found is not None and len(found.said) <= place.room else None
        call = call_at("\n".join([*lines[:row], before]))
        return None if call is None else complete_call(call, after, self._known(), self._symbols_of)

    def _in_line(self, place: LinePlace) -> Found | None:
        from binance_nb.notebook.cell_lines import REFUSED_OPTIONS
        from binance_nb.notebook.completion_lines import complete_line
        from binance_nb.notebook.completion_values import verbs

        known = self._known(place.earlier)
        if not place.is_body:
            return complete_line(place.before, place.after, known, verbs())
        return complete_line(place.before, place.after, known, verbs(with_own=False), REFUSED_OPTIONS)

    def _known(self, earlier: tuple[str, ...] = ()) -> Known:
        from binance_nb.notebook.completion_values import Known

        session = self._host.open_session
        now_ms = int(time.time() * 1000) if session is None else session.client.clock.estimate_ms()
        symbols = self._symbols_of(session.client.symbols) if session else tuple
        return Known(self._shell.user_ns, symbols, now_ms, earlier)

    def _symbols_of(self, names: SymbolNames) -> Callable[[], Sequence[str]]:
        return lambda: names.ranks.ranked(names.names)
