"""Why an order broke a filter, or cost too much: what is known already of the bound, told by the rules' own judge.

Nobody is asked: the order is held against the symbol's rules as far as exchange_info has passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

from binance_nb.catalog.filters import FILTERS
from binance_nb.rules.facts import OrderFacts, SymbolTerms
from binance_nb.rules.held import Held, plain
from binance_nb.rules.lines import RuleLine
from binance_nb.rules.mend import smallest_change
from binance_nb.rules.order_cases import BALANCE
from binance_nb.rules.report import held_against, lines_of, orders_of

__all__ = ["Finding", "look_into", "needs"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags
_NAMELESS = SymbolTerms.of({"baseAsset": "base", "quoteAsset": "quote"})


@dataclass(frozen=True)
class Finding:
    """What could be found out.

    Attributes:
        facts: For the card, by name.
        better: Parameters that would pass, by the exchange's names.
    """

    facts: dict[str, str] = field(default_factory=dict)
    better: dict[str, str] = field(default_factory=dict)


def look_into(name: str, sent: Mapping[str, str], find: Callable[[str], _Config | None]) -> Finding:
    """Find out which bound of a filter an order broke.

    Args:
        name: The ``filterType`` in the refusal.
        sent: The order's wire texts.
        find: Gives the symbol's configuration of a filter, or None.

    Returns:
        The finding; empty where the rules are not known.
    """
    config = find(name) if name in FILTERS else None
    if config is None:
        return Finding()
    facts = {"rule": _in_words(config)}
    known = OrderFacts(filters=[{**found, "filterType": each} for each in FILTERS if (found := find(each))])
    try:
        return _find(name, sent, known, facts)
    except (KeyError, ArithmeticError):
        # A rule of a new shape must not hide the refusal it explains.
        return Finding(facts)


def needs(sent: Mapping[str, str], terms: SymbolTerms | None) -> str:
    """Return what an order has to pay with, as far as it tells by itself.

    Args:
        sent: The order's wire texts.
        terms: What is known of the symbol.

    Returns:
        Such as ``price × quantity = 0.369 USDT``; empty where that depends on the market.
    """
    facts = OrderFacts(terms=terms or _NAMELESS, account={"balances": ()})
    try:
        held = [each for each in held_against(orders_of(sent, facts), facts) if each.name == BALANCE]
    except ArithmeticError:
        return ""
    costs = [(each.check.sent, line) for each, line in zip(held, _lines(held, sent, facts), strict=True) if each.check]
    if not costs:
        return ""
    # Of a pair only the dearer leg is paid for.
    cost, line = max(costs, key=lambda each: each[0])
    asset = "" if terms is None else line.bound.partition(" balance of ")[2].partition(" ")[0]
    return f"{line.what} = {plain(cost)} {asset}".strip()


def _find(name: str, sent: Mapping[str, str], known: OrderFacts, facts: dict[str, str]) -> Finding:
    def judging(texts: Mapping[str, str]) -> list[Held]:
        return held_against(orders_of(texts, known), known)

    broken = _first_broken(_lines(judging(sent), sent, known), name)
    if not broken:
        return Finding(facts)
    facts["broken"] = "; ".join(line.complaint for line in broken)
    if words := [_nearest(line) for line in broken if line.nearest]:
        facts["nearest"] = ", ".join(words)
    mends = _mends(broken, sent)
    better = smallest_change(sent, judging) if mends else {}
    if better and _is_larger(better, sent, mends):
        # A larger order than was meant is for the person to decide, once that filter alone is broken.
        better = {}
    if not better and mends and (then := _then_broken({**sent, **mends[0]}, judging, known)):
        facts["then broken"] = then
    if better and better not in mends:
        facts["passes"] = ", ".join(f"{parameter} {value}" for parameter, value in better.items())
    return Finding(facts, better)


def _lines(held: Sequence[Held], sent: Mapping[str, str], known: OrderFacts) -> list[RuleLine]:
    return lines_of(held, orders_of(sent, known), known)[: len(held)]


def _first_broken(lines: Sequence[RuleLine], name: str) -> list[RuleLine]:
    """Return the first failure of each thing that breaks a filter."""
    found: dict[str, RuleLine] = {}
    for line in lines:
        if line.rule == name and line.verdict == "fail":
            found.setdefault(line.what, line)
    return list(found.values())


def _nearest(line: RuleLine) -> str:
    if "value" in FILTERS[line.rule].inputs:
        return line.nearest
    more = "or less" if line.above is None else "or more"
    return f"{line.nearest} {more}{' at this price' if '×' in line.what else ''}"


def _mends(broken: Sequence[RuleLine], sent: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the nearest values of all that is broken, first those that cost less; none where one has none."""
    choices = []
    for line in broken:
        is_dearer_below = line.of.lower().endswith("price") and sent.get("side") == "SELL"
        values = [value for value in (line.below, line.above) if value is not None]
        choices.append([{line.of: value} for value in (reversed(values) if is_dearer_below else values)])
    return [{name: value for each in chosen for name, value in each.items()} for chosen in product(*choices)]


def _is_larger(better: Mapping[str, str], sent: Mapping[str, str], mends: Sequence[Mapping[str, str]]) -> bool:
    nearest = {each for mend in mends for each in mend.items()}
    sizes = ((name, text) for name, text in better.items() if name.lower().endswith(("quantity", "qty")))
    return any(each not in nearest and Decimal(each[1]) > Decimal(sent[each[0]]) for each in sizes)


def _then_broken(sent: Mapping[str, str], judging: Callable[[Mapping[str, str]], list[Held]], known: OrderFacts) -> str:
    lines = _lines(judging(sent), sent, known)
    for name in FILTERS:
        if broken := _first_broken(lines, name):
            return f"{name}: {'; '.join(line.complaint for line in broken)}"
    return ""


def _in_words(config: _Config) -> str:
    return ", ".join(f"{name} {plain(value)}" for name, value in config.items() if name != "filterType")
