"""The lines of a ``%%binance`` cell, taken apart; nothing is evaluated but what stands on them."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import Bound, Token, bind, expand, tokenise
from binance_nb.notebook.keys import hide_keys, refuse_keys
from binance_nb.notebook.next_lines import next_line
from binance_nb.notebook.verbs import OWN_VERBS, command_for, verb_of
from binance_nb.together import Later

__all__ = ["REFUSED_OPTIONS", "CellLine", "bind_line", "check_name", "read_lines"]

_TARGET = re.compile(r"(?P<name>[^\s=]+(?:\s*,\s*[^\s=]+)*)\s*=(?!=)\s*")
_MAGIC = re.compile(r"%{1,2}binance\s+")
_CONTINUED = re.compile(r"(?:^|\s)\\$")
REFUSED_OPTIONS = ("help", "dry_run", "plan")
_LONGEST = 200
_NONE: Mapping[str, int] = {}


@dataclass(frozen=True)
class CellLine:
    """One line of a cell.

    Attributes:
        number: Its number in the cell, counted from 1; the line of ``%%binance`` itself is the first.
        target: What stands before its ``=``, if anything does.
        code: The rest: a verb and its words.
    """

    number: int
    target: str | None
    code: str

    @property
    def text(self) -> str:
        """The call as it can be shown."""
        return _shortened(hide_keys(self.code))

    @property
    def label(self) -> str:
        """The line as an error shows it."""
        # Masked as a whole: what stands before the = tells that a key follows.
        return f"line {self.number}: {_shortened(hide_keys(self._assigned(self.code)))}"

    def explain(self, error: BinanceError, *, is_on_sandbox: bool = False) -> None:
        """Make an error's suggestion a line that can be pasted into the cell.

        Args:
            error: Why the line failed.
            is_on_sandbox: Whether lines that name no place go to a sandbox.
        """
        said = error.suggestion
        error.suggestion = next_line(self.code, error, is_on_sandbox=is_on_sandbox)
        # What names another line than this one is to be pasted into a cell of its own.
        if error.suggestion is not None and error.suggestion != said and not (said or "").startswith("%"):
            error.suggestion = self._assigned(error.suggestion.removeprefix("%binance "))

    def _assigned(self, code: str) -> str:
        return f"{self.target} = {code}".rstrip() if self.target else code


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def read_lines(body: str) -> list[CellLine]:
    """Return the lines of a cell; blank ones and comments are left out.

    Args:
        body: What stands below the line of ``%%binance``.

    Returns:
        The lines; one that ends with a backslash goes on below.
    """
    return [_line(number, text) for number, text in _joined(body) if text and not text.startswith("#")]


def _joined(body: str) -> Iterator[tuple[int, str]]:
    lines = iter(enumerate(body.splitlines(), 2))
    for number, line in lines:
        text = line.strip()
        # A path may end with a backslash too, but not after a space.
        while _CONTINUED.search(text):
            _, more = next(lines, (0, ""))
            text = f"{text[:-1].rstrip()} {more.strip()}".strip()
        yield number, text


def _line(number: int, text: str) -> CellLine:
    target = _TARGET.match(text)
    code = text[target.end() :] if target else text
    # A line that was pasted from a card or another cell.
    return CellLine(number, target["name"] if target else None, _MAGIC.sub("", code, count=1))


def check_name(name: str) -> None:
    """Refuse what cannot be the name of an answer.

    Args:
        name: What was written.

    Raises:
        UsageError: It is no plain name.
    """
    if name.isidentifier() and not keyword.iskeyword(name):
        return
    raise UsageError(
        f"{name} cannot be the name of an answer.",
        hint="Take a plain Python name, such as btc. What more is to be done with the answer goes into another cell.",
        culprit=name,
    )


def bind_line(
    line: CellLine, namespace: Mapping[str, Any], earlier: Collection[str], below: Mapping[str, int] = _NONE
) -> Bound:
    """Return what a line means.

    Args:
        line: The line.
        namespace: The variables it may use; read again once those are there that it waits for.
        earlier: Names that lines before it assign. What uses one is a `Later`.
        below: Names that lines after it assign, with the numbers of these.

    Returns:
        The call; all that does not wait is worked out.

    Raises:
        BinanceError: Something on it does not fit.
    """
    refuse_keys(line.code)
    if line.target is not None:
        refuse_keys(f"{line.target}={line.code}")
        check_name(line.target)
    tokens = tokenise(line.code)
    if not tokens:
        raise UsageError("There is no call behind the =.", hint="Write a verb and its words, as behind %binance.")
    verb = verb_of(tokens[0])
    _refuse_own(verb, line)
    for token in tokens:
        if token.kind == "option" and (token.name or "").replace("-", "_") in REFUSED_OPTIONS:
            raise UsageError(
                f"{token.text} shows a page of its own, which a cell of calls has no place for.",
                hint="Put it on a line of its own.",
                suggestion=f"%binance {line.code}",
                culprit=token.text,
                operation=verb,
            )

    def read(token: Token, variables: Mapping[str, Any]) -> object:
        needed = [name for name in earlier if name in _names_in(token)]
        if not needed:
            return _expanded(token, variables, below)
        return Later(*needed, then=lambda *answers: expand(token, namespace))

    command = command_for(verb)
    assert command is not None
    return bind(tokens[1:], command, namespace, read)


def _expanded(token: Token, variables: Mapping[str, Any], below: Mapping[str, int]) -> object:
    try:
        return expand(token, variables)
    except UsageError:
        missing = sorted(name for name in _names_in(token) if name in below and name not in variables)
        if not missing:
            raise
        name = missing[0]
        raise UsageError(
            f"{name} is not there yet: line {below[name]} assigns it, further down.",
            hint=f"A line can use the answers of those above it: move line {below[name]} up.",
            culprit=token.text,
        ) from None


def _refuse_own(verb: str, line: CellLine) -> None:
    if verb not in OWN_VERBS:
        return
    # Were it to take you there first, a cell of which nothing was sent would still have moved you.
    elsewhere = "Go there in a cell of its own, above this one; or send single lines elsewhere: --env NAME."
    raise UsageError(
        f"{verb} is no call of the exchange.",
        hint=elsewhere if verb == "use" else "Put it on a line of its own, outside this cell.",
        suggestion=f"%binance {line.code}",
        culprit=verb,
    )


def _names_in(token: Token) -> set[str]:
    """Return the variables that a token uses."""
    names: set[str] = set()
    for piece in token.pieces:
        if piece.kind == "variable":
            names.add(piece.text)
        elif piece.kind == "expression":
            names |= _names_in_expression(piece.text)
    return names


def _names_in_expression(source: str) -> set[str]:
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError:
        return set()  # working it out says what is wrong
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
