"""Orders in everyday words: ``session.buy("BTCUSDT", "0.01", price="60000")``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from binance_nb.calls import Answer, Calls
from binance_nb.delivery import deliver_carried
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import did_you_mean, quote
from binance_nb.reading import Reading
from binance_nb.trading.everyday.everyday import Errand, carry_out, to_cancel, to_order, to_replace
from binance_nb.trading.everyday.holdings import holdings
from binance_nb.trading.everyday.order_tables import orders_of
from binance_nb.trading.everyday.taken_back import inquiry, is_the_same, taken_back
from binance_nb.trading.everyday.wishes import dashed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ordering"]

_Amount = Decimal | str | int | float
_Given = ParamSpec("_Given")
_Frame = TypeVar("_Frame")


def _understood(method: Callable[_Given, _Frame]) -> Callable[_Given, _Frame]:
    """Let a method say in words which argument does not fit, as those of the endpoints do."""
    known = signature(method)
    names = [name for name in known.parameters if name != "self"]

    @wraps(method)
    def understood(*args: _Given.args, **words: _Given.kwargs) -> _Frame:
        try:
            known.bind(*args, **words)
        except TypeError as error:
            wrong = next((word for word in words if word not in names), None)
            raise UsageError(
                f"{method.__name__}: {error}.",
                hint=did_you_mean(wrong, names) if wrong else f"It takes {', '.join(names)}.",
                culprit=wrong,
                operation=method.__name__,
            ) from None
        return method(*args, **words)

    return understood


class Ordering(Calls):
    """A place on the exchange, and orders there in everyday words; each becomes a call of the catalog and says which.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    @_understood
    def buy(
        self,
        symbol: str,
        quantity: _Amount | None = None,
        *,
        spend: _Amount | None = None,
        price: _Amount | None = None,
        stop: _Amount | None = None,
        trail: str | None = None,
        take_profit: _Amount | None = None,
        stop_loss: _Amount | None = None,
        stop_limit: _Amount | None = None,
        time_in_force: str | None = None,
        post_only: bool = False,
        iceberg: _Amount | None = None,
        check: bool = False,
        again: bool = False,
    ) -> pd.DataFrame:
        """Buy, with the kind of order that follows from what is given.

        Args:
            symbol: The symbol.
            quantity: How much of the base asset; ``"50%"`` for what a share of the free quote asset buys.
            spend: How much of the quote asset to spend at the market, instead of a quantity.
            price: Limit price: LIMIT, which stays until it is filled.
            stop: Price that sets it off: STOP_LOSS or TAKE_PROFIT, by where it lies from the last price.
            trail: Distance at which the stop follows the price: ``"1%"``.
            take_profit: Price above ``price`` at which what was bought is sold again.
            stop_loss: Price below ``price`` at which it is sold before it gets worse.
            stop_limit: Limit price of ``stop_loss``; without it the loss is stopped at the market.
            time_in_force: How long a limit order stays: GTC, IOC or FOK.
            post_only: LIMIT_MAKER: refused rather than filled at once.
            iceberg: How much of the quantity the book shows.
            check: Only tell which rules it would pass.
            again: Place it even if this cell has placed it before.

        Returns:
            The order, or the orders of the list, as the exchange answered; a notebook shows it as a receipt. One order
            a row, index 0, 1, 2, ...; columns and dtypes are those of `new_order`: ids ``int64``, prices and quantities
            ``float64``, times ``datetime64[ms, UTC]``.

        Raises:
            UsageError: The words do not fit together; nothing was sent.
            BinanceError: As of any order: see `new_order`.
        """
        errand = self.errand(
            "buy",
            symbol,
            quantity=quantity,
            spend=spend,
            price=price,
            stop=stop,
            trail=trail,
            take_profit=take_profit,
            stop_loss=stop_loss,
            stop_limit=stop_limit,
            time_in_force=time_in_force,
            post_only=post_only,
            iceberg=iceberg,
        )
        return self.run_errand(errand, check=check, again=again)

    @_understood
    def sell(
        self,
        symbol: str,
        quantity: _Amount | None = None,
        *,
        receive: _Amount | None = None,
        price: _Amount | None = None,
        stop: _Amount | None = None,
        trail: str | None = None,
        take_profit: _Amount | None = None,
        stop_loss: _Amount | None = None,
        stop_limit: _Amount | None = None,
        time_in_force: str | None = None,
        post_only: bool = False,
        iceberg: _Amount | None = None,
        check: bool = False,
        again: bool = False,
    ) -> pd.DataFrame:
        """Sell, with the kind of order that follows from what is given; with two prices an OCO.

        Args:
            symbol: The symbol.
            quantity: How much of the base asset; ``"50%"`` for a share of what is free.
            receive: How much of the quote asset to earn at the market, instead of a quantity.
            price: Limit price: LIMIT, which stays until it is filled.
            stop: Price that sets it off: STOP_LOSS or TAKE_PROFIT, by where it lies from the last price.
            trail: Distance at which the stop follows the price: ``"1%"``.
            take_profit: Price above the market at which to sell; with ``stop_loss`` an OCO.
            stop_loss: Price below the market at which to sell before it gets worse.
            stop_limit: Limit price of ``stop_loss``; without it the loss is stopped at the market.
            time_in_force: How long a limit order stays: GTC, IOC or FOK.
            post_only: LIMIT_MAKER: refused rather than filled at once.
            iceberg: How much of the quantity the book shows.
            check: Only tell which rules it would pass.
            again: Place it even if this cell has placed it before.

        Returns:
            As of `buy`.

        Raises:
            UsageError: The words do not fit together; nothing was sent.
            BinanceError: As of any order: see `new_order`.
        """
        errand = self.errand(
            "sell",
            symbol,
            quantity=quantity,
            receive=receive,
            price=price,
            stop=stop,
            trail=trail,
            take_profit=take_profit,
            stop_loss=stop_loss,
            stop_limit=stop_limit,
            time_in_force=time_in_force,
            post_only=post_only,
            iceberg=iceberg,
        )
        return self.run_errand(errand, check=check, again=again)

    @_understood
    def cancel(
        self,
        symbol: str | None = None,
        order: int | str | None = None,
        *,
        all: bool = False,
        order_list: int | str | None = None,
    ) -> pd.DataFrame:
        """Take an order back, a list of orders, or all open orders of a symbol.

        Args:
            symbol: The symbol.
            order: The exchange's order id, or a client order id.
            all: All open orders of the symbol.
            order_list: The id of a list of orders, of either kind.

        Returns:
            What was cancelled; a notebook shows it as a receipt. One order a row, index 0, 1, 2, ...; columns and
            dtypes are those of `cancel_order`.

        Raises:
            UsageError: It is not said which order; the error names those that are open.
            BinanceError: The exchange refused it.
        """
        return self.run_errand(self.errand("cancel", symbol, order, all=all, order_list=order_list))

    @_understood
    def replace(
        self,
        symbol: str,
        order: int | str,
        *,
        price: _Amount | None = None,
        quantity: _Amount | None = None,
        stop: _Amount | None = None,
        check: bool = False,
        again: bool = False,
    ) -> pd.DataFrame:
        """Give an open order another price, quantity or stop.

        A smaller quantity alone leaves the order its place in the book. Anything else takes it back and places another.

        Args:
            symbol: The symbol.
            order: The exchange's order id, or its client order id.
            price: The new limit price.
            quantity: The new quantity of the whole order, what is filled included.
            stop: The new stop price.
            check: Only tell which rules it would pass.
            again: Do it even if this cell has done it before.

        Returns:
            The order as it is then; a notebook shows it as a receipt. One row, index 0; columns and dtypes are those of
            `amend_keep_priority` where only the quantity shrinks, of `new_order` where another took its place.

        Raises:
            UsageError: It is not open, or cannot be changed so; nothing was sent.
            PartialReplaceError: It was taken back, and the new one was refused.
            BinanceError: The exchange refused it.
        """
        errand = self.errand("replace", symbol, order, price=price, quantity=quantity, stop=stop)
        return self.run_errand(errand, check=check, again=again)

    @_understood
    def orders(self, symbol: str | None = None, *, all: bool = False, since: object = None) -> pd.DataFrame:
        """List open orders, or with ``all`` or ``since`` those that are done too.

        Args:
            symbol: The symbol; needed for orders that are done.
            all: The latest 1000 orders of the symbol, whatever became of them.
            since: Its orders from a time on: a date, ``-7d``, a Timestamp, or ms.

        Returns:
            One order a row, oldest first, index 0, 1, 2, ...; columns and dtypes are those of `open_orders`, what
            people look at first standing in front.

        Raises:
            BinanceError: The exchange did not answer.
        """
        return orders_of(self, symbol, is_all=all, since=since)

    @_understood
    def balances(self, *, all: bool = False, worth_in: str | None = None, exact: bool = False) -> pd.DataFrame:
        """List what the account holds.

        Args:
            all: List assets of which there is nothing, too.
            worth_in: Tell what each is worth in this asset, at the last prices.
            exact: Decimals instead of floats.

        Returns:
            One asset a row, index ``asset``: ``free``, ``locked``, ``total`` (``float64``, in that asset; Decimal with
            ``exact``), and with ``worth_in`` its ``worth`` in that asset and ``at``, by which symbols' prices.

        Raises:
            BinanceError: There is no such asset, or the exchange did not answer.
        """
        return holdings(self, is_all=all, wanted=worth_in, is_exact=exact)

    def errand(
        self,
        verb: str,
        symbol: str | None = None,
        order: object = None,
        /,
        *,
        asides: tuple[str, ...] = (),
        **words: Any,  # Any: texts, numbers and flags
    ) -> Errand:
        """Understand everyday words without doing what they say; what they need to be understood is asked for.

        Args:
            verb: ``buy``, ``sell``, ``cancel`` or ``replace``.
            symbol: The symbol.
            order: Which order, for the latter two.
            asides: Options of a line that say nothing of the order.
            **words: What else was given, by name.

        Returns:
            The errand: the call that it is, and why.

        Raises:
            BinanceError: As of the method of that name.
        """
        if verb in ("buy", "sell"):
            return to_order(self, verb.upper(), symbol, words, asides)
        told = _told(verb, symbol, order, words)
        if verb == "replace":
            return to_replace(self, symbol, order, words, told)
        is_all, order_list = bool(words.get("all")), words.get("order_list")
        return to_cancel(self, symbol, order, is_all=is_all, order_list=order_list, told=told)

    def taken_back(self, told: str) -> Answer | None:
        """Return what a ``cancel`` in the same everyday words has taken back before, as the exchange confirms.

        Args:
            told: The words in normal form.

        Returns:
            As of `answer`; None where the journal knows of none, or the exchange does not say that it is that one which
            is gone: an id that a person chose may be another order's by now.

        Raises:
            BinanceError: The journal cannot be read.
        """
        done = taken_back(self.order_journal.entries(account=self.trader.account.identity), told)
        if done is None:
            return None
        operation, words = inquiry(done)
        try:
            if not is_the_same(done, self.call(operation, **words, raw=True)):
                return None
        except BinanceError:
            return None  # what is not known to be gone is not said to be
        value = deliver_carried(self.client, done, done.reply.sent, Reading())
        return Answer(value, done.reply.body, done.verdict, done.note, was_earlier=True)

    def run_errand(self, errand: Errand, *, check: bool = False, again: bool = False) -> pd.DataFrame:
        """Do what everyday words say.

        Args:
            errand: What `errand` returned.
            check: Only tell which rules it would pass.
            again: Do it even if this cell has done it before.

        Returns:
            The frame.

        Raises:
            BinanceError: As of the method of that name.
        """
        options = {name: True for name, is_given in (("check", check), ("again", again)) if is_given}
        frame: pd.DataFrame = carry_out(self, errand, options)
        return frame


def _told(verb: str, symbol: object, order: object, words: dict[str, Any]) -> str:
    given = {word: value for word, value in words.items() if value is not None and value is not False}
    placed = [quote(str(each)) for each in (symbol, order) if each is not None]
    named = (dashed(word) if value is True else f"{dashed(word)} {quote(str(value))}" for word, value in given.items())
    return " ".join(["%binance", verb, *placed, *named])
