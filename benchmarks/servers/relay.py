"""A line to the WebSocket API that can be cut, for trials of what becomes of events then."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from urllib.parse import urlsplit

from binance_nb.client import Client

PIECE = 4096


class Relay:
    """A line to a server that can be cut; what is on its way then is lost.

    Args:
        port: Of the server, on this computer.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._guard = threading.Lock()
        self._is_down = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.cuts = 0
        threading.Thread(target=self._serve, name="relay", daemon=True).start()

    def cut(self) -> None:
        """Cut all lines, and let nobody in any more."""
        with self._guard:
            self._is_down = True
            self.cuts += 1
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let new ones in."""
        self._is_down = False

    def close(self) -> None:
        """End."""
        self.cut()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # which wakes the thread that waits there
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            try:
                far = None if self._is_down else socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            with self._guard:
                self._pairs.append((near, far))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.close()


@contextmanager
def relayed(client: Client) -> Iterator[tuple[Client, Relay]]:
    """A client whose WebSocket API is reached by a line that can be cut.

    Args:
        client: One that reaches it directly.

    Yields:
        The client, and the line.
    """
    place = client.environment
    address = urlsplit(place.ws_api_url)
    assert address.port is not None
    relay = Relay(address.port)
    through = copy(client)  # clock, budget and connections stay shared
    through.environment = replace(place, ws_api_url=place.ws_api_url.replace(f":{address.port}/", f":{relay.port}/"))
    try:
        yield through, relay
    finally:
        relay.close()
