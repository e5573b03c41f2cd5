"""A client of a scripted server, with a clock and a sleep that a test can watch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from binance_nb.client import Client, OrderIds, WeightBudget
from binance_nb.environment import Environment
from binance_nb.keys import credentials
from tests.client.scripted import Answer, ScriptedServer

KEY, SECRET = "k" * 60 + "LAST", "s" * 64


class Peer:
    """A scripted server and the client that talks to it."""

    def __init__(self, server: ScriptedServer, client: Client, slept: list[float], waits: list[str]) -> None:
        self.server = server
        self.client = client
        self.slept = slept
        self.waits = waits

    @property
    def calls(self) -> list[str]:
        """Paths heard, without the clock's own."""
        return [heard.path for heard in self.server.heard if heard.path != "/api/v3/time"]


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """A function that starts a scripted server and returns it with a client."""
    with ExitStack() as stack:

        def start(*answers: Answer, is_live: bool = False, **options: Any) -> Peer:
            ticking = itertools.count(1_700_000_000_000, 10)
            server = stack.enter_context(ScriptedServer(*answers, server_time=lambda: next(ticking)))
            place = Environment("local", server.url, is_live=is_live)
            slept: list[float] = []
            waits: list[str] = []
            options = {
                "budget": WeightBudget(),
                "sleep": slept.append,
                "on_wait": lambda seconds, reason: waits.append(reason),
                "order_ids": OrderIds(1),
                # Few are to run out of time, and those say so: a busy machine may take seconds over an answer.
                "timeout_seconds": 30.0,
                **options,
            }
            held = options.pop("held", credentials(KEY, SECRET, place.host))
            client = Client(place, held, **options)
            stack.callback(client.close)
            return Peer(server, client, slept, waits)

        yield start
