"""A magic line taken apart into tokens, and each token's value worked out.

    klines BTCUSDT 1h --start -30d --end "2024-01-01 09:00" limit=500   # the last month

A token is a run of text without spaces. Inside it

- ``'…'`` and ``"…"`` are literal and may hold spaces; ``a"b c"d`` is one token. Nothing is expanded in them.
- ``$name`` is a variable and ``{expression}`` is Python. A value that is just one of them stands for the object
  itself; next to other text it is written out: ``BTC{quote}``.
- ``[…]`` where a value begins is kept as it is, spaces and quotes included, so that JSON lists pass through.
- backslashes are plain characters, for the sake of Windows paths; quotes are the only way to escape.

``--`` before a letter makes an option; ``-30d`` and ``-5`` are values. ``#`` begins a comment only after a space.
"""

from __future__ import annotations

import builtins
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from numbers import Integral
from typing import Any, Literal

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar.columns import columns_of
from binance_nb.grammar.spelling import nearest

__all__ = ["Piece", "Token", "expand", "point_at", "quote", "tokenise"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a token: literal text, a variable's name, or an expression's source."""

    kind: Literal["text", "variable", "expression"]
    text: str

    def __str__(self) -> str:
        if self.kind == "variable":
            return f"${self.text}"
        return self.text if self.kind == "text" else f"{{{self.text}}}"


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a line.

    Attributes:
        kind: ``word``, ``option`` (``--start`` or ``--start=-30d``) or ``assignment`` (``limit=500``).
        name: What stands after the dashes of an option or before the ``=`` of an assignment, as written.
        pieces: The value: all of a word, or what follows the ``=``.
        has_value: False only for an option without ``=``, whose value, if it takes one, is the next token.
        start: Where the token begins in the line.
        end: Where it ends: ``line[start:end]`` is the token as written.
    """

    kind: Literal["word", "option", "assignment"]
    name: str | None
    pieces: tuple[Piece, ...]
    has_value: bool
    start: int
    end: int

    @property
    def value(self) -> str:
        """The value without its quotes, variables and expressions as written; empty for a bare option."""
        return "".join(map(str, self.pieces))

    @property
    def text(self) -> str:
        """The whole token without its quotes, variables and expressions as written."""
        dashes = "--" if self.kind == "option" else ""
        equals = "=" if self.name and self.has_value else ""
        return f"{dashes}{self.name or ''}{equals}{self.value}"

    @property
    def is_literal(self) -> bool:
        """Whether nothing has to be expanded."""
        return all(piece.kind == "text" for piece in self.pieces)


def tokenise(line: str) -> list[Token]:
    """Take a line apart; variables and expressions are found, not evaluated.

    Args:
        line: What follows ``%binance``.

    Returns:
        The tokens in order; what lies between them is white space, and a comment at the end.

    Raises:
        UsageError: A quote, brace or bracket is not closed, a ``;`` stands outside quotes, a quote or dash is a
            typographic one, an expression is empty, or an option's name is followed by something else than ``=``.
    """
    tokens: list[Token] = []
    at = _skip_space(line, 0)
    while at < len(line) and line[at] != "#":
        tokens.append(_read_token(line, at))
        at = _skip_space(line, tokens[-1].end)
    return tokens


def expand(token: Token, namespace: Mapping[str, Any]) -> object:
    """Work out the value of a token.

    Args:
        token: The token; of an option or assignment, what follows its ``=`` is worked out.
        namespace: The variables a line may use. It is not changed.

    Returns:
        The object itself for a single ``$name`` or ``{expression}``, otherwise text.

    Raises:
        UsageError: A name is not defined, an expression fails, or a value that is no text, number or date stands
            next to other text.
    """
    if len(token.pieces) == 1 and token.pieces[0].kind != "text":
        return _evaluate(token.pieces[0], namespace)
    return "".join(_write_out(piece, namespace) for piece in token.pieces)


def quote(text: str) -> str:
    """Write any text so that it is one token again: ``quote("a b")`` is ``"a b"`` with its quotes.

    The result also stands for the text after ``name=`` and ``--option=``.
    """
    try:
        tokens = tokenise(text)
    except UsageError:
        tokens = []
    if [(token.kind, token.pieces) for token in tokens] == [("word", (Piece("text", text),))]:
        return text
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', '"\'"\'"') + '"'


def point_at(line: str, start: int, end: int) -> dict[str, Any]:
    """Say where in a line something is wrong, as facts for ``UsageError(details=…)``.

    Args:
        line: The whole line.
        start: Where the culprit begins.
        end: Where it ends.

    Returns:
        ``column``, counted from 1, and ``pointer``: the line with carets under the culprit.
    """
    # In a terminal a Chinese or Korean letter is as wide as two carets; a tab is as wide as a tab.
    indent = "".join("\t" if char == "\t" else " " * columns_of(char) for char in line[:start])
    carets = "^" * max(1, columns_of(line[start:end]))
    return {"column": start + 1, "pointer": f"{line}\n{indent}{carets}"}


# ---- finding the tokens

_SPACE = re.compile(r"\s*")
_HEAD = re.compile(r"--(?P<option>[^\W\d_][\w-]*)(?P<equals>=?)|(?P<assigned>[^\W\d][\w-]*)=")
_PLAIN = re.compile(r"[^\s'\"{}$;]+|\$")
_VARIABLE = re.compile(r"\$([^\W\d]\w*)")
_PYTHON_STRING = re.compile(
    r"(?P<triple>'''|\"\"\")(?:[^\\]|\\.)*?(?P=triple)|'(?!'')(?:[^\\']|\\.)*'|\"(?!\"\")(?:[^\\\"]|\\.)*\"", re.DOTALL
)
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_CURLY = "“”„‘’‚"
_LONG_DASHES = "–—−"
_TYPOGRAPHIC = re.compile(rf"[{_CURLY}]|[{_LONG_DASHES}](?=\w)")
_STRAIGHT = str.maketrans(_CURLY, "\"\"\"'''")


def _skip_space(line: str, at: int) -> int:
    space = _SPACE.match(line, at)
    return space.end() if space else at


def _read_token(line: str, start: int) -> Token:
    head = _HEAD.match(line, start)
    if not head:
        pieces, end = _read_value(line, start)
        return Token("word", None, pieces, True, start, end)
    if head["assigned"]:
        pieces, end = _read_value(line, head.end())
        return Token("assignment", head["assigned"], pieces, True, start, end)
    pieces, end = _read_value(line, head.end())
    if pieces and not head["equals"]:
        rest = line[head.end() : end]
        said = f"After the option --{head['option']} comes {rest} without a space or = between them."
        raise _refusal(line, start, end, said, None, f"--{head['option']}={rest}")
    return Token("option", head["option"], pieces, bool(head["equals"]), start, end)


def _read_value(line: str, start: int) -> tuple[tuple[Piece, ...], int]:
    _refuse_typography(line, start)
    pieces: list[Piece] = []
    at = start
    while at < len(line) and not line[at].isspace():
        piece, at = _read_array(line, at) if line[at] == "[" and at == start else _read_piece(line, at)
        if pieces and piece.kind == pieces[-1].kind == "text":
            piece = Piece("text", pieces.pop().text + piece.text)
        pieces.append(piece)
    return tuple(pieces), at


def _read_piece(line: str, at: int) -> tuple[Piece, int]:
    char = line[at]
    if char in "'\"":
        return _read_quoted(line, at)
    if char == "{":
        return _read_expression(line, at)
    if variable := _VARIABLE.match(line, at):
        return Piece("variable", variable[1]), variable.end()
    if plain := _PLAIN.match(line, at):
        return Piece("text", plain[0]), plain.end()
    if char == ";":
        raise _semicolon(line, at)
    said = f"The }} {_behind(line, at)} closes nothing."
    raise _refusal(line, at, at + 1, said, "Take it out; a literal brace goes in quotes: '}'.")


def _read_quoted(line: str, at: int) -> tuple[Piece, int]:
    end = line.find(line[at], at + 1)
    if end < 0:
        raise _unclosed_quote(line, at)
    return Piece("text", line[at + 1 : end]), end + 1


def _read_expression(line: str, at: int) -> tuple[Piece, int]:
    end = _find_end(line, at)
    source = line[at + 1 : end - 1]
    if not source.strip():
        said = f"There is no expression between {{ and }} {_behind(line, at)}."
        raise _refusal(line, at, end, said, "Literal braces go in quotes: '{}'.")
    return Piece("expression", source), end


def _read_array(line: str, at: int) -> tuple[Piece, int]:
    end = _find_end(line, at)
    outside_quotes = _PYTHON_STRING.sub("", line[at:end])
    # Sent as they stand, these would reach the exchange as a literal $name.
    if "{" in outside_quotes or _VARIABLE.search(outside_quotes):
        said = f"Nothing is expanded between [ and ], so {line[at:end]} would be sent as it stands."
        raise _refusal(line, at, end, said, "Write the list as one Python expression: {[first, second]}.")
    return Piece("text", line[at:end]), end


def _find_end(line: str, start: int) -> int:
    """Find the end of a bracketed run, past the brackets and Python (or JSON) strings inside it."""
    opened: list[int] = []
    at = start
    while at < len(line):
        char = line[at]
        if char in _CLOSERS:
            opened.append(at)
        elif char in ")]}":
            opener = opened.pop()
            if _CLOSERS[line[opener]] != char:
                said = f"The {char} {_behind(line, at)} does not close the {line[opener]} {_behind(line, opener)}."
                raise _refusal(line, opener, at + 1, said)
        if not opened:
            return at + 1
        at = _end_of_string(line, at) if char in "'\"" else at + 1
    said = f"The {line[opened[-1]]} {_behind(line, opened[-1])} is never closed."
    hint = "Close it; a literal bracket or brace goes in quotes."
    raise _refusal(line, opened[-1], len(line), said, hint)


def _end_of_string(line: str, at: int) -> int:
    string = _PYTHON_STRING.match(line, at)
    if not string:
        raise _unclosed_quote(line, at)
    return string.end()


# ---- working out their values

# IPython puts these into the person's namespace; nobody means them by a misspelt variable.
_NOT_VARIABLES = frozenset(dir(builtins)) | {"In", "Out", "get_ipython"}
# What an API key looks like. A failing call on one (int(secret)) quotes it in its message.
_KEY_LIKE = re.compile(r"[A-Za-z0-9+=]{24,}")
_LONGEST_MESSAGE = 200


def _evaluate(piece: Piece, namespace: Mapping[str, Any]) -> object:
    if piece.kind == "variable":
        if piece.text not in namespace:
            raise _undefined(piece, piece.text, namespace)
        return namespace[piece.text]
    # A copy: eval adds __builtins__ to what it is given, and a := in the expression would add more. As globals, not
    # as locals: a comprehension inside the expression sees only globals.
    scope = dict(namespace)
    try:
        return eval(compile(piece.text.strip(), "<expression>", "eval", dont_inherit=True), scope)
    except BinanceError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the person's own code raises becomes one readable line
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        if name and name not in scope and not hasattr(builtins, name):
            raise _undefined(piece, name, namespace) from None
        raise _failed(piece, error) from None


def _undefined(piece: Piece, name: str, namespace: Mapping[str, Any]) -> UsageError:
    known = [each for each in namespace if not each.startswith("_") and each not in _NOT_VARIABLES]
    near = nearest(name, known, limit=1)
    where = "" if piece.kind == "variable" else f" in {piece}"
    return UsageError(
        f"{name} is not defined{where}.",
        hint=f"Did you mean {near[0]}?" if near else f"Define it first; literal text goes in quotes: '{piece}'.",
        suggestion=re.sub(rf"\b{re.escape(name)}\b", lambda _: near[0], str(piece)) if near else None,
        culprit=str(piece),
    )


def _failed(piece: Piece, error: Exception) -> UsageError:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    said = _KEY_LIKE.sub("[hidden]", " ".join(said.split()))[:_LONGEST_MESSAGE]
    said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return UsageError(
        f"{piece} cannot be evaluated: {said}",
        hint="What stands between { and } is Python; literal braces go in quotes.",
        culprit=str(piece),
    )


def _write_out(piece: Piece, namespace: Mapping[str, Any]) -> str:
    if piece.kind == "text":
        return piece.text
    value = _evaluate(piece, namespace)
    if isinstance(value, str):
        return str.__str__(value)  # the text of a (str, Enum) member, not its name
    if isinstance(value, (Integral, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite():
            return format(number, "f")  # the exchange refuses 1e-05
    if isinstance(value, date):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    raise UsageError(
        f"{piece} is a {type(value).__name__}, which cannot be written next to other text.",
        hint=f"Only text, numbers, dates and paths can. An attribute or item goes into the braces: {{{piece.text}.…}}.",
        culprit=str(piece),
    )


# ---- saying what is wrong

_MOST_BEFORE = 24


def _behind(line: str, at: int) -> str:
    """Say where a sign stands: a person counts columns from the edge of the cell, which nobody knows here."""
    before = " ".join(line[:at].split())
    if not before:
        return "at the beginning"
    return f"behind {before}" if len(before) <= _MOST_BEFORE else f"behind …{before[-_MOST_BEFORE:]}"


def _refusal(
    line: str, start: int, end: int, message: str, hint: str | None = None, suggestion: str | None = None
) -> UsageError:
    details = point_at(line, start, end)
    return UsageError(message, hint=hint, suggestion=suggestion, culprit=line[start:end], details=details)


def _unclosed_quote(line: str, at: int) -> UsageError:
    said = f"The quote {line[at]} {_behind(line, at)} is never closed."
    hint = f"Close it; a literal {line[at]} goes between quotes of the other kind."
    return _refusal(line, at, len(line), said, hint)


def _semicolon(line: str, at: int) -> UsageError:
    said = f"The ; {_behind(line, at)} ends nothing: all that follows %binance on its line belongs to it."
    hint = "Put what follows on a line of its own; a literal ; goes in quotes."
    return _refusal(line, at, at + 1, said, hint, line[:at].rstrip() or None)


def _refuse_typography(line: str, at: int) -> None:
    """Refuse curly quotes and long dashes, which word processors and web pages put in place of the plain ones."""
    if not _TYPOGRAPHIC.match(line, at):
        return
    straight = re.sub(rf"[{_LONG_DASHES}](?=\d)", "-", line[at:].translate(_STRAIGHT))
    straight = re.sub(rf"[{_LONG_DASHES}](?=\w)", "--", straight)
    said = f"The {line[at]} {_behind(line, at)} is a typographic sign where a plain one belongs."
    hint = "Plain quotes are ' and \", the plain dash is -."
    raise _refusal(line, at, at + 1, said, hint, line[:at] + straight)
