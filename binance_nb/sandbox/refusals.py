"""Every way the sandbox says no: a broken rule becomes the exchange's code, status and literal message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_nb.catalog import Endpoint, Kind
from binance_nb.catalog.checks import Problem, ProblemKind
from binance_nb.catalog.enums import ENUMS
from binance_nb.catalog.error_codes import ERROR_CODES

__all__ = ["Refusal", "refusal_of"]


class Refusal(Exception):
    """The answer to a call that is refused.

    Args:
        code: The exchange's error code.
        which: Place of the message among the code's, or words that appear in this one only.
        *values: What goes into the message's slots.
        status: HTTP status where it is not the code's usual one.
        headers: Further headers of the answer.
        data: What the answer says besides code and message.
        retry_at_ms: When it is worth trying again, where a limit says so.
    """

    def __init__(
        self,
        code: int,
        which: int | str = 0,
        *values: object,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,  # Any: JSON leaves here
        retry_at_ms: int | None = None,
    ) -> None:
        said = ERROR_CODES[code]
        self.code = code
        self.message = said.say(which, *values)
        self.status = status or said.status(which)
        self.headers = headers or {}
        self.data = data
        self.retry_at_ms = retry_at_ms
        super().__init__(f"[{code}] {self.message}")

    def body(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return the answer's JSON."""
        body = {"code": self.code, "msg": self.message}
        return body if self.data is None else {**body, "data": self.data}


_NUMBER_RANGES = {Kind.DECIMAL: r"^([0-9]{1,20})(\.[0-9]{1,20})?$"}
_WHOLE_RANGE = "^[0-9]{1,20}$"
_CODE_OF_ENUM = {
    "kline_interval": -1120,
    "order_side": -1117,
    "order_type": -1116,
    "time_in_force": -1115,
    "ticker_type": -1139,
    "symbol_status_query": -1122,
    "cancel_restrictions": -1145,
    "peg_price_type": -1210,
    "peg_offset_type": -1211,
}
_CODE_OF_LEG = {
    **dict.fromkeys(("aboveType", "belowType", "pendingAboveType", "pendingBelowType"), -1158),
    "workingSide": -1222,
    "pendingSide": -1223,
}


def refusal_of(problem: Problem, endpoint: Endpoint, sent: Mapping[str, str]) -> Refusal | None:
    """Say a broken rule as the exchange does.

    Args:
        problem: What `catalog.checks` found.
        endpoint: The endpoint called.
        sent: Everything that was sent, the signature included.

    Returns:
        The refusal; None where the exchange lets it pass: an end before the start is an empty answer there, and a leg
        that takes no timeInForce may be an iceberg without one.
    """
    if problem.kind is ProblemKind.ORDER:
        return None
    if problem.kind is ProblemKind.NEEDS_VALUE and _takes_no_force(problem, sent):
        return None
    if problem.kind is ProblemKind.UNKNOWN:
        if problem.parameter == "pendingQuantity" and _is_sized_by_fill(endpoint):
            return Refusal(-1225, 0, problem.parameter)
        return _unread(endpoint, sent)
    return _SAYINGS[problem.kind](problem, endpoint)


def _unread(endpoint: Endpoint, sent: Mapping[str, str]) -> Refusal:
    known = {*endpoint.by_name, "signature"} if endpoint.is_signed else set(endpoint.by_name)
    # Not documented when which of the two comes; clients quote the first wherever there are more than could be read.
    if len(sent) > len(known):
        return Refusal(-1101, "expected '%s'", len(known), len(sent))
    return Refusal(-1104, "read '%s'", len(known & sent.keys()), len(sent))


def _takes_no_force(problem: Problem, sent: Mapping[str, str]) -> bool:
    return sent.get(f"{problem.parameter.removesuffix('IcebergQty')}Type") == "LIMIT_MAKER"


def _mandatory(problem: Problem, endpoint: Endpoint) -> Refusal:
    # The documentation names the code, not the parameters: these two are a guess.
    if _is_sized_by_fill(endpoint) and problem.parameter in ("workingPrice", "workingQuantity"):
        return Refusal(-1224, 0, problem.parameter)
    return Refusal(-1102, "Mandatory parameter", problem.parameter)


def _one_of(problem: Problem, endpoint: Endpoint) -> Refusal:
    return Refusal(-1102, "both were empty/null", *problem.others[:2])


def _empty(problem: Problem, endpoint: Endpoint) -> Refusal:
    if endpoint.by_name[problem.parameter].required:
        return _mandatory(problem, endpoint)
    return Refusal(-1105, "'%s'", problem.parameter)


def _malformed(problem: Problem, endpoint: Endpoint) -> Refusal:
    kind = endpoint.by_name[problem.parameter].kind
    if kind.is_number:
        return Refusal(-1100, "legal range", problem.parameter, _NUMBER_RANGES.get(kind, _WHOLE_RANGE))
    if kind.is_array:
        return Refusal(-1135, "'%s'", problem.parameter)
    return _invalid(problem, endpoint)


def _invalid(problem: Problem, endpoint: Endpoint) -> Refusal:
    return Refusal(-1130, "'%s'", problem.parameter)


def _too_low(problem: Problem, endpoint: Endpoint) -> Refusal:
    if (problem.value or "").startswith("-"):
        return _malformed(problem, endpoint)
    return Refusal(-1134) if problem.parameter.lower().endswith("strategytype") else _invalid(problem, endpoint)


def _too_high(problem: Problem, endpoint: Endpoint) -> Refusal:
    if problem.parameter == "recvWindow":
        return Refusal(-1102, "Cannot be greater than", problem.parameter, *problem.allowed)
    return _invalid(problem, endpoint)


def _not_a_choice(problem: Problem, endpoint: Endpoint) -> Refusal:
    enum, name = endpoint.by_name[problem.parameter].enum or "", problem.parameter
    if problem.value in ENUMS[enum].values and name in _CODE_OF_LEG:
        # A word that exists, but not for this leg.
        return Refusal(_CODE_OF_LEG[name])
    code = _CODE_OF_ENUM.get(enum)
    return _invalid(problem, endpoint) if code is None else Refusal(code)


def _needs_other(problem: Problem, endpoint: Endpoint) -> Refusal:
    return Refusal(-1128, "Recommendation", problem.parameter, problem.others[0])


def _needs_value(problem: Problem, endpoint: Endpoint) -> Refusal:
    if problem.parameter in ("aboveIcebergQty", "belowIcebergQty"):
        return Refusal(-1160, "is not supported if", problem.parameter)
    return Refusal(-1014)


def _not_needed(problem: Problem, endpoint: Endpoint) -> Refusal:
    if problem.parameter.lower().endswith("pegpricetype"):
        # A text of its own that nothing else would ever say; that it comes before the general one is a guess.
        return Refusal(-2010, "may not use pegged price")
    return Refusal(-1106, "Parameter '%s'", problem.parameter)


def _is_sized_by_fill(endpoint: Endpoint) -> bool:
    # Such a list has orders that follow, and nobody says how much they trade.
    return "pendingSide" in endpoint.by_name and "pendingQuantity" not in endpoint.by_name


_SAYINGS: Mapping[ProblemKind, Callable[[Problem, Endpoint], Refusal]] = {
    ProblemKind.MISSING: _mandatory,
    ProblemKind.MISSING_ONE_OF: _one_of,
    ProblemKind.EMPTY: _empty,
    ProblemKind.MALFORMED: _malformed,
    ProblemKind.OVERFLOW: lambda problem, _: Refusal(-1108, "'%s'", problem.parameter),
    ProblemKind.TOO_PRECISE: lambda problem, _: Refusal(-1111, "'%s'", problem.parameter),
    ProblemKind.NOT_A_CHOICE: _not_a_choice,
    ProblemKind.TOO_LOW: _too_low,
    ProblemKind.TOO_HIGH: _too_high,
    ProblemKind.TOO_MANY: lambda problem, _: Refusal(-1101, "expected '%s'", *problem.allowed, problem.value),
    ProblemKind.REPEATED: lambda problem, _: Refusal(-1151),
    ProblemKind.CONFLICT: lambda problem, _: Refusal(-1128),
    ProblemKind.NEEDS_OTHER: _needs_other,
    ProblemKind.NEEDS_VALUE: _needs_value,
    ProblemKind.NOT_NEEDED: _not_needed,
    ProblemKind.COMBINATION: lambda problem, _: Refusal(-1128),
    ProblemKind.SPAN: lambda problem, _: Refusal(-1127, "More than", *problem.allowed),
}
