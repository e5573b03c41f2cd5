"""What has landed, put together before it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from binance_nb.catalog import Endpoint
from binance_nb.history.pages import PAGE_ROWS
from binance_nb.store import Span

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gathered", "runs_of"]

_T = TypeVar("_T")


def gathered(endpoint: Endpoint, bodies: Sequence[bytes]) -> pd.DataFrame:
    """Return pages as one frame.

    Args:
        endpoint: What they answer.
        bodies: Their bytes, in order.

    Raises:
        ReplyError: One is not what the endpoint promises.
    """
    from binance_nb.frames import Gathering

    gathering = Gathering(endpoint, [PAGE_ROWS] * len(bodies))
    for place, body in enumerate(bodies):
        gathering.add(place, body)
    return gathering.finish()


def runs_of(landed: Sequence[tuple[Span, _T]]) -> Iterator[list[tuple[Span, _T]]]:
    """Give what lies side by side together.

    Args:
        landed: What is of which time, in order of time.

    Yields:
        Runs without a gap.
    """
    run: list[tuple[Span, _T]] = []
    for each in landed:
        if run and run[-1][0].end_ms != each[0].start_ms:
            yield run
            run = []
        run.append(each)
    if run:
        yield run
