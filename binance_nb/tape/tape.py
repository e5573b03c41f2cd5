"""A tape in memory: what was asked and answered, in the order of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from binance_nb.catalog import ENDPOINTS
from binance_nb.tape.calls import CallKey

__all__ = ["Entry", "Header", "Tape", "repeats", "tape_line"]

_Json = Mapping[str, Any]  # Any: JSON
_HALF_DONE = 409  # of a cancel-replace, one half


@dataclass(frozen=True)
class Header:
    """What a tape says of itself in its first line.

    Attributes:
        environment: Name of the place it was recorded at.
        label: What to print beside its data.
        url: Base URL of the place; none of a sandbox, which has another each time.
        is_sandbox: Whether its data is made up.
        has_market_data_only: Whether that place serves the keyless endpoints alone.
        started_ms: The exchange's time when the recording began.
        rate: How fast the exchange's clock ran, in its seconds per second.
        order_seed: What the client order ids were drawn from.
        made_by: The version of the program that recorded it.
        seed: The sandbox's; None of any other place.
    """

    environment: str
    label: str
    url: str
    is_sandbox: bool
    has_market_data_only: bool
    started_ms: int
    rate: float
    order_seed: int
    made_by: str
    seed: int | None = None


@dataclass(frozen=True)
class Entry:
    """A call and its answer.

    Attributes:
        key: What was asked.
        repeat: How many times the same had been asked before.
        moment_ms: What "now" meant when it was asked.
        at_ms: The exchange's time when the answer came.
        status: HTTP status; 0 where none came.
        headers: Those of the answer that may be stored.
        body: Bytes of the answer.
        absence: Why no answer came, as `binance_nb.client.NoAnswer` has it; None where one did.
        line: Where on the tape it stands, from 1.
    """

    key: CallKey
    repeat: int
    moment_ms: int
    at_ms: int
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    absence: _Json | None = None
    line: int = 0

    @property
    def changes_state(self) -> bool:
        """Whether it may have moved money or orders; what was refused has not."""
        was_refused = 400 <= self.status < 500 and self.status != _HALF_DONE
        return (self.key.is_of_desk or ENDPOINTS[self.key.operation].changes_state) and not was_refused

    @property
    def is_bound(self) -> bool:
        """Whether it has its place among the changes: it is one, or its answer depends on the account."""
        return self.key.is_of_desk or self.changes_state or ENDPOINTS[self.key.operation].is_signed


@dataclass(frozen=True)
class Tape:
    """A tape that was read.

    Attributes:
        path: Its file, as it was given.
        header: What it says of itself.
        entries: Calls and answers, in the order of the answers.
        events: What came over streams, as `binance_nb.tape.streams` reads it.
        is_whole: Whether its recording ended as it should.
        broken_line: The line in which it breaks off; None where it does not.
    """

    path: Path
    header: Header
    entries: Sequence[Entry] = ()
    events: Sequence[_Json] = ()
    is_whole: bool = True
    broken_line: int | None = None

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.path.name

    def by_key(self) -> dict[CallKey, list[int]]:
        """Return the places of the entries by what was asked, each list in the order of asking."""
        places: dict[CallKey, list[int]] = {}
        for place, entry in enumerate(self.entries):
            places.setdefault(entry.key, []).append(place)
        for same in places.values():
            same.sort(key=lambda place: self.entries[place].repeat)
        return places


def tape_line(verb: str, path: Path, mode: str = "") -> str:
    """Return a line that a person can paste.

    Args:
        verb: ``record`` or ``replay``.
        path: The tape's file.
        mode: How it is used; empty where the line needs none.

    Returns:
        The line; the path is quoted where it has to be.
    """
    said = str(path)
    quoted = f'"{said}"' if re.search(r"[^\w./\\:~-]", said) else said
    return f"%binance {verb} {quoted}{f' --mode {mode}' if mode else ''}"


def repeats(entries: Iterable[Entry]) -> dict[CallKey, int]:
    """Return how many times each call stands on a tape.

    Args:
        entries: What it holds.

    Returns:
        The counts.
    """
    counts: dict[CallKey, int] = {}
    for entry in entries:
        counts[entry.key] = counts.get(entry.key, 0) + 1
    return counts
