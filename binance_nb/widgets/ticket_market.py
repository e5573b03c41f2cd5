"""What an order form asks of the exchange, and an order that was held against it. Nothing here draws or places."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from binance_nb.errors import ApiError
from binance_nb.rules.facts import SymbolTerms
from binance_nb.trading.everyday.everyday import Errand
from binance_nb.trading.everyday.words import Built
from binance_nb.widgets.ticket_estimate import Estimate, Known, estimate, fee_rate
from binance_nb.widgets.ticket_order import OrderForm

if TYPE_CHECKING:
    from binance_nb.rules import RuleReport
    from binance_nb.session import Session

__all__ = ["Checked", "SymbolFacts", "TicketMarket"]

_LEVELS = 100
# Typing asks for a check after each pause; balances that this form did not change need not be as fresh as that.
_BALANCES_SECONDS = 10.0
_STEPS = {"price": ("PRICE_FILTER", "tickSize"), "quantity": ("LOT_SIZE", "stepSize")}


@dataclass(frozen=True)
class SymbolFacts:
    """What a form has to know of a symbol.

    Attributes:
        symbol: Its name.
        base: What is bought and sold.
        quote: What it is paid with.
        status: Such as ``TRADING``.
        order_types: The types that it takes.
        flags: Its switches.
        tick: The step of a price.
        step: The step of a quantity.
    """

    symbol: str
    base: str = ""
    quote: str = ""
    status: str = ""
    order_types: tuple[str, ...] = ()
    flags: Mapping[str, bool] | None = None
    tick: str = ""
    step: str = ""

    @classmethod
    def of(cls, symbol: str, terms: SymbolTerms, steps: Mapping[str, str]) -> SymbolFacts:
        """Return what the rules of a symbol say.

        Args:
            symbol: Its name.
            terms: What exchange_info says besides its filters.
            steps: ``price`` and ``quantity``.

        Returns:
            The facts.
        """
        return cls(
            symbol,
            terms.base_asset,
            terms.quote_asset,
            terms.status,
            terms.order_types,
            dict(terms.flags),
            steps.get("price", ""),
            steps.get("quantity", ""),
        )


@dataclass(frozen=True)
class Checked:
    """An order as it would be sent, and how it stands.

    Attributes:
        form: What was typed.
        errand: What to carry out; it is this very order, however the market moves until then.
        built: The call that it is.
        report: How it stands to every rule.
        estimate: What it would come to; None where that cannot be told.
        known: What that was worked out from.
    """

    form: OrderForm
    errand: Errand
    built: Built
    report: RuleReport
    estimate: Estimate | None
    known: Known


class TicketMarket:
    """Asks what a form needs, and keeps what does not change while somebody types. For one thread at a time.

    Args:
        session: Where.
        seconds: A clock that never goes back.
    """

    def __init__(self, session: Session, seconds: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._seconds = seconds
        self._rates: dict[str, Mapping[str, Any]] = {}  # Any: JSON
        self._free: tuple[float, dict[str, Decimal]] | None = None

    def facts(self, symbol: str) -> SymbolFacts:
        """Return what a form has to know of a symbol; asked once.

        Args:
            symbol: Its name.

        Returns:
            The facts.

        Raises:
            BinanceError: There is no such symbol, or the exchange did not answer.
        """
        rules = self._session.client.symbols.rules
        if rules.terms(symbol) is None:
            self._session.call("exchange_info", symbol=symbol, raw=True)
        found = {what: rules.find(symbol, name) for what, (name, _) in _STEPS.items()}
        steps = {what: _plain(str(rule[_STEPS[what][1]])) for what, rule in found.items() if rule is not None}
        terms = rules.terms(symbol)
        return SymbolFacts(symbol) if terms is None else SymbolFacts.of(symbol, terms, steps)

    def known(self, facts: SymbolFacts, side: str) -> Known:
        """Return what the market and the account say now.

        Args:
            facts: Of the symbol.
            side: BUY or SELL, which may cost different fees.

        Returns:
            What is known; without a key nothing of the account.

        Raises:
            BinanceError: The exchange did not answer.
        """
        book = self._session.call("depth", symbol=facts.symbol, limit=_LEVELS, raw=True)
        known = Known(facts.base, facts.quote, _levels(book["bids"]), _levels(book["asks"]))
        if self._session.client.credentials is None:
            return known
        return replace(known, free=self._balances(), fee=self._fee(facts.symbol, side))

    def check(self, form: OrderForm) -> Checked:
        """Hold an order against every rule, and work out what it comes to; nothing is placed.

        Args:
            form: The order.

        Returns:
            The order as it would be sent.

        Raises:
            BinanceError: The words do not fit together, or the exchange did not answer.
        """
        words: dict[str, Any] = dict(form.words)
        errand = self._session.errand(form.verb, form.symbol, **words)
        built = errand.build()
        # What a person is shown is what is placed: a share of the balance is not worked out anew after their yes.
        fixed = replace(errand, build=lambda: built)
        report: RuleReport = self._session.run_errand(fixed, check=True)  # type: ignore[assignment]  # with check it is a report
        known = self.known(self.facts(form.symbol), form.side)
        return Checked(form, fixed, built, report, estimate(built.parameters, known), known)

    def forget_balances(self) -> None:
        """Ask for the balances again: an order has changed them."""
        self._free = None

    def _balances(self) -> dict[str, Decimal]:
        now = self._seconds()
        if self._free is None or now - self._free[0] > _BALANCES_SECONDS:
            held = self._session.call("account", omit_zero_balances=True, raw=True)["balances"]
            self._free = (now, {each["asset"]: Decimal(each["free"]) for each in held})
        return self._free[1]

    def _fee(self, symbol: str, side: str) -> Decimal | None:
        if symbol not in self._rates:
            try:
                self._rates[symbol] = self._session.call("account_commission", symbol=symbol, raw=True)
            except ApiError:
                return None  # a host that does not serve it: then nobody knows, and the order is none the worse
        return fee_rate(self._rates[symbol], side)


def _levels(rows: list[list[str]]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((Decimal(price), Decimal(size)) for price, size in rows)


def _plain(text: str) -> str:
    return format(Decimal(text).normalize(), "f")
