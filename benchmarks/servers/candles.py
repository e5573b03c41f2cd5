"""A server that knows a year of one-minute candles by heart, so that a benchmark of clients does not measure it.

Answers klines of any symbol from text made before, each answer after ``--latency-ms``; also what clients ask before
they begin (ping, time, exchangeInfo). ``--weight`` is what it allows a minute, by a clock that runs ``--speed`` times
as fast as life; past it, it answers 429, as the exchange does. ``/tally`` tells what it was asked since the last time.

Prints its port when it is ready, and ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from itertools import accumulate
from urllib.parse import parse_qsl

MINUTE_MS = 60_000
YEAR_OPENS_MS = 1_672_531_200_000
YEAR_ROWS = 365 * 24 * 60
KLINES_WEIGHT = 2
MOST_ROWS = 1000

SYMBOL = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "USDT",
    "quotePrecision": 8,
    "quoteAssetPrecision": 8,
    "orderTypes": ["LIMIT", "MARKET"],
    "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": False,
    "permissions": [],
    "permissionSets": [["SPOT"]],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
    ],
}


class Year:
    """The candles, written as the exchange writes them, one behind the other."""

    def __init__(self) -> None:
        dice, price, rows = random.Random(1), 1_654_218, []
        for number in range(YEAR_ROWS):
            opened, price = price, price + dice.randrange(-900, 901)
            volume, trades = dice.randrange(10**5, 10**8), dice.randrange(100, 9000)
            rows.append(_row(number, opened, price, volume, trades))
        self._text = b"".join(rows)
        self._begins = [0, *accumulate(map(len, rows))]

    def page(self, start_ms: int, end_ms: int, limit: int) -> bytes:
        first = max(0, -(-(start_ms - YEAR_OPENS_MS) // MINUTE_MS))
        stop = min(first + limit, (end_ms - YEAR_OPENS_MS) // MINUTE_MS + 1, YEAR_ROWS)
        return b"[%b]" % self._text[self._begins[first] : self._begins[stop] - 1] if first < stop else b"[]"


def _row(number: int, opened: int, closed: int, volume: int, trades: int) -> bytes:
    """Write a candle; prices count cents, the volume hundred-thousandths."""
    opens_ms = YEAR_OPENS_MS + number * MINUTE_MS
    prices = (opened, max(opened, closed) + 57, min(opened, closed) - 43, closed)
    quote = volume * opened // 10**5
    return (
        f"[{opens_ms},"
        + "".join(f'"{cents // 100}.{cents % 100:02}000000",' for cents in prices)
        + f'"{volume // 10**5}.{volume % 10**5:05}000",{opens_ms + MINUTE_MS - 1},'
        f'"{quote // 100}.{quote % 100:02}000000",{trades},'
        f'"{volume // 2 // 10**5}.{volume // 2 % 10**5:05}000","{quote // 200}.{quote // 2 % 100:02}000000","0"],'
    ).encode()


class Exchange:
    """What is answered to what, and what it weighs."""

    def __init__(self, weight_per_minute: int, speed: float) -> None:
        self.year = Year()
        self.speed = speed
        self.tally: Counter[str] = Counter()
        self._weight_per_minute = weight_per_minute
        self._started = time.time()
        self._minute = 0

    @property
    def now_ms(self) -> int:
        return int((self._started + (time.time() - self._started) * self.speed) * 1000)

    def answer(self, path: str, query: dict[str, str]) -> tuple[str, bytes]:
        """Return status and body."""
        if path == "/tally":
            body = json.dumps(self.tally).encode()
            self.tally.clear()
            return "200 OK", body
        weight = KLINES_WEIGHT if path.endswith("/klines") else 20 if path.endswith("/exchangeInfo") else 1
        if not self._admits(weight):
            self.tally["refused"] += 1
            return "429 Too Many Requests", b'{"code":-1003,"msg":"Too much request weight used."}'
        self.tally[path] += 1
        return "200 OK", self._body(path, query)

    def used(self) -> int:
        return self.tally[f"weight of minute {self._minute}"]

    def seconds_left(self) -> int:
        return 60 - self.now_ms // 1000 % 60

    def _admits(self, weight: int) -> bool:
        self._minute = self.now_ms // MINUTE_MS
        if self.used() + weight > self._weight_per_minute:
            return False
        self.tally[f"weight of minute {self._minute}"] += weight
        return True

    def _body(self, path: str, query: dict[str, str]) -> bytes:
        if path.endswith("/klines"):
            limit = min(int(query.get("limit", 500)), MOST_ROWS)
            start_ms, end_ms = int(query.get("startTime", 0)), int(query.get("endTime", self.now_ms))
            return self.year.page(start_ms, end_ms, limit)
        if path.endswith("/time"):
            return b'{"serverTime":%d}' % self.now_ms
        if path.endswith("/exchangeInfo"):
            weight = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1}
            limits = [{**weight, "limit": self._weight_per_minute}]
            said = {"timezone": "UTC", "serverTime": self.now_ms, "rateLimits": limits, "exchangeFilters": []}
            return json.dumps({**said, "symbols": [SYMBOL]}).encode()
        return b"{}"


class Line(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, exchange: Exchange, latency_seconds: float) -> None:
        self._exchange, self._latency_seconds = exchange, latency_seconds
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            request, self._heard = self._heard[:end], self._heard[end + 4 :]
            reply = self._reply(request.split(b" ", 2)[1].decode())
            if self._latency_seconds:
                asyncio.get_running_loop().call_later(self._latency_seconds, self._transport.write, reply)
            else:
                self._transport.write(reply)

    def _reply(self, target: str) -> bytes:
        path, _, query = target.partition("?")
        exchange = self._exchange
        status, body = exchange.answer(path, dict(parse_qsl(query)))
        head = [
            f"HTTP/1.1 {status}",
            "Content-Type: application/json;charset=UTF-8",
            f"Content-Length: {len(body)}",
            f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())}",
            f"x-mbx-used-weight: {exchange.used()}",
            f"x-mbx-used-weight-1m: {exchange.used()}",
        ]
        if exchange.speed != 1:
            head.append(f"x-sandbox-clock: {exchange.now_ms};{exchange.speed}")
        if not status.startswith("200"):
            head.append(f"Retry-After: {exchange.seconds_left()}")
        return "\r\n".join([*head, "", ""]).encode() + body


async def serve(exchange: Exchange, latency_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(exchange, latency_seconds), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--weight", type=int, default=10**9)
    parser.add_argument("--speed", type=float, default=1.0)
    asked = parser.parse_args()
    asyncio.run(serve(Exchange(asked.weight, asked.speed), asked.latency_ms / 1000))


if __name__ == "__main__":
    main()
