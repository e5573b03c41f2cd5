"""Every event of an account, as the WebSocket API sends it: when it comes, and what it holds.

Source: user-data-stream.md of the Spot documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from binance_nb.catalog.payloads import Inner, Payload, fields

__all__ = ["USER_EVENTS", "USER_STREAM_LIMITS", "UserEvent", "UserStreamLimits"]

_EVENT = "e:event_type E:event_time"


@dataclass(frozen=True)
class UserEvent:
    """One kind of event.

    Attributes:
        name: What it says it is.
        about: When it comes.
        payload: What it holds.
        notes: What else is to be known.
    """

    name: str
    about: str
    payload: Payload
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UserStreamLimits:
    """How many subscriptions there may be.

    Attributes:
        active_per_session: At the same time on one connection.
        total_per_session: One after the other on one connection.
        per_account_per_connection: Of one account on one connection.
    """

    active_per_session: int = 1_000
    total_per_session: int = 65_535
    per_account_per_connection: int = 1


USER_STREAM_LIMITS = UserStreamLimits()
"""The exchange's."""

_CONDITIONAL = fields(
    "d:trailing_delta? D:trailing_time- j:strategy_id? J:strategy_type? v:prevented_match_id? A:prevented_quantity? "
    "B:last_prevented_quantity? u:trade_group_id- U:counter_order_id? Cs:counter_symbol? "
    "pl:prevented_execution_quantity? pL:prevented_execution_price? pY:prevented_execution_quote_quantity? "
    "W:working_time- b:match_type? a:allocation_id? k:working_floor? uS:used_sor? gP:peg_price_type? "
    "gOT:peg_offset_type? gOV:peg_offset_value? gp:pegged_price? eR:expiry_reason?"
)

USER_EVENTS: Mapping[str, UserEvent] = {
    event.name: event
    for event in (
        UserEvent(
            "outboundAccountPosition",
            "A balance has changed; every asset that may have changed is listed.",
            Payload(
                fields(f"{_EVENT} u:last_account_update_time"),
                (Inner("B", "balances", fields("a:asset f:free l:locked")),),
            ),
        ),
        UserEvent(
            "balanceUpdate",
            "A deposit, a withdrawal, or a transfer between accounts.",
            Payload(fields(f"{_EVENT} a:asset d:delta T:clear_time")),
        ),
        UserEvent(
            "executionReport",
            "An order has changed.",
            Payload(
                fields(
                    f"{_EVENT} s:symbol c:client_order_id S:side o:order_type f:time_in_force q:quantity p:price "
                    "P:stop_price F:iceberg_quantity g:order_list_id- C:original_client_order_id x:execution_type "
                    "X:order_status r:reject_reason i:order_id l:last_executed_quantity z:cumulative_filled_quantity "
                    "L:last_executed_price n:commission N:commission_asset? T:transaction_time t:trade_id- "
                    "v:prevented_match_id? I:execution_id? w:is_on_book m:is_maker M:unused O:order_creation_time "
                    "Z:cumulative_quote_quantity Y:last_quote_quantity Q:quote_order_quantity W:working_time- "
                    "V:self_trade_prevention_mode"
                ),
                extra=_CONDITIONAL,
            ),
            notes=(
                "original_client_order_id holds the cancelled order's id on cancels, and is empty otherwise.",
                "The average price is cumulative_quote_quantity / cumulative_filled_quantity.",
            ),
        ),
        UserEvent(
            "listStatus",
            "An order list has changed; executionReport comes besides.",
            Payload(
                fields(
                    f"{_EVENT} s:symbol g:order_list_id- c:contingency_type l:list_status_type L:list_order_status "
                    "r:list_reject_reason C:list_client_order_id T:transaction_time"
                ),
                (Inner("O", "orders", fields("s:symbol i:order_id c:client_order_id")),),
            ),
        ),
        UserEvent(
            "eventStreamTerminated",
            "The subscription has ended: logged out, unsubscribed, or its token ran out.",
            Payload(fields(_EVENT)),
        ),
        UserEvent(
            "externalLockUpdate",
            "An outside system has locked or released balance.",
            Payload(fields(f"{_EVENT} a:asset d:delta T:transaction_time")),
        ),
    )
}
"""Every event of an account by its name, in the documentation's order."""
