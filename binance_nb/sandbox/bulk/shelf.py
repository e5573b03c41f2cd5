"""The files that have been made: each once, off the event loop, the least used ones dropped."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from binance_nb.archive import ArchiveName, ArchiveRow, Checksum, write_archive
from binance_nb.sandbox.bulk.contents import rows_of
from binance_nb.sandbox.market import Market

__all__ = ["MadeFile", "Shelf"]

_MOST_BYTES = 32_000_000


@dataclass(frozen=True)
class MadeFile:
    """A file as it is served.

    Attributes:
        data: Its bytes.
    """

    data: bytes

    @cached_property
    def etag(self) -> str:
        """What tells it from other contents: MD5 in hex, as the exchange's store has it."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()


class Shelf:
    """Makes bulk files and keeps some.

    Args:
        market: What they are made of; a thread of its own reads it, and nobody else may.
        most_bytes: How much is kept; the newest file is, whatever its size.
    """

    def __init__(self, market: Market, most_bytes: int = _MOST_BYTES) -> None:
        self._market = market
        self._most_bytes = most_bytes
        self._made: OrderedDict[ArchiveName, asyncio.Future[MadeFile]] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "bulk files")
        self._is_closed = threading.Event()

    async def file(self, name: ArchiveName) -> MadeFile:
        """Return a file, making it if need be.

        Args:
            name: The file, which has been published.

        Returns:
            Its bytes; everybody who asks while it is being made waits for the same.
        """
        if name not in self._made:
            self._made[name] = asyncio.get_running_loop().run_in_executor(self._thread, self._make, name)
        self._made.move_to_end(name)
        # Shielded: one caller who hangs up must not take the file from the others.
        made = await asyncio.shield(self._made[name])
        self._drop()
        return made

    async def checksum(self, name: ArchiveName) -> Checksum:
        """Return the checksum of a file; see `file`."""
        made = await self.file(name)
        return Checksum.of(made.data, name.file_name)

    def close(self) -> None:
        """Stop making files."""
        self._is_closed.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _make(self, name: ArchiveName) -> MadeFile:
        return MadeFile(write_archive(name, self._until_closed(rows_of(self._market, name))))

    def _until_closed(self, rows: Iterator[ArchiveRow]) -> Iterator[ArchiveRow]:
        for row in rows:
            if self._is_closed.is_set():
                raise RuntimeError("the sandbox is ending")
            yield row

    def _drop(self) -> None:
        done = [(name, made.result()) for name, made in self._made.items() if made.done() and not made.exception()]
        kept = sum(len(made.data) for _, made in done)
        for name, made in done[:-1]:
            if kept <= self._most_bytes:
                return
            kept -= len(made.data)
            del self._made[name]
