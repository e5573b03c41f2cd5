"""Why an order broke a filter: the bound, what was sent, and the nearest values that would pass.

Only from what is known already: the order, and the symbol's rules if exchange_info passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from itertools import product
from typing import Any

from binance_nb.catalog.filters import FILTERS, Check, Filter, Relation

__all__ = ["Finding", "look_into", "worth"]

_Config = Mapping[str, Any]  # Any: a filter's fields are texts, counts and flags
_EXACT = Context(prec=200)
# Behind a price comes a quantity, which a market order's filter may bound once more.
_DEEPEST = 2
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
    broken = _first_failures(known, config, sent)
    if not broken:
        return Finding(facts)
    facts["broken"] = "; ".join(_broken(parameter, check) for parameter, check in broken.items())
    nears = _nears(known, config, sent, broken, find)
    if words := [_in_a_row(near) for near in nears.values() if near]:
        facts["nearest"] = ", ".join(words)
    mends = _mends(nears, sent)
    better = _passing(mends, sent, find)
    if better is None and mends and (elsewhere := _broken_elsewhere({**sent, **mends[0]}, find)):
        facts["then broken"] = elsewhere.words
    if better is not None and better not in mends:
        facts["passes"] = ", ".join(f"{name} {value}" for name, value in better.items())
    return Finding(facts, better or {})


def _in_a_row(near: Mapping[str, str]) -> str:
    # The parameter need not be said twice.
    first, *others = near.values()
    return " or ".join([first, *(text.partition(" ")[2] for text in others)])


@dataclass(frozen=True)
class _Broken:
    """A filter that an order breaks: of each parameter, the check that failed first."""

    known: Filter
    config: _Config
    checks: dict[str, Check]

    @property
    def words(self) -> str:
        return f"{self.known.name}: " + "; ".join(_broken(*each) for each in self.checks.items())


def _broken_elsewhere(sent: Mapping[str, str], find: Callable[[str], _Config | None]) -> _Broken | None:
    """Return the first of all known filters that an order would break, as far as can be judged here."""
    for known in FILTERS.values():
        config = find(known.name)
        if config is None or (known.name == "MARKET_LOT_SIZE" and sent.get("type") != "MARKET"):
            continue
        if checks := _first_failures(known, config, sent):
            return _Broken(known, config, checks)
    return None


def _passing(
    mends: Sequence[dict[str, str]],
    sent: Mapping[str, str],
    find: Callable[[str], _Config | None],
    depth: int = _DEEPEST,
) -> dict[str, str] | None:
    """Return the first change with which an order breaks no filter that can be judged here, mending others on the way.

    Who computes a price computes a quantity too, and both lie beside their rasters. Nothing more is mended on the way:
    a larger order than was meant is for the person to decide, once NOTIONAL alone is broken.
    """
    for mend in mends:
        mended = {**sent, **mend}
        broken = _broken_elsewhere(mended, find)
        if broken is None:
            return mend
        if depth and "value" in broken.known.inputs:
            more = _mends(_nears(broken.known, broken.config, mended, broken.checks, find), mended)
            found = _passing([{**mend, **each} for each in more], sent, find, depth - 1)
            if found is not None:
                return found
    return None


def _nears(
    known: Filter,
    config: _Config,
    sent: Mapping[str, str],
    broken: Mapping[str, Check],
    find: Callable[[str], _Config | None],
) -> dict[str, dict[str, str]]:
    """Return the nearest valid values in words, of each parameter that breaks a filter."""
    raster = _raster(known, config, find)
    return {parameter: _nearest(known, parameter, check, sent, raster) for parameter, check in broken.items()}


def _mends(nears: Mapping[str, Mapping[str, str]], sent: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the changes that put all parameters of a filter right; none where one of them cannot be."""
    choices = [_choices(parameter, near, sent) for parameter, near in nears.items()]
    return [{name: value for each in chosen for name, value in each.items()} for chosen in product(*choices)]


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


def _first_failures(known: Filter, config: _Config, sent: Mapping[str, str]) -> dict[str, Check]:
    found: dict[str, Check] = {}
    for parameter, check in _failures(known, config, sent):
        found.setdefault(parameter, check)
    return found


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


def _choices(parameter: str, near: Mapping[str, str], sent: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the nearest values, first the one that costs less than was meant.

    That is a smaller quantity, a lower price to buy, a higher to sell.
    """
    is_dearer = parameter.lower().endswith("price") and sent.get("side") == "SELL"
    order = ("above", "below") if is_dearer else ("below", "above")
    pairs = (near[side].split()[:2] for side in order if side in near)
    return [{name: value} for name, value in pairs]
