"""The exchange over its socket: bytes as they travel."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.sandbox.server import Server
from tests.sandbox.desk import Desk, encoded, signed
from tests.sandbox_fixture import FROZEN_AT_MS


def post(sandbox: SandboxProcess, path: str, query: str = "", body: str = "") -> tuple[int, Any]:
    """Send these very bytes; requests would tidy up percent-encoding on the way."""
    connection = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)
    try:
        connection.request("POST", f"/api/v3/{path}?{query}", body, {"X-MBX-APIKEY": sandbox.api_key})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def test_it_answers_as_it_should(sandbox: SandboxProcess) -> None:
    """A call over the socket has the answer's status, headers and JSON."""
    reply = requests.get(f"{sandbox.url}/api/v3/time", timeout=30)

    assert {"serverTime": FROZEN_AT_MS} == reply.json()
    assert "application/json;charset=UTF-8" == reply.headers["Content-Type"]
    assert f"{FROZEN_AT_MS};0" == reply.headers["X-SANDBOX-CLOCK"]
    assert f"1/{sandbox.instance}" == reply.headers["X-SANDBOX"]
    assert "1" <= reply.headers["X-MBX-USED-WEIGHT-1M"]


@pytest.mark.parametrize("where", ["query", "body", "both"])
def test_a_signature_covers_the_bytes_on_the_wire(sandbox: SandboxProcess, where: str) -> None:
    """A symbol that is not ASCII, percent-encoded in either case, signed and sent in the query, the body, or both."""
    order = encoded({"symbol": "这是测试币456", "side": "BUY", "type": "MARKET"}).replace("%E8", "%e8")
    rest = encoded({"quantity": "5", "timestamp": FROZEN_AT_MS})
    query, body = {"query": (f"{order}&{rest}", ""), "body": ("", f"{order}&{rest}"), "both": (order, rest)}[where]
    signature = f"signature={signed(query + body, sandbox.secret_key)}"
    if body:
        body = f"{body}&{signature}"
    else:
        query = f"{query}&{signature}"

    status, reply = post(sandbox, "order/test", query, body)

    assert (200, {}) == (status, reply)


def test_a_signature_over_decoded_text_is_refused(sandbox: SandboxProcess) -> None:
    """What a client that signs before it encodes would send."""
    params = {"symbol": "这是测试币456", "side": "BUY", "type": "MARKET", "quantity": "5", "timestamp": FROZEN_AT_MS}
    plain = "&".join(f"{name}={value}" for name, value in params.items())

    _, reply = post(sandbox, "order/test", f"{encoded(params)}&signature={signed(plain, sandbox.secret_key)}")

    assert -1022 == reply["code"]


def test_answers_do_not_mix_under_load(sandbox: SandboxProcess) -> None:
    """Many callers at once each get their own answer."""
    symbols = ["BTCUSDT", "ETHUSDT", "BNBBTC", "SHIBUSDT"] * 10

    def symbol_of(symbol: str) -> str:
        reply = requests.get(f"{sandbox.url}/api/v3/ticker/price", params={"symbol": symbol}, timeout=30)
        return str(reply.json()["symbol"])

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(symbol_of, symbols))

    assert symbols == answered


def test_bytes_that_are_no_http_do_not_stop_it(sandbox: SandboxProcess) -> None:
    """A stray connection is closed; the next caller is served."""
    port = urlsplit(sandbox.url).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=30) as stray:
        stray.sendall(b"\x00\xffnonsense\r\n\r\n")
        assert b"400" in stray.recv(4096)

    assert 200 == requests.get(f"{sandbox.url}/api/v3/ping", timeout=30).status_code


def test_a_running_clock_limits_and_bans(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """Over the socket too the weight runs out: 429 with Retry-After, and 418 for who goes on."""
    process = start_sandbox(speed=0.001)
    with requests.Session() as session:
        statuses = [
            session.get(f"{process.url}/api/v3/depth", params={"symbol": "ETHBTC", "limit": "1001"}).status_code
            for _ in range(40)
        ]
        last = session.get(f"{process.url}/api/v3/ping")

    assert [200] * 24 + [429] * 10 + [418] * 6 == statuses
    assert (418, -1003) == (last.status_code, last.json()["code"])
    assert 110 <= int(last.headers["Retry-After"]) <= 120


def test_a_defect_looks_like_one_of_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    """What the sandbox itself gets wrong is a 500 with -1000, and its traceback is on standard error."""
    desk = Desk()
    desk.venue.market = None  # type: ignore[assignment]  # the defect
    server = Server(desk.exchange)

    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(server._answer(Received("GET", "/api/v3/klines", "symbol=BTCUSDT&interval=1m")))

    assert answer is not None
    assert 500 == answer.status
    assert b'"code":-1000' in answer.body
    assert "GET /api/v3/klines failed" in caplog.text
