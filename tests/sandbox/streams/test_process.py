"""The streams of a sandbox that runs as a process, with clocks that nobody turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from binance_nb.sandbox.launcher import SandboxProcess


async def listen(url: str, count: int) -> list[Any]:
    """The first messages of a connection."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, max_msg_size=0) as opened,
        asyncio.timeout(60),
    ):
        return [json.loads((await opened.receive()).data) for _ in range(count)]


@pytest.mark.parametrize(("speed", "count"), [(1, 10), (60, 60)])
def test_depth_events_chain(start_sandbox: Callable[..., SandboxProcess], speed: int, count: int) -> None:
    """As they come over the address that the ready line names."""
    process = start_sandbox(speed=speed)

    events = asyncio.run(listen(f"{process.ws_url}/ws/btcusdt@depth@100ms", count))

    assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(events))
    assert all(later["E"] == earlier["E"] + 100 for earlier, later in pairwise(events[:2]))


def test_trades_come_as_they_happen(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """On a clock faster than life, none twice and none left out."""
    process = start_sandbox(speed=30)

    events = asyncio.run(listen(f"{process.ws_url}/stream?streams=btcusdt@trade", 40))

    ids = [event["data"]["t"] for event in events]
    assert list(range(ids[0], ids[0] + 40)) == ids
