"""What an order form says: where it sends, what an order comes to, and the question before it goes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal, localcontext

from binance_nb.client.gate import armed_line
from binance_nb.environment import Environment
from binance_nb.trading.arming.arming import DEFAULT_ASSET
from binance_nb.trading.arming.worth import MARGIN
from binance_nb.trading.everyday.shares import plain
from binance_nb.widgets.ticket_estimate import Estimate, Known
from binance_nb.widgets.ticket_market import Checked
from binance_nb.widgets.ticket_order import KINDS, OrderForm

__all__ = [
    "arming_rows",
    "estimate_rows",
    "field_rows",
    "market_words",
    "missing_words",
    "order_words",
    "place_name",
    "question_rows",
    "stakes",
]

_DIGITS, _EIGHT = 60, Decimal("1e-8")
_FEW = Decimal(50)
_NAMES = {
    "symbol": "symbol",
    "amount": "amount",
    "price": "limit price",
    "stop": "stop price",
    "trail": "distance",
    "time_in_force": "stays",
    "iceberg": "shows only",
}


def place_name(place: Environment) -> str:
    """Return a place as a word that is not overlooked.

    Args:
        place: Where orders go.
    """
    return "LIVE" if place.is_live else place.name.upper()


def stakes(place: Environment) -> str:
    """Return what an order there means.

    Args:
        place: Where orders go.
    """
    if place.is_live:
        return f"LIVE, {place.host}: this is real money"
    return f"{place.label or place.name.upper()}: no real money"


def arming_rows(symbol: str, checked: Checked | None) -> Iterator[tuple[str, str]]:
    """Yield how to arm for an order, as a line and in Python: a form's session need not be the one of the lines.

    Args:
        symbol: Of what it is.
        checked: The order; None as long as there is none.

    Yields:
        Names and what to run.
    """
    most = format(_covering(checked), "f")
    yield "to arm", armed_line(most, {"symbol": symbol} if symbol else {})
    only = f', symbols="{symbol}"' if symbol else ""
    yield "in Python", f'session.arm("{most}", "30min"{only})'


def _covering(checked: Checked | None) -> Decimal:
    """Return an amount that is short to write, and that the order is hardly worth more than."""
    found = checked.estimate if checked is not None else None
    if checked is None or found is None or checked.known.quote != DEFAULT_ASSET or not found.quote:
        return _FEW
    best = checked.known.asks[0][0] if checked.known.asks else Decimal(0)
    amount = max(found.quote, found.base * best) * MARGIN
    step = Decimal(1).scaleb(amount.adjusted() - 1)
    return max((amount / step).to_integral_value(ROUND_CEILING) * step, _FEW)


def missing_words(form: OrderForm) -> str:
    """Return what has still to be filled in.

    Args:
        form: The form.
    """
    return ", ".join(_NAMES[name] for name in form.missing)


def market_words(known: Known) -> str:
    """Return what the market and the account say.

    Args:
        known: What they said.

    Returns:
        The best prices, and what is free.
    """
    best = ((name, levels) for name, levels in (("bid", known.bids), ("ask", known.asks)) if levels)
    said = [f"{name} {_grouped(levels[0][0])}" for name, levels in best]
    if known.free:
        said += [f"{_grouped(known.free.get(asset, Decimal(0)))} {asset} free" for asset in (known.quote, known.base)]
    return " · ".join(said)


def estimate_rows(checked: Checked) -> Iterator[tuple[str, str]]:
    """Yield what an order would come to.

    Args:
        checked: The order.

    Yields:
        Names and what holds.
    """
    found, known = checked.estimate, checked.known
    if found is None:
        yield "comes to", "what the market gives then"
        return
    is_buy = checked.form.side == "BUY"
    yield ("costs" if is_buy else "brings"), _amount_words(found, known, is_buy=is_buy)
    if found.fee is not None and known.fee is not None:
        share = plain(known.fee * 100)
        yield "fee", f"up to {_rounded(found.fee)} {found.fee_asset} ({share} % where it fills at once)"
    if found.after:
        left = " and ".join(f"{_rounded(amount)} {asset}" for asset, amount in found.after.items())
        yield "free afterwards", f"{left}, once it is filled"


def _amount_words(found: Estimate, known: Known, *, is_buy: bool) -> str:
    amount = f"{_rounded(found.quote)} {known.quote}"
    if found.is_bound:
        return f"{'at most' if is_buy else 'at least'} {amount}: {_grouped(found.base)} × {_grouped(found.average)}"
    if not found.is_whole:
        return f"more than the best {len(known.asks if is_buy else known.bids)} prices hold: {amount} of it there"
    worst = f", at worst {_grouped(found.worst)}" if found.worst is not None and found.worst != found.average else ""
    return f"about {amount} by the book of now: {_rounded(found.base)} {known.base} at {_rounded(found.average)}{worst}"


def order_words(checked: Checked) -> str:
    """Return an order in a line.

    Args:
        checked: The order.

    Returns:
        Such as ``BUY 0.01 BTCUSDT LIMIT at 60000 GTC``.
    """
    sent = checked.built.parameters
    named = [f"{sent['quote_order_qty']} {checked.known.quote} of" if "quote_order_qty" in sent else sent["quantity"]]
    words = [sent["side"], *named, sent["symbol"], sent["type"]]
    words += [f"{word} {sent[name]}" for word, name in (("at", "price"), ("stop", "stop_price")) if name in sent]
    if "trailing_delta" in sent:
        words.append(f"trailing {plain(Decimal(str(sent['trailing_delta'])) / 100)} %")
    if "iceberg_qty" in sent:
        words.append(f"showing {sent['iceberg_qty']}")
    return " ".join(str(word) for word in [*words, sent.get("time_in_force", "")] if word)


def question_rows(checked: Checked, place: Environment) -> Iterator[tuple[str, str]]:
    """Yield what a person says yes to.

    Args:
        checked: The order.
        place: Where it goes.

    Yields:
        Names and what holds.
    """
    yield "order", order_words(checked)
    yield "goes to", stakes(place)
    yield from estimate_rows(checked)


def field_rows(form: OrderForm) -> Iterator[tuple[str, str]]:
    """Yield what stands in the form.

    Args:
        form: The form.

    Yields:
        Names of fields, and their texts.
    """
    yield "symbol", form.symbol
    yield "side", form.side
    yield "type", KINDS[form.kind].label
    unit = {"share": " % of what is free", "quote": " of the quote asset"}.get(form.unit, "")
    yield "amount", f"{form.amount.strip()}{unit}" if form.amount.strip() else ""
    for name in KINDS[form.kind].fields:
        if name in KINDS[form.kind].needs or form.texts.get(name):
            yield _NAMES[name], form.texts.get(name, "")


def _rounded(amount: Decimal) -> str:
    """Return an amount with at most eight decimals, and a word before it where digits are left out."""
    with localcontext(prec=_DIGITS):
        shown = amount.quantize(_EIGHT)
    return f"{'' if shown == amount else 'about '}{_grouped(shown)}"


def _grouped(amount: Decimal) -> str:
    return f"{Decimal(plain(amount)):,f}"
