"""What became of the frames of a manifest: the same, longer, changed, or gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from binance_nb.manifests.canonical import PIECE_LETTERS, fingerprint, kind_of_column
from binance_nb.manifests.manifest import FrameFacts, Manifest, label_text, labelled_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Finding", "State", "compare"]

_MOST_STRETCHES = 5


class State(StrEnum):
    """How a frame compares with what it was: the worst of a notebook is the notebook's."""

    SAME = "same"
    EXTENDED = "extended"
    REVISED = "revised"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """How one frame compares with what it was.

    Attributes:
        name: The variable.
        state: In a word.
        told: In a sentence: how many rows are new, or which ones changed.
    """

    name: str
    state: State
    told: str = ""


def compare(manifest: Manifest, namespace: Mapping[str, object]) -> list[Finding]:
    """Compare a person's frames with a manifest.

    Args:
        manifest: What they were.
        namespace: The variables.

    Returns:
        A finding for each frame of the manifest, in its order.
    """
    return [_finding(name, facts, namespace.get(name)) for name, facts in manifest.frames.items()]


def _finding(name: str, was: FrameFacts, now: object) -> Finding:
    import pandas as pd

    if not isinstance(now, pd.DataFrame):
        return Finding(
            name, State.MISSING, "no such variable" if now is None else f"a value of type {type(now).__name__} now"
        )
    if fingerprint(now).sha256 == was.sha256:
        return Finding(name, State.SAME)
    if other := _other_columns(was, now):
        return Finding(name, State.REVISED, other)
    return _rows_compared(name, was, now)


def _other_columns(was: FrameFacts, now: pd.DataFrame) -> str:
    before, after = was.columns, {name: kind_of_column(column) for name, column in labelled_columns(now).items()}
    gone, new = [name for name in before if name not in after], [name for name in after if name not in before]
    parts = [f"columns {what}: {', '.join(names)}" for what, names in (("gone", gone), ("new", new)) if names]
    parts += [f"{name} was {kind}, is {after[name]}" for name, kind in before.items() if after.get(name, kind) != kind]
    if not parts and list(before) != list(after):
        return "the columns stand in another order"
    return "; ".join(parts)


def _rows_compared(name: str, was: FrameFacts, now: pd.DataFrame) -> Finding:
    at = _where(was, now)
    if at is None:
        return Finding(name, State.REVISED, f"{_rows(was.rows)} then, {_rows(len(now))} now; its first row is gone")
    part = now.iloc[at : at + was.rows]
    if len(part) < was.rows:
        return Finding(name, State.REVISED, f"{_rows(was.rows - len(part))} of {was.rows:,} gone at the end")
    if fingerprint(part).sha256 == was.sha256:
        return Finding(name, State.EXTENDED, f"{_rows(len(now) - was.rows)} new, the {was.rows:,} of then unchanged")
    new = [f"{_rows(len(now) - was.rows)} new"] if len(now) > was.rows else []
    told = "; ".join([*_changed(was, part), *new])
    return Finding(name, State.REVISED, told or "the labels of its rows are of another kind")


def _where(was: FrameFacts, now: pd.DataFrame) -> int | None:
    """Return where the rows of then begin: at the label that was the first, or at the start where rows have none."""
    if was.span is None or not len(now):
        return 0 if was.span is None else None
    labels = [label_text(label) for label in now.index[: max(0, len(now) - was.rows) + 1]]
    if was.span[0] in labels:
        return labels.index(was.span[0])
    return None


def _changed(was: FrameFacts, part: pd.DataFrame) -> Iterator[str]:
    pieces = fingerprint(part, was.piece_rows).pieces
    count = len(pieces) // PIECE_LETTERS
    parts = [slice(at * PIECE_LETTERS, (at + 1) * PIECE_LETTERS) for at in range(count)]
    other = [at for at in range(count) if was.pieces[parts[at]] != pieces[parts[at]]]
    stretches = list(_stretches(other))
    for first, last in stretches[:_MOST_STRETCHES]:
        rows = first * was.piece_rows, min(len(part), (last + 1) * was.piece_rows) - 1
        labels = [label_text(part.index[row]) for row in rows]
        yield (
            f"row {rows[0]:,} ({labels[0]})"
            if rows[0] == rows[1]
            else (
                f"{'among ' if was.piece_rows > 1 else ''}rows {rows[0]:,} to {rows[1]:,} ({labels[0]} to {labels[1]})"
            )
        )
    if len(stretches) > _MOST_STRETCHES:
        yield f"and {len(stretches) - _MOST_STRETCHES} more stretches"


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbouring places as their first and last."""
    start: int | None = None
    for at, place in enumerate(places):
        start = place if start is None else start
        if at + 1 == len(places) or places[at + 1] != place + 1:
            yield start, place
            start = None


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
