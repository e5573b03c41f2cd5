"""An order held against every rule of its symbol, its account and the exchange, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from binance_nb.catalog import Endpoint
from binance_nb.catalog.filters import FILTERS, Relation
from binance_nb.grammar import as_magic
from binance_nb.rules.facts import OrderFacts
from binance_nb.rules.filter_cases import filter_cases
from binance_nb.rules.held import Held, Span, plain, said
from binance_nb.rules.legs import Leg, legs_of
from binance_nb.rules.lines import RuleLine
from binance_nb.rules.mend import smallest_change
from binance_nb.rules.order_cases import order_cases
from binance_nb.rules.permissions import permission_lines

__all__ = ["RuleReport", "held_against", "judge", "lines_of", "orders_of"]


@dataclass(frozen=True, repr=False)
class RuleReport:
    """How an order stands to every rule.

    Attributes:
        operation: The call.
        symbol: Its symbol.
        lines: Each rule.
        mend: The smallest change that keeps all rules together: new values by parameter; empty where none is needed
            or none would do.
        suggestion: The call with that change, as a line to paste.
    """

    operation: str
    symbol: str
    lines: tuple[RuleLine, ...]
    mend: Mapping[str, str] = field(default_factory=dict)
    suggestion: str | None = None

    def __repr__(self) -> str:
        call = f"{self.operation} {self.symbol}".strip()
        if self.passed:
            unknown = f", {len(self.unknown)} not known" if self.unknown else ""
            return f"{call} keeps {len(self.lines) - len(self.unknown)} rules{unknown}"
        lines = [f"{call} breaks:", *(f"  {line.rule}: {line.complaint}" for line in self.broken)]
        return "\n".join([*lines, *([f"  try: {self.suggestion}"] if self.suggestion else [])])

    @property
    def broken(self) -> tuple[RuleLine, ...]:
        """The rules that the order breaks."""
        return tuple(line for line in self.lines if line.verdict == "fail")

    @property
    def unknown(self) -> tuple[RuleLine, ...]:
        """The rules of which is not known whether it keeps them."""
        return tuple(line for line in self.lines if line.verdict == "unknown")

    @property
    def passed(self) -> bool:
        """Whether nothing is known that the exchange would refuse it for."""
        return not self.broken


def judge(endpoint: Endpoint, sent: Mapping[str, str], facts: OrderFacts) -> RuleReport:
    """Hold a call against the rules; nobody is asked, and nothing is rounded.

    Args:
        endpoint: The endpoint to be called.
        sent: Wire texts.
        facts: What is known.

    Returns:
        The report; without lines for a call that neither places nor amends an order.
    """
    legs = orders_of(sent, facts)
    allowed = permission_lines(endpoint, legs, facts)
    held = held_against(legs, facts)
    # The legs of a pair share their quantity: what holds for both is said once.
    lines = tuple(dict.fromkeys([*allowed, *lines_of(held, legs, facts)]))
    mend: Mapping[str, str] = {}
    # No number helps where the kind of order is not allowed.
    if any(each.verdict == "fail" for each in held) and all(line.verdict != "fail" for line in allowed):
        mend = smallest_change(sent, lambda texts: held_against(orders_of(texts, facts), facts))
    suggestion = as_magic(endpoint.name, {**sent, **mend}) if mend else None
    return RuleReport(endpoint.name, sent.get("symbol", ""), lines, mend, suggestion)


def orders_of(sent: Mapping[str, str], facts: OrderFacts) -> tuple[Leg, ...]:
    """Return the orders of a call; one that is to be amended with what is known of it.

    Args:
        sent: Wire texts.
        facts: What is known.

    Returns:
        The orders.
    """
    order = facts.order_named(sent, id_name="orderId", client_id_name="origClientOrderId")
    legs = (leg if leg.is_new or order is None else leg.amended(order) for leg in legs_of(sent))
    return tuple(leg.with_peg(facts.book) for leg in legs)


def held_against(legs: Sequence[Leg], facts: OrderFacts) -> list[Held]:
    """Hold the numbers of orders against filters and balances; see `judge`.

    Args:
        legs: The orders.
        facts: What is known.

    Returns:
        Every rule that concerns them.
    """
    if not legs:
        return []
    by_filter = (filter_cases(config, legs, facts) for config in facts.filters)
    return [*(held for cases in by_filter for held in cases), *order_cases(legs, facts)]


def lines_of(held: Sequence[Held], legs: Sequence[Leg], facts: OrderFacts) -> list[RuleLine]:
    """Put rules in words.

    Args:
        held: The rules, held against the order.
        legs: The orders.
        facts: What is known.

    Returns:
        A line each, and one for each filter that is not known here.
    """
    sent = legs[0].sent if legs else {}
    lines = [_line(each, held, facts, sent) for each in held]
    if not legs:
        return lines
    if not facts.filters:
        why = facts.missing.get("exchange_info", "the symbol's rules have not been seen")
        lines.append(RuleLine("FILTERS", "filters", "", "", "unknown", note=why))
    elif not facts.are_asset_filters_known and any(leg.is_new for leg in legs):
        why = facts.missing.get("my_filters", "only my_filters tells them")
        lines.append(RuleLine("MAX_ASSET", "filters of assets", "", "", "unknown", note=why))
    strange = (str(config["filterType"]) for config in facts.filters if config["filterType"] not in FILTERS)
    note = "this filter is not known here"
    return lines + [RuleLine(name, "the order", "", "", "unknown", note=note) for name in strange]


# Why a number is not known: by its name in a rule, the reads that would have told.
_TOLD_BY = {
    "ref": ("reference_price", "avg_price", "ticker_price"),
    "free": ("account",),
    "openOrders": ("open_orders",),
    "openAlgoOrders": ("open_orders",),
    "openIcebergOrders": ("open_orders",),
    "openBuyQty": ("open_orders",),
    "openOrderLists": ("open_order_list",),
    "amendsSoFar": ("order_amendments",),
    "cost": ("depth",),
    "price": ("depth", "ticker_price"),
}


def _line(held: Held, others: Sequence[Held], facts: OrderFacts, sent: Mapping[str, str]) -> RuleLine:
    rule, check = held.rule, held.check
    what, bound = said(rule.sent, held.words), said(rule.bound, held.words)
    if check is None:
        return RuleLine(held.name, what, _known(held), f"{rule.relation} {bound}", "unknown", note=_why(held, facts))
    equals = " = " if "×" in bound or "+" in bound else " "
    below = above = None
    parameter = held.mended_by if held.verdict == "fail" else ""
    if parameter:
        below, above = _nearest(held, parameter, others).near(Decimal(sent[parameter]))
    return RuleLine(
        held.name,
        what,
        _sent(held),
        f"{rule.relation} {bound}{equals}{plain(check.bound)}",
        held.verdict,
        None if below is None else plain(below),
        None if above is None else plain(above),
        held.note,
        parameter,
    )


def _sent(held: Held) -> str:
    assert held.check is not None
    # A number that stands for itself keeps the digits that were written.
    is_plain = held.rule.sent in held.params
    return f"{held.check.sent:f}" if is_plain else plain(held.check.sent)


def _known(held: Held) -> str:
    """Return what was sent although it cannot be compared."""
    facts: Mapping[str, Any] = held.facts
    return str(facts[held.rule.sent]) if held.rule.sent in facts else ""


def _why(held: Held, facts: OrderFacts) -> str:
    if held.note:
        return held.note
    lacking = [name for name in _TOLD_BY if name not in held.facts and name in f"{held.rule.sent} {held.rule.bound}"]
    reads = (read for name in lacking for read in _TOLD_BY[name])
    return next((facts.missing[read] for read in reads if read in facts.missing), "not known")


def _nearest(held: Held, parameter: str, others: Sequence[Held]) -> Span:
    """Return the values that keep this filter, on the raster that the parameter has anyway."""
    span = Span()
    for other in others:
        is_raster = other.rule.relation is Relation.MULTIPLE_OF
        if other.mended_by == parameter and (other.name == held.name or is_raster):
            span &= other.span(parameter)
    return span
