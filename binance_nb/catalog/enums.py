"""The exchange's enums: every value a request may carry or a reply may show.

A reply may bring a value that is not listed here; decoders keep it as it came.
Source: enums.md of the Spot documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ENUMS", "Enum", "interval_ms"]


@dataclass(frozen=True)
class Enum:
    """One list of values.

    Attributes:
        values: The values, in the documentation's order.
        meaning: What a value means, where its name does not say it.
        milliseconds: Length of a value that is a span of time; None for a span without a fixed length.
        groups: Named subsets, such as the order statuses that are final.
        default: What the exchange assumes.
    """

    values: tuple[str | int, ...]
    meaning: Mapping[str, str] = field(default_factory=dict)
    milliseconds: Mapping[str, int | None] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default: str | None = None


_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000

_KLINE_INTERVALS: dict[str, int | None] = {
    "1s": _SECOND,
    "1m": _MINUTE,
    "3m": 3 * _MINUTE,
    "5m": 5 * _MINUTE,
    "15m": 15 * _MINUTE,
    "30m": 30 * _MINUTE,
    "1h": _HOUR,
    "2h": 2 * _HOUR,
    "4h": 4 * _HOUR,
    "6h": 6 * _HOUR,
    "8h": 8 * _HOUR,
    "12h": 12 * _HOUR,
    "1d": _DAY,
    "3d": 3 * _DAY,
    "1w": 7 * _DAY,
    "1M": None,
}

_ROLLING_WINDOWS = (
    *(f"{minutes}m" for minutes in range(1, 60)),
    *(f"{hours}h" for hours in range(1, 24)),
    *(f"{days}d" for days in range(1, 8)),
)

_ORDER_TYPES = ("LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER")

ENUMS: Mapping[str, Enum] = {
    # Symbols and permissions
    "symbol_status": Enum(
        ("TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"),
        meaning={
            "TRADING": "takes orders",
            "HALT": "no trading, prices still published",
            "BREAK": "no trading and no prices",
            "CANCEL_ONLY": "orders can only be cancelled or amended; candles stand still",
        },
    ),
    "symbol_status_query": Enum(("TRADING", "HALT", "BREAK")),
    "permission": Enum(
        ("SPOT", "MARGIN", "LEVERAGED", *(f"TRD_GRP_{number:03}" for number in range(2, 26))),
        groups={"default_filter": ("SPOT", "MARGIN", "LEVERAGED")},
    ),
    # Orders
    "order_side": Enum(("BUY", "SELL")),
    "order_type": Enum(
        _ORDER_TYPES,
        meaning={
            "LIMIT": "this price or better",
            "MARKET": "the best that the book offers now",
            "STOP_LOSS": "a market order once the stop price is reached",
            "STOP_LOSS_LIMIT": "a limit order once the stop price is reached",
            "TAKE_PROFIT": "a market order once the target is reached",
            "TAKE_PROFIT_LIMIT": "a limit order once the target is reached",
            "LIMIT_MAKER": "rests in the book or is refused",
        },
        groups={
            "algo": ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"),
            "peggable": ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"),
        },
    ),
    "time_in_force": Enum(
        ("GTC", "IOC", "FOK"),
        meaning={
            "GTC": "stays until cancelled",
            "IOC": "fills what it can at once, the rest expires",
            "FOK": "fills whole at once, or expires",
        },
    ),
    "order_response_type": Enum(
        ("ACK", "RESULT", "FULL"),
        meaning={"ACK": "ids and time", "RESULT": "the order's state", "FULL": "the order's state and its fills"},
    ),
    "order_status": Enum(
        (
            "NEW",
            "PENDING_NEW",
            "PARTIALLY_FILLED",
            "FILLED",
            "CANCELED",
            "PENDING_CANCEL",
            "REJECTED",
            "EXPIRED",
            "EXPIRED_IN_MATCH",
        ),
        meaning={
            "NEW": "in the book",
            "PENDING_NEW": "waits until its working order is filled",
            "PARTIALLY_FILLED": "part of it has traded",
            "FILLED": "all of it has traded",
            "CANCELED": "taken back by its owner",
            "PENDING_CANCEL": "not used at present",
            "REJECTED": "not accepted by the engine",
            "EXPIRED": "ended by its own rules or by the exchange",
            "EXPIRED_IN_MATCH": "ended because it would have met the same owner's order",
        },
        groups={
            "open": ("NEW", "PENDING_NEW", "PARTIALLY_FILLED"),
            "final": ("FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"),
            "unused": ("PENDING_CANCEL",),
        },
    ),
    "stp_mode": Enum(("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER")),
    "working_floor": Enum(("EXCHANGE", "SOR")),
    "allocation_type": Enum(("SOR",)),
    "match_type": Enum(("ONE_PARTY_TRADE_REPORT",)),
    "peg_price_type": Enum(
        ("PRIMARY_PEG", "MARKET_PEG"),
        meaning={
            "PRIMARY_PEG": "follows the best price of its own side",
            "MARKET_PEG": "follows the other side's best",
        },
    ),
    "peg_offset_type": Enum(("PRICE_LEVEL",)),
    "cancel_restrictions": Enum(
        ("ONLY_NEW", "ONLY_PARTIALLY_FILLED"),
        meaning={"ONLY_NEW": "cancel only if nothing has traded", "ONLY_PARTIALLY_FILLED": "cancel only if some has"},
    ),
    "cancel_replace_mode": Enum(
        ("STOP_ON_FAILURE", "ALLOW_FAILURE"),
        meaning={
            "STOP_ON_FAILURE": "without a cancel there is no new order",
            "ALLOW_FAILURE": "the new order is tried either way",
        },
    ),
    "order_rate_limit_exceeded_mode": Enum(
        ("DO_NOTHING", "CANCEL_ONLY"),
        meaning={
            "DO_NOTHING": "past the order limit neither half runs",
            "CANCEL_ONLY": "past the order limit only the cancel runs",
        },
        default="DO_NOTHING",
    ),
    "cancel_replace_result": Enum(("SUCCESS", "FAILURE", "NOT_ATTEMPTED")),
    "expiry_reason": Enum(
        (
            "NONE",
            "REJECTED",
            "EXCHANGE_CANCELED",
            "OCO_TRIGGER",
            "OTO_PHASE_ONE_EXPIRED",
            "UNFILLED_IOC_QUANTITY_EXPIRED",
            "UNFILLED_FOK_ORDER_EXPIRED",
            "INSUFFICIENT_LIQUIDITY",
            "EXECUTION_RULE_PRICE_RANGE_EXCEEDED",
        )
    ),
    "order_reject_reason": Enum(
        (
            "NONE",
            "INSUFFICIENT_BALANCES",
            "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY",
            "WOULD_MATCH_IMMEDIATELY",
            "OCO_BAD_PRICES",
        )
    ),
    "execution_type": Enum(("NEW", "CANCELED", "REPLACED", "REJECTED", "TRADE", "EXPIRED", "TRADE_PREVENTION")),
    # Order lists
    "contingency_type": Enum(("OCO", "OTO")),
    "list_status_type": Enum(("RESPONSE", "EXEC_STARTED", "UPDATED", "ALL_DONE")),
    "list_order_status": Enum(("EXECUTING", "ALL_DONE", "REJECT")),
    # Market data
    "kline_interval": Enum(tuple(_KLINE_INTERVALS), milliseconds=_KLINE_INTERVALS),
    "rolling_window_size": Enum(_ROLLING_WINDOWS, default="1d"),
    "stream_window_size": Enum(("1h", "4h", "1d")),
    "ticker_type": Enum(
        ("FULL", "MINI"), meaning={"FULL": "all statistics", "MINI": "without averages, changes and quotes"}
    ),
    "partial_depth_levels": Enum(("5", "10", "20")),
    "depth_update_speed": Enum(("1000ms", "100ms"), default="1000ms"),
    "execution_rule_type": Enum(("PRICE_RANGE",)),
    "reference_price_calculation_type": Enum(("ARITHMETIC_MEAN", "EXTERNAL")),
    "external_calculation_id": Enum(
        (0, 1, 2, 3),
        meaning={
            "0": "entered by hand",
            "1": "mean of four outside sources",
            "2": "index price of the USD-M futures",
            "3": "mean of the spot mid price over five minutes",
        },
    ),
    # Limits, security and the wire
    "rate_limit_type": Enum(("REQUEST_WEIGHT", "ORDERS", "RAW_REQUESTS")),
    "rate_limit_interval": Enum(
        ("SECOND", "MINUTE", "DAY"),
        milliseconds={"SECOND": _SECOND, "MINUTE": _MINUTE, "HOUR": _HOUR, "DAY": _DAY},
    ),
    "security_type": Enum(
        ("NONE", "TRADE", "USER_DATA", "USER_STREAM"), groups={"signed": ("TRADE", "USER_DATA", "USER_STREAM")}
    ),
    "api_key_type": Enum(("ED25519", "HMAC", "RSA"), groups={"deprecated": ("HMAC",)}),
    "time_unit": Enum(("MILLISECOND", "MICROSECOND"), default="MILLISECOND"),
    "filter_scope": Enum(("symbol", "exchange", "asset")),
    "stream_method": Enum(("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")),
    "user_data_event": Enum(
        (
            "outboundAccountPosition",
            "balanceUpdate",
            "executionReport",
            "listStatus",
            "eventStreamTerminated",
            "externalLockUpdate",
        )
    ),
}


def interval_ms(interval: str) -> int | None:
    """Return the length of a kline interval.

    Args:
        interval: An interval such as ``1h``; ``1m`` is a minute and ``1M`` a month.

    Returns:
        Length in milliseconds, or None for ``1M``, whose length varies.

    Raises:
        KeyError: The interval does not exist.
    """
    return _KLINE_INTERVALS[interval]
