"""A tape that is on: the client that goes with it, and what is left to do when it ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_nb.__about__ import __version__
from binance_nb.client import Client, OrderIds, Prepared, Reply, WeightBudget
from binance_nb.environment import Environment, is_loopback
from binance_nb.errors import TapeError, UsageError
from binance_nb.keys import Credentials, conceal
from binance_nb.tape.desk import PlayedDesk, PlayedSandbox, RecordedDesk
from binance_nb.tape.file import TapeFile, read_tape
from binance_nb.tape.modes import Mode
from binance_nb.tape.moments import Moments
from binance_nb.tape.recording import RecordingTransport
from binance_nb.tape.replaying import ReplayingTransport, TapeTime
from binance_nb.tape.streams import AddingHub, PlayedAccount, PlayedHub, RecordedAccount, RecordedHub, Writer
from binance_nb.tape.streams.happenings import ACCOUNT
from binance_nb.tape.tape import Entry, Header, Tape, repeats, tape_line

if TYPE_CHECKING:
    from binance_nb.sandbox.launcher import SandboxProcess
    from binance_nb.streams.hub import StreamHub
    from binance_nb.streams.user.following import Follower

__all__ = ["Reel", "put_on"]

_SEED_BITS = 40
_SANDBOX_URL = "http://sandbox.invalid"
_LOCAL = "local"
_LONGEST_SHOWN = 80
_STREAM_URL = "ws://tape.invalid"
_TAPE_OF = "TAPE of "
# Signed calls are found on a tape without their signature; it only has to be there, and looks like no real key.
_NO_KEY = "Tape" * 16


class Reel:
    """A tape that is on.

    Args:
        path: Its file.
        mode: How it is used.
        client: Makes the calls while it is on.
        player: Plays it; None where it is only recorded.
        file: Takes what is recorded; None where it is only played.
        recorder: Writes calls down; None where it is only played.
        behind: Makes calls that are not recorded, where others are.
        played_streams: Plays what came by streams.

    Attributes:
        path: As given.
        mode: As given.
        client: As given.
    """

    def __init__(
        self,
        path: Path,
        mode: Mode,
        client: Client,
        player: ReplayingTransport | None,
        file: TapeFile | None,
        *,
        recorder: RecordingTransport | None = None,
        behind: Client | None = None,
        played_streams: PlayedHub | None = None,
    ) -> None:
        self.path = path
        self.mode = mode
        self.client = client
        self.player = player
        self.file = file
        self._recorder = recorder
        self._sandbox: SandboxProcess | None = None
        self._behind = behind or client
        self._played_streams = played_streams
        self._writer: Writer | None = None
        if file is not None:
            first = played_streams.newest + 1 if played_streams is not None else 1
            self._writer = Writer(file.add_event, client.clock, first)

    @property
    def is_recording(self) -> bool:
        """Whether calls are written down."""
        return self.file is not None

    @property
    def is_playing(self) -> bool:
        """Whether calls are answered from it."""
        return self.player is not None

    @property
    def problem(self) -> str:
        """Why it is recorded no more, such as a full disk; empty when all is well."""
        return "" if self.file is None else self.file.problem

    @property
    def label(self) -> str:
        """Where it was recorded, or is."""
        place = self.client.environment
        return (place.label or place.name).removeprefix(_TAPE_OF)

    @property
    def recorded(self) -> int:
        """How many calls stand on it."""
        if self.file is not None:
            return self.file.calls
        return 0 if self.player is None else len(self.player.tape.entries)

    @property
    def stream_client(self) -> Client:
        """Makes the calls that streams need; what they bring is recorded with the streams."""
        return self._behind

    def left(self) -> list[Entry]:
        """Return the calls of a tape that is played which were not asked for."""
        return [] if self.player is None else self.player.left()

    def feeds_left(self) -> list[tuple[str, ...]]:
        """Return the streams of a tape that is played which were not opened."""
        return [] if self._played_streams is None else self._played_streams.left()

    def hub(self, make: Callable[[], StreamHub]) -> PlayedHub | RecordedHub | AddingHub:
        """Return where market streams come from while it is on.

        Args:
            make: Makes the hub whose streams are recorded.
        """
        if self._writer is None:
            assert self._played_streams is not None
            return self._played_streams
        recorded = RecordedHub(make(), self._writer)
        return recorded if self._played_streams is None else AddingHub(self._played_streams, recorded)

    def follow(self, *args: Any, **words: Any) -> Follower:  # Any: as of Following
        """Return what follows an account while it is on; see `Following`."""
        played = self._played_streams
        if played is not None and (self._writer is None or played.holds([ACCOUNT])):
            return PlayedAccount(played, *args, **words)
        assert self._writer is not None
        return RecordedAccount(self._writer, self._behind, *args, **words)

    def sandbox(self, own: SandboxProcess | None) -> SandboxProcess | None:
        """Return the sandbox to go on with while it is on, whose control desk is on the tape, too.

        Args:
            own: The session's.

        Returns:
            The same; where there is none and it is played, what stands in for the one that it was recorded at. None
            where it was recorded at no sandbox.
        """
        if self.player is not None:
            header, desk = self.player.tape.header, PlayedDesk(self.player)
            if not header.is_sandbox:
                return None
            self._sandbox = own or PlayedSandbox(header, desk, self.client)
            self._sandbox.desk = desk
        elif own is not None and self._recorder is not None:
            self._sandbox = own
            own.desk = RecordedDesk(own, self._recorder, self.client.clock)
        return self._sandbox

    def close(self) -> None:
        """End the tape; what was recorded stands in its file."""
        self.client.clock.moments = None
        if self._sandbox is not None:
            self._sandbox.desk = None
            self._sandbox = None
        if self._played_streams is not None:
            self._played_streams.close()
        if self.file is not None:
            self.file.close()

    @property
    def doing(self) -> str:
        """What it does, in words."""
        if self.is_playing:
            return "playing and recording" if self.is_recording else "playing"
        return "recording"

    def __repr__(self) -> str:
        return f"Reel({self.path.name}, {self.doing})"


def put_on(client: Client, path: Path, mode: Mode, pace: float | None = None, seed: int | None = None) -> Reel:
    """Put a tape on.

    Args:
        client: Who makes calls where something has to be recorded.
        path: The tape's file.
        mode: How it is used.
        pace: How fast its streams are played, where they are to come as they came; None for all at once.
        seed: The sandbox's, where calls go to one.

    Returns:
        The tape, with the client to go on with.

    Raises:
        TapeError: It cannot be read or written, or was recorded elsewhere and is to be added to.
        BinanceError: The exchange cannot be asked for its time.
    """
    _check_name(path)
    tape = read_tape(path) if mode.replays(path) else None
    if not mode.records(path):
        assert tape is not None
        return _played(path, mode, tape, pace)
    return _recorded(client, path, mode, tape, seed)


def _check_name(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError as error:
        raise TapeError(f"{path} cannot be reached: {error.strerror}.", culprit=path.name) from None
    except (OSError, ValueError) as error:  # a name of 300 letters, one with a NUL
        said = str(path) if len(str(path)) <= _LONGEST_SHOWN else f"{str(path)[:_LONGEST_SHOWN]}…"
        raise UsageError(
            f"{said!r} cannot be the name of a file: {getattr(error, 'strerror', None) or error}.",
            hint="Give the path of a tape, such as study.jsonl.",
            culprit=said,
        ) from None


def _played(path: Path, mode: Mode, tape: Tape, pace: float | None) -> Reel:
    header, time = tape.header, TapeTime()
    clock = time.clock(header.started_ms, header.rate)
    player = ReplayingTransport(tape, clock)
    clock.moments = player
    place = Environment(
        header.environment,
        header.url or _SANDBOX_URL,
        is_sandbox=header.is_sandbox,
        has_market_data_only=header.has_market_data_only,
        label=f"{_TAPE_OF}{header.label or header.environment}",
        stream_url=_STREAM_URL,
        ws_api_url="" if header.has_market_data_only else _STREAM_URL,
    )
    client = Client(
        place,
        None if header.has_market_data_only else Credentials(conceal(_NO_KEY), conceal(_NO_KEY), place.host, "tape"),
        transport=player,
        max_wait_seconds=float("inf"),  # waits take no time
        order_ids=OrderIds(header.order_seed),
        sleep=time.sleep,
        budget=_Unlimited(),
        make_clock=lambda _look: clock,
    )
    client.source = "tape"
    return Reel(path, mode, client, player, None, played_streams=PlayedHub(tape, clock, pace))


def _recorded(client: Client, path: Path, mode: Mode, tape: Tape | None, seed: int | None) -> Reel:
    if tape is not None:
        _check_place(path, tape.header, client.environment)
    clock = client.clock
    header = _header(client, seed) if tape is None else None
    order_seed = tape.header.order_seed if tape is not None else _seed_in(header)
    calls, events = (0, 0) if tape is None else (len(tape.entries), len(tape.events))
    file = TapeFile(path, header, calls, events)
    own_clock = TapeTime().clock(tape.header.started_ms, clock.rate) if tape is not None else clock
    player = None if tape is None else ReplayingTransport(tape, own_clock)
    played_streams = None if tape is None else PlayedHub(tape, own_clock)
    moments = Moments(clock.now_ms)
    counts = repeats(tape.entries) if tape is not None else {}
    clock.moments = moments if player is None else _BothMoments(player, moments)
    recorder = RecordingTransport(client.transport, file, clock, clock.moments, counts)
    recording = Client(
        # No bulk files: a tape holds calls.
        replace(client.environment, archives_url="", listing_url=""),
        client.credentials,
        transport=recorder if player is None else _Adding(player, recorder),
        max_wait_seconds=client.max_wait_seconds,
        timeout_seconds=client.timeout_seconds,
        recv_window_ms=client.recv_window_ms,
        order_ids=OrderIds(order_seed),
        sleep=client.waiting.sleep,
        on_wait=client.waiting.tell,
        budget=client.budget,
        make_clock=lambda _look: clock,
    )
    return Reel(path, mode, recording, player, file, recorder=recorder, behind=client, played_streams=played_streams)


def _check_place(path: Path, header: Header, place: Environment) -> None:
    """Refuse to add to a tape what belongs to another place; two sandboxes are two markets."""
    was, now = header.environment, _name_of(place)
    if was == now and header.is_sandbox:
        was, now = header.label, place.label
    if was == now:
        return
    raise TapeError(
        f"{path.name} was recorded at {was}, and calls go to {now} now.",
        hint="Add to a tape where it was recorded, or record another.",
        suggestion=f"%binance use {header.environment}",
        culprit=path.name,
    )


def _header(client: Client, seed: int | None) -> Header:
    place = client.environment
    started_ms = client.clock.now_ms()
    return Header(
        environment=_name_of(place),
        label=place.label,
        url="" if is_loopback(place.url) else place.url,
        is_sandbox=place.is_sandbox,
        has_market_data_only=place.has_market_data_only,
        started_ms=started_ms,
        rate=client.clock.rate,
        # On a sandbox whose clock stands, two recordings of the same are the same.
        order_seed=started_ms if client.clock.rate == 0 else secrets.randbits(_SEED_BITS),
        made_by=__version__,
        seed=seed,
    )


def _name_of(place: Environment) -> str:
    """Return what a place is called on a tape: of this computer, not at which port it listens."""
    return _LOCAL if is_loopback(place.url) and not place.is_sandbox else place.name


def _seed_in(header: Header | None) -> int:
    assert header is not None
    return header.order_seed


class _BothMoments:
    """What "now" means while a tape is played and added to: what it meant then, as long as there is something left."""

    def __init__(self, player: ReplayingTransport, moments: Moments) -> None:
        self._player = player
        self._moments = moments
        self._last_ms: int | None = None

    def __call__(self) -> int:
        self._last_ms = None if self._player.is_over else self._player()
        return self._moments() if self._last_ms is None else self._last_ms

    def held(self) -> AbstractContextManager[int]:
        """Keep for a block what it was last."""
        return self._moments.held() if self._last_ms is None else nullcontext(self._last_ms)


class _Adding:
    """Plays what a tape holds, and sends and records what it does not: reads alone."""

    def __init__(self, player: ReplayingTransport, recorder: RecordingTransport) -> None:
        self._player = player
        self._recorder = recorder

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer a request from the tape, or send and record it; see `Transport.send`."""
        if self._player.holds(prepared):
            return self._player.send(prepared, timeout_seconds=timeout_seconds)
        if prepared.method != "GET":
            raise UsageError(
                f"{prepared.operation} is not on {self._player.tape.name}, and mode new records reads alone: nothing "
                "was sent.",
                hint="The orders on the tape were placed when it was recorded; this one would be placed among them.",
                suggestion=tape_line("record", self._player.tape.path, "all"),
                operation=prepared.operation,
                culprit=prepared.operation,
            )
        return self._recorder.send(prepared, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """Let go of connections."""
        self._recorder.close()


class _Unlimited(WeightBudget):
    """Counts what a tape says was used, and refuses nothing: nothing is sent."""

    def charge(self, weight: int, now_ms: int, *, binds: bool = True) -> int:
        """Charge a call; there is always room."""
        return super().charge(weight, now_ms, binds=False)
