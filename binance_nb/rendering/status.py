"""Where you stand: environment, keys, clock, weight; whole, in a line, and as the gauge shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from binance_nb.grammar import format_time
from binance_nb.rendering.armed import armed_words
from binance_nb.rendering.sheet import Facts, Sheet

__all__ = [
    "ban_words",
    "clock_words",
    "gauge_sheet",
    "order_words",
    "server_time_words",
    "standing_line",
    "status_sheet",
    "weight_words",
    "where",
]

_ABOUT = {
    "market": "real prices, no key, no orders",
    "live": "real money; orders only while armed",
    "testnet": "the exchange's test network, with keys of its own",
    "demo": "the exchange's demo mode, with keys of its own",
    "sandbox": "an exchange made up on this computer; no money moves",
}
_BAR = 12
_PLAYING = "playing"
_UNITS = {"S": "second", "M": "minute", "H": "hour", "D": "day"}
_ARTICLES = {"H": "an"}
_SHORT = {"second": "s", "minute": "min", "hour": "h", "day": "days"}

_Standing = Mapping[str, Any]  # Any: plain facts of several types, as Session.status gives them


def where(standing: _Standing) -> str:
    """Name the place: the sandbox's label, or the environment.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        Such as ``SANDBOX seed 1`` or ``market``.
    """
    return str(standing["label"] or standing["environment"])


def standing_line(standing: _Standing) -> Sheet:
    """Return where you stand, in one line.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        The line; nothing in it changes from run to run on a frozen sandbox.
    """
    about = _ABOUT.get(standing["environment"], "counts as live" if standing["is_live"] else "on this computer")
    key = "" if standing["environment"] in ("market", "sandbox") else f"; {_key(standing)}"
    return Sheet(f"Connected to {where(standing)}: {about}{key}.", is_framed=False)


def status_sheet(standing: _Standing) -> Sheet:
    """Return where you stand, in full.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        The sheet.
    """
    return Sheet(where(standing), (Facts(tuple(_rows(standing))),))


def _rows(standing: _Standing) -> Iterator[tuple[str, str]]:
    about = _ABOUT.get(standing["environment"])
    yield "environment", f"{standing['environment']}{f': {about}' if about else ''}"
    if standing["is_gone"]:
        yield "state", "gone; %binance use sandbox starts a new one"
    tape = standing.get("tape")
    if tape is not None:
        yield "TAPE", f"{tape[0]}, {tape[1]}{': nothing is sent' if tape[1] == _PLAYING else ''}"
    if tape is None or tape[1] != _PLAYING:
        # A sandbox takes another port each time; a stored notebook must not show it.
        yield "address", standing["url"] if standing["environment"] != "sandbox" else "127.0.0.1, a port of its own"
        yield "key", _key(standing)
    yield "clock", clock_words(standing)
    yield "weight", weight_words(standing)
    for words in order_words(standing):
        yield "orders", words
    if ban := ban_words(standing):
        yield "banned", ban
    if standing.get("arming") is not None:
        yield "ARMED", armed_words(standing)
    elif standing["is_live"]:
        yield "orders", "refused until you arm: this host counts as live"


def _key(standing: _Standing) -> str:
    if not standing["key"]:
        return "no key"
    return f"{standing['key']} ({standing['key_kind']}) from {standing['key_source']}"


def clock_words(standing: _Standing) -> str:
    """Say how the environment's clock goes.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        Where a clock stands, or how far it is ahead of this computer's and how fast it runs.
    """
    if not standing["is_synchronised"]:
        return "not asked yet"
    if standing["clock_rate"] == 0:
        return f"stands still at {format_time(standing['server_ms'])}"
    if standing["clock_rate"] != 1:
        return f"runs {standing['clock_rate']:g} times as fast as here"
    error = f", give or take {standing['clock_error_ms']:.0f} ms" if standing["clock_error_ms"] else ""
    return f"{standing['clock_offset_ms']:+.0f} ms from this computer's{error}"


def server_time_words(standing: _Standing) -> str:
    """Say what time it is at the exchange, to the second.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        Such as ``2024-06-01 12:05:00 UTC``; empty where nobody asked yet, or where the clock stands.
    """
    if not standing["is_synchronised"] or standing["clock_rate"] == 0:
        return ""
    return format_time(int(standing["server_ms"]) // 1000 * 1000)


def weight_words(standing: _Standing) -> str:
    """Say how much of the minute's request weight is used.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        Such as ``42 of 6,000 used this minute``.
    """
    return f"{standing['weight_used']:,} of {standing['weight_limit']:,} used this minute"


def order_words(standing: _Standing) -> list[str]:
    """Say how many orders the exchange has counted.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        For each window that counts, such as ``2 of 100 in 10 s``; empty while none was placed.
    """
    limits = standing.get("order_limits") or {}
    return [
        f"{count:,}{f' of {limits[window]:,}' if window in limits else ''} in {_window(window)}"
        for window, count in standing["order_counts"].items()
    ]


def _window(window: str) -> str:
    """Write a window as people do: ``10S`` is ``10 s``, ``1D`` is ``a day``."""
    number, unit = window[:-1], _UNITS.get(window[-1:], window[-1:])
    return f"{_ARTICLES.get(window[-1:], 'a')} {unit}" if number == "1" else f"{number} {_SHORT.get(unit, unit)}"


def ban_words(standing: _Standing) -> str:
    """Say until when this address is banned.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        Such as ``until 2024-06-01 12:05:00 UTC``; empty when it is not.
    """
    return f"until {format_time(standing['banned_until_ms'])}" if standing["banned_until_ms"] else ""


def gauge_sheet(standing: _Standing) -> Sheet:
    """Return what the gauge shows, for places that draw no widgets.

    Args:
        standing: Facts of `Session.status`.

    Returns:
        The sheet.
    """
    if not standing:
        return Sheet("No session is open, so there is nothing to follow.", is_framed=False)
    used, limit = standing["weight_used"], max(1, standing["weight_limit"])
    # A little is not nothing.
    filled = min(_BAR, -(-used * _BAR // limit))
    rows = [
        ("weight", f"{'▰' * filled}{'▱' * (_BAR - filled)} {weight_words(standing)}"),
        ("clock", clock_words(standing)),
    ]
    rows[1:1] = [("orders", words) for words in order_words(standing)]
    if tape := standing.get("tape"):
        rows.insert(0, ("TAPE", f"{tape[0]}, {tape[1]}"))
    if ban := ban_words(standing):
        rows.append(("banned", ban))
    if standing.get("arming") is not None:
        rows.append(("ARMED", armed_words(standing)))
    return Sheet(where(standing), (Facts(tuple(rows)),))
