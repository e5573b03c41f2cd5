"""Where candles are missing, why, and how the gaps can be closed for those who ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from binance_nb.history.long.stamps import stamps_of
from binance_nb.store import Dataset, Span, laid_over

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["Hole", "HoleKind", "count_breaks", "filled", "holes_frame", "holes_of"]

HoleKind = Literal["before listing", "none there", "not fetched"]
"""``none there``: the exchange was asked and has no candle. ``not fetched``: nobody has asked yet, or in vain."""

_DAY_MS = 86_400_000
_PRICES = ("open", "high", "low")


@dataclass(frozen=True)
class Hole:
    """A stretch without candles.

    Attributes:
        start_ms: Where the first missing candle would open.
        end_ms: Where it ends, exclusive.
        candles: How many are missing; None for trades.
        kind: Why.
    """

    start_ms: int
    end_ms: int
    candles: int | None
    kind: HoleKind


def holes_of(
    frame: pd.DataFrame, dataset: Dataset, start_ms: int, end_ms: int, known: Iterable[Span]
) -> tuple[Hole, ...]:
    """Return where candles are missing.

    Args:
        frame: The candles of the range.
        dataset: What they are.
        start_ms: Where the range begins.
        end_ms: Where it ends, exclusive.
        known: What is known of which time.

    Returns:
        The holes, in order of time.
    """
    import numpy as np

    opens, closes = stamps_of(frame.index), stamps_of(frame["close_time"])
    grid = _grid(dataset, int(opens[0]) if len(opens) else start_ms)
    begins = np.concatenate([[start_ms], closes + 1])
    ends = np.concatenate([opens, [end_ms]])
    gaps = [(grid.first(int(begins[at])), grid.last(int(ends[at]))) for at in np.flatnonzero(ends > begins)]
    known = [span for span in known if span.state != "unfinished"]
    listed_ms = known[0].end_ms if known and known[0].start_ms == 0 and known[0].state == "empty" else 0
    spans = laid_over([], [replace(span, state="have", source="") for span in known])
    return tuple(hole for gap in gaps for hole in _told_apart(grid, *gap, spans, listed_ms))


class _Grid:
    """Where candles open, counted from one that is known to, so that a hole of years takes no memory."""

    def __init__(self, origin_ms: int, step_ms: int) -> None:
        self._origin_ms, self._step_ms = origin_ms, step_ms

    def opens(self, number: int) -> int:
        """When the n-th candle opens."""
        return self._origin_ms + number * self._step_ms

    def first(self, moment_ms: int) -> int:
        """Which candle is the first to open at a moment or later."""
        return -((self._origin_ms - moment_ms) // self._step_ms)

    def last(self, moment_ms: int) -> int:
        """Up to which candle all have closed at a moment, exclusive."""
        return self.first(moment_ms + 1) - 1


class _Months(_Grid):
    """Candles of a month each."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def opens(self, number: int) -> int:
        return int(datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1000

    def first(self, moment_ms: int) -> int:
        moment = datetime.fromtimestamp(moment_ms // 1000, UTC)
        number = moment.year * 12 + moment.month - 1
        return number + (self.opens(number) < moment_ms)


def _grid(dataset: Dataset, origin_ms: int) -> _Grid:
    step_ms = dataset.step_ms
    if step_ms is None:
        return _Months()
    # Where no candle says so: days and less open at whole multiples since 1970. Of weeks and threes of days, the first
    # is taken to open with the range.
    return _Grid(origin_ms if step_ms > _DAY_MS else origin_ms % step_ms, step_ms)


def _told_apart(grid: _Grid, first: int, stop: int, known: Sequence[Span], listed_ms: int) -> Iterable[Hole]:
    """Cut a gap where knowing begins and ends."""
    at = first
    for span in known:
        begin, end = max(at, grid.first(span.start_ms)), min(stop, grid.first(span.end_ms))
        if begin < end:
            yield from _hole(grid, at, begin, "not fetched")
            yield from _hole(grid, begin, end, "before listing" if grid.opens(end) <= listed_ms else "none there")
            at = end
    yield from _hole(grid, at, stop, "not fetched")


def _hole(grid: _Grid, first: int, stop: int, kind: HoleKind) -> Iterable[Hole]:
    if first < stop:
        yield Hole(grid.opens(first), grid.opens(stop), stop - first, kind)


def count_breaks(frame: pd.DataFrame) -> int:
    """Return how often the next candle does not follow the one before at once.

    Args:
        frame: Candles, in order of time.
    """
    opens, closes = stamps_of(frame.index), stamps_of(frame["close_time"])
    return int((opens[1:] > closes[:-1] + 1).sum())


def holes_frame(holes: Sequence[Hole]) -> pd.DataFrame:
    """Return holes as a frame.

    Args:
        holes: The holes.

    Returns:
        A frame with the columns ``start`` and ``end`` (``datetime64[ms, UTC]``, the end exclusive), ``candles`` (Int64)
        and ``kind`` (text).
    """
    import numpy as np
    import pandas as pd

    return pd.DataFrame(
        {
            "start": _times(np.array([hole.start_ms for hole in holes], np.int64)),
            "end": _times(np.array([hole.end_ms for hole in holes], np.int64)),
            "candles": pd.array([hole.candles for hole in holes], dtype="Int64"),
            "kind": pd.Series([hole.kind for hole in holes], dtype=pd.Series(["x"]).dtype),
        }
    )


def filled(frame: pd.DataFrame, dataset: Dataset, holes: Sequence[Hole]) -> pd.DataFrame:
    """Return candles without holes: where none is, one that stands at the last close, with nothing traded.

    Args:
        frame: The candles.
        dataset: What they are.
        holes: Where they are missing. Only those are filled of which the exchange has none: what was not fetched may be
            there, and before the first candle there is no price.

    Returns:
        The candles with a column ``filled`` (bool), which marks those that were put in.
    """
    import numpy as np
    import pandas as pd

    first_ms = int(stamps_of(frame.index[:1])[0]) if len(frame) else 0
    quiet = [hole for hole in holes if hole.kind == "none there" and hole.start_ms > first_ms > 0]
    edges = [_edges(dataset, hole) for hole in quiet]
    opens = np.concatenate([np.empty(0, np.int64), *(each[:-1] for each in edges)])
    closes = np.concatenate([np.empty(0, np.int64), *(each[1:] - 1 for each in edges)])
    places = np.searchsorted(stamps_of(frame.index), opens) - 1
    added = frame.iloc[places].copy()
    added.index = _times(opens).astype(frame.index.dtype).rename(frame.index.name)
    for column in added.columns.difference(["close", "close_time", "closed"]):
        added[column] = added["close"] if column in _PRICES else 0
    added["close_time"] = _times(closes).astype(frame["close_time"].dtype)
    added["closed"] = True
    added = added.astype(frame.dtypes.to_dict()).assign(filled=True)
    told = frame.assign(filled=False)
    return pd.concat([told, added]).sort_index() if len(added) else told


def _edges(dataset: Dataset, hole: Hole) -> npt.NDArray[np.int64]:
    """Return when each candle of a hole opens, and the one after it."""
    import numpy as np

    grid = _grid(dataset, hole.start_ms)
    numbers = range(grid.first(hole.start_ms), grid.last(hole.end_ms) + 1)
    return np.array([grid.opens(number) for number in numbers], np.int64)


def _times(stamps: npt.NDArray[np.int64]) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(stamps.view("M8[ms]"), tz="UTC")
