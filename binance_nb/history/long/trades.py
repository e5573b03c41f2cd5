"""Trades of a stretch of time from the API: by id, in flight together, stored from the front as they land."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENDPOINTS, in_ms
from binance_nb.client import Client, Reply
from binance_nb.history.flight import fetch
from binance_nb.history.long.keeper import Keeper
from binance_nb.history.long.landed import gathered
from binance_nb.history.long.report import Report
from binance_nb.history.long.stamps import stamps_of
from binance_nb.history.pages import PAGE_ROWS, Page, rows_of
from binance_nb.history.progress import Progress
from binance_nb.store import Dataset, Span

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TradeFetch"]

_BATCH = 100
# Only these can be asked for by time; they name the first and the last of the trades that they sum up.
_BY_TIME = ENDPOINTS["agg_trades"]
_ENDS = {"agg_trades": ("a", "a"), "historical_trades": ("f", "l")}


class TradeFetch:
    """Fetches trades.

    Args:
        client: Makes the calls.
        dataset: Which trades.
        keeper: Stores them.
        report: Counts requests and weight.
    """

    def __init__(self, client: Client, dataset: Dataset, keeper: Keeper, report: Report) -> None:
        self._client = client
        self._dataset = dataset
        self._keeper = keeper
        self._report = report

    def ids(self, gap: Span) -> range:
        """Return the ids of a stretch of time.

        Args:
            gap: Which time.

        Returns:
            The ids; an empty range where nothing was traded.

        Raises:
            BinanceError: As of `Client.call`.
        """
        first_key, last_key = _ENDS[self._dataset.operation]
        first = self._edge(startTime=str(gap.start_ms))
        if first is None or in_ms(int(first["T"])) >= gap.end_ms:
            return range(0)
        last = self._edge(endTime=str(gap.end_ms - 1))
        return range(int(first[first_key]), int((last or first)[last_key]) + 1)

    def fetch(self, gap: Span, progress: Progress) -> None:
        """Fetch a stretch of time. What has landed without a gap is stored, however this ends.

        Args:
            gap: Which time.
            progress: Told of every page.

        Raises:
            BinanceError: As of `Client.call`.
            StoreError: The store cannot be written.
        """
        ids = self.ids(gap)
        starts = range(ids.start, ids.stop, PAGE_ROWS)
        symbol = self._dataset.symbol
        pages = [
            Page({"symbol": symbol, "fromId": str(at), "limit": str(min(PAGE_ROWS, ids.stop - at))}) for at in starts
        ]
        progress.grow(len(pages))
        front = _Front(self._dataset, self._keeper, gap, ids.stop)

        def take(place: int, reply: Reply) -> Reply:
            self._report.count(reply)
            self._report.sources.add("api")
            front.land(place, reply.body)
            return replace(reply, body=b"")

        try:
            fetch(self._client, self._dataset.endpoint, pages, progress, take)
        finally:
            front.store(is_whole=front.landed == len(pages))

    def _edge(self, **bound: str) -> Mapping[str, Any] | None:  # Any: JSON
        reply = self._client.send(_BY_TIME, {"symbol": self._dataset.symbol, **bound, "limit": "1"})
        self._report.count(reply)
        return next(iter(rows_of(reply)), None)


class _Front:
    """The pages that have landed without a gap before them.

    Trades of one millisecond may lie on both sides of a page's end, so those of the last one wait for what follows.
    """

    def __init__(self, dataset: Dataset, keeper: Keeper, gap: Span, stop: int) -> None:
        self._dataset, self._keeper, self._gap, self._stop = dataset, keeper, gap, stop
        self._bodies: dict[int, bytes] = {}
        self._at, self._since_ms = 0, gap.start_ms
        self._waiting: pd.DataFrame | None = None

    @property
    def landed(self) -> int:
        """How many pages there are without a gap."""
        at = self._at
        while at in self._bodies:
            at += 1
        return at

    def land(self, place: int, body: bytes) -> None:
        self._bodies[place] = body
        if self.landed - self._at >= _BATCH:
            self.store(is_whole=False)

    def store(self, *, is_whole: bool) -> None:
        """Store what stands at the front.

        Args:
            is_whole: Whether nothing more will follow.
        """
        landed = self.landed
        if landed == self._at and not is_whole:
            return
        frame = self._frame([self._bodies.pop(place) for place in range(self._at, landed)])
        self._at = landed
        if not len(frame) and not is_whole:
            return
        until_ms = self._gap.end_ms if is_whole else int(stamps_of(frame["time"].iloc[-1:])[0])
        is_done = stamps_of(frame["time"]) < until_ms
        self._waiting = frame[~is_done]
        if until_ms > self._since_ms:
            self._keeper.keep(frame[is_done].reset_index(drop=True), Span(self._since_ms, until_ms))
            self._since_ms = until_ms

    def _frame(self, bodies: list[bytes]) -> pd.DataFrame:
        import pandas as pd

        frame = gathered(self._dataset.endpoint, bodies)
        if self._waiting is not None and len(self._waiting):
            frame = pd.concat([self._waiting, frame], ignore_index=True)
        # Where ids have holes, a page reaches into the next one, and the last beyond the range.
        frame = frame.drop_duplicates(self._dataset.key)
        return frame[frame[self._dataset.key] < self._stop]
