"""The watch list as a widget: prices of many symbols, what the day made of them, and a small picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import did_you_mean, format_time, nearest
from binance_nb.grammar.columns import columns_of, set_left, set_right
from binance_nb.rendering.pictures import table_png
from binance_nb.rendering.sparkline import sparkline
from binance_nb.session import Session
from binance_nb.widgets.bundles import bundle
from binance_nb.widgets.live import Live, problem_of
from binance_nb.widgets.waiting import waiting_words
from binance_nb.widgets.watch_quotes import INTERVALS, USUAL_SYMBOLS, Quote, fetch_quotes, tidy_symbols

if TYPE_CHECKING:
    from binance_nb.streams.feed import Feed

__all__ = ["Watch", "WatchPanel"]

_STREAM = "{}@miniTicker"
_HEAD = ("symbol", "last", "24 h", "high", "low", "volume")


class WatchPanel(anywidget.AnyWidget):
    """What the browser draws.

    Attributes:
        rows: A row for each symbol; see `Quote.facts`.
        paths: The points of each small picture but for the last, which is the last price.
        standing: Where this is from and how it stands.
        answer: What came of a symbol that was asked for.
        sort: Which column rows go by, and whether upwards (1) or downwards (-1).
    """

    rows = traitlets.List(traitlets.Any()).tag(sync=True)
    paths = traitlets.Dict().tag(sync=True)
    standing = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    sort = traitlets.List(traitlets.Any(), ["", 1]).tag(sync=True)

    def __init__(self) -> None:
        self._esm, self._css = bundle("watch.js"), bundle("watch.css")
        super().__init__()


class Watch(Live):
    """Prices of many symbols, moving: last price, change, high, low and volume of 24 hours, and their path.

        Watch(session, ["BTCUSDT", "ETHUSDT"])

    Each column sorts. Symbols are added and taken away inside the widget, or by `add` and `remove`. Where the clock
    stands, as on a frozen sandbox, nothing moves: it is the day before that moment.

    Args:
        session: Where the prices are.
        symbols: Names, or one text with commas between them; some that trade at any hour when left out.
        interval: How far apart the points of the small pictures are: ``15m``, ``30m`` or ``1h``.

    Raises:
        UsageError: A word does not fit.
        BinanceError: There is no such symbol, or a call failed.
    """

    kind: ClassVar[str] = "watch"
    beat_seconds: ClassVar[float | None] = 1.0  # a feed that is lost sends nothing that would tell so

    def __init__(self, session: Session, symbols: str | Sequence[str] | None = None, *, interval: str = "1h") -> None:
        if interval not in INTERVALS:
            raise UsageError(
                f"The small pictures cannot be drawn from {interval!r}.",
                hint=did_you_mean(interval, INTERVALS) or f"One of {', '.join(INTERVALS)}.",
                suggestion=next(iter(nearest(interval, INTERVALS)), "1h"),
                culprit=interval,
            )
        self._session, self._interval = session, interval
        self._feed: Feed | None = None
        self._quotes = fetch_quotes(session, tidy_symbols(USUAL_SYMBOLS if symbols is None else symbols), interval)
        self.panel = WatchPanel()
        super().__init__(self.panel, session=session)
        self.panel.on_msg(self.guarded(self._hear))

    @property
    def symbols(self) -> list[str]:
        """What is watched."""
        return list(self._quotes)

    @property
    def is_still(self) -> bool:
        """Whether nothing moves here because the exchange's clock stands."""
        return self._session.client.clock.rate == 0

    def add(self, *symbols: str) -> None:
        """Watch more symbols.

        Args:
            *symbols: Their names.

        Raises:
            UsageError: A word does not fit.
            BinanceError: There is no such symbol, or a call failed.
        """
        new = [symbol for symbol in tidy_symbols(symbols) if symbol not in self._quotes]
        if new:
            tidy_symbols([*self._quotes, *new])  # or there are too many
            self._take(fetch_quotes(self._session, new, self._interval))

    def remove(self, *symbols: str) -> None:
        """Watch symbols no more.

        Args:
            *symbols: Their names; those that are not watched are none to miss.
        """
        gone = [symbol for symbol in tidy_symbols(symbols) if symbol in self._quotes]
        with self.drawing:
            self._quotes = {symbol: quote for symbol, quote in self._quotes.items() if symbol not in gone}
        if gone and self._feed is not None:
            self._feed.remove(*(_STREAM.format(symbol) for symbol in gone))
        self.invalidate()

    def _take(self, quotes: dict[str, Quote]) -> None:
        with self.drawing:
            self._quotes |= quotes
        if self._feed is not None and self.is_following:
            self._feed.add(*(_STREAM.format(symbol) for symbol in quotes))
        self.invalidate()

    # What moves.

    def _begin(self) -> None:
        if not self.is_still and self._quotes:
            self._feed = self.hold(self._session.stream(*(_STREAM.format(symbol) for symbol in self._quotes), keep=1))
            self._feed.on(self.nudge())

    def _end(self) -> None:
        feed, self._feed = self._feed, None
        self.release(feed)
        self.invalidate()

    def _paint(self) -> None:
        feed = self._feed
        self.say("" if feed is None else waiting_words(feed.problem, feed.state), "feed")
        if feed is not None:
            for symbol, quote in self._quotes.items():
                event = feed.latest(_STREAM.format(symbol))
                if event is not None:
                    self._quotes[symbol] = quote.after(event)
        paths = {symbol: list(quote.closes[:-1]) for symbol, quote in self._quotes.items()}
        with self.panel.hold_sync():
            self.panel.paths = paths
            self.panel.rows = [quote.facts() for quote in self._quotes.values()]
            self.panel.standing = self._standing()

    def _standing(self) -> dict[str, str]:
        time = "" if self._time in self._where else self._time[11:]
        if self.is_still:
            state, tone, note = "snapshot", "still", "The clock stands: nothing will move."
        elif self._feed is None:
            state, tone, note = "snapshot", "still", "Not followed."
        else:
            status = self._feed.state.status
            state, tone, note = status, "good" if status == "live" else "wait", ""
        return {"where": self._where, "state": state, "tone": tone, "note": note, "time": time}

    # What is asked in the browser.

    def _hear(self, panel: object, message: Any, buffers: object) -> None:  # Any: JSON from the browser
        match message:
            case {"do": "add", "symbol": str(said)} if said.strip():
                self._add_later(said)
            case {"do": "remove", "symbol": str(said)}:
                self.panel.answer = {}
                self.remove(said)

    def _add_later(self, said: str) -> None:
        try:
            new = [symbol for symbol in tidy_symbols(said) if symbol not in self._quotes]
            tidy_symbols([*self._quotes, *new] if new else list(self._quotes))
        except BinanceError as error:
            self._refuse(error)
            return
        if not new:
            self.panel.answer = {"text": f"{said.strip().upper()} is there already.", "for": said}
            return
        self.panel.answer = {"text": f"Looking for {', '.join(new)} …", "for": said}
        job = partial(fetch_quotes, self._session, new, self._interval)
        self.work(job, partial(self._found, said), self._refuse, kind="add")

    def _found(self, said: str, quotes: dict[str, Quote]) -> None:
        self._take(quotes)
        self.panel.answer = {"text": f"{', '.join(quotes)} added.", "for": said, "done": True}

    def _refuse(self, error: Exception) -> None:
        suggestion = error.suggestion if isinstance(error, BinanceError) else None
        is_symbol = suggestion is not None and suggestion.isalnum()
        self.panel.answer = {"text": problem_of(error), "suggestion": suggestion if is_symbol else ""}

    # Where no widgets work.

    @property
    def _where(self) -> str:
        environment = self._session.environment
        return environment.label or environment.name

    @property
    def _time(self) -> str:
        newest = max((quote.time_ms for quote in self._quotes.values()), default=None)
        return "" if newest is None else format_time(newest // 1000 * 1000)

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                quote.grid.symbol,
                quote.grid.price(quote.last),
                f"{'+' if quote.change > 0 else '−' if quote.change < 0 else ''}{abs(quote.change):.2f} %",
                quote.grid.price(quote.high),
                quote.grid.price(quote.low),
                f"{_short(float(quote.volume))} {quote.grid.quote}",
            )
            for quote in list(self._quotes.values())
        ]

    def picture(self) -> bytes:
        """Return the list as a PNG."""
        paths = [quote.closes for quote in list(self._quotes.values())]
        return table_png(
            _HEAD,
            self._cells(),
            "Watch list",
            below=self._place,
            sparklines=paths,
            spark_name="path of 24 h",
            problem=self.problem,
        )

    def words(self) -> str:
        """Return the list as plain text."""
        import numpy as np

        paths = [
            sparkline(np.array(quote.closes), np.arange(len(quote.closes))) for quote in list(self._quotes.values())
        ]
        rows = [(*cells, path) for cells, path in zip(self._cells(), paths, strict=True)]
        table = [(*_HEAD, "path of 24 h"), *rows]
        widths = [max(columns_of(row[at]) for row in table) for at in range(len(table[0]))]
        lines = [_line(row, widths) for row in table]
        return "\n".join([f"Watch list · {self._place}", *lines, *([self.problem] if self.problem else [])])

    @property
    def _place(self) -> str:
        return self._where if not self._time or self._time in self._where else f"{self._where}, {self._time}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    symbol, *numbers, path = row
    first, *rest = widths
    cells = (set_right(text, width) for text, width in zip(numbers, rest, strict=False))
    return "  ".join(["", set_left(symbol, first), *cells, path]).rstrip()


def _short(value: float) -> str:
    """Write a large number as people say it."""
    for size, sign in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.2f} {sign}"
    return f"{value:.2f}"
