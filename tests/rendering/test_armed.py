"""The band, and what arming, disarming and the clock doctor say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_nb.client import ClockReport
from binance_nb.client.clock_report import Drift
from binance_nb.rendering import armed_band, armed_sheet, clock_sheet, disarmed_sheet
from binance_nb.trading.arming.arming import Arming, Limits

NOON_MS = 1_717_243_200_000


def standing(
    spent: str = "0", seconds_left: float = 720.0, *, is_rehearsal: bool = False, **more: Any
) -> dict[str, Any]:
    """What a session says of itself while armed."""
    limits = Limits(Decimal(50), Decimal(50), "USDT", more.pop("symbols", ()), 1_800.0)
    return {
        "environment": "live",
        "is_live": True,
        "key": "••••abcd",
        "clock_rate": 1.0,
        "arming": Arming(limits, Decimal(spent), seconds_left, is_rehearsal),
        "armed_until_ms": NOON_MS,
        **more,
    }


def test_the_band_says_where_how_much_and_until_when() -> None:
    """In a line, as plain text."""
    assert "▲ ARMED live · 17.50 of 50 USDT left · until 12:00:00 UTC (12min)" == repr(armed_band(standing("32.5")))


def test_without_arming_there_is_no_band() -> None:
    """Not even an empty one."""
    assert armed_band({**standing(), "arming": None}) is None


def test_what_comes_from_outside_is_escaped() -> None:
    """The name of an environment is the host of a URL, and a symbol what somebody wrote."""
    band = armed_band(standing(environment="<b>host</b>", symbols=("<i>X</i>",)))

    assert band is not None
    assert "<b>" not in band.html()
    assert "<i>" not in band.html()


def test_arming_live_says_that_it_is_real_money() -> None:
    """And speaks of a rehearsal where it is one."""
    live, rehearsal = (
        armed_sheet(standing()).text(),
        armed_sheet(standing(is_rehearsal=True, environment="demo")).text(),
    )

    assert "real money" in live.splitlines()[0]
    assert "Rehearsal" not in live
    assert "Nothing needs arming on demo" in rehearsal


def test_arming_without_a_key_says_so() -> None:
    """The limits stand, and still no order can leave."""
    assert "%binance keys" in armed_sheet(standing(key=None)).text()


@pytest.mark.parametrize(("is_live", "words"), [(True, "no order leaves"), (False, "orders pass without arming")])
def test_disarming_says_what_holds_now(is_live: bool, words: str) -> None:
    """On a sandbox orders pass again."""
    assert words in disarmed_sheet(standing(is_live=is_live), True).text()
    assert "Nothing was armed" in disarmed_sheet(standing(is_live=is_live), False).text()


def report(offset_ms: float = 12.4, error_ms: float = 3.2, **more: Any) -> ClockReport:
    """What the doctor found."""
    found: dict[str, Any] = {"rate": 1.0, "drift": None, "round_trips_ms": (6.4, 7.0, 40.0), **more}
    return ClockReport(server_ms=NOON_MS, offset_ms=offset_ms, error_ms=error_ms, **found)


def test_a_clock_that_is_right_needs_nothing() -> None:
    """The offset stands with its error bar, and with what is to spare on either side."""
    words = clock_sheet(report(), "live").text()

    assert "+12 ms from this computer's, give or take 3.2 ms" in words
    assert "997 ms to spare" in words
    assert "4,990 ms to spare" in words
    assert "What to do: Nothing" in words


@pytest.mark.parametrize(("offset_ms", "side"), [(35_012.0, "behind"), (-1_400.0, "ahead")])
def test_a_computer_that_is_off_is_told_what_others_would_get(offset_ms: float, side: str) -> None:
    """Nothing is to be done for this package; other programs get -1021."""
    words = clock_sheet(report(offset_ms), "live").text()

    assert f"{abs(offset_ms):,.0f} ms {side}, and other programs would get -1021" in words


def test_drift_is_told_with_its_error_bar_or_not_at_all() -> None:
    """In parts per million and in seconds a day."""
    told = clock_sheet(report(drift=Drift(40.0, 9.0, 600.0)), "live").text()
    early = clock_sheet(report(drift=Drift(40.0, 9_000.0, 0.8)), "live").text()

    assert "+40.0 ppm, give or take 9.0 (+3.46 s a day), over 600 s" in told
    assert "too early to tell after 1 s" in early


def test_a_slow_line_gets_its_own_advice() -> None:
    """Where the way there takes nearly as long as requests stay valid, they need a longer recvWindow."""
    late = clock_sheet(report(error_ms=2_000, round_trips_ms=(4_000.0, 4_200.0, 9_000.0)), "live").text()
    vague = clock_sheet(report(error_ms=600, round_trips_ms=(1_200.0, 1_300.0, 2_000.0)), "live").text()

    assert "recv_window_ms=20000" in late
    assert "A quicker line helps" in vague


def test_noticed_steps_are_told() -> None:
    """How often a clock had been set."""
    assert "noticed" not in clock_sheet(report(), "live").text()
    assert "once a clock had been set" in clock_sheet(report(jumps=1), "live").text()
    assert "3 times a clock had been set" in clock_sheet(report(jumps=3), "live").text()


def test_a_standing_clock_shows_nothing_that_runs() -> None:
    """A stored notebook shows the same each time."""
    quick, slow = (
        clock_sheet(report(rate=0.0, round_trips_ms=(trip,)), "SANDBOX seed 1").text() for trip in (0.5, 90.0)
    )

    assert quick == slow
    assert "stands still at 2024-06-01 12:00:00 UTC" in quick
