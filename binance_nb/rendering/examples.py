"""Lines that run, for every endpoint, made from its declaration: as magics, and as the Python calls that they equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind, Parameter
from binance_nb.catalog.checks import ProblemKind, problems
from binance_nb.grammar import as_magic, as_python
from binance_nb.reading import options_of

__all__ = ["example_line", "example_lines", "example_python", "example_words"]

_VALUES = {"symbol": "BTCUSDT", "symbols": '["BTCUSDT","ETHUSDT"]', "interval": "1h", "type": "LIMIT"}
# The first ending that fits; prices lie where those of a working order list would.
_BY_ENDING = {
    "aboveprice": "72000",
    "abovestopprice": "71000",
    "belowprice": "52000",
    "belowstopprice": "53000",
    "stoplimitprice": "52000",
    "stopprice": "53000",
    "price": "60000",
    "qty": "0.001",
    "quantity": "0.001",
    "delta": "100",
    "clientorderid": "my-order-1",
}
_MOST_STEPS = 40
# What was placed by the line before: an order's number, and its list's.
_PLACED = "placed"
_NUMBERS = {"orderlistid": f"{{{_PLACED}.order_list_id[0]}}", "orderid": f"{{{_PLACED}.order_id[0]}}"}
_A_WEEK = {"start": "2024-03", "end": "2024-03-08", "tz": "Europe/Berlin"}
_PAIRS = ["BTCUSDT", "ETHUSDT"]
_LATELY, _LATELY_OF_ONES_OWN = "-5m", "-12h"


@dataclass(frozen=True)
class _Call:
    """A call in an example: the endpoint's name, its words, and the variable that takes the answer."""

    name: str
    words: Mapping[str, object]
    target: str = ""

    def magic(self) -> str:
        return self._assigned(re.sub(r'"(\{[^"]*\})"', r"\1", as_magic(self.name, self.words)))

    def python(self) -> str:
        return self._assigned(re.sub(r'"\{([^"]*)\}"', r"\1", as_python(self.name, self.words)))

    def _assigned(self, call: str) -> str:
        return f"{self.target} = {call}" if self.target else call


def example_words(endpoint: Endpoint) -> dict[str, str]:
    """Return wire texts for a call that keeps the declared rules.

    Args:
        endpoint: The endpoint.

    Returns:
        Texts by the exchange's parameter names.
    """
    words = {parameter.name: _value(parameter) for parameter in endpoint.positional} | dict(endpoint.example)
    for _ in range(_MOST_STEPS):
        missing = _next_missing(endpoint, words)
        if missing is None:
            break
        words |= missing
    return words


def example_line(endpoint: Endpoint) -> str:
    """Return a magic line with what an endpoint needs.

    Args:
        endpoint: The endpoint.

    Returns:
        Such as ``%binance klines BTCUSDT 1h --start -30d``; the variable ``placed``, where it occurs, is what
        `example_lines` assigns.
    """
    return _main(endpoint).magic()


def example_lines(endpoint: Endpoint) -> tuple[str, ...]:
    """Return magic lines that run one after the other.

    Args:
        endpoint: The endpoint.

    Returns:
        What has to be there first, the call with what it needs, and other ways to ask.
    """
    return tuple(call.magic() for call in _calls(endpoint))


def example_python(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the Python calls that `example_lines` equal.

    Args:
        endpoint: The endpoint.

    Returns:
        Statements over a ``session``.
    """
    return tuple(call.python() for call in _calls(endpoint))


def _calls(endpoint: Endpoint) -> Iterator[_Call]:
    call = _main(endpoint)
    if endpoint.example_after:
        first = ENDPOINTS[endpoint.example_after]
        is_used = any(number in call.words.values() for number in _NUMBERS.values())
        yield _Call(first.name, _typed(first, example_words(first)), _PLACED if is_used else "")
    yield call
    if not endpoint.changes_state and not endpoint.example_after:
        yield from (_Call(endpoint.name, words) for words in _other_words(endpoint))


def _main(endpoint: Endpoint) -> _Call:
    # A candle alone says little, and a range is what people come for.
    since = {"start": "-30d"} if endpoint.rows.index == "open_time" else {}
    words = _typed(endpoint, example_words(endpoint))
    if endpoint.example_after:
        words |= {name: _NUMBERS[kind] for name in words for kind in _NUMBERS if name.lower().endswith(kind)}
    return _Call(endpoint.name, {**words, **since})


def _typed(endpoint: Endpoint, words: Mapping[str, str]) -> dict[str, object]:
    """Return words with whole numbers as such; prices stay text, which no float can round."""
    return {
        name: int(text) if endpoint.by_name[name].kind in (Kind.INT, Kind.LONG) else text
        for name, text in words.items()
    }


def _other_words(endpoint: Endpoint) -> Iterator[Mapping[str, object]]:
    words, options = _typed(endpoint, example_words(endpoint)), options_of(endpoint)
    if endpoint.rows.index == "open_time":
        yield {**words, **_A_WEEK}
    elif "start" in options:
        yield {**words, "start": _LATELY_OF_ONES_OWN if endpoint.is_signed else _LATELY}
    if "symbols" in endpoint.by_name:
        yield {**{name: text for name, text in words.items() if name != "symbol"}, "symbols": _PAIRS}
    if endpoint.rows.parts:
        yield {**words, "part": next(iter(endpoint.rows.parts))}


def _next_missing(endpoint: Endpoint, words: Mapping[str, str]) -> dict[str, str] | None:
    stamped = {**words, "timestamp": "0"} if endpoint.is_signed else words
    problem = next(problems(endpoint, stamped), None)
    if problem is None:
        return None
    if problem.kind is ProblemKind.NEEDS_VALUE:
        return {problem.others[0]: problem.allowed[0]}
    wanted = problem.others[0] if problem.kind is ProblemKind.NEEDS_OTHER else problem.parameter
    return {wanted: _value(endpoint.by_name[wanted])}


def _value(parameter: Parameter) -> str:
    if parameter.name in _VALUES:
        return _VALUES[parameter.name]
    if parameter.values:
        return parameter.values[0]
    name = parameter.name.lower()
    known = next((text for ending, text in _BY_ENDING.items() if name.endswith(ending)), None)
    return known or str(parameter.minimum or 1)
