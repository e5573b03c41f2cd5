"""Python values as the texts that travel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from numbers import Integral, Number

from binance_nb.catalog import Endpoint, Kind, Parameter
from binance_nb.errors import UsageError
from binance_nb.grammar.spelling import did_you_mean
from binance_nb.grammar.times import parse_time

__all__ = ["encode_parameters", "plain_decimal"]

# Room for every float, and far more than any number of the exchange has.
_MOST_DIGITS = 400
_SHOWN = 60
_PLAIN = "Give an int, a Decimal, or text such as '0.5'."


def encode_parameters(
    endpoint: Endpoint, words: Mapping[str, object], *, now_ms: Callable[[], int], tz: str = "UTC"
) -> dict[str, str]:
    """Return wire texts for the values a person gave.

    Args:
        endpoint: The endpoint called.
        words: Values by parameter name, in our spelling or the exchange's. None means "not given".
        now_ms: Server time, asked only when a time is relative to it.
        tz: Time zone of times that name none.

    Returns:
        Texts by the exchange's names, in the documentation's order.

    Raises:
        UsageError: A name is unknown or given twice, or a value cannot be written as its type.
    """
    given: dict[str, str] = {}
    for word, value in words.items():
        parameter = _find(endpoint, word)
        if value is None:
            continue
        if parameter.name in given:
            raise UsageError(f"{parameter.python_name} is given twice.", culprit=word, operation=endpoint.name)
        given[parameter.name] = _encode(endpoint, parameter, value, now_ms, tz)
    return {parameter.name: given[parameter.name] for parameter in endpoint.parameters if parameter.name in given}


def _find(endpoint: Endpoint, word: str) -> Parameter:
    parameter = endpoint.by_name.get(word) or endpoint.by_python_name.get(word)
    if parameter is None or parameter.name == "timestamp":
        names = [parameter.python_name for parameter in endpoint.asked]
        takes = f"It takes {', '.join(names)}." if names else "It takes no parameters."
        raise UsageError(
            f"{endpoint.name} has no parameter {word!r}.",
            hint=did_you_mean(word, names) or takes,
            culprit=word,
            operation=endpoint.name,
        )
    return parameter


def _encode(endpoint: Endpoint, parameter: Parameter, value: object, now_ms: Callable[[], int], tz: str) -> str:
    value = _unwrapped(value)
    try:
        if parameter.is_time:
            return str(parse_time(value, now_ms=now_ms, tz=tz))
        if parameter.kind is Kind.BOOLEAN:
            return _boolean(value)
        if parameter.kind.is_array:
            return _array(value, parameter.kind)
        if parameter.kind.is_number:
            return _number(value)
        return _text(value)
    except UsageError as error:
        error.operation = endpoint.name
        error.message = f"{parameter.python_name}: {error.message}"
        error.args = (error.message,)
        raise


def _unwrapped(value: object) -> object:
    """Return what a member of an Enum stands for; its own text would be its name."""
    return value.value if isinstance(value, Enum) else value


def _boolean(value: object) -> str:
    is_number = isinstance(value, Number) and not isinstance(value, bool)
    text = "" if is_number else str(value).lower()
    if text in ("true", "false"):
        return text
    raise _refusal(value, "is neither true nor false")


def _array(value: object, kind: Kind) -> str:
    if isinstance(value, str):
        if value.startswith("["):
            return value
        if kind is Kind.ENUM_OR_ARRAY and "," not in value:
            return value
        items: Iterable[object] = value.split(",")
    elif isinstance(value, Iterable) and not isinstance(value, bytes | bytearray):
        items = value
    else:
        raise _refusal(value, "is no list of texts", "Give a list such as ['BTCUSDT', 'ETHUSDT'].")
    texts = [_text(_unwrapped(item)).strip() for item in items]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def _number(value: object) -> str:
    if isinstance(value, str):
        return _number_text(value)
    if isinstance(value, bool) or not isinstance(value, Number):
        raise _refusal(value, "is not a number")
    return plain_decimal(value)


def _number_text(text: str) -> str:
    text = text.strip().replace("_", "")
    if "e" not in text.lower():
        return text
    try:
        plain = plain_decimal(Decimal(text))
    except InvalidOperation:
        return text  # not a number at all: the checks say so, with the bounds
    raise UsageError(f"{text} must be written without an exponent.", suggestion=plain, culprit=text)


def plain_decimal(value: object) -> str:
    """Return a number without an exponent and without losing a digit.

    Args:
        value: An int, a Decimal, or a float, which is taken as the Decimal of its shortest text.

    Returns:
        Plain decimal digits: ``1e-05`` becomes ``0.00001``.

    Raises:
        UsageError: The number is infinite or not a number, has hundreds of digits, or is of another kind: a fraction or
            a complex number.
    """
    number = _decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise UsageError(f"{value} is not a finite number.", hint=_PLAIN, culprit=str(value))
    if max(number.adjusted(), -exponent) > _MOST_DIGITS:
        raise _refusal(value, f"has more than {_MOST_DIGITS} digits")
    return format(number, "f")


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Integral):
        return Decimal(int(value))
    try:
        return Decimal(str(value))
    except (InvalidOperation, ValueError):  # the latter: printing is refused past 4300 digits
        raise _refusal(value, "has no plain decimal digits") from None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refusal(value, "is not a text")
    return plain_decimal(value)


def _refusal(value: object, complaint: str, hint: str | None = None) -> UsageError:
    if isinstance(value, bytes | bytearray):
        hint = "Give text: decode() makes it of bytes."
    elif isinstance(value, Number):
        hint = hint or _PLAIN
    shown = _shown(value)
    return UsageError(f"{shown} {complaint}.", hint=hint, culprit=value if isinstance(value, str) else shown)


def _shown(value: object) -> str:
    try:
        written = repr(value)
    except ValueError:  # printing is refused past 4300 digits
        written = ""
    is_short = written and len(written) <= _SHOWN and "\n" not in written
    return written if is_short else f"A value of type {type(value).__name__}"
