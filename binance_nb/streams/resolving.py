"""Looking up a host's addresses on threads that hold up nothing; loaded with aiohttp, when a connection is made."""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver

from binance_nb.streams.workers import on_worker

if TYPE_CHECKING:
    from aiohttp.abc import ResolveResult

__all__ = ["Resolver"]


class Resolver(AbstractResolver):
    """Asks the system, as aiohttp's own does.

    That one uses asyncio's threads, and where no name server answers, an interpreter that wants to end waits for them.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a host up.

        Args:
            host: Its name.
            port: Where on it.
            family: Of which kind of addresses; of all when AF_UNSPEC.

        Returns:
            Its addresses.

        Raises:
            OSError: It has none, or nobody knows.
        """
        ask = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
        return [
            {
                "hostname": host,
                "host": str(address[0]),
                "port": int(address[1]),
                "family": kind,
                "proto": proto,
                "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            }
            for kind, _, proto, _, address in await on_worker(ask)
        ]

    async def close(self) -> None:
        """Nothing is held."""
