"""The account's own history, past the day and the thousand rows that one answer may hold: walked by id."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from binance_nb.catalog import Endpoint, in_ms
from binance_nb.client import Client, Reply
from binance_nb.history.pages import PAGE_ROWS, Page, picked_rows, rows_of

__all__ = ["AccountWalk"]

_TIMES = ("time", "transactionTime")
_DAY_MS = 86_400_000
_Asking = Generator[Page, Reply, tuple[Reply, list[Any]]]  # Any: JSON rows


class AccountWalk:
    """Walks along ids, each page from where the one before ended: so nothing comes twice, and nothing is left out.

    Where the range begins at a moment, its first id is looked for: in the day that begins there, then among the oldest
    rows, then by halving. Ids grow with time.

    Args:
        client: Tells the server's time.
        endpoint: The endpoint.
        sent: Bound wire texts.
    """

    def __init__(self, client: Client, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        assert endpoint.paging is not None
        self._sent = sent
        self._parameter, self._key = endpoint.paging.parameter, endpoint.paging.field
        self._start_ms = int(sent.get("startTime", 0))
        now_ms = client.clock.moment_ms()
        self._end_ms = int(sent.get("endTime", now_ms))
        self._rest = {k: v for k, v in sent.items() if k not in ("startTime", "endTime", self._parameter)}

    def pages(self) -> Generator[Page, Reply, list[bytes]]:
        """Give the requests, one after the other.

        Yields:
            What to ask for next; its reply is to be sent in.

        Returns:
            The bytes of each page, with the rows of the range alone.
        """
        bodies: list[bytes] = []
        reply, rows = yield from self._begin()
        while reply is not None:
            bodies.append(picked_rows(reply.body, [self._is_wanted(row) for row in rows]))
            if len(rows) < PAGE_ROWS or self._time(rows[-1]) > self._end_ms:
                break
            reply, rows = yield from self._ask({self._parameter: str(self._id(rows[-1]) + 1)})
        return bodies

    def _begin(self) -> Generator[Page, Reply, tuple[Reply | None, list[Any]]]:  # Any: JSON rows
        """Return the first page that holds a row of the range, or nothing."""
        if self._parameter in self._sent:
            found = yield from self._ask({self._parameter: self._sent[self._parameter]})
            return found
        day_ends = min(self._end_ms, self._start_ms + _DAY_MS)
        _, rows = yield from self._ask({"startTime": str(self._start_ms), "endTime": str(day_ends)})
        if not rows and day_ends == self._end_ms:
            return None, []
        # From here on by id alone: a page by time may end among rows of one millisecond.
        first = self._id(rows[0]) if rows else (yield from self._first_id())
        if first is None:
            return None, []
        found = yield from self._ask({self._parameter: str(first)})
        return found

    def _first_id(self) -> Generator[Page, Reply, int | None]:
        _, oldest = yield from self._ask({self._parameter: "0"})
        if not oldest:
            return None
        if len(oldest) < PAGE_ROWS or self._time(oldest[-1]) >= self._start_ms:
            return next((self._id(row) for row in oldest if self._time(row) >= self._start_ms), None)
        # Below lies before the range, above does not; each probe is answered with the next row that there is.
        below, above, stride = self._id(oldest[-1]), 0, PAGE_ROWS
        while not above:
            before = yield from self._before(below + stride)
            below, above, stride = (before, 0, 2 * stride) if before else (below, below + stride, stride)
        while above - below > 1:
            middle = (below + above) // 2
            before = yield from self._before(middle)
            below, above = (before, above) if before else (below, middle)
        return above

    def _before(self, probe: int) -> Generator[Page, Reply, int | None]:
        """Return the id of the first row from an id on, if it lies before the range."""
        _, rows = yield from self._ask({self._parameter: str(probe)}, limit=1)
        return self._id(rows[0]) if rows and self._time(rows[0]) < self._start_ms else None

    def _ask(
        self, words: Mapping[str, str], limit: int = PAGE_ROWS
    ) -> Generator[Page, Reply, tuple[Reply, list[Any]]]:  # Any: JSON rows
        reply = yield Page({**self._rest, **words, "limit": str(limit)})
        return reply, rows_of(reply)

    def _is_wanted(self, row: Mapping[str, Any]) -> bool:
        return self._start_ms <= self._time(row) <= self._end_ms

    def _id(self, row: Mapping[str, Any]) -> int:
        return int(row[str(self._key)])

    def _time(self, row: Mapping[str, Any]) -> int:
        return in_ms(next(int(row[name]) for name in _TIMES if name in row))
