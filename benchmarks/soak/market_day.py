"""A day of market at a thousand times the speed of life, with clients that ask for everything and listen to everything.

Fails when the sandbox grows past 300 MB, answers 5XX, or hangs up. ``--hours`` makes it shorter, ``--speed`` slower.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from binance_nb.sandbox.launcher import SandboxProcess, start

MOST_MB = 300
HOUR_MS = 3_600_000
ASKING, TRADING = 3, 2
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "XRPUSDT", "DOGEUSDT", "LTCUSDT", "ETHBTC", "SHIBUSDT", "这是测试币456")
INTERVALS = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
FINE, DAILY = INTERVALS[:8], INTERVALS[:13]
FEEDS = ("aggTrade", "trade", "kline_1m", "miniTicker", "ticker", "bookTicker", "avgPrice", "depth5", "depth@100ms")
FOR_ALL = ("!miniTicker@arr", "!ticker_1h@arr")
REPORTS = 12


@dataclass
class Day:
    """The sandbox, and what has happened so far."""

    sandbox: SandboxProcess
    speed: float
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    replies: Counter[int] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)
    events: int = 0
    account_events: int = 0
    lost_lines: int = 0
    peak_mb: float = 0.0
    started: float = field(default_factory=time.monotonic)
    started_ms: int = 0

    @property
    def now_ms(self) -> int:
        return self.started_ms + int((time.monotonic() - self.started) * self.speed * 1000)

    def moment(self) -> int:
        """Any moment of the last years, the last hours more often than others."""
        span_ms = self.dice.choice((HOUR_MS, 24 * HOUR_MS, 30 * 24 * HOUR_MS, 5 * 365 * 24 * HOUR_MS))
        return self.now_ms - self.dice.randrange(span_ms)

    def question(self) -> str:
        """Something of everything that needs no key."""
        dice, symbol = self.dice, self.dice.choice(SYMBOLS)
        # Years of days are made the first time somebody asks for them, which takes a moment: not every time.
        interval = dice.choice(INTERVALS if dice.random() < 0.05 else FINE)
        candles: dict[str, object] = {"interval": interval, "limit": dice.choice((1, 100, 1000))}
        choices: list[tuple[str, dict[str, object]]] = [
            ("klines", {**candles, "startTime": self.moment()}),
            ("klines", candles),
            ("uiKlines", {**candles, "timeZone": dice.choice(("0", "+05:30", "-11"))}),
            ("aggTrades", {"startTime": self.moment(), "limit": dice.choice((10, 1000))}),
            ("trades", {"limit": dice.choice((10, 1000))}),
            ("historicalTrades", {"fromId": dice.randrange(10**6), "limit": 500}),
            ("depth", {"limit": dice.choice((5, 100, 1000, 5000))}),
            ("avgPrice", {}),
            ("ticker/24hr", {}),
            ("ticker/tradingDay", {}),
            ("ticker", {"windowSize": dice.choice(("1m", "4h", "7d"))}),
            ("ticker/price", {}),
            ("ticker/bookTicker", {}),
            ("referencePrice", {}),
            ("exchangeInfo", {}),
        ]
        path, asked = dice.choice(choices)
        return f"/api/v3/{path}?{urlencode({'symbol': symbol, **asked})}"

    def file(self) -> str:
        """A bulk file; seldom one that takes long to make."""
        kind = self.dice.choice((*DAILY, "trades", "aggTrades"))
        symbol, folder = self.dice.choice(SYMBOLS), f"klines/{{0}}/{kind}" if kind in DAILY else f"{kind}/{{0}}"
        day = time.strftime("%Y-%m-%d", time.gmtime(self.moment() // 1000 - 86_400))
        return f"/data/spot/daily/{folder.format(symbol)}/{symbol}-{kind}-{day}.zip"

    def signed(self, **params: object) -> dict[str, Any]:
        """Parameters in order of their names with a stamp and a signature, which REST and the WebSocket API take."""
        # The sandbox's minute is a moment here, so that the widest window is needed.
        stamped = dict(sorted({**params, "timestamp": self.now_ms, "recvWindow": 60_000}.items()))
        payload = urlencode(stamped)
        signature = hmac.new(self.sandbox.secret_key.encode(), payload.encode(), hashlib.sha256).hexdigest()
        return {**stamped, "signature": signature}


async def ask(day: Day, http: aiohttp.ClientSession) -> None:
    while True:
        path = day.file() if day.dice.random() < 0.002 else day.question()
        async with http.get(day.sandbox.url + path) as reply:
            await reply.read()
            day.replies[reply.status] += 1


async def trade(day: Day, http: aiohttp.ClientSession) -> None:
    """Place orders far and near, at the market, and take back what is left."""
    while True:
        side, symbol = day.dice.choice(("BUY", "SELL")), day.dice.choice(("BTCUSDT", "ETHUSDT"))
        order = {"symbol": symbol, "side": side, "type": "MARKET", "quantity": "0.01"}
        await call(day, http, "POST", "order", order)
        best = await call(day, http, "GET", "ticker/price", {"symbol": symbol}, is_signed=False)
        price = float(best["price"]) * day.dice.choice((0.8, 0.999, 1.001, 1.2))
        limit = {**order, "type": "LIMIT", "timeInForce": "GTC", "price": f"{price:.2f}"}
        await call(day, http, "POST", "order", limit)
        for path in ("openOrders", "allOrders", "myTrades"):
            await call(day, http, "GET", path, {"symbol": symbol})
        if day.dice.random() < 0.2:
            await call(day, http, "DELETE", "openOrders", {"symbol": symbol})
        await asyncio.sleep(0.1)


async def call(
    day: Day, http: aiohttp.ClientSession, method: str, path: str, params: Mapping[str, str], *, is_signed: bool = True
) -> Any:
    asked: Mapping[str, object] = day.signed(**params) if is_signed else params
    headers = {"X-MBX-APIKEY": day.sandbox.api_key}
    async with http.request(method, f"{day.sandbox.url}/api/v3/{path}?{urlencode(asked)}", headers=headers) as reply:
        day.replies[reply.status] += 1
        said = json.loads(await reply.read())
        if reply.status != 200:
            day.refusals[said["code"]] += 1
        return said


async def listen_to_market(day: Day, http: aiohttp.ClientSession) -> None:
    names = "/".join([f"{symbol.lower()}@{feed}" for symbol in SYMBOLS[:2] for feed in FEEDS] + list(FOR_ALL))
    while True:
        async with http.ws_connect(f"{day.sandbox.ws_url}/stream?streams={names}") as line:
            async for _ in line:
                day.events += 1
        day.lost_lines += 1


async def listen_to_account(day: Day, http: aiohttp.ClientSession) -> None:
    while True:
        async with http.ws_connect(f"{day.sandbox.ws_url}/ws-api/v3") as line:
            params = day.signed(apiKey=day.sandbox.api_key)
            await line.send_json({"id": 1, "method": "userDataStream.subscribe.signature", "params": params})
            if (await line.receive_json())["status"] != 200:
                continue
            async for _ in line:
                day.account_events += 1
        day.lost_lines += 1


async def watch(day: Day, hours: float) -> None:
    """Say from time to time how large the sandbox is; ends when the day is over."""
    print(f"{'market':>8} {'MB':>6} {'replies':>9} {'events':>9} {'account':>8}  statuses")
    for report in range(1, REPORTS + 1):
        until = day.started + report * hours * HOUR_MS / 1000 / day.speed / REPORTS
        while time.monotonic() < until:
            day.peak_mb = max(day.peak_mb, resident_mb(day.sandbox.pid))
            await asyncio.sleep(0.25)
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(day.replies.items()))
        heard = f"{day.replies.total():9} {day.events:9} {day.account_events:8}"
        print(f"{report * hours / REPORTS:6.1f} h {resident_mb(day.sandbox.pid):6.0f} {heard}  {statuses}", flush=True)


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def live(day: Day, hours: float) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        async with http.get(f"{day.sandbox.url}/api/v3/time") as reply:
            day.started_ms, day.started = (await reply.json())["serverTime"], time.monotonic()
        clients = [*(ask(day, http) for _ in range(ASKING)), *(trade(day, http) for _ in range(TRADING))]
        clients += [listen_to_market(day, http), listen_to_account(day, http)]
        tasks = [asyncio.create_task(client) for client in clients]
        watching = asyncio.create_task(watch(day, hours))
        done, _ = await asyncio.wait([watching, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in (watching, *tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--speed", type=float, default=1000.0)
    options = parser.parse_args()
    if not Path("/proc/self/statm").exists():
        print("This system does not tell in /proc how large a process is.")
        return 0
    sandbox = start(seed=1, speed=options.speed)
    day = Day(sandbox, options.speed)
    try:
        asyncio.run(live(day, options.hours))
    finally:
        sandbox.stop()
    # A busy machine brings -1021: the widest window there is lasts 60 ms here.
    print(f"refusals by code: {dict(day.refusals)}")
    failures = sum(count for status, count in day.replies.items() if status >= 500)
    print(f"peak {day.peak_mb:.0f} MB of {MOST_MB}; {failures} replies of 5XX; {day.lost_lines} lines lost")
    return int(day.peak_mb > MOST_MB or failures > 0)


if __name__ == "__main__":
    sys.exit(main())
