"""How many requests a second the sandbox answers on one core, so that a benchmark of clients does not measure it.

Keep-alive clients on raw sockets, which read no more of a reply than its length. The sandbox's clock stands, so that no
limit binds. `a second` is what this machine managed while it did whatever else it does; `a core second` divides by the
time the sandbox itself spent: what a core to itself would give. The floor is its HTTP server without an exchange.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from urllib.parse import urlsplit

from binance_nb.sandbox.launcher import SandboxProcess, start

FROZEN_AT = "2024-06-01T12:00:00Z"
FROZEN_AT_MS = 1_717_243_200_000
MINUTE_MS = 60_000
CONNECTIONS = 8
SECONDS = 3.0
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "LTCUSDT")
PAGE = "/api/v3/klines?symbol={}&interval={}&limit=1000&startTime={}"
SMALL = (
    "/api/v3/ticker/price?symbol={}",
    "/api/v3/ticker/bookTicker?symbol={}",
    "/api/v3/depth?symbol={}&limit=5",
    "/api/v3/avgPrice?symbol={}",
    "/api/v3/klines?symbol={}&interval=1m&limit=1",
    "/api/v3/time",
)

Requests = Iterator[bytes]


@dataclass(frozen=True)
class Figure:
    subject: str
    done: int
    seconds: float
    core_seconds: float | None
    goal: int | None = None

    def printed(self) -> str:
        rate = f"{self.done / self.seconds:10.0f}"
        of_core = f"{self.done / self.core_seconds:15.0f}" if self.core_seconds else f"{'':15}"
        return f"{self.subject:34} {rate} {of_core} {self.goal or '':>7}"


@dataclass
class Line:
    """One keep-alive connection with one request under way."""

    sock: socket.socket
    requests: Requests
    missing: int = 0
    head: bytes = field(default=b"", repr=False)

    def ask(self) -> bool:
        request = next(self.requests, None)
        if request is not None:
            self.sock.sendall(request)
        return request is not None

    def hear(self, buffer: bytearray) -> bool:
        """Read what has come; True when the reply is whole."""
        heard = self.sock.recv_into(buffer)
        if not heard:
            raise ConnectionError("the sandbox hung up")
        if self.missing:
            self.missing -= heard
            return self.missing == 0
        self.head += buffer[:heard]
        head, found, body = self.head.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(self.head.decode(errors="replace"))
        place = head.index(b"Content-Length: ") + len(b"Content-Length: ")
        self.missing = int(head[place : place + 9].split(b"\r")[0]) - len(body)
        self.head = b""
        return self.missing == 0


def main() -> None:
    apart()
    print(f"{'':34} {'a second':>10} {'a core second':>15} {'goal':>7}")
    with floor() as (host, pid):
        show(run("HTTP alone, 100 bytes", host, pid, [repeated(get("/")) for _ in range(CONNECTIONS)]))
        show(run("HTTP alone, a page of 160 kB", host, pid, [repeated(get("/page")) for _ in range(CONNECTIONS)]))
    started = time.perf_counter()
    sandbox = start(seed=1, frozen=FROZEN_AT)
    host = urlsplit(sandbox.url).netloc
    measure_once(host)
    ready_seconds = time.perf_counter() - started
    on_one_core(sandbox.pid)
    for subject, goal, lines in subjects(sandbox):
        show(run(subject, host, sandbox.pid, lines, goal))
    sandbox.stop()
    print(f"{'start to first reply':34} {ready_seconds:10.2f} s {'':13} {'1 s':>7}")


def subjects(sandbox: SandboxProcess) -> Iterator[tuple[str, int | None, list[Requests]]]:
    lines = range(CONNECTIONS)
    small = [get(path.format(symbol)) for symbol in SYMBOLS for path in SMALL]
    yield "small questions", 2000, [repeated(*small[line:], *small[:line]) for line in lines]
    pages = [get(PAGE.format("BTCUSDT", "1m", FROZEN_AT_MS - number * 1000 * MINUTE_MS)) for number in range(1, 21)]
    yield "pages of 1000 klines, asked before", 2500, [repeated(*pages[line:], *pages[:line]) for line in lines]
    for interval, length_ms, goal in (("1m", MINUTE_MS, 200), ("15m", 15 * MINUTE_MS, None)):
        fresh = fresh_pages(length_ms, interval)
        yield f"pages of 1000 {interval} klines, fresh", goal, [fresh] * CONNECTIONS
    yield "signed orders: far LIMIT, cancel", 500, [orders(sandbox, line, ("LIMIT", "cancel")) for line in lines]
    yield "signed orders: MARKET", 500, [orders(sandbox, line, ("BUY", "SELL")) for line in lines]


def fresh_pages(length_ms: int, interval: str) -> Requests:
    """Pages that nobody has asked for yet, backwards in time as far as there is a market."""
    symbols = SYMBOLS[:1] if length_ms == MINUTE_MS else SYMBOLS
    for number in range(30, 30 + min(2000, 190 * 15 * MINUTE_MS // length_ms)):
        for symbol in symbols:
            yield get(PAGE.format(symbol, interval, FROZEN_AT_MS - number * 1000 * length_ms))


def orders(sandbox: SandboxProcess, line: int, kinds: tuple[str, ...]) -> Requests:
    for number, kind in zip(count(), cycle(kinds)):
        own_id = f"line{line}-{kinds[0]}-{number - number % len(kinds)}"
        if kind == "cancel":
            yield signed(sandbox, "DELETE", f"symbol=BTCUSDT&origClientOrderId={own_id}")
        elif kind == "LIMIT":
            terms = f"&type=LIMIT&timeInForce=GTC&quantity=0.001&price=30000&newClientOrderId={own_id}"
            yield signed(sandbox, "POST", f"symbol=BTCUSDT&side=BUY{terms}")
        else:
            yield signed(sandbox, "POST", f"symbol=BTCUSDT&side={kind}&type=MARKET&quantity=0.001")


def signed(sandbox: SandboxProcess, method: str, text: str) -> bytes:
    text += f"&timestamp={FROZEN_AT_MS}"
    signature = hmac.new(sandbox.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    path = f"/api/v3/order?{text}&signature={signature}"
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-MBX-APIKEY: {sandbox.api_key}\r\n\r\n".encode()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def repeated(*requests: bytes) -> Requests:
    return cycle(requests)


def run(subject: str, host: str, pid: int, sources: list[Requests], goal: int | None = None) -> Figure:
    """Keep every line busy; what is asked first warms up."""
    with lines_to(host, sources) as lines:
        drive(lines, 0.5)
        before, started = core_seconds(pid), time.perf_counter()
        done = drive(lines, SECONDS)
        seconds, after = time.perf_counter() - started, core_seconds(pid)
    return Figure(subject, done, seconds, None if before is None or after is None else after - before, goal)


def drive(lines: list[Line], seconds: float) -> int:
    """Let every line ask again as soon as it is answered, and wait for the last answers."""
    buffer, done, stop = bytearray(1 << 18), 0, time.perf_counter() + seconds
    with selectors.DefaultSelector() as ready:
        for line in lines:
            if line.ask():
                ready.register(line.sock, selectors.EVENT_READ, line)
        while ready.get_map():
            for key, _ in ready.select():
                line = key.data
                if line.hear(buffer):
                    done += 1
                    if time.perf_counter() > stop or not line.ask():
                        ready.unregister(line.sock)
    return done


@contextmanager
def lines_to(host: str, sources: list[Requests]) -> Iterator[list[Line]]:
    address, port = host.split(":")
    lines = [Line(socket.create_connection((address, int(port))), source) for source in sources]
    for line in lines:
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    yield lines
    for line in lines:
        line.sock.close()


def measure_once(host: str) -> None:
    with lines_to(host, [iter([get("/api/v3/time")])]) as lines:
        drive(lines, 0)


def core_seconds(pid: int) -> float | None:
    """Processor time of a process, where the system tells it in a file."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def apart() -> None:
    """Leave the last core to the sandbox, where a system lets us choose."""
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(0, cores[:-1])


def on_one_core(pid: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {(os.cpu_count() or 1) - 1})


@contextmanager
def floor() -> Iterator[tuple[str, int]]:
    """Run the sandbox's HTTP server with fixed answers, in a process of its own."""
    with subprocess.Popen([sys.executable, __file__, "--floor"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            on_one_core(process.pid)
            yield f"127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def serve_floor() -> None:
    import asyncio

    from aiohttp import web

    bodies: dict[str, bytes] = {"/": b"x" * 100, "/page": b"x" * 160_000}

    async def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(body=bodies[request.path], headers={"Content-Type": "application/json;charset=UTF-8"})

    async def serve() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        runner = web.ServerRunner(web.Server(answer), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        print(listening.getsockname()[1], flush=True)
        await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


show: Callable[[Figure], None] = lambda figure: print(figure.printed(), flush=True)  # noqa: E731


if __name__ == "__main__":
    serve_floor() if sys.argv[1:] == ["--floor"] else main()
