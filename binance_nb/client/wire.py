"""Connections that tell a debugging person what they send, without keys and signatures.

``http.client.HTTPConnection.debuglevel = 1`` makes every connection of the process print its requests as they are,
headers and all. Ours print them redacted. This module loads urllib3, and is loaded for the first request.
"""

from __future__ import annotations

import http.client
import sys
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from binance_nb.keys.secrets import redact

__all__ = ["DiscreetAdapter"]


class _Discreet:
    """What both kinds of connection do alike."""

    # Stands before that of http.client, which anybody may raise for the whole process.
    debuglevel = 0

    def send(self, data: Any) -> None:  # Any: as http.client has it
        if http.client.HTTPConnection.debuglevel > 0:
            said = redact(repr(data)) if isinstance(data, bytes) else f"a {type(data).__name__}"
            sys.stdout.write(f"send: {said}\n")
        super().send(data)  # type: ignore[misc]  # the connection that stands behind


class _Connection(_Discreet, HTTPConnection):
    pass


class _SecureConnection(_Discreet, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DiscreetAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections never print a key."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # Any: as requests has it
        """Make the pools of direct connections; see `HTTPAdapter`."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, *given: Any, **named: Any) -> Any:  # Any: as requests has it
        """Make the pools of connections by way of a proxy; see `HTTPAdapter`."""
        manager = super().proxy_manager_for(*given, **named)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager
