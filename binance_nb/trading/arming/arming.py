"""What a person allows when arming: amounts, time, symbols; read with care, for a slip here costs money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from binance_nb.client import Client
from binance_nb.client.gate import armed_line
from binance_nb.errors import ApiError, UsageError
from binance_nb.grammar import did_you_mean, nearest, parse_duration, plain_decimal

__all__ = ["DEFAULT_ASSET", "MOST_SECONDS", "Arming", "Limits", "amount_words", "read_limits", "span_words"]

DEFAULT_ASSET = "USDT"
MOST_SECONDS = 86_400.0
"""Nobody knows tomorrow what was allowed the day before yesterday."""

_EXACT = Context(prec=100)
_AMOUNT = re.compile(r"\d{1,20}(\.\d{1,18})?", re.ASCII)
_SHORT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([kKmM])", re.ASCII)
_FACTORS = {"k": 1000, "m": 1_000_000}
_LINE = armed_line("50", {})
_NO_SYMBOL = -1121


@dataclass(frozen=True)
class Limits:
    """What is allowed.

    Attributes:
        max_notional: The most that one order may be worth.
        total: The most that all orders together may be worth.
        asset: What both are counted in.
        symbols: The only symbols that may be traded; empty for all.
        seconds: For how long.
    """

    max_notional: Decimal
    total: Decimal
    asset: str
    symbols: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Arming:
    """What is allowed at a moment.

    Attributes:
        limits: What was allowed when it began.
        spent: What the orders since then were worth.
        seconds_left: For how much longer.
        is_rehearsal: Whether no money moves there anyway, so that the limits are practice.
    """

    limits: Limits
    spent: Decimal
    seconds_left: float
    is_rehearsal: bool

    @property
    def left(self) -> Decimal:
        """What orders to come may be worth together."""
        return _EXACT.subtract(self.limits.total, self.spent)

    def __repr__(self) -> str:
        limits = self.limits
        only = f", {' '.join(limits.symbols)} only" if limits.symbols else ""
        return (
            f"Arming({amount_words(self.left)} of {amount_words(limits.total)} {limits.asset} left, at most "
            f"{amount_words(limits.max_notional)} an order{only}{', rehearsal' if self.is_rehearsal else ''})"
        )


def read_limits(
    client: Client,
    *,
    max_notional: object,
    for_: object,
    total: object = None,
    symbols: object = None,
    asset: object = DEFAULT_ASSET,
) -> Limits:
    """Read what a person allows, and refuse what is not plain.

    Args:
        client: Knows the symbols; it is asked for them only where some are named, or another asset.
        max_notional: The most that one order may be worth.
        for_: For how long: ``30min``, a timedelta; at most a day.
        total: The most that all may be worth together; as much as one when None.
        symbols: The only ones that may be traded, as a list or separated by commas; all when None.
        asset: What amounts are counted in.

    Returns:
        The limits.

    Raises:
        UsageError: Something is missing, is no amount or length of time, or does not exist there.
    """
    if client.environment.has_market_data_only:
        raise UsageError(
            f"{client.environment.name} takes no orders, so there is nothing to arm.",
            hint="Go where orders are taken first: %binance use live, or use sandbox to rehearse.",
            suggestion="%binance use sandbox",
            culprit=client.environment.name,
        )
    most = _amount("max_notional", max_notional)
    seconds = _seconds(for_)
    together = most if total is None else _amount("total", total)
    if together < most:
        raise UsageError(
            f"A total of {together} is less than the {most} that one order may be worth.",
            hint="The total bounds all orders together.",
            suggestion=plain_decimal(most),
            culprit=str(total),
        )
    return Limits(most, together, _asset(client, asset), _symbols(client, symbols), seconds)


def amount_words(amount: Decimal) -> str:
    """Write an amount for the eye.

    Args:
        amount: The amount.

    Returns:
        Its digits; of one or more only two decimals, rounded down, so that it never looks like more than it is.
    """
    shown = amount.quantize(Decimal("0.01"), ROUND_FLOOR, _EXACT) if amount >= 1 else amount
    whole, _, part = f"{shown:f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part:0<2}" if part else whole


def span_words(seconds: float) -> str:
    """Write a length of time for the eye, and as `read_limits` reads it.

    Args:
        seconds: The length.

    Returns:
        Such as ``1h30min``, ``12min`` or ``40s``: to the minute, the last one to the second.
    """
    whole = round(seconds)
    hours, minutes = divmod(round(whole / 60), 60)
    parts = ((hours, "h"), (minutes, "min")) if whole >= 60 else ((whole, "s"),)
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _amount(name: str, value: object) -> Decimal:
    option = f"--{name.replace('_', '-')}"
    if value is None or value is True:
        raise UsageError(
            f"arm needs {option}: the most that {'an order' if name == 'max_notional' else 'all orders'} may be worth.",
            hint="Nothing is allowed by default.",
            suggestion=_LINE,
        )
    text = value.strip() if isinstance(value, str) else _plain(value)
    if not _AMOUNT.fullmatch(text):
        raise UsageError(
            f"{option} is {text!r}: that is no plain amount above 0.",
            hint="Write digits, and a point where decimals begin: 50 or 0.5.",
            suggestion=_mended(text) or _LINE,
            culprit=text,
        )
    amount = Decimal(text)
    if amount <= 0:
        raise UsageError(
            f"{option} is {text}: that allows nothing.",
            hint="Give an amount above 0; %binance disarm allows nothing.",
            suggestion="%binance disarm",
            culprit=text,
        )
    return amount


def _plain(value: object) -> str:
    try:
        return plain_decimal(value)
    except UsageError:  # NaN, infinity, an object of another kind: the refusal of all amounts is clearer
        return str(value)[:40]


def _mended(text: str) -> str | None:
    bare = text.replace(",", "").replace("_", "")
    if short := _SHORT.fullmatch(bare):
        return plain_decimal((Decimal(short[1]) * _FACTORS[short[2].lower()]).normalize())
    return bare if bare != text and _AMOUNT.fullmatch(bare) else None


def _seconds(value: object) -> float:
    if value is None or value is True:
        raise UsageError(
            "arm needs --for: how long orders are allowed.",
            hint="Write 90s, 30min or 2h; 24h is the longest.",
            suggestion=_LINE,
        )
    try:
        seconds = parse_duration(value)
    except UsageError as error:
        error.hint = "Write 90s, 30min, 1h30min; 24h is the longest."
        error.suggestion = error.suggestion or "30min"
        raise
    if not 1 <= seconds <= MOST_SECONDS:
        raise UsageError(
            f"--for is {value}: it has to be between a second and 24 hours.",
            hint="Arming is for the work at hand; arm again tomorrow.",
            suggestion="24h" if seconds > MOST_SECONDS else "30min",
            culprit=str(value),
        )
    return seconds


def _symbols(client: Client, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    named = given.split(",") if isinstance(given, str) else given
    wanted = tuple(dict.fromkeys(str(name).strip() for name in named)) if isinstance(named, Iterable) else ()
    if not all(wanted) or not wanted:  # an empty list that stood for all symbols would allow what nobody meant
        raise UsageError(
            f"--symbols is {given!r}: a symbol is missing.",
            hint="Write BTCUSDT,ETHUSDT without spaces, or leave --symbols out to allow all.",
            culprit=str(given),
        )
    try:
        client.call("exchange_info", symbols=list(wanted))
    except ApiError as error:
        if error.code != _NO_SYMBOL:
            raise
        raise _unknown(client, wanted) from None
    return wanted


def _unknown(client: Client, wanted: tuple[str, ...]) -> UsageError:
    client.call("exchange_info")  # the whole list, to tell which it was and what is near
    wrong = next((name for name in wanted if name not in client.symbols.names), wanted[0])
    return UsageError(
        f"There is no symbol {wrong} here, so nothing was armed.",
        hint=did_you_mean(wrong, client.symbols.names) or "%binance exchange_info lists all of them.",
        suggestion=next(iter(nearest(wrong, client.symbols.names)), "%binance exchange_info"),
        culprit=wrong,
    )


def _asset(client: Client, given: object) -> str:
    asset = str(given)
    if asset == DEFAULT_ASSET:
        return asset
    if not client.symbols.is_known:
        client.call("exchange_info")
    quotes = sorted(set(client.symbols.ranks.quotes.values()))
    if asset not in quotes:
        raise UsageError(
            f"Nothing is priced in {asset!r} here, so amounts cannot be counted in it.",
            hint=f"Amounts can be in {', '.join(quotes[:12])}.",
            suggestion=asset.upper() if asset.upper() in quotes else DEFAULT_ASSET,
            culprit=asset,
        )
    return asset
