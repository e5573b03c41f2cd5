"""The smallest change to an order with which it keeps all rules together.

A price moves for the rules about prices alone, and a quantity makes up for what price and quantity come to together:
whoever is told to buy for 5 USDT at least would rather buy a little more than bid over the market. Only where no
quantity will do, prices make up for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import reduce

from binance_nb.rules.held import EXACT, Held, Span, plain

__all__ = ["smallest_change"]

_Judging = Callable[[Mapping[str, str]], Sequence[Held]]
_NO_NUMBER = Decimal(0)
# Orders with several prices that are all wrong would branch without end.
_MOST_TRIED = 200


def smallest_change(sent: Mapping[str, str], judging: _Judging) -> dict[str, str]:
    """Return the smallest change that keeps all rules.

    The two values of a raster around what was sent count as equally near, and of them the one is taken that costs less
    than was meant: a smaller quantity, a lower price to buy, a higher to sell. Beyond that, the sum of the relative
    changes decides.

    Args:
        sent: Wire texts.
        judging: Holds texts against the rules.

    Returns:
        New values by parameter; empty where no change would do.
    """
    held = judging(sent)
    if any(each.verdict == "fail" and not each.mended_by for each in held):
        return {}
    for ranks in (("price", "quantity", "part"), ("quantity", "price", "part")):
        search = _Search(dict(sent), judging, ranks, held)
        found = min(search.passing({}, held), key=search.cost, default=None)
        if found:
            return {name: plain(value) for name, value in found.items()}
    return {}


def _kind(parameter: str) -> str:
    name = parameter.lower()
    if name.endswith("price"):
        return "price"
    # An iceberg's part and a trailing distance follow from the rest.
    return "quantity" if name.endswith(("quantity", "newqty", "quoteorderqty")) else "part"


@dataclass
class _Search:
    """Goes through the parameters that rules are about, the most important first.

    Args:
        sent: The order as it was meant.
        judging: Holds texts against the rules.
        ranks: Which kinds of parameters are settled first; a rule on several is kept by the one settled last.
        held: The rules, held against it.
    """

    sent: dict[str, str]
    judging: _Judging
    ranks: tuple[str, ...]
    held: Sequence[Held]
    tried: int = 0

    def __post_init__(self) -> None:
        self.steps: dict[str, Decimal] = {}
        names = {name: None for held in self.held for name in _named(held)}
        self.parameters = sorted(names, key=lambda name: self.ranks.index(_kind(name)))

    def passing(
        self, mend: Mapping[str, Decimal], held: Sequence[Held], settled: int = 0
    ) -> Iterator[Mapping[str, Decimal]]:
        """Yield changes that keep all rules.

        Args:
            mend: What has been changed on the way.
            held: The rules, held against the order with these changes.
            settled: How many parameters need not be looked at again.
        """
        for place, parameter in enumerate(self.parameters[settled:], settled + 1):
            span, value = self._span(parameter, held), Decimal(self.sent[parameter])
            if span.holds(value):
                continue
            self.steps[parameter] = span.step
            for near in filter(None, span.near(value)):
                if self.tried < _MOST_TRIED:
                    self.tried += 1
                    changed = {**mend, parameter: near}
                    yield from self.passing(changed, self.judging(self._mended(changed)), place)
            return
        if mend and all(each.verdict != "fail" for each in held):
            yield mend

    def cost(self, mend: Mapping[str, Decimal]) -> tuple[Decimal, int, Decimal, tuple[tuple[str, Decimal], ...]]:
        """Return how large a change is; the last entry only keeps equals in one order."""
        far, change, dearer = _NO_NUMBER, _NO_NUMBER, 0
        with localcontext(EXACT):
            for name, value in mend.items():
                meant = Decimal(self.sent[name])
                moved = abs(value - meant)
                far += max(_NO_NUMBER, moved - self.steps.get(name, _NO_NUMBER)) / (meant or value)
                change += moved / (meant or value)
                dearer += self._is_dearer(name, value - meant)
        return far, dearer, change, tuple(mend.items())

    def _is_dearer(self, parameter: str, difference: Decimal) -> bool:
        sells_higher = _kind(parameter) == "price" and self._side(parameter) == "SELL"
        return difference < 0 if sells_higher else difference > 0

    def _side(self, parameter: str) -> str | None:
        leads = ("working", "pending")
        lead = next((lead for lead in leads if parameter.startswith(lead)), "")
        return self.sent.get(f"{lead}Side" if lead else "side")

    def _mended(self, mend: Mapping[str, Decimal]) -> dict[str, str]:
        return {**self.sent, **{name: plain(value) for name, value in mend.items()}}

    def _span(self, parameter: str, held: Sequence[Held]) -> Span:
        """Return the values that keep every rule that this parameter has to keep."""
        spans = (each.span(parameter) for each in held if self._keeper(each) == parameter)
        return reduce(lambda one, other: one & other, spans, Span())

    def _keeper(self, held: Held) -> str:
        """The parameter that is settled last of those that a rule is about."""
        return max(_named(held), key=self.parameters.index, default="") if held.verdict != "unknown" else ""


def _named(held: Held) -> list[str]:
    return [*held.limits, *held.params.values()]
