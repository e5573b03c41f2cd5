"""The receipt of an order in everyday words: what it became, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Block, Code, Facts, Paragraph, Sheet

__all__ = ["receipt_of", "receipt_sheet"]

_Texts = Mapping[str, str]


def receipt_of(facts: Mapping[str, Any]) -> Sheet | None:
    """Return the receipt that goes with a frame.

    Args:
        facts: What ``frame.attrs["binance"]`` holds.

    Returns:
        The sheet; None where the frame is no answer to everyday words.
    """
    receipt = facts.get("receipt")
    if not isinstance(receipt, dict):
        return None
    return receipt_sheet(receipt, str(facts.get("environment") or ""), int(facts.get("server_time") or 0))


def receipt_sheet(receipt: Mapping[str, Any], environment: str, server_ms: int = 0) -> Sheet:
    """Return a receipt.

    Args:
        receipt: What `binance_nb.trading.everyday.receipt.receipt_facts` made.
        environment: Where it was, in words.
        server_ms: The exchange's time of the answer; 0 where it is not known.

    Returns:
        The sheet.
    """
    orders = list(receipt["orders"].values())
    return Sheet(_title(receipt, orders), tuple(_blocks(receipt, orders, environment, server_ms)))


def _title(receipt: Mapping[str, Any], orders: list[_Texts]) -> str:
    verb, listed = receipt["verb"], receipt["list"]
    if verb == "cancel":
        done = _said(orders[0], with_status=False) if len(orders) == 1 else _several(orders)
        return f"CANCELLED {done}"
    if listed:
        first = orders[0] if orders else {}
        named = " ".join(text for text in (first.get("side"), first.get("quantity"), first.get("symbol")) if text)
        _, _, own = receipt["operation"].partition("order_list_")
        kind = own.upper() or listed["kind"]  # one that was looked up is only told what the exchange calls it
        return f"{f'{named} as ' if named else ''}{kind} → {listed['status']}"
    return _said(orders[0]) if orders else f"{verb}: done"


def _several(orders: list[_Texts]) -> str:
    return f"{len(orders)} orders of {orders[0]['symbol']}" if orders else "nothing"


def _said(order: _Texts, *, with_status: bool = True) -> str:
    """Say an order in a line: ``BUY 0.01 BTCUSDT LIMIT at 60,000 GTC → NEW``."""
    words = [order.get("side", ""), order.get("quantity", ""), order.get("symbol", ""), order.get("type", "")]
    words += [f"{word} {_grouped(order[name])}" for word, name in (("at", "price"), ("stop", "stop")) if name in order]
    if "trail" in order:
        words.append(f"trailing {_trail(order)}")
    if "iceberg" in order:
        words.append(f"showing {_grouped(order['iceberg'])}")
    if order.get("type", "").endswith("LIMIT"):
        words.append(order.get("time_in_force", ""))
    if with_status:
        words += ["→", order.get("status", "")]
    return " ".join(word for word in words if word)


def _blocks(receipt: Mapping[str, Any], orders: list[_Texts], environment: str, server_ms: int) -> Iterator[Block]:
    if receipt["note"]:
        yield Paragraph(receipt["note"], "Note")
    for reason in receipt["why"].values():
        yield Paragraph(reason)
    # A line each, as a table of so many columns breaks its numbers on a narrow page.
    legs = [(f"order {order['order_id']}", _said(order)) for order in orders] if len(orders) > 1 else []
    yield Facts((*legs, *_outcome(receipt, orders), *_where(receipt, orders, environment, server_ms)))
    if receipt["line"]:
        yield Code(receipt["line"], "The same as")
        yield Code(receipt["python"], "In Python")


def _outcome(receipt: Mapping[str, Any], orders: list[_Texts]) -> Iterator[tuple[str, str]]:
    """Yield what was executed, and what it cost."""
    quote = receipt["quote"]
    for order in orders:
        if "executed" not in order or (len(orders) > 1 and order["executed"] == "0"):
            continue
        base = order.get("base", "")
        text = f"{order['executed']} of {order.get('quantity', '?')} {base}".rstrip()
        if "average" in order:
            text += f" for {_grouped(order['paid'])} {quote}".rstrip() + f", {_grouped(order['average'])} on average"
        yield ("executed" if len(orders) == 1 else f"executed, order {order['order_id']}"), text
    fees = [_fee(fee, quote) for fee in receipt["fees"].values()]
    if fees:
        yield "fees", "; ".join(fees)


def _fee(fee: _Texts, quote: str) -> str:
    worth = f" (worth {_grouped(fee['worth'])} {quote})" if "worth" in fee else ""
    return f"{fee['amount']} {fee['asset']}{worth}"


def _where(
    receipt: Mapping[str, Any], orders: list[_Texts], environment: str, server_ms: int
) -> Iterator[tuple[str, str]]:
    if receipt["list"]:
        listed = receipt["list"]
        yield "list id", f"{listed['order_list_id']}, {listed['list_client_order_id']}"
    elif len(orders) == 1:
        order = orders[0]
        yield "order id", ", ".join(order[name] for name in ("order_id", "client_order_id") if name in order)
    # A clock that stands is part of the environment's name already.
    when = f", {format_time(server_ms)}" if server_ms and "clock stands" not in environment else ""
    yield "where", f"{environment}{when}"


def _trail(order: _Texts) -> str:
    return f"{(Decimal(order['trail']) / 100).normalize():f} %"


def _grouped(text: str) -> str:
    """Return a number with commas between its thousands, all other digits as they are.

    Args:
        text: Plain decimal digits, perhaps behind a word.
    """
    *before, number = text.split(" ")
    whole, point, rest = number.partition(".")
    return " ".join([*before, f"{int(whole):,}{point}{rest}"]) if whole.isdecimal() else text
