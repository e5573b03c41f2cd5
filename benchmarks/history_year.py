"""A year of one-minute candles, 525,600 rows in 526 pages, into one typed frame: here, and by other people's clients.

One server (`servers/candles.py`) answers all of them, each client runs in a process of its own, in turns, and the best
of its runs counts. ``floor`` is aiohttp with as many requests in the air as we have, which reads nothing of what comes.
Peak memory is what a client's process grew by while it pulled, imports not counted.

A client that is not installed here is looked for in the interpreters of ``--python`` (two of them are called `binance`
and cannot share one). Those that ask page after page spend their time waiting, so they pull three weeks by default, and
their seconds are scaled to a year by its requests (`~`); ``--full`` lets all pull the year, python-binance with its
sleeps too, some ten minutes in all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

SERVER = Path(__file__).parent / "servers" / "candles.py"
OPENS_MS, MINUTE_MS = 1_672_531_200_000, 60_000
YEAR, THREE_WEEKS = 525_600, 30_240
PAGE = 1000
NAMES = ("open_time", "open", "high", "low", "close", "volume", "close_time")
MORE_NAMES = ("quote_volume", "trade_count", "taker_buy_base_volume", "taker_buy_quote_volume", "ignore")

Rows = list[Any]  # Any: JSON
Pull = Callable[[str, int], Any]  # Any: a frame, made without pandas being loaded for the floor


@dataclass(frozen=True)
class Subject:
    """A client: what pulls that many minutes, which package it is, whether it asks one page at a time."""

    name: str
    package: str
    pull: Pull
    is_patient: bool = False


@dataclass(frozen=True)
class Figure:
    seconds: float
    rows: int
    requests: int
    megabytes: float

    @property
    def for_a_year(self) -> float:
        more_pages = -(-YEAR // PAGE) - -(-self.rows // PAGE)
        return self.seconds * (self.requests + more_pages) / self.requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all clients, the whole year")
    parser.add_argument("--latency-ms", type=float, nargs="*", default=[50.0, 0.0])
    parser.add_argument("--python", action="append", default=[], help="an interpreter that has other clients")
    parser.add_argument("--runs", type=int, default=3, help="of the fast ones")
    parser.add_argument("--client", nargs=3, metavar=("NAME", "URL", "ROWS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.client:
        print(json.dumps(vars(measured(*asked.client))))
        return
    for latency_ms in asked.latency_ms:
        report(latency_ms, dict(figures(latency_ms, asked)))


def figures(latency_ms: float, asked: argparse.Namespace) -> Iterator[tuple[str, Figure | None]]:
    """Yield the best figure of each client; None for one that is installed nowhere, or failed."""
    homes = {subject.name: home_of(subject, asked.python) for subject in SUBJECTS}
    with server(latency_ms) as url:
        for subject in SUBJECTS:
            home = homes[subject.name]
            if subject.name == SLEEPY and not latency_ms:
                continue  # its second of sleep every third page hides whatever the server does
            rows = THREE_WEEKS if subject.is_patient and not asked.full else YEAR
            runs = 1 if subject.is_patient and latency_ms else asked.runs
            done = [figure for _ in range(runs if home else 0) if (figure := run(home or "", subject, url, rows))]
            yield subject.name, min(done, key=lambda figure: figure.seconds, default=None)


def home_of(subject: Subject, pythons: list[str]) -> str | None:
    """Return the first interpreter that has a client."""
    looking = f"import importlib.metadata as m; m.version({subject.package!r})"
    for python in (sys.executable, *pythons):
        if subprocess.run([python, "-c", looking], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return python
    return None


def run(python: str, subject: Subject, url: str, rows: int) -> Figure | None:
    with tempfile.TemporaryDirectory() as folder:  # panzer writes its logs where it stands
        # What a run before it has kept would be no download.
        surroundings = {**os.environ, "BINANCE_NB_CACHE": folder, "BINANCE_NB_DATA": folder}
        command = [python, os.path.abspath(__file__), "--client", subject.name, url, str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=surroundings, check=False)
    if done.returncode:
        print(f"  {subject.name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return Figure(**json.loads(done.stdout.splitlines()[-1]))


def measured(name: str, url: str, rows: str) -> Figure:
    """Pull in this process."""
    pull = next(subject.pull for subject in SUBJECTS if subject.name == name)
    pull(url, 2 * PAGE)  # imports, connections
    tally(url)
    before_mb = peak_mb()
    started = time.perf_counter()
    came = pull(url, int(rows))
    seconds = time.perf_counter() - started
    assert isinstance(came, int) or len(came) == int(rows), f"{name} brought {len(came)} rows"
    return Figure(seconds, int(rows), tally(url).get("/api/v3/klines", 0), peak_mb() - before_mb)


def report(latency_ms: float, found: dict[str, Figure | None]) -> None:
    ours = found[OURS]
    assert ours is not None
    print(f"{f'{latency_ms:g} ms of latency':32} {'s a year':>9} {'of ours':>8} {'requests':>9} {'MB':>6}")
    for name, figure in found.items():
        if figure is None:
            print(f"  {name:30} is not installed here (--python says where else), or failed")
            continue
        is_whole, ratio = figure.rows == YEAR, figure.for_a_year / ours.for_a_year
        seconds, grown = f"{'' if is_whole else '~'}{figure.for_a_year:.2f}", f"{figure.megabytes:.0f}"
        print(f"  {name:30} {seconds:>9} {ratio:8.2f} {figure.requests:9} {grown if is_whole else '':>6}")


def floor(url: str, rows: int) -> int:
    """Have all pages come, as fast as one event loop can, and look at none."""
    import aiohttp

    from binance_nb.history import PAGES_AT_ONCE

    async def pull() -> int:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=PAGES_AT_ONCE)) as session:

            async def page(start: int) -> int:
                span = f"startTime={at(start)}&endTime={at(min(start + PAGE, rows)) - 1}"
                async with session.get(f"{url}/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000&{span}") as reply:
                    return len(await reply.read())

            return sum(await asyncio.gather(*(page(start) for start in range(0, rows, PAGE))))

    return asyncio.run(pull())


def ours(url: str, rows: int) -> Any:
    from binance_nb import connect

    session = _kept("ours", lambda: connect(url))
    start, stop = (_date(at(row)) for row in (0, rows))
    return session.klines("BTCUSDT", "1m", start=start, end=stop, max_rows=YEAR, quiet=True)


def panzer(url: str, rows: int) -> Any:
    def made() -> Any:
        # It has no other way to be pointed elsewhere.
        patch("panzer.exchanges.binance.public", "BINANCE_SPOT_BASE_URL", url)
        patch("panzer.exchanges.binance.config", "SPOT_EXCHANGE_INFO_URL", f"{url}/api/v3/exchangeInfo")
        return import_module("panzer").BinancePublicClient(market="spot", safety_ratio=1.0, auto_sync=False)

    return frame_of(_kept("panzer", made).klines_range("BTCUSDT", "1m", at(0), at(rows) - 1))


def python_binance(url: str, rows: int) -> Any:
    theirs = _python_binance(url)
    return frame_of(theirs.get_historical_klines("BTCUSDT", "1m", at(0), at(rows) - 1))


def python_binance_awake(url: str, rows: int) -> Any:
    theirs = _python_binance(url)
    patch("binance.client", "time", SimpleNamespace(sleep=lambda _: None, time=time.time))
    return frame_of(theirs.get_historical_klines("BTCUSDT", "1m", at(0), at(rows) - 1))


def _python_binance(url: str) -> Any:
    theirs = _kept("python-binance", lambda: import_module("binance.client").Client(ping=False))
    theirs.API_URL = f"{url}/api"
    return theirs


def binance_connector(url: str, rows: int) -> Any:
    spot = _kept("binance-connector", lambda: import_module("binance.spot").Spot(base_url=url))
    return frame_of(
        page_by_page(rows, lambda start, stop: spot.klines("BTCUSDT", "1m", startTime=start, endTime=stop, limit=PAGE))
    )


def binance_sdk_spot(url: str, rows: int) -> Any:
    def made() -> Any:
        configuration = import_module("binance_common.configuration").ConfigurationRestAPI(base_path=url)
        return import_module("binance_sdk_spot.spot").Spot(config_rest_api=configuration).rest_api

    rest = _kept("binance-sdk-spot", made)

    def page(start: int, stop: int) -> Rows:
        reply = rest.klines("BTCUSDT", "1m", start_time=start, end_time=stop, limit=PAGE)
        return [getattr(row, "root", row) for row in reply.data()]

    return frame_of(page_by_page(rows, page))


def ccxt(url: str, rows: int) -> Any:
    def made() -> Any:
        theirs = import_module("ccxt").binance({"enableRateLimit": False, "options": {"fetchMarkets": ["spot"]}})
        theirs.urls["api"] |= {"public": f"{url}/api/v3", "v1": f"{url}/api/v1"}
        theirs.options |= {"fetchCurrencies": False, "fetchMargins": False}
        theirs.has["fetchCurrencies"] = False
        theirs.load_markets()
        return theirs

    theirs = _kept("ccxt", made)
    return frame_of(page_by_page(rows, lambda start, _: theirs.fetch_ohlcv("BTC/USDT", "1m", start, PAGE)))


def page_by_page(rows: int, page: Callable[[int, int], Rows]) -> Rows:
    """The loop that a user of a client without ranges writes."""
    whole: Rows = []
    while len(whole) < rows:
        came = page(at(len(whole)), at(min(len(whole) + PAGE, rows)) - 1)
        if not came:
            break
        whole += came
    return whole[:rows]


def frame_of(rows: Rows) -> Any:
    """The frame that users make of what clients give them."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=(NAMES + MORE_NAMES)[: len(rows[0])] if len(rows[0]) > 6 else NAMES[:6])
    decimals = [name for name in frame.columns if name not in ("open_time", "close_time", "trade_count", "ignore")]
    frame = frame.astype(dict.fromkeys(decimals, "float64"))
    for name in ("open_time", "close_time"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
    return frame.set_index("open_time")


_KEPT: dict[str, Any] = {}


def _kept(name: str, made: Callable[[], Any]) -> Any:
    """A client that is made once, as in a notebook."""
    if name not in _KEPT:
        _KEPT[name] = made()
    return _KEPT[name]


def patch(module: str, name: str, value: object) -> None:
    setattr(import_module(module), name, value)


def at(row: int) -> int:
    return OPENS_MS + row * MINUTE_MS


def _date(ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(ms / 1000))


def tally(url: str) -> dict[str, int]:
    with urlopen(f"{url}/tally") as reply:
        told: dict[str, int] = json.load(reply)
    return told


def peak_mb() -> float:
    """The most this process has taken so far; nothing where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


@contextmanager
def server(latency_ms: float) -> Iterator[str]:
    """Run the server in a process of its own, so that it shares no interpreter lock with a client."""
    command = [sys.executable, str(SERVER), "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


OURS, SLEEPY = "binance_nb", "python-binance as shipped"
SUBJECTS = (
    Subject("aiohttp, nothing read (floor)", "aiohttp", floor),
    Subject(OURS, "binance-nb", ours),
    Subject("panzer", "panzer", panzer),
    Subject("python-binance, sleeps out", "python-binance", python_binance_awake, is_patient=True),
    Subject("binance-connector", "binance-connector", binance_connector, is_patient=True),
    Subject("binance-sdk-spot", "binance-sdk-spot", binance_sdk_spot, is_patient=True),
    Subject("ccxt", "ccxt", ccxt, is_patient=True),
    Subject(SLEEPY, "python-binance", python_binance, is_patient=True),
)

if __name__ == "__main__":
    main()
