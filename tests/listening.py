"""A transport that hears signatures: what must be found nowhere afterwards."""

from __future__ import annotations

import re
from urllib.parse import unquote

from binance_nb.client import Prepared, Reply
from binance_nb.client.transport import Transport

__all__ = ["Listener"]


class Listener:
    """A transport that keeps the signatures that pass it.

    Args:
        behind: What carries the requests.
    """

    def __init__(self, behind: Transport) -> None:
        self.behind = behind
        self.signatures: set[str] = set()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        text = f"{prepared.url}&{(prepared.body or b'').decode()}"
        self.signatures |= {unquote(found) for found in re.findall(r"signature=([^&]+)", text)}
        return self.behind.send(prepared, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        self.behind.close()
