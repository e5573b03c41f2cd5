"""What a pull would take."""

from __future__ import annotations

import pytest

from binance_nb.history import Plan
from binance_nb.rendering import plan_sheet


@pytest.mark.parametrize(
    ("is_paced", "pace"),
    [(True, "one now, more as minutes begin"), (False, "no minute is waited for while the clock stands")],
)
def test_minutes_of_weight_in_less_time_are_explained(is_paced: bool, pace: str) -> None:
    """Four and a half minutes' worth takes three minutes, and that puzzles; refusal and page say the same."""
    plan = Plan("klines", 13_176_001, 13_177, 26_354, 6000, 165.0, 100_000, False, is_paced)

    text = plan_sheet(plan).text()

    assert f"26,354, of 6,000 a minute (4.4 minutes' worth: {pace})" in text
    assert "time      about 3 min" in text
    assert f"(4.4 minutes' worth: {pace}), about 3 min" in repr(plan)


def test_what_fits_into_a_minute_needs_no_words() -> None:
    """Its weight stands beside what a minute allows."""
    assert "weight    346, of 6,000 a minute\n" in plan_sheet(Plan("klines", 172_801, 173, 346, 6000, 2.2)).text()
