"""A broken rule of a call, said in words before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from binance_nb.catalog import Endpoint, Kind, snake_case
from binance_nb.catalog.checks import Problem, ProblemKind, problems
from binance_nb.errors import UsageError
from binance_nb.grammar.spelling import did_you_mean, nearest

__all__ = ["check_call"]

_SHOWN = 20


def check_call(
    endpoint: Endpoint, sent: Mapping[str, str], awaited: Collection[str] = (), *, may_walk: bool = False
) -> None:
    """Refuse a call that the exchange would refuse, as far as its declaration tells.

    Args:
        endpoint: The endpoint to be called.
        sent: Wire texts by the exchange's names, without timestamp and signature.
        awaited: Parameters that will be sent too, by the exchange's names, but whose values are not there yet.
        may_walk: Whether a range past what one answer may hold will be walked page by page.

    Raises:
        UsageError: The first broken rule, with what would be right.
    """
    # The client adds the timestamp itself when the request is made.
    stamped = {**sent, "timestamp": "0"} if endpoint.is_signed else sent
    is_walked = may_walk and endpoint.is_walked(sent)
    found = chain(problems(endpoint, stamped), _clamped(endpoint, sent))
    problem = next((each for each in found if not _may_pass(each, awaited, is_walked=is_walked)), None)
    if problem is not None:
        raise _complaint(endpoint, problem)


def _may_pass(problem: Problem, awaited: Collection[str], *, is_walked: bool) -> bool:
    """Whether what is awaited may put a problem right, or the range is walked page by page."""
    if problem.kind is ProblemKind.SPAN and is_walked:
        return True
    if problem.kind is ProblemKind.COMBINATION:
        return bool(awaited)
    return not {problem.parameter, *problem.others}.isdisjoint(awaited)


def _clamped(endpoint: Endpoint, sent: Mapping[str, str]) -> Iterator[Problem]:
    """Find what the exchange would lower without a word; whoever asks for more shall know that it does not come."""
    for parameter in endpoint.parameters:
        text = sent.get(parameter.name, "")
        if parameter.clamps and isinstance(parameter.maximum, int) and int(text or 0) > parameter.maximum:
            yield Problem(ProblemKind.TOO_HIGH, parameter.name, text, allowed=(str(parameter.maximum),))


def _complaint(endpoint: Endpoint, problem: Problem) -> UsageError:
    message, hint, suggestion = _words(endpoint, problem)
    return UsageError(
        message,
        hint=hint,
        suggestion=suggestion,
        culprit=problem.value if problem.value else snake_case(problem.parameter),
        operation=endpoint.name,
        details={"parameter": snake_case(problem.parameter), "problem": problem.kind.value},
    )


def _words(endpoint: Endpoint, problem: Problem) -> tuple[str, str | None, str | None]:
    name, value, call = snake_case(problem.parameter), problem.value, endpoint.name
    others = _names(problem.others)
    match problem.kind:
        case ProblemKind.MISSING:
            return f"{call} needs {name}{_because(problem)}.", _about(endpoint, problem), None
        case ProblemKind.MISSING_ONE_OF:
            return f"{call} needs one of {_or(problem.others)}.", None, None
        case ProblemKind.EMPTY:
            return f"{name} is empty.", "Give a value or leave it out.", None
        case ProblemKind.MALFORMED | ProblemKind.OVERFLOW:
            return f"{value!r} is not a value for {name}.", _shape(endpoint, problem), None
        case ProblemKind.TOO_PRECISE:
            return f"{name} takes at most {problem.allowed[0]} decimals, not {value}.", None, None
        case ProblemKind.NOT_A_CHOICE:
            best = next(iter(nearest(str(value), problem.allowed)), None)
            hint = did_you_mean(str(value), problem.allowed) if best else f"It takes {_list(problem.allowed)}."
            return f"{name} has no value {value!r}.", hint, best
        case ProblemKind.TOO_LOW | ProblemKind.TOO_HIGH:
            side = "least" if problem.kind is ProblemKind.TOO_LOW else "most"
            bound = problem.allowed[0]
            says = bound if bound.startswith("above") else f"at {side} {bound}"
            # Nobody wants an order of nothing, so 0 is a bound and no suggestion.
            return f"{name} must be {says}, not {value}.", None, None if " " in bound or bound == "0" else bound
        case ProblemKind.TOO_MANY:
            return f"{name} takes at most {problem.allowed[0]} entries, not {value}.", None, None
        case ProblemKind.REPEATED:
            return f"{name} names {value} more than once.", None, None
        case ProblemKind.CONFLICT:
            return f"{name} cannot go together with {others}.", f"Give {name} or {others}, not both.", None
        case ProblemKind.NEEDS_OTHER:
            return f"{name} needs {others} beside it.", None, None
        case ProblemKind.NEEDS_VALUE:
            return f"{name} needs {others} to be {_or(problem.allowed, raw=True)}.", None, None
        case ProblemKind.NOT_NEEDED:
            return f"{name} goes only with {others} {_or(problem.allowed, raw=True)}.", None, None
        case ProblemKind.COMBINATION:
            allowed = "; ".join(snake_case(text) for text in problem.allowed)
            return f"{call} cannot take {others} together.", f"It takes {allowed}.", None
        case ProblemKind.SPAN:
            return f"start_time and end_time may lie at most {problem.allowed[0]} hours apart.", None, None
        case ProblemKind.ORDER:
            return "The start lies after the end.", "Swap them, or move the start back.", None
        case ProblemKind.UNKNOWN:
            return f"{call} has no parameter {name!r}.", None, None


def _because(problem: Problem) -> str:
    return f" when {snake_case(problem.others[0])} is {problem.allowed[0]}" if problem.others else ""


def _about(endpoint: Endpoint, problem: Problem) -> str:
    parameter = endpoint.by_name[problem.parameter]
    choices = f": {_list(parameter.values)}" if parameter.values else ""
    return f"{parameter.python_name} is {parameter.about}{choices}."


def _shape(endpoint: Endpoint, problem: Problem) -> str:
    parameter = endpoint.by_name[problem.parameter]
    if problem.allowed and parameter.kind is not Kind.BOOLEAN:
        return f"It lies between {problem.allowed[0]} and {problem.allowed[-1]}."
    kinds = {
        "LONG": "a whole number",
        "INT": "a whole number",
        "DECIMAL": "a decimal number",
        "BOOLEAN": "true or false",
    }
    return f"It takes {kinds.get(parameter.kind.value, parameter.about)}."


def _names(names: tuple[str, ...]) -> str:
    return " and ".join(snake_case(name) for name in names)


def _or(names: tuple[str, ...], *, raw: bool = False) -> str:
    return " or ".join(name if raw else snake_case(name) for name in names)


def _list(values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"
