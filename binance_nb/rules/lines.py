"""What a report says of one rule."""

from __future__ import annotations

from dataclasses import dataclass

from binance_nb.rules.held import Verdict

__all__ = ["RuleLine"]

_BREAKS = {
    "at least": "is below",
    "at most": "is above",
    "a multiple of": "lies between two steps of",
}


@dataclass(frozen=True)
class RuleLine:
    """One rule, and how an order stands to it. Texts are plain decimals with their digits.

    Attributes:
        rule: The filter, or another name of the rule.
        what: What is compared, in the call's own words.
        sent: What was sent.
        bound: What it is compared with.
        verdict: Whether the rule is kept; ``unknown`` where something could not be asked.
        below: The nearest value of `of` below that keeps the rule; None where there is none, or it is kept.
        above: The nearest above.
        note: What else is to be said.
        of: The parameter that `below` and `above` are values of.
    """

    rule: str
    what: str
    sent: str
    bound: str
    verdict: Verdict
    below: str | None = None
    above: str | None = None
    note: str = ""
    of: str = ""

    @staticmethod
    def verdict_of(is_kept: bool | None) -> Verdict:
        """Return the word for a yes, a no, or neither."""
        return "unknown" if is_kept is None else "pass" if is_kept else "fail"

    @property
    def complaint(self) -> str:
        """What is wrong, as ``price 60.001 lies between two steps of tickSize 0.01``."""
        relation = next((words for words in _BREAKS if self.bound.startswith(f"{words} ")), "")
        equals = "= " if "×" in self.what or "+" in self.what else ""
        breaks = _BREAKS[relation] if relation else "is not"
        return f"{self.what} {equals}{self.sent} {breaks} {self.bound.removeprefix(relation).strip()}"

    @property
    def nearest(self) -> str:
        """The nearest values that would do, such as ``price 60 or 60.01``; empty where there are none."""
        values = [value for value in (self.below, self.above) if value is not None]
        return f"{self.of} {' or '.join(values)}" if values else ""
