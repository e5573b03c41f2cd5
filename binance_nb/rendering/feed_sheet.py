"""How a feed stands: what it listens to, whether anything comes, and what came last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Block, Facts, Paragraph, Sheet
from binance_nb.streams.events import Event
from binance_nb.streams.log import EventLog

__all__ = ["feed_sheet"]

_LATELY_MS = 10_000
_SHOWN = 6
# What does not say whose it is, or repeats what stands beside it.
_BESIDE = ("event_type", "event_time", "symbol", "trade_time")


def feed_sheet(feed: EventLog) -> Sheet:
    """Return how a feed stands at this moment.

    Args:
        feed: The feed.

    Returns:
        The sheet: state, streams, how many events, the newest, and what was dropped.
    """
    blocks: list[Block] = [Facts(tuple(_facts(feed)))]
    if not feed.is_closed:
        blocks.append(Paragraph("to_frame() is what came, on(callback) tells of what comes, close() ends it."))
    where = f" · {feed.environment}" if feed.environment else ""
    return Sheet(f"Feed of {feed.title}{where}", tuple(blocks))


def _facts(feed: EventLog) -> Iterator[tuple[str, str]]:
    yield "state", _state(feed)
    if feed.problem and not feed.is_closed:
        yield "problem", feed.problem
    events = feed.events()
    yield "events", _counted(feed.received, _per_second(events))
    if last := feed.latest():
        yield "the newest", _event(last)
    kept = f"{feed.keep:,} of each stream at most"
    yield "kept", f"{kept}; {feed.dropped:,} dropped" if feed.dropped else kept


def _state(feed: EventLog) -> str:
    state = feed.state
    if feed.is_closed:
        return f"closed. {feed.problem}".strip() if feed.problem else "closed"
    said: list[str] = [state.status]
    if state.status != "live" and state.attempt:
        said.append(f"{state.attempt} {'try' if state.attempt == 1 else 'tries'} failed")
    if state.retry_in_seconds is not None and state.status != "live":
        said.append(f"the next in {state.retry_in_seconds:,.0f} s")
    if state.reconnects:
        said.append(f"connected again {state.reconnects:,} {'time' if state.reconnects == 1 else 'times'}")
    return ", ".join(said)


def _counted(received: int, per_second: float) -> str:
    if not received:
        return "none yet"
    rate = f", {per_second:,.1f} a second lately" if per_second else ""
    return f"{received:,}{rate}"


def _per_second(events: list[Event]) -> float:
    """Return events a second over the last seconds in which any came, as far as they are kept."""
    times = [event.received_ms for event in events]
    lately = [ms for ms in times if ms > max(times) - _LATELY_MS] if times else []
    span_ms = max(lately) - min(lately) if lately else 0
    return (len(lately) - 1) * 1000 / span_ms if span_ms else 0.0


def _event(event: Event) -> str:
    values = event.as_dict()
    moment = values.get("event_time") or event.received
    told = [(name, value) for name, value in values.items() if name not in _BESIDE and value is not None]
    shown = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in told[:_SHOWN])
    whose = f" {values['symbol']}" if values.get("symbol") else ""
    return f"{event.kind}{whose} at {_time(moment)}: {shown}"


def _value(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, tuple):
        return f"({len(value)})"
    return str(value)


def _time(moment: datetime) -> str:
    return format_time(round(moment.timestamp() * 1000))
