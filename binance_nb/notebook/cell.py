"""``%%binance``: the calls of a cell made together, their answers by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from binance_nb.errors import BinanceError, TogetherError, UsageError
from binance_nb.grammar import Bound, tokenise
from binance_nb.notebook.cell_lines import CellLine, bind_line, check_name, read_lines
from binance_nb.notebook.keys import refuse_keys
from binance_nb.notebook.verbs import OWN_VERBS
from binance_nb.session import Session
from binance_nb.together import Answers, Call, Together, name_calls

__all__ = ["run_cell"]


class _Desk(Protocol):
    """What opens sessions and knows what the person configured."""

    @property
    def is_on_sandbox(self) -> bool: ...

    def session_for(self, bound: Bound, /) -> Session: ...

    def words_of(self, bound: Bound, /) -> dict[str, Any]: ...  # Any: parameters are open


@dataclass(frozen=True)
class _Step:
    """A line, what it means, and its call."""

    line: CellLine
    bound: Bound
    call: Call


def run_cell(
    desk: _Desk,
    header: str,
    body: str,
    namespace: Mapping[str, Any],
    assign: Callable[[str, Any], None],
    show: Callable[[Answers], None],
) -> Answers:
    """Run a cell.

    Args:
        desk: Opens sessions.
        header: What was written behind ``%%binance``: nothing, or a name for all answers.
        body: The lines below.
        namespace: The variables they may use; what is assigned appears in it.
        assign: Gives a value to a variable.
        show: Shows what has come, when the cell is about to fail.

    Returns:
        The answers.

    Raises:
        TogetherError: Lines that are wrong, and then nothing was sent; or lines that failed.
        UsageError: The cell as a whole is wrong.
    """
    name, lines = _name_of(header), read_lines(body)
    if not lines:
        raise UsageError("There is no line to run in this cell.", hint="Write a call a line, without %binance.")
    cell = _Cell(desk, lines)
    cell.understand(namespace, {name} if name else set())
    calls = cell.calls()
    targets = {line.target for line in lines}

    def keep(target: str, answer: Any) -> None:  # Any: a frame, or raw JSON
        if target in targets:
            assign(target, answer)

    together = Together(calls, on_answer=keep)
    try:
        return together.run()
    except (TogetherError, KeyboardInterrupt) as error:
        if isinstance(error, TogetherError):
            cell.explain(error)
        if together.has_begun:
            show(together.answers)
            if isinstance(error, KeyboardInterrupt):
                error.add_note("What had come is kept: the table above shows it.")
        raise
    finally:
        if name is not None and together.has_begun:
            assign(name, together.answers)


def _name_of(header: str) -> str | None:
    refuse_keys(header)
    tokens = tokenise(header)
    if not tokens:
        return None
    if len(tokens) > 1 or tokens[0].kind != "word" or not tokens[0].is_literal:
        raise UsageError(
            "Behind %%binance stands nothing, or one name for all answers.",
            hint="Calls go on the lines below it; a single one goes behind %binance.",
            suggestion=f"%binance {header.strip()}",
            culprit=header.strip(),
        )
    name = tokens[0].value
    if name in OWN_VERBS:
        raise UsageError(f"{name} goes behind %binance, with one % sign.", suggestion=f"%binance {name}", culprit=name)
    check_name(name)
    return name


class _Cell:
    """The lines of a cell, and what is wrong with them: all of it is said at once."""

    def __init__(self, desk: _Desk, lines: Sequence[CellLine]) -> None:
        self._desk, self._lines = desk, lines
        self._steps: list[_Step] = []
        self._wrong: dict[CellLine, BinanceError] = {}

    def understand(self, namespace: Mapping[str, Any], taken: Collection[str]) -> None:
        """Bind each line to what it means; names that are taken cannot be assigned."""
        assigned = dict.fromkeys(taken, "")
        for at, line in enumerate(self._lines, 1):
            earlier = [name for name, label in assigned.items() if label]
            below = {each.target: each.number for each in self._lines[at:] if each.target is not None}
            with self._noting(line):
                bound = bind_line(line, namespace, earlier, below)
                if line.target in assigned:
                    raise _twice(line.target)
                call = Call(bound.verb, **self._desk.words_of(bound)).labelled(line.label, line.text)
                self._steps.append(_Step(line, bound, call))
            # Also of a line that is wrong: those that need it are not wrong as well.
            if line.target is not None:
                assigned[line.target] = line.label

    def calls(self) -> dict[str, Call]:
        """Return the calls by the names of their answers, each with the place it goes to, checked as far as can be."""
        named: dict[str, Call] = {}
        loose = [step.call for step in self._steps if step.line.target is None]
        verbs = iter(name_calls(loose, taken={line.target or "" for line in self._lines}))
        for step in self._steps:
            name = step.line.target or next(verbs)
            with self._noting(step.line):
                named[name] = step.call.at(self._desk.session_for(step.bound))
                named[name].check()
        self._refuse()
        return named

    def explain(self, error: TogetherError) -> None:
        """Make the suggestions of an error lines that can be pasted into the cell."""
        lines = {line.label: line for line in self._lines}
        for label, each in error.failures:
            lines[label].explain(each, is_on_sandbox=self._desk.is_on_sandbox)

    @contextmanager
    def _noting(self, line: CellLine) -> Iterator[None]:
        """Keep what is wrong with a line for later."""
        try:
            yield
        except BinanceError as error:
            line.explain(error, is_on_sandbox=self._desk.is_on_sandbox)
            self._wrong[line] = error

    def _refuse(self) -> None:
        if not self._wrong:
            return
        are = "is" if len(self._wrong) == 1 else "are"
        lines = "line" if len(self._lines) == 1 else "lines"
        count = f"{len(self._wrong)} of {len(self._lines)} {lines} {are} wrong: nothing was sent."
        failures = sorted(self._wrong.items(), key=lambda item: item[0].number)
        raise TogetherError(count, [(line.label, error) for line, error in failures])


def _twice(name: str) -> UsageError:
    return UsageError(
        f"{name} is assigned twice in this cell.",
        hint="Its lines run at the same time where they can, so each answer has a name of its own.",
        culprit=name,
    )
