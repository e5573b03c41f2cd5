"""An order book kept up to date here, from a snapshot and the stream of its changes."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Self

from binance_nb.client import Client
from binance_nb.errors import StreamError
from binance_nb.streams.book.asking import MOST_LEVELS, Attaching, check_count, check_limit, stream_ending
from binance_nb.streams.book.book_frame import book_frame
from binance_nb.streams.book.costs import MarketCost, amount_of, market_cost, plain, side_of
from binance_nb.streams.book.keeping import BookState, ChangeHandle, Keeping
from binance_nb.streams.book.ladder import Ladder, Level, Side
from binance_nb.streams.book.snapshots import BookPolicy
from binance_nb.streams.link import LinkState

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.frames.attributes import Fact

__all__ = ["LocalBook"]


class LocalBook:
    """The order book of one symbol, kept right by the documented procedure.

        book = session.book("BTCUSDT")
        book.wait_in_sync(10)
        book.top(5)
        book.cost("BUY", quantity="2")

    It begins at once and in the background. When an event is missing, or the connection is lost, it fetches another
    snapshot by itself. Meanwhile it reads as it was when it was last right, and `is_in_sync` is False: a book that is
    half built or crossed is never handed out. Levels beyond the snapshot's worst price are not known until they change;
    when the prices come near there, another snapshot is fetched, and the book stays in sync meanwhile.

    Every method may be called from any thread.

    Args:
        hub: Where the stream comes from.
        client: Fetches the snapshots, on a thread of its own.
        symbol: The symbol.
        speed: How often changes come: ``100ms`` or ``1000ms``.
        limit: How many levels a side a snapshot has, 100 to 5000; with 5000 it weighs 250.
        policy: By which rules snapshots are asked for.

    Raises:
        UsageError: A word does not fit; nothing was sent.
    """

    def __init__(
        self,
        hub: Attaching,
        client: Client,
        symbol: str,
        *,
        speed: str = "100ms",
        limit: int = MOST_LEVELS,
        policy: BookPolicy | None = None,
    ) -> None:
        ending = stream_ending(speed)
        check_limit(limit)
        self._client = client
        self._keeping = Keeping(client, symbol, limit, policy or BookPolicy())
        self.symbol = self._keeping.snapshots.symbol
        self.stream = f"{self.symbol.lower()}@depth{ending}"
        self.limit = limit
        self._attached = hub.attach([self.stream], self._keeping)
        self._line = self._keeping.line
        # A book that nobody holds any more, not even a callback, lets go of its stream.
        weakref.finalize(self, self._attached.close).atexit = False

    def __repr__(self) -> str:
        with self._still():
            ladder, state, why = self._keeping.procedure.ladder, self._keeping.state, self._keeping.problem
            bid, ask = (None, None) if ladder is None else _decimals(ladder)
        best = "" if bid is None or ask is None else f", {plain(bid)} / {plain(ask)}"
        return f"LocalBook({self.symbol}, {state}{best}){f': {why}' if why else ''}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_in_sync(self) -> bool:
        """Whether the book is the exchange's as of its newest event."""
        with self._line.still("state"):
            return self._keeping.is_in_sync

    @property
    def state(self) -> BookState:
        """``syncing`` at first, ``in sync``, ``rebuilding`` after a gap, ``lost`` without connection, ``closed``."""
        with self._line.still("state"):
            return self._keeping.state

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; empty when all is well."""
        with self._line.still("state"):
            return self._keeping.problem

    @property
    def link(self) -> LinkState:
        """How the connection stands."""
        with self._line.still("state"):
            return self._keeping.link

    @property
    def gaps(self) -> int:
        """How often an event was missing."""
        with self._line.still("state"):
            return self._keeping.procedure.gaps

    @property
    def rebuilds(self) -> int:
        """How often it was built anew after it had been in sync and was not any more."""
        with self._line.still("state"):
            return self._keeping.rebuilds

    @property
    def update_id(self) -> int | None:
        """The exchange's id of the newest change that is in; None before the first snapshot."""
        with self._line.still("state"):
            ladder = self._keeping.procedure.ladder
            return None if ladder is None else ladder.update_id

    @property
    def last_update_ms(self) -> int | None:
        """The exchange's time of the newest event that is in; None before the first."""
        with self._line.still("state"):
            return self._keeping.event_ms

    @property
    def lag_ms(self) -> float | None:
        """How old the newest event was when it arrived, as far as both clocks agree; None before the first."""
        with self._line.still("state"):
            event_ms, received_ms = self._keeping.event_ms, self._keeping.received_ms
        if event_ms is None or received_ms is None or self._client.clock.rate != 1:
            return None  # by a clock that stands or runs fast nothing is late
        return received_ms + (self._client.clock.offset_ms or 0.0) - event_ms

    @property
    def best_bid(self) -> Decimal | None:
        """The highest price bid; None where there is none."""
        return self._best()[0]

    @property
    def best_ask(self) -> Decimal | None:
        """The lowest price asked; None where there is none."""
        return self._best()[1]

    @property
    def mid(self) -> Decimal | None:
        """The middle between the two; None where one is missing."""
        return _middle(*self._best())

    @property
    def spread(self) -> Decimal | None:
        """The best ask less the best bid; None where one is missing."""
        bid, ask = self._best()
        return None if bid is None or ask is None else ask - bid

    def wait_in_sync(self, seconds: float = 10.0) -> Self:
        """Wait until the book is in sync.

        Args:
            seconds: How long at most.

        Returns:
            The book.

        Raises:
            StreamError: It was not within that time, or it is closed.
            BinanceError: It never will be: the symbol is unknown.
        """
        try:
            # What is played has come as far as it had when somebody had waited.
            if not self._line.is_played:
                self._keeping.wait(seconds)
        finally:
            with self._line.still("sync"):
                pass
        self._keeping.wait(0.0)
        return self

    def ladder(self, count: int = 20) -> tuple[list[Level], list[Level]]:
        """Return the best levels with the exchange's digits: cheap, for those who draw them often.

        Args:
            count: How many a side at most.

        Returns:
            Bids and asks, each the best first; two empty lists before the first snapshot.
        """
        with self._keeping.guard:
            ladder = self._keeping.procedure.ladder
            return ([], []) if ladder is None else ladder.top(count)

    def floats(self, count: int = 20) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """Return the best levels as floats; see `ladder`.

        Args:
            count: How many a side at most.

        Returns:
            Bids and asks, each the best first.
        """
        with self._keeping.guard:
            ladder = self._keeping.procedure.ladder
            return ([], []) if ladder is None else ladder.floats(count)

    def top(self, count: int = 20, *, exact: bool = False) -> pd.DataFrame:
        """Return the best levels as the frame that ``session.depth`` gives.

        Args:
            count: How many a side at most.
            exact: Whether prices and quantities are Decimals with the exchange's digits.

        Returns:
            Index ``level``, 0 the best. Columns ``bid_quantity``, ``bid_price``, ``ask_price``, ``ask_quantity``:
            float64, NaN where one side is shorter. ``attrs["binance"]`` says ``in_sync``, ``state``, ``update_id`` as
            ``reply.last_update_id``, and ``whole``: whether no level can be missing among these.

        Raises:
            UsageError: The count is no positive whole number.
            StreamError: There is no book yet.
        """
        check_count(count)
        with self._still():
            ladder = self._whole()
            levels, update_id = ladder.top(count), ladder.update_id
            facts = self._facts(ladder, is_whole=_is_whole(ladder.bids, count) and _is_whole(ladder.asks, count))
        return book_frame(self._client, self.symbol, update_id, levels, facts, exact=exact)

    def to_frame(self, *, exact: bool = False) -> pd.DataFrame:
        """Return all levels of which none can be missing: those up to the edge of the snapshot.

        Args:
            exact: As of `top`.

        Returns:
            As of `top`: index ``level``, from 0 at the best prices; columns and dtypes are those of ``session.depth``.

        Raises:
            StreamError: There is no book yet.
        """
        with self._still():
            ladder = self._whole()
            levels = ladder.bids.top(ladder.bids.known), ladder.asks.top(ladder.asks.known)
            update_id, facts = ladder.update_id, self._facts(ladder, is_whole=True)
        return book_frame(self._client, self.symbol, update_id, levels, facts, exact=exact)

    def imbalance(self, count: int = 20) -> float:
        """Return which side has more near the best prices.

        Args:
            count: How many levels a side count.

        Returns:
            From -1, only asks, to 1, only bids: the difference of the quantities by their sum. 0 of an empty book.

        Raises:
            UsageError: The count is no positive whole number.
            StreamError: There is no book yet.
        """
        check_count(count)
        with self._still():
            bids, asks = self._whole().top(count)
        bid, ask = (sum((Decimal(quantity) for _, quantity in side), Decimal(0)) for side in (bids, asks))
        return float((bid - ask) / (bid + ask)) if bid + ask else 0.0

    def cost(
        self,
        side: str,
        quantity: Decimal | str | float | None = None,
        *,
        quote_quantity: Decimal | str | float | None = None,
    ) -> MarketCost:
        """Tell what a market order would come to if it arrived now, before commission.

        Only levels before the edge of the snapshot count; what would run past it is told as missing.

        Args:
            side: ``BUY`` or ``SELL``.
            quantity: How much of the base asset.
            quote_quantity: Instead, how much of the quote asset to pay or receive.

        Returns:
            Exact sums; the average is rounded at its fiftieth digit.

        Raises:
            UsageError: The side or the amount does not fit.
            StreamError: There is no book yet.
        """
        taken, (wanted, is_quote) = side_of(side), amount_of(quantity, quote_quantity)
        with self._still():
            ladder = self._whole()
            other = ladder.asks if taken == "BUY" else ladder.bids
            levels, has_edge = other.top(other.known), other.edge is not None
            mid, is_in_sync, update_id = _middle(*_decimals(ladder)), self._keeping.is_in_sync, ladder.update_id
        return market_cost(
            taken,
            wanted,
            levels,
            is_quote=is_quote,
            mid=mid,
            has_edge=has_edge,
            is_in_sync=is_in_sync,
            update_id=update_id,
        )

    def on_change(self, callback: Callable[[LocalBook], object]) -> ChangeHandle:
        """Have a function called after each event that is in, and when the state has changed.

        It is called on the streams' own thread and has to be quick. One that raises is told no more; `problem` says so.

        Args:
            callback: Called with the book.

        Returns:
            A handle to cancel it with.
        """
        with self._line.still("listen"):
            handle = self._keeping.listen(lambda: callback(self))
        self._line.run_ahead()
        return handle

    def close(self) -> None:
        """Let go of the stream; the book stays readable as it was, and is not in sync."""
        with self._line.still("close"):
            self._keeping.close()
        self._attached.close()

    def _whole(self) -> Ladder:
        ladder = self._keeping.procedure.ladder
        if ladder is None:
            raise StreamError(
                f"There is no book of {self.symbol} yet: it is {self._keeping.state}.",
                hint=self._keeping.problem or "Its first snapshot is under way.",
                suggestion="book.wait_in_sync(10)",
            )
        return ladder

    @contextmanager
    def _still(self) -> Iterator[None]:
        with self._line.still("book"), self._keeping.guard:
            yield

    def _best(self) -> tuple[Decimal | None, Decimal | None]:
        with self._still():
            ladder = self._keeping.procedure.ladder
            return (None, None) if ladder is None else _decimals(ladder)

    def _facts(self, ladder: Ladder, *, is_whole: bool) -> dict[str, Fact]:
        return {
            "in_sync": self._keeping.is_in_sync,
            "state": self._keeping.state,
            "whole": is_whole,
            "bids_known_to": ladder.bids.edge,
            "asks_known_to": ladder.asks.edge,
            "server_time": self._as_of_ms(),
        }

    def _as_of_ms(self) -> int:
        """Return the exchange's time for which the book holds: now, or when it was last right."""
        now_ms = self._client.clock.estimate_ms()
        return now_ms if self._keeping.is_in_sync else self._keeping.event_ms or now_ms


def _decimals(ladder: Ladder) -> tuple[Decimal | None, Decimal | None]:
    bid, ask = ladder.best
    return None if bid is None else Decimal(bid), None if ask is None else Decimal(ask)


def _is_whole(side: Side, count: int) -> bool:
    """Whether no level can be missing among the best."""
    return side.edge is None or count <= side.known


def _middle(bid: Decimal | None, ask: Decimal | None) -> Decimal | None:
    return None if bid is None or ask is None else (bid + ask) / 2
