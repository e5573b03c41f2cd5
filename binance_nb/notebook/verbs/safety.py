"""Verbs that keep orders from leaving by accident, and timestamps from being refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet, armed_sheet, clock_sheet, disarmed_sheet, where
from binance_nb.trading.arming.arming import DEFAULT_ASSET

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["VERBS"]


def _arm(desk: Desk, bound: Bound) -> Sheet:
    session = desk.session_for(bound)
    said: dict[str, Any] = dict(bound.options)  # Any: whatever a line can hold; arm looks at each
    session.arm(
        said.get("max_notional"),
        said.get("for"),
        total=said.get("total"),
        symbols=said.get("symbols"),
        asset=said.get("asset", DEFAULT_ASSET),
    )
    return armed_sheet(session.status())


def _disarm(desk: Desk, bound: Bound) -> Sheet:
    session = desk.session_for(bound)
    was_armed = session.disarm()
    return disarmed_sheet(session.status(), was_armed)


def _clock(desk: Desk, bound: Bound) -> Sheet:
    session = desk.session_for(bound)
    return clock_sheet(session.clock_report(), where(session.status()))


VERBS: Mapping[str, OwnVerb] = {
    "arm": OwnVerb(
        "Allows orders for a while, up to a worth. On a live host none leaves before; elsewhere it is a rehearsal.",
        "%binance arm --max-notional N --for 30min [--total M] [--symbols BTCUSDT,ETHUSDT] [--asset USDT] [--env NAME]",
        "%binance arm --max-notional 50 --for 30min",
        'session.arm(max_notional=50, for_="30min")',
        options={
            "max_notional": "the most that one order may be worth",
            "for": "how long: 90s, 30min, 2h; at most 24h",
            "total": "the most that all orders may be worth together; as much as one when left out",
            "symbols": "the only symbols allowed, with commas between; all when left out",
            "asset": "what amounts are counted in; USDT when left out",
            "env": "where orders are allowed: for lines with the same --env; where you are when left out",
        },
        known_as={
            "max": "max_notional",
            "limit": "max_notional",
            "symbol": "symbols",
            "time": "for",
            "duration": "for",
        },
        run=_arm,
    ),
    "disarm": OwnVerb(
        "Allows no orders any more; cancels need arming too.",
        "%binance disarm [--env NAME]",
        "%binance disarm",
        "session.disarm()",
        options={"env": "where they are allowed no more; where you are when left out"},
        run=_disarm,
    ),
    "clock": OwnVerb(
        "Compares the exchange's clock with this computer's, and goes by it: offset, drift, how near -1021 is.",
        "%binance clock [--env NAME]",
        "%binance clock",
        "session.clock_report()",
        options={"env": "whose clock it is; where you are when left out"},
        run=_clock,
    ),
}
