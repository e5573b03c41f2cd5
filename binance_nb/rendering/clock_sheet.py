"""Two clocks side by side: how far apart, how surely, and what the exchange would say to that."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.client import ClockReport
from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Facts, Paragraph, Sheet

__all__ = ["clock_sheet"]

_DAY_SECONDS = 86_400
_TIGHT_MS = 500
_MILLION = 1_000_000


def clock_sheet(report: ClockReport, place: str) -> Sheet:
    """Return what a look at both clocks has shown.

    Args:
        report: What was found.
        place: Whose clock it is.

    Returns:
        The sheet; of a clock that stands, nothing in it changes from run to run.
    """
    return Sheet(f"The clock of {place}", (Facts(tuple(_rows(report))), Paragraph(_advice(report), "What to do")))


def _rows(report: ClockReport) -> Iterator[tuple[str, str]]:
    if report.rate == 0:
        yield "clock", f"stands still at {format_time(report.server_ms)}"
        yield "-1021", "cannot come: each request carries the moment at which the clock stands"
        return
    yield "there it is", format_time(report.server_ms // 1000 * 1000)
    if report.offset_ms is None:
        yield "rate", f"runs {report.rate:g} times as fast as here, so an offset would mean nothing"
    else:
        yield "offset", f"{_ms(report.offset_ms, '+')} from this computer's, give or take {_ms(report.error_ms)}"
    trips = report.round_trips_ms
    worst = f"{_ms(trips[-1])} at worst of {len(trips)}"
    yield "round trip", f"{_ms(trips[0])} at best, {_ms(report.median_ms)} usually, {worst}"
    yield "drift", _drift_words(report)
    yield "too far ahead", f"{_ms(report.spare_ahead_ms)} to spare before -1021: refused from 1,000 ms ahead"
    yield (
        "too late",
        f"{_ms(report.spare_behind_ms)} to spare before -1021: recvWindow is {_ms(report.recv_window_ms)}",
    )
    if report.jumps:
        times = "once" if report.jumps == 1 else f"{report.jumps} times"
        yield "noticed", f"{times} a clock had been set, or had stood still; the exchange was asked anew"


def _drift_words(report: ClockReport) -> str:
    drift = report.drift
    if drift is None or not drift.is_telling:
        watched = 0 if drift is None else round(drift.over_seconds)
        return f"too early to tell after {watched} s; ask again in some minutes"
    a_day = f"{drift.ppm * _DAY_SECONDS / _MILLION:+.2f} s a day"
    return f"{drift.ppm:+.1f} ppm, give or take {drift.error_ppm:.1f} ({a_day}), over {drift.over_seconds:.0f} s"


def _advice(report: ClockReport) -> str:
    if report.rate == 0:
        return "Nothing: a standing clock needs no care."
    if report.spare_behind_ms < _TIGHT_MS:
        return (
            "The way there takes nearly as long as requests stay valid. Give them longer, as "
            "binance_nb.connect(..., recv_window_ms=20000), or find a quicker line."
        )
    if report.spare_ahead_ms < _TIGHT_MS:
        return "The way there takes so long that the time cannot be told well. A quicker line helps; look again then."
    if report.is_refused_uncorrected:
        side = "behind" if (report.offset_ms or 0) > 0 else "ahead"
        return (
            f"Nothing here: requests carry the exchange's time, not this computer's. But its clock is "
            f"{_ms(abs(report.offset_ms or 0))} {side}, and other programs would get -1021: let the system set it "
            "by the network (NTP)."
        )
    return "Nothing: requests carry the exchange's time, and both bounds are far away."


def _ms(ms: float, sign: str = "") -> str:
    return f"{ms:{sign},.0f} ms" if abs(ms) >= 10 else f"{ms:{sign}.1f} ms"
