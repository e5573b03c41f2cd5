"""The verbs about tapes: record, play, take out, tell what is on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError
from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet, ejected_words, reel_line, reel_sheet, tape_sheet
from binance_nb.tape import Mode, read_tape

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["VERBS"]

_NAME = "study.jsonl"
_PACE = "how fast streams are played, 1 as they came, so that widgets move; all at once when left out"


def _record(desk: Desk, bound: Bound) -> Sheet:
    path, mode = _path(bound), str(bound.options.get("mode", Mode.ONCE))
    return reel_line(desk.session.record(path, mode, pace=_pace(bound)))


def _replay(desk: Desk, bound: Bound) -> Sheet:
    return reel_line(desk.session.replay(_path(bound), pace=_pace(bound)))


def _eject(desk: Desk, bound: Bound) -> Sheet:
    session = desk.open_session
    reel = None if session is None else session.eject()
    return Sheet("No tape is on." if reel is None else ejected_words(reel), is_framed=False)


def _tape(desk: Desk, bound: Bound) -> Sheet:
    if "path" in bound.options:
        return tape_sheet(read_tape(Path(_path(bound)).expanduser()))
    session = desk.open_session
    if session is None or session.tape is None:
        return Sheet(f"No tape is on. %binance record {_NAME} puts one on.", is_framed=False)
    return reel_sheet(session.tape)


def _path(bound: Bound) -> str:
    said = bound.options.get("path")
    if isinstance(said, str | Path) and str(said).strip():
        return str(said)
    raise UsageError(
        f"{bound.verb} needs the file of a tape.",
        hint="A name that ends in .jsonl, or in .jsonl.gz to have it compressed; in quotes where it has spaces.",
        suggestion=f"%binance {bound.verb} {_NAME}",
        operation=bound.verb,
    )


def _pace(bound: Bound) -> Any:  # Any: the session looks at it
    return bound.options.get("pace")


VERBS: Mapping[str, OwnVerb] = {
    "record": OwnVerb(
        "Puts a tape on: calls and streams are recorded, or played where the tape is there already.",
        "%binance record PATH [--mode once|none|new|all]",
        f"%binance record {_NAME}",
        f'session.record("{_NAME}")',
        places=("path",),
        options={
            "mode": "once (when left out) records where there is no tape yet, and plays one that is there; none plays; "
            "new plays what is known and records reads that are not; all records anew",
            "pace": _PACE,
        },
        run=_record,
    ),
    "eject": OwnVerb(
        "Takes the tape out; calls go to the exchange again.",
        "%binance eject",
        "%binance eject",
        "session.eject()",
        run=_eject,
    ),
    "replay": OwnVerb(
        "Plays a tape: the same frames with no key, no network and no account; nothing is sent.",
        "%binance replay PATH [--pace 1]",
        f"%binance replay {_NAME}",
        f'session = binance_nb.replay("{_NAME}")  # or session.replay("{_NAME}"), to go on with its exchange later',
        places=("path",),
        options={"pace": _PACE},
        known_as={"speed": "pace"},
        run=_replay,
    ),
    "tape": OwnVerb(
        "Tells what is on the tape that is on, or on any: where it was recorded, its calls, and how many are left.",
        "%binance tape [PATH]",
        "%binance tape",
        "session.tape  # None where none is on; session.tape.left() is what was not asked for yet",
        places=("path",),
        run=_tape,
    ),
}
