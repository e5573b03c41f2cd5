"""Arming on a line: what it says, the band under each cell, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.errors import BinanceError, NotArmedError, UsageError
from binance_nb.notebook.magics import BinanceMagics
from binance_nb.rendering import armed_band, gauge_sheet, status_sheet
from binance_nb.session import Session

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]
FROZEN = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00"
ARM = "%binance arm --max-notional 50 --for 30min"
MARK = "▲ ARMED"


@pytest.fixture
def said(shell: Any, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Run a cell and return all that it printed, whether it fails or not."""

    def said(cell: str) -> str:
        capsys.readouterr()
        shell.run_cell(cell)
        return capsys.readouterr().out

    return said


@pytest.fixture
def here(run: Run, shell: Any, session: Session) -> Run:
    """A shell on a frozen sandbox that other tests use too, which is quicker than one of its own."""
    run(f"%binance use {session.environment.url}")
    _session(shell).use_keys(session.client.credentials)
    run("%binance ping")  # by its answer it is known that the clock stands
    return run


def test_arming_says_what_is_allowed_and_what_ends_it(here: Run, session: Session) -> None:
    """Where no money moves it says as plainly that nothing needs arming there."""
    words = repr(here(f"{ARM} --total 120 --symbols BTCUSDT,ETHUSDT"))

    assert "worth at most 50 USDT" in words
    assert "worth at most 120 USDT" in words
    assert "BTCUSDT, ETHUSDT" in words
    assert "%binance disarm" in words
    assert f"Nothing needs arming on {session.environment.host}" in words


def test_a_place_of_single_lines_is_armed_by_its_name(run: Run, here: Run) -> None:
    """Lines with the same --env are allowed then, and where one is stays as it was."""
    armed = repr(run(f"{ARM} --env testnet"))
    band = repr(run("%binance disarm"))
    disarmed = repr(run("%binance disarm --env testnet"))

    assert "on testnet" in armed
    assert band.startswith("Nothing was armed")
    assert disarmed.startswith("Disarmed: on testnet")


def test_the_band_stands_under_each_cell_while_armed_and_under_no_other(said: Callable[[str], str]) -> None:
    """Also under cells that fail, and under those that have nothing to do with the exchange."""
    before = [said(FROZEN), said("1 + 1"), said("%binance ping")]
    during = [said(ARM), said("1 + 1"), said("%binance kline"), said("1 / 0")]
    after = [said("%binance disarm"), said("1 + 1"), said("%binance ping")]

    assert [False] * 3 == [MARK in text for text in before]
    assert [1] * 4 == [text.count(MARK) for text in during]
    assert [False] * 3 == [MARK in text for text in after]


def test_on_a_standing_clock_the_band_shows_no_time(said: Callable[[str], str]) -> None:
    """A stored notebook shows the same each time it is run."""
    said(FROZEN)
    said(ARM)

    (band,) = [line for line in said("None").splitlines() if line.startswith(MARK)]
    assert "▲ ARMED sandbox, a rehearsal · 50 of 50 USDT left" == band


def test_on_a_running_clock_the_band_says_until_when(said: Callable[[str], str]) -> None:
    """Both as a moment and as a span."""
    said("%binance use sandbox --seed 1")
    said(ARM)

    (band,) = [line for line in said("None").splitlines() if line.startswith(MARK)]
    assert "50 of 50 USDT left · until " in band
    assert band.endswith(" UTC (30min)")


def test_status_and_gauge_say_it_too(here: Run, shell: Any) -> None:
    """Wherever somebody looks for where they stand."""
    unarmed = status_sheet(_session(shell).status()).text()
    here(ARM)
    standing = _session(shell).status()

    assert "ARMED" not in unarmed
    assert "ARMED" in repr(here("%binance"))
    assert "50 of 50 USDT left" in gauge_sheet(standing).text()


def test_the_band_reads_without_colour_and_brings_its_own(here: Run, shell: Any) -> None:
    """White on red stands on any theme; a sign and a word say it to those who see no red."""
    here(f"{ARM} --symbols BTCUSDT")
    band = armed_band(_session(shell).status())

    assert band is not None
    html = band.html()
    assert "background-color:#b3261e" in html
    assert "color:#ffffff" in html
    assert "<strong>▲ ARMED 127.0.0.1" in html
    assert "BTCUSDT only" in html
    assert not {"<style", "var(--", "role=", "aria-"} & {
        part for part in ("<style", "var(--", "role=", "aria-") if part in html
    }


def test_going_elsewhere_disarms(here: Run, shell: Any) -> None:
    """Also going to the same environment again."""
    here(ARM)
    former = _session(shell)
    here(f"%binance use {former.environment.url}")

    assert former.interlock.standing is None
    assert _session(shell).interlock.standing is None


def test_unloading_disarms(here: Run, shell: Any) -> None:
    """Nothing stays armed behind an extension that is gone."""
    here(ARM)
    former = _session(shell)
    shell.run_line_magic("reload_ext", "binance_nb")

    assert former.interlock.standing is None


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("arm --for 30min", ARM),
        ("arm --max-notional 50", ARM),
        ("arm --max-notional 50k --for 30min", "%binance arm --max-notional 50000 --for 30min"),
        ("arm --max-notional 50 --for 3 days", "%binance arm --max-notional 50 --for 3d"),
        ("arm --max-notional 50 --for 3d", "%binance arm --max-notional 50 --for 24h"),
        ("arm --max-notional 50 --for 30", ARM),
        ("arm --max-notional 0 --for 30min", "%binance disarm"),
        ("arm --max-notional NaN --for 30min", ARM),
        ("arm --max-notional 50 --for 30min --symbols BTCUSD", f"{ARM} --symbols BTCUSDT"),
        ("arm --max-notional 50 --for 30min --asset usdt", f"{ARM} --asset USDT"),
        ("arm 50 --for 30min", None),
        ("arm --max 50 --for 30min", ARM),
        ("use snadbox", "%binance use sandbox"),
        ("use Live", "%binance use live"),
        ("use liv", "%binance use live"),
        ("disarm now", None),
    ],
)
def test_a_slip_arms_nothing_and_is_put_right(here: Run, fail: Fail, shell: Any, line: str, mended: str | None) -> None:
    """What was nearly written is suggested, never taken."""
    error = fail(f"%binance {line}")

    assert isinstance(error, UsageError)
    assert _session(shell).interlock.standing is None
    assert _session(shell).environment.name.startswith("127.0.0.1")
    if mended is not None:
        assert mended == error.suggestion


def test_a_refused_arming_leaves_the_former(here: Run, fail: Fail, shell: Any) -> None:
    """A slip does not disarm either."""
    here(ARM)
    fail("%binance arm --max-notional 60k --for 30min")

    standing = _session(shell).interlock.standing
    assert standing is not None
    assert 50 == standing.left


def test_the_rehearsal_holds_orders_to_the_limits(here: Run, fail: Fail, shell: Any) -> None:
    """One of 20 USDT passes and is counted, one of 40 more is refused, and after disarming it passes."""
    here(ARM)
    here("%binance new_order BTCUSDT BUY MARKET --quote-order-qty 20")
    left = _session(shell).interlock.standing
    error = fail("%binance new_order BTCUSDT BUY MARKET --quote-order-qty 40")
    here("%binance disarm")
    here("%binance new_order BTCUSDT BUY MARKET --quote-order-qty 40")

    assert left is not None
    assert 30 == left.left
    assert isinstance(error, NotArmedError)
    assert "what is left: 30 of 50" in error.message


def test_a_dry_run_counts_nothing(here: Run, shell: Any) -> None:
    """What is only looked at needs no arming and leaves the limits alone."""
    here(ARM)
    here("%binance new_order BTCUSDT BUY MARKET --quote-order-qty 4000 --dry-run")

    standing = _session(shell).interlock.standing
    assert standing is not None
    assert 50 == standing.left


def test_a_standing_clock_is_told_as_one(here: Run) -> None:
    """Nothing in it changes from run to run."""
    once, again = (repr(here("%binance clock")) for _ in range(2))

    assert once == again
    assert "stands still at 2024-06-01 12:00:00 UTC" in once


def test_a_running_clock_is_measured(run: Run) -> None:
    """Offset with its error bar, round trip, drift, and how near -1021 is on either side."""
    run("%binance use sandbox --seed 1")
    words = repr(run("%binance clock"))

    assert "give or take" in words
    assert "at worst of 8" in words
    assert "too early to tell" in words
    assert 2 == words.count("to spare before -1021")


def _session(shell: Any) -> Session:
    magics = next(each for each in shell.configurables if isinstance(each, BinanceMagics))
    assert magics.open_session is not None
    return magics.open_session
