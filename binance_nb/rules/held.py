"""One rule held against an order: whether it is kept, and which values of a parameter would keep it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Any, Literal

from binance_nb.catalog.filters import Check, Relation, Rule

__all__ = ["EXACT", "Held", "Span", "Verdict", "hold", "plain", "said"]

EXACT = Context(prec=200)
"""Room for products and quotients of numbers of the wire; nothing that is shown or compared is rounded by it."""

Verdict = Literal["pass", "fail", "unknown"]
# Amounts have no more decimals, whatever a symbol's raster is.
_FINEST = Decimal("0.00000001")


def plain(value: object) -> str:
    """Return a value as people write it: a number without exponent and closing zeros, a flag in small letters.

    Args:
        value: A number, a text that may be one, or a flag.

    Returns:
        The text.
    """
    if isinstance(value, bool):
        return str(value).lower()
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return f"{number.normalize(EXACT):f}"


def said(expression: str, words: Mapping[str, str]) -> str:
    """Return a rule's expression in words.

    Args:
        expression: Names put together with ``+`` and ``*``.
        words: What names are called; a factor that is called nothing is left out.

    Returns:
        Such as ``workingPrice × workingQuantity``.
    """
    terms = ([words.get(name, name) for name in term.split(" * ")] for term in expression.split(" + "))
    return " + ".join(" × ".join(filter(None, factors)) for factors in terms)


@dataclass(frozen=True)
class Span:
    """Where valid numbers lie.

    Attributes:
        lowest: The least of them; None for no bound.
        highest: The greatest; None for no bound.
        step: They are its multiples; 0 for any.
    """

    lowest: Decimal | None = None
    highest: Decimal | None = None
    step: Decimal = Decimal(0)

    def __and__(self, other: Span) -> Span:
        """Return what lies in both."""
        lowest = [each for each in (self.lowest, other.lowest) if each is not None]
        highest = [each for each in (self.highest, other.highest) if each is not None]
        return Span(max(lowest, default=None), min(highest, default=None), _common(self.step, other.step))

    def holds(self, value: Decimal) -> bool:
        """Return whether a number lies in it."""
        is_within = (self.lowest is None or value >= self.lowest) and (self.highest is None or value <= self.highest)
        return is_within and not (self.step and EXACT.remainder(value, self.step))

    def near(self, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
        """Return the nearest numbers of it below and above a number, as far as there are any."""
        with localcontext(EXACT):
            below = self._fitted(value if self.highest is None else min(value, self.highest), ROUND_FLOOR)
            above = self._fitted(value if self.lowest is None else max(value, self.lowest), ROUND_CEILING)
        is_low = below <= 0 or (self.lowest is not None and below < self.lowest)
        is_high = self.highest is not None and above > self.highest
        return None if is_low else below, None if is_high else above

    def _fitted(self, value: Decimal, rounding: str) -> Decimal:
        step = self.step or _FINEST
        return (value / step).to_integral_value(rounding) * step


def _common(one: Decimal, other: Decimal) -> Decimal:
    """Return the step of the numbers that lie on both rasters."""
    if not one or not other:
        return one or other
    with localcontext(EXACT):
        digits = max(0, *(-int(step.normalize().as_tuple().exponent) for step in (one, other)))
        wholes = (int(step.scaleb(digits)) for step in (one, other))
        return Decimal(math.lcm(*wholes)).scaleb(-digits)


@dataclass(frozen=True)
class Held:
    """One rule, and the numbers of one order.

    Attributes:
        name: The filter, or another name in capitals.
        rule: The comparison.
        facts: The filter's fields and the order's numbers, by the names in the rule.
        words: What the names in the rule are called.
        params: The parameters of the call behind names in the rule; the last is the one to change if it is broken.
        check: Both sides of the comparison; None where something is not known.
        limits: What would keep a rule whose sides no parameter enters plainly.
        at_most: What a bound that is not certain may come to; only what exceeds that is a failure.
        note: What else is to be said.
    """

    name: str
    rule: Rule
    facts: Mapping[str, Any]  # Any: JSON of exchange_info, and an order's numbers
    words: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    check: Check | None = None
    limits: Mapping[str, Span] = field(default_factory=dict)
    at_most: Decimal | None = None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the rule is kept, as far as is known."""
        if self.check is None:
            return "unknown"
        if self.check.passed:
            return "pass"
        return "unknown" if self.at_most is not None and self.check.sent <= self.at_most else "fail"

    @property
    def mended_by(self) -> str:
        """The parameter whose change would keep it; empty where there is none."""
        return next(reversed([*self.limits, *self.params.values()]), "")

    def span(self, parameter: str) -> Span:
        """Return the values of a parameter that keep the rule while the others stay as they are."""
        if parameter in self.limits:
            return self.limits[parameter]
        names = [name for name, sent in self.params.items() if sent == parameter]
        if self.check is None or not names:
            return Span()
        if self.rule.relation is Relation.MULTIPLE_OF:
            return Span(step=self.check.bound)
        return self._solved(names[0])

    def _solved(self, name: str) -> Span:
        """Both sides are straight lines over one number: two points tell where they meet."""
        first, second = (self.rule.check({**self.facts, name: Decimal(at)}) for at in (1, 2))
        if first is None or second is None:
            return Span()
        with localcontext(EXACT):
            lead = first.sent - first.bound
            slope = second.sent - second.bound - lead
            if not slope:
                return Span()
            meets = 1 - lead / slope
        is_upper = (self.rule.relation is Relation.AT_MOST) is (slope > 0)
        return Span(highest=meets) if is_upper else Span(lowest=meets)


def hold(
    name: str,
    rules: Iterable[Rule],
    facts: Mapping[str, Any],  # Any: JSON of exchange_info, and an order's numbers
    words: Mapping[str, str],
    params: Mapping[str, str],
    *,
    limits: Mapping[str, Span] | None = None,
    at_most: Decimal | None = None,
    note: str = "",
) -> list[Held]:
    """Hold rules against an order; see `Held`.

    Args:
        name: The filter.
        rules: Its rules.
        facts: The numbers; what is left out is not known.
        words: What they are called.
        params: The parameters behind them.
        limits: What would keep rules that no parameter enters plainly.
        at_most: What the bound may come to.
        note: What else is to be said.

    Returns:
        Those rules that concern the order.
    """
    found = []
    for rule in rules:
        try:
            check = rule.check(facts)
        except (KeyError, ArithmeticError):  # not known, or a field of a new shape
            found.append(Held(name, rule, facts, words, note=note))
            continue
        if check is not None:
            found.append(Held(name, rule, facts, words, params, check, limits or {}, at_most, note))
    return found
