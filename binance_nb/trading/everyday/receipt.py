"""What became of everyday words, as facts for a receipt: plain texts with the digits that came. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any

from binance_nb.catalog import ENDPOINTS
from binance_nb.grammar import as_magic, as_python
from binance_nb.trading.everyday.shares import plain
from binance_nb.trading.everyday.words import Built

__all__ = ["receipt_facts"]

_Json = Mapping[str, Any]  # Any: JSON of the exchange
_Texts = dict[str, str]
_DIGITS = 60
_AVERAGE = Decimal("1e-8")
# Our word for each, and the exchange's fields that may hold it, the better one first.
_FIELDS = {
    "symbol": ("symbol",),
    "side": ("side",),
    "type": ("type",),
    "time_in_force": ("timeInForce",),
    "status": ("status",),
    "order_id": ("orderId",),
    "client_order_id": ("origClientOrderId", "clientOrderId"),
}
_AMOUNTS = {
    "quantity": ("origQty", "qty"),
    "executed": ("executedQty",),
    "paid": ("cummulativeQuoteQty", "cumulativeQuoteQty"),
    "spend": ("origQuoteOrderQty", "quoteOrderQty"),
    "price": ("price",),
    "stop": ("stopPrice",),
    "trail": ("trailingDelta",),
    "iceberg": ("icebergQty",),
}


def receipt_facts(verb: str, built: Built, reply: Any, quote: str | None, note: str = "") -> dict[str, Any]:
    """Return the facts of a receipt.

    Args:
        verb: The everyday word.
        built: The call that it became.
        reply: The decoded answer: JSON of the exchange.
        quote: The quote asset of the symbol, when it is known.
        note: What else has to be said, such as that nothing was sent.

    Returns:
        Texts by name, and numbered texts and objects: what a frame's attributes can hold.
    """
    orders = [_order(each, quote) for each in _orders(reply)]
    return {
        "verb": verb,
        "operation": built.operation,
        "list": _list(reply),
        "why": _numbered(built.why),
        "orders": _numbered(orders),
        "fees": _numbered(_fees(reply, quote)),
        "quote": quote or "",
        **_lines(built),
        "note": note,
    }


def _lines(built: Built) -> _Texts:
    if not ENDPOINTS[built.operation].changes_state:
        return {"line": "", "python": ""}  # it was looked up: how it had been ordered is not told
    line, python = as_magic(built.operation, built.parameters), as_python(built.operation, built.parameters)
    return {"line": line, "python": python}


def _numbered(items: Iterable[Any]) -> dict[str, Any]:
    return {str(number): item for number, item in enumerate(items, 1)}


def _orders(reply: Any) -> Iterator[_Json]:
    """Yield each order of an answer, whatever stands around it."""
    if isinstance(reply, list):
        for each in reply:
            yield from _orders(each)
    elif "amendedOrder" in reply:
        # Amending gives it a new client order id, under which it is found from now on.
        yield {**reply["amendedOrder"], "origClientOrderId": None}
    elif "orderReports" in reply:
        yield from reply["orderReports"]
    elif "newOrderResponse" in reply:
        yield reply["newOrderResponse"]
    elif "orderId" in reply:
        yield reply


def _list(reply: Any) -> _Texts:
    if not isinstance(reply, dict) or "listClientOrderId" not in reply:
        return {}
    return {
        "order_list_id": str(reply["orderListId"]),
        "kind": str(reply["contingencyType"]),
        "status": str(reply["listOrderStatus"]),
        "list_client_order_id": str(reply["listClientOrderId"]),
    }


def _order(order: _Json, quote: str | None) -> _Texts:
    texts = {name: text for name, fields in _FIELDS.items() if (text := _first(order, fields))}
    for name, fields in _AMOUNTS.items():
        text = _first(order, fields)
        if text and (Decimal(text) != 0 or name == "executed"):
            texts[name] = plain(Decimal(text))
    if order.get("orderListId", -1) != -1:
        texts["order_list_id"] = str(order["orderListId"])
    if quote:
        texts["base"] = texts["symbol"].removesuffix(quote)
    if "paid" in texts and "executed" in texts:
        texts["average"] = _quotient(Decimal(texts["paid"]), Decimal(texts["executed"]))
    return texts


def _first(order: _Json, fields: Iterable[str]) -> str:
    return next((str(order[field]) for field in fields if order.get(field) not in (None, "")), "")


def _quotient(whole: Decimal, part: Decimal) -> str:
    with localcontext(prec=_DIGITS):
        exact = whole / part
        shown = exact.quantize(_AVERAGE)
    return plain(shown) if shown == exact else f"about {plain(shown)}"


def _fees(reply: Any, quote: str | None) -> Iterator[_Texts]:
    """Yield what was paid in fees, an asset at a time, with its worth where the fills tell it."""
    placed = reply.get("newOrderResponse", reply) if isinstance(reply, dict) else {}
    fills = placed.get("fills") or []
    base = str(placed.get("symbol", "")).removesuffix(quote) if quote else None
    for asset in dict.fromkeys(str(fill["commissionAsset"]) for fill in fills):
        paid = [fill for fill in fills if fill["commissionAsset"] == asset]
        with localcontext(prec=_DIGITS):
            amount = sum((Decimal(fill["commission"]) for fill in paid), Decimal(0))
            worth = sum((Decimal(fill["commission"]) * Decimal(fill["price"]) for fill in paid), Decimal(0))
        texts = {"asset": asset, "amount": plain(amount)}
        if quote and asset == base:
            texts["worth"] = plain(worth)
        yield texts
