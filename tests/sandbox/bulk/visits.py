"""Visits to the bulk-file site over a socket, on a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import RawTestServer, TestClient
from yarl import URL

from binance_nb.sandbox.bulk import BulkFiles
from binance_nb.sandbox.faults import Faults
from tests.sandbox.desk import NOW_MS, Desk

__all__ = ["DAILY", "Page", "Site"]

DAILY = "data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-05-01.zip"
"""A small file that has been published."""


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Site:
    """The site of a desk's exchange, and somebody who visits it."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.desk = Desk(now_ms=now_ms)
        self.faults = Faults()
        self.files = BulkFiles(self.desk.venue, self.desk.clock, self.faults)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Page:
        """Send one request and read the answer."""

        async def visit() -> Page:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            client: TestClient[web.BaseRequest, None]
            async with RawTestServer(self.files.answer) as server, TestClient(server) as client:
                reply = await client.request(method, URL(f"/{path}", encoded=True), headers=names)
                return Page(reply.status, reply.headers.copy(), await reply.read())

        return asyncio.run(visit())
