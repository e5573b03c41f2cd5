"""What happens now: market streams, the local order book, the events of an account. aiohttp loads with the first."""

from __future__ import annotations

__all__: list[str] = []
