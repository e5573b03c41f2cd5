"""A path of prices in a few letters: what a glance at a chart tells, in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["sparkline"]

_BARS = "▁▂▃▄▅▆▇█"
_FLAT = "▄"
_GAP = "·"
_MOST = 24


def sparkline(
    values: NDArray[np.floating[Any]], places: NDArray[np.integer[Any]], most: int = _MOST
) -> str:  # Any: whatever precision numpy has at hand
    """Draw a path.

    Args:
        values: The path, oldest first.
        places: When each was, in any unit.
        most: How many letters at most.

    Returns:
        A letter for each stretch of time, as high as the last value in it lies between the lowest and the highest of
        all; a dot for a stretch without one. Empty where there are no two values to compare.
    """
    import numpy as np

    count = min(most, _stretches(places))
    is_known = np.isfinite(values)
    values, places = values[is_known], places[is_known]
    if count < 2 or len(values) < 2:
        return ""
    # The last place belongs to the last stretch and does not open another.
    stretch = np.minimum(count - 1, (places - places[0]) * count // (places[-1] - places[0]))
    ends = np.flatnonzero(np.diff(stretch, append=count))
    bars = {int(stretch[at]): _bar(values[at], values.min(), values.max()) for at in ends}
    return "".join(bars.get(at, _GAP) for at in range(count))


def _stretches(places: NDArray[np.integer[Any]]) -> int:
    """Return how many letters the path has where there is room for all: as many as the shortest step fits into it."""
    import numpy as np

    steps = np.diff(places)
    steps = steps[steps > 0]
    return round((places[-1] - places[0]) / steps.min()) + 1 if len(steps) else 1


def _bar(value: float, low: float, high: float) -> str:
    if low == high:
        return _FLAT
    return _BARS[min(len(_BARS) - 1, int((value - low) / (high - low) * len(_BARS)))]
