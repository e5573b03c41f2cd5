"""A sandbox's control desk on a tape: the clock that was turned, the faults that were set, the money that came in."""

from __future__ import annotations

import json
import weakref
from functools import partial
from typing import Any

from binance_nb.client import Client, ServerClock
from binance_nb.errors import SandboxError
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.tape.calls import DESK_CALLS, CallKey
from binance_nb.tape.recording import RecordingTransport
from binance_nb.tape.replaying import ReplayingTransport
from binance_nb.tape.tape import Header

__all__ = ["PlayedDesk", "PlayedSandbox", "RecordedDesk"]

_Words = dict[str, object]
_NAMES = {call: name for name, call in DESK_CALLS.items()}


class RecordedDesk:
    """Asks a sandbox's desk, and writes down what changes what comes after it.

    Args:
        sandbox: The sandbox.
        recorder: Writes.
        clock: The exchange's clock.
    """

    def __init__(self, sandbox: SandboxProcess, recorder: RecordingTransport, clock: ServerClock) -> None:
        # The sandbox holds this, and has to end as soon as nobody holds it.
        self._sandbox = weakref.ref(sandbox)
        self._recorder = recorder
        self._clock = clock

    def __call__(self, method: str, action: str, words: _Words) -> tuple[int, Any]:  # Any: JSON
        """Ask; see `Desk`."""
        sandbox = self._sandbox()
        assert sandbox is not None  # it is who calls
        status, told = sandbox.ask_desk(method, action, words)
        if (key := _key(method, action, words)) is not None:
            at_ms = told.get("time") if action == "clock" else None
            self._recorder.write_down(key, json.dumps(told).encode(), at_ms or self._clock.estimate_ms(), status)
        return status, told


class PlayedDesk:
    """Answers from a tape what was asked of a sandbox's desk; one that is there is left alone.

    Args:
        player: Plays the tape.
    """

    def __init__(self, player: ReplayingTransport) -> None:
        self._player = player

    def __call__(self, method: str, action: str, words: _Words) -> tuple[int, Any]:  # Any: JSON
        """Answer; see `Desk`.

        Raises:
            TapeError: The tape has no answer, or not here.
            SandboxError: It cannot have one: only a running sandbox knows.
        """
        if (key := _key(method, action, words)) is None:
            raise SandboxError(
                f"{action} is not on a tape: only a running sandbox can tell.",
                hint="Take the tape out first.",
                suggestion="%binance eject",
                culprit=action,
            )
        entry = self._player.answer(key)
        return entry.status, json.loads(entry.body)


class PlayedSandbox(SandboxProcess):
    """The sandbox that a tape was recorded at, for a session that has none: its desk is played, and nothing else of it.

    Args:
        header: What the tape says of itself.
        desk: Plays.
        client: Is told where a clock stands that was turned.
    """

    def __init__(self, header: Header, desk: PlayedDesk, client: Client) -> None:
        # No process and no address, so nothing of what the inherited one makes.
        self.seed = -1 if header.seed is None else header.seed
        self.instance = "tape"
        self.clock_origin_ms = header.started_ms
        self.clock_rate = header.rate
        self.archives = None
        self.when_turned = partial(_tell, client) if header.rate == 0 else None
        self.desk = desk

    def __repr__(self) -> str:
        return "PlayedSandbox(a tape's)"

    def __getattr__(self, name: str) -> Any:  # Any: it raises
        raise AttributeError(f"The sandbox of a tape has no {name}: it was running when it was recorded.")

    @property
    def is_running(self) -> bool:
        """Whether it answers: as long as there is something on the tape."""
        return True

    def ask_desk(self, method: str, action: str, words: _Words) -> tuple[int, Any]:  # Any: JSON
        """Refuse: the tape has been taken out."""
        raise SandboxError(
            "This sandbox stood on a tape, which is not on any more.",
            hint="Put the tape on again, and take session.sandbox from there.",
            culprit=action,
        )

    def stop(self) -> None:
        """There is nothing to stop."""


def _tell(client: Client, now_ms: int) -> None:
    client.environment = client.environment.standing_at(now_ms)


def _key(method: str, action: str, words: _Words) -> CallKey | None:
    name = _NAMES.get((method, f"/sandbox/{action}"))
    if name is None:
        return None
    said = {word: value if isinstance(value, str) else json.dumps(value) for word, value in words.items()}
    return CallKey(name, tuple(sorted(said.items())))
