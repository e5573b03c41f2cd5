"""The WebSocket API: requests and answers over one connection, and the events of the accounts that it follows."""

from binance_nb.sandbox.ws_api.door import WsApi

__all__ = ["WsApi"]
