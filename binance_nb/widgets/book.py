"""The order book as a widget: a ladder, the curve of its depth, and what a market order would cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import anywidget
import traitlets

from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import format_time
from binance_nb.rendering.pictures import depth_png
from binance_nb.session import Session
from binance_nb.streams.book import LocalBook, MarketCost
from binance_nb.widgets.book_snapshot import BookSnapshot, take_snapshot
from binance_nb.widgets.book_view import BookView, book_view
from binance_nb.widgets.bundles import bundle
from binance_nb.widgets.grids import Grid, grids_of, plain
from binance_nb.widgets.live import Live, problem_of
from binance_nb.widgets.waiting import waiting_words

__all__ = ["GROUPS", "Book", "BookPanel"]

GROUPS = (1, 10, 100)
"""How many ticks a line may be wide."""

_SNAPSHOT_LEVELS = 1000
_LEVELS_READ = {1: 200, 10: 500, 100: 1000}
_MOST_LINES = 100
_DECIMALS = 8  # of all amounts of the exchange


class BookPanel(anywidget.AnyWidget):
    """What the browser draws.

    Attributes:
        book: The view: lines, middle, curves, and how it stands.
        cost: The words on what a market order would cost.
    """

    book = traitlets.Dict().tag(sync=True)
    cost = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        self._esm, self._css = bundle("book.js"), bundle("book.css")
        super().__init__()


class Book(Live):
    """The order book of a symbol, moving: asks above, bids below, the depth as a curve.

        Book(session, "BTCUSDT")

    Changes flash; bars behind the lines grow with the quantity added up from the best price. Lines may be 1, 10 or 100
    ticks wide, added up exactly. Beside them, what a market order would come to by what stands there. While the book is
    out of sync, that is said and the last right one stays. Where the clock stands, as on a frozen sandbox, nothing
    moves: it is the book of that moment.

    Args:
        session: Where the book is.
        symbol: The symbol.
        levels: How many lines a side, at most 100.

    Attributes:
        symbol: The symbol.
        levels: How many lines a side.

    Raises:
        UsageError: A word does not fit.
        BinanceError: The first snapshot did not come.
    """

    kind: ClassVar[str] = "book"

    def __init__(self, session: Session, symbol: str, *, levels: int = 20) -> None:
        if not 1 <= levels <= _MOST_LINES:
            raise UsageError(
                f"A ladder of {levels} lines cannot be drawn.",
                hint=f"From 1 to {_MOST_LINES} a side; session.depth gives up to 5,000.",
                suggestion="20",
                culprit=str(levels),
            )
        self.symbol, self.levels = symbol, levels
        self._session = session
        self._grid: Grid = grids_of(session, [symbol])[symbol]
        self._group = GROUPS[0]
        self._asked: tuple[str, str, bool] | None = None
        self._local: LocalBook | None = None
        self._snapshot = take_snapshot(session, symbol, _SNAPSHOT_LEVELS)
        self.panel = BookPanel()
        super().__init__(self.panel, session=session)
        self.panel.on_msg(self.guarded(self._hear))

    @property
    def group(self) -> int:
        """How many ticks a line is wide: 1, 10 or 100."""
        return self._group

    @group.setter
    def group(self, ticks: int) -> None:
        if ticks not in GROUPS:
            raise UsageError(
                f"A line cannot be {ticks!r} ticks wide.",
                hint=f"One of {', '.join(map(str, GROUPS))}.",
                suggestion=str(GROUPS[0]),
                culprit=str(ticks),
            )
        self._group = ticks
        self.invalidate()

    @property
    def is_still(self) -> bool:
        """Whether nothing moves here because the exchange's clock stands."""
        return self._session.client.clock.rate == 0

    def _begin(self) -> None:
        if not self.is_still:
            self._local = self.hold(self._session.book(self.symbol, limit=_SNAPSHOT_LEVELS))
            self._local.on_change(self.nudge())

    def _end(self) -> None:
        self.release(self._local)  # which still tells what it held last
        self.invalidate()

    def _source(self) -> LocalBook | BookSnapshot:
        local = self._local
        return self._snapshot if local is None or local.update_id is None else local

    def _view(self) -> tuple[BookView, LocalBook | BookSnapshot]:
        source, count = self._source(), max(_LEVELS_READ[self._group], self.levels)
        bids, asks = source.ladder(count)
        is_cut = max(len(bids), len(asks)) >= count
        return book_view(bids, asks, step=self._step, count=self.levels, is_cut=is_cut), source

    @property
    def _step(self) -> Decimal:
        return self._grid.tick * self._group

    def _paint(self) -> None:
        view, source = self._view()
        local = self._local if self.is_following else None
        self.say("" if local is None else waiting_words(local.problem, local.link), "feed")
        self.panel.book = {
            "symbol": self.symbol,
            "base": self._grid.base,
            "quote": self._grid.quote,
            "where": self._where,
            "group": self._group,
            "groups": [[group, plain(self._grid.tick * group)] for group in GROUPS],
            "time": "" if _time_of(source.last_update_ms) in self._where else _time_of(source.last_update_ms)[11:],
            **self._standing(source),
            **view.facts(self._grid, self._step),
        }
        self._reckon()

    def _standing(self, source: LocalBook | BookSnapshot) -> dict[str, str]:
        """Return how it stands: a word, a tone for the eye, and what is to be added."""
        if isinstance(source, BookSnapshot):
            if self.is_still:
                return {"state": "snapshot", "tone": "still", "note": "The clock stands: nothing will move."}
            if self.is_following:
                return {"state": "syncing", "tone": "wait", "note": "The changes are on their way."}
            return {"state": "snapshot", "tone": "still", "note": "Not followed."}
        counts = [f"{source.gaps} gap{'s' * (source.gaps != 1)}"] if source.gaps else []
        counts += (
            [f"rebuilt {'once' if source.rebuilds == 1 else f'{source.rebuilds} times'}"] if source.rebuilds else []
        )
        tone = {"in sync": "good", "closed": "still"}.get(source.state, "wait")
        state = "stopped" if source.state == "closed" else source.state
        return {"state": state, "tone": tone, "note": ", ".join(counts)}

    # What is asked in the browser.

    def _hear(self, panel: object, message: Any, buffers: object) -> None:  # Any: JSON from the browser
        match message:
            case {"do": "group", "to": int(ticks)}:
                self.group = ticks
            case {"do": "cost", "side": str(side), "size": str(size), "unit": str(unit)}:
                self._asked = (side, size.strip().replace(" ", ""), unit == "quote") if size.strip() else None
                self._reckon()

    def _reckon(self) -> None:
        if self._asked is None:
            self.panel.cost = {}
            return
        side, size, is_quote = self._asked
        try:
            found = self._source().cost(side, **{"quote_quantity" if is_quote else "quantity": size})
        except BinanceError as error:
            self.panel.cost = {"problem": problem_of(error)}
            return
        self.panel.cost = self._cost_facts(found, is_quote=is_quote)

    def _cost_facts(self, cost: MarketCost, *, is_quote: bool) -> dict[str, str]:
        if cost.average_price is None:
            return {"problem": "Nobody stands on the other side."}
        grid = self._grid
        asset = grid.quote if is_quote else grid.base
        rest = "more than is known of the book" if cost.is_past_edge else "more than the book has"
        return {
            "average": f"{cost.average_price:,.{max(0, -_exponent(grid.tick)) + 2}f}",
            "worst": grid.price(cost.worst_price or Decimal(0)),
            "sum": f"{_brief(cost.quantity)} {grid.base} for {_brief(cost.quote_quantity)} {grid.quote}",
            "slippage": "" if cost.slippage_bps is None else f"{cost.slippage_bps:,.2f} bps",
            "levels": f"{cost.levels:,}",
            "problem": "" if cost.is_filled else f"{plain(cost.missing)} {asset} not filled: {rest}.",
        }

    # Where no widgets work.

    @property
    def _where(self) -> str:
        environment = self._session.environment
        return environment.label or environment.name

    def picture(self) -> bytes:
        """Return the curve of the depth as a PNG."""
        bids, asks = self._source().ladder(_LEVELS_READ[1])
        below = ", ".join(each for each in (self._where, _time_of(self._source().last_update_ms)) if each)
        return depth_png(bids, asks, f"{self.symbol} order book", below=below, problem=self.problem)

    def words(self) -> str:
        """Return the ladder as plain text."""
        view, source = self._view()
        time = _time_of(source.last_update_ms)
        place = self._where if not time or time in self._where else f"{self._where}, {time}"
        state = "as of a snapshot" if isinstance(source, BookSnapshot) else self._standing(source)["state"]
        head = f"{self.symbol} order book, {state} · {place}"
        rows = [("ask", row) for row in reversed(view.asks)], [("bid", row) for row in view.bids]
        coarse = Grid(self.symbol, self._grid.base, self._grid.quote, self._step, self._grid.step)
        cells = [
            [
                (side, coarse.price(row.price), self._grid.quantity(row.quantity), self._grid.quantity(row.total))
                for side, row in part
            ]
            for part in rows
        ]
        names = ("", "price", f"quantity {self._grid.base}", "added up")
        widths = [max(len(line[at]) for line in (names, *cells[0], *cells[1])) for at in range(4)]
        lines = [_line(names, widths), *(_line(each, widths) for each in cells[0])]
        if view.mid is not None and view.spread is not None:
            lines.append(f"  ── spread {self._grid.price(view.spread)}, middle {self._grid.price(view.mid)} ──")
        lines += [_line(each, widths) for each in cells[1]]
        return "\n".join([head, *lines, *([self.problem] if self.problem else [])])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = (f"{text:>{width}}" for text, width in zip(cells, widths, strict=True))
    return "  ".join(["", first, *rest])


def _time_of(moment_ms: int | None) -> str:
    return "" if moment_ms is None else format_time(moment_ms // 1000 * 1000)


def _brief(amount: Decimal) -> str:
    """Write an amount; only a quotient, which may go on for ever, is cut after the exchange's eight decimals."""
    return plain(amount) if -_exponent(amount) <= _DECIMALS else f"≈ {plain(round(amount, _DECIMALS))}"


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
