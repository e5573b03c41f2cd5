"""One filter of an order's numbers: comparisons of something sent with a bound from the filter's configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from typing import Any

from binance_nb.catalog.parameters import Kind

__all__ = ["Check", "Facts", "Filter", "Relation", "Rule"]

# Any: a configuration is JSON of exchange_info, and what an order sends stands beside it.
Facts = Mapping[str, Any]

# The wire takes 30 digits on each side of the point; products and remainders of such numbers have to stay exact.
_EXACT = Context(prec=200)


class Relation(StrEnum):
    """How what was sent has to stand to its bound."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    MULTIPLE_OF = "a multiple of"


def _always(_: Facts) -> bool:
    return True


def _number(facts: Facts, name: str) -> Decimal:
    return Decimal(name) if name.isdecimal() else Decimal(str(facts[name]))


def _amount(terms: str, facts: Facts) -> Decimal:
    total = Decimal(0)
    for term in terms.split(" + "):
        product = Decimal(1)
        for factor in term.split(" * "):
            product *= _number(facts, factor)
        total += product
    return total


@dataclass(frozen=True)
class Rule:
    """One comparison.

    Attributes:
        sent: What is compared: names of inputs, put together with ``+`` and ``*``.
        bound: What it is compared with, in the same notation over fields and inputs.
        relation: How the first has to stand to the second.
        when: Whether the rule concerns an order at all.
        is_off_at_zero: Whether a bound of zero switches the rule off.
    """

    sent: str
    bound: str
    relation: Relation
    when: Callable[[Facts], bool] = _always
    is_off_at_zero: bool = False

    @property
    def about(self) -> str:
        """The rule in words: ``price × quantity at least minNotional``."""
        return f"{self.sent} {self.relation} {self.bound}".replace("*", "×")

    def check(self, facts: Facts) -> Check | None:
        """Compare the two.

        Args:
            facts: The filter's fields and the order's numbers by name.

        Returns:
            Both numbers and the verdict, or None where the rule does not concern the order.

        Raises:
            KeyError: A field or number that the rule needs is missing.
        """
        if not self.when(facts):
            return None
        with localcontext(_EXACT):
            bound = _amount(self.bound, facts)
            if self.is_off_at_zero and not bound:
                return None
            return Check(self, _amount(self.sent, facts), bound)


@dataclass(frozen=True)
class Check:
    """A rule held against an order.

    Attributes:
        rule: The rule.
        sent: What was sent.
        bound: What it was compared with.
    """

    rule: Rule
    sent: Decimal
    bound: Decimal

    @property
    def passed(self) -> bool:
        """Whether the order keeps the rule."""
        match self.rule.relation:
            case Relation.AT_LEAST:
                return self.sent >= self.bound
            case Relation.AT_MOST:
                return self.sent <= self.bound
            case Relation.MULTIPLE_OF:
                return not _EXACT.remainder(self.sent, self.bound)


@dataclass(frozen=True)
class Filter:
    """One filter.

    Attributes:
        name: The exchange's ``filterType``.
        about: What it is for, in one sentence.
        fields: Its configuration: names and types, in the documentation's order.
        inputs: What a check needs of the order and the account, and what each name means. A filter with the input
            ``value`` is tried once for each of `applies_to` that was sent.
        rules: The comparisons.
        cause: What an error card says happened.
        remedy: What it says to do.
        scope: ``symbol``, ``exchange`` or ``asset``.
        applies_to: The parameters it watches, or whose orders it counts.
        code: The error code for an order that breaks it.
        seen_in: The endpoints that show its configuration.
        is_message_documented: False where the documentation leaves the failure's message out.
    """

    name: str
    about: str
    fields: Mapping[str, Kind]
    inputs: Mapping[str, str]
    rules: tuple[Rule, ...]
    cause: str
    remedy: str
    scope: str = "symbol"
    applies_to: tuple[str, ...] = ("account, symbol",)
    code: int = -1013
    seen_in: tuple[str, ...] = ("exchange_info", "my_filters")
    is_message_documented: bool = True

    @property
    def message(self) -> str:
        """The server's literal message."""
        return f"Filter failure: {self.name}"

    def checks(self, config: Facts, inputs: Facts) -> tuple[Check, ...]:
        """Hold every rule that concerns an order against it.

        Args:
            config: The filter as exchange_info gives it.
            inputs: Numbers (Decimal, int or text) and words under the names of `inputs`. What only a rule that does
                not concern the order would need may be left out.

        Returns:
            What was sent, the bound and the verdict, rule by rule.

        Raises:
            KeyError: A field or number that a rule needs is missing.
        """
        facts = {**config, **inputs}
        found = (rule.check(facts) for rule in self.rules)
        return tuple(check for check in found if check is not None)

    def broken(self, config: Facts, inputs: Facts) -> Rule | None:
        """Return the first rule that an order breaks, or None; see `checks`."""
        return next((check.rule for check in self.checks(config, inputs) if not check.passed), None)
