"""Parameters that describe one order, shared by the trading endpoints and by the legs of order lists."""

from __future__ import annotations

from binance_nb.catalog.endpoint import Needs, RequiredBy
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.catalog.shared import an_id, decimal, enum, text

__all__ = [
    "ALGO_TYPES",
    "NEEDS_BY_TYPE",
    "PEGGABLE_TYPES",
    "SELF_TRADE",
    "TIMES_IN_FORCE",
    "iceberg",
    "leg_id",
    "pegs",
    "requirements",
    "response_type",
    "side",
    "strategy",
    "time_in_force",
]

ALGO_TYPES = ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
PEGGABLE_TYPES = ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
TIMES_IN_FORCE = ("GTC", "IOC", "FOK")

SELF_TRADE = enum(
    "selfTradePreventionMode",
    "stp_mode",
    "what happens when the order would meet one of your own",
    *("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"),
)


def _named(prefix: str, name: str) -> str:
    return f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name


def side(name: str, *only: str) -> Parameter:
    """Return the side of an order.

    Args:
        name: The exchange's spelling.
        *only: The sides allowed; both when none is given.

    Returns:
        The parameter.
    """
    return enum(name, "order_side", "which way: BUY or SELL", *(only or ("BUY", "SELL")), required=True)


def time_in_force(prefix: str = "", *order: str) -> Parameter:
    """Return how long an order stays; see `side`."""
    about = "how long the order stays"
    return enum(_named(prefix, "timeInForce"), "time_in_force", about, *(order or TIMES_IN_FORCE))


def response_type(**more: object) -> Parameter:
    """Return how much of the order the answer tells; see `side`."""
    choices = ("ACK", "RESULT", "FULL")
    return enum("newOrderRespType", "order_response_type", "how much the answer tells", *choices, **more)


def strategy(prefix: str = "") -> tuple[Parameter, Parameter]:
    """Return the two numbers with which a strategy marks its orders.

    Args:
        prefix: Leg of an order list, such as ``above``.

    Returns:
        ``strategyId`` and ``strategyType``.
    """
    return (
        an_id(_named(prefix, "strategyId"), "your own number for the strategy"),
        Parameter(_named(prefix, "strategyType"), Kind.INT, "your own kind of strategy", minimum=1_000_000),
    )


def iceberg(prefix: str = "", *, needs: str, unless: str | None = None, **more: object) -> Parameter:
    """Return the visible part of an iceberg order.

    Args:
        prefix: Leg of an order list.
        needs: The parameter that must be GTC beside it.
        unless: The type parameter that waives this for LIMIT_MAKER.
        **more: Further attributes.

    Returns:
        The parameter.
    """
    return decimal(
        _named(prefix, "icebergQty"),
        "how much of the quantity the book shows",
        needs_value={needs: ("GTC",)},
        needs_value_unless={unless: ("LIMIT_MAKER",)} if unless else {},
        **more,
    )


def pegs(prefix: str, decider: str, types: tuple[str, ...], *, value_first: bool = False) -> tuple[Parameter, ...]:
    """Return the three parameters of a pegged order.

    Args:
        prefix: Leg of an order list, or empty.
        decider: The type parameter.
        types: The types that can be pegged.
        value_first: Whether the documentation lists the offset's value before its type.

    Returns:
        The parameters in the documentation's order.
    """
    price, kind, value = (_named(prefix, name) for name in ("pegPriceType", "pegOffsetType", "pegOffsetValue"))
    only = {decider: types}
    offset_type = enum(
        kind,
        "peg_offset_type",
        "what the offset counts",
        "PRICE_LEVEL",
        requires=(value,),
        requires_inferred=(price,),
        only_with=only,
    )
    offset_value = Parameter(
        value,
        Kind.INT,
        "how many price levels away",
        maximum=100,
        requires=(kind,),
        requires_inferred=(price,),
        only_with=only,
    )
    offsets = (offset_value, offset_type) if value_first else (offset_type, offset_value)
    return (
        enum(price, "peg_price_type", "which best price it follows", "PRIMARY_PEG", "MARKET_PEG", only_with=only),
        *offsets,
    )


_STOP = ("stopPrice", "trailingDelta")
NEEDS_BY_TYPE = {
    "LIMIT": Needs(all=("timeInForce", "quantity", "price")),
    "MARKET": Needs(any=(("quantity", "quoteOrderQty"),)),
    "STOP_LOSS": Needs(all=("quantity",), any=(_STOP,)),
    "STOP_LOSS_LIMIT": Needs(all=("timeInForce", "quantity", "price"), any=(_STOP,)),
    "TAKE_PROFIT": Needs(all=("quantity",), any=(_STOP,)),
    "TAKE_PROFIT_LIMIT": Needs(all=("timeInForce", "quantity", "price"), any=(_STOP,)),
    "LIMIT_MAKER": Needs(all=("quantity", "price")),
}


def requirements(prefix: str, types: tuple[str, ...], *, implied: str = "") -> RequiredBy:
    """Return what each type of a list's leg makes mandatory.

    Args:
        prefix: The leg, such as ``pendingAbove``.
        types: Its possible types.
        implied: Types whose needs the documentation leaves to be inferred, separated by spaces, or ``price`` for the
            prices alone.

    Returns:
        The rule.
    """
    price, tif = _named(prefix, "price"), _named(prefix, "timeInForce")
    stop = tuple(_named(prefix, name) for name in _STOP)

    def needs(kind: str) -> Needs:
        always = ((price,) if kind in PEGGABLE_TYPES else ()) + ((tif,) if kind.endswith("LIMIT") else ())
        some = (stop,) if kind in ALGO_TYPES else ()
        if implied == "price":
            inferred: tuple[str, ...] = (price,) if price in always else ()
        else:
            inferred = always + (stop if some else ()) if kind in implied.split() else ()
        return Needs(all=always, any=some, inferred=inferred)

    return RequiredBy(
        _named(prefix, "type"),
        {kind: needs(kind) for kind in types},
        waived={price: (_named(prefix, "pegPriceType"),)},
    )


def leg_id(prefix: str) -> Parameter:
    """Return the client order id of a leg; see `side`."""
    return text(_named(prefix, "clientOrderId"), "your own id for this leg")
