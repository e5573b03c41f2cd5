"""The verb about the order journal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from binance_nb.errors import UsageError
from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet
from binance_nb.rendering.status import where

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["VERBS"]

_ALL_KNOWN = "No call is without known outcome"
_NOTHING_HERE = "The order journal has nothing of this account yet (--all shows every account)"
_NO_ACCOUNT = "Without its key nobody knows which account this is; %binance journal --all shows every account"


def _journal(desk: Desk, bound: Bound) -> Sheet:
    if bound.options.get("set_aside"):
        return _set_aside(bound)
    if bound.options.get("resolve"):
        return _resolve(desk, bound)
    from binance_nb.rendering.journal_sheet import entry_sheet, journal_sheet
    from binance_nb.trading.journal.journal import Journal
    from binance_nb.trading.journal.reading import LAST, read_entries

    # Looking opens no session: without one, everything is shown.
    session = desk.session_for(bound) if "env" in bound.options else desk.open_session
    which, last = _which(bound.options.get("which")), _whole(bound.options.get("last", LAST))
    is_all = session is None or bool(bound.options.get("all"))
    if session is None:
        with closing(Journal()) as journal:
            entries = read_entries(journal, which=which, last=last)
    else:
        entries = session.journal_entries(which, all=is_all, last=last)
    if which is not None and len(entries) == 1:
        return entry_sheet(entries[0])
    if session is None or is_all:
        return journal_sheet(entries)
    # Whose account it is, nobody knows without its key: orders of an earlier kernel may stand under it.
    has_key = session.client.credentials is not None
    nothing = _NOTHING_HERE if has_key or session.environment.has_market_data_only else _NO_ACCOUNT
    return journal_sheet(entries, where=where(session.status()), nothing=nothing)


def _resolve(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.rendering.journal_sheet import journal_sheet

    session = desk.session_for(bound)
    numbers = [each.entry.number for each in session.resolve()]
    entries = [entry for number in numbers for entry in session.journal_entries(number)]
    return journal_sheet(entries, where=where(session.status()), nothing=_ALL_KNOWN, is_resolved=True)


def _set_aside(bound: Bound) -> Sheet:
    from binance_nb.trading.journal.file import journal_path, set_aside

    if len(bound.options) > 1:
        raise UsageError("--set-aside stands alone.", suggestion="%binance journal --set-aside", culprit="--set-aside")
    kept = set_aside(journal_path())
    return Sheet(f"The broken order journal is now {kept}; the next order begins a new one.", is_framed=False)


def _which(said: object) -> int | str | None:
    if said is None or isinstance(said, int):
        return said
    text = str(said).removeprefix("#")
    return int(text) if text.isdecimal() else text


def _whole(said: object) -> int:
    if isinstance(said, int):
        return said
    text = str(said).replace("_", "").replace(",", "")
    if not text.isdecimal():
        raise UsageError(
            f"--last is a whole number, not {text!r}.", hint="Such as 5.", culprit=str(said), operation="journal"
        )
    return int(text)


VERBS: Mapping[str, OwnVerb] = {
    "journal": OwnVerb(
        "Shows the orders that were sent from here and what became of each; those without known outcome stand out.",
        "%binance journal [WHICH] [--all] [--last N] [--resolve]",
        "%binance journal --last 5",
        "session.journal(last=5)",
        places=("which",),
        options={
            "all": "every account and sandbox, not only where you are",
            "last": "how many of the newest, 20 when left out; those without known outcome come in any case",
            "env": "whose orders: those of the session that lines go to with --env",
            "resolve": "looks up, where you are, what has no known outcome; the next order does so by itself",
            "set_aside": "gives a journal that is damaged another name, so that a new one can begin",
        },
        flags=("all", "resolve", "set_aside"),
        run=_journal,
    ),
}
