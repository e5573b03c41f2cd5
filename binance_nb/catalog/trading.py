"""Trading endpoints for single orders: place, test, cancel, replace, amend."""

from __future__ import annotations

from binance_nb.catalog import tables
from binance_nb.catalog.endpoint import Endpoint, Needs, Outcome, RequiredBy, Security
from binance_nb.catalog.orders import (
    ALGO_TYPES,
    NEEDS_BY_TYPE,
    PEGGABLE_TYPES,
    SELF_TRADE,
    iceberg,
    pegs,
    response_type,
    side,
    strategy,
    time_in_force,
)
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.catalog.shared import SIGNED, SYMBOL, an_id, decimal, enum, text
from binance_nb.catalog.weights import Fixed, IfSent

__all__ = ["TRADING"]

_ENGINE = ("Matching Engine",)
_TYPE = enum(
    "type",
    "order_type",
    "kind of order",
    *("LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER"),
    required=True,
)
_QUANTITY = decimal("quantity", "how much of the base asset")
_PRICE = decimal("price", "limit price, in the quote asset")
_CLIENT_ID = text("newClientOrderId", "your own id for the order, unique among open orders")
_ORDER_ID = an_id("orderId", "the exchange's order id")
_ORIGINAL_ID = text("origClientOrderId", "the client order id given when it was placed")
_CANCEL_RESTRICTIONS = enum(
    "cancelRestrictions",
    "cancel_restrictions",
    "cancel only in this state",
    "ONLY_NEW",
    "ONLY_PARTIALLY_FILLED",
)
_COMPUTE_RATES = Parameter(
    "computeCommissionRates", Kind.BOOLEAN, "whether to answer with the commission rates", default=False
)
_QUOTE_QUANTITY = decimal(
    "quoteOrderQty", "how much of the quote asset a market order spends or earns", only_with={"type": ("MARKET",)}
)
_DESCRIBE = (
    *strategy(),
    decimal("stopPrice", "price that sets the order off", only_with={"type": ALGO_TYPES}),
    an_id(
        "trailingDelta",
        "distance at which the stop follows the price, in basis points",
        unit="basis_points",
        only_with={"type": ALGO_TYPES},
    ),
    iceberg(
        needs="timeInForce",
        unless="type",
        only_with={"type": ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")},
    ),
    response_type(default_by={"type": {"MARKET": "FULL", "LIMIT": "FULL", "*": "ACK"}}),
    SELF_TRADE,
)
_PEGS = pegs("", "type", PEGGABLE_TYPES, value_first=True)
_ORDER = (
    SYMBOL,
    side("side"),
    _TYPE,
    time_in_force(),
    _QUANTITY,
    _QUOTE_QUANTITY,
    _PRICE,
    _CLIENT_ID,
    *_DESCRIBE,
    *_PEGS,
    *SIGNED,
)
_ORDER_NEEDS = RequiredBy("type", NEEDS_BY_TYPE, waived={"price": ("pegPriceType",)})

_SOR_ORDER = (
    SYMBOL,
    side("side"),
    enum("type", "order_type", "kind of order", "LIMIT", "MARKET", required=True),
    time_in_force(),
    _QUANTITY.but(required=True),
    _PRICE,
    _CLIENT_ID,
    *strategy(),
    decimal("icebergQty", "how much of the quantity the book shows", only_with={"type": ("LIMIT",)}),
    response_type(default="FULL"),
    SELF_TRADE,
    *SIGNED,
)
_SOR_NEEDS = RequiredBy(
    "type",
    {
        "LIMIT": Needs(all=("timeInForce", "price"), inferred=("timeInForce", "price")),
        "MARKET": Needs(),
    },
)

_STOP, _ALLOW = "STOP_ON_FAILURE", "ALLOW_FAILURE"
_NOTHING, _CANCEL = "DO_NOTHING", "CANCEL_ONLY"
_OK, _FAILED, _SKIPPED = "SUCCESS", "FAILURE", "NOT_ATTEMPTED"

# One row a line, as in the documentation's table; None where it says "N/A".
_OUTCOMES = tuple(
    Outcome(*row)
    for row in (
        (_STOP, _NOTHING, True, _OK, _OK, 200),
        (_STOP, _NOTHING, True, _FAILED, _SKIPPED, 400),
        (_STOP, _NOTHING, True, _OK, _FAILED, 409),
        (_STOP, _NOTHING, False, _OK, _OK, None),
        (_STOP, _NOTHING, False, _FAILED, _SKIPPED, None),
        (_STOP, _NOTHING, False, _OK, _FAILED, None),
        (_STOP, _CANCEL, True, _OK, _OK, 200),
        (_STOP, _CANCEL, True, _FAILED, _SKIPPED, 400),
        (_STOP, _CANCEL, True, _OK, _FAILED, 409),
        (_STOP, _CANCEL, False, _FAILED, _SKIPPED, 429),
        (_STOP, _CANCEL, False, _OK, _FAILED, 429),
        (_ALLOW, _NOTHING, True, _OK, _OK, 200),
        (_ALLOW, _NOTHING, True, _FAILED, _FAILED, 400),
        (_ALLOW, _NOTHING, True, _FAILED, _OK, 409),
        (_ALLOW, _NOTHING, True, _OK, _FAILED, 409),
        (_ALLOW, _NOTHING, False, _OK, _OK, None),
        (_ALLOW, _NOTHING, False, _FAILED, _FAILED, None),
        (_ALLOW, _NOTHING, False, _FAILED, _OK, None),
        (_ALLOW, _NOTHING, False, _OK, _FAILED, None),
        (_ALLOW, _CANCEL, True, _OK, _OK, 200),
        (_ALLOW, _CANCEL, True, _FAILED, _FAILED, 400),
        (_ALLOW, _CANCEL, True, _FAILED, _OK, 409),
        (_ALLOW, _CANCEL, True, _OK, _FAILED, 409),
        (_ALLOW, _CANCEL, False, _OK, _OK, None),
        (_ALLOW, _CANCEL, False, _FAILED, _FAILED, 400),
        (_ALLOW, _CANCEL, False, _FAILED, _OK, None),
        (_ALLOW, _CANCEL, False, _OK, _FAILED, 409),
    )
)

TRADING = (
    Endpoint(
        name="new_order",
        title="New order",
        about="Places an order.",
        method="POST",
        path="/api/v3/order",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.PLACED,
        sources=_ENGINE,
        parameters=_ORDER,
        required_by=(_ORDER_NEEDS,),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=1,
        open_orders=1,
        ws_method="order.place",
        notes=(
            "A client order id can be used again once its order has filled.",
            "MARKET and LIMIT answer FULL unless told otherwise, the rest ACK.",
            "stopPrice and trailingDelta may go together.",
            "LIMIT_MAKER takes only PRIMARY_PEG, and a LIMIT with PRIMARY_PEG only GTC.",
        ),
    ),
    Endpoint(
        name="test_order",
        title="Test new order",
        about="Checks an order without placing it.",
        method="POST",
        path="/api/v3/order/test",
        group="trading",
        security=Security.TRADE,
        weight=IfSent(1, "computeCommissionRates", 20),
        rows=tables.TEST_ORDER,
        parameters=(*_ORDER, _COMPUTE_RATES),
        required_by=(_ORDER_NEEDS,),
        ws_method="order.test",
        notes=("Nothing reaches the matching engine.",),
    ),
    Endpoint(
        name="cancel_order",
        title="Cancel order",
        about="Takes an open order back.",
        method="DELETE",
        path="/api/v3/order",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.CANCELLED,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            _ORDER_ID,
            _ORIGINAL_ID,
            text("newClientOrderId", "your own id for the cancel"),
            _CANCEL_RESTRICTIONS,
            *SIGNED,
        ),
        one_of=(("orderId", "origClientOrderId"),),
        changes_state=True,
        is_free_on_success=True,
        ws_method="order.cancel",
        notes=("Given both ids, both must be of the same order.", "orderId alone is the quickest."),
        example_after="new_order",
    ),
    Endpoint(
        name="cancel_open_orders",
        title="Cancel All Open Orders on a Symbol",
        about="Takes every open order of a symbol back.",
        method="DELETE",
        path="/api/v3/openOrders",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.CANCELLED,
        answers="array",
        sources=_ENGINE,
        parameters=(SYMBOL, *SIGNED),
        changes_state=True,
        is_free_on_success=True,
        ws_method="openOrders.cancelAll",
        notes=("Order lists are cancelled too; the answer mixes both kinds.",),
        example_after="new_order",
    ),
    Endpoint(
        name="cancel_replace",
        title="Cancel an Existing Order and Send a New Order",
        about="Takes an order back and places another.",
        method="POST",
        path="/api/v3/order/cancelReplace",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.REPLACED,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            side("side"),
            _TYPE,
            enum(
                "cancelReplaceMode",
                "cancel_replace_mode",
                "whether the new order waits for the cancel to work",
                *(_STOP, _ALLOW),
                required=True,
            ),
            time_in_force(),
            _QUANTITY,
            _QUOTE_QUANTITY,
            _PRICE,
            text("cancelNewClientOrderId", "your own id for the cancel"),
            text("cancelOrigClientOrderId", "client order id of the order to take back"),
            an_id("cancelOrderId", "the exchange's id of the order to take back"),
            _CLIENT_ID,
            *_DESCRIBE,
            _CANCEL_RESTRICTIONS,
            enum(
                "orderRateLimitExceededMode",
                "order_rate_limit_exceeded_mode",
                "what to do past the order limit",
                *(_NOTHING, _CANCEL),
                default=_NOTHING,
            ),
            *_PEGS,
            *SIGNED,
        ),
        one_of=(("cancelOrderId", "cancelOrigClientOrderId"),),
        required_by=(_ORDER_NEEDS,),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=1,
        outcomes=_OUTCOMES,
        ws_method="order.cancelReplace",
        notes=(
            "Filters and the order limit are checked before either half runs.",
            "A new order that was not attempted still counts as unfilled.",
            "Taking back one leg of a list takes back the whole list.",
            "On failure both halves come in the error's data.",
        ),
        example_after="new_order",
    ),
    Endpoint(
        name="amend_keep_priority",
        title="Order Amend Keep Priority",
        about="Lowers an order's quantity without losing its place in the book.",
        method="PUT",
        path="/api/v3/order/amend/keepPriority",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(4),
        rows=tables.AMENDMENT,
        sources=_ENGINE,
        parameters=(
            SYMBOL,
            _ORDER_ID,
            _ORIGINAL_ID,
            _CLIENT_ID.but(about="your own new id for the order"),
            decimal("newQty", "the new quantity, lower than the present one", required=True, above=0),
            *SIGNED,
        ),
        one_of=(("orderId", "origClientOrderId"),),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=0,
        open_orders=0,
        ws_method="order.amend.keepPriority",
        notes=(
            "Costs nothing only when the change makes the order expire.",
            "The legs of an OCO share one quantity: both change.",
        ),
        example={"newQty": "0.0005"},
        example_after="new_order",
    ),
    Endpoint(
        name="sor_order",
        title="New order using SOR",
        about="Places an order through smart order routing.",
        method="POST",
        path="/api/v3/sor/order",
        group="trading",
        security=Security.TRADE,
        weight=Fixed(1),
        rows=tables.ROUTED,
        sources=_ENGINE,
        parameters=_SOR_ORDER,
        required_by=(_SOR_NEEDS,),
        changes_state=True,
        is_free_on_success=True,
        unfilled_orders=1,
        open_orders=1,
        ws_method="sor.order.place",
        notes=("Only LIMIT and MARKET; neither quoteOrderQty nor pegs.",),
    ),
    Endpoint(
        name="test_sor_order",
        title="Test new order using SOR",
        about="Checks an order for smart order routing without placing it.",
        method="POST",
        path="/api/v3/sor/order/test",
        group="trading",
        security=Security.TRADE,
        weight=IfSent(1, "computeCommissionRates", 20),
        rows=tables.TEST_ROUTED,
        parameters=(*_SOR_ORDER, _COMPUTE_RATES),
        required_by=(_SOR_NEEDS,),
        ws_method="sor.order.test",
        notes=("Nothing reaches the matching engine.",),
    ),
)
