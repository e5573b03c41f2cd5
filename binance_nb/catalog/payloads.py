"""What the events of streams hold: which short key is which field, and of what kind.

A key has another meaning in every event, so the kinds stand in one table by the readable name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from binance_nb.catalog.replies import Column, ColumnKind

__all__ = ["EVENT_KINDS", "Inner", "Payload", "fields"]

_WORDS: Mapping[ColumnKind, str] = {
    ColumnKind.DECIMAL: """
        price quantity reference_price open high low close base_volume quote_volume taker_buy_base_volume
        taker_buy_quote_volume price_change price_change_percent last_price weighted_avg_price
        first_trade_price_before_window last_quantity best_bid_price best_bid_quantity best_ask_price best_ask_quantity
        avg_price free locked delta stop_price iceberg_quantity last_executed_quantity cumulative_filled_quantity
        last_executed_price commission cumulative_quote_quantity last_quote_quantity quote_order_quantity
        prevented_quantity last_prevented_quantity prevented_execution_quantity prevented_execution_price
        prevented_execution_quote_quantity pegged_price
        """,
    ColumnKind.COUNT: """
        agg_trade_id first_trade_id last_trade_id trade_id block_trade_id trade_count update_id last_update_id
        first_update_id final_update_id order_list_id order_id prevented_match_id execution_id trailing_delta
        strategy_id strategy_type trade_group_id counter_order_id allocation_id peg_offset_value
        """,
    ColumnKind.TIME: """
        event_time engine_time trade_time open_time close_time last_trade_time last_account_update_time clear_time
        transaction_time order_creation_time working_time trailing_time
        """,
    ColumnKind.FLAG: "is_buyer_maker is_closed is_on_book is_maker used_sor",
    ColumnKind.TEXT: """
        event_type symbol interval asset client_order_id side order_type time_in_force original_client_order_id
        execution_type order_status reject_reason commission_asset self_trade_prevention_mode counter_symbol match_type
        working_floor peg_price_type peg_offset_type expiry_reason contingency_type list_status_type list_order_status
        list_reject_reason list_client_order_id
        """,
    # The exchange fills it with something that means nothing.
    ColumnKind.NESTED: "unused",
}
EVENT_KINDS: Mapping[str, ColumnKind] = {name: kind for kind, words in _WORDS.items() for name in words.split()}
"""What the fields of events hold, by their readable names."""

_NONE = -1


def fields(words: str, *, by_place: bool = False) -> tuple[Column, ...]:
    """Return columns from a list of keys and readable names.

    Args:
        words: Such as ``E:event_time``, in order. A final ``?`` marks one that an event may lack, a final ``-`` one in
            which a negative number means that there is none.
        by_place: Whether the values stand in an array, so that a name without a key stands for its place.

    Returns:
        The columns.
    """
    return tuple(_field(word, place if by_place else None) for place, word in enumerate(words.split()))


def _field(word: str, place: int | None) -> Column:
    key, _, renamed = word.rstrip("?-").rpartition(":")
    is_signed = word.endswith("-")
    return Column(
        name=renamed,
        kind=EVENT_KINDS[renamed],
        field=key if place is None else place,
        is_optional=is_signed or word.endswith("?"),
        sentinel=_NONE if is_signed else None,
    )


@dataclass(frozen=True)
class Inner:
    """What stands under one key of a payload and is no single value.

    Attributes:
        key: The key.
        name: What it is called.
        columns: The fields of the object, or of each item of the list.
        is_list: Whether it is a list, so that one event has several of them.
    """

    key: str
    name: str
    columns: tuple[Column, ...]
    is_list: bool = True


@dataclass(frozen=True)
class Payload:
    """What one event holds.

    Attributes:
        columns: Its own fields, in the documentation's order.
        inner: What it holds besides, such as the candle of a ``kline`` or the two sides of a book.
        extra: Fields that are there under conditions only; one that is among the columns too may be missing there.
    """

    columns: tuple[Column, ...]
    inner: tuple[Inner, ...] = ()
    extra: tuple[Column, ...] = ()

    @cached_property
    def own(self) -> tuple[Column, ...]:
        """Every field of the event itself, those included that come under conditions."""
        known = {column.field for column in self.columns}
        return (*self.columns, *(column for column in self.extra if column.field not in known))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What a person may ask an event for, as far as it means something."""
        flat = (column for each in self.inner if not each.is_list for column in each.columns)
        lists = (each.name for each in self.inner if each.is_list)
        named = (column.name for column in (*self.own, *flat))
        return tuple(name for name in dict.fromkeys((*named, *lists)) if name != "unused")

    @property
    def has_event_time(self) -> bool:
        """Whether it says when it was sent."""
        return any(column.name == "event_time" for column in self.columns)
