"""The file of a tape: a line of header, a line for each call, a line at the end; gzip where its name ends with .gz."""

from __future__ import annotations

import atexit
import gzip
import json
import os
import warnings
import weakref
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, TextIO, cast

from filelock import FileLock, Timeout

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import TapeError
from binance_nb.tape.calls import DESK_CALLS, CallKey
from binance_nb.tape.lines import DamagedLineError, read_line, write_line
from binance_nb.tape.tape import Entry, Header, Tape, tape_line

__all__ = ["FORMAT", "TapeFile", "read_tape"]

FORMAT = 1
"""The version of the format that is written here."""

_Json = dict[str, Any]  # Any: JSON
_KNOWN = ENDPOINTS.keys() | DESK_CALLS.keys()


def read_tape(path: Path) -> Tape:
    """Read a tape.

    A recording that broke off, with the computer or the kernel, is read up to there.

    Args:
        path: Its file.

    Returns:
        The tape.

    Raises:
        TapeError: It is not there, is no tape, is one of a newer version, or a line of it was changed; names the line.
    """
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise TapeError(f"{path.name} is empty.", hint="Record it anew.", suggestion=tape_line("record", path, "all"))
    header = _header(path, first)
    entries: list[Entry] = []
    events: list[_Json] = []
    is_whole, broken_line = False, None
    for number, line in enumerate(lines, start=2):
        try:
            fields = read_line(line)
        except DamagedLineError as damage:
            # Only what has no end can have been under way when the kernel ended; it is the last line.
            if line.endswith("\n"):
                raise _damaged(path, number, line, str(damage)) from None
            broken_line = number
            break
        if is_whole:
            raise _damaged(path, number, line, "it stands behind the end of the tape")
        if "end" in fields:
            is_whole = True
            _check_end(path, number, fields["end"], len(entries), len(events))
        elif "event" in fields:
            events.append(fields)
        else:
            entries.append(_entry(path, number, fields))
    return Tape(path, header, tuple(entries), tuple(events), is_whole, broken_line)


class TapeFile:
    """A tape that is written; one process at a time. Each line is on its way to the disk when it has been added.

    Once it is begun, nothing that goes wrong with it is raised: an answer, or an order that was placed, is worth more
    than its recording. The tape ends there, and says why.

    Args:
        path: Its file; folders on the way are made.
        header: What it says of itself; None to go on with a tape that is there.
        calls: How many calls stand on that one.
        events: How many lines about streams.

    Attributes:
        path: As given.
        calls: How many calls stand on it.
        events: How many lines about streams.
        problem: Why nothing more is recorded; empty when all is well.
        lost: How many lines were not recorded for it.

    Raises:
        TapeError: It is recorded already, or it cannot be written.
    """

    def __init__(self, path: Path, header: Header | None, calls: int = 0, events: int = 0) -> None:
        self.path = path
        self.calls = calls
        self.events = events
        self.problem = ""
        self.lost = 0
        self._guard = Lock()
        self._is_closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(f"{path}.lock")
            self._lock.acquire(timeout=0)
        except Timeout:
            raise TapeError(
                f"{path.name} is being recorded already, by another process or session.",
                hint="Record another file, or end that one: %binance eject.",
                culprit=path.name,
            ) from None
        except OSError as error:
            raise _unwritable(path, error) from None
        try:
            if header is None:
                _reopen(path)
            self._file = _open_to_write(path, "wb" if header is not None else "ab")
        except OSError as error:
            self._unlock()
            raise _unwritable(path, error) from None
        if header is not None:
            self._begin(header)
        # A kernel that is shut down ends its tape; only one that is killed leaves it as far as it got.
        _open_files.add(self)

    def add(self, entry: Entry) -> None:
        """Write a call and its answer.

        Args:
            entry: The call.
        """
        fields: _Json = {
            "asked_at": entry.moment_ms,
            "at": entry.at_ms,
            "body": entry.body,
            "call": entry.key.operation,
            "headers": dict(entry.headers),
            "method": entry.key.method,
            "parameters": dict(entry.key.parameters),
            "path": entry.key.path,
            "repeat": entry.repeat,
            "status": entry.status,
        }
        if entry.absence is not None:
            fields["absence"] = dict(entry.absence)
        self._add(fields)

    def add_event(self, fields: Mapping[str, Any]) -> None:  # Any: JSON
        """Write what a stream said.

        Args:
            fields: As `binance_nb.tape.streams` writes it; one of them is ``event``.
        """
        self._add(dict(fields))

    def close(self) -> None:
        """End the tape."""
        with self._guard:  # from the count to the end nothing may come between
            if self._is_closed:
                return
            self._put({"end": {"calls": self.calls, "events": self.events}})
            self._is_closed = True
            with suppress(OSError):  # what could not be written was told
                self._file.close()
        _open_files.discard(self)
        self._unlock()

    def abandon(self) -> None:
        """Write nothing any more: this is a process that was forked off, and the file is the other's."""
        self._guard = Lock()  # a thread that is not here may have held the other
        self._is_closed = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())  # gzip writes its end whenever it is thrown away
        os.close(nowhere)

    def _add(self, fields: _Json) -> None:
        with self._guard:
            if not self._is_closed:  # streams may bring something while they end
                self._put(fields)

    def _put(self, fields: _Json) -> None:
        if self.problem:
            self.lost += 1
            return
        try:
            self._write(fields)
        except OSError as error:
            self.lost += 1
            self._stop(error)
            return
        self.calls += "call" in fields
        self.events += "event" in fields

    def _begin(self, header: Header) -> None:
        try:
            self._write({"header": asdict(header), "tape": FORMAT})
        except OSError as error:
            with suppress(OSError):
                self._file.close()
            self._unlock()
            raise _unwritable(self.path, error) from None

    def _write(self, fields: _Json) -> None:
        line = memoryview(write_line(fields).encode())
        while line:
            line = line[self._file.write(line) :]
        self._file.flush()

    def _stop(self, error: OSError) -> None:
        self.problem = f"{self.path.name} ends after {self.calls:,} calls: it cannot be written: {_why(error)}."
        # Half a line is no harm: it is where the tape breaks off.
        warnings.warn(f"{self.problem} Calls go on without being recorded.", RuntimeWarning, stacklevel=6)

    def _unlock(self) -> None:
        self._lock.release()
        with suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)


def _open_to_write(path: Path, mode: str) -> BinaryIO:
    if path.suffix == ".gz":
        # Two recordings of the same are the same file: no time of day in it.
        return cast(BinaryIO, gzip.GzipFile(path, mode, mtime=0))
    return cast(BinaryIO, path.open(mode, buffering=0))


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8", newline="\n"))
    return path.open(encoding="utf-8", newline="\n")


def _reopen(path: Path) -> None:
    """Take the end off a tape, and half a line at its end, so that more can be added."""
    lines = list(_lines(path))
    if lines and not lines[-1].endswith("\n"):
        last = lines.pop()
        with suppress(DamagedLineError):
            read_line(last)  # all but its end was written: it counts among the calls that were read
            lines.append(f"{last}\n")
    if lines and '"end": {"calls"' in lines[-1][:60]:
        lines.pop()
    draft = path.with_name(f".{path.name}")
    with _open_to_write(draft, "wb") as file:
        file.write("".join(lines).encode())
    draft.replace(path)


def _lines(path: Path) -> Iterator[str]:
    try:
        with _open(path) as file:
            yield from file
    except FileNotFoundError:
        raise TapeError(
            f"There is no tape {path}.",
            hint="Record it first.",
            suggestion=tape_line("record", path),
            culprit=path.name,
        ) from None
    except EOFError:
        return  # gzip breaks off where the recording did; what came before has been read
    except (OSError, UnicodeDecodeError, zlib.error) as error:
        raise TapeError(f"{path.name} cannot be read: {_why(error)}.", culprit=path.name) from None


def _header(path: Path, line: str) -> Header:
    no_tape = TapeError(f"{path.name} is no tape.", hint="Its first line says nothing of one.", culprit=path.name)
    try:
        fields = read_line(line)
    except DamagedLineError as damage:
        # A newer version may write its checksum otherwise; that it is newer has to be said first.
        if _is_newer(fields := _json_in(line)):
            raise _newer(path, fields["tape"]) from None
        if not line.endswith("\n") and line.startswith('{"check": "') and not fields:
            raise _damaged(path, 1, line, "it breaks off in the middle") from None
        if '"tape": ' not in line:
            raise no_tape from None
        raise _damaged(path, 1, line, str(damage)) from None
    version = fields.get("tape")
    if not isinstance(version, int) or "header" not in fields:
        raise no_tape
    if _is_newer(fields):
        raise _newer(path, version)
    try:
        return Header(**fields["header"])
    except TypeError:
        raise no_tape from None


def _json_in(line: str) -> _Json:
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _is_newer(fields: _Json) -> bool:
    version = fields.get("tape")
    return isinstance(version, int) and version > FORMAT


def _newer(path: Path, version: int) -> TapeError:
    return TapeError(
        f"{path.name} was recorded by a newer version of binance_nb: its format is {version}, the newest known "
        f"here is {FORMAT}.",
        hint="Install that version, or record the tape anew.",
        suggestion="pip install --upgrade binance-nb",
        culprit=path.name,
    )


def _entry(path: Path, number: int, fields: _Json) -> Entry:
    if fields.get("call") not in _KNOWN:
        raise TapeError(
            f"{path.name}, line {number}: there is no call {fields.get('call')!r}.",
            hint="It was recorded by another version of binance_nb.",
            culprit=path.name,
        )
    return Entry(
        CallKey(fields["call"], tuple(sorted(fields["parameters"].items()))),
        fields["repeat"],
        fields["asked_at"],
        fields["at"],
        fields["status"],
        fields["headers"],
        fields["body"],
        fields.get("absence"),
        number,
    )


def _check_end(path: Path, number: int, end: _Json, calls: int, events: int) -> None:
    had = end.get("calls"), end.get("events", 0)
    if had != (calls, events):
        what = "calls" if had[0] != calls else "events"
        was, now = (had[0], calls) if had[0] != calls else (had[1], events)
        raise TapeError(
            f"{path.name}, line {number}: the tape had {was} {what} when it ended, and has {now} now.",
            hint="Lines were taken out or put in. Record it anew.",
            suggestion=tape_line("record", path, "all"),
            culprit=path.name,
        )


def _damaged(path: Path, number: int, line: str, why: str) -> TapeError:
    return TapeError(
        f"{path.name}, line {number}{_call_in(line)}: {why}.",
        hint="Take the file as it was recorded, or record it anew.",
        suggestion=tape_line("record", path, "all"),
        culprit=path.name,
    )


def _call_in(line: str) -> str:
    """Return which call a damaged line is about, as far as it can still be read."""
    _, _, rest = line.partition('"call": "')
    name = rest.partition('"')[0]
    return f" ({name})" if name in _KNOWN else ""


def _unwritable(path: Path, error: OSError) -> TapeError:
    return TapeError(f"{path} cannot be written: {_why(error)}.", culprit=path.name)


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).rstrip(".")


_open_files: weakref.WeakSet[TapeFile] = weakref.WeakSet()


def _close_all() -> None:
    for file in tuple(_open_files):
        file.close()


def _abandon_all() -> None:
    for file in tuple(_open_files):
        file.abandon()
    _open_files.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
