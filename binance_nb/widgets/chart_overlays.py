"""Lines over the candles: any Series whose index is time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.widgets.chart_candles import Candles, Rows

__all__ = ["INKS", "Line", "check_in_range", "lines_of", "placed"]

INKS = ("#9467bd", "#009e73", "#b8860b", "#d1478c", "#7f7f7f")
"""Colours of lines, which read on white and on black and are neither rising nor falling."""


@dataclass(frozen=True)
class Line:
    """A line to be drawn.

    Attributes:
        name: What the legend calls it.
        series: Its values, float64, by time in UTC, oldest first.
    """

    name: str
    series: pd.Series[float]


def lines_of(given: Any) -> tuple[Line, ...]:  # Any: what a person hands over, looked at here
    """Return the lines that were asked for.

    Args:
        given: A Series, a frame (each of its columns), several of them, or Series by name.

    Returns:
        The lines, each with a name of its own.

    Raises:
        UsageError: Something is no Series of numbers by time.
    """
    lines: dict[str, Line] = {}
    for name, series in _named(given):
        line = _line(name or f"line {len(lines) + 1}", series)
        if line.name in lines:
            raise UsageError(
                f"Two overlays are called {line.name!r}.",
                hint="Name them: overlays={'fast': ..., 'slow': ...}.",
                culprit=line.name,
                operation="chart",
            )
        lines[line.name] = line
    return tuple(lines.values())


def _named(given: Any) -> Iterable[tuple[str, Any]]:
    import pandas as pd

    if given is None:
        return
    if isinstance(given, pd.DataFrame):
        yield from ((str(name), given[name]) for name in given.columns)
    elif isinstance(given, pd.Series):
        yield "" if given.name is None else str(given.name), given
    elif isinstance(given, Mapping):
        yield from ((str(name), series) for name, series in given.items())
    elif isinstance(given, Iterable) and not isinstance(given, str):
        for each in given:
            yield from _named(each)
    else:
        raise _wrong(f"{given!r} is no line to draw.", "Give a Series by time, or a column of a frame.", str(given))


def _line(name: str, series: Any) -> Line:
    import pandas as pd

    if not isinstance(series, pd.Series):
        raise _wrong(
            f"The overlay {name!r} is a {type(series).__name__}, not a Series.",
            "Give a Series, or a column of a frame.",
            name,
        )
    index = series.index
    if not isinstance(index, pd.DatetimeIndex):
        raise _wrong(
            f"The overlay {name!r} is indexed by {index.dtype}, not by time.",
            "A line stands at the times of its index: give a column of a frame of candles, or set_index the times.",
            name,
        )
    if index.tz is None:
        raise _wrong(
            f"The times of the overlay {name!r} have no time zone.",
            "If they are in UTC, say so: series.tz_localize('UTC').",
            name,
        )
    try:
        values = pd.to_numeric(series).astype("float64")
    except (TypeError, ValueError):
        raise _wrong(
            f"The overlay {name!r} holds values that are no numbers.", "Give a column of numbers.", name
        ) from None
    return Line(name, values.set_axis(index.tz_convert("UTC")).sort_index())


def check_in_range(lines: Sequence[Line], candles: Candles, step_ms: float) -> None:
    """Refuse a line that lies beside the candles altogether: it would be drawn nowhere.

    Args:
        lines: The lines.
        candles: The candles.
        step_ms: How long one of them lasts.

    Raises:
        UsageError: A line has no value while there are candles.
    """
    for line in lines:
        if len(candles) and not len(_points(line, candles, step_ms)):
            known = line.series.dropna()
            span = (
                f"from {known.index[0]:%Y-%m-%d %H:%M} to {known.index[-1]:%Y-%m-%d %H:%M}" if len(known) else "nowhere"
            )
            raise _wrong(
                f"The overlay {line.name!r} has no value where the candles are: its values are {span}.",
                "Show candles of that time with start=, or take a line that is as new as they are.",
                line.name,
            )


def placed(lines: Sequence[Line], candles: Candles, step_ms: float) -> list[dict[str, Any]]:  # Any: as a trait takes it
    """Return lines as the browser draws them.

    A value stands at the candle within which it falls, the last of several; a line whose values have nothing to do with
    the prices gets a pane of its own.

    Args:
        lines: The lines.
        candles: The candles.
        step_ms: How long one of them lasts.

    Returns:
        For each line its name, colour, pane, and points as pairs of float64: time in seconds, value.
    """
    low, high = candles.span
    margin = high - low
    panes, drawn = 0, []
    for place, line in enumerate(lines):
        points = _points(line, candles, step_ms)
        values = points[:, 1]
        is_price = not len(values) or (values.max() >= low - margin and values.min() <= high + margin)
        panes += not is_price
        packed = points.copy()
        packed[:, 0] /= 1000
        drawn.append(
            {
                "name": line.name,
                "colour": INKS[place % len(INKS)],
                "pane": 0 if is_price else panes,
                "points": packed.astype("<f8").tobytes(),
            }
        )
    return drawn


def _points(line: Line, candles: Candles, step_ms: float) -> Rows:
    import numpy as np
    import pandas as pd

    known = line.series.dropna()
    index = known.index
    assert isinstance(index, pd.DatetimeIndex)  # as lines_of has seen to
    times = index.tz_localize(None).to_numpy("datetime64[ms]").astype("int64").astype("float64")
    opened = candles.times_ms
    at = np.searchsorted(opened, times, side="right") - 1
    is_within = at >= 0
    is_within[is_within] = times[is_within] < opened[at[is_within]] + step_ms
    at, values = at[is_within], known.to_numpy("float64")[is_within]
    is_last = np.append(at[1:] != at[:-1], True) if len(at) else np.zeros(0, dtype=bool)
    return np.column_stack([opened[at[is_last]], values[is_last]])


def _wrong(message: str, hint: str, culprit: str) -> UsageError:
    return UsageError(message, hint=hint, culprit=culprit, operation="chart")
