"""What is known of two clocks after looking from one at the other: how far apart, how fast they part, how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ClockReport", "Drift", "Look", "drift_of"]

# The exchange's rules about timestamps: as far ahead is refused, and as far behind unless recvWindow says otherwise.
_AHEAD_MS = 1_000
_RECV_WINDOW_MS = 5_000
_TELLING_PPM = 100.0
# A quartz that is off by more is broken: so much, and somebody has set a clock.
_WORST_PPM = 1_000.0
_MILLION = 1_000_000


@dataclass(frozen=True)
class Look:
    """One look at the server's clock.

    Attributes:
        at_seconds: When the server most likely answered, by a steady clock here.
        server_ms: What its clock showed.
        error_ms: How far off that may be, either way: half of the round trip.
        rate: Server seconds per second here.
    """

    at_seconds: float
    server_ms: int
    error_ms: float
    rate: float = 1.0

    def leads_to(self, later: Look) -> bool:
        """Return whether a later look is what this one lets expect, or a clock was set in between.

        Args:
            later: The other look.

        Returns:
            True where the difference is one of clocks that run freely.
        """
        gone_ms = (later.at_seconds - self.at_seconds) * 1000
        # A server's milliseconds are whole.
        slack_ms = self.error_ms + later.error_ms + 2 + abs(gone_ms) * _WORST_PPM / _MILLION
        return later.rate == self.rate and abs(later.server_ms - self.server_ms - gone_ms * self.rate) <= max(
            slack_ms, slack_ms * self.rate
        )


@dataclass(frozen=True)
class Drift:
    """How fast two clocks part.

    Attributes:
        ppm: Microseconds that the server's clock gains in a second here; negative where it loses.
        error_ppm: How far off that may be, either way.
        over_seconds: How long it was watched.
    """

    ppm: float
    error_ppm: float
    over_seconds: float

    @property
    def is_telling(self) -> bool:
        """Whether it was watched for long enough to say anything about a clock."""
        return self.error_ppm <= _TELLING_PPM


@dataclass(frozen=True)
class ClockReport:
    """What a look at both clocks has shown.

    Attributes:
        server_ms: The exchange's time.
        offset_ms: How far it is ahead of the computer's clock; None for a made-up clock.
        error_ms: How far off its time may be, either way, by its own clock.
        round_trips_ms: How long each look took, the shortest first; the first is what the offset goes by.
        rate: Seconds of the exchange's clock per second here: 0 for one that stands, 1 for a real one.
        drift: How fast the clocks part; None before the second look.
        jumps: How often a clock, here or there, was found to have been set, or to have stood, since the session began.
        recv_window_ms: How long a signed request stays valid.
    """

    server_ms: int
    offset_ms: float | None
    error_ms: float
    round_trips_ms: tuple[float, ...]
    rate: float
    drift: Drift | None
    jumps: int = 0
    recv_window_ms: float = _RECV_WINDOW_MS

    @property
    def median_ms(self) -> float:
        """How long a look usually took."""
        return self.round_trips_ms[len(self.round_trips_ms) // 2]

    @property
    def spare_ahead_ms(self) -> float:
        """How much earlier a request could be stamped before the exchange calls it too far ahead (-1021)."""
        return _AHEAD_MS - self.error_ms

    @property
    def spare_behind_ms(self) -> float:
        """How much longer a request could travel before its recvWindow is over (-1021)."""
        return self.recv_window_ms - self.error_ms - self.median_ms * self.rate

    @property
    def is_refused_uncorrected(self) -> bool:
        """Whether a program that trusts the computer's clock would get -1021."""
        if self.offset_ms is None:
            return False
        return -self.offset_ms >= _AHEAD_MS or self.offset_ms > self.recv_window_ms


def drift_of(looks: Sequence[Look]) -> Drift | None:
    """Return how fast the clocks part, by the two looks that say it best.

    Args:
        looks: Looks in the order of time, between which no clock was set.

    Returns:
        The drift; None where there are not two.
    """
    pairs = [(first, last) for first in looks[: len(looks) // 2] for last in looks[len(looks) // 2 :]]
    found = [_between(first, last) for first, last in pairs if last.at_seconds > first.at_seconds and first.rate]
    return min(found, key=lambda drift: drift.error_ppm, default=None)


def _between(first: Look, last: Look) -> Drift:
    gone_ms = (last.at_seconds - first.at_seconds) * 1000
    gained_ms = (last.server_ms - first.server_ms) / first.rate - gone_ms
    # Whole milliseconds on the server: half a one for each look.
    error_ms = first.error_ms + last.error_ms + 1 / first.rate
    return Drift(gained_ms / gone_ms * _MILLION, error_ms / gone_ms * _MILLION, gone_ms / 1000)
