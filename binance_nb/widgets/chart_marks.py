"""Marks at the candles within which a person traded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError
from binance_nb.rendering.pictures import Mark

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.widgets.chart_candles import Candles

__all__ = ["check_trades", "marks_of_trades", "pinned"]

_NEEDED = ("time", "price", "qty", "is_buyer")


def check_trades(given: Any) -> pd.DataFrame | None:  # Any: what a person hands over, looked at here
    """Return a frame of own trades that was given; None for none, or for those that are to be asked for.

    Args:
        given: True, False, None, or what ``my_trades`` gives.

    Raises:
        UsageError: It is no such frame.
    """
    import pandas as pd

    if given is None or isinstance(given, bool):
        return None
    if not isinstance(given, pd.DataFrame):
        raise _wrong(f"trades is a {type(given).__name__}, not a frame.")
    if missing := [name for name in _NEEDED if name not in given.columns]:
        raise _wrong(f"The frame of trades has no {', '.join(missing)}.")
    return given


def _wrong(message: str) -> UsageError:
    hint = "Give what my_trades returns, or trades=True to have them asked for."
    return UsageError(message, hint=hint, culprit="trades", operation="chart")


def marks_of_trades(trades: pd.DataFrame | None, symbol: str) -> list[Mark]:
    """Return a mark for each trade.

    Args:
        trades: What ``my_trades`` gives, perhaps of several symbols.
        symbol: The symbol that is shown.
    """
    if trades is None or not len(trades):
        return []
    of_symbol = trades[trades["symbol"] == symbol] if "symbol" in trades.columns else trades
    times = of_symbol["time"].astype("datetime64[ms, UTC]").astype("int64")
    rows = zip(times, of_symbol["price"], of_symbol["qty"], of_symbol["is_buyer"], strict=True)
    return [Mark(int(time), float(price), bool(is_buy), f"{float(qty):g}") for time, price, qty, is_buy in rows]


def pinned(marks: list[Mark], candles: Candles, step_ms: float) -> list[tuple[float, bool, str]]:
    """Return marks as the browser draws them: one a candle and side.

    Args:
        marks: The marks.
        candles: The candles.
        step_ms: How long one of them lasts.

    Returns:
        For each the time of its candle in seconds, whether it bought, and how much of it.
    """
    import numpy as np

    opened = candles.times_ms
    sums: dict[tuple[float, bool], float] = {}
    for mark in marks:
        at = int(np.searchsorted(opened, mark.time_ms, side="right")) - 1
        if at >= 0 and mark.time_ms < opened[at] + step_ms:
            key = float(opened[at]) / 1000, mark.is_buy
            sums[key] = sums.get(key, 0.0) + float(mark.text or 0)
    return [(time, is_buy, f"{total:.6g}") for (time, is_buy), total in sorted(sums.items())]
