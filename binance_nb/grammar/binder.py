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
from binance_nb.errors import UsageError
from binance_nb.grammar.encoding import plain_decimal
from binance_nb.grammar.spelling import did_you_mean, nearest
from binance_nb.grammar.time_refusals import in_words
from binance_nb.grammar.tokens import Token, expand, quote

__all__ = ["Bound", "Command", "as_magic", "as_python", "bind", "command_of"]


@dataclass(frozen=True)
class Command:
    """What may stand on a line behind a verb.

    Attributes:
        verb: The verb.
        places: Names of what is given by its place, in order.
        parameters: Every parameter by name, with the exchange's spelling of it.
        options: Names of our own options, which go beside the parameters.
        flags: Parameters and options that need no value.
        known_as: What others call an option, and what it is called here: ``limit`` for ``price``.
        spare: The option that one word too many most likely belongs to.
        rest: The last place, if every word that is left belongs there; its value is a list.
    """

    verb: str
    places: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    known_as: Mapping[str, str] = field(default_factory=dict)
    spare: str | None = None
    rest: str | None = None

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
    listed: list[object] = []
    for name, text, value in _pairs(tokens, command):
        if name in given and name != command.rest:
            raise _twice(command, name, written[name], text)
        found = True if value is None else _value(command, name, value, read(value, namespace))
        if name == command.rest:
            listed.append(found)
            found = listed
        given[name] = found
        written[name] = text
    words = {name: value for name, value in given.items() if name in command.parameters}
    return Bound(command.verb, words, {name: value for name, value in given.items() if name not in words})


def _pairs(tokens: Sequence[Token], command: Command) -> Iterator[tuple[str, str, Token | None]]:
    """Yield each thing given: its name, how it was written, and the token that holds its value, if any."""
    places, rest = iter(command.places), iter(range(len(tokens)))
    for at in rest:
        token = tokens[at]
        if token.kind == "word":
            place = next(places, command.rest)
            if place is None:
                raise _too_many(command, tokens, at)
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
    names = dict.fromkeys((*command.parameters, *command.options))
    choices = [f"--{_dashed(name)}" if is_option else name for name in names]
    ours = command.known_as.get(spelled.lower())
    # What has another name here is near nothing else, however it is spelt: --limit is no --stop-limit.
    near = [f"--{_dashed(ours)}" if is_option else ours] if ours else choices
    takes = f"It takes {', '.join(choices)}." if choices else "It takes nothing."
    raise UsageError(
        f"{command.verb} has no {'option' if is_option else 'parameter'} {written}.",
        hint=f"Here it is called {near[0]}." if ours else did_you_mean(written, choices) or takes,
        suggestion=near[0] if ours else next(iter(nearest(written, choices)), None),
        culprit=written,
        operation=command.verb,
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _too_many(command: Command, tokens: Sequence[Token], at: int) -> UsageError:
    token = tokens[at]
    takes = f"{', '.join(command.places)} by place" if command.places else "nothing by place"
    message = f"{command.verb} takes {takes}; {token.text!r} is one word too many."
    if (begins := _value_before(command, tokens[:at])) is not None:
        return _several_words(command, message, tokens[begins:])
    others = [f"--{_dashed(name)}" for name in _by_name(command)]
    meant = _spare(command, token)
    rest = f"The rest goes by name: {', '.join(others)}." if others else "Leave it out."
    return UsageError(
        message,
        hint=f"It goes by name: {meant}." if meant else rest,
        suggestion=meant,
        culprit=token.text,
        operation=command.verb,
        details={"span": (token.start, token.end)} if meant else None,
    )


def _spare(command: Command, token: Token) -> str | None:
    """Return the option that a number too many belongs to: left out, a price would leave an order at the market."""
    number = token.text.removeprefix("@")
    is_one = number[:1].isdecimal() and token.is_literal
    return f"--{_dashed(command.spare)} {quote(number)}" if command.spare and is_one else None


def _value_before(command: Command, tokens: Sequence[Token]) -> int | None:
    """Return where the option or assignment begins whose value ends a line's tokens, if one's does."""
    for at in (len(tokens) - 1, len(tokens) - 2):
        token = tokens[at] if at >= 0 else None
        if token is None or token.kind == "word":
            continue
        is_flag = _name(command, token) in command.flags
        return at if token.has_value == (at == len(tokens) - 1) and not is_flag else None
    return None


# Options that are lengths of time, which have no direction.
_LENGTHS = ("for",)


def _several_words(command: Command, message: str, tokens: Sequence[Token]) -> UsageError:
    """Refuse ``--start 3 days ago``: a value of several words belongs in quotes."""
    first, *rest = tokens
    words = list(takewhile(lambda each: each.kind == "word", rest))
    value = " ".join([*([first.value] if first.has_value else []), *(word.value for word in words)])
    head = f"--{first.name} " if first.kind == "option" else f"{first.name}="
    word = in_words(value) or value
    meant = f"{head}{quote(word.lstrip('-') if first.name in _LENGTHS else word)}"
    return UsageError(
        message,
        hint="A value of several words goes in quotes.",
        suggestion=meant,
        culprit=words[-1].text,
        operation=command.verb,
        details={"span": (first.start, words[-1].end)},
    )


def _by_name(command: Command) -> list[str]:
    """List what goes by name; of two names for the same thing the one that people use."""
    # Options of a call say how it is read and nothing of what is asked; those of our own verbs are all they take.
    known = command.parameters if command.verb in ENDPOINTS else command.options
    names = [name for name in known if name not in command.places]
    return [short if (short := name.removesuffix("_time")) in command.options else name for name in names]


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
