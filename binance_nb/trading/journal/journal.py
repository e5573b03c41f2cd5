"""The journal: what was meant before it is sent, and what became of it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_nb.keys import redact
from binance_nb.trading.journal.entries import GONE, NOTHING_STANDS, STILL_UNKNOWN, Entry, Intent, Outcome
from binance_nb.trading.journal.file import UnreadableRow, in_words, journal_path, open_journal
from binance_nb.trading.journal.origins import Origin

if TYPE_CHECKING:
    import sqlite3

__all__ = ["DAY_MS", "Journal"]

DAY_MS = 24 * 60 * 60 * 1000
"""How long a cell that runs again finds what it ordered before."""

_NOTHING_SENT = "nothing was sent"
_SENT = "the outcome is not written down, and will be looked up"
_NEVER_WRITTEN = frozenset({"apiKey", "signature", "timestamp"})
_COLUMNS = ", ".join(Entry.__annotations__)
_NUMBERS = [name for name, kind in Entry.__annotations__.items() if kind.startswith("int")]
_UNRESOLVED = f"(verdict IS NULL OR verdict = '{STILL_UNKNOWN}')"
_STANDS = f"(verdict IS NULL OR verdict NOT IN ({', '.join(repr(each) for each in NOTHING_STANDS)}))"


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Journal:
    """Calls that change state, written down. Several threads and processes may use one at once.

    The file is opened with the first use, and again when it was set aside or the process forked.

    Args:
        path: Its file; the user's own when None.
        now_ms: This computer's time.
        patience_seconds: How long another process may hold the file.
    """

    def __init__(
        self, path: Path | None = None, *, now_ms: Callable[[], int] = _wall_ms, patience_seconds: float = 5.0
    ) -> None:
        self.path = path or journal_path()
        self._now_ms = now_ms
        self._patience_seconds = patience_seconds
        self._guards_connection = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int, int] | None = None
        self._unwritten: dict[int, Outcome] = {}

    def __repr__(self) -> str:
        return f"Journal({self.path})"

    @property
    def salt(self) -> bytes:
        """What is mixed into the hashes that name accounts; each journal has its own.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._open(_NOTHING_SENT) as connection:
            found = connection.execute("SELECT value FROM facts WHERE name = 'salt'").fetchone()
            if found is None or not isinstance(found[0], bytes):
                raise UnreadableRow("It has no salt.")
        salt: bytes = found[0]
        return salt

    def intend(self, intent: Intent) -> int:
        """Write down a call before it is sent. When this returns, it is on the disk.

        Args:
            intent: The call.

        Returns:
            Its number.

        Raises:
            JournalError: It could not be written, so it must not be sent.
        """
        sent = {name: text for name, text in intent.sent.items() if name not in _NEVER_WRITTEN}
        account, origin = intent.account, intent.origin
        row = {
            "account": account.identity,
            "place": account.label,
            "is_sandbox": account.is_sandbox,
            "url": account.url,
            "instance": account.instance,
            "operation": intent.operation,
            "sent": json.dumps(sent),
            "client_order_id": intent.client_order_id,
            "cell": origin.cell if origin else None,
            "run": origin.run if origin else None,
            "fingerprint": intent.fingerprint,
            "ordinal": intent.ordinal,
            "kernel": intent.kernel,
            "told": intent.told,
            "written_ms": self._now_ms(),
            "stamped_ms": intent.stamped_ms,
            "valid_until_ms": intent.valid_until_ms,
        }
        statement = f"INSERT INTO entries ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
        with self._open(_NOTHING_SENT) as connection:
            number = connection.execute(statement, row).lastrowid
        assert number is not None
        return number

    def conclude(self, number: int, outcome: Outcome) -> None:
        """Write down what became of a call. That nobody knows never replaces what somebody knew.

        Args:
            number: Its number.
            outcome: What became of it.

        Raises:
            JournalError: It could not be written. It is kept, and written with whatever is written next; if that never
                comes, the call is without outcome in the journal, and a later kernel looks it up.
        """
        with self._guards_connection:
            self._unwritten[number] = outcome
            with self._open(_SENT):
                pass  # opening writes what is not written yet

    def unresolved(self, account: str | None = None) -> list[Entry]:
        """Return the calls of which nobody knows what became of them, oldest first.

        Args:
            account: Identity of the account; all when None. Those of this process that are under way are among them.

        Returns:
            The calls.

        Raises:
            JournalError: The journal cannot be read.
        """
        whose, values = ("AND account = ?", [account]) if account is not None else ("", [])
        return self._found(f"{_UNRESOLVED} {whose} ORDER BY number", values, _NOTHING_SENT)

    def earlier(
        self, account: str, origin: Origin, fingerprint: str, ordinal: int, since_ms: int | None = None
    ) -> Entry | None:
        """Return what an earlier run of the same cell ordered at the same turn, if that may stand.

        Args:
            account: Identity of the account.
            origin: The cell that runs now.
            fingerprint: Which kind of call.
            ordinal: Its turn in this run.
            since_ms: By this computer's clock, how far back to look; 24 hours when None.

        Returns:
            The latest, or None. One that is unresolved has to be looked up first: when nothing was placed, ask again.

        Raises:
            JournalError: The journal cannot be read.
        """
        since_ms = self._now_ms() - DAY_MS if since_ms is None else since_ms
        # Other processes that this run started take turns of their own: theirs are no earlier run.
        same = "account = ? AND cell = ? AND fingerprint = ? AND ordinal = ? AND run <> ?"
        values = [account, origin.cell, fingerprint, ordinal, origin.run, since_ms]
        found = self._found(
            f"{same} AND written_ms >= ? AND {_STANDS} ORDER BY number DESC LIMIT 1", values, _NOTHING_SENT
        )
        return found[0] if found else None

    def entries(
        self, *, account: str | None = None, which: int | str | None = None, last: int | None = None
    ) -> list[Entry]:
        """Return calls, oldest first.

        Args:
            account: Identity of the account; all when None.
            which: The only one wanted: its number, or a client order id.
            last: How many at most, of the newest.

        Returns:
            The calls.

        Raises:
            JournalError: The journal cannot be read.
        """
        if not self.path.exists():
            return []  # looking must not begin one
        conditions: list[str] = ["1"]
        values: list[int | str] = []
        if account is not None:
            conditions.append("account = ?")
            values.append(account)
        if which is not None:
            conditions.append("number = ?" if isinstance(which, int) else "client_order_id = ?")
            values.append(which)
        condition = f"{' AND '.join(conditions)} ORDER BY number DESC LIMIT ?"
        return self._found(condition, [*values, -1 if last is None else last])[::-1]

    def write_off(self, instance: str) -> int:
        """Write down that a sandbox is gone, and with it all that it knew.

        Args:
            instance: Which sandbox.

        Returns:
            How many calls nobody will know the outcome of.

        Raises:
            JournalError: The journal cannot be written.
        """
        values = [GONE, "The sandbox ended.", self._now_ms(), instance]
        statement = "UPDATE entries SET verdict = ?, message = ?, concluded_ms = ? WHERE instance = ?"
        with self._open() as connection:
            return connection.execute(f"{statement} AND is_sandbox AND {_UNRESOLVED}", values).rowcount

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._guards_connection:
            connection, self._connection = self._connection, None
            if connection is not None and self._opened is not None and self._opened[0] == os.getpid():
                connection.close()

    def _found(self, condition: str, values: list[Any], consequence: str = "") -> list[Entry]:  # Any: SQL values
        with self._open(consequence, is_reading=True) as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM entries WHERE {condition}", values).fetchall()
            return [_entry(row) for row in rows]

    @contextmanager
    def _open(self, consequence: str = "", *, is_reading: bool = False) -> Iterator[sqlite3.Connection]:
        """Give the connection to one thread at a time, with nothing left unwritten; who only reads goes on without."""
        with self._guards_connection, in_words(self.path, consequence):
            connection = self._current()
            try:
                self._catch_up(connection)
            except connection.OperationalError:
                if not is_reading:
                    raise
            yield connection

    def _catch_up(self, connection: sqlite3.Connection) -> None:
        for number, outcome in list(self._unwritten.items()):
            self._write(connection, number, outcome)
            del self._unwritten[number]

    def _current(self) -> sqlite3.Connection:
        if self._connection is not None and self._opened == _place_of(self.path):
            return self._connection
        # A connection must not be used, nor closed, on the other side of a fork; and what is written to a file that
        # was set aside nobody would find.
        self.close()
        self._connection = open_journal(self.path, patience_seconds=self._patience_seconds)
        self._opened = _place_of(self.path)
        return self._connection

    def _write(self, connection: sqlite3.Connection, number: int, outcome: Outcome) -> None:
        row = {
            "number": number,
            "verdict": outcome.verdict,
            "code": outcome.code,
            "message": redact(outcome.message),
            "reply_body": outcome.reply_body,
            "server_ms": outcome.server_ms,
            "concluded_ms": self._now_ms(),
            "valid_until_ms": outcome.valid_until_ms,
        }
        connection.execute(
            "UPDATE entries SET verdict = :verdict, code = :code, message = :message, reply_body = :reply_body,"
            " server_ms = :server_ms, concluded_ms = :concluded_ms,"
            " valid_until_ms = max(valid_until_ms, coalesce(:valid_until_ms, 0))"
            f" WHERE number = :number AND ({_UNRESOLVED} OR :verdict <> '{STILL_UNKNOWN}')",
            row,
        )


def _place_of(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return os.getpid(), seen.st_dev, seen.st_ino


def _entry(row: tuple[Any, ...]) -> Entry:  # Any: SQL values
    named = dict(zip(Entry.__annotations__, row, strict=True))
    try:
        sent = json.loads(named["sent"])
    except (TypeError, ValueError) as error:
        raise UnreadableRow(f"Call {named['number']} cannot be read.") from error
    if not isinstance(sent, dict) or any(isinstance(named[name], str) for name in _NUMBERS):
        raise UnreadableRow(f"Call {named['number']} cannot be read.")
    return Entry(**{**named, "is_sandbox": bool(named["is_sandbox"]), "sent": sent})
