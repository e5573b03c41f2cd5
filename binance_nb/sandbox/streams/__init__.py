"""The market streams over WebSocket."""

from __future__ import annotations

from binance_nb.sandbox.streams.market_streams import MarketStreams

__all__ = ["MarketStreams"]
