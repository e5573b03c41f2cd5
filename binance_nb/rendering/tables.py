"""A frame as a notebook shows it: one line that says what it is, above pandas' own table.

The line tells stored facts only while the frame is still as it was delivered. Of anything computed from it, it says
where it comes from and no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENDPOINTS
from binance_nb.environment import CLOCK_STANDS
from binance_nb.errors import UsageError
from binance_nb.frames import is_as_delivered
from binance_nb.grammar import format_time
from binance_nb.rendering.cells import INDEX, Cells, cells_of, seen_places
from binance_nb.rendering.narrow import from_the_left
from binance_nb.rendering.receipts import receipt_of
from binance_nb.rendering.sheet import Markup, Sheet, tag
from binance_nb.rendering.sparkline import sparkline

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table_html", "table_text"]

_MADE_UP_OR_OLD = ("SANDBOX", "TAPE")
_STREAM = "stream"
_MADE_OF = {
    "synthetic": "made-up prices",
    "recorded": "recorded prices",
    "mixed": "recorded and made-up prices",
}
# What a person would write behind the verb; the rest of what was sent stands in the attributes.
_BARE = ("symbol", "symbols", "interval", "windowSize", "side", "type")
_NAMED = ("quantity", "quoteOrderQty", "price", "stopPrice", "orderId", "origClientOrderId")
_SYMBOLS_SHOWN = 3
_DOT = "\u00a0· "  # a folded line does not begin with it
_DIGIT, _NARROW = 0.64, 0.7  # the width of a digit in em, where digits are wide
# Fewer rows are read faster than a picture of them.
_LEAST_PATH = 8
_PATHS = ("close", "price")
_UNBROKEN = "white-space:nowrap; font-size:1.2em; line-height:1"
_LINE = "margin:0.5em 0 0.3em; overflow-wrap:break-word; overflow-wrap:anywhere"


@dataclass(frozen=True)
class _Header:
    """The parts of the line.

    Attributes:
        what: Verb and main parameters.
        where: The environment.
        facts: Whatever else is to be said.
        path: What a price path is of and between which prices, and its picture; empty where there is none.
        note: What must not be overlooked, such as that nothing was sent.
    """

    what: str
    where: str
    facts: tuple[str, ...]
    path: tuple[str, str] | None = None
    note: str = ""

    def html(self) -> str:
        where = tag("strong", self.where) if self.where.startswith(_MADE_UP_OR_OLD) else self.where
        rest = "".join(f"{_DOT}{fact}" for fact in self.facts)
        line = tag("small", tag("strong", self.what), _DOT, where, rest, *self._path_html())
        return tag("div", line, *((tag("div", tag("strong", self.note)),) if self.note else ()), style=_LINE)

    def _path_html(self) -> tuple[str | Markup, ...]:
        # Bars that stand in two lines are no picture.
        return (f"{_DOT}{self.path[0]} ", tag("span", self.path[1], style=_UNBROKEN)) if self.path else ()

    def text(self) -> str:
        path = (" ".join(self.path),) if self.path else ()
        line = " · ".join((self.what, self.where, *self.facts, *path))
        note = f"\n{self.note}" if self.note else ""
        return Sheet(f"{' '.join(line.split())}{note}", is_framed=False).text()


def table_html(frame: pd.DataFrame, *, has_path: bool = True) -> str | None:
    """Return a frame with the line above it, as HTML.

    Args:
        frame: A frame whose attributes say where it comes from.
        has_path: Whether the line shows a path of prices as a sparkline.

    Returns:
        The line and pandas' table; None where pandas was told to write no HTML.
    """
    import pandas as pd

    if receipt := _receipt(frame):
        return receipt.html()
    option = pd.get_option
    if option("display.large_repr") == "info":
        cells, body = Cells({}), frame._repr_html_()  # type: ignore[operator]  # the stubs do not know it
    elif option("display.notebook_repr_html"):
        cells = cells_of(frame, _rows_seen(frame), _digits(frame))
        widths = _widths(cells)
        index_width = widths.pop(INDEX, None)
        body = _with_times_written(frame, cells).to_html(
            max_rows=_rows_shown(frame),
            max_cols=option("display.max_columns"),
            show_dimensions=option("display.show_dimensions"),
            formatters=_by_place(frame, cells),
            col_space=widths,
            notebook=True,
        )
        body = _widen_index(body, frame, index_width)
    else:
        return None
    return f"{_header(frame, cells, is_stable=False, has_path=has_path).html()}\n{body}"


def table_text(frame: pd.DataFrame, *, has_path: bool = True) -> str:
    """Return a frame with the line above it, as plain text.

    Args:
        frame: A frame whose attributes say where it comes from.
        has_path: Whether the line shows a path of prices as a sparkline.

    Returns:
        The line, and below it what ``repr`` writes; no time of day but one that stands still.
    """
    import pandas as pd
    from pandas.io.formats.format import get_dataframe_repr_params  # type: ignore[attr-defined]  # the stubs lack it

    if receipt := _receipt(frame):
        return receipt.text()
    if pd.get_option("display.large_repr") == "info":
        cells, body = Cells({}), repr(frame)
    else:
        cells = cells_of(frame, _rows_seen(frame), _digits(frame))
        written, how = _with_times_written(frame, cells), get_dataframe_repr_params()
        body = written.to_string(**how, formatters=_by_place(frame, cells))
        if how["max_cols"] == 0 and frame.attrs["binance"].get("leading") and is_as_delivered(frame):
            body = from_the_left(written, body, how, cells.writers)
    return f"{_header(frame, cells, is_stable=True, has_path=has_path).text()}\n{body}"


def _receipt(frame: pd.DataFrame) -> Sheet | None:
    """Return what is shown instead of the order that everyday words became, as long as it is still that."""
    return receipt_of(frame.attrs["binance"]) if is_as_delivered(frame) else None


def _by_place(frame: pd.DataFrame, cells: Cells) -> list[Any]:
    """Return what writes each column, None for those that are pandas' to write."""
    # By name, pandas 2 would give columns behind a cut the writers of those that were cut.
    return [cells.writers.get(name) for name in frame.columns]


def _with_times_written(frame: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Return the frame with the times of its index as they are shown; what is by place writes no index."""
    import pandas as pd

    write = cells.writers.get(INDEX)
    if write is None:
        return frame
    labels = [""] * len(frame)
    for place in seen_places(len(frame), _rows_seen(frame)):
        labels[place] = write(frame.index[place])
    written = frame.copy(deep=False)
    written.index = pd.Index(labels, dtype=object, name=frame.index.name)
    return written


def _widths(cells: Cells) -> dict[str, str]:
    """Return how wide columns of times have to be; browsers break a date at its hyphens."""
    # In em, for JupyterLab takes widths in ch out of notebooks that are not trusted.
    return {name: f"{_width(sample)}em" for name, sample in cells.samples.items()}


def _width(sample: str) -> int:
    # What stands between the digits is narrower than they are.
    digits = sum(map(str.isdigit, sample))
    return ceil(_DIGIT * (digits + _NARROW * (len(sample) - digits)))


def _widen_index(body: str, frame: pd.DataFrame, width: str | None) -> str:
    # pandas takes widths of columns only, so the head of the index gets its own afterwards.
    head = tag("th", str(frame.index.name))
    return body.replace(head, head.replace("<th", f'<th style="min-width: {width};"', 1), 1) if width else body


def _rows_shown(frame: pd.DataFrame) -> int | None:
    import pandas as pd

    most, fewest = pd.get_option("display.max_rows"), pd.get_option("display.min_rows")
    # pandas' rule: a frame that is cut at all is cut to the smaller number.
    shown = min(most, fewest) if most and fewest and len(frame) > most else most
    return None if shown is None else int(shown)


def _rows_seen(frame: pd.DataFrame) -> int | None:
    # None at all stands for as many as the terminal has room for.
    return get_terminal_size().lines if _rows_shown(frame) == 0 else _rows_shown(frame)


def _digits(frame: pd.DataFrame) -> Mapping[str, int]:
    digits: Mapping[str, int] = frame.attrs["binance"].get("digits") or {}
    return digits


def _header(frame: pd.DataFrame, cells: Cells, *, is_stable: bool, has_path: bool) -> _Header:
    facts = frame.attrs["binance"]
    is_whole = is_as_delivered(frame)
    where, _, stands = str(facts.get("environment") or "unknown environment").partition(CLOCK_STANDS)
    said = [_MADE_OF.get(facts["made_of"], f"made of {facts['made_of']}")] if facts.get("made_of") else []
    if is_whole:
        if stands or (not is_stable and facts.get("operation") != _STREAM):
            said.append(f"at {_when(facts.get('server_time') or 0, cells.zone)}")
        said += _holding(frame, facts, cells)
    elif cells.zone:
        said.append(f"times in {cells.zone}")
    what = _what(facts)
    path = _path(frame, facts, cells) if is_whole and has_path else None
    note = str(facts.get("note") or "") if is_whole else ""
    return _Header(what if is_whole else f"derived from {what}", where, tuple(said), path, note)


def _path(frame: pd.DataFrame, facts: Mapping[str, Any], cells: Cells) -> tuple[str, str] | None:
    """Return the picture of a market's prices over time, with the prices that its lowest and highest bar stand for."""
    endpoint = ENDPOINTS.get(str(facts.get("operation")))
    name = next((name for name in _PATHS if name in frame.columns), None)
    times = frame.index if INDEX in cells.writers else frame["time"] if "time" in cells.writers else None
    # What somebody's own orders cost is no path, and of a part nobody said that it is in order.
    is_market = endpoint is not None and endpoint.group == "market" and not facts.get("part")
    if not is_market or name is None or times is None or len(frame) < _LEAST_PATH:
        return None
    prices = frame[name].astype("float64").to_numpy()
    write = cells.writers.get(name, str)
    drawn = sparkline(prices, times.astype("int64").to_numpy())
    return (f"{name} {write(prices.min())} to {write(prices.max())}", drawn) if drawn else None


def _what(facts: Mapping[str, Any]) -> str:
    """Write a call as a person would, as far as it tells frames apart."""
    sent = facts.get("parameters") or {}
    words = [_word(sent[name]) for name in _BARE if name in sent]
    words += [f"{name}={sent[name]}" for name in _NAMED if name in sent]
    words += [_streams(str(facts["streams"]))] if facts.get("streams") else []
    if facts.get("part"):
        words.append(f"--part {facts['part']}")
    return " ".join([str(facts.get("operation") or "frame"), *words])


def _streams(names: str) -> str:
    shown = names.split()
    more = len(shown) - _SYMBOLS_SHOWN
    return " ".join(shown[:_SYMBOLS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _word(value: str) -> str:
    if not value.startswith("["):
        return value
    symbols = json.loads(value)
    more = len(symbols) - _SYMBOLS_SHOWN
    return " ".join(symbols[:_SYMBOLS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _when(ms: int, zone: str | None) -> str:
    try:
        return format_time(ms, zone or "UTC")
    except UsageError:  # a zone that pandas spells otherwise
        return format_time(ms)


def _holding(frame: pd.DataFrame, facts: Mapping[str, Any], cells: Cells) -> Iterator[str]:
    """Say what holds of a frame as it was delivered."""
    span = _span(frame, cells)
    yield f"{_counted(len(frame), 'row')}{f', {span}' if span else ''}"
    if facts.get("also"):
        yield str(facts["also"])
    if facts.get("operation") == _STREAM:
        yield from _of_stream(frame, facts, cells, span)
        return
    if "in_sync" in facts:
        yield from _of_book(facts)
        return
    requests = facts.get("requests") or 1
    weight = facts.get("weight")
    weighed = f"{weight:,}" if isinstance(weight, int) else weight
    if weighed is not None:
        yield f"weight {weighed}{f' in {requests:,} requests' if requests > 1 else ''}"
    if facts.get("source") not in (None, "api"):
        yield f"from {facts['source']}"
    if "closed" in frame.columns and len(frame) and frame["closed"].iloc[-1] == False:  # noqa: E712  # NA is neither
        yield "last candle unfinished"
    if cells.zone and not span:
        yield f"times in {cells.zone}"


def _of_stream(frame: pd.DataFrame, facts: Mapping[str, Any], cells: Cells, span: str) -> Iterator[str]:
    if facts.get("events") not in (None, len(frame)):
        yield f"of {_counted(int(facts['events']), 'event')}"
    if facts.get("dropped"):
        yield f"{facts['dropped']:,} older dropped"
    if cells.zone and not span:
        yield f"times in {cells.zone}"


def _of_book(facts: Mapping[str, Any]) -> Iterator[str]:
    """Say what a local book is worth: a frame of one that is not in sync looks like any other."""
    yield "local book, in sync" if facts["in_sync"] else f"local book, NOT IN SYNC ({facts.get('state')})"
    if not facts.get("whole"):
        yield "levels beyond its snapshot may be missing"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _span(frame: pd.DataFrame, cells: Cells) -> str:
    """Say from when to when the rows are, where they are told apart by time."""
    if len(frame) == 0:
        return ""
    if INDEX in cells.writers:
        first, last, write = frame.index[0], frame.index[-1], cells.writers[INDEX]
    elif "time" in cells.writers:
        first, last, write = frame["time"].iloc[0], frame["time"].iloc[-1], cells.writers["time"]
    else:
        return ""
    ends = [write(first)] if first == last else [write(first), write(last)]
    return f"{' to '.join(ends)} {cells.zone}"
