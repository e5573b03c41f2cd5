"""How many handshakes a host is asked for."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.dials import Dials, dials_of, forget_dials


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 100), max_size=60))
def test_no_five_minutes_see_more_than_allowed(pauses: list[float]) -> None:
    """However they are asked for, each handshake and the tenth after it lie five minutes apart."""
    clock = Clock()
    dials = Dials(clock, most=10)
    made = []
    for pause in pauses:
        clock.now += pause
        clock.now += dials.wait_seconds()
        dials.count()
        made.append(clock.now)

    assert all(later - earlier >= 299.999 for earlier, later in zip(made, made[10:], strict=False))


def test_nothing_waits_before_the_limit() -> None:
    """The first handshakes are made at once."""
    dials = Dials(Clock(), most=3)
    waits = []
    for _ in range(3):
        waits.append(dials.wait_seconds())
        dials.count()

    assert waits == [0, 0, 0]
    assert dials.wait_seconds() == 300


def test_a_ban_holds_for_every_handshake_and_a_shorter_one_does_not_end_it() -> None:
    """What the exchange wants is waited for in full."""
    clock = Clock()
    dials = Dials(clock)
    dials.shut(120)
    dials.shut(7)

    assert dials.wait_seconds() == 120
    clock.now += 120
    assert dials.wait_seconds() == 0


def test_connections_to_one_host_share_the_count() -> None:
    """The exchange counts an address, and not a connection."""
    hosts = [dials_of(host) for host in ("a.example:1", "a.example:1", "b.example:1")]

    assert [one is other for one, other in pairwise(hosts)] == [True, False]


def test_a_host_begins_anew_when_another_exchange_took_its_place() -> None:
    """A ban by the sandbox before on the same port is not the new one's."""
    dials_of("c.example:1").shut(120)
    forget_dials("c.example:1")

    assert dials_of("c.example:1").wait_seconds() == 0
