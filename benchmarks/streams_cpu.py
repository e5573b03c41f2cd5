"""How much of a core fifty symbols' streams take: diffs of 20 levels a side, trades, book tickers, each every 100 ms.

The exchange is another process, which sends what it printed before; what is counted is the processor time of this one:
reading, parsing, and keeping the last 10,000 events of each stream, as `session.stream(...)` does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle

import aiohttp

import binance_nb

_SYMBOLS = tuple(f"coin{number:02}usdt" for number in range(50))
_EVERY_SECONDS = 0.1
_LEVELS = 20
_VARIANTS = 20
_NAMES = [f"{symbol}@{stream}" for symbol in _SYMBOLS for stream in ("depth@100ms", "trade", "bookTicker")]


def _levels(chance: random.Random, best: float, step: float) -> list[list[str]]:
    return [[f"{best + step * rank:.8f}", f"{chance.uniform(0.001, 5):.8f}"] for rank in range(_LEVELS)]


def _events(chance: random.Random, symbol: str) -> list[str]:
    name, price, now_ms = symbol.upper(), chance.uniform(1, 70_000), 1_717_243_200_000
    number = chance.randrange(10**9, 10**10)
    depth = {"e": "depthUpdate", "E": now_ms, "s": name, "U": number, "u": number + 40}
    depth |= {"b": _levels(chance, price, -0.01), "a": _levels(chance, price, 0.01)}
    trade = {"e": "trade", "E": now_ms, "s": name, "t": number, "p": f"{price:.8f}", "q": "0.01250000", "T": now_ms}
    trade |= {"m": True, "M": True}
    ticker = {"u": number, "s": name, "b": f"{price:.8f}", "B": "1.50000000", "a": f"{price:.8f}", "A": "2.00000000"}
    said = {"depth@100ms": depth, "trade": trade, "bookTicker": ticker}
    return [
        json.dumps({"stream": f"{symbol}@{stream}", "data": data}, separators=(",", ":"))
        for stream, data in said.items()
    ]


async def _serve() -> None:
    from aiohttp import WSMsgType, web

    chance = random.Random(1)
    rounds = [[text for symbol in _SYMBOLS for text in _events(chance, symbol)] for _ in range(_VARIANTS)]

    async def send(socket: web.WebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for texts in cycle(rounds):
            # Spread over the tenth of a second, as independent markets would come.
            for start in range(0, len(texts), 10):
                for text in texts[start : start + 10]:
                    await socket.send_str(text)
                due += _EVERY_SECONDS * 10 / len(texts)
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def answer(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        sending: asyncio.Task[None] | None = None
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(json.dumps({"result": None, "id": json.loads(message.data)["id"]}))
                sending = sending or asyncio.create_task(send(socket))
        if sending:
            sending.cancel()
        return socket

    async def tell_time(_request: web.Request) -> web.Response:
        return web.json_response({"serverTime": time.time_ns() // 1_000_000})

    app = web.Application()
    app.router.add_get("/stream", answer)
    app.router.add_get("/api/v3/time", tell_time)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # The parent closes this pipe at its end.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def _ours(port: int, seconds: float) -> tuple[float, float]:
    with binance_nb.connect(f"http://127.0.0.1:{port}") as session, session.stream(*_NAMES) as feed:
        feed.wait_ready()
        feed.wait(seconds=1)  # until imports and the first messages are over
        return _share(lambda: time.sleep(seconds), lambda: feed.received)


def _floor(port: int, seconds: float) -> tuple[float, float]:
    heard = 0

    async def listen() -> tuple[float, float]:
        nonlocal heard
        url = f"ws://127.0.0.1:{port}/stream"
        async with aiohttp.ClientSession() as client, client.ws_connect(url) as socket:
            await socket.send_json({"method": "SUBSCRIBE", "params": _NAMES, "id": 1})
            began, spent, before = time.monotonic(), 0.0, 0
            async for message in socket:
                json.loads(message.data)
                heard += 1
                if not spent and time.monotonic() - began > 1:
                    began, spent, before = time.monotonic(), time.process_time(), heard
                if spent and (passed := time.monotonic() - began) > seconds:
                    return (time.process_time() - spent) / passed, (heard - before) / passed
        raise ConnectionError("the exchange has gone")

    return asyncio.run(listen())


def _share(wait: Callable[[], None], heard: Callable[[], int]) -> tuple[float, float]:
    began, spent, before = time.monotonic(), time.process_time(), heard()
    wait()
    passed = time.monotonic() - began
    return (time.process_time() - spent) / passed, (heard() - before) / passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--serve", action="store_true", help="be the exchange")
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(_serve())
        return
    exchange = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert exchange.stdin is not None
    assert exchange.stdout is not None
    try:
        port = int(exchange.stdout.readline())
        floor, _ = _floor(port, chosen.seconds)
        share, rate = _ours(port, chosen.seconds)
    finally:
        exchange.stdin.close()
        exchange.wait()
    print(f"{len(_NAMES)} streams of {len(_SYMBOLS)} symbols, {rate:,.0f} messages a second")
    print(f"  session.stream(...)        {share:6.1%} of a core, {share / rate * 1e6:4.0f} us a message")
    print(f"  aiohttp and json (floor)   {floor:6.1%} of a core; ours is {share / floor:.1f} times that")


if __name__ == "__main__":
    main()
