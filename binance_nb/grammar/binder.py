"""The words of a line bound to the call they mean, and a call written as a line again.

    klines BTCUSDT 1h --start -30d limit=500 --raw

Words fill the command's places in order; everything else has a name, in our spelling (``start_time``, ``--start-time``)
or the exchange's (``startTime=…``), never a shortened one. A flag needs no value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import takewhile
from numbers import Number
from typing import Any, TypeGuard

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar.encoding import plain_decimal
from binance_nb.grammar.spelling import did_you_mean, nearest
from binance_nb.grammar.tokens import Token, expand, quote, tokenise

__all__ = ["Bound", "Command", "as_magic", "as_python", "bind", "command_of", "mended_line"]


@dataclass(frozen=True)
class Command:
    """What may stand on a line behind a verb.

    Attributes:
        verb: The verb.
        places: Names of what is given by its place, in order.
        parameters: Every parameter by name, with the exchange's spelling of it.
        options: Names of our own options, which go beside the parameters.
        flags: Parameters and options that need no value.
    """

    verb: str
    places: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """The name behind every spelling that is understood, the more common ones first."""
        ours = {name: name for name in (*self.parameters, *self.options)}
        return ours | {wire: name for name, wire in self.parameters.items()}


@dataclass(frozen=True)
class Bound:
    """A line, understood.

    Attributes:
        verb: The verb.
        words: Values of the parameters by name; objects are still objects.
        options: Values of our own options by name; flags are True or False.
    """

    verb: str
    words: dict[str, object]
    options: dict[str, object]


def command_of(endpoint: Endpoint, options: Iterable[str] = (), flags: Iterable[str] = ()) -> Command:
    """Return the command of an endpoint.

    Args:
        endpoint: The endpoint.
        options: Our own options that it takes.
        flags: Those of them that need no value.

    Returns:
        The command; required parameters have places in the catalog's order, and so has an optional symbol.
    """
    asked = {parameter.python_name: parameter.name for parameter in endpoint.asked}
    switches = {parameter.python_name for parameter in endpoint.asked if parameter.kind is Kind.BOOLEAN}
    places = tuple(parameter.python_name for parameter in endpoint.positional)
    return Command(endpoint.name, places, asked, tuple(options), frozenset(switches | set(flags)))


def bind(
    tokens: Sequence[Token],
    command: Command,
    namespace: Mapping[str, Any],
    read: Callable[[Token, Mapping[str, Any]], object] = expand,
) -> Bound:
    """Bind the tokens behind a verb to the command.

    Args:
        tokens: The tokens, without the verb.
        command: What they may be.
        namespace: The variables a line may use.
        read: Works out the value of a token.

    Returns:
        The values by name.

    Raises:
        UsageError: A name is unknown, something is given twice or has no value, or there are too many words.
    """
    given: dict[str, object] = {}
    written: dict[str, str] = {}
    for name, text, value in _pairs(tokens, command):
        if name in given:
            raise _twice(command, name, written[name], text)
        given[name] = True if value is None else _value(command, name, value, read(value, namespace))
        written[name] = text
    words = {name: value for name, value in given.items() if name in command.parameters}
    return Bound(command.verb, words, {name: value for name, value in given.items() if name not in words})


def _pairs(tokens: Sequence[Token], command: Command) -> Iterator[tuple[str, str, Token | None]]:
    """Yield each thing given: its name, how it was written, and the token that holds its value, if any."""
    places, rest = iter(command.places), iter(range(len(tokens)))
    for at in rest:
        token = tokens[at]
        if token.kind == "word":
            place = next(places, None)
            if place is None:
                raise _too_many(command, token)
            yield place, token.text, token
            continue
        name = _name(command, token)
        if token.has_value:
            yield name, token.text, token
        elif _takes_next(command, name, tokens[at + 1 : at + 2]):
            yield name, f"{token.text} {tokens[next(rest)].text}", tokens[at + 1]
        elif name in command.flags:
            yield name, token.text, None
        else:
            raise _no_value(command, token)


def _takes_next(command: Command, name: str, following: Sequence[Token]) -> bool:
    if not following or following[0].kind != "word":
        return False
    return name not in command.flags or following[0].value.lower() in ("true", "false")


def _value(command: Command, name: str, token: Token, value: object) -> object:
    if name not in command.flags or isinstance(value, bool):
        return value
    said = str(value).lower()
    if said not in ("true", "false"):
        raise UsageError(
            f"{name} is either true or false, not {value!r}.",
            hint=f"--{_dashed(name)} alone means true.",
            culprit=token.value,
            operation=command.verb,
        )
    return said == "true"


def _name(command: Command, token: Token) -> str:
    assert token.name is not None
    is_option = token.kind == "option"
    spelled = token.name.replace("-", "_") if is_option else token.name
    if spelled in command.spellings:
        return command.spellings[spelled]
    written = f"--{token.name}" if is_option else token.name
    choices = [f"--{_dashed(name)}" if is_option else name for name in (*command.parameters, *command.options)]
    takes = f"It takes {', '.join(choices)}." if choices else "It takes nothing."
    raise UsageError(
        f"{command.verb} has no {'option' if is_option else 'parameter'} {written}.",
        hint=did_you_mean(written, choices) or takes,
        suggestion=next(iter(nearest(written, choices)), None),
        culprit=written,
        operation=command.verb,
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _too_many(command: Command, token: Token) -> UsageError:
    takes = f"{', '.join(command.places)} by place" if command.places else "nothing by place"
    others = [f"--{_dashed(name)}" for name in command.parameters if name not in command.places]
    return UsageError(
        f"{command.verb} takes {takes}; {token.text!r} is one word too many.",
        hint=f"The rest goes by name: {', '.join(others)}." if others else "Leave it out.",
        culprit=token.text,
        operation=command.verb,
    )


def _no_value(command: Command, token: Token) -> UsageError:
    return UsageError(
        f"{token.text} needs a value behind it.",
        hint=f"Write {token.text} VALUE or {token.text}=VALUE; a value that begins with -- needs the =.",
        culprit=token.text,
        operation=command.verb,
    )


def _twice(command: Command, name: str, first: str, second: str) -> UsageError:
    order = f" Words without a name are {', '.join(command.places)}, in this order."
    return UsageError(
        f"{name} is given twice: {first} and {second}.",
        hint=f"Take one of them out.{order if name in command.places else ''}",
        culprit=second,
        operation=command.verb,
    )


# ---- and back again


def as_python(name: str, words: Mapping[str, object]) -> str:
    """Write a call as Python.

    Args:
        name: Catalog name of the endpoint.
        words: Parameters, in our spelling or the exchange's, and reading options; None means "not given".

    Returns:
        Such as ``session.klines("BTCUSDT", "1h", start="-30d")``.
    """
    placed, named = _arranged(name, words)
    parts = [_literal(value) for value in placed]
    parts += [f"{word}={_literal(value)}" for word, value in named.items()]
    return f"session.{name}({', '.join(parts)})"


def as_magic(name: str, words: Mapping[str, object]) -> str:
    """Write a call as a magic line.

    Args:
        name: Catalog name of the endpoint.
        words: Parameters, in our spelling or the exchange's, and options; None means "not given".

    Returns:
        Such as ``%binance klines BTCUSDT 1h --start -30d``.
    """
    placed, named = _arranged(name, words)
    parts = [quote(_text(value)) for value in placed]
    for word, value in named.items():
        if isinstance(value, bool):
            parts.append(f"--{_dashed(word)}" if value else f"--{_dashed(word)}=false")
        else:
            parts.append(f"--{_dashed(word)} {quote(_text(value))}")
    return " ".join(["%binance", name, *parts])


def _arranged(name: str, words: Mapping[str, object]) -> tuple[list[object], dict[str, object]]:
    """Split a call's words into those that may go by place, and the rest by our names."""
    endpoint = ENDPOINTS[name]
    named = {
        endpoint.by_name[word].python_name if word in endpoint.by_name else word: value
        for word, value in words.items()
        if value is not None
    }
    places = takewhile(lambda place: place in named, (parameter.python_name for parameter in endpoint.positional))
    return [named.pop(place) for place in list(places)], named


def _literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return repr(value)
    if _is_list(value):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(_text(value), ensure_ascii=False)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Number):
        return plain_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if _is_list(value):
        texts = [_text(item) for item in value]
        # One alone would be read as a value that is no list.
        plain = len(texts) > 1 and all(text and not set(text) & set(', "[') for text in texts)
        return ",".join(texts) if plain else json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _is_list(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


# ---- a wrong line put right


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
        elif written.count(culprit) == 1 and (not token.is_literal or culprit in written.split(",")):
            at = start + written.index(culprit)
            yield at, at + len(culprit), word


def _as_written(word: str) -> str:
    """Quote a word, unless whoever suggests it has done so."""
    try:
        tokens = tokenise(word)
    except UsageError:
        tokens = []
    return word if [token.kind for token in tokens] == ["word"] else quote(word)
