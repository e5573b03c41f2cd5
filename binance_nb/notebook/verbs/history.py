"""The verbs about the past, and about what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError
from binance_nb.grammar import Bound, did_you_mean, nearest
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk
    from binance_nb.store import Store

__all__ = ["VERBS"]

_RANGE = {
    "start": "earliest time, inclusive; of candles the first there is when left out",
    "end": "latest time, exclusive; now when left out",
    "source": "api, archive or store: rows from there alone; auto for whatever is quicker",
    "tz": "time zone for reading and for times that name none",
}


def _history(desk: Desk, bound: Bound) -> Any:  # Any: a frame or a sheet
    words: dict[str, Any] = {name: value for name, value in bound.options.items() if name != "env"}  # Any: see history
    session = desk.session_for(bound)
    asks = [name for name in ("plan", "gaps") if words.pop(name, False)]
    if "what" not in words or "symbols" not in words:
        raise UsageError(
            "history needs to know of what, and of which symbol.",
            hint="klines with an interval, agg_trades or trades.",
            suggestion="%binance history klines BTCUSDT 1h --start -90d",
        )
    if rows := words.get("max_rows"):
        words["max_rows"] = _whole(rows)
    what, symbols, interval = str(words.pop("what")), words.pop("symbols"), words.pop("interval", None)
    if "plan" in asks:
        from binance_nb.rendering.history_sheets import long_plan_sheet

        return long_plan_sheet(session.history_plan(what, symbols, interval, **_only(words, _RANGE)))
    if "gaps" in asks:
        return session.gaps(what, symbols, interval, **_only(words, {*_RANGE, "quiet"}))
    return session.history(what, symbols, interval, **words)


def _only(words: Mapping[str, Any], wanted: Mapping[str, str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if name in wanted}


def _whole(said: object) -> int:
    text = str(said).replace("_", "").replace(",", "")
    if not text.isdecimal():
        raise UsageError(f"max_rows is a whole number, not {str(said)!r}.", culprit=str(said))
    return int(text)


def _store(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.rendering.history_sheets import problems_sheet, store_sheet
    from binance_nb.store import Store

    store = desk.open_session.store if desk.open_session else Store()
    action = str(bound.options.get("action", "list"))
    which = str(bound.options.get("which", ""))
    if action not in _ACTIONS:
        raise UsageError(
            f"The store can do no {action!r}.",
            hint=did_you_mean(action, _ACTIONS) or f"Choose one of {', '.join(_ACTIONS)}.",
            suggestion=next(iter(nearest(action, _ACTIONS)), None),
            culprit=action,
        )
    if action == "remove":
        return _remove(store, which)
    holdings = list(store.holdings()) if action == "list" else []
    if action == "list":
        return store_sheet(holdings, str(store.folder))
    problems, checked = list(store.verify()), store.count()
    if not bound.options.get("mend"):
        return problems_sheet(problems, checked, str(store.folder))
    left = [problem for problem in problems if not store.mend(problem)]
    return problems_sheet(left, checked, str(store.folder), removed=len(problems) - len(left))


_ACTIONS = ("list", "verify", "remove")


def _remove(store: Store, which: str) -> Sheet:
    found = [each for each in store.holdings() if which in (each.dataset.symbol, each.dataset.market, "all")]
    if not which or not found:
        known = sorted({name for each in store.holdings() for name in (each.dataset.symbol, each.dataset.market)})
        raise UsageError(
            f"The store holds nothing of {which}." if which else "Say what to remove.",
            hint=f"A symbol or a market: {', '.join(known)}; or all." if known else "It is empty.",
            suggestion=f"%binance store remove {next(iter(nearest(which, known)), 'all')}",
            culprit=which or None,
        )
    freed = sum(store.remove(each.dataset) for each in found)
    sets = "data set" if len(found) == 1 else "data sets"
    return Sheet(f"{len(found):,} {sets} removed, {freed / 1e6:,.2f} MB.", is_framed=False)


VERBS: Mapping[str, OwnVerb] = {
    "history": OwnVerb(
        "Gives a range of any length: what was fetched once comes from disk, the rest from the API or bulk files.",
        "%binance history klines|agg_trades|trades SYMBOL[,SYMBOL] [INTERVAL] [--start ...] [--end ...]",
        "%binance history klines BTCUSDT 1h --start -90d",
        'session.history("klines", "BTCUSDT", "1h", start="-90d")',
        places=("what", "symbols", "interval"),
        options={
            **_RANGE,
            "plan": "what it would take: rows, files, requests, weight, time; nothing is fetched",
            "gaps": "the holes instead of the rows, each with its kind",
            "fill": "close holes in candles with ones that stand at the last close, marked in the column filled",
            "closed": "leave out the candle that is not finished",
            "max_rows": "ceiling for the rows of each symbol",
            "quiet": "no progress bar",
            "env": "where this one line goes",
        },
        flags=("plan", "gaps", "fill", "closed", "quiet"),
        run=_history,
    ),
    "store": OwnVerb(
        "Shows what was fetched once and is kept on disk, compares it with its checksums, or removes some of it.",
        "%binance store [list | verify [--mend] | remove SYMBOL|MARKET|all]",
        "%binance store",
        "list(session.store.holdings())",
        places=("action", "which"),
        options={"mend": "verify: remove the files that are damaged, so that they are fetched again"},
        flags=("mend",),
        run=_store,
    ),
}
