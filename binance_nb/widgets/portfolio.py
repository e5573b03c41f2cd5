"""The portfolio: balances, what they are worth, and open orders, as they change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import did_you_mean, format_time, nearest
from binance_nb.rendering import where
from binance_nb.rendering.portfolio_view import PortfolioView
from binance_nb.session import Session
from binance_nb.trading.everyday.holdings import BRIDGES
from binance_nb.trading.everyday.valuation import Price
from binance_nb.widgets.live import Live
from binance_nb.widgets.portfolio_ledger import Ledger

if TYPE_CHECKING:
    from binance_nb.streams.events import Event
    from binance_nb.streams.feed import Feed
    from binance_nb.streams.log import EventLog

__all__ = ["Portfolio"]

_KEYS = "%binance keys asks for a key without showing it; %binance portfolio then shows the account."
_MOST_SYMBOLS = 100  # from there on all tickers together are no dearer


class Portfolio(Live):
    """What an account holds, what that is worth in one asset, and its open orders.

    Displayed in a notebook it follows by itself: balances and orders by the account's own events, prices by the
    streams of the symbols that matter. It reads only; each open order has the line beside it that takes it back.

    Args:
        session: Where; its key says whose account.
        quote: The asset to count in.

    Raises:
        UsageError: Nothing is traded for that asset.
    """

    kind: ClassVar[str] = "portfolio"
    beat_seconds: ClassVar[float | None] = 1.0

    def __init__(self, session: Session, quote: str = "USDT") -> None:
        self._session, self._quote = session, quote.strip().upper()
        self._ledger = Ledger()
        self._feeds: list[EventLog] = []
        self._tickers: Feed | None = None
        self._remedy = ""
        self._head, self._balances, self._orders = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._choice = ipywidgets.Dropdown(
            options=list(dict.fromkeys((self._quote, *BRIDGES))),
            value=self._quote,
            description="count in",
            layout=ipywidgets.Layout(width="12em"),
        )
        self._again = ipywidgets.Button(
            description="Ask again", tooltip="Ask the exchange for balances and orders again"
        )
        wrapped = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 0.8em")
        controls = ipywidgets.Box([self._choice, self._again], layout=wrapped)
        super().__init__(ipywidgets.VBox([self._head, self._balances, self._orders, controls]), session=session)
        self._choice.observe(self.guarded(self._count_in), "value")
        self._again.on_click(self.guarded(self._ask_again))
        self._open()

    @property
    def quote(self) -> str:
        """The asset that it counts in."""
        return self._quote

    def refresh(self) -> None:
        """Ask the exchange for balances, open orders and prices now, and show them."""
        try:
            self._load()
        except BinanceError as error:
            self._refused(error)
        else:
            self._loaded(None)
        self.paint_now()

    # What it asks.

    def _open(self) -> None:
        """Look once before it is shown: what is stored of it is what was there."""
        try:
            self._load()
        except BinanceError as error:
            if isinstance(error, UsageError) and error.culprit == self._quote:
                raise
            self._refused(error)
        self.invalidate()

    def _load(self) -> None:
        call = self._session.call
        self._ledger.ask()
        account = call("account", omit_zero_balances=True, raw=True)
        orders = call("open_orders", raw=True)
        prices = {each["symbol"]: Price(Decimal(each["price"])) for each in call("ticker_price", raw=True)}
        _demand_traded(self._quote, prices)
        self._ledger.price(prices)
        self._ledger.load(account["balances"], orders)
        self._look_back(self._ledger.symbols(self._quote))

    def _look_back(self, symbols: tuple[str, ...]) -> None:
        """Learn what symbols cost 24 hours ago."""
        if not symbols:
            return
        words = {"symbols": list(symbols)} if len(symbols) < _MOST_SYMBOLS else {}
        tickers = self._session.call("ticker_24hr", **words, type="MINI", raw=True)
        self._ledger.price(
            {each["symbol"]: Price(Decimal(each["lastPrice"]), Decimal(each["openPrice"])) for each in tickers}
        )

    def _loaded(self, nothing: None) -> None:
        self._remedy = ""
        self.say("", "account")
        self._follow_prices()
        self.invalidate()

    def _refused(self, error: Exception) -> None:
        client, place = self._session.client, self._session.environment
        if not isinstance(error, BinanceError):
            self.fail(error, "account")
            return
        self.say(error.message, "account")
        is_keyless = client.credentials is None and not place.has_market_data_only
        self._remedy = _KEYS if is_keyless else error.hint or ""

    # What it follows.

    def _begin(self) -> None:
        if self._session.client.credentials is None:
            return  # which the problem says already
        events = self._session.user_events()
        self._hear(events)
        self.work(partial(self._load_after, events), self._loaded, self._refused, kind="account")

    def _load_after(self, events: EventLog) -> None:
        """Ask REST once no event is missed any more, so that both together are the whole."""
        with suppress(BinanceError):  # the feed states its problem itself, and REST may answer all the same
            events.wait_ready()
        self._load()

    def _follow_prices(self) -> None:
        """Listen to the tickers of what the worth hangs on."""
        if not self.is_following:
            return
        names = {f"{symbol}@miniTicker" for symbol in self._ledger.symbols(self._quote)}
        if self._tickers is None:
            if names:
                self._tickers = self._session.stream(*sorted(names), keep=1)
                self._hear(self._tickers)
            return
        held = {each.shown for each in self._tickers.streams}
        if more := sorted(names - held):
            self._tickers.add(*more)

    def _hear(self, feed: EventLog) -> None:
        self._feeds.append(self.hold(feed))
        feed.on(partial(_take, self._ledger, self.nudge()))

    def _end(self) -> None:
        feeds, self._feeds, self._tickers = self._feeds, [], None
        for feed in feeds:
            self.release(feed)

    def _beat(self) -> None:
        self.say(" ".join(dict.fromkeys(feed.problem for feed in list(self._feeds) if feed.problem)), "events")
        if self._ledger.is_stale:
            self._ask_again(None)
        self._try_prices()

    def _try_prices(self) -> None:
        # An asset that was just bought wants its price, too.
        with self.drawing:
            if self._tickers is not None:
                self._follow_prices()

    def _ask_again(self, button: object) -> None:
        self.work(self._load, self._loaded, self._refused, kind="account")

    def _count_in(self, change: Any) -> None:  # Any: a bunch of traitlets
        self._quote = change["new"]
        self.work(partial(self._look_back, self._ledger.symbols(self._quote)), self._loaded, kind="prices")
        self.invalidate()

    # What it shows.

    def _view(self) -> PortfolioView:
        place = where(self._session.status())
        if not self._ledger.is_loaded:
            return PortfolioView(place, None, None, self.problem, self._remedy)
        valuation, orders = self._ledger.standing(self._quote)
        return PortfolioView(place, valuation, orders, self.problem, self._remedy)

    def _paint(self) -> None:
        view = self._view()
        for place, html in (
            (self._head, view.head_html()),
            (self._balances, view.balances_html()),
            (self._orders, view.orders_html()),
        ):
            if place.value != html:
                place.value = html

    def picture(self) -> bytes:
        """Return balances and open orders as a PNG."""
        standing = self._session.status()
        is_known = standing["is_synchronised"] and standing["clock_rate"] != 0
        return self._view().picture(format_time(standing["server_ms"] // 1000 * 1000) if is_known else "")

    def words(self) -> str:
        """Return balances and open orders as plain text."""
        return self._view().text()


def _demand_traded(quote: str, prices: dict[str, Price]) -> None:
    if any(symbol.endswith(quote) or symbol.startswith(quote) for symbol in prices) and quote:
        return
    raise UsageError(
        f"Nothing is traded for {quote!r} here.",
        hint=did_you_mean(quote, BRIDGES) or f"Such as {', '.join(BRIDGES)}.",
        suggestion=f"%binance portfolio --quote {next(iter(nearest(quote, BRIDGES)), 'USDT')}",
        culprit=quote,
        operation="portfolio",
    )


def _take(ledger: Ledger, tell: Callable[..., None], event: Event) -> None:
    """Write an event down; holds the ledger and not the widget, which may be gone."""
    ledger.take(event)
    tell()
