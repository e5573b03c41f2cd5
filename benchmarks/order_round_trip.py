"""How long one signed order takes on loopback, by Client.call and by python-binance, on the same server.

Two servers: the sandbox exchange, which checks, matches and books the order, and a stub that gives a fixed reply at
once, so that what is left is the client's own time. Orders take turns, so that a busy moment of the machine hits all
alike. The floor is the same signed request sent by http.client alone.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import importlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from binance_nb import connect
from binance_nb.client import Client, ClockReading, OrderIds
from binance_nb.environment import resolve
from binance_nb.keys import credentials

FROZEN_AT = "2024-06-01T12:00:00Z"
FROZEN_AT_MS = 1_717_243_200_000
WARM_UP = 50
ORDERS = 500
# Far from the market and good for this instant only: a whole order with a reply, which leaves nothing in the book.
ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "IOC",
    "quantity": "0.01",
    "price": "50000",
}
THEIRS = "python-binance"

Place = Callable[[], object]


def main() -> None:
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as session:
        measure("sandbox", session.client)
    with stub() as url:
        client = Client(resolve(url), credentials("k" * 64, "s" * 64, urlsplit(url).netloc), order_ids=OrderIds(1))
        client.clock.follow(ClockReading(FROZEN_AT_MS, rate=0.0))
        measure("stub", client)


def measure(server: str, client: Client) -> None:
    subjects: dict[str, Place] = {
        "http.client (floor)": floor(client),
        "Client.call": lambda: client.call("new_order", **ORDER),
    }
    theirs = python_binance(client)
    if theirs is not None:
        subjects[THEIRS] = theirs
    report(server, take_turns(subjects))


def take_turns(subjects: dict[str, Place]) -> dict[str, list[float]]:
    """Return milliseconds by subject; each round asks every subject once, beginning with another one each time."""
    spent: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for turn in range(WARM_UP + ORDERS):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            subjects[name]()
            if turn >= WARM_UP:
                spent[name].append((time.perf_counter() - started) * 1000)
    return spent


def report(server: str, spent: dict[str, list[float]]) -> None:
    medians = {name: median(each) for name, each in spent.items()}
    yardstick = medians.get(THEIRS)
    print(f"{f'{server}, median of {ORDERS}':24} {'ms':>7}" + (f" {f'of {THEIRS}':>18}" if yardstick else ""))
    for name, spent_ms in medians.items():
        print(f"  {name:22} {spent_ms:7.3f}" + (f" {spent_ms / yardstick:18.2f}" if yardstick else ""))
    if yardstick is None:
        print(f"  {THEIRS} is not installed here: pip install {THEIRS}, and run this again to compare.")


def floor(client: Client) -> Place:
    held = client.credentials
    assert held is not None
    line = http.client.HTTPConnection(client.environment.host)
    api_key, secret_key = held.api_key.reveal(), held.secret_key.reveal().encode()
    headers = {"X-MBX-APIKEY": api_key, "Content-Type": "application/x-www-form-urlencoded"}

    def place() -> bytes:
        payload = urlencode({**ORDER, "timestamp": FROZEN_AT_MS})
        signature = hmac.new(secret_key, payload.encode(), hashlib.sha256).hexdigest()
        line.request("POST", "/api/v3/order", f"{payload}&signature={signature}", headers)
        return line.getresponse().read()

    return place


def python_binance(client: Client) -> Place | None:
    try:
        theirs_made = importlib.import_module("binance.client").Client
    except ImportError:
        return None
    held = client.credentials
    assert held is not None
    theirs: Any = theirs_made(held.api_key.reveal(), held.secret_key.reveal(), ping=False)  # Any: it has no types
    theirs.API_URL = f"{client.environment.url}/api"

    def place() -> object:
        # It stamps requests with this computer's clock and the offset it was told; the sandbox's clock stands.
        theirs.timestamp_offset = FROZEN_AT_MS - int(time.time() * 1000)
        return theirs.create_order(**ORDER)

    return place


REPLY = (
    b'{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"benchmark","transactTime":1717243200000,'
    b'"price":"50000.00","origQty":"0.01000000","executedQty":"0.00000000","cummulativeQuoteQty":"0.00000000",'
    b'"status":"EXPIRED","timeInForce":"IOC","type":"LIMIT","side":"BUY","fills":[]}'
)


@contextmanager
def stub() -> Iterator[str]:
    """Run a server that gives the reply at once, in a process of its own, so that it shares no interpreter lock."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def serve() -> None:
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()


def answer(line: socket.socket) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-MBX-USED-WEIGHT-1M: 1\r\nContent-Length: %d\r\n\r\n"
    whole = head % len(REPLY) + REPLY
    heard = b""
    while arrived := line.recv(65536):
        heard += arrived
        if (end := heard.find(b"signature=")) >= 0 and len(heard) >= end + 10 + 64:
            line.sendall(whole)
            heard = b""


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main()
