"""Python faces of the catalog's endpoints: signatures, docstrings, and the stub that type checkers read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import BoundArguments, Signature
from inspect import Parameter as Argument
from textwrap import wrap

from binance_nb.catalog import Endpoint, Kind, Parameter, snake_case
from binance_nb.errors import UsageError
from binance_nb.frames import frame_doc
from binance_nb.grammar import did_you_mean
from binance_nb.reading import READING_OPTIONS, options_of

__all__ = [
    "arguments_of",
    "describe_errors",
    "describe_frame",
    "describe_method",
    "describe_paging",
    "describe_parameter",
    "describe_source",
    "describe_weight",
    "signature_of",
]

_TYPES = {
    Kind.STRING: "str",
    Kind.ENUM: "str",
    Kind.INT: "int",
    Kind.LONG: "int",
    Kind.DECIMAL: "Decimal | str | float",
    Kind.BOOLEAN: "bool",
    Kind.ARRAY_STRING: "Sequence[str] | str",
    Kind.ENUM_OR_ARRAY: "Sequence[str] | str",
}


_HOUR_MS = 3_600_000
_WIDEST = 100


def _annotation(parameter: Parameter) -> str:
    return "object" if parameter.is_time else _TYPES[parameter.kind]


def _arguments(endpoint: Endpoint) -> Iterator[Argument]:
    yield Argument("self", Argument.POSITIONAL_OR_KEYWORD)
    for parameter in endpoint.positional:
        kind, hint = Argument.POSITIONAL_OR_KEYWORD, _annotation(parameter)
        if parameter.required:
            yield Argument(parameter.python_name, kind, annotation=hint)
        else:
            yield Argument(parameter.python_name, kind, default=None, annotation=f"{hint} | None")
    for parameter in endpoint.asked:
        if parameter not in endpoint.positional:
            hint = f"{_annotation(parameter)} | None"
            yield Argument(parameter.python_name, Argument.KEYWORD_ONLY, default=None, annotation=hint)
    for name in options_of(endpoint):
        hint = READING_OPTIONS[name][0]
        default = False if hint == "bool" else None
        yield Argument(name, Argument.KEYWORD_ONLY, default=default, annotation=hint)


def signature_of(endpoint: Endpoint) -> Signature:
    """Return the signature of the session method of an endpoint.

    Args:
        endpoint: The endpoint.

    Returns:
        ``self``, what may be given by position, and the rest by keyword.
    """
    return Signature(list(_arguments(endpoint)), return_annotation="DataFrame")


def arguments_of(
    endpoint: Endpoint, bind: Callable[..., BoundArguments], args: Iterable[object], words: Mapping[str, object]
) -> dict[str, object]:
    """Return the arguments of a call by their names.

    Args:
        endpoint: The endpoint called.
        bind: How its signature, from `signature_of`, is bound: whole or in part.
        args: What was given by position.
        words: What was given by name.

    Returns:
        The arguments that were given.

    Raises:
        UsageError: One is missing, unknown, or given twice.
    """
    try:
        bound = bind(None, *args, **words).arguments
    except TypeError as error:
        raise _misfit(endpoint, words, str(error)) from None
    del bound["self"]
    return dict(bound)


def _misfit(endpoint: Endpoint, words: Mapping[str, object], reason: str) -> UsageError:
    known = [*endpoint.by_python_name, *options_of(endpoint)]
    wrong = next((word for word in words if word not in known), None)
    return UsageError(
        f"{endpoint.name}: {reason}.",
        hint=did_you_mean(wrong, known) if wrong else f"It takes {', '.join(known)}.",
        culprit=wrong,
        operation=endpoint.name,
    )


def describe_method(endpoint: Endpoint) -> str:
    """Return the docstring of the session method of an endpoint.

    Args:
        endpoint: The endpoint.

    Returns:
        What it answers, method, path, weight, security, arguments with their units, the frame, the errors, the source.
    """
    return inspect.cleandoc("\n".join(_lines(endpoint)))


def _lines(endpoint: Endpoint) -> Iterator[str]:
    yield endpoint.about
    yield ""
    yield f"``{endpoint.method} {endpoint.path}``, weight {describe_weight(endpoint)}, security {endpoint.security}."
    if endpoint.replaced_by:
        yield f"Deprecated: use `{endpoint.replaced_by}`."
    yield from endpoint.notes
    if paging := describe_paging(endpoint):
        yield from wrap(paging, _WIDEST)
    yield ""
    yield "Args:"
    for parameter in (*endpoint.positional, *(p for p in endpoint.asked if p not in endpoint.positional)):
        yield f"    {parameter.python_name}: {describe_parameter(parameter)}"
    for name in options_of(endpoint):
        yield f"    {name}: {READING_OPTIONS[name][1]}."
    yield ""
    yield "Returns:"
    yield from (f"    {line}" for line in describe_frame(endpoint))
    yield ""
    yield "Raises:"
    yield from (f"    {error}: {when}" for error, when in describe_errors(endpoint))
    yield ""
    yield f"Source: {describe_source(endpoint)}."


def describe_parameter(parameter: Parameter) -> str:
    """Return what a parameter means, with its values, default and bounds.

    Args:
        parameter: The parameter.

    Returns:
        One line.
    """
    text = f"{parameter.about[0].upper()}{parameter.about[1:]}"
    values = [value for value in parameter.values if value not in re.findall(r"\w+", text)]
    if 0 < len(parameter.values) <= 16 and values:
        text += f": {', '.join(parameter.values)}"
    if parameter.is_time:
        text += ": a date, -30d, a Timestamp, or ms"
    return f"{'; '.join([text, *_limits(parameter)])}."


def _limits(parameter: Parameter) -> Iterator[str]:
    if parameter.default is not None:
        default = str(parameter.default)
        yield f"{default.lower() if isinstance(parameter.default, bool) else default} if left out"
    for other, cases in parameter.default_by.items():
        named = [f"{default} where {snake_case(other)} is {value}" for value, default in cases.items() if value != "*"]
        yield f"{', '.join(named)}, otherwise {cases['*']} if left out" if "*" in cases else ", ".join(named)
    if parameter.minimum is not None:
        yield f"at least {parameter.minimum}"
    if parameter.above is not None:
        yield f"above {parameter.above}"
    if parameter.maximum is not None:
        yield f"at most {parameter.maximum}"
    if parameter.conflicts:
        yield f"not with {', '.join(map(snake_case, parameter.conflicts))}"
    for other, allowed in parameter.only_with.items():
        yield f"only where {snake_case(other)} is {' or '.join(allowed)}"


def describe_errors(endpoint: Endpoint) -> list[tuple[str, str]]:
    """Return the errors that a call may end with.

    Args:
        endpoint: The endpoint.

    Returns:
        Pairs: the name in `binance_nb.errors`, and when, with the codes that lead there.
    """
    errors = [("UsageError", "A value does not fit; nothing was sent.")]
    if endpoint.is_signed:
        errors += [
            ("CredentialsError", "No key of this environment is held."),
            ("AuthenticationError", "-1022, -2014, -2015: signature, key or permissions."),
            ("TimestampError", "-1021, after one try with a fresh clock."),
        ]
    if endpoint.changes_state:
        if "check" in options_of(endpoint):
            errors.append(("PreflightError", "It breaks a rule of the symbol or the account; nothing was sent."))
        errors += [
            ("NotArmedError", "The host counts as live, and nothing is armed, or not for as much; nothing was sent."),
            ("OrderRejected", "-1013, -2010, -2011: a filter, the balance, the order's state."),
            ("ExecutionUnknownError", "5XX, -1006, -1007 or silence: it may have been executed."),
        ]
    return [
        *errors,
        ("RateLimitError", "429 or -1003, past what it may wait; IpBannedError: 418."),
        ("ApiError", "Any other refusal, such as -1121: a symbol that is not listed."),
        ("TransportError", "The host cannot be reached, or does not answer."),
    ]


def describe_paging(endpoint: Endpoint) -> str:
    """Return how an answer too long for one reply is had; empty where there is none.

    Args:
        endpoint: The endpoint.

    Returns:
        Some sentences.
    """
    if endpoint.paging is None:
        return ""
    here, options = snake_case(endpoint.paging.parameter), options_of(endpoint)
    if endpoint.is_signed and endpoint.max_span_ms:
        hours = endpoint.max_span_ms // _HOUR_MS
        how = f"From a time or an id on all rows come, {hours} hours or one page at a time; with limit, one answer."
    elif "start" in options:
        how = "A range longer than one answer is fetched whole, page after page."
    elif "max_rows" in options:
        how = f"From {here} on, max_rows rows are fetched, page after page."
    else:
        how = f"One answer at a time; {here} says where the next one begins."
    first = {"most_recent": "newest", "oldest_first": "oldest"}.get(endpoint.paging.omitted or "")
    return f"{how} Without {here} the {first} rows come." if first else how


def describe_source(endpoint: Endpoint) -> str:
    """Return where the exchange documents an endpoint."""
    return f"rest-api.md, {endpoint.title!r}"


def describe_weight(endpoint: Endpoint) -> str:
    """Return the weight of an endpoint in words: one figure, or the range.

    Args:
        endpoint: The endpoint.

    Returns:
        Such as ``2`` or ``5 to 250``.
    """
    samples: list[Mapping[str, str]] = [{}, {"symbol": "S"}, {"symbols": '["S"]'}, {"limit": "5000"}]
    samples += [{parameter.name: "true"} for parameter in endpoint.parameters if parameter.kind is Kind.BOOLEAN]
    samples += [{"orderId": "1"}] if "orderId" in endpoint.by_name else []
    weights = sorted({endpoint.weight.price(sample) for sample in samples})
    price = str(weights[0]) if len(weights) == 1 else f"{weights[0]} to {weights[-1]}"
    return f"{price} (nothing when it works)" if endpoint.is_free_on_success else price


def describe_frame(endpoint: Endpoint) -> list[str]:
    """Return what the frame holds, in lines: its rows, index and columns with dtypes.

    Args:
        endpoint: The endpoint.

    Returns:
        The lines.
    """
    return frame_doc(endpoint).splitlines()
