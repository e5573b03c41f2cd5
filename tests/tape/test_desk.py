"""What was done to a sandbox beside the exchange's protocol: on the tape, in its place, played without a sandbox."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

import binance_nb
from binance_nb import Session, connect
from binance_nb.errors import ApiError, SandboxError, TapeError, TapeMissError
from binance_nb.sandbox.launcher import SandboxProcess

FROZEN = "2024-06-01T12:00:00Z"
HOUR_MS = 3_600_000


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A tape of `work`."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own, own.taped(tmp_path / "a.jsonl"):
        work(own)
    return tmp_path / "a.jsonl"


def desk_of(session: Session) -> SandboxProcess:
    """The sandbox of a session, whichever it is."""
    assert session.sandbox is not None
    return session.sandbox


def work(session: Session, sandbox: SandboxProcess | None = None) -> list[object]:
    """Turn the clock, bring money, let something go wrong; what was seen of it."""
    desk = sandbox or desk_of(session)
    said: list[object] = [session.ticker_price("BTCUSDT", raw=True), desk.advance(HOUR_MS)]
    said += [session.ticker_price("BTCUSDT", raw=True), session.environment.label.removeprefix("TAPE of ")]
    said += [desk.deposit("USDT", "250"), session.account(omit_zero_balances=True, raw=True)]
    with desk.faults("depth", kind=403), pytest.raises(ApiError) as refused:
        session.depth("BTCUSDT", limit=5)
    said += [str(refused.value), len(session.depth("BTCUSDT", limit=5))]
    desk.faults("depth", kind=451, count=1)
    desk.clear_faults()
    return said


def test_a_tape_plays_what_was_done_to_the_sandbox(tmp_path: Path) -> None:
    """With no sandbox at all: the clock turns, money comes, the fault strikes and is gone again."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own, own.taped(tmp_path / "a.jsonl"):
        recorded = work(own)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = work(reader)
        seed, left = desk_of(reader).seed, reader.tape and reader.tape.left()

    assert recorded == replayed
    assert (1, []) == (seed, left)


def test_a_running_sandbox_is_left_alone_while_a_tape_is_played(tape: Path) -> None:
    """Also by who holds it from before; when the tape is out, it answers again, and its clock stands where it stood."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own:
        held = desk_of(own)
        with own.taped(tape) as reel:
            work(own, held)
            left = reel.left()

        assert left == []
        assert [] == [call for call in held.log() if call["endpoint"] == "depth"]
        assert "12:00:00" in own.environment.label
        assert held.advance(1000) == own.client.clock.estimate_ms()


def test_a_label_still_says_where_the_clock_stands_when_a_recording_is_over(session: Session, tmp_path: Path) -> None:
    """The clock was turned while it was on."""
    with session.taped(tmp_path / "a.jsonl"):
        now_ms = desk_of(session).advance(HOUR_MS)

    assert session.environment.standing_at(now_ms) == session.environment


def test_an_order_before_the_clock_was_turned_is_refused(tmp_path: Path) -> None:
    """It was placed afterwards, at another price; the error names both lines."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own, own.taped(tmp_path / "a.jsonl"):
        desk_of(own).advance(HOUR_MS)
        own.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")

    with (
        binance_nb.replay(tmp_path / "a.jsonl") as reader,
        pytest.raises(TapeError, match=r"line \d+ \(new_order\)") as refused,
    ):
        reader.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")

    assert "(sandbox.advance)" in refused.value.message


def test_turning_the_clock_by_something_else_names_what_is_there(tape: Path) -> None:
    """A miss as that of any call."""
    with binance_nb.replay(tape) as reader, pytest.raises(TapeMissError, match=r"sandbox\.advance") as missed:
        desk_of(reader).advance(5)

    assert missed.value.hint is not None
    assert f"advance_ms {HOUR_MS}, not 5" in missed.value.hint


def mistaken(session: Session) -> list[str]:
    """What the desk says to a clock that is turned back, and to a fault that there is not; it goes on all the same."""
    said = []
    for mistake in (lambda: desk_of(session).advance(-5), lambda: desk_of(session).faults("depth", kind="nonsense")):
        with pytest.raises(SandboxError) as refused:
            mistake()
        said.append(f"{refused.value} {refused.value.hint}")
    return [*said, str(desk_of(session).deposit("USDT", "250"))]


def test_what_the_desk_refuses_is_refused_when_played(tmp_path: Path) -> None:
    """In the same words."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own, own.taped(tmp_path / "a.jsonl"):
        recorded = mistaken(own)
    with binance_nb.replay(tmp_path / "a.jsonl") as reader:
        replayed = mistaken(reader)

    assert recorded == replayed


def test_a_tape_that_is_added_to_leaves_the_clock_where_the_sandbox_has_it(tape: Path) -> None:
    """What is played has turned another one."""
    with connect("sandbox", seed=1, frozen=FROZEN) as own:
        before_ms = own.client.clock.estimate_ms()
        with own.taped(tape, "new"):
            desk_of(own).advance(HOUR_MS)

        assert before_ms == own.client.clock.estimate_ms()


def test_a_sandbox_of_a_tape_that_was_taken_out_says_so(tape: Path) -> None:
    """To who holds it still."""
    with binance_nb.replay(tape) as reader:
        held = desk_of(reader)
        reader.eject()

        with pytest.raises(SandboxError, match="stood on a tape"):
            held.advance(HOUR_MS)


def test_a_tape_keeps_no_sandbox_running(tmp_path: Path) -> None:
    """One that was taken out, though a cell's output holds it; and one that is on, with nobody to hold the session."""
    own = connect("sandbox", seed=1, frozen=FROZEN)
    reel, taken_out = own.record(tmp_path / "a.jsonl"), weakref.ref(desk_of(own))
    own.eject()
    del own
    other = connect("sandbox", seed=1, frozen=FROZEN)
    file = other.record(tmp_path / "b.jsonl").file
    left_on = weakref.ref(desk_of(other))
    del other
    assert file is not None
    file.close()

    assert (None, None, "a.jsonl") == (taken_out(), left_on(), reel.path.name)


def test_what_only_a_running_sandbox_knows_is_refused(tape: Path) -> None:
    """Its log, and its address."""
    with binance_nb.replay(tape) as reader:
        with pytest.raises(SandboxError, match="log is not on a tape"):
            desk_of(reader).log()
        with pytest.raises(AttributeError, match="has no url"):
            desk_of(reader).url  # noqa: B018 - it raises
