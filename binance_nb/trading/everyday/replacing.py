"""An open order with another price or quantity, as the call that makes it so. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from binance_nb.errors import UsageError
from binance_nb.trading.everyday.shares import plain
from binance_nb.trading.everyday.wishes import dashed, number_text
from binance_nb.trading.everyday.words import Built

__all__ = ["replacement"]

_Order = Mapping[str, Any]  # Any: JSON of the exchange
_OPEN = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW")
_VERB = "replace"
# What a new order takes over from the old one as it is; a number that is 0 there was never given.
_KEPT = {
    "timeInForce": "time_in_force",
    "trailingDelta": "trailing_delta",
    "icebergQty": "iceberg_qty",
    "strategyId": "strategy_id",
    "strategyType": "strategy_type",
    "pegPriceType": "peg_price_type",
    "pegOffsetType": "peg_offset_type",
    "pegOffsetValue": "peg_offset_value",
    "selfTradePreventionMode": "self_trade_prevention_mode",
}
_TYPES_WITHOUT_TIME = ("LIMIT_MAKER", "STOP_LOSS", "TAKE_PROFIT")
_HAVE_A_PRICE = ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")


def replacement(order: _Order, wanted: Mapping[str, object]) -> Built:
    """Return the call that changes an order.

    A smaller quantity alone keeps the order's place in the book. Anything else takes the order back and places one like
    it, if nothing of it has been filled in between.

    Args:
        order: The order as the exchange tells it.
        wanted: ``price``, ``quantity`` (of the whole order, what is filled included) and ``stop``; None where it stays.

    Returns:
        The call and why it is that.

    Raises:
        UsageError: The order is not open, there is nothing to change, or it cannot be changed so.
    """
    said = {word: number_text(_VERB, word, value) for word, value in wanted.items() if value is not None}
    _check_open(order)
    _check_words(order, said)
    named = {"symbol": str(order["symbol"])}
    whole, filled = Decimal(order["origQty"]), Decimal(order["executedQty"])
    if set(said) == {"quantity"} and Decimal(said["quantity"]) < whole:
        why = f"A smaller quantity alone, {said['quantity']} instead of {plain(whole)}: the order keeps its place."
        amended: dict[str, str | int] = {**named, "order_id": int(order["orderId"]), "new_qty": said["quantity"]}
        return Built("amend_keep_priority", amended, (why,))
    if order.get("orderListId", -1) != -1:
        raise _refusal(
            order,
            f"is a part of list {order['orderListId']}: taking it back would end the whole list",
            hint="Only a smaller quantity can be given to it. Else cancel the list and place another.",
        )
    return _anew(order, said, named, whole, filled)


def _anew(order: _Order, said: Mapping[str, str], named: dict[str, str], whole: Decimal, filled: Decimal) -> Built:
    more: dict[str, str | int] = {
        "side": str(order["side"]),
        "type": str(order["type"]),
        "cancel_replace_mode": "STOP_ON_FAILURE",
    }
    quantity = plain(Decimal(said["quantity"]) - filled) if filled and "quantity" in said else said.get("quantity")
    more |= {"quantity": quantity or plain(whole - filled), "cancel_order_id": int(order["orderId"])}
    if order["type"] in _HAVE_A_PRICE and not (order.get("pegPriceType") and "price" not in said):
        more["price"] = said.get("price") or plain(Decimal(order["price"]))
    if "stop" in said or _is_given(order.get("stopPrice")):
        more["stop_price"] = said.get("stop") or plain(Decimal(str(order["stopPrice"])))
    for wire, name in _KEPT.items():
        value = order.get(wire)
        if _is_given(value) and not (name == "time_in_force" and order["type"] in _TYPES_WITHOUT_TIME):
            more[name] = plain(Decimal(str(value))) if name == "iceberg_qty" else str(value)
    if not filled:
        more["cancel_restrictions"] = "ONLY_NEW"
    if order["type"] not in ("LIMIT", "MARKET"):
        more["new_order_resp_type"] = "FULL"
    return Built("cancel_replace", {**named, **more}, _reasons(order, said, str(more["quantity"]), filled))


def _reasons(order: _Order, said: Mapping[str, str], quantity: str, filled: Decimal) -> tuple[str, ...]:
    changed = " and ".join(
        {"price": "another price", "quantity": "another quantity", "stop": "another stop"}[w] for w in said
    )
    why = [f"{changed[0].upper()}{changed[1:]}: order {order['orderId']} is taken back and one like it is placed."]
    if filled:
        why.append(f"{plain(filled)} of it is filled already, so the new one is for {quantity}.")
    else:
        why.append("Should any of it be filled before that, it stays as it is and nothing is placed.")
    return tuple(why)


def _check_open(order: _Order) -> None:
    if order["status"] not in _OPEN:
        raise _refusal(
            order, f"is {order['status']}: there is nothing to replace", hint="%binance orders lists what is open."
        )


def _check_words(order: _Order, said: Mapping[str, str]) -> None:
    kind = order["type"]
    if not said:
        raise _refusal(order, "would stay as it is", hint="Say what changes: --price, --quantity or --stop.")
    if "price" in said and kind not in _HAVE_A_PRICE:
        raise _refusal(order, f"is a {kind}, which has no price", hint="Its --stop can be changed, and its --quantity.")
    if "price" in said and order.get("pegPriceType"):
        raise _refusal(order, "follows the book's price", hint="Cancel it and place one with a price of its own.")
    if "stop" in said and not _is_given(order.get("stopPrice")):
        raise _refusal(order, f"is a {kind} without a stop", hint="Its --price can be changed, and its --quantity.")
    filled = Decimal(order["executedQty"])
    if "quantity" in said and Decimal(said["quantity"]) <= filled:
        raise _refusal(
            order,
            f"has filled {plain(filled)} already, and --quantity {said['quantity']} is not more",
            hint="To keep what is filled and drop the rest, cancel it.",
        )
    now = {"price": order["price"], "quantity": order["origQty"], "stop": order.get("stopPrice") or 0}
    if all(Decimal(text) == Decimal(now[word]) for word, text in said.items()):
        given = " and ".join(f"{dashed(word)} {text}" for word, text in said.items())
        raise _refusal(order, f"has {given} already", hint="Nothing would change.")


def _refusal(order: _Order, what: str, *, hint: str) -> UsageError:
    number = str(order["orderId"])
    return UsageError(f"Order {number} {what}.", hint=hint, culprit=number, operation=_VERB)


def _is_given(value: object) -> bool:
    if value is None or value == "":
        return False
    text = str(value)
    return Decimal(text) != 0 if text.replace(".", "", 1).isdecimal() else True
