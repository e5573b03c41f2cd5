"""The events of an account, told once each and in order, whatever becomes of the connection."""

from __future__ import annotations

from binance_nb.streams.user.feed import UserFeed

__all__ = ["UserFeed"]
