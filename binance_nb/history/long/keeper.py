"""Puts what arrives into the store, and says where it differs from what is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from binance_nb.history.long.report import Report
from binance_nb.store import Dataset, Span, Store, missing, within

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Keeper"]


class Keeper:
    """Writes one data set.

    Args:
        store: Where to.
        dataset: What.
        report: Told of conflicts.
    """

    def __init__(self, store: Store, dataset: Dataset, report: Report) -> None:
        self._store = store
        self._dataset = dataset
        self._report = report

    def keep(self, frame: pd.DataFrame, span: Span, empty: Iterable[Span] = ()) -> None:
        """Store rows. What the API said stands against an archive that says something else; both are counted.

        Args:
            frame: The rows, all of the span's time.
            span: Which time, and where it is from.
            empty: Stretches of it without rows.

        Raises:
            StoreError: As of `Store.write`.
        """
        known = within(self._store.coverage(self._dataset), span.start_ms, span.end_ms)
        others = [each for each in known if each.state == "have" and each.source != span.source]
        for other in others:
            self._compare(frame, other, span.source)
        if span.source == "api" or not others:
            self._store.write(self._dataset, frame, span, empty)
            return
        for gap in missing(others, span.start_ms, span.end_ms):
            part = Span(gap.start_ms, gap.end_ms, "have", span.source)
            self._store.write(self._dataset, _cut(frame, self._dataset, part), part, within(empty, *_ends(part)))

    def note(self, spans: Iterable[Span]) -> None:
        """Remember what is known of time without rows.

        Args:
            spans: What is known.

        Raises:
            StoreError: As of `Store.note`.
        """
        self._store.note(self._dataset, spans)

    def _compare(self, frame: pd.DataFrame, other: Span, source: str) -> None:
        old = self._store.read(self._dataset, other.start_ms, other.end_ms)
        count, first = _differences(old, _cut(frame, self._dataset, other), self._dataset)
        if not count:
            return
        self._report.conflicts += count
        self._report.remark(
            f"{self._dataset}: {count:,} rows of the {source} differ from those of the {other.source}, "
            f"from {first} on; those of the API stand."
        )


def _cut(frame: pd.DataFrame, dataset: Dataset, span: Span) -> pd.DataFrame:
    import pandas as pd

    times = frame.index if dataset.interval else pd.DatetimeIndex(frame[dataset.time_column])
    first, last = (pd.Timestamp(stamp, unit="ms", tz="UTC") for stamp in _ends(span))
    cut = frame.iloc[times.searchsorted(first) : times.searchsorted(last)]
    return cut if dataset.interval else cut.reset_index(drop=True)


def _ends(span: Span) -> tuple[int, int]:
    return span.start_ms, span.end_ms


def _differences(old: pd.DataFrame, new: pd.DataFrame, dataset: Dataset) -> tuple[int, object]:
    """Return how many rows only one has or both have differently, and the key of the first."""
    columns = [name for name in old.columns if name != "closed"]
    if not dataset.interval:
        old, new = old.set_index(dataset.key), new.set_index(dataset.key)
        columns.remove(dataset.key)
    both = old.index.intersection(new.index)
    alone = old.index.symmetric_difference(new.index)
    differ = both[(old.loc[both, columns] != new.loc[both, columns]).any(axis=1).to_numpy()]
    found = alone.append(differ).sort_values()
    return len(found), found[0] if len(found) else None
