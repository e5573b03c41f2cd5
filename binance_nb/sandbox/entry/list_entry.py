"""From the parameters of a call to an order list, and which of the account's lists a call means."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.sandbox.call import Call
from binance_nb.sandbox.entry.order_entry import check_open, order_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.refusals import Refusal

__all__ = ["named_list", "oco_of", "old_oco_of", "opo_of", "opoco_of", "oto_of", "otoco_of"]

_STOPS = ("STOP_LOSS", "STOP_LOSS_LIMIT")
_TAKES = ("TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
# Which types of a pair, to buy or to sell, stand on the wrong side, and the code for it.
_MISPLACED = (
    ("BUY", "above", ("LIMIT_MAKER",), -1165),
    ("SELL", "below", ("LIMIT_MAKER",), -1166),
    ("BUY", "below", _STOPS, -1196),
    ("SELL", "above", _STOPS, -1197),
    ("BUY", "above", _TAKES, -1198),
    ("SELL", "below", _TAKES, -1199),
)
# A symbol that starts no orders by others says so in words that the documentation lacks.
_FLAG_SAYS: Mapping[str, str] = {
    "ocoAllowed": "OCO orders are not supported",
    "otoAllowed": "Unsupported order combination",
    "opoAllowed": "OPO orders are not supported",
}


def old_oco_of(call: Call) -> OrderList:
    """Read a pair that is written the old way: a limit order and a stop.

    Args:
        call: The call.

    Returns:
        The list, neither checked against filters nor placed.

    Raises:
        Refusal: For what does not go together.
    """
    listing = _open_listing(call, "ocoAllowed")
    return _oco(call, listing, [order_of(call, "stop"), order_of(call, "limit")])


def oco_of(call: Call) -> OrderList:
    """Read a pair of which one ends the other; see `old_oco_of`."""
    listing = _open_listing(call, "ocoAllowed")
    return _oco(call, listing, _pair(call, "above", "below"))


def oto_of(call: Call) -> OrderList:
    """Read an order that starts another; see `old_oco_of`."""
    listing = _open_listing(call, "otoAllowed")
    return _oto(call, listing, [order_of(call, "pending")])


def otoco_of(call: Call) -> OrderList:
    """Read an order that starts a pair; see `old_oco_of`."""
    listing = _open_listing(call, "otoAllowed", "ocoAllowed")
    return _oto(call, listing, _pair(call, "pendingAbove", "pendingBelow"))


def opo_of(call: Call) -> OrderList:
    """Read a purchase that starts a sale of what it received; see `old_oco_of`."""
    listing = _open_listing(call, "opoAllowed", "otoAllowed")
    return _oto(call, listing, [order_of(call, "pending")], is_sized_by_fill=True)


def opoco_of(call: Call) -> OrderList:
    """Read a purchase that starts a pair which sells what it received; see `old_oco_of`."""
    listing = _open_listing(call, "opoAllowed", "otoAllowed", "ocoAllowed")
    return _oto(call, listing, _pair(call, "pendingAbove", "pendingBelow"), is_sized_by_fill=True)


def named_list(call: Call, client_id_name: str) -> OrderList | None:
    """Find the order list that a call names by one of its ids, or by both.

    Args:
        call: The call.
        client_id_name: How the endpoint spells the owner's name for the list.

    Returns:
        The list; of several that had the same name one after another the newest. None where there is none, or the two
        ids are of different lists.
    """
    list_id, client_id = call.integer("orderListId"), call.sent.get(client_id_name)
    for order_list in reversed(call.venue.engine.lists.all(call.account)):
        if list_id in (None, order_list.list_id) and client_id in (None, order_list.client_id):
            return order_list
    return None


def _open_listing(call: Call, *flags: str) -> Listing:
    listing = call.listing()
    check_open(call, listing)
    for flag in flags:
        if not listing.allows(flag):
            raise Refusal(-2010, _FLAG_SAYS[flag])
    return listing


def _pair(call: Call, above: str, below: str) -> list[Order]:
    """Return both legs of a pair, the stop loss first as the exchange lists them."""
    kinds = {"above": call.sent[f"{above}Type"], "below": call.sent.get(f"{below}Type", "")}
    if not kinds["below"]:
        # The documentation calls it optional, but there is no pair without it.
        raise Refusal(-1102, "Mandatory parameter", f"{below}Type")
    if set(kinds.values()) == {"LIMIT_MAKER"}:
        raise Refusal(-1168)
    legs = [order_of(call, above), order_of(call, below)]
    for side, place, types, code in _MISPLACED:
        if legs[0].side == side and kinds[place] in types:
            raise Refusal(code)
    return sorted(legs, key=lambda leg: leg.kind not in _STOPS)


def _oco(call: Call, listing: Listing, legs: list[Order]) -> OrderList:
    return OrderList(call.account, listing, "OCO", _client_id(call), call.now_ms, legs)


def _oto(call: Call, listing: Listing, pending: list[Order], *, is_sized_by_fill: bool = False) -> OrderList:
    working = order_of(call, "working")
    for order in pending:
        order.status = "PENDING_NEW"
        order.working_ms = -1
    return OrderList(
        call.account,
        listing,
        "OTO",
        _client_id(call),
        call.now_ms,
        [working, *pending],
        working,
        is_sized_by_fill=is_sized_by_fill,
    )


def _client_id(call: Call) -> str:
    return call.sent.get("listClientOrderId") or call.venue.new_client_order_id()
