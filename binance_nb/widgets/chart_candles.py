"""The candles of a chart: what was fetched, brought up to date by what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from binance_nb.frames.attributes import Fact

    Rows = NDArray[np.float64]

__all__ = ["COLUMNS", "Candles", "Row"]

COLUMNS = ("open", "high", "low", "close", "volume")
"""What a candle has besides the time at which it opened."""

Row = tuple[float, float, float, float, float, float]
"""A candle: when it opened in milliseconds, then `COLUMNS`."""


class Candles:
    """Candles of one symbol and interval, oldest first.

    Args:
        frame: What ``klines`` gives.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._rows = _rows_of(frame)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def times_ms(self) -> Rows:
        """When each opened."""
        return self._rows[:, 0]

    @property
    def last_close(self) -> float | None:
        """The last price; None where there is no candle."""
        return float(self._rows[-1, 4]) if len(self._rows) else None

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest price; 0 and 0 where there is no candle."""
        return (float(self._rows[:, 3].min()), float(self._rows[:, 2].max())) if len(self._rows) else (0.0, 0.0)

    def put(self, row: Row) -> bool:
        """Bring the last candle up to date, or begin the next.

        Args:
            row: The candle as it is now.

        Returns:
            Whether it belongs here; an older one than the last does not.
        """
        import numpy as np

        if len(self._rows) and row[0] < self._rows[-1, 0]:
            return False
        if len(self._rows) and row[0] == self._rows[-1, 0]:
            self._rows[-1] = row
        else:
            self._rows = np.vstack([self._rows, row])
        return True

    def add(self, frame: pd.DataFrame) -> int:
        """Take in candles that were fetched; of two that opened at the same time, the fetched one counts.

        Args:
            frame: What ``klines`` gives.

        Returns:
            How many there are more than before.
        """
        import numpy as np

        before = len(self._rows)
        both = np.vstack([_rows_of(frame), self._rows])
        _, first = np.unique(both[:, 0], return_index=True)
        self._rows = both[first]
        return len(self._rows) - before

    def packed(self) -> bytes:
        """Return them as the browser takes them: six float64 each, little-endian, the time in seconds."""
        rows = self._rows.copy()
        rows[:, 0] /= 1000
        packed: bytes = rows.astype("<f8").tobytes()
        return packed

    def frame(self, **facts: Fact) -> pd.DataFrame:
        """Return them as a frame.

        Args:
            **facts: What it is to know of itself.

        Returns:
            Columns `COLUMNS`, float64. Index ``open_time``, datetime64[ms, UTC], oldest first.
        """
        import pandas as pd

        from binance_nb import frames

        index = pd.DatetimeIndex(self.times_ms.astype("int64").view("M8[ms]"), tz="UTC", name="open_time")
        frame = pd.DataFrame(self._rows[:, 1:].copy(), index=index, columns=list(COLUMNS))
        return frames.seal(frames.describe(frame, **facts))


def _rows_of(frame: pd.DataFrame) -> Rows:
    import numpy as np
    import pandas as pd

    index = frame.index
    assert isinstance(index, pd.DatetimeIndex)
    times = index.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[ms]").astype("int64").astype("float64")
    return np.column_stack([times, *(frame[name].to_numpy("float64") for name in COLUMNS)])
