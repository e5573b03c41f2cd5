"""An account that is followed over a line that can be cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchmarks.servers.relay import Relay, relayed
from binance_nb import Session
from binance_nb.client import Client
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.events import Event
from binance_nb.streams.link import Policy
from binance_nb.streams.user import UserFeed
from binance_nb.streams.user.following import Following

QUICK = Policy(overlap_seconds=0.05, backoff=Backoff(0.1, 0.2))


@dataclass
class Followed:
    """A feed, the line it stands on, and what it told."""

    feed: UserFeed
    relay: Relay
    client: Client
    told: list[Event] = field(default_factory=list)

    def wait_for(self, is_there: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something holds, which another thread brings about."""
        ends = time.monotonic() + seconds
        while not is_there():
            assert time.monotonic() < ends, (self.feed.state, self.feed.problem, self.words())
            self.feed._patience.sleep(lambda: False, 0.01)

    def cut(self) -> None:
        """Cut the line, and wait until that is noticed."""
        self.relay.cut()
        self.wait_for(lambda: self.feed.state.status == "lost")

    def mend(self) -> None:
        """Mend it, and wait until what was missed has been told."""
        self.relay.mend()
        self.wait_for(lambda: self.feed.is_whole)

    def words(self, kind: str = "executionReport") -> list[tuple[str, ...]]:
        """What was told of a kind, in short."""
        return [_words(event) for event in self.told if event.kind == kind]


def _words(event: Event) -> tuple[str, ...]:
    data: Any = event.data
    match event.kind:
        case "executionReport":
            return event.source, data["s"], data["x"], data["X"], f"{float(data['z']):g}"
        case "listStatus":
            return event.source, data["l"], data["L"]
        case "outboundAccountPosition":
            return event.source, *(row["a"] for row in data["B"])
        case _:
            return (event.source,)


def following_of(feed: UserFeed) -> Following:
    """What follows the account, where no tape does."""
    assert isinstance(feed._following, Following)
    return feed._following


@pytest.fixture
def follow() -> Iterator[Callable[..., Followed]]:
    """A function that follows the account of a session, ready when it returns."""
    with ExitStack() as stack:

        def begin(session: Session, *, client: Client | None = None, is_awaited: bool = True, **more: Any) -> Followed:
            through, relay = stack.enter_context(relayed(client or session.client))
            feed = stack.enter_context(UserFeed(through, **{"policy": QUICK, **more}))
            followed = Followed(feed, relay, through)
            feed.on(followed.told.append)
            if is_awaited:
                feed.wait_ready(30)
            return followed

        yield begin
