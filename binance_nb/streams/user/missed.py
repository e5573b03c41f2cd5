"""What was missed: what REST tells, less what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from binance_nb.streams.user.facts import Facts
from binance_nb.streams.user.known import Balance, Key, Known, ListState, OrderState, is_final, rank
from binance_nb.streams.user.reports import Stand, list_status, placed, position, replaced, settled, traded

__all__ = ["Missed", "begin_with", "missed"]

_Row: TypeAlias = Mapping[str, Any]  # Any: JSON enters here
_Event: TypeAlias = dict[str, Any]  # Any: JSON leaves here

_NONE = -1


@dataclass(frozen=True)
class Missed:
    """What was missed.

    Attributes:
        events: In the order in which it happened.
        unlisted: Orders that are filled further than the fills that REST lists; their fills are to be asked for again.
    """

    events: tuple[_Event, ...]
    unlisted: tuple[Key, ...] = ()


def begin_with(known: Known, facts: Facts) -> None:
    """Take an account as it stands for known: what was before is not missed.

    Args:
        known: What was told; nothing.
        facts: As of `read_baseline`.
    """
    for each in facts.trades:
        known.was_before(_fill(each))
    for key, row in facts.orders.items():
        known.put(key, _state(row))
    for number, row in facts.lists.items():
        known.lists[number] = ListState(row["listStatusType"], row["listOrderStatus"])
        known.saw_lists(number)
    known.balances = {row["asset"]: _balance(row) for row in facts.account["balances"]}
    known.balances_ms = facts.account["updateTime"]


def missed(known: Known, facts: Facts, *, since_ms: int, told_ms: int) -> Missed:
    """Return what REST knows and nobody was told.

    Args:
        known: What was told; it is left as it is.
        facts: As of `read_facts`.
        since_ms: When the events began: an order from before is not told as new.
        told_ms: The present.

    Returns:
        The events.
    """
    fills: dict[Key, list[_Row]] = defaultdict(list)
    for each in facts.trades:
        if not known.has_told(_fill(each)):
            fills[each["symbol"], each["orderId"]].append(each)
    events: list[_Event] = []
    unlisted: list[Key] = []
    # By their numbers, which tell the order of what happened in the same millisecond.
    for key, row in sorted(facts.orders.items(), key=lambda each: each[0][1]):
        told, is_whole = _order(
            known.orders.get(key), row, fills[key], facts.amendments.get(key, []), since_ms, told_ms
        )
        events += told
        if not is_whole:
            unlisted.append(key)
    events += _lists(known, facts, told_ms)
    # Within one order things stand in their order already; the sort is stable.
    events.sort(key=lambda event: event["T"])
    return Missed((*events, *_balances(known, facts, told_ms)), tuple(unlisted))


def _order(
    state: OrderState | None, row: _Row, fills: Sequence[_Row], amendments: Sequence[_Row], since_ms: int, told_ms: int
) -> tuple[list[_Event], bool]:
    """Return what happened to an order, and whether REST lists all its fills."""
    events: list[_Event] = []
    if state is None:
        first: str = (amendments[0] if amendments else row)["origQty"]
        state = OrderState("NEW" if row["status"] != "PENDING_NEW" else "PENDING_NEW", quantity=Decimal(first))
        state = replace(state, is_working=bool(row.get("isWorking")))
        if row["time"] < since_ms:
            before = Decimal(row["executedQty"]) - sum(Decimal(fill["qty"]) for fill in fills)
            state = replace(state, filled=max(before, Decimal(0)))
        elif row["status"] != "REJECTED":
            events.append(placed(row, told_ms, first))
    stand = Stand(state.status, state.filled, state.quote, f"{state.quantity:f}" if amendments else "")
    for what in sorted((*amendments, *fills), key=_moment):
        if "newQty" in what:
            if Decimal(what["newQty"]) < state.quantity:  # they only ever get smaller; the others were told
                stand = replace(stand, quantity=what["newQty"])
                events.append(replaced(row, what, stand, told_ms))
            continue
        filled = stand.filled + Decimal(what["qty"])
        stand = replace(
            stand, status=_status_at(row, filled), filled=filled, quote=stand.quote + Decimal(what["quoteQty"])
        )
        events.append(traded(row, what, stand, told_ms))
    executed, status = Decimal(row["executedQty"]), row["status"]
    if executed > stand.filled:
        return events, False
    if executed < stand.filled or rank(status) < rank(stand.status):
        return events, True  # it was asked for before its last fill
    is_triggered = bool(row.get("isWorking")) and not state.is_working and not is_final(status) and not fills
    if status != stand.status or is_triggered:
        events.append(settled(row, replace(stand, status=status), told_ms))
    return events, True


def _moment(what: _Row) -> tuple[int, int]:
    """Order fills and amendments by time; of one moment, fills by their number."""
    return what["time"], what["executionId"] if "newQty" in what else _fill(what)[2]


def _status_at(row: _Row, filled: Decimal) -> str:
    is_last = filled >= Decimal(row["origQty"]) > 0 or (
        row["status"] == "FILLED" and filled == Decimal(row["executedQty"])
    )
    return "FILLED" if is_last else "PARTIALLY_FILLED"


def _lists(known: Known, facts: Facts, told_ms: int) -> list[_Event]:
    events = []
    for number, row in sorted(facts.lists.items()):
        state = known.lists.get(number)
        now = ListState(row["listStatusType"], row["listOrderStatus"])
        if state is None:
            events.append(list_status(row, row["transactionTime"], told_ms, has_just_begun=True))
            state = ListState("EXEC_STARTED", "EXECUTING")
        if now != state and not state.is_done:
            events.append(list_status(row, _changed_ms(row, facts), told_ms))
    return events


def _changed_ms(row: _Row, facts: Facts) -> int:
    orders = [facts.orders.get((one["symbol"], one["orderId"])) for one in row["orders"]]
    changed_ms: int = max([row["transactionTime"], *(order["updateTime"] for order in orders if order is not None)])
    return changed_ms


def _balances(known: Known, facts: Facts, told_ms: int) -> list[_Event]:
    when_ms = facts.account["updateTime"]
    if when_ms < known.balances_ms:
        return []
    now = {row["asset"]: row for row in facts.account["balances"]}
    gone = {asset: {"asset": asset, "free": "0", "locked": "0"} for asset in known.balances if asset not in now}
    nothing = Balance(Decimal(0), Decimal(0))
    changed = {
        asset: row for asset, row in {**now, **gone}.items() if _balance(row) != known.balances.get(asset, nothing)
    }
    return [position(changed, when_ms, told_ms)] if changed else []


def _state(row: _Row) -> OrderState:
    return OrderState(
        row["status"],
        Decimal(row["executedQty"]),
        Decimal(row["cummulativeQuoteQty"]),
        Decimal(row["origQty"]),
        bool(row.get("isWorking")),
        row.get("orderListId", _NONE),
    )


def _balance(row: _Row) -> Balance:
    return Balance(Decimal(row["free"]), Decimal(row["locked"]))


def _fill(trade: _Row) -> tuple[str, int, int, bool]:
    is_allocation = "allocationId" in trade
    return trade["symbol"], trade["orderId"], trade["allocationId" if is_allocation else "id"], is_allocation
