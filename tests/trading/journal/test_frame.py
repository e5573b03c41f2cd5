"""The journal as a frame, and which of its calls somebody wants to see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.errors import UsageError
from binance_nb.trading.accounts import Account, account_of
from binance_nb.trading.journal.entries import Outcome
from binance_nb.trading.journal.frame import journal_frame
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.reading import read_entries
from tests.trading.journalling import ACCOUNT, SENT, intent

WORDS = ("0.00100000", "60000.00")
TIMES = ("time", "valid_until", "server_time", "written", "concluded")
OTHER = replace(ACCOUNT, identity="b" * 32, label="testnet")
GONE = replace(ACCOUNT, identity="c" * 32, is_sandbox=True, url="http://127.0.0.1:9", instance="1/gone")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "data" / "journal.sqlite3")) as opened:
        yield opened


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    text = str(pd.Series(["text"]).dtype)
    return {str(name): "text" if str(dtype) == text else str(dtype) for name, dtype in frame.dtypes.items()}


def test_each_column_has_its_dtype_with_rows_and_without(journal: Journal) -> None:
    """Times, codes and ids as they are everywhere; quantities and prices as text."""
    number = journal.intend(intent())
    journal.intend(intent(run=None, sent={"symbol": "BTCUSDT", "orderId": "12"}, operation="cancel_order"))
    journal.conclude(number, Outcome("REFUSED", '{"orderId": 7}', -2010, "Too little.", 1_717_243_200_456))

    frame = journal_frame(journal.entries())

    assert dtypes(frame) == {
        **dict.fromkeys(frame.columns, "text"),
        **dict.fromkeys(TIMES, "datetime64[ms, UTC]"),
        **dict.fromkeys(("code", "order_id"), "Int64"),
        "ordinal": "int64",
    }
    assert dtypes(journal_frame([])) == dtypes(frame)
    assert (frame.index.name, str(frame.index.dtype)) == ("number", "int64")
    assert str(journal_frame([]).index.dtype) == "int64"


def test_a_row_has_what_was_sent_with_its_digits_and_what_became_of_it(journal: Journal) -> None:
    """What nobody knows is missing, and not a text that says so."""
    number = journal.intend(intent())
    journal.conclude(number, Outcome("FILLED", '{"orderId": 7}', server_ms=1_717_243_200_456))
    journal.intend(intent())

    frame = journal_frame(journal.entries())

    known, unknown = (frame.loc[number].to_dict() for number in (1, 2))

    assert [known[name] for name in ("quantity", "price", "verdict", "order_id")] == [*WORDS, "FILLED", 7]
    assert str(known["server_time"]) == "2024-06-01 12:00:00.456000+00:00"
    assert [name for name in ("verdict", "order_id", "server_time", "code") if not pd.isna(unknown[name])] == []


def whose(account: Account, journal: Journal) -> list[int]:
    return [entry.number for entry in read_entries(journal, lambda salt: account, last=2)]


def test_the_newest_of_an_account_come_with_all_that_is_unknown(journal: Journal) -> None:
    """However old that is."""
    for number in range(1, 6):
        journal.intend(intent())
        if number != 1:
            journal.conclude(number, Outcome("FILLED"))
    journal.intend(intent(account=OTHER))

    assert whose(ACCOUNT, journal) == [1, 4, 5]
    assert whose(OTHER, journal) == [6]
    assert [entry.number for entry in read_entries(journal, last=1)] == [1, 6]


def test_looking_writes_off_what_no_sandbox_can_tell_any_more(journal: Journal) -> None:
    """One that still runs is left to be asked."""
    journal.intend(intent(account=GONE))

    assert [entry.verdict for entry in read_entries(journal)] == ["GONE"]


def test_a_sandbox_that_runs_is_not_written_off(journal: Journal, session: Session) -> None:
    """What was sent there can be looked up."""
    here = account_of(session.environment, session.client.credentials, session.sandbox, journal.salt)
    journal.intend(intent(account=here))

    assert [entry.verdict for entry in read_entries(journal)] == [None]


@pytest.mark.parametrize("which", [7, "nobody's"])
def test_a_call_that_is_not_there_is_an_error(journal: Journal, which: int | str) -> None:
    """Which says how to find those that are; also where no journal is."""
    with pytest.raises(UsageError, match=f"has no call .*{which}") as caught:
        read_entries(journal, which=which)

    assert caught.value.suggestion == "%binance journal --all"
    assert not journal.path.exists()


def test_how_many_is_a_number_from_one(journal: Journal) -> None:
    """None at all is no wish."""
    with pytest.raises(UsageError, match="last is a whole number from 1 on, not 0"):
        read_entries(journal, last=0)


def test_a_session_shows_what_it_sent(fresh_sandbox: Session) -> None:
    """An order, its fill, and nothing of other accounts unless asked for."""
    with closing(Journal()) as other:
        other.conclude(other.intend(intent(account=OTHER)), Outcome("FILLED"))
    empty = fresh_sandbox.journal()
    placed = fresh_sandbox.new_order("BTCUSDT", "BUY", "MARKET", quantity=SENT["quantity"])

    frame = fresh_sandbox.journal()

    assert len(empty) == 0
    assert frame.verdict.tolist() == ["FILLED"]
    assert frame.order_id.tolist() == placed.order_id.tolist()
    assert len(fresh_sandbox.journal(all=True)) == 2
    assert fresh_sandbox.journal(str(frame.client_order_id.iloc[0])).equals(frame)
