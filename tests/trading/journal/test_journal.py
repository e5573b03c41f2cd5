"""The journal: what was meant before it is sent, and what became of it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from binance_nb.trading.journal.entries import Outcome
from binance_nb.trading.journal.journal import DAY_MS, Journal
from binance_nb.trading.journal.origins import Origin
from tests.trading.journalling import ACCOUNT, CELL, KIND, SENT, intent


class Wall:
    """This computer's clock, turned by hand."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now(self) -> int:
        return self.ms


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def journal(tmp_path: Path, wall: Wall) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "data" / "journal.sqlite3", now_ms=wall.now)) as opened:
        yield opened


def reopened(journal: Journal) -> Journal:
    journal.close()
    return journal


def test_nothing_is_made_before_the_first_use(journal: Journal) -> None:
    """A kernel that trades nothing leaves no file, and looking leaves none either."""
    found = journal.entries()

    assert [] == found
    assert not journal.path.parent.exists()


def test_what_was_meant_is_there_before_the_outcome(journal: Journal) -> None:
    """Every fact of the call is kept, as it was given."""
    meant = intent(told="buy BTCUSDT 0.001 --price 60000")
    number = journal.intend(meant)

    (entry,) = reopened(journal).entries()

    assert entry.number == number
    assert (entry.account, entry.place, entry.url) == (ACCOUNT.identity, ACCOUNT.label, ACCOUNT.url)
    assert (entry.operation, entry.sent, entry.client_order_id) == ("new_order", SENT, meant.client_order_id)
    assert (entry.cell, entry.run, entry.fingerprint, entry.ordinal) == (CELL, "run 1", KIND, 0)
    assert (entry.stamped_ms, entry.valid_until_ms) == (meant.stamped_ms, meant.valid_until_ms)
    assert (entry.kernel, entry.told, entry.written_ms) == (meant.kernel, meant.told, 1_700_000_000_000)
    assert (entry.verdict, entry.is_unresolved, entry.may_stand) == (None, True, True)


def test_the_outcome_is_kept_with_the_reply(journal: Journal) -> None:
    """Verdict, code, message, reply and both times."""
    number = journal.intend(intent())
    journal.conclude(number, Outcome("REFUSED", '{"code":-2010}', -2010, "Too little money.", 1_717_243_201_000))

    (entry,) = reopened(journal).entries()

    assert (entry.verdict, entry.code, entry.message) == ("REFUSED", -2010, "Too little money.")
    assert (entry.reply_body, entry.server_ms) == ('{"code":-2010}', 1_717_243_201_000)
    assert entry.concluded_ms == 1_700_000_000_000
    assert (entry.is_unresolved, entry.may_stand) == (False, False)


def test_a_call_from_a_script_has_no_cell(journal: Journal) -> None:
    """It is kept all the same."""
    journal.intend(intent(run=None))

    (entry,) = journal.entries()

    assert (entry.cell, entry.run) == (None, None)


def test_an_order_is_on_the_disk_when_it_may_leave(journal: Journal) -> None:
    """A write-ahead log that is synchronised with each intent, and tables that know their version."""
    journal.intend(intent())
    connection = journal._current()

    said = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert said == ["wal", 2]


def test_folder_and_files_are_their_owners_alone(journal: Journal) -> None:
    """What somebody trades is nobody else's business."""
    journal.intend(intent())

    folder = journal.path.parent
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(("journal.sqlite3", "journal.sqlite3-wal", "journal.sqlite3-shm"), 0o600)


def test_neither_key_nor_signature_is_written(journal: Journal) -> None:
    """Whatever a caller hands over by mistake."""
    sent = {**SENT, "signature": "5157A7F1E5", "apiKey": "K3Y" * 9, "timestamp": "1717243200000"}
    number = journal.intend(intent(sent=sent))
    journal.conclude(number, Outcome("REFUSED", message="refused: symbol=BTCUSDT&signature=5157A7F1E5"))
    journal.close()

    held = b"".join(path.read_bytes() for path in journal.path.parent.iterdir())

    assert b"BTCUSDT" in held
    assert [secret for secret in (b"5157A7F1E5", b"K3YK3Y") if secret in held] == []


def test_that_nobody_knows_does_not_replace_what_somebody_knew(journal: Journal) -> None:
    """Of two kernels that look at once, the one that found out is right, whoever writes last."""
    first, second = journal.intend(intent()), journal.intend(intent())
    for number, verdicts in ((first, ("FILLED", "STILL UNKNOWN")), (second, ("STILL UNKNOWN", "NOT PLACED"))):
        for verdict in verdicts:
            journal.conclude(number, Outcome(verdict))

    assert [entry.verdict for entry in journal.entries()] == ["FILLED", "NOT PLACED"]


def test_the_end_of_validity_only_moves_on(journal: Journal) -> None:
    """A call that was stamped anew runs out later than was meant; until then it must not be called NOT PLACED."""
    number = journal.intend(intent(valid_until_ms=5000))
    journal.conclude(number, Outcome("STILL UNKNOWN", valid_until_ms=9000))
    journal.conclude(number, Outcome("STILL UNKNOWN", valid_until_ms=7000))

    assert [entry.valid_until_ms for entry in journal.entries()] == [9000]


def test_calls_without_outcome_are_found_by_account(journal: Journal) -> None:
    """Those that nobody concluded, and those of which nobody could say."""
    other = replace(ACCOUNT, identity="b" * 32)
    numbers = [journal.intend(intent()) for _ in range(3)] + [journal.intend(intent(account=other))]
    journal.conclude(numbers[0], Outcome("FILLED"))
    journal.conclude(numbers[1], Outcome("STILL UNKNOWN"))

    found = [entry.number for entry in journal.unresolved(ACCOUNT.identity)]

    assert found == numbers[1:3]
    assert [entry.number for entry in journal.unresolved()] == numbers[1:]


def earlier(journal: Journal, run: str = "run 2", ordinal: int = 0) -> int | None:
    found = journal.earlier(ACCOUNT.identity, Origin(CELL, run), KIND, ordinal)
    return found.number if found else None


@pytest.mark.parametrize(
    "verdict", ["NEW", "FILLED", "PARTIALLY_FILLED", "CANCELED", "EXPIRED", "DONE", "STILL UNKNOWN"]
)
def test_another_run_finds_what_may_stand(journal: Journal, verdict: str) -> None:
    """An order that was placed counts whatever became of it; so does one of which nobody knows."""
    number = journal.intend(intent())
    without_outcome = earlier(journal)
    journal.conclude(number, Outcome(verdict))

    assert (without_outcome, earlier(journal)) == (number, number)


@pytest.mark.parametrize("verdict", ["REFUSED", "NOT PLACED", "GONE"])
def test_what_was_never_placed_is_ordered_again(journal: Journal, verdict: str) -> None:
    """Running the cell again is then the way to place it."""
    journal.conclude(journal.intend(intent()), Outcome(verdict))

    assert earlier(journal) is None


def test_a_refused_order_does_not_hide_one_that_stands(journal: Journal) -> None:
    """With --again refused, what the cell ordered before is still its order."""
    placed, refused = journal.intend(intent(run="run 1")), journal.intend(intent(run="run 2"))
    journal.conclude(placed, Outcome("FILLED"))
    journal.conclude(refused, Outcome("REFUSED"))

    assert earlier(journal, run="run 3") == placed


def test_the_latest_of_several_is_shown(journal: Journal) -> None:
    """After --again, the one that was meant last."""
    numbers = [journal.intend(intent(run=f"run {n}")) for n in range(3)]
    for number in numbers:
        journal.conclude(number, Outcome("FILLED"))

    assert earlier(journal, run="run 9") == numbers[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"account": replace(ACCOUNT, identity="b" * 32)},
        {"origin": Origin("another cell", "run 1")},
        {"origin": None},
        {"fingerprint": "another"},
        {"ordinal": 1},
        {"run": "run 2"},
    ],
    ids=["account", "cell", "script", "parameters", "turn", "same run"],
)
def test_anything_else_is_another_order(journal: Journal, changes: dict[str, object]) -> None:
    """Same account, same cell, same parameters, same turn, another run: all five, or it is ordered."""
    journal.conclude(journal.intend(intent(**changes)), Outcome("FILLED"))  # type: ignore[arg-type]  # one by one

    assert earlier(journal) is None


def test_after_a_day_a_cell_orders_again(journal: Journal, wall: Wall) -> None:
    """24 hours by this computer's clock; the last millisecond still counts."""
    number = journal.intend(intent())
    wall.ms += DAY_MS
    to_the_end = earlier(journal)
    wall.ms += 1

    assert (to_the_end, earlier(journal)) == (number, None)


def test_one_call_is_found_by_number_or_client_order_id(journal: Journal) -> None:
    """And none where there is no such."""
    for name in ("mine-1", "mine-2"):
        journal.intend(intent(client_order_id=name))

    assert [entry.number for entry in journal.entries(which=2)] == [2]
    assert [entry.number for entry in journal.entries(which="mine-1")] == [1]
    assert [] == journal.entries(which="mine-3")


def test_the_newest_are_shown_oldest_first(journal: Journal) -> None:
    """As many as asked for."""
    for _ in range(5):
        journal.intend(intent())

    assert [entry.number for entry in journal.entries(last=2)] == [4, 5]


def test_calls_to_a_sandbox_that_is_gone_are_written_off(journal: Journal) -> None:
    """Those without outcome only, and those of that sandbox only."""
    gone, there = (replace(ACCOUNT, is_sandbox=True, instance=name) for name in ("1/gone", "1/there"))
    for account in (gone, gone, there, ACCOUNT):
        journal.intend(intent(account=account))
    journal.conclude(1, Outcome("FILLED"))

    written_off = journal.write_off("1/gone")

    assert written_off == 1
    assert [entry.verdict for entry in journal.entries()] == ["FILLED", "GONE", None, None]


def test_each_journal_has_a_salt_of_its_own(journal: Journal, tmp_path: Path) -> None:
    """It is drawn once, so that an account keeps its name, and differs from journal to journal."""
    with closing(Journal(tmp_path / "other" / "journal.sqlite3")) as other:
        assert len(journal.salt) == 16
        assert journal.salt == reopened(journal).salt
        assert journal.salt != other.salt


def test_an_outcome_that_cannot_be_written_is_written_later(tmp_path: Path) -> None:
    """While somebody else holds the file the outcome is kept, and goes along with whatever is written next."""
    with closing(Journal(tmp_path / "journal.sqlite3", patience_seconds=0.01)) as journal:
        number = journal.intend(intent())
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(Exception, match="the outcome is not written down, and will be looked up") as caught:
                journal.conclude(number, Outcome("FILLED"))
            holder.execute("ROLLBACK")
        journal.intend(intent())

        assert type(caught.value).__name__ == "JournalError"
        assert [entry.verdict for entry in journal.entries()] == ["FILLED", None]


def test_a_journal_that_was_moved_away_is_not_written_to(journal: Journal) -> None:
    """Nobody would look there: a new one begins where the journal belongs."""
    journal.intend(intent())
    for path in list(journal.path.parent.iterdir()):
        path.rename(path.with_name(path.name.replace("journal", "moved")))

    journal.intend(intent(client_order_id="mine-2"))

    assert [entry.client_order_id for entry in journal.entries()] == ["mine-2"]


def test_several_threads_write_at_once(journal: Journal) -> None:
    """Each gets a number of its own, and nothing is lost."""
    numbers: list[int] = []

    def order() -> None:
        for _ in range(25):
            number = journal.intend(intent())
            journal.conclude(number, Outcome("FILLED"))
            numbers.append(number)

    threads = [threading.Thread(target=order) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == list(range(1, 101))
    assert {entry.verdict for entry in journal.entries()} == {"FILLED"}


WRITER = """
import sys
from pathlib import Path
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.entries import Outcome
from tests.trading.journalling import intent
journal = Journal(Path(sys.argv[1]))
for turn in range(25):
    number = journal.intend(intent(client_order_id=f"{sys.argv[2]}-{turn}"))
    journal.conclude(number, Outcome("FILLED"))
"""


def test_several_kernels_begin_and_write_one_journal_at_once(tmp_path: Path, project_root: Path) -> None:
    """Real processes, all of which find no journal; each order of each is there once."""
    path = tmp_path / "data" / "journal.sqlite3"
    kernels = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=project_root, stderr=subprocess.PIPE)
        for name in "abc"
    ]
    failures = [said.decode() for kernel in kernels if (said := kernel.communicate()[1])]

    with closing(Journal(path)) as journal:
        found = sorted(entry.client_order_id or "" for entry in journal.entries() if entry.verdict == "FILLED")

    assert failures == []
    assert found == sorted(f"{name}-{turn}" for name in "abc" for turn in range(25))


FORKED = """
import os, sys
from pathlib import Path
from binance_nb.trading.journal.journal import Journal
from tests.trading.journalling import intent
journal = Journal(Path(sys.argv[1]))
journal.intend(intent())
child = os.fork()
for _ in range(20):
    journal.intend(intent())
if child:
    os.waitpid(child, 0)
    journal.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork")
def test_a_fork_writes_over_a_connection_of_its_own(tmp_path: Path, project_root: Path) -> None:
    """SQLite breaks when two processes share one."""
    path = tmp_path / "journal.sqlite3"
    subprocess.run([sys.executable, "-c", FORKED, str(path)], cwd=project_root, check=True)

    with closing(Journal(path)) as journal:
        kernels = [entry.kernel for entry in journal.entries()]

    assert (len(kernels), len(set(kernels))) == (41, 2)
