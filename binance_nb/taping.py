"""The session's tapes: ``session.record("study.jsonl")``, ``session.replay("study.jsonl")``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from binance_nb.calls import Calls
from binance_nb.errors import TapeError, UsageError
from binance_nb.store import Store
from binance_nb.tape import Mode, Reel, mode_of, put_on
from binance_nb.trading.arming.interlock import Interlock
from binance_nb.trading.journal.journal import Journal
from binance_nb.verifying import verified_manifest

__all__ = ["Taping"]

# What a session makes on first use with the client it has; with another client it is made anew.
_MADE_WITH_CLIENT = ("market", "order_journal", "preflight", "store", "streams")


class Taping(Calls):
    """A place on the exchange whose traffic can be recorded and played back."""

    _reel: Reel | None = None
    _before: dict[str, Any]  # Any: what the session was made of
    _scratch: str

    @property
    def tape(self) -> Reel | None:
        """The tape that is on, if any."""
        return self._reel

    def record(self, path: str | Path, mode: str = Mode.ONCE, *, pace: float | None = None) -> Reel:
        """Put a tape on: from now on calls are recorded, or answered from it, until `eject`.

            with session.taped("study.jsonl"):
                hours = session.klines("BTCUSDT", "1h", start="-30d")

        A tape holds what was asked and answered, and neither key nor signature nor whose account it is. Whoever plays
        it needs no key, no network and no account; "now" means there what it meant when it was recorded. While it is
        on, long ranges come from the API alone: neither from the store nor from bulk files. A tape that is played and
        put on again begins anew. What feeds, books and
        events of your account bring stands on it too, with its timing.

        Should the tape become impossible to write, a full disk for instance, no answer is lost: calls go on
        unrecorded, a warning says so, and ``problem`` of the tape keeps why.

        Args:
            path: The tape's file, ``.jsonl``, or ``.jsonl.gz`` to have it compressed.
            mode: ``once`` records where there is no tape yet, and replays one that is there; ``none`` replays;
                ``new`` replays what is known and records the reads that are not; ``all`` records everything anew.
            pace: Where it is played: how fast streams go by, 1 as they did, so that widgets move. Without, what they
                brought is there at once.

        Returns:
            The tape.

        Raises:
            UsageError: A tape is on already, there is no such mode, or the pace is none.
            TapeError: It cannot be read or written.
            BinanceError: The exchange cannot be asked for its time.
        """
        if self._reel is not None and not self._reel.is_recording and self._reel.path == Path(path).expanduser():
            self.eject()  # the same again, as a cell that is run again asks for: from its beginning
        if self._reel is not None:
            raise UsageError(
                f"{self._reel.path.name} is on already.",
                hint="Take it out first: session.eject().",
                suggestion="%binance eject",
                culprit=str(path),
            )
        # What is being verified is what the tape says; recorded anew, it would agree with anything.
        how = mode_of(str(mode)) if verified_manifest() is None else Mode.NONE
        seed = None if self.sandbox is None else self.sandbox.seed
        reel = put_on(self.client, Path(path).expanduser(), how, _checked_pace(pace), seed)
        self._put_on(reel)
        return reel

    def replay(self, path: str | Path, *, pace: float | None = None) -> Reel:
        """Put a tape on to be played: calls are answered from it, and nothing is sent, until `eject`.

        Args:
            path: The tape's file.
            pace: How fast streams go by, 1 as they did, so that widgets move. Without, what they brought is there at
                once.

        Returns:
            The tape.

        Raises:
            UsageError: A tape is on already.
            TapeError: There is none, or it cannot be read.
        """
        return self.record(path, Mode.NONE, pace=pace)

    @contextmanager
    def taped(self, path: str | Path, mode: str = Mode.ONCE, *, pace: float | None = None) -> Iterator[Reel]:
        """Have a tape on for a block; see `record`.

        Args:
            path: As there.
            mode: As there.
            pace: As there.

        Yields:
            The tape.

        Raises:
            BinanceError: As there.
            TapeError: At the end of the block: not all of it could be recorded.
        """
        reel = self.record(path, mode, pace=pace)
        try:
            yield reel
        finally:
            self.eject()
        if reel.problem:
            raise TapeError(
                reel.problem,
                hint="What the block did is done, and its answers were right; only the tape is not whole.",
                suggestion=f"%binance record {reel.path.name} --mode all",
                culprit=reel.path.name,
            )

    def eject(self) -> Reel | None:
        """Take the tape out; calls go to the exchange again.

        Returns:
            The tape, or None where none was on.
        """
        reel, self._reel = self._reel, None
        if reel is None:
            return None
        self._close_made()  # feeds end while there is still a tape to write it on
        reel.close()
        self.__dict__.update(self._before)
        self.client.gate = self.interlock
        if not reel.is_playing:
            self.client.environment = replace(self.client.environment, label=reel.client.environment.label)
        shutil.rmtree(self._scratch, ignore_errors=True)
        return reel

    def close(self) -> None:
        """End the tape that is on, and let go of everything."""
        self.eject()
        super().close()

    def status(self) -> dict[str, Any]:  # Any: see Calls.status
        """Return where this session stands, without asking anybody; see `Calls.status`.

        Returns:
            Its facts; ``tape`` is the name of the tape that is on and what it does, None where none is.
        """
        reel = self._reel
        return {**super().status(), "tape": None if reel is None else (reel.path.name, reel.doing)}

    def _put_on(self, reel: Reel) -> None:
        kept = ("client", "interlock", "sandbox", "_trader", "_trades_with", "_trades_under")
        self._before = {name: vars(self)[name] for name in (*kept, *_MADE_WITH_CLIENT) if name in vars(self)}
        for name in _MADE_WITH_CLIENT:
            if name != "order_journal" or reel.is_playing:
                vars(self).pop(name, None)
        self._reel, self.client, self._trader = reel, reel.client, None
        self.sandbox = reel.sandbox(self.sandbox)
        self._trades_with, self._trades_under = reel.client.credentials, None
        self._scratch = tempfile.mkdtemp(prefix="binance_nb-tape-")
        # What was fetched before must not be missing on the tape.
        vars(self)["store"] = Store(Path(self._scratch))
        if reel.is_playing:
            # Nothing is ordered: the journal of real orders has nothing to do with it.
            vars(self)["order_journal"] = Journal(Path(self._scratch) / "journal.sqlite")
            self.interlock = Interlock(reel.client.environment)
        self.client.gate = self.interlock

    def _close_made(self) -> None:
        for name in _MADE_WITH_CLIENT:
            made = vars(self).pop(name, None)
            if made is not None and made is not self._before.get(name) and hasattr(made, "close"):
                made.close()


def _checked_pace(pace: object) -> float | None:
    if pace is None:
        return None
    try:
        number = float(str(pace))
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise UsageError(
            f"A pace is a number above 0, not {str(pace)!r}.",
            hint="1 is as fast as it was recorded.",
            suggestion="1",
            culprit=str(pace),
        )
    return number
