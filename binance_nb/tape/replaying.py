"""A transport that answers from a tape, and the clock that goes with it."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager, nullcontext
from threading import Lock

from binance_nb.client import ClockReading, NoAnswer, Prepared, Reply, ServerClock
from binance_nb.errors import TapeError
from binance_nb.tape.calls import CallKey, key_of
from binance_nb.tape.misses import miss, out_of_order
from binance_nb.tape.tape import Entry, Tape

__all__ = ["ReplayingTransport", "TapeTime"]

_NOTHING: deque[int] = deque()


class TapeTime:
    """Time that passes by what is played: from answer to answer, and by waits that take no time.

    Attributes:
        seconds: How much has passed.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def ticks(self) -> float:
        """Return the seconds that have passed."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass, at once.

        Args:
            seconds: How much.
        """
        self.seconds += seconds

    def clock(self, started_ms: int, rate: float) -> ServerClock:
        """Return a clock that goes by this time and asks nobody.

        Args:
            started_ms: What it shows now.
            rate: How fast it runs.

        Returns:
            The clock.
        """
        clock = ServerClock(lambda: ClockReading(clock.estimate_ms(), rate=rate), ticks=self.ticks, wall=self.ticks)
        clock.follow(ClockReading(started_ms, rate=rate))
        return clock


class ReplayingTransport:
    """Answers from a tape; nothing is sent.

    Calls are found by what they ask, in whatever order they come. Only what depends on the account keeps its place
    among the calls that change it: a balance after an order is not the balance before it.

    Args:
        tape: The tape.
        clock: The clock that follows what is played.

    Attributes:
        played: The places of the entries that were played.
    """

    def __init__(self, tape: Tape, clock: ServerClock) -> None:
        self.tape = tape
        self._clock = clock
        self._places = {key: deque(places) for key, places in tape.by_key().items()}
        self._times = {key: len(places) for key, places in self._places.items()}
        # What was asked before a change that was played since: its answer does not hold any more.
        self._too_late: dict[CallKey, int] = {}
        self._owed = deque(place for place, entry in enumerate(tape.entries) if entry.changes_state)
        self._guard = Lock()
        self._ahead = 0
        self._last_change = -1
        self.played: set[int] = set()

    def __call__(self) -> int:
        """Return what "now" means for the next call: what it meant when that call was recorded."""
        with self._guard:
            if self._ahead < len(self.tape.entries):
                return self.tape.entries[self._ahead].moment_ms
            return self._clock.estimate_ms()

    def held(self) -> AbstractContextManager[int]:
        """Keep "now" for a block; calls that were recorded together have the same one."""
        return nullcontext(self())

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer a request; see `Transport.send`.

        Raises:
            TapeMissError: The tape holds no answer to it.
            TapeError: It holds one that belongs elsewhere in the order of calls.
        """
        entry = self._play(key_of(prepared.operation, prepared.sent, prepared.headers))
        if entry.absence is not None:
            facts = entry.absence
            raise NoAnswer(
                facts["reason"], was_sent=facts["was_sent"], is_timeout=facts["is_timeout"], kind=facts["kind"]
            )
        return Reply(prepared.operation, prepared.sent, entry.status, entry.headers, entry.body, entry.at_ms)

    def holds(self, prepared: Prepared) -> bool:
        """Return whether the tape has an answer left for a request.

        Args:
            prepared: The request.
        """
        return bool(self._places.get(key_of(prepared.operation, prepared.sent, prepared.headers)))

    def answer(self, key: CallKey) -> Entry:
        """Answer what was asked elsewhere than of the exchange; see `RecordingTransport.write_down`.

        Args:
            key: What is asked.

        Returns:
            What was recorded.

        Raises:
            TapeMissError: The tape holds none.
            TapeError: It holds one that belongs elsewhere in the order of calls.
        """
        return self._play(key)

    @property
    def is_over(self) -> bool:
        """Whether every call of the tape was asked for."""
        return len(self.played) == len(self.tape.entries)

    def left(self) -> list[Entry]:
        """Return the calls of the tape that were not asked for."""
        return [entry for place, entry in enumerate(self.tape.entries) if place not in self.played]

    def close(self) -> None:
        """There is nothing to let go of."""

    def _play(self, key: CallKey) -> Entry:
        with self._guard:
            place = self._place_of(key)
            entry = self.tape.entries[place]
            self.played.add(place)
            self._ahead = max(self._ahead, place + 1)
            if entry.changes_state:
                self._last_change = place
                self._owed.popleft()
            if entry.at_ms > self._clock.estimate_ms():
                self._clock.follow(ClockReading(entry.at_ms, rate=self._clock.rate))
            return entry

    def _place_of(self, key: CallKey) -> int:
        """Return the place of a call, which is taken."""
        left = self._places.get(key, _NOTHING)
        if left and not self.tape.entries[left[0]].is_bound:
            return left.popleft()
        while left and left[0] < self._last_change:
            self._too_late.setdefault(key, left.popleft())
        if not left and key in self._too_late:
            raise self._disorder(self._too_late[key], self._last_change)
        if not left:
            raise miss(self.tape, key, self._times.get(key, 0))
        if self._owed and self._owed[0] < left[0]:
            raise self._disorder(left[0], self._owed[0])
        return left.popleft()

    def _disorder(self, place: int, other: int) -> TapeError:
        return out_of_order(self.tape, self.tape.entries[place], self.tape.entries[other])
