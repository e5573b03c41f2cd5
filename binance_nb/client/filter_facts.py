"""Why an order broke a filter: the bound, what was sent, and the nearest values that would pass.

Only from what is known already: the order, and the symbol's rules if exchange_info passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Any

from binance_nb.catalog.filters import FILTERS, Check, Filter, Relation

__all__ = ["Finding", "look_into", "worth"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags
_EXACT = Context(prec=200)
_BREAKS = {
    Relation.AT_LEAST: "is below",
    Relation.AT_MOST: "is above",
    Relation.MULTIPLE_OF: "lies between two steps of",
}


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
    known, config = FILTERS.get(name), find(name)
    if known is None or config is None:
        return Finding()
    facts = {"rule": _in_words(config)}
    try:
        with localcontext(_EXACT):
            return _find(known, config, sent, find, facts)
    except (KeyError, ArithmeticError):
        # A rule of a new shape must not hide the refusal it explains.
        return Finding(facts)


def _find(
    known: Filter,
    config: _Config,
    sent: Mapping[str, str],
    find: Callable[[str], _Config | None],
    facts: dict[str, str],
) -> Finding:
    for parameter, check in _failures(known, config, sent):
        facts["broken"] = _broken(parameter, check)
        near = _nearest(known, parameter, check, sent, _raster(known, config, find))
        if near:
            # The parameter need not be said twice.
            first, *others = near.values()
            facts["nearest"] = " or ".join([first, *(text.partition(" ")[2] for text in others)])
        return Finding(facts, _better(parameter, near, sent))
    return Finding(facts)


def worth(sent: Mapping[str, str]) -> str:
    """Return what an order comes to in the quote asset.

    Args:
        sent: The order's wire texts, price and quantity among them.

    Returns:
        Price times quantity, exactly.
    """
    return _plain(_EXACT.multiply(Decimal(sent["price"]), Decimal(sent["quantity"])))


@dataclass(frozen=True)
class _Raster:
    """Where valid numbers lie; 0 means no bound and no step."""

    lowest: Decimal
    highest: Decimal
    step: Decimal

    def near(self, value: Decimal) -> dict[str, Decimal]:
        """The nearest valid numbers: ``below`` and ``above``, as far as there are any."""
        low = self.fitted(max(value, self.lowest), ROUND_CEILING)
        high = self.fitted(min(value, self.highest) if self.highest else value, ROUND_FLOOR)
        found = {}
        if high > 0 and high >= self.lowest:
            found["below"] = high
        if not self.highest or low <= self.highest:
            found["above"] = low
        return found

    def fitted(self, value: Decimal, rounding: str) -> Decimal:
        """The number on the raster next to a value."""
        if not self.step:
            return value
        return (value / self.step).to_integral_value(rounding) * self.step


def _in_words(config: _Config) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in config.items() if name != "filterType")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return f"{number.normalize(_EXACT):f}"


def _failures(known: Filter, config: _Config, sent: Mapping[str, str]) -> Iterator[tuple[str, Check]]:
    """Yield what is broken: the parameter (empty where it is a product) and the check that failed."""
    for parameter, inputs in _candidates(known, sent):
        try:
            checks = known.checks(config, inputs)
        except (KeyError, ArithmeticError):
            continue  # it needs something that only the exchange knows, such as the average price
        yield from ((parameter, check) for check in checks if not check.passed)


def _candidates(known: Filter, sent: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    if "value" not in known.inputs:
        yield "", {"icebergQty": "0", **sent}
        return
    # An order list has several prices, such as abovePrice and belowStopPrice, and an amendment has newQty.
    endings = tuple(name.split()[0].lower() for name in known.applies_to)
    for name, text in sent.items():
        if name.lower().endswith(endings) or (name == "newQty" and "quantity" in endings):
            yield name, {"value": text}


def _broken(parameter: str, check: Check) -> str:
    rule = check.rule
    what = parameter or rule.sent.replace("*", "×")
    is_plain = parameter or "*" not in rule.sent
    return f"{what} {'' if is_plain else '= '}{_plain(check.sent)} {_BREAKS[rule.relation]} {_bound(check)}"


def _bound(check: Check) -> str:
    name = check.rule.bound.replace("*", "×")
    return f"{name}{' =' if '×' in name else ''} {_plain(check.bound)}"


def _raster(known: Filter, config: _Config, find: Callable[[str], _Config | None]) -> _Raster:
    """Return the filter's own raster; a market order's and a product's steps are those of LOT_SIZE."""
    own = [Decimal(str(config[name])) for name in known.fields] if "value" in known.inputs else [Decimal(0)] * 3
    lot = find("LOT_SIZE") or {}
    step = own[2] or (Decimal(0) if known.name == "PRICE_FILTER" else Decimal(str(lot.get("stepSize", 0))))
    return _Raster(own[0], own[1], step)


def _nearest(known: Filter, parameter: str, check: Check, sent: Mapping[str, str], raster: _Raster) -> dict[str, str]:
    """Return the nearest valid values in words: ``below`` and ``above``, as far as there are any."""
    if parameter:
        return {side: f"{parameter} {_plain(value)}" for side, value in raster.near(check.sent).items()}
    is_too_small = check.rule.relation is Relation.AT_LEAST
    side, more = ("above", "or more") if is_too_small else ("below", "or less")
    rounding = ROUND_CEILING if is_too_small else ROUND_FLOOR
    if known.name == "ICEBERG_PARTS":
        least = raster.fitted(Decimal(sent["quantity"]) * Decimal(sent["icebergQty"]) / check.bound, ROUND_CEILING)
        return {"above": f"icebergQty {_plain(least)} or more"}
    if check.rule.sent == "price * quantity":
        fitting = raster.fitted(check.bound / Decimal(sent["price"]), rounding)
        return {side: f"quantity {_plain(fitting)} {more} at this price"}
    if check.rule.sent == "trailingDelta":
        return {side: f"trailingDelta {_plain(check.bound)} {more}"}
    return {}


def _better(parameter: str, near: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """Choose the one that costs less than was meant: a smaller quantity, a lower price to buy, a higher to sell."""
    is_dearer = parameter.lower().endswith("price") and sent.get("side") == "SELL"
    order = ("above", "below") if is_dearer else ("below", "above")
    chosen = next((near[side] for side in order if side in near), None)
    if chosen is None:
        return {}
    name, value, *_ = chosen.split()
    return {name: value}
