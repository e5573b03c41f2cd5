"""A notebook that plays a tape on other days and in another time zone; ``benchmarks/soak/tape_replays.py`` in small."""

from __future__ import annotations

import time

from benchmarks.soak.tape_replays import frames_of, tour


def test_a_tape_gives_the_same_frames_on_any_day_and_anywhere() -> None:
    """To the last bit, three years apart and on two sides of the world."""
    [notebook] = [path for path in tour() if "tape" in path.name]

    first, early = frames_of(notebook, -1000.7, "America/Los_Angeles")
    second, late = frames_of(notebook, 200.3, "Asia/Kolkata")

    assert first == second
    assert len(first) > 3
    assert early < time.time() - 999 * 86_400 < time.time() + 199 * 86_400 < late
