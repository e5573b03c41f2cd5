"""The chart: candles and volume that move, with lines, own trades, and a switch of symbol and interval."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from binance_nb.errors import BinanceError
from binance_nb.grammar import format_time
from binance_nb.rendering.pictures import candles_png
from binance_nb.widgets.chart_candles import Row
from binance_nb.widgets.chart_market import ChartMarket, Loaded, Wanted, step_ms
from binance_nb.widgets.chart_marks import check_trades, marks_of_trades, pinned
from binance_nb.widgets.chart_overlays import check_in_range, lines_of, placed
from binance_nb.widgets.chart_view import ChartView
from binance_nb.widgets.live import Live

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.session import Session
    from binance_nb.streams.events import Event
    from binance_nb.streams.feed import Feed

__all__ = ["Chart"]

_STANDS = {"word": "still", "text": "the clock of this sandbox stands: nothing moves"}
_PAUSED = {"word": "still", "text": "paused"}
_WAITS = {"word": "wait", "text": "connecting"}


class Chart(Live):
    """Candles with their volume; the last one moves as the market does.

    The legend tells the candle under the crosshair, or the last one. Symbol and interval are switched above it. Every
    control is reached by keyboard; in the picture, the arrow keys go from candle to candle, plus and minus zoom, End
    goes to the latest. Dragging it towards the past brings older candles.

    Args:
        session: Where the candles are from.
        symbol: Of which symbol.
        interval: How long a candle lasts, such as ``1h``.
        start: From when on, in any form that ``klines`` takes; the latest ``bars`` when left out.
        bars: How many candles, without ``start``.
        overlays: Lines over the candles: a Series by name, a Series, a frame (each column), or several of them. Their
            index is time; a value stands at the candle within which it falls. What is far from the prices, as an
            oscillator is, gets a pane of its own. They belong to the symbol that the chart begins with.
        trades: True to mark the account's own trades (one signed call), or a frame as ``my_trades`` gives.
        local_time: Whether the legend has the reader's own time beside UTC.

    Raises:
        UsageError: A word is wrong, or an overlay is no Series of numbers by time.
        BinanceError: The exchange did not answer.
    """

    kind: ClassVar[str] = "chart"
    beat_seconds: ClassVar[float | None] = 0.5

    def __init__(
        self,
        session: Session,
        symbol: str = "BTCUSDT",
        interval: str = "1h",
        *,
        start: object = None,
        bars: int = 500,
        overlays: Any = (),  # Any: see Args
        trades: bool | pd.DataFrame | None = None,
        local_time: bool = False,
    ) -> None:
        self._session = session
        self._market = ChartMarket(session)
        self._lines = lines_of(overlays)
        self._own = check_trades(trades)
        loaded = self._market.load(Wanted(symbol, interval, start, bars, trades is True))
        check_in_range(self._lines, loaded.candles, step_ms(interval))
        self._lines_symbol = symbol
        self._loaded = loaded
        self._is_whole = True
        self._feed: Feed | None = None
        self._reconnects = 0
        self._fresh: dict[float, Row] = {}
        self._unsent: dict[float, Row] = {}
        self._guards_fresh = threading.Lock()
        self.view = ChartView(local_time=local_time)
        super().__init__(self.view, session=session)
        self.view.on_msg(self.guarded(self._told))
        self.invalidate()

    @property
    def symbol(self) -> str:
        """The symbol that it shows."""
        return self._loaded.wanted.symbol

    @property
    def interval(self) -> str:
        """How long its candles last."""
        return self._loaded.wanted.interval

    def show(self, symbol: str | None = None, interval: str | None = None) -> None:
        """Show another symbol or interval, as the controls above the candles do; returns before it is there.

        Args:
            symbol: The symbol; the same when left out.
            interval: The interval; the same when left out.
        """
        wanted = replace(self._loaded.wanted, symbol=symbol or self.symbol, interval=interval or self.interval)
        with self.drawing:
            self.view.busy = f"loading {wanted.symbol} {wanted.interval}"
        failed = partial(self._stay, wanted)
        self.work(partial(self._market.load, wanted), self._take, failed, kind="show")

    def to_frame(self) -> pd.DataFrame:
        """Return the candles that it shows.

        Returns:
            Columns ``open``, ``high``, ``low``, ``close`` and ``volume``, float64. Index ``open_time``,
            datetime64[ms, UTC], oldest first.
        """
        with self.drawing:
            self._drain()
            return self._loaded.candles.frame(
                operation=self.kind,
                parameters={"symbol": self.symbol, "interval": self.interval},
                environment=self._place,
                server_time=self._session.client.clock.estimate_ms(),
            )

    # What Live asks for.

    def _paint(self) -> None:
        self._drain()
        self.view.state = self._state()
        unsent, self._unsent = self._unsent, {}
        if self._is_whole:
            self._is_whole = False
            self._paint_all()
        elif unsent:
            self.view.latest = [[row[0] / 1000, *row[1:]] for row in unsent.values()]

    def _paint_all(self) -> None:
        loaded, view = self._loaded, self.view
        step = step_ms(self.interval)
        with view.hold_sync():
            view.symbol, view.interval = self.symbol, self.interval
            view.digits, view.tick = loaded.digits, float(loaded.tick or 10**-loaded.digits)
            view.place, view.fit = self._place, loaded.wanted.start is not None
            view.overlays = placed(self._drawn_lines(), loaded.candles, step)
            view.marks = [list(mark) for mark in pinned(self._marks(), loaded.candles, step)]
            view.latest = []
            view.candles = loaded.candles.packed()

    def _begin(self) -> None:
        self.work(self._market.symbols, self._name_symbols, _quietly, kind="symbols")
        if self._stands:
            return
        wanted = self._loaded.wanted
        feed = self.hold(self._session.stream(f"{wanted.symbol}@kline_{wanted.interval}", keep=10))
        feed.on(partial(_hear, weakref.ref(self), wanted))
        self._feed, self._reconnects = feed, feed.state.reconnects
        # What happened between the first candles and this moment.
        self._refill()

    def _end(self) -> None:
        feed, self._feed = self._feed, None
        self.release(feed)
        self.say("", "link")
        self.invalidate()

    def _beat(self) -> None:
        feed = self._feed
        if feed is None:
            return
        state = feed.state
        lost = state.status == "lost" or (state.status == "closed" and self.is_following)
        self.say(_lost(state.reason, state.status == "closed") if lost else feed.problem, "link")
        if state.reconnects != self._reconnects and state.status == "live":
            self._reconnects = state.reconnects
            self._refill()
        if self.view.state != self._state():
            self.invalidate()

    def picture(self) -> bytes:
        """Return the chart as a PNG."""
        with self.drawing:
            frame = self.to_frame()
            lines = {line.name: line.series for line in self._drawn_lines()}
            marks = self._marks()
        return candles_png(frame, f"{self.symbol} {self.interval}", overlays=lines, marks=marks, problem=self.problem)

    def words(self) -> str:
        """Return what it shows in a line."""
        with self.drawing:
            self._drain()
            candles = self._loaded.candles
            if not len(candles):
                return f"Chart({self.symbol} {self.interval}, no candles)"
            first, last = (
                format_time(int(candles.times_ms[at])).removesuffix(" UTC").removesuffix(":00") for at in (0, -1)
            )
            price = f"{candles.last_close:,.{self._loaded.digits}f}"
        return f"Chart({self.symbol} {self.interval}, {len(candles):,} candles, {first} to {last} UTC, last {price})"

    # What the browser asks for; guarded, so with the lock held.

    def _told(self, view: object, content: Mapping[str, Any], buffers: object = None) -> None:
        match content:
            case {"ask": "show", "symbol": str(symbol), "interval": str(interval)}:
                self.show(symbol.strip().upper(), interval)
            case {"ask": "older"}:
                self._ask_for_older()
            case {"ask": "all"}:
                self._is_whole = True
                self.invalidate()

    def _take(self, loaded: Loaded) -> None:
        self._loaded, self._is_whole = loaded, True
        with self._guards_fresh:
            self._fresh.clear()
        with self.view.hold_sync():
            self.view.busy, self.view.has_older = "", True
        self.say("", "show")
        self.invalidate()
        if self.is_following:
            self._end()
            self._try(self._begin, "feed")

    def _stay(self, wanted: Wanted, error: Exception) -> None:
        self.view.busy = ""
        still = f"still {self.symbol} {self.interval}"
        said = f"{error.message} {error.hint or ''}".strip() if isinstance(error, BinanceError) else repr(error)
        self.say(f"{wanted.symbol} {wanted.interval} could not be shown, this is {still}: {said}", "show")

    def _ask_for_older(self) -> None:
        loaded = self._loaded
        if not len(loaded.candles):
            return
        first = float(loaded.candles.times_ms[0])
        self.view.busy = "loading older candles"
        self.work(partial(self._market.older, loaded.wanted, first), partial(self._prepend, loaded), kind="older")

    def _prepend(self, loaded: Loaded, frame: pd.DataFrame) -> None:
        self.view.busy = ""
        if loaded is self._loaded:
            self.view.has_older = loaded.candles.add(frame) > 0
            self._is_whole = True
            self.invalidate()

    def _refill(self) -> None:
        loaded = self._loaded
        if not len(loaded.candles):
            return
        last = float(loaded.candles.times_ms[-1])
        self.work(partial(self._market.since, loaded.wanted, last), partial(self._append, loaded), kind="refill")

    def _append(self, loaded: Loaded, frame: pd.DataFrame) -> None:
        if loaded is self._loaded and len(frame):
            self._drain()
            loaded.candles.add(frame)
            self._is_whole = True
            self.invalidate()

    def _name_symbols(self, symbols: tuple[str, ...]) -> None:
        self.view.symbols = list(symbols)

    # How it stands.

    @property
    def _stands(self) -> bool:
        return self._session.client.clock.rate == 0

    @property
    def _place(self) -> str:
        environment = self._session.environment
        return environment.label or environment.name

    def _state(self) -> dict[str, str]:
        if self._stands:
            return _STANDS
        if self._feed is None:
            return _PAUSED
        state = self._feed.state
        if state.status == "live":
            return {"word": "live", "text": "live"}
        return {"word": "lost", "text": "feed lost"} if state.status in ("lost", "closed") else _WAITS

    def _drawn_lines(self) -> tuple[Any, ...]:
        # A line over the prices of one symbol says nothing about those of another.
        return self._lines if self.symbol == self._lines_symbol else ()

    def _marks(self) -> list[Any]:
        return marks_of_trades(self._own if self._own is not None else self._loaded.trades, self.symbol)

    def _drain(self) -> None:
        """Bring the candles up to date with what has come; with the lock held."""
        with self._guards_fresh:
            fresh, self._fresh = self._fresh, {}
        self._unsent |= {time: row for time, row in sorted(fresh.items()) if self._loaded.candles.put(row)}

    def _hear(self, wanted: Wanted, event: Event) -> None:
        """Take in a candle; on the thread of the streams, which waits for nobody."""
        if wanted is not self._loaded.wanted:
            return  # of what was shown before
        opened_ms = event.open_time.timestamp() * 1000
        row = (opened_ms, *(float(getattr(event, name)) for name in ("open", "high", "low", "close", "base_volume")))
        with self._guards_fresh:
            self._fresh[opened_ms] = row
        self.invalidate()


def _hear(reference: weakref.ref[Chart], wanted: Wanted, event: Event) -> None:
    # The feed outlives nobody, but it must not keep a chart alive that everybody else has let go.
    if (chart := reference()) is not None:
        chart._hear(wanted, event)


def _quietly(error: Exception) -> None:
    """Without the names of all symbols a person types one."""


def _lost(reason: str, is_final: bool) -> str:
    after = "It does not come back by itself." if is_final else "It is being tried again."
    why = reason.rstrip(". ") or "no reason was given"
    return f"The feed was lost: {why}. The candles end where it did. {after}"
