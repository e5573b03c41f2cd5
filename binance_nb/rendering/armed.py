"""That orders are allowed: a band that nobody overlooks, and what arming and disarming say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Facts, Paragraph, Sheet, tag
from binance_nb.trading.arming.arming import Arming, amount_words, span_words

__all__ = ["Band", "armed_band", "armed_sheet", "armed_words", "disarmed_sheet"]

# White on this red reads in light and dark alike; words and a sign say the same to those who see no red.
_RED = "background-color:#b3261e; color:#ffffff; border:3px double #ffffff; padding:0.35em 0.8em; margin:0.3em 0"
_RED += "; max-width:52em; overflow-wrap:anywhere"
_SIGN = "▲"

_Standing = Mapping[str, Any]  # Any: plain facts of several types, as Session.status gives them


@dataclass(frozen=True, repr=False)
class Band:
    """A line that stands under each cell while orders are allowed; its repr is the plain text."""

    title: str
    rest: str

    def html(self) -> str:
        """Return the band as HTML."""
        return tag("div", tag("strong", f"{_SIGN} {self.title}"), f" · {self.rest}", style=_RED)

    def text(self) -> str:
        """Return the band as plain text."""
        return f"{_SIGN} {self.title} · {self.rest}"

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return self.text()


def armed_band(standing: _Standing) -> Band | None:
    """Return the band.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        The band; None when nothing is armed.
    """
    arming: Arming | None = standing.get("arming")
    if arming is None:
        return None
    rehearsal = ", a rehearsal" if arming.is_rehearsal else ""
    return Band(f"ARMED {standing['environment']}{rehearsal}", armed_words(standing))


def armed_words(standing: _Standing) -> str:
    """Say what is still allowed, and for how long.

    Args:
        standing: Facts of `Session.status`, of an armed session.

    Returns:
        Such as ``17.50 of 50 USDT left · until 14:30:00 UTC (12min)``; no time by a clock that stands, so that stored
        notebooks stay as they are.
    """
    arming: Arming = standing["arming"]
    limits = arming.limits
    left = f"{amount_words(arming.left)} of {amount_words(limits.total)} {limits.asset} left"
    only = f" · {', '.join(limits.symbols)} only" if limits.symbols else ""
    if standing["clock_rate"] == 0:
        return f"{left}{only}"
    until_ms = standing["armed_until_ms"]
    span = span_words(arming.seconds_left)
    when = f"until {_time_of_day(until_ms)} UTC ({span})" if until_ms is not None else f"{span} to go"
    return f"{left}{only} · {when}"


def armed_sheet(standing: _Standing) -> Sheet:
    """Return what arming says: what is allowed now, and what ends it.

    Args:
        standing: Facts of `Session.status`, of an armed session.

    Returns:
        The sheet.
    """
    arming: Arming = standing["arming"]
    limits = arming.limits
    rows = (
        ("an order", f"worth at most {amount_words(limits.max_notional)} {limits.asset}"),
        ("all together", f"worth at most {amount_words(limits.total)} {limits.asset}"),
        ("symbols", ", ".join(limits.symbols) or "all"),
        ("for", span_words(limits.seconds)),
        ("ends", "with the time, %binance disarm, %binance use, or the kernel"),
        *(() if standing["key"] else (("key", "none yet: %binance keys asks for one"),)),
    )
    counted = Paragraph(
        "price × quantity; an order that takes the market's price by the average price and 2 % more. Cancels and "
        "amendments count nothing, and give nothing back.",
        "Worth",
    )
    place = standing["environment"]
    if not arming.is_rehearsal:
        return Sheet(f"Orders are allowed on {place}, with real money.", (Facts(rows), counted))
    rehearsal = Paragraph(
        f"Nothing needs arming on {place}: no real money moves there. The limits hold all the same until this ends; "
        "then orders pass as before.",
        "Rehearsal",
    )
    return Sheet(f"Orders on {place} are held to limits, as on live.", (rehearsal, Facts(rows), counted))


def disarmed_sheet(standing: _Standing, was_armed: bool) -> Sheet:
    """Return what disarming says.

    Args:
        standing: Facts of `Session.status`.
        was_armed: Whether anything was allowed until now.

    Returns:
        A line.
    """
    now = (
        "no order leaves until you arm again"
        if standing["is_live"]
        else "orders pass without arming, for no real money moves there"
    )
    begin = "Disarmed" if was_armed else "Nothing was armed"
    return Sheet(f"{begin}: on {standing['environment']} {now}.", is_framed=False)


def _time_of_day(ms: int) -> str:
    # format_time writes date, time and zone.
    return format_time(ms // 1000 * 1000).split()[1]
