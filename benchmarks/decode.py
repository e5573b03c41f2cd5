"""What a reply costs on its way from bytes to a typed frame, beside the code that notebooks usually have for it.

Both sides take turns, so that a busy moment of the machine hits them alike. The frames hold the same numbers, but ours
know more: which candles are closed, which levels are missing, where they come from.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import pandas as pd

from binance_nb.catalog import ENDPOINTS
from binance_nb.frames import decode

SAMPLES = 300
ROWS, LEVELS = 1000, 5000
NOW_MS = 1_700_000_000_000

KLINE_COLUMNS = ["open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "trades"]
KLINE_COLUMNS += ["taker_base", "taker_quote", "ignore"]
KLINE_NUMBERS = [name for name in KLINE_COLUMNS if name not in ("open_time", "close_time", "trades")]


def main() -> None:
    columns = "usual ms, ours ms, ratio"
    print(f"{'':12} {'bytes':>7}   {f'by turns: {columns}':>36}   {f'in blocks: {columns}':>36}")
    for name, (body, usual) in subjects().items():
        pair = partial(usual, body), partial(decode, ENDPOINTS[name], body, now_ms=NOW_MS)
        print(f"{name:12} {len(body):7}   {figures(*compare(*pair, block=1))}   {figures(*compare(*pair, block=50))}")


def figures(usual_ms: float, our_ms: float) -> str:
    return f"{usual_ms:14.2f} {our_ms:9.2f} {usual_ms / our_ms:11.1f}"


def compare(*subjects: Callable[[], object], block: int) -> list[float]:
    """Milliseconds of each, taking turns after so many calls: after one, each finds the other's data in the caches."""
    spent: list[list[float]] = [[] for _ in subjects]
    for _ in range(SAMPLES // block):
        for subject, times in zip(subjects, spent, strict=True):
            for _ in range(block):
                started = time.perf_counter()
                subject()
                times.append((time.perf_counter() - started) * 1000)
    return [median(times) for times in spent]


def subjects() -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    return {
        "klines": (compact([candle(number) for number in range(ROWS)]), usual_klines),
        "agg_trades": (compact([trade(number) for number in range(ROWS)]), usual_trades),
        "depth": (compact(book()), usual_depth),
    }


def usual_klines(body: bytes) -> pd.DataFrame:
    frame = pd.DataFrame(json.loads(body), columns=KLINE_COLUMNS)
    frame[KLINE_NUMBERS] = frame[KLINE_NUMBERS].astype(float)
    frame["open_time"] = pd.to_datetime(frame["open_time"], unit="ms", utc=True)
    frame["close_time"] = pd.to_datetime(frame["close_time"], unit="ms", utc=True)
    return frame.set_index("open_time")


def usual_trades(body: bytes) -> pd.DataFrame:
    frame = pd.DataFrame(json.loads(body))
    frame[["p", "q"]] = frame[["p", "q"]].astype(float)
    frame["T"] = pd.to_datetime(frame["T"], unit="ms", utc=True)
    return frame


def usual_depth(body: bytes) -> pd.DataFrame:
    reply = json.loads(body)
    bids = pd.DataFrame(reply["bids"], columns=["bid_price", "bid_quantity"]).astype(float)
    asks = pd.DataFrame(reply["asks"], columns=["ask_price", "ask_quantity"]).astype(float)
    return pd.concat([bids, asks], axis=1)


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def digits(number: int, places: int) -> str:
    """A decimal that looks random, always the same one, with eight places as the exchange writes them."""
    mixed = number * 2_654_435_761 % 2**32
    return f"{mixed % 10 ** (places + 4) / 10**places:.8f}"


def candle(number: int) -> list[object]:
    opened_ms = NOW_MS + 60_000 * (number - ROWS)
    prices = [digits(4 * number + part, 2) for part in range(4)]
    quotes = [digits(number + part * ROWS, 4) for part in range(3)]
    return [opened_ms, *prices, quotes[0], opened_ms + 59_999, digits(number, 5), number, *quotes[1:], "0"]


def trade(number: int) -> dict[str, object]:
    ids = {"f": 1_111_480_471 + number, "l": 1_111_480_471 + number, "T": NOW_MS + number}
    numbers = {"p": digits(number, 2), "q": digits(number, 5)}
    return {"a": 966_492_862 + number, **numbers, **ids, "m": number * 7 % 5 < 2, "M": True}


def book() -> dict[str, object]:
    bids = [[f"{60_000 - level / 100:.8f}", digits(level, 5)] for level in range(LEVELS)]
    asks = [[f"{60_000 + level / 100:.8f}", digits(level, 5)] for level in range(LEVELS)]
    return {"lastUpdateId": 14_527_958_487, "bids": bids, "asks": asks}


if __name__ == "__main__":
    main()
