"""A line that would run, for every endpoint, made from its declaration."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog import Endpoint, Parameter
from binance_nb.catalog.checks import ProblemKind, problems
from binance_nb.grammar import as_magic

__all__ = ["example_line", "example_words"]

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


def example_words(endpoint: Endpoint) -> dict[str, str]:
    """Return wire texts for a call that keeps the declared rules.

    Args:
        endpoint: The endpoint.

    Returns:
        Texts by the exchange's parameter names.
    """
    words = {parameter.name: _value(parameter) for parameter in endpoint.positional}
    for _ in range(_MOST_STEPS):
        missing = _next_missing(endpoint, words)
        if missing is None:
            break
        words |= missing
    return words


def example_line(endpoint: Endpoint) -> str:
    """Return a magic line that would run.

    Args:
        endpoint: The endpoint.

    Returns:
        Such as ``%binance klines BTCUSDT 1h --start -30d``.
    """
    # A candle alone says little, and a range is what people come for.
    since = {"start": "-30d"} if endpoint.rows.index == "open_time" else {}
    return as_magic(endpoint.name, {**example_words(endpoint), **since})


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
