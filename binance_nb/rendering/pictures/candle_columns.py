"""A frame of candles as a picture wants them: columns of known numbers, no more than there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Columns", "Overlay", "columns_of", "overlays_of", "stamps_of"]

_HUGE = 1e280  # nothing costs that much, and differences of such numbers are no numbers


@dataclass(frozen=True)
class Columns:
    """Candles, oldest first.

    Attributes:
        times: When each begins, in milliseconds.
        open: First prices.
        high: Highest prices.
        low: Lowest prices.
        close: Last prices.
        volume: Volumes; None where the frame has none.
        own_step_ms: How long one of the frame's candles is.
        step_ms: How long one of these is.
        merged: How many of the frame's candles are in one of these.
        total: How many the frame has, without those that lack a price.
    """

    times: Floats
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats | None
    own_step_ms: float
    step_ms: float
    merged: int
    total: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.times)

    @property
    def start_ms(self) -> float:
        """When the first begins."""
        return float(self.times[0])

    @property
    def end_ms(self) -> float:
        """When the last ends."""
        return float(self.times[-1]) + self.step_ms

    def middle(self, at: int) -> float:
        """Return the moment in the middle of one."""
        return float(self.times[at]) + self.step_ms / 2

    def words(self, frame: pd.DataFrame) -> str:
        """Say where candles are from and when they were.

        Args:
            frame: What they were taken from.
        """
        facts = frame.attrs.get("binance")
        where = str(facts.get("environment") or "") if isinstance(facts, dict) else ""
        if not self.count:
            return where
        count = f"{self.total:,} candles" if self.total != 1 else "1 candle"
        drawn = f", {self.merged} drawn as one" if self.merged > 1 else ""
        span = f"{_moment(self.times[0])} to {_moment(float(self.times[-1]))} UTC"
        return " · ".join(part for part in (where, span, f"{count}{drawn}") if part)


def _moment(stamp_ms: float) -> str:
    from binance_nb.grammar import format_time

    return format_time(int(stamp_ms)).removesuffix(" UTC").removesuffix(":00")


def columns_of(frame: pd.DataFrame, most: int) -> Columns:
    """Return the candles of a frame.

    Args:
        frame: Columns of prices, indexed by time.
        most: How many there is room for; more are merged, neighbours into one.
    """
    import numpy as np

    prices = np.column_stack([_floats(frame[name]) for name in ("open", "high", "low", "close")])
    times = stamps_of(frame.index)
    is_known = np.isfinite(prices).all(axis=1) & (np.abs(prices) < _HUGE).all(axis=1) & np.isfinite(times)
    order = np.flatnonzero(is_known)
    order = order[np.argsort(times[order], kind="stable")]
    times, prices = times[order], prices[order]
    # A candle made by hand may say less than its ends are.
    prices[:, 1], prices[:, 2] = prices.max(axis=1), prices.min(axis=1)
    volume = np.nan_to_num(_floats(frame["volume"])[order], posinf=0, neginf=0) if "volume" in frame.columns else None
    steps = np.diff(times)
    steps = steps[steps > 0]
    step = float(np.median(steps)) if len(steps) else 60_000.0
    merged = max(1, -(-len(times) // most))
    starts = np.arange(0, len(times), merged)
    if merged > 1:
        ends = np.append(starts[1:], len(times)) - 1
        volume = None if volume is None else np.add.reduceat(volume, starts)
        high, low = np.maximum.reduceat(prices[:, 1], starts), np.minimum.reduceat(prices[:, 2], starts)
        columns = (times[starts], prices[starts, 0], high, low, prices[ends, 3])
    else:
        columns = (times, prices[:, 0], prices[:, 1], prices[:, 2], prices[:, 3])
    return Columns(*columns, volume, step, step * merged, merged, len(times))


def stamps_of(index: pd.Index[Any]) -> Floats:
    """Return the times of an index in milliseconds, NaN for none; places where it holds no times.

    Args:
        index: The index; times without a zone are UTC.
    """
    import numpy as np
    import pandas as pd

    if not isinstance(index, pd.DatetimeIndex):
        return np.arange(len(index), dtype="float64") * 60_000
    zoned = index.tz_localize("UTC") if index.tz is None else index.tz_convert("UTC")
    stamps = zoned.tz_localize(None).to_numpy("datetime64[ms]")
    return np.where(np.isnat(stamps), np.nan, stamps.astype("int64").astype("float64"))


def _floats(values: Any) -> Floats:  # Any: a Series of floats, Decimals or texts
    import pandas as pd

    numbers: Floats = pd.to_numeric(values, errors="coerce").to_numpy("float64", na_value=float("nan"))
    return numbers


@dataclass(frozen=True)
class Overlay:
    """A line over candles.

    Attributes:
        name: What it is called.
        times: When its values are, in milliseconds, ascending.
        values: Its values; not a number where it has a gap.
    """

    name: str
    times: Floats
    values: Floats

    def parts(self, start_ms: float, end_ms: float) -> Iterator[list[tuple[float, float]]]:
        """Yield its stretches without gaps in a range."""
        import numpy as np

        chosen = (self.times >= start_ms) & (self.times <= end_ms)
        times, values = self.times[chosen], self.values[chosen]
        gaps = np.flatnonzero(~np.isfinite(values))
        for stamps, part in zip(np.split(times, gaps), np.split(values, gaps), strict=True):
            known = np.isfinite(part)
            yield list(zip(stamps[known].tolist(), part[known].tolist(), strict=True))

    def range_between(self, start_ms: float, end_ms: float) -> list[float]:
        """Return its least and greatest value in a range; nothing where it has none."""
        values = [value for part in self.parts(start_ms, end_ms) for _, value in part]
        return [min(values), max(values)] if values else []


def overlays_of(given: Mapping[str, Any] | Sequence[Any], frame: pd.DataFrame) -> list[Overlay]:
    """Return lines over candles.

    Args:
        given: Series by name, or Series with names; what has no times of its own has the frame's.
        frame: The candles.
    """
    import numpy as np
    import pandas as pd

    named = given.items() if isinstance(given, Mapping) else ((getattr(one, "name", None), one) for one in given)
    found = []
    for place, (name, one) in enumerate(named, 1):
        series = one if isinstance(one, pd.Series) else pd.Series(list(one))
        has_times = isinstance(series.index, pd.DatetimeIndex)
        count = len(series) if has_times else min(len(series), len(frame))
        values = _floats(series)[:count]
        times = stamps_of(series.index if has_times else frame.index)[:count]
        order = np.argsort(times, kind="stable")
        values = np.where(np.abs(values) < _HUGE, values, np.nan)
        found.append(Overlay(str(name or f"line {place}"), times[order], values[order]))
    return found
