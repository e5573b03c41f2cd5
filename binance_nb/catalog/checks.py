"""Whether a call keeps the declared rules, over the very texts that travel.

The client asks before it sends and says the problem in words; the sandbox asks when it receives and answers with the
exchange's code. Both read the same declarations, which the tests compare with an independent copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from binance_nb.catalog.endpoint import Endpoint, RequiredBy
from binance_nb.catalog.parameters import FIRST_MICROSECONDS, Kind, Parameter

__all__ = ["Problem", "ProblemKind", "problems"]

# Plain digits only: \d and int() also take those of other scripts, which the exchange does not read.
_WHOLE = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_OFFSET = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?")
_LONG = 2**63
_HOUR_MS = 3_600_000


class ProblemKind(StrEnum):
    """What is wrong with a call."""

    MISSING = "missing"
    MISSING_ONE_OF = "missing one of"
    EMPTY = "empty"
    MALFORMED = "malformed"
    OVERFLOW = "overflow"
    TOO_PRECISE = "too precise"
    NOT_A_CHOICE = "not a choice"
    TOO_LOW = "too low"
    TOO_HIGH = "too high"
    TOO_MANY = "too many"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    NEEDS_OTHER = "needs other"
    NEEDS_VALUE = "needs value"
    NOT_NEEDED = "not needed"
    COMBINATION = "combination"
    SPAN = "span"
    ORDER = "order"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    Attributes:
        kind: What is wrong.
        parameter: The parameter at fault, in the exchange's spelling.
        value: The text that was sent, if any.
        others: Further parameters concerned: the group, the conflicting ones, the deciding one.
        allowed: Values or bounds that would be right, as text.
    """

    kind: ProblemKind
    parameter: str
    value: str | None = None
    others: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


def problems(endpoint: Endpoint, sent: Mapping[str, str]) -> Iterator[Problem]:
    """Find every rule that a call breaks.

    Args:
        endpoint: The endpoint called.
        sent: Wire texts by the exchange's parameter names, without ``signature``.

    Yields:
        The problems: first each parameter alone, then groups, then how they go together, then names that do not exist.
    """
    for parameter in endpoint.parameters:
        if parameter.name in sent:
            yield from _alone(parameter, sent[parameter.name])
        elif parameter.required:
            yield Problem(ProblemKind.MISSING, parameter.name, allowed=parameter.values)
    for group in endpoint.one_of:
        if not any(name in sent for name in group):
            yield Problem(ProblemKind.MISSING_ONE_OF, group[0], others=group)
    for rule in endpoint.required_by:
        yield from _decided(rule, sent)
    for parameter in endpoint.parameters:
        if parameter.name in sent:
            yield from _together(endpoint, parameter, sent)
    yield from _combination(endpoint, sent)
    yield from _span(endpoint, sent)
    for name in sent:
        if name not in endpoint.by_name:
            yield Problem(ProblemKind.UNKNOWN, name, sent[name], allowed=tuple(endpoint.by_name))


def _alone(parameter: Parameter, text: str) -> Iterator[Problem]:
    if not text:
        yield Problem(ProblemKind.EMPTY, parameter.name, text)
    elif parameter.kind.is_array and (text.startswith("[") or parameter.kind is Kind.ARRAY_STRING):
        yield from _array(parameter, text)
    elif parameter.kind.is_number:
        yield from _number(parameter, text)
    elif parameter.kind is Kind.BOOLEAN:
        if text not in ("true", "false", "TRUE", "FALSE"):
            yield Problem(ProblemKind.MALFORMED, parameter.name, text, allowed=("true", "false"))
    else:
        yield from _word(parameter, text)


def _word(parameter: Parameter, text: str) -> Iterator[Problem]:
    if parameter.enum is not None:
        if text not in parameter.values:
            yield Problem(ProblemKind.NOT_A_CHOICE, parameter.name, text, allowed=parameter.values)
    elif parameter.pattern and not re.fullmatch(parameter.pattern.strip("^$"), text, re.ASCII):
        yield Problem(ProblemKind.MALFORMED, parameter.name, text)
    elif isinstance(parameter.minimum, str) and not _is_within(text, parameter.minimum, str(parameter.maximum)):
        bounds = (parameter.minimum, str(parameter.maximum))
        yield Problem(ProblemKind.MALFORMED, parameter.name, text, allowed=bounds)


def _offset_minutes(text: str) -> int:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return 24 * 60
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return -minutes if found[1] == "-" else minutes


def _is_within(text: str, lowest: str, highest: str) -> bool:
    minutes_past = int(text.partition(":")[2] or 0)
    return minutes_past < 60 and _offset_minutes(lowest) <= _offset_minutes(text) <= _offset_minutes(highest)


def _number(parameter: Parameter, text: str) -> Iterator[Problem]:
    pattern = _DECIMAL if parameter.kind is Kind.DECIMAL else _WHOLE
    if not pattern.fullmatch(text):
        yield Problem(ProblemKind.MALFORMED, parameter.name, text)
        return
    value = Decimal(text)
    if parameter.kind is not Kind.DECIMAL and not -_LONG <= value < _LONG:
        yield Problem(ProblemKind.OVERFLOW, parameter.name, text)
        return
    yield from _bounds(parameter, text, value)


def _bounds(parameter: Parameter, text: str, value: Decimal) -> Iterator[Problem]:
    name, lowest, highest = parameter.name, parameter.minimum, parameter.maximum
    if parameter.decimals is not None and _digits_after_point(text) > parameter.decimals:
        yield Problem(ProblemKind.TOO_PRECISE, name, text, allowed=(str(parameter.decimals),))
    if parameter.above is not None and value <= parameter.above:
        yield Problem(ProblemKind.TOO_LOW, name, text, allowed=(f"above {parameter.above}",))
    elif isinstance(lowest, int) and value < lowest:
        yield Problem(ProblemKind.TOO_LOW, name, text, allowed=(str(lowest),))
    elif name == "limit" and value < 1:
        yield Problem(ProblemKind.TOO_LOW, name, text, allowed=("1",))
    elif value < 0:
        # No parameter of this exchange takes a negative number.
        yield Problem(ProblemKind.TOO_LOW, name, text, allowed=("0",))
    elif isinstance(highest, int) and value > highest and not parameter.clamps:
        yield Problem(ProblemKind.TOO_HIGH, name, text, allowed=(str(highest),))


def _digits_after_point(text: str) -> int:
    return len(text.partition(".")[2])


def _array(parameter: Parameter, text: str) -> Iterator[Problem]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):  # thousands of opening brackets are no list either
        yield Problem(ProblemKind.MALFORMED, parameter.name, text)
        return
    if not isinstance(items, list) or not items or not all(isinstance(item, str) and item for item in items):
        yield Problem(ProblemKind.MALFORMED, parameter.name, text)
        return
    if len(set(items)) < len(items):
        twice = next(item for item in items if items.count(item) > 1)
        yield Problem(ProblemKind.REPEATED, parameter.name, twice)
    if parameter.max_items is not None and len(items) > parameter.max_items:
        yield Problem(ProblemKind.TOO_MANY, parameter.name, str(len(items)), allowed=(str(parameter.max_items),))
    for item in items:
        if parameter.enum is not None and item not in parameter.values:
            yield Problem(ProblemKind.NOT_A_CHOICE, parameter.name, item, allowed=parameter.values)


def _decided(rule: RequiredBy, sent: Mapping[str, str]) -> Iterator[Problem]:
    needs = rule.cases.get(sent.get(rule.decider, ""))
    if needs is None:
        return
    for name in needs.all:
        waived = any(other in sent for other in rule.waived.get(name, ()))
        if name not in sent and not waived:
            yield Problem(ProblemKind.MISSING, name, others=(rule.decider,), allowed=(sent[rule.decider],))
    for group in needs.any:
        if not any(name in sent for name in group):
            yield Problem(ProblemKind.MISSING_ONE_OF, group[0], others=group)


def _together(endpoint: Endpoint, parameter: Parameter, sent: Mapping[str, str]) -> Iterator[Problem]:
    name, text = parameter.name, sent[parameter.name]
    names = list(endpoint.by_name)
    # Conflicts are mutual: the parameter that comes first speaks for both.
    later = names[names.index(name) :]
    clash = tuple(other for other in parameter.conflicts if other in sent and other in later)
    if clash:
        yield Problem(ProblemKind.CONFLICT, name, text, others=clash)
    for other in (*parameter.requires, *parameter.requires_inferred):
        if other not in sent:
            yield Problem(ProblemKind.NEEDS_OTHER, name, text, others=(other,))
    for decider, values in parameter.only_with.items():
        if _forbids(endpoint.by_name[decider], values, sent.get(decider)):
            yield Problem(ProblemKind.NOT_NEEDED, name, text, others=(decider,), allowed=values)
    is_waived = any(sent.get(key) in values for key, values in parameter.needs_value_unless.items())
    for other, values in parameter.needs_value.items():
        if not is_waived and sent.get(other) not in values:
            yield Problem(ProblemKind.NEEDS_VALUE, name, text, others=(other,), allowed=values)


def _forbids(decider: Parameter, allowed: tuple[str, ...], value: str | None) -> bool:
    if value is None:
        return not decider.required
    # A value that is no choice at all, or a decider that is missing, has been reported and decides nothing here.
    return value in decider.values and value not in allowed


def _combination(endpoint: Endpoint, sent: Mapping[str, str]) -> Iterator[Problem]:
    if not endpoint.combinations:
        return
    given = frozenset(name for name in endpoint.combination_of if name in sent)
    if given and given not in endpoint.combinations:
        names = tuple(name for name in endpoint.combination_of if name in given)
        allowed = tuple(" + ".join(sorted(members)) for members in endpoint.combinations if members)
        yield Problem(ProblemKind.COMBINATION, names[0], sent[names[0]], others=names, allowed=allowed)


def _span(endpoint: Endpoint, sent: Mapping[str, str]) -> Iterator[Problem]:
    start, end = (_microseconds(sent.get(name, "")) for name in ("startTime", "endTime"))
    if start is None or end is None:
        return
    if end < start:
        yield Problem(ProblemKind.ORDER, "startTime", sent["startTime"], others=("endTime",))
    elif endpoint.max_span_ms is not None and end - start > endpoint.max_span_ms * 1000:
        hours = str(endpoint.max_span_ms // _HOUR_MS)
        yield Problem(ProblemKind.SPAN, "endTime", sent["endTime"], others=("startTime",), allowed=(hours,))


def _microseconds(text: str) -> int | None:
    if not _WHOLE.fullmatch(text):
        return None
    value = int(text)
    return value if value >= FIRST_MICROSECONDS else value * 1000
