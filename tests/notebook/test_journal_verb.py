"""``%binance journal``: what was sent from here, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from binance_nb.errors import BinanceError
from binance_nb.notebook import current_session
from binance_nb.trading.journal.entries import Outcome
from binance_nb.trading.journal.file import journal_path
from binance_nb.trading.journal.journal import Journal
from tests.trading.journalling import ACCOUNT, intent

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]
SANDBOX = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z"
BUY = "%binance new_order BTCUSDT BUY MARKET --quantity 0.00100000"


def lines(sheet: object) -> list[str]:
    return str(sheet).splitlines()


def test_looking_opens_no_session_and_begins_no_journal(run: Run, shell: Any) -> None:
    """There may be nothing to see."""
    said = lines(run("%binance journal"))

    assert said == ["The order journal has nothing yet."]
    assert shell.magics_manager.registry["BinanceMagics"].open_session is None
    assert not journal_path().exists()


def test_the_orders_of_where_you_are_are_shown(run: Run) -> None:
    """Those of other places with --all; one in full by its number or its client order id."""
    with closing(Journal()) as journal:
        journal.conclude(journal.intend(intent()), Outcome("FILLED"))
    run(SANDBOX)
    run(BUY)
    here, everywhere = (lines(run(f"%binance journal{option}")) for option in ("", " --all"))
    one = lines(run("%binance journal 2"))
    name = here[2].split()[-1]

    assert here[0] == "Order journal: 1 call · SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC"
    assert "✓ FILLED  BUY 0.00100000 BTCUSDT MARKET" in here[2]
    assert everywhere[0] == "Order journal: 2 calls"
    assert one[0] == "Order journal #2: BUY 0.00100000 BTCUSDT MARKET"
    assert lines(run(f"%binance journal {name}")) == one
    assert lines(run("%binance journal '#2'")) == one


def test_how_many_are_shown_can_be_said(run: Run, fail: Fail) -> None:
    """A whole number."""
    with closing(Journal()) as journal:
        for _ in range(3):
            journal.conclude(journal.intend(intent()), Outcome("FILLED"))

    assert lines(run("%binance journal --last 2"))[0] == "Order journal: 2 calls"
    assert fail("%binance journal --last two").culprit == "two"


def test_what_has_no_known_outcome_is_looked_up(run: Run) -> None:
    """An order that was placed, though nobody wrote that down, is found at the exchange."""
    run(SANDBOX)
    run(BUY)
    session = current_session()
    (placed,) = session.journal_entries()
    meant = intent(
        account=session.trader.account,
        sent=placed.sent,
        client_order_id=placed.client_order_id,
        stamped_ms=placed.stamped_ms,
        valid_until_ms=placed.valid_until_ms,
        kernel="99999999-earlier",
    )
    session.order_journal.intend(meant)
    before = lines(run("%binance journal"))
    looked_up = lines(run("%binance journal --resolve"))
    after = lines(run("%binance journal --resolve"))

    assert before[1] == "  Not known yet"
    assert [line for line in looked_up if "✓ FILLED" in line]
    assert after == ["No call is without known outcome · SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC."]


def test_a_damaged_journal_is_set_aside_by_the_line_that_the_error_gives(run: Run, fail: Fail) -> None:
    """Until then no order leaves; afterwards trading goes on."""
    journal_path().parent.mkdir(parents=True)
    journal_path().write_text("no database\n" * 500)
    run(SANDBOX)
    error = fail(BUY)
    process = current_session().sandbox
    assert process is not None
    sent = process.log(endpoint="new_order")
    said = lines(run(str(error.suggestion)))
    run(BUY)

    assert (type(error).__name__, error.suggestion, sent) == ("JournalError", "%binance journal --set-aside", [])
    assert error.message.endswith("nothing was sent.")
    assert said[0].startswith("The broken order journal is now ")
    assert len(process.log(endpoint="new_order")) == 1
    assert len(list(journal_path().parent.glob("journal-*.sqlite3"))) == 1


@pytest.mark.parametrize("line", ["--set-aside", "--set-aside --all", "12"])
def test_what_makes_no_sense_is_refused(fail: Fail, line: str) -> None:
    """Setting aside what is whole, or is not there, and calls that are not there."""
    with closing(Journal()) as journal:
        journal.conclude(journal.intend(intent(account=ACCOUNT)), Outcome("FILLED"))

    assert type(fail(f"%binance journal {line}")).__name__ == "UsageError"


def test_without_a_key_it_is_not_said_that_there_is_nothing(run: Run) -> None:
    """Orders of an earlier kernel may stand under an account whose key was not given yet."""
    run("%binance use http://127.0.0.1:9")

    assert "--all shows every account" in str(run("%binance journal"))
    assert "has nothing" not in str(run("%binance journal"))
