"""Order lists: several orders of which one ends or starts the others."""

from __future__ import annotations

from binance_nb.catalog import tables
from binance_nb.catalog.endpoint import Endpoint, Needs, PriceRule, RequiredBy, Security
from binance_nb.catalog.orders import (
    ALGO_TYPES,
    SELF_TRADE,
    iceberg,
    leg_id,
    pegs,
    requirements,
    response_type,
    side,
    strategy,
    time_in_force,
)
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.catalog.shared import SIGNED, SYMBOL, an_id, decimal, enum, text
from binance_nb.catalog.weights import Fixed

__all__ = ["ORDER_LISTS"]

_ABOVE_TYPES = ("STOP_LOSS_LIMIT", "STOP_LOSS", "LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
_BELOW_TYPES = ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER")
_WORKING_TYPES = ("LIMIT", "LIMIT_MAKER")
_PENDING_TYPES = ("LIMIT", "MARKET", *ALGO_TYPES, "LIMIT_MAKER")
_OCO_PEGGABLE = ("LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")

_LIST_ID = text("listClientOrderId", "your own id for the list")
_LIST_HEAD = (SYMBOL, _LIST_ID, response_type(), SELF_TRADE)
_STOP_TYPES = ("STOP_LOSS", "STOP_LOSS_LIMIT")


def _type(name: str, types: tuple[str, ...], about: str, *, required: bool = True) -> Parameter:
    return enum(name, "order_type", about, *types, required=required)


def _prices(prefix: str, only: bool) -> tuple[Parameter, Parameter]:
    decider = f"{prefix}Type"
    return (
        decimal(
            f"{prefix}Price",
            "limit price of this leg",
            only_with={decider: ("STOP_LOSS_LIMIT", "LIMIT_MAKER", "TAKE_PROFIT_LIMIT")} if only else {},
        ),
        decimal(f"{prefix}StopPrice", "price that sets this leg off", only_with={decider: ALGO_TYPES} if only else {}),
    )


def _trailing(prefix: str, kind: Kind) -> Parameter:
    about = "distance at which the stop follows the price, in basis points"
    return Parameter(f"{prefix}TrailingDelta", kind, about, unit="basis_points")


def _oco_leg(prefix: str, types: tuple[str, ...]) -> tuple[Parameter, ...]:
    return (
        _type(f"{prefix}Type", types, f"kind of the {prefix} order"),
        leg_id(prefix),
        iceberg(prefix, needs=f"{prefix}TimeInForce", kind=Kind.LONG),
        *_prices(prefix, only=True),
        _trailing(prefix, Kind.LONG),
        time_in_force(prefix),
        *strategy(prefix),
        *pegs(prefix, f"{prefix}Type", _OCO_PEGGABLE),
    )


def _working(*sides: str) -> tuple[Parameter, ...]:
    return (
        _type("workingType", _WORKING_TYPES, "kind of the order that goes first"),
        side("workingSide", *sides),
        leg_id("working"),
        decimal("workingPrice", "its limit price", required=True),
        decimal("workingQuantity", "its quantity, in the base asset", required=True),
        iceberg("working", needs="workingTimeInForce", unless="workingType"),
        time_in_force("working"),
        *strategy("working"),
        *pegs("working", "workingType", _WORKING_TYPES),
    )


_PENDING_QUANTITY = decimal("pendingQuantity", "quantity of what follows, in the base asset", required=True)


def _pending(*sides: str, with_quantity: bool = True) -> tuple[Parameter, ...]:
    return (
        _type("pendingType", _PENDING_TYPES, "kind of the order that follows"),
        side("pendingSide", *sides),
        leg_id("pending"),
        *_prices("pending", only=False),
        _trailing("pending", Kind.DECIMAL),
        *((_PENDING_QUANTITY,) if with_quantity else ()),
        iceberg("pending", needs="pendingTimeInForce", unless="pendingType"),
        time_in_force("pending"),
        *strategy("pending"),
        *pegs("pending", "pendingType", ("LIMIT", *_OCO_PEGGABLE)),
    )


def _pending_leg(prefix: str, types: tuple[str, ...], *, required: bool) -> tuple[Parameter, ...]:
    return (
        _type(f"{prefix}Type", types, "kind of this leg", required=required),
        leg_id(prefix),
        *_prices(prefix, only=True),
        _trailing(prefix, Kind.DECIMAL),
        iceberg(prefix, needs=f"{prefix}TimeInForce", unless=f"{prefix}Type"),
        time_in_force(prefix),
        *strategy(prefix),
        *pegs(prefix, f"{prefix}Type", _OCO_PEGGABLE),
    )


_PENDING_PAIR = (
    *_pending_leg("pendingAbove", _ABOVE_TYPES, required=True),
    *_pending_leg("pendingBelow", _BELOW_TYPES, required=False),
)


def _working_needs(*, inferred: bool = False) -> RequiredBy:
    tif = ("workingTimeInForce",)
    return RequiredBy(
        "workingType", {"LIMIT": Needs(all=tif, inferred=tif if inferred else ()), "LIMIT_MAKER": Needs()}
    )


def _pair_needs(implied: str = "") -> tuple[RequiredBy, RequiredBy]:
    return (
        requirements("pendingAbove", _ABOVE_TYPES, implied=implied),
        requirements("pendingBelow", _BELOW_TYPES, implied=implied),
    )


_ALL = " ".join(_PENDING_TYPES)
_LIMITS, _TAKES = ("LIMIT_MAKER", "TAKE_PROFIT_LIMIT"), ("TAKE_PROFIT",)
_SELL_PRICES = (
    PriceRule("SELL", "above.price > last > below.stopPrice", above=_LIMITS, below=_STOP_TYPES),
    PriceRule("SELL", "above.stopPrice > last > below.stopPrice", above=_TAKES, below=_STOP_TYPES),
)
_BUY_PRICES = (
    PriceRule("BUY", "below.price < last < above.stopPrice", above=_STOP_TYPES, below=_LIMITS),
    PriceRule("BUY", "below.stopPrice < last < above.stopPrice", above=_STOP_TYPES, below=_TAKES),
)
_ONE_OTO = "The answer calls the list OTO."
_OPO_SIDES = "The working order must BUY (-1222) and what follows SELL (-1223)."
_OPO_QUANTITY = "What follows gets the quantity that the working order received."
_ENGINE = ("Matching Engine",)

# Buy below the market, then sell above it; or above it and, to be safe, far below.
_EXAMPLE_RESALE = {"pendingSide": "SELL", "pendingPrice": "72000"}
_EXAMPLE_BRACKET = {"pendingSide": "SELL", "pendingAboveType": "LIMIT_MAKER", "pendingBelowType": "STOP_LOSS"}

ORDER_LISTS = (
    Endpoint(
        name="new_oco",
        title="New OCO",
        about="Places an OCO pair the old way.",
        method="POST",
        path="/api/v3/order/oco",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            _LIST_ID,
            side("side"),
            decimal("quantity", "quantity of both legs, in the base asset", required=True),
            leg_id("limit"),
            decimal("price", "limit price of the limit leg", required=True),
            *strategy("limit"),
            decimal("limitIcebergQty", "how much of the limit leg the book shows"),
            _trailing("", Kind.LONG).but(name="trailingDelta"),
            leg_id("stop"),
            decimal("stopPrice", "price that sets the stop leg off", required=True),
            *strategy("stop"),
            decimal("stopLimitPrice", "limit price of the stop leg", requires=("stopLimitTimeInForce",)),
            iceberg("stop", needs="stopLimitTimeInForce", requires_inferred=("stopLimitPrice",)),
            enum(
                "stopLimitTimeInForce",
                "time_in_force",
                "how long the stop leg stays",
                *("GTC", "FOK", "IOC"),
            ),
            response_type(),
            SELF_TRADE,
            *SIGNED,
        ),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=2,
        open_orders=2,
        price_rules=(PriceRule("SELL", "price > last > stopPrice"), PriceRule("BUY", "price < last < stopPrice")),
        ws_method="orderList.place",
        replaced_by="order_list_oco",
        notes=("Both legs share one quantity; their visible parts may differ.",),
        example={"side": "SELL", "price": "72000", "stopPrice": "53000"},
    ),
    Endpoint(
        name="order_list_oco",
        title="New Order list - OCO",
        about="Places two orders of which one ends the other.",
        method="POST",
        path="/api/v3/orderList/oco",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            _LIST_ID,
            side("side"),
            decimal("quantity", "quantity of both legs, in the base asset", required=True),
            *_oco_leg("above", _ABOVE_TYPES),
            *_oco_leg("below", _BELOW_TYPES),
            response_type(),
            SELF_TRADE,
            *SIGNED,
        ),
        required_by=(
            requirements("above", _ABOVE_TYPES, implied="price"),
            requirements("below", _BELOW_TYPES, implied="price"),
        ),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=2,
        open_orders=2,
        price_rules=(*_SELL_PRICES, *_BUY_PRICES),
        ws_method="orderList.place.oco",
        notes=("One leg is LIMIT_MAKER, TAKE_PROFIT or TAKE_PROFIT_LIMIT, the other STOP_LOSS or STOP_LOSS_LIMIT.",),
        example={"side": "SELL", "aboveType": "LIMIT_MAKER", "belowType": "STOP_LOSS"},
    ),
    Endpoint(
        name="order_list_oto",
        title="New Order list - OTO",
        about="Places an order that starts another once it has filled.",
        method="POST",
        path="/api/v3/orderList/oto",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=_ENGINE,
        parameters=(*_LIST_HEAD, *_working(), *_pending(), *SIGNED),
        required_by=(_working_needs(), requirements("pending", _PENDING_TYPES, implied="LIMIT_MAKER")),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=2,
        open_orders=2,
        ws_method="orderList.place.oto",
        notes=(
            "What follows starts only when the working order has filled whole.",
            "Even if that happens at once, the answer still says PENDING_NEW: ask again.",
            "A pending MARKET order cannot be sized by quoteOrderQty.",
            "Cancelling either order ends the list.",
        ),
        example=_EXAMPLE_RESALE,
    ),
    Endpoint(
        name="order_list_otoco",
        title="New Order list - OTOCO",
        about="Places an order that starts an OCO pair once it has filled.",
        method="POST",
        path="/api/v3/orderList/otoco",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=_ENGINE,
        parameters=(
            *_LIST_HEAD,
            *_working(),
            side("pendingSide"),
            _PENDING_QUANTITY,
            *_PENDING_PAIR,
            *SIGNED,
        ),
        required_by=(_working_needs(), *_pair_needs()),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=3,
        open_orders=3,
        price_rules=(*_SELL_PRICES, *_BUY_PRICES),
        ws_method="orderList.place.otoco",
        notes=(_ONE_OTO,),
        example=_EXAMPLE_BRACKET,
    ),
    Endpoint(
        name="order_list_opo",
        title="New Order List - OPO",
        about="Places a buy that starts a sell of what it received.",
        method="POST",
        path="/api/v3/orderList/opo",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=_ENGINE,
        parameters=(*_LIST_HEAD, *_working("BUY"), *_pending("SELL", with_quantity=False), *SIGNED),
        required_by=(_working_needs(inferred=True), requirements("pending", _PENDING_TYPES, implied=_ALL)),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=2,
        open_orders=2,
        ws_method="orderList.place.opo",
        notes=(_OPO_QUANTITY, _OPO_SIDES, "Until that is known the answer has no origQty for it.", _ONE_OTO),
        example=_EXAMPLE_RESALE,
    ),
    Endpoint(
        name="order_list_opoco",
        title="New Order List - OPOCO",
        about="Places a buy that starts an OCO pair selling what it received.",
        method="POST",
        path="/api/v3/orderList/opoco",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ORDER_REPORTS,
        sources=(),
        parameters=(*_LIST_HEAD, *_working("BUY"), side("pendingSide", "SELL"), *_PENDING_PAIR, *SIGNED),
        required_by=(_working_needs(inferred=True), *_pair_needs(_ALL)),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=3,
        price_rules=_SELL_PRICES,
        ws_method="orderList.place.opoco",
        notes=(_OPO_QUANTITY, _OPO_SIDES, _ONE_OTO),
        example=_EXAMPLE_BRACKET,
    ),
    Endpoint(
        name="cancel_order_list",
        title="Cancel Order list",
        about="Takes a whole order list back.",
        method="DELETE",
        path="/api/v3/orderList",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.CANCELLED_REPORTS,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            an_id("orderListId", "the exchange's list id"),
            _LIST_ID,
            text("newClientOrderId", "your own id for the cancel"),
            *SIGNED,
        ),
        one_of=(("orderListId", "listClientOrderId"),),
        changes_state=True,
        is_free_on_success=True,
        ws_method="orderList.cancel",
        notes=("Given both ids, both must be of the same list.", "Cancelling any leg elsewhere ends the list too."),
        example_after="order_list_oco",
    ),
)
