"""The journal as a person reads it: what has no outcome first, then what became of each call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Block, Code, Facts, Markup, Paragraph, Sheet, Table, tag
from binance_nb.trading.journal.entries import NOTHING_STANDS, Entry

__all__ = ["call_words", "entry_sheet", "journal_sheet", "leftovers_line", "verdict_words"]

_NOTHING_KNOWN = "no outcome known"
_TO_DO = "The next order there looks it up first; %binance journal --resolve does it now."
_TRIED = "Looked up just now: the exchange cannot tell yet. Before another order leaves it is looked up again."
_CELL = "text-align:left; vertical-align:top; padding:0.15em 1.2em 0.15em 0; white-space:nowrap; overflow-wrap:normal"
_UNKNOWN = "?"  # as the summary of calls has it
_LONGEST_REPLY = 4000


@dataclass(frozen=True)
class _Lines(Table):
    """A table with a line for each call: a narrow page moves it sideways, and what matters most stands first."""

    def html(self) -> Markup:
        """Return the block as HTML."""
        head = tag("tr", *(tag("th", name, style=_CELL) for name in self.head))
        rows = (tag("tr", *(tag("td", text, style=_CELL) for text in row)) for row in self.rows)
        table = tag("table", tag("thead", head), tag("tbody", *rows), style="border-collapse:collapse")
        lead = (tag("strong", self.lead),) if self.lead else ()
        return tag("div", *lead, table, style="margin:0.5em 0; overflow-x:auto")


def call_words(entry: Entry) -> str:
    """Say what a call was meant to do.

    Args:
        entry: The call.

    Returns:
        Such as ``BUY 0.00010000 BTCUSDT LIMIT at 60000.00``; for what is no order, the operation and what it names.
    """
    sent = entry.sent
    if "side" not in sent:
        named = [sent[name] for name in ("symbol", "orderId", "origClientOrderId", "orderListId") if name in sent]
        return " ".join([entry.operation, *named])
    amount = sent.get("quantity") or (f"for {sent['quoteOrderQty']}" if "quoteOrderQty" in sent else "")
    words = [sent["side"], amount, sent.get("symbol", ""), sent.get("type", entry.operation)]
    words += [f"at {sent['price']}"] if "price" in sent else []
    words += [f"stop {sent['stopPrice']}"] if "stopPrice" in sent else []
    return " ".join(word for word in words if word)


def verdict_words(entry: Entry) -> str:
    """Say what became of a call, so that what is not known stands out.

    Args:
        entry: The call.

    Returns:
        A sign and the verdict, with the exchange's code where it refused.
    """
    if entry.verdict is None:
        return f"{_UNKNOWN} {_NOTHING_KNOWN}"
    if entry.is_unresolved:
        return f"{_UNKNOWN} {entry.verdict}"
    sign = "✕" if entry.verdict in NOTHING_STANDS else "✓"
    return f"{sign} {entry.verdict}{'' if entry.code is None else f' ({entry.code})'}"


def journal_sheet(
    entries: Sequence[Entry],
    *,
    where: str = "",
    nothing: str = "The order journal has nothing yet",
    is_resolved: bool = False,
) -> Sheet:
    """Return calls as a sheet, the newest first.

    Args:
        entries: The calls, oldest first.
        where: Whose they are, when all belong to one place.
        nothing: What to say where there are none.
        is_resolved: Whether they were looked up just now.

    Returns:
        The sheet.
    """
    at = f" · {where}" if where else ""
    if not entries:
        return Sheet(f"{nothing}{at}.", is_framed=False)
    newest = entries[::-1]
    unknown = [entry for entry in newest if entry.is_unresolved]
    known = [entry for entry in newest if not entry.is_unresolved]
    # Apart and first: nobody may overlook them in a list of orders that are all well.
    blocks: list[Block] = [_table(unknown, where, "Not known yet")] if unknown else []
    blocks += [Paragraph(_TRIED if is_resolved else _TO_DO)] if unknown else []
    blocks += [_table(known, where, "Known" if unknown else "")] if known else []
    calls = "1 call" if len(entries) == 1 else f"{len(entries):,} calls"
    return Sheet(f"Order journal: {calls}{at}", tuple(blocks), is_wide=True)


def _table(entries: Sequence[Entry], where: str, lead: str) -> Table:
    head = ("#", "outcome", "call", "time (UTC)", *(() if where else ("place",)), "client order id")
    return _Lines(head, tuple(_row(entry, has_place=not where) for entry in entries), lead)


def _row(entry: Entry, *, has_place: bool) -> tuple[str, ...]:
    place = (entry.place,) if has_place else ()
    stamped = format_time(entry.stamped_ms // 1000 * 1000).removesuffix(" UTC")
    return (str(entry.number), verdict_words(entry), call_words(entry), stamped, *place, entry.client_order_id or "")


def leftovers_line(counts: Mapping[str, int] | None) -> Sheet:
    """Return what a kernel that starts should know of those before it, in one line.

    Args:
        counts: How many calls have no known outcome, by place; None when the journal is damaged.

    Returns:
        The line, with what to paste.
    """
    if counts is None:
        return Sheet("✕ The order journal cannot be read, so no order will be sent: %binance journal", is_framed=False)
    total = sum(counts.values())
    calls = "1 order call of another kernel has" if total == 1 else f"{total:,} order calls of other kernels have"
    return Sheet(f"{_UNKNOWN} {calls} {_NOTHING_KNOWN} ({', '.join(counts)}): %binance journal --all", is_framed=False)


def entry_sheet(entry: Entry) -> Sheet:
    """Return all that the journal holds of a call.

    Args:
        entry: The call.

    Returns:
        The sheet.
    """
    blocks: list[Block] = [Facts(tuple(_facts(entry))), Facts(tuple(entry.sent.items()))]
    if entry.reply_body:
        blocks.append(Code(_readable(entry.reply_body), lead="Reply"))
    return Sheet(f"Order journal #{entry.number}: {call_words(entry)}", tuple(blocks))


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "outcome", verdict_words(entry)
    if entry.message:
        yield "message", entry.message
    if entry.is_unresolved:
        yield "to do", _TO_DO
    yield "place", entry.place
    yield "operation", entry.operation
    yield "time", f"{format_time(entry.stamped_ms)}, valid until {format_time(entry.valid_until_ms)}"
    if entry.server_ms is not None:
        yield "outcome as of", format_time(entry.server_ms)
    if entry.cell is not None:
        yield "cell", f"{entry.cell}, call {entry.ordinal + 1} of its kind"


def _readable(body: str) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        text = body
    return text if len(text) <= _LONGEST_REPLY else f"{text[:_LONGEST_REPLY]}\n…"
