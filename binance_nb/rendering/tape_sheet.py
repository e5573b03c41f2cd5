"""What is on a tape: where it was recorded, how many calls of each kind, what is left of it, which streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from binance_nb.grammar import format_time
from binance_nb.rendering.sheet import Block, Facts, Paragraph, Sheet, Table
from binance_nb.tape import Entry, Mode, Reel, Tape
from binance_nb.tape.streams.happenings import ACCOUNT, Fields

__all__ = ["ejected_words", "reel_line", "reel_sheet", "tape_sheet"]

_MODES = {
    Mode.ONCE: "once: recorded where there is no tape yet, played where there is",
    Mode.NONE: "none: played, and nothing is recorded",
    Mode.NEW: "new: what is known is played, reads that are not are recorded",
    Mode.ALL: "all: everything is recorded anew",
}
_YOUR_ACCOUNT = "your account's events"


def tape_sheet(tape: Tape) -> Sheet:
    """Return what is on a tape that is not on.

    Args:
        tape: The tape.

    Returns:
        The sheet.
    """
    facts = [*_origin(tape), ("calls", f"{len(tape.entries):,}")]
    return Sheet(f"Tape {tape.name}", (Facts(tuple(facts)), *_calls(tape.entries), *_streams(tape.events)))


def reel_sheet(reel: Reel) -> Sheet:
    """Return what is on the tape that is on, and what is left of it.

    Args:
        reel: The tape.

    Returns:
        The sheet.
    """
    facts = [("mode", _MODES[reel.mode])]
    blocks: list[Block] = []
    if reel.player is not None:
        tape, left = reel.player.tape, reel.left()
        facts += [*_origin(tape), ("calls", f"{len(tape.entries):,}, {len(left):,} of them not asked for yet")]
        blocks += [*_calls(tape.entries, left), *_streams(tape.events, reel.feeds_left())]
    if reel.is_recording:
        facts += [] if reel.is_playing else [("recorded at", reel.label)]
        facts.append(("recorded" if reel.is_playing else "calls", f"{reel.recorded:,}"))
    if reel.problem:
        facts.append(("problem", reel.problem))
    if reel.is_recording and not reel.is_playing:
        blocks.append(Paragraph("%binance eject ends it; then it can be played, and shared."))
    return Sheet(f"Tape {reel.path.name} · {reel.doing}", (Facts(tuple(facts)), *blocks))


def reel_line(reel: Reel) -> Sheet:
    """Return what putting a tape on means, in a line.

    Args:
        reel: The tape.

    Returns:
        The line: whether it plays or records.
    """
    name = reel.path.name
    if reel.player is None:
        return _line(f"Recording {name} at {reel.label}: calls go to the exchange and are written down.")
    count = len(reel.player.tape.entries)
    held = f"{count:,} {_plural('call', count)} of {reel.label}"
    if reel.is_recording:
        return _line(f"Playing {name}, and adding to it: {held} are known, other reads are asked for and recorded.")
    was_there = " is there already, so it is played, not recorded" if reel.mode is Mode.ONCE else " is played"
    anew = " --mode all records it anew." if reel.mode is Mode.ONCE else ""
    return _line(f"{name}{was_there}: {held} are answered from it, and nothing is sent.{anew}")


def ejected_words(reel: Reel) -> str:
    """Say what became of a tape that was taken out.

    Args:
        reel: The tape.

    Returns:
        A sentence.
    """
    name = reel.path.name
    if reel.problem:
        return f"{name} is out. It is not whole: {reel.problem}"
    if reel.is_recording:
        count = reel.recorded
        return f"{name} is out: {count:,} {_plural('call', count)} {'stands' if count == 1 else 'stand'} on it."
    left = len(reel.left())
    rest = f"{left:,} {_plural('call', left)} of it {'was' if left == 1 else 'were'} not asked for" if left else ""
    return f"{name} is out{f': {rest}' if rest else ', played to its end'}."


def _line(text: str) -> Sheet:
    return Sheet(text, is_framed=False)


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _origin(tape: Tape) -> Iterator[tuple[str, str]]:
    header = tape.header
    yield "recorded at", header.label or header.environment
    yield "its time", f"from {format_time(header.started_ms)}{_until(tape)}"
    yield "made by", f"binance_nb {header.made_by}"
    if tape.broken_line is not None:
        yield "state", f"breaks off in line {tape.broken_line}: what is before it holds"
    elif not tape.is_whole:
        yield "state", "its recording was not ended: it goes as far as it goes"


def _until(tape: Tape) -> str:
    last_ms = max((entry.at_ms for entry in tape.entries), default=tape.header.started_ms)
    return f" to {format_time(last_ms)}" if last_ms > tape.header.started_ms else ""


def _calls(entries: Sequence[Entry], left: Sequence[Entry] | None = None) -> Iterator[Block]:
    if not entries:
        return
    counts = Counter(entry.key.operation for entry in entries)
    failed = Counter(entry.key.operation for entry in entries if entry.absence is not None or entry.status >= 400)
    rest = Counter(entry.key.operation for entry in left or ())
    head = ["operation", "calls", *(["left"] if left is not None else []), *(["failed"] if failed else [])]
    yield Table(
        tuple(head),
        tuple(
            (
                name,
                f"{counts[name]:,}",
                *([f"{rest[name]:,}"] if left is not None else []),
                *([f"{failed[name]:,}" if failed[name] else ""] if failed else []),
            )
            for name in sorted(counts)
        ),
    )


def _streams(events: Iterable[Fields], left: Sequence[tuple[str, ...]] | None = None) -> Iterator[Block]:
    feeds = {fields["feed"]: tuple(fields["streams"]) for fields in events if fields["event"] == "open"}
    if not feeds:
        return
    counts = Counter(fields["feed"] for fields in events if fields["event"] == "message")
    messages, rest = Counter[tuple[str, ...]](), Counter(left or ())
    for number, streams in feeds.items():
        messages[streams] += counts[number]
    head = ("streams", "opened", "events", *(("left",) if left is not None else ()))
    opened = Counter(feeds.values())
    yield Table(
        head,
        tuple(
            (
                _named(streams),
                f"{opened[streams]:,}",
                f"{messages[streams]:,}",
                *((f"{rest[streams]:,}",) if left is not None else ()),
            )
            for streams in dict.fromkeys(feeds.values())
        ),
    )


def _named(streams: tuple[str, ...]) -> str:
    if streams == (ACCOUNT,):
        return _YOUR_ACCOUNT
    shown = [f"{symbol.upper()}@{what}" if what else symbol for symbol, _, what in (s.partition("@") for s in streams)]
    return " ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
