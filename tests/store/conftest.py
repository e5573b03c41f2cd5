"""A store in a folder of its own, and candles to put into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from binance_nb.store import Dataset, Store

MINUTE_MS = 60_000
MAY, JUNE, JULY = 1_714_521_600_000, 1_717_200_000_000, 1_719_792_000_000
CANDLES = Dataset("spot", "klines", "BTCUSDT", "1m")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path)


def candles(start_ms: int, count: int, seed: int = 1) -> pd.DataFrame:
    """Closed candles of a minute, as the session returns them."""
    draw = np.random.default_rng(seed + start_ms)
    opens = start_ms + MINUTE_MS * np.arange(count)

    def times(stamps: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(stamps.view("M8[ms]"), tz="UTC")

    decimals = {name: draw.random(count) * 1e5 for name in ("open", "high", "low", "close", "volume")}
    frame = pd.DataFrame(decimals, index=times(opens).rename("open_time"))
    frame["close_time"] = times(opens + MINUTE_MS - 1)
    frame["quote_volume"] = draw.random(count)
    frame["trade_count"] = draw.integers(0, 1 << 40, count)
    frame["taker_buy_base_volume"] = draw.random(count)
    frame["taker_buy_quote_volume"] = draw.random(count)
    frame["closed"] = True
    return frame
