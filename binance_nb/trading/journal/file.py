"""The journal's file: opened, checked, and set aside when it is broken. What SQLite says is put in words here."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from binance_nb.errors import JournalError, UsageError
from binance_nb.folders import JOURNAL_NAME, data_folder, make_private

if TYPE_CHECKING:
    import sqlite3

__all__ = ["SCHEMA", "UnreadableRow", "in_words", "journal_path", "open_journal", "set_aside"]

SCHEMA = 1
"""The version of the tables below; a journal with a later one was written by a later version of this package."""

_COMPANIONS = ("", "-wal", "-shm", "-journal")
_OWNER_ONLY = 0o600
_SALT_BYTES = 16
_SET_ASIDE = "%binance journal --set-aside"
_BETWEEN_TRIES_SECONDS = 0.01

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    place TEXT NOT NULL,
    is_sandbox INTEGER NOT NULL,
    url TEXT NOT NULL,
    instance TEXT NOT NULL,
    operation TEXT NOT NULL,
    sent TEXT NOT NULL,
    client_order_id TEXT,
    cell TEXT,
    run TEXT,
    fingerprint TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    kernel TEXT NOT NULL,
    told TEXT,
    written_ms INTEGER NOT NULL,
    stamped_ms INTEGER NOT NULL,
    valid_until_ms INTEGER NOT NULL,
    verdict TEXT,
    code INTEGER,
    message TEXT NOT NULL DEFAULT '',
    reply_body TEXT,
    server_ms INTEGER,
    concluded_ms INTEGER
);
CREATE INDEX IF NOT EXISTS of_a_cell ON entries (account, cell, fingerprint, ordinal);
CREATE INDEX IF NOT EXISTS unresolved ON entries (account) WHERE verdict IS NULL OR verdict = 'STILL UNKNOWN';
"""

# SQLite's primary result codes, and what each means for whoever reads it.
_BUSY, _PERM, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 3, 8, 10, 11, 13, 14, 26
_LOCKED = 6
_SAID = {
    _BUSY: ("is held by another program, and did not come free", "Close what holds it, and try again."),
    _LOCKED: ("is held by another program, and did not come free", "Close what holds it, and try again."),
    _PERM: ("may not be written by you", "Give yourself the right to write there."),
    _READONLY: ("cannot be written: it, or its disk, is read-only", "Make it writable, or name another folder"),
    _IOERR: ("cannot be read or written: the disk fails", "Look after the disk, or name another folder"),
    _FULL: ("cannot be written: its disk is full", "Make room there, or name another folder"),
    _CANTOPEN: ("cannot be opened", "Its folder has to be there and writable; or name another folder"),
}
_ELSEWHERE = " with the environment variable BINANCE_NB_DATA before the kernel starts."
_OF_SYSTEM = {errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EROFS: _READONLY, errno.EIO: _IOERR}


class UnreadableRow(Exception):
    """A row holds what was never written there; SQLite keeps no sums over what it stores."""


def journal_path() -> Path:
    """Return where the journal stands; it need not be there yet."""
    return data_folder() / JOURNAL_NAME


def open_journal(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """Open the journal, checked; it is made when it is not there.

    Args:
        path: Its file.
        patience_seconds: How long another process may hold it.

    Returns:
        A connection whose every statement is a transaction, on the disk when it returns.

    Raises:
        JournalError: It cannot be had. What is there stays as it is.
    """
    import sqlite3

    with in_words(path):
        make_private(path.parent)
        _check_not_emptied(path)
        # Before SQLite makes it, so that it is never anybody else's to read; its companions take after it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
        connection = sqlite3.connect(path, timeout=patience_seconds, isolation_level=None, check_same_thread=False)
        try:
            _until_free(connection, path, time.monotonic() + patience_seconds)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_not_emptied(path: Path) -> None:
    # Over an empty file SQLite deletes the log beside it, and with it what was written last.
    log = path.with_name(path.name + "-wal")
    if path.exists() and not path.stat().st_size and log.exists() and log.stat().st_size:
        raise _broken(path, "is empty, though the log beside it is not")


def _until_free(connection: sqlite3.Connection, path: Path, deadline: float) -> None:
    import sqlite3

    while True:
        try:
            return _prepare(connection, path)
        except sqlite3.OperationalError as error:
            # Going over to a write-ahead log, and recovering one, do not heed SQLite's own patience.
            if _primary(error) != _BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(_BETWEEN_TRIES_SECONDS)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _check_version(connection, path)
    for (finding,) in connection.execute("PRAGMA quick_check(1)"):
        if finding != "ok":
            raise _broken(path, "is damaged")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        # Where a disk cannot share memory SQLite keeps its older log, which lasts as well.
        connection.execute("PRAGMA journal_mode = WAL")
    # On the disk before an order leaves, and not only in the system's memory.
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute("INSERT OR IGNORE INTO facts VALUES ('salt', ?)", (os.urandom(_SALT_BYTES),))
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        with _undoing():
            connection.execute("ROLLBACK")
        raise


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise JournalError(
            f"The order journal {path} was written by a later version of binance_nb.",
            hint="Bring this one up to date and restart the kernel; the journal stays as it is.",
            suggestion="%pip install --upgrade binance-nb",
            details={"journal": str(path), "its version": version, "known here": SCHEMA},
        )
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version == 0 and tables:
        raise _broken(path, "is a database of something else")


@contextmanager
def _undoing() -> Iterator[None]:
    """Go on where an undoing fails: what made it necessary is the news."""
    import sqlite3

    with suppress(sqlite3.Error):
        yield


@contextmanager
def in_words(path: Path, consequence: str = "") -> Iterator[None]:
    """Say in words what SQLite or the system cannot do with the journal.

    Args:
        path: Its file.
        consequence: What that means for the call, such as ``nothing was sent``.

    Raises:
        JournalError: In place of theirs.
    """
    import sqlite3

    try:
        yield
    except JournalError as error:
        if consequence and not error.message.endswith(f"{consequence}."):
            error.message = f"{error.message.rstrip('.')}: {consequence}."
            error.args = (error.message,)
        raise
    except sqlite3.Error as error:
        raise _worded(path, _primary(error), str(error), consequence) from error
    except UnreadableRow as error:
        raise _worded(path, _CORRUPT, str(error), consequence) from error
    except OSError as error:
        kind = _OF_SYSTEM.get(error.errno or 0, _CANTOPEN)
        raise _worded(path, kind, error.strerror or str(error), consequence) from error


def _primary(error: sqlite3.Error) -> int:
    # Absent where Python itself complains, such as of a closed connection.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _worded(path: Path, kind: int, said: str, consequence: str) -> JournalError:
    if kind in (_CORRUPT, _NOTADB):
        return _broken(path, "is damaged" if kind == _CORRUPT else "is no journal", said, consequence)
    state, hint = _SAID.get(kind, (f"cannot be used: {said}", "Try again."))
    return JournalError(
        f"The order journal {path} {state}{f': {consequence}' if consequence else ''}.",
        hint=hint if hint.endswith(".") else hint + _ELSEWHERE,
        details={"journal": str(path), "cause": said},
    )


def _broken(path: Path, state: str, said: str = "", consequence: str = "") -> JournalError:
    return JournalError(
        f"The order journal {path} {state}{f': {consequence}' if consequence else ''}.",
        hint="Nothing in it was changed. Set it aside under another name, and a new one begins: orders whose outcome"
        " only it knew have to be looked up by hand.",
        suggestion=_SET_ASIDE,
        details={"journal": str(path), **({"cause": said} if said else {})},
    )


def set_aside(path: Path, *, patience_seconds: float = 1.0) -> Path:
    """Give a broken journal another name, so that a new one can begin.

    Args:
        path: Its file.
        patience_seconds: How long another process may hold it.

    Returns:
        Where it is now. What belongs to it stands beside it.

    Raises:
        UsageError: There is none, or it is whole.
        JournalError: It cannot be renamed, or its trouble is another one.
    """
    if not path.exists():
        raise UsageError(f"There is no order journal at {path}.", hint="The first order begins one.")
    try:
        with closing(open_journal(path, patience_seconds=patience_seconds)):
            pass
    except JournalError as error:
        if error.suggestion != _SET_ASIDE:
            raise
    else:
        raise UsageError(
            "The order journal is whole, so it stays where it is.",
            hint="It is what keeps a cell that runs again from ordering again.",
            suggestion="%binance journal",
            culprit="--set-aside",
        )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    with in_words(path):
        # The log goes first: beside a new journal it would be taken for its own.
        for ending in reversed(_COMPANIONS):
            companion = path.with_name(path.name + ending)
            if companion.exists():
                companion.rename(path.with_name(f"{path.stem}-{stamp}{path.suffix}{ending}"))
    return path.with_name(f"{path.stem}-{stamp}{path.suffix}")
