"""Why a tape does not answer: what it holds instead, and what differs."""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.catalog import ENDPOINTS, snake_case
from binance_nb.errors import TapeError, TapeMissError
from binance_nb.grammar import format_time
from binance_nb.tape.calls import CallKey
from binance_nb.tape.tape import Entry, Tape, tape_line

__all__ = ["miss", "out_of_order"]

_SHOWN = 3


def miss(tape: Tape, key: CallKey, count: int) -> TapeMissError:
    """Return the error for a call that a tape does not hold, or not so often.

    Args:
        tape: The tape.
        key: What was asked.
        count: How many times the tape holds it.

    Returns:
        The error; names the nearest recordings and what differs.
    """
    if count:
        times = "once" if count == 1 else f"{count} times"
        last = max(entry.line for entry in tape.entries if entry.key == key)
        what = f"{tape.name} holds {key} {times}, last in line {last}, and it was asked once more."
        return _missing(tape, key, what, {}, is_again=True)
    near = list(_nearest(tape, key))
    facts = {f"line {entry.line}": _difference(key, entry.key) for entry in near}
    if not near:
        known = sorted({entry.key.operation for entry in tape.entries})
        facts = {"recorded": ", ".join(known) or "nothing"}
    return _missing(tape, key, f"{tape.name} holds no answer to {key}.", facts)


def out_of_order(tape: Tape, asked: Entry, other: Entry) -> TapeError:
    """Return the error for a call whose recorded answer holds at another time only.

    Args:
        tape: The tape.
        asked: What was asked for.
        other: The change it has to come after, or has to come before.

    Returns:
        The error.
    """
    order = "after" if other.line < asked.line else "before"
    hint = "Run the cells from the top, as they were recorded."
    return TapeError(
        f"{tape.name}, line {asked.line} ({asked.key.operation}) was recorded {order} line {other.line} "
        f"({other.key.operation}), which changed the account: its answer does not hold here.",
        hint=hint,
        operation=asked.key.operation,
        culprit=asked.key.operation,
    )


def _missing(tape: Tape, key: CallKey, what: str, facts: dict[str, str], *, is_again: bool = False) -> TapeMissError:
    if tape.broken_line is not None:
        facts = {**facts, "tape": f"breaks off in line {tape.broken_line}"}
    elif not tape.is_whole:
        facts = {**facts, "tape": "its recording was not ended: there may have been more"}
    nearest = "; ".join(f"{name}: {text}" for name, text in facts.items())
    if is_again:
        again = "A cell that was run twice? Putting the tape on again begins it anew"
        nearest = "; ".join(filter(None, (nearest, again)))
    return TapeMissError(
        what,
        hint=f"{nearest}. Nothing was sent." if nearest else "Nothing was sent.",
        suggestion=_again(tape, key, is_again=is_again),
        operation=key.operation,
        culprit=key.operation,
        details=dict(facts),
    )


def _again(tape: Tape, key: CallKey, *, is_again: bool) -> str:
    if is_again:
        return tape_line("replay", tape.path)
    # Mode new records reads alone.
    is_read = not key.is_of_desk and not ENDPOINTS[key.operation].changes_state
    return tape_line("record", tape.path, "new" if is_read else "all")


def _nearest(tape: Tape, key: CallKey) -> Iterator[Entry]:
    """Yield the recordings of the same operation that differ in the fewest parameters, one of each call."""
    same = {entry.key: entry for entry in reversed(tape.entries) if entry.key.operation == key.operation}
    wanted = set(key.parameters)
    ranked = sorted(same.values(), key=lambda entry: (len(wanted ^ set(entry.key.parameters)), entry.line))
    yield from ranked[:_SHOWN]


def _difference(asked: CallKey, held: CallKey) -> str:
    """Return what differs, as a person reads it."""
    wanted, known = dict(asked.parameters), dict(held.parameters)
    parts = []
    for name in sorted(wanted.keys() | known.keys()):
        if wanted.get(name) != known.get(name):
            parts.append(f"{snake_case(name)} {_shown(asked, name, known)}, not {_shown(asked, name, wanted)}")
    return "; ".join(parts)


def _shown(key: CallKey, name: str, values: dict[str, str]) -> str:
    if name not in values:
        return "left out"
    parameter = None if key.is_of_desk else ENDPOINTS[key.operation].by_name.get(name)
    text = values[name]
    is_time = parameter is not None and parameter.is_time and text.isdecimal()
    return format_time(int(text)) if is_time else text
