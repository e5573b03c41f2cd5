"""A long pull shows a bar; a short one, and a frozen sandbox's notebook, never do."""

from __future__ import annotations

import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.history import pull
from binance_nb.history.progress import Progress


def test_a_bar_counts_pages_and_goes_away(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """The bar names the call and its pages, and its line is wiped at the end."""
    pull(session.client, ENDPOINTS["agg_trades"], {"symbol": "BTCUSDT", "fromId": "1"}, max_rows=4000, progress=True)

    shown = capsys.readouterr().err
    assert "agg_trades" in shown
    assert "/3 [" in shown
    assert "" == shown.rpartition("\r")[2].strip()


def test_a_frozen_sandbox_shows_no_bar(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """However many pages: its notebooks are compared."""
    session.agg_trades("BTCUSDT", from_id=1, max_rows=15_000)

    assert ("", "") == capsys.readouterr()


def count(total: int, is_shown: bool | None, seconds_each: float) -> None:
    ticking = iter(range(1000))
    bar = Progress("klines", total, is_shown, ticks=lambda: next(ticking) * seconds_each)
    for _ in range(total):
        bar.step()
    bar.wait(30)
    bar.close()


@pytest.mark.parametrize(
    ("total", "is_shown", "seconds_each", "is_seen"),
    [(3, None, 0.1, True), (12, None, 0.01, True), (3, None, 2.0, True), (12, False, 2.0, False), (3, True, 0.1, True)],
)
def test_long_pulls_and_pauses_are_shown(
    capsys: pytest.CaptureFixture[str], total: int, is_shown: bool | None, seconds_each: float, is_seen: bool
) -> None:
    """Many pages, long seconds or a pause for weight bring the bar, unless it was declined."""
    count(total, is_shown, seconds_each)

    shown = capsys.readouterr().err
    assert is_seen == ("klines" in shown)
    assert is_seen == ("weight is used, going on in 30 s" in shown)


def test_a_short_pull_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Three pages in a moment are no news."""
    ticking = iter(range(1000))
    bar = Progress("klines", 3, ticks=lambda: next(ticking) * 0.1)
    for _ in range(3):
        bar.step()
    bar.close()

    assert ("", "") == capsys.readouterr()
