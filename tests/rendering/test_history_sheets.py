"""What a long range takes, and what is kept of it, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_nb.history.long import LongPlan
from binance_nb.rendering.history_sheets import long_plan_sheet, problems_sheet, store_sheet
from binance_nb.store import Dataset, Holding, Problem, Span

HOURS = Dataset("spot", "klines", "BTCUSDT", "1h")
JUNE, DAY = 1_717_200_000_000, 86_400_000


def holding(spans: tuple[Span, ...], size: int = 52_000) -> Holding:
    return Holding(HOURS, spans, 48, size, Path("somewhere"))


def test_a_plan_ends_where_a_person_would_say() -> None:
    """Not a millisecond after now, which is how the present is let in."""
    plan = LongPlan(HOURS, JUNE, JUNE + DAY + 1, 24, (), (), (), 1, 2, 0, 0.01)

    text = long_plan_sheet([plan]).text()

    assert "2024-06-01 00:00:00 UTC to 2024-06-02 00:00:00 UTC" in text
    assert "about 1 s" in text
    assert str(plan).startswith(
        "klines BTCUSDT 1h from 2024-06-01 00:00:00 UTC to 2024-06-02 00:00:00 UTC; about 24 rows"
    )


@pytest.mark.parametrize(
    ("spans", "gaps"),
    [
        ((Span(JUNE, JUNE + DAY), Span(JUNE + 2 * DAY, JUNE + 3 * DAY)), "1"),
        (
            (Span(JUNE, JUNE + DAY), Span(JUNE + DAY, JUNE + 2 * DAY, "empty"), Span(JUNE + 2 * DAY, JUNE + 3 * DAY)),
            "0",
        ),
        ((Span(0, JUNE, "empty"), Span(JUNE, JUNE + 3 * DAY)), "0"),
    ],
)
def test_the_store_counts_the_gaps_that_nobody_asked_about(spans: tuple[Span, ...], gaps: str) -> None:
    """What is known to be empty is none, and neither is the time before the first row."""
    lines = store_sheet([holding(spans)], "the folder").text().splitlines()

    assert ["klines", "BTCUSDT", "1h", "2024-06-01", "to", "2024-06-04", gaps, "48", "52", "kB", "spot"] == lines[
        2
    ].split()
    assert "48 rows, 52 kB in the folder" in lines[3]


def test_what_cannot_be_mended_is_not_offered_to_be() -> None:
    """A newer version's files are told, without the line that removes."""
    newer = Problem(Path("folder", "spot", "_ledger.json"), "a newer version wrote it", is_damage=False)

    damaged, told = (problems_sheet(problems, 2, "folder").text() for problems in ([Problem(newer.path, "x")], [newer]))

    assert "--mend" in damaged
    assert "--mend" not in told
    assert "spot" in told.splitlines()[2].split()[0]
