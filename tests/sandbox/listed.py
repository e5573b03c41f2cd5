"""Order lists around the last price, as a test wants them."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.listening import ExecutionType
from binance_nb.sandbox.matching.order_lists import OrderList
from binance_nb.sandbox.matching.orders import Fill, Order
from binance_nb.sandbox.matching.prevented_matches import PreventedMatch
from tests.sandbox.desk import Desk, Reply

__all__ = [
    "BTC",
    "CANCELED",
    "CENT",
    "DONE",
    "RUNNING",
    "Ears",
    "buy_pair",
    "last",
    "list_status",
    "only_list",
    "pair",
    "place",
    "sell_pair",
    "status",
    "take_offers",
    "working",
]

BTC = {"symbol": "BTCUSDT"}
CENT = Decimal("0.01")
# An order's status and why it expired; a list's two words for how it stands.
CANCELED = ("CANCELED", None)
RUNNING, DONE = ("EXEC_STARTED", "EXECUTING"), ("ALL_DONE", "ALL_DONE")
# One of these beside one of those makes a pair.
_PREFIXES = {"SELL": ("above", "below"), "BUY": ("below", "above")}


def last(desk: Desk) -> Decimal:
    """The last price."""
    return Decimal(desk.get("ticker/price", **BTC).json["price"])


def place(desk: Desk, kind: str, /, **params: object) -> Reply:
    """Place a list of BTCUSDT."""
    return desk.ask("POST", f"orderList/{kind}", **{**BTC, **params})


def pair(
    desk: Desk, side: str, prefix: str = "", *, up: object = 500, down: object = 500, **more: object
) -> dict[str, object]:
    """A limit order and a stop that sells or buys at the market, so far above and below the last price."""
    price = last(desk)
    limit, stop = (_named(prefix, place) for place in _PREFIXES[side])
    prices = {_named(prefix, "above"): price + Decimal(str(up)), _named(prefix, "below"): price - Decimal(str(down))}
    return {
        f"{limit}Type": "LIMIT_MAKER",
        f"{limit}Price": prices[limit],
        f"{stop}Type": "STOP_LOSS",
        f"{stop}StopPrice": prices[stop],
        **more,
    }


def sell_pair(desk: Desk, *, quantity: object = "0.01", up: object = 500, down: object = 500, **more: object) -> Reply:
    """Sell above or below the last price."""
    return place(desk, "oco", side="SELL", quantity=quantity, **pair(desk, "SELL", up=up, down=down), **more)


def buy_pair(desk: Desk, *, quantity: object = "0.01", up: object = 500, down: object = 500, **more: object) -> Reply:
    """Buy below or above the last price, the stop with a limit of its own 10 higher."""
    price = last(desk)
    stop = {"aboveType": "STOP_LOSS_LIMIT", "abovePrice": price + Decimal(str(up)) + 10, "aboveTimeInForce": "GTC"}
    legs = {**pair(desk, "BUY", up=up, down=down), **stop}
    return place(desk, "oco", side="BUY", quantity=quantity, **legs, **more)


def working(desk: Desk, *, at: object = -5000, side: str = "BUY", quantity: object = "0.01") -> dict[str, object]:
    """An order that goes first, so far from the last price."""
    return {
        "workingType": "LIMIT",
        "workingTimeInForce": "GTC",
        "workingSide": side,
        "workingPrice": last(desk) + Decimal(str(at)),
        "workingQuantity": quantity,
    }


def status(desk: Desk, order_id: int) -> tuple[str, str | None]:
    """How an order stands, and why it expired."""
    row = desk.ask("GET", "order", **BTC, orderId=order_id).json
    return row["status"], row.get("expiryReason")


def only_list(desk: Desk) -> dict[str, Any]:
    """The only list there is."""
    (found,) = desk.ask("GET", "allOrderList").json
    assert isinstance(found, dict)
    return found


def list_status(desk: Desk) -> tuple[str, str]:
    """How the only list stands."""
    found = only_list(desk)
    return found["listStatusType"], found["listOrderStatus"]


def take_offers(desk: Desk, beyond: object, *, mode: str = "NONE") -> Reply:
    """Buy everything at the best ask, and so much of what stands behind it, own orders included."""
    best = desk.get("depth", **BTC, limit=1).json["asks"][0]
    wanted = Decimal(best[1]) + Decimal(str(beyond))
    return desk.order("BTCUSDT", "BUY", "MARKET", quantity=wanted, selfTradePreventionMode=mode)


def _named(prefix: str, place: str) -> str:
    return f"{prefix}{place.capitalize()}" if prefix else place


class Ears:
    """Hears everything, and writes down what concerns orders, lists and balances."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def order_changed(
        self,
        order: Order,
        execution_type: ExecutionType,
        now_ms: int,
        *,
        fill: Fill | None = None,
        prevented: PreventedMatch | None = None,
        request_id: str = "",
    ) -> None:
        """Note who, what, and how it stands now."""
        self.heard.append(" ".join(filter(None, [str(order.order_id), execution_type, order.status, request_id])))

    def list_changed(self, order_list: OrderList, now_ms: int) -> None:
        """Note how it stands."""
        self.heard.append(f"list {order_list.status_type} {order_list.order_status}")

    def balances_changed(self, account: Account, assets: Collection[str], now_ms: int) -> None:
        """Note which."""
        self.heard.append("balances " + " ".join(assets))

    def deposited(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Not of lists."""

    def externally_locked(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Not of lists."""
