"""What users of python-binance write, with nothing changed but the addresses. Run apart; see apart.py."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["Place", "depth_cache", "error_codes", "kline_stream", "trading_day", "user_stream"]

SYMBOL = "BTCUSDT"


@dataclass(frozen=True)
class Place:
    """Where the sandbox is, and who trades there."""

    url: str
    ws_url: str
    api_key: str
    secret_key: str

    def made(self, name: str) -> type[Any]:
        """The client's class with the sandbox's addresses in place of the exchange's."""
        import binance

        addresses = {"API_URL": f"{self.url}/api", "WS_API_URL": f"{self.ws_url}/ws-api/v3"}
        return type(name, (getattr(binance, name),), addresses)

    def client(self, secret_key: str = "") -> Any:
        """A client that signs."""
        return self.made("Client")(self.api_key, secret_key or self.secret_key)

    async def async_client(self) -> tuple[Any, Any]:
        """A client that signs, and its socket manager."""
        import binance

        client = await self.made("AsyncClient").create(self.api_key, self.secret_key)
        # Its default of 100 waiting messages is for real time; the fast clock's bursts are longer.
        sockets = binance.BinanceSocketManager(client, max_queue_size=2000)
        sockets.STREAM_URL = f"{self.ws_url}/"
        return client, sockets


def trading_day(place: Place, last_price: Decimal) -> dict[str, Any]:
    """Exchange info, klines, account, place, query, cancel, an OCO, a market order and its trades."""
    client, far = place.client(), str(last_price * 9 // 10)
    day: dict[str, Any] = {
        "info": client.get_symbol_info(SYMBOL),
        "klines": client.get_klines(symbol=SYMBOL, interval="1h", limit=24),
        "history": list(client.get_historical_klines_generator(SYMBOL, "1m", "3 hours ago UTC")),
        "account": client.get_account(),
        "placed": client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=far, newOrderRespType="FULL"),
    }
    name = {"symbol": SYMBOL, "orderId": day["placed"]["orderId"]}
    day |= {
        "found": client.get_order(**name),
        "waiting": client.get_open_orders(symbol=SYMBOL),
        "cancelled": client.cancel_order(**name),
        "bought": client.order_market_buy(symbol=SYMBOL, quantity="0.01"),
    }
    day["oco"] = client.create_oco_order(
        symbol=SYMBOL,
        side="SELL",
        quantity="0.009",
        aboveType="LIMIT_MAKER",
        abovePrice=str(last_price * 11 // 10),
        belowType="STOP_LOSS_LIMIT",
        belowPrice=far,
        belowStopPrice=far,
        belowTimeInForce="GTC",
    )
    day["ended"] = client.v3_delete_order_list(symbol=SYMBOL, orderListId=day["oco"]["orderListId"])
    day["trades"] = client.get_my_trades(symbol=SYMBOL)
    return day


def error_codes(place: Place) -> list[int]:
    """A broken filter, an unknown symbol and a wrong secret."""
    import binance.exceptions

    client, impostor, codes = place.client(), place.client("0" * 64), []
    for ask in (
        lambda: client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price="0.001"),
        lambda: client.get_klines(symbol="NOSUCH", interval="1h"),
        impostor.get_account,
    ):
        try:
            ask()
        except binance.exceptions.BinanceAPIException as error:
            codes.append(error.code)
    return codes


def kline_stream(place: Place, count: int) -> list[dict[str, Any]]:
    """So many events of a candle stream."""

    async def watch() -> list[dict[str, Any]]:
        client, sockets = await place.async_client()
        try:
            async with sockets.kline_socket(SYMBOL, interval="1m") as stream:
                return [await stream.recv() for _ in range(count)]
        finally:
            await client.close_connection()

    return asyncio.run(watch())


@dataclass
class Followed:
    """How a depth cache fared."""

    events: int = 0
    last_crossed: int = 0
    snapshots_at_first: int = 0
    snapshots: int = 0


def depth_cache(place: Place, count: int) -> Followed:
    """Follow the book for so many events."""
    import binance.ws.depthcache

    fared = Followed()

    class Counted(binance.ws.depthcache.DepthCacheManager):  # type: ignore[misc]  # a stranger's class is Any to mypy
        async def _init_cache(self) -> None:
            fared.snapshots += 1
            await super()._init_cache()

    async def follow() -> None:
        client, sockets = await place.async_client()
        try:
            async with Counted(client, SYMBOL, bm=sockets, limit=1000, ws_interval=100) as manager:
                while fared.events < count:
                    cache = await manager.recv()
                    fared.events += 1
                    if cache.get_bids()[0][0] >= cache.get_asks()[0][0]:
                        fared.last_crossed = fared.events
                    # Its first event overlaps the snapshot, which it takes for a gap: one more snapshot is its habit.
                    fared.snapshots_at_first = fared.snapshots_at_first or fared.snapshots
        finally:
            await client.close_connection()

    asyncio.run(follow())
    return fared


def user_stream(place: Place, last_price: Decimal, count: int) -> list[dict[str, Any]]:
    """What the user stream tells of an order that is placed and cancelled."""

    async def trade() -> list[dict[str, Any]]:
        client, sockets = await place.async_client()
        try:
            async with sockets.user_socket() as stream:
                price = str(last_price * 9 // 10)
                placed = await client.order_limit_buy(symbol=SYMBOL, quantity="0.01", price=price)
                await client.cancel_order(symbol=SYMBOL, orderId=placed["orderId"])
                return [await stream.recv() for _ in range(count)]
        finally:
            await client.close_connection()

    return asyncio.run(trade())
