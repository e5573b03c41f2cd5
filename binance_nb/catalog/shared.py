"""Parameters that many endpoints share, declared once."""

from __future__ import annotations

from binance_nb.catalog.parameters import Kind, Parameter

__all__ = [
    "END_TIME",
    "LIMIT",
    "RECV_WINDOW",
    "SIGNED",
    "START_TIME",
    "SYMBOL",
    "SYMBOLS",
    "SYMBOL_STATUS",
    "TICKER_TYPE",
    "TIMESTAMP",
    "TIME_ZONE",
    "an_id",
    "decimal",
    "enum",
    "text",
]


def enum(name: str, of: str, about: str, *choices: str, **more: object) -> Parameter:
    """Return an enum parameter.

    Args:
        name: The exchange's spelling.
        of: Name of the enum.
        about: What it means.
        *choices: The values allowed here; all of the enum's when none is given.
        **more: Further attributes of `Parameter`.

    Returns:
        The parameter.
    """
    return Parameter(name, Kind.ENUM, about, enum=of, choices=choices).but(**more)


def decimal(name: str, about: str, **more: object) -> Parameter:
    """Return a decimal parameter; see `enum`."""
    return Parameter(name, Kind.DECIMAL, about).but(**more)


def text(name: str, about: str, **more: object) -> Parameter:
    """Return a text parameter; see `enum`."""
    return Parameter(name, Kind.STRING, about).but(**more)


def an_id(name: str, about: str, **more: object) -> Parameter:
    """Return a whole-number id parameter; see `enum`."""
    return Parameter(name, Kind.LONG, about).but(**more)


SYMBOL = text("symbol", "the pair, such as BTCUSDT", required=True)
SYMBOLS = Parameter("symbols", Kind.ARRAY_STRING, "several pairs", conflicts=("symbol",))
SYMBOL_STATUS = enum("symbolStatus", "symbol_status_query", "only symbols in this state", "TRADING", "HALT", "BREAK")
LIMIT = Parameter("limit", Kind.INT, "how many rows at most", default=500, maximum=1000)
START_TIME = an_id("startTime", "earliest time, inclusive", unit="ms_or_us")
END_TIME = an_id("endTime", "latest time, inclusive", unit="ms_or_us")
TIME_ZONE = text(
    "timeZone",
    "offset from UTC at which days and candles begin, such as +02:00",
    default="0",
    minimum="-12:00",
    maximum="+14:00",
    pattern=r"^[+-]?\d{1,2}(:\d{2})?$",
)
TICKER_TYPE = enum("type", "ticker_type", "how much detail", "FULL", "MINI", default="FULL")

RECV_WINDOW = decimal(
    "recvWindow",
    "how many milliseconds the request stays valid",
    default=5000,
    maximum=60000,
    decimals=3,
    unit="ms",
)
TIMESTAMP = an_id("timestamp", "when the request was made; added by the client", required=True, unit="ms_or_us")
SIGNED = (RECV_WINDOW, TIMESTAMP)
