"""A call with as many pages as its range needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, Reply
from binance_nb.errors import UsageError
from binance_nb.grammar import format_time
from binance_nb.history.account import AccountWalk
from binance_nb.history.basket import Basket, Gather, OnPage, joined_bodies
from binance_nb.history.flight import fetch
from binance_nb.history.pages import PAGE_ROWS, Page, Walk, is_range, rows_of, walk_of
from binance_nb.history.plan import MAX_ROWS, Plan, estimate_seconds
from binance_nb.history.progress import Progress

if TYPE_CHECKING:
    from binance_nb.frames.gathering import Gathering

__all__ = ["Pulled", "Stage", "check_range", "plan", "pull", "stages"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Pulled:
    """What a call brought, all its pages together.

    Attributes:
        body: The answer's bytes; pages of an array are joined into one array, digit for digit. Empty where
            they were gathered.
        weight: Request weight spent.
        server_ms: Server time when the last page came, which is the one with the newest rows.
        requests: How many requests it took.
        made_of: What a sandbox says its rows are: ``recorded``, ``synthetic`` or ``mixed``; None on a real exchange.
        gathered: The pages of a range that takes several, if they were to be gathered.
    """

    body: bytes = field(repr=False)
    weight: int
    server_ms: int
    requests: int
    made_of: str | None = None
    gathered: Gathering | None = None


@dataclass(frozen=True)
class Stage:
    """Requests of one call that can be made at the same time.

    Attributes:
        client: Makes them.
        endpoint: The endpoint.
        pages: What to ask for.
        is_planned: Whether the size of the whole is known and allowed, so that it may take minutes of weight.
        take: To be given each reply as it lands, with the place of its page, if the sender can; it returns what has to
            be kept of it. It takes a reply once, and those it was not given are taken at the end.
    """

    client: Client
    endpoint: Endpoint
    pages: Sequence[Page]
    is_planned: bool = False
    take: Callable[[int, Reply], Reply] | None = None


def pull(
    client: Client,
    endpoint: Endpoint,
    sent: Mapping[str, str],
    *,
    max_rows: int | None = None,
    progress: bool | None = None,
    may_wait_minutes: bool = False,
    gather: Gather | None = None,
    on_page: OnPage | None = None,
) -> Pulled:
    """Make a call, with as many pages as its range needs.

    Candles and aggregate trades with a start, and trades with ``fromId``, are ranges unless ``limit`` is given: whoever
    says ``limit`` asked for that many rows. The first page is fetched alone and tells how many more there are;
    these fly together.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        sent: Bound wire texts.
        max_rows: Ceiling for the rows of a range of time; how many rows are wanted from an id on. When None, `MAX_ROWS`
            and one minute's weight are the ceiling of both.
        progress: Whether a bar is shown; when None, for long pulls.
        may_wait_minutes: Whether its first page, too, waits for weight as long as it takes, not only those that are
            known to be wanted.
        gather: Makes what reads the pages of a range as they come, so that no text is kept; it is told the most rows of
            each.
        on_page: Given each page of a range with its bytes, as they come: in any order, in the caller's thread. When the
            pull breaks off, it was given all that had come.

    Returns:
        The whole answer.

    Raises:
        UsageError: The range is longer than the ceiling; beyond the first page nothing of it was pulled. Or
            ``max_rows`` is given where there is no range; then nothing was sent.
        BinanceError: As of `Client.call`.
    """
    # What a frozen sandbox's notebook shows has to be the same each time.
    is_shown = False if progress is None and client.clock.rate == 0 else progress

    def make(stage: Stage) -> list[Reply]:
        if not (stage.is_planned or may_wait_minutes):
            return _one_by_one(stage)
        bar = Progress(endpoint.name, len(stage.pages), is_shown)
        try:
            return fetch(client, endpoint, stage.pages, bar, stage.take)
        finally:
            bar.close()

    return _driven(stages(client, endpoint, sent, max_rows=max_rows, gather=gather, on_page=on_page), make)


def stages(
    client: Client,
    endpoint: Endpoint,
    sent: Mapping[str, str],
    *,
    max_rows: int | None = None,
    gather: Gather | None = None,
    on_page: OnPage | None = None,
) -> Generator[Stage, list[Reply], Pulled]:
    """Make a call as `pull` does, leaving it to the caller to send.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        sent: Bound wire texts.
        max_rows: As of `pull`.
        gather: As of `pull`.
        on_page: As of `pull`.

    Yields:
        What to send next; the replies to it are to be sent in, in the order of its pages.

    Returns:
        The whole answer.

    Raises:
        UsageError: As of `pull`.
    """
    check_range(endpoint, sent, max_rows)
    walk = walk_of(client, endpoint, sent, max_rows)
    if walk is None and endpoint.is_walked(sent):
        return (yield from _account_stages(client, endpoint, sent))
    if walk is None:
        [reply] = yield Stage(client, endpoint, [Page(sent)])
        return _pulled([reply], reply.body.strip())
    begun = yield from _begin(client, endpoint, walk, max_rows)
    begun.plan.check(_start(sent))
    basket = Basket(walk, begun.pages, gather, on_page)
    basket.take(0, begun.replies[0])
    if len(begun.pages) == 1:
        return _pulled(begun.replies, basket.joined())
    rest = yield Stage(client, endpoint, begun.pages[1:], is_planned=True, take=basket.take_later)
    for place, reply in enumerate(rest):
        basket.take_later(place, reply)
    return _pulled([*begun.replies, *rest], basket.joined(), basket.gathering)


def _account_stages(
    client: Client, endpoint: Endpoint, sent: Mapping[str, str]
) -> Generator[Stage, list[Reply], Pulled]:
    """Walk the account's history; each page says where the next begins, so they come one after the other."""
    replies: list[Reply] = []
    pages = AccountWalk(client, endpoint, sent).pages()
    try:
        page = next(pages)
        while True:
            [reply] = yield Stage(client, endpoint, [page])
            replies.append(reply)
            page = pages.send(reply)
    except StopIteration as done:
        return _pulled(replies, joined_bodies(done.value) or b"[]")


def plan(client: Client, endpoint: Endpoint, sent: Mapping[str, str], *, max_rows: int | None = None) -> Plan:
    """Tell what `pull` would take. A range costs the request or two that measure it; other calls are not made.

    Args:
        client: Makes the calls.
        endpoint: The endpoint.
        sent: Bound wire texts.
        max_rows: As of `pull`.

    Returns:
        The plan.

    Raises:
        BinanceError: As of `Client.call`.
    """
    check_range(endpoint, sent, max_rows)
    walk = walk_of(client, endpoint, sent, max_rows)
    if walk is not None:
        return _driven(_begin(client, endpoint, walk, max_rows), _one_by_one).plan
    price = endpoint.weight.price(sent)
    return Plan(endpoint.name, None, 1, price, client.budget.limit, estimate_seconds(client, 1, price, 0.0))


def check_range(endpoint: Endpoint, sent: Mapping[str, str], max_rows: int | None) -> None:
    """Refuse a number of rows that would be ignored.

    Args:
        endpoint: The endpoint.
        sent: Bound wire texts.
        max_rows: As of `pull`.

    Raises:
        UsageError: It is given where there is no range.
    """
    if max_rows is not None and not is_range(endpoint, sent):
        raise _no_range(endpoint, sent)


def _driven(steps: Generator[Stage, list[Reply], _T], make: Callable[[Stage], list[Reply]]) -> _T:
    """Run a call to its end, its stages one after the other."""
    try:
        stage = next(steps)
        while True:
            stage = steps.send(make(stage))
    except StopIteration as done:
        result: _T = done.value
        return result


def _one_by_one(stage: Stage) -> list[Reply]:
    return [stage.client.send(stage.endpoint, page.sent) for page in stage.pages]


def _no_range(endpoint: Endpoint, sent: Mapping[str, str]) -> UsageError:
    """Refuse a number of rows that would be ignored: one answer brings what it brings."""
    starts = [name for name, wire in (("start", "startTime"), ("from_id", "fromId")) if wire in endpoint.by_name]
    if "limit" in sent:
        message = f"{endpoint.name} takes limit or max_rows, not both."
        hint = "limit is the number of rows of one answer, max_rows bounds a range of many: leave one out."
    elif starts:
        message = f"max_rows bounds a range, and this call of {endpoint.name} has none: it is one answer."
        hint = f"Say where the range begins, with {' or '.join(starts)}; or give limit for the newest rows."
    else:
        message, hint = f"{endpoint.name} has no range that max_rows could bound.", "Leave max_rows out."
    return UsageError(message, hint=hint, culprit="max_rows", operation=endpoint.name)


@dataclass(frozen=True)
class _Begun:
    """A range after its first page, and after what had to be asked to find its end.

    Attributes:
        replies: The answers so far, that of the first page first.
        pages: All pages, the first one, too.
        plan: What they take.
    """

    replies: Sequence[Reply]
    pages: Sequence[Page]
    plan: Plan


def _begin(
    client: Client, endpoint: Endpoint, walk: Walk, max_rows: int | None
) -> Generator[Stage, list[Reply], _Begun]:
    started = time.monotonic()
    first = walk.first()
    replies = yield Stage(client, endpoint, [first])
    latency_seconds = time.monotonic() - started
    rows = rows_of(replies[0])
    count, pages, stop = len(rows), list[Page](), None
    if count >= int(first.sent["limit"]):
        if probe := walk.probe():
            replies += yield Stage(client, endpoint, [probe])
        stop, last = walk.after(rows[-1]), walk.last(replies[1] if probe else None)
        count += len(range(stop, last + 1, walk.step))
        width = PAGE_ROWS * walk.step
        pages = [walk.page(at, min(at + width, last + 1)) for at in range(stop, last + 1, width)]
    price, made = endpoint.weight.price(first.sent), len(replies)
    limit, ceiling = client.budget.limit, MAX_ROWS if max_rows is None else max_rows
    weight = (made + len(pages)) * price
    is_within = count <= ceiling and (max_rows is not None or weight <= limit)
    seconds = estimate_seconds(client, len(pages), price, latency_seconds)
    is_paced = client.clock.rate != 0
    requests = made + len(pages)
    known = Plan(endpoint.name, count, requests, weight, limit, seconds, ceiling, is_within, is_paced)
    return _Begun(replies, [walk.measured(first, rows, stop), *pages], known)


def _pulled(replies: Sequence[Reply], body: bytes, gathered: Gathering | None = None) -> Pulled:
    weight = sum(reply.weight for reply in replies)
    return Pulled(body, weight, replies[-1].server_ms, len(replies), _made_of(replies), gathered)


def _made_of(replies: Sequence[Reply]) -> str | None:
    said = {reply.headers["x-sandbox-source"] for reply in replies if "x-sandbox-source" in reply.headers}
    return "mixed" if len(said) > 1 else next(iter(said), None)


def _start(sent: Mapping[str, str]) -> str:
    return format_time(int(sent["startTime"])) if "startTime" in sent else f"id {sent['fromId']}"
