"""How the range of a call is cut into pages that can be fetched in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any, Protocol

from binance_nb.catalog import Endpoint, in_ms, interval_ms
from binance_nb.client import Client, Reply
from binance_nb.errors import ReplyError

__all__ = ["PAGE_ROWS", "CandleWalk", "Page", "TradeWalk", "Walk", "is_range", "picked_rows", "rows_of", "walk_of"]

PAGE_ROWS = 1000
"""The most rows the exchange puts into one answer; the weight does not depend on it."""

_SHORTEST_MONTH_MS = 28 * 86_400_000
_CLOSE_TIME = 6


@dataclass(frozen=True)
class Page:
    """One request of a range.

    Attributes:
        sent: Wire texts.
        start: The place of its first row; None before it is known.
        stop: The place behind its last: what it brings from there on belongs to the next page.
    """

    sent: Mapping[str, str]
    start: int | None = None
    stop: int | None = None


class Walk(Protocol):
    """A way through a range, along open times in ms or along ids: its places."""

    step: int
    """How far apart two rows are; the least, where that varies."""

    def first(self) -> Page:
        """Return the first page, whose answer tells whether more are needed."""
        ...

    def after(self, row: Any) -> int:
        """Return the place at which the row after this one may be."""
        ...

    def measured(self, page: Page, rows: list[Any], stop: int | None) -> Page:  # Any: JSON
        """Return the first page with its places, from the rows it brought and the place behind it, if others follow."""
        ...

    def probe(self) -> Page | None:
        """Return what has to be asked to find the end, and brings no row of its own; None if it is known."""
        ...

    def last(self, found: Reply | None) -> int:
        """Return the last place of the range, from the answer to its probe if it needs one."""
        ...

    def page(self, start: int, stop: int) -> Page:
        """Return the page of the places from start to before stop."""
        ...

    def trimmed(self, page: Page, reply: Reply) -> bytes:
        """Return an answer's bytes without rows that belong to the next page."""
        ...


def walk_of(client: Client, endpoint: Endpoint, sent: Mapping[str, str], wanted: int | None) -> Walk | None:
    """Return the way through a call's range, or None if one answer holds what was asked for.

    Whoever says ``limit`` asked for that many rows of one answer. Without it, a call with a start is a range.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        sent: Bound wire texts.
        wanted: How many rows from an id on; None for all.

    Returns:
        The way, if there is one.
    """
    if not is_range(endpoint, sent):
        return None
    return CandleWalk(client, sent) if _holds_candles(endpoint) else TradeWalk(client, endpoint, sent, wanted)


def is_range(endpoint: Endpoint, sent: Mapping[str, str]) -> bool:
    """Return whether a call asks for a range, which may take several answers.

    Args:
        endpoint: The endpoint.
        sent: Bound wire texts.

    Returns:
        False where one answer holds what was asked for.
    """
    if "limit" in sent or endpoint.paging is None or endpoint.is_signed:
        return False
    if _holds_candles(endpoint):
        return "startTime" in sent
    # Where an id has to be given, nothing tells the newest one.
    is_by_id = endpoint.paging.parameter == "fromId" and endpoint.paging.omitted == "most_recent"
    return is_by_id and ("startTime" in sent or "fromId" in sent)


def _holds_candles(endpoint: Endpoint) -> bool:
    return endpoint.rows.index == "open_time"


def rows_of(reply: Reply) -> list[Any]:  # Any: JSON
    """Return the rows of an answer.

    Args:
        reply: The answer.

    Returns:
        Its rows.

    Raises:
        ReplyError: It is no list.
    """
    try:
        rows = json.loads(reply.body)
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        raise ReplyError(f"{reply.operation} was answered with something that is no list.", operation=reply.operation)
    return rows


class CandleWalk:
    """Along open times.

    Args:
        client: Tells the server's time.
        sent: The call's wire texts, ``startTime`` among them.
    """

    def __init__(self, client: Client, sent: Mapping[str, str]) -> None:
        self._sent = sent
        now_ms = client.clock.moment_ms()
        # The end is pinned now: candles that open while pages are fetched are not part of what was asked for.
        self._last = min(int(sent.get("endTime", now_ms)), now_ms)
        self.step = interval_ms(sent["interval"]) or _SHORTEST_MONTH_MS

    def first(self) -> Page:
        """Return the first page; the exchange begins it with the first candle there is."""
        return Page({**self._sent, "limit": str(PAGE_ROWS)})

    def after(self, row: Any) -> int:
        """Return where the next candle opens: right after this one's close."""
        return in_ms(int(row[_CLOSE_TIME])) + 1

    def measured(self, page: Page, rows: list[Any], stop: int | None) -> Page:  # Any: JSON
        """Return the first page with its places: before its first candle there is none."""
        return replace(page, start=int(self._sent["startTime"]), stop=self._last + 1 if stop is None else stop)

    def probe(self) -> Page | None:
        """Return None: the clock tells the end."""
        return None

    def last(self, found: Reply | None) -> int:
        """Return the last open time of the range."""
        return self._last

    def page(self, start: int, stop: int) -> Page:
        """Return the page of candles that open from start to before stop; one answer holds them."""
        bounds = {"startTime": str(start), "endTime": str(stop - 1), "limit": str(PAGE_ROWS)}
        return Page({**self._sent, **bounds}, start, stop)

    def trimmed(self, page: Page, reply: Reply) -> bytes:
        """Return an answer's bytes; its request had both bounds."""
        return reply.body.strip()


class TradeWalk:
    """Along ids, which have no holes as a rule; where they do, pages are trimmed so that none comes twice.

    Args:
        client: Tells the server's time.
        endpoint: The endpoint.
        sent: The call's wire texts: ``fromId``, or ``startTime``.
        wanted: How many rows from ``fromId`` on; None for all.
    """

    step = 1

    def __init__(self, client: Client, endpoint: Endpoint, sent: Mapping[str, str], wanted: int | None) -> None:
        assert endpoint.paging is not None
        self._sent = sent
        self._key = endpoint.paging.field
        self._wanted = wanted if "fromId" in sent else None
        self._symbol = {"symbol": sent["symbol"]}
        self._span: dict[str, str] = {}
        if "startTime" in sent:
            now_ms = client.clock.moment_ms()
            self._span = {"endTime": str(min(int(sent.get("endTime", now_ms)), now_ms))}

    def first(self) -> Page:
        """Return the first page."""
        count = PAGE_ROWS if self._wanted is None else min(PAGE_ROWS, self._wanted)
        return Page({**self._sent, **self._span, "limit": str(count)})

    def after(self, row: Any) -> int:
        """Return the id after this row's."""
        return int(row[self._key]) + 1

    def measured(self, page: Page, rows: list[Any], stop: int | None) -> Page:  # Any: JSON
        """Return the first page with its places, which its rows tell."""
        if not rows:
            return page
        return replace(page, start=int(rows[0][self._key]), stop=self.after(rows[-1]))

    def probe(self) -> Page | None:
        """Return what asks for the newest id of the range."""
        if self._wanted is not None and self._wanted <= PAGE_ROWS:
            return None
        return Page({**self._symbol, **self._span, "limit": "1"})

    def last(self, found: Reply | None) -> int:
        """Return the last id of the range."""
        newest = rows_of(found) if found is not None else []
        ends = [int(newest[-1][self._key])] if newest else [0] if found is not None else []
        if self._wanted is not None:
            ends.append(int(self._sent["fromId"]) + self._wanted - 1)
        return min(ends)

    def page(self, start: int, stop: int) -> Page:
        """Return the page of ids from start to before stop."""
        return Page({**self._symbol, "fromId": str(start), "limit": str(stop - start)}, start, stop)

    def trimmed(self, page: Page, reply: Reply) -> bytes:
        """Return an answer's bytes without the ids that a hole brought into reach."""
        body = reply.body.strip()
        if page.stop is None or self._ends_before(page.stop, body):
            return body
        ids = [int(row[self._key]) for row in rows_of(reply)]
        kept = sum(number < page.stop for number in ids)
        return body if kept == len(ids) else _first_rows(body, kept)

    def _ends_before(self, stop: int, body: bytes) -> bool:
        """Whether the last row alone, which takes no time to read, shows that there is nothing to trim."""
        try:
            return int(json.loads(body[body.rindex(b"{") : -1])[self._key]) < stop
        except (ValueError, KeyError, TypeError):
            return False


def _first_rows(body: bytes, count: int) -> bytes:
    """Return an array's bytes with its first rows alone, as they came."""
    return b"[" + b",".join(row for row, _ in zip(_raw_rows(body.decode()), range(count), strict=False)) + b"]"


def picked_rows(body: bytes, is_wanted: Sequence[bool]) -> bytes:
    """Return an array's bytes with some of its rows alone, digit for digit as they came.

    Args:
        body: The array.
        is_wanted: Of each row, whether it stays.

    Returns:
        The array's bytes.
    """
    if all(is_wanted):
        return body.strip()
    return b"[" + b",".join(compress(_raw_rows(body.decode()), is_wanted)) + b"]"


def _raw_rows(text: str) -> Iterator[bytes]:
    decoder, place = json.JSONDecoder(), text.index("{")
    while place >= 0:
        _, end = decoder.raw_decode(text, place)
        yield text[place:end].encode()
        place = text.find("{", end)
