"""Every call that changes state goes one way: recognised, cleared, checked, written down, sent."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from binance_nb import Session, connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment, resolve
from binance_nb.errors import (
    BinanceError,
    ExecutionUnknownError,
    JournalError,
    NotArmedError,
    OrderRejected,
    PreflightError,
    UsageError,
)
from binance_nb.folders import data_folder
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.together import Call
from binance_nb.trading.accounts import Account
from binance_nb.trading.arming.interlock import Clearance, Interlock
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.origins import Origin, set_origin_source
from binance_nb.trading.reconciling.leftovers import Leftovers, under_way
from binance_nb.trading.reconciling.reconcile import Patience
from binance_nb.trading.trader import Trader
from tests.client.scripted import Answer, ScriptedServer
from tests.trading.journalling import intent

BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
RESTING = {**BUY, "type": "LIMIT", "time_in_force": "GTC", "price": "30000"}


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """A function that begins a run of the one cell there is."""
    runs: list[str] = []
    set_origin_source(lambda: Origin(request.node.name, runs[-1]) if runs else None)
    yield runs.append
    set_origin_source(None)


@pytest.fixture
def mended(session: Session) -> Iterator[SandboxProcess]:
    """The session's sandbox, without faults before and after."""
    assert session.sandbox is not None
    yield session.sandbox
    session.sandbox.clear_faults()


def written(session: Session) -> list[Entry]:
    return session.order_journal.entries(account=session.trader.account.identity)


def last(session: Session) -> Entry:
    return written(session)[-1]


def sent(session: Session) -> int:
    assert session.sandbox is not None
    return len(session.sandbox.log(endpoint="new_order"))


def forget_outcome(journal: Path, number: int) -> None:
    """Leave a call as a kernel that was killed leaves it."""
    with sqlite3.connect(journal) as connection:
        unwritten = "UPDATE entries SET verdict = NULL, reply_body = NULL, kernel = '999999999-gone' WHERE number = ?"
        connection.execute(unwritten, [number])
    connection.close()


def test_what_is_sent_is_written_down_with_its_outcome(session: Session) -> None:
    """The reply, the state, and the id to look it up by."""
    placed = session.call("new_order", **BUY)

    entry = last(session)
    assert ("new_order", "FILLED") == (entry.operation, entry.verdict)
    assert placed["client_order_id"].iloc[0] == entry.client_order_id
    assert json.loads(entry.reply_body or "")["orderId"] == placed["order_id"].iloc[0]


def test_the_intent_is_on_the_disk_before_anything_is_sent(session: Session) -> None:
    """Whoever looks at the moment of sending finds it there, without an outcome."""
    seen: list[str | None] = []
    send = session.client.transport.send

    def looking(prepared: Any, **how: Any) -> Any:
        if prepared.operation == "new_order":
            seen.append(Journal(session.order_journal.path).entries()[-1].verdict)
        return send(prepared, **how)

    session.client.transport.send = looking  # type: ignore[method-assign]  # the moment of sending
    try:
        session.call("new_order", **BUY)
    finally:
        session.client.transport.send = send  # type: ignore[method-assign]  # as it was

    assert [None] == seen


def test_a_refusal_is_an_outcome(session: Session) -> None:
    """With the exchange's code."""
    with pytest.raises(OrderRejected):
        session.call("cancel_order", symbol="BTCUSDT", order_id=999_999)

    assert ("cancel_order", "REFUSED", -2011) == (last(session).operation, last(session).verdict, last(session).code)


def test_what_breaks_a_rule_is_neither_written_down_nor_sent(session: Session) -> None:
    """The check comes before both."""
    session.call("new_order", **BUY)
    before = len(written(session)), sent(session)

    with pytest.raises(PreflightError):
        session.call("new_order", **{**BUY, "quantity": "0.000001"})

    assert before == (len(written(session)), sent(session))


def test_check_reports_and_sends_nothing(session: Session) -> None:
    """For placements and for the exchange's own tests of them."""
    before = sent(session)
    good = session.call("new_order", **BUY, check=True)
    bad = session.call("test_order", **{**BUY, "quantity": "0.000001"}, check=True)

    assert (True, False) == (good.passed, bad.passed)
    assert before == sent(session)


@pytest.mark.parametrize(("name", "option"), [("klines", "check"), ("cancel_order", "again"), ("test_order", "again")])
def test_options_of_orders_belong_to_orders(session: Session, name: str, option: str) -> None:
    """Elsewhere they are refused."""
    with pytest.raises(UsageError, match=f"{name} has no option {option}"):
        session.call(name, **{option: True})


def test_without_a_journal_nothing_is_sent_and_reads_go_on(session: Session) -> None:
    """Trading is refused rather than unjournaled."""
    data_folder().parent.mkdir(parents=True, exist_ok=True)
    data_folder().write_text("a file where the folder should be")
    with connect(
        session.environment.url,
        api_key=session.client.credentials.api_key.reveal(),  # type: ignore[union-attr]  # a sandbox's session has a key
        secret_key=session.sandbox.secret_key,  # type: ignore[union-attr]  # and a sandbox
    ) as other:
        before = sent(session)
        with pytest.raises(JournalError):
            other.call("new_order", **BUY)

        assert before == sent(session)
        assert not other.call("account").empty


def test_that_an_outcome_cannot_be_written_takes_nothing_back(session: Session, tmp_path: Path) -> None:
    """The order stands, and the note says what is missing."""

    class Full(Journal):
        def conclude(self, number: int, outcome: Any) -> None:
            raise JournalError("The disk is full.")

    trader = session.trader
    trader.journal, kept = Full(tmp_path / "journal"), trader.journal
    try:
        answer = session.answer("new_order", **BUY)
    finally:
        trader.journal = kept

    assert "FILLED" == answer.verdict
    assert "The disk is full" in answer.note


def test_a_cell_that_runs_again_orders_once(session: Session, cell: Callable[[str], None]) -> None:
    """It shows what it ordered before; `again` orders once more."""
    before = sent(session)
    cell("run 1")
    first = session.answer("new_order", **BUY)
    cell("run 2")
    same = session.answer("new_order", **BUY)
    more = session.answer("new_order", **BUY, again=True)

    assert (False, True, False) == (first.was_earlier, same.was_earlier, more.was_earlier)
    assert first.value["order_id"].tolist() == same.value["order_id"].tolist() != more.value["order_id"].tolist()
    assert "nothing was sent" in same.note
    assert "earlier run" == same.value.attrs["binance"]["outcome"]
    assert before + 2 == sent(session)


def test_orders_in_a_journal_that_was_begun_anew_are_known_to_the_next_kernel(
    fresh_sandbox: Session, cell: Callable[[str], None]
) -> None:
    """An account is named by its journal's salt, and the new one has another."""
    fresh_sandbox.call("new_order", **BUY)
    fresh_sandbox.order_journal.path.rename(fresh_sandbox.order_journal.path.with_name("aside"))
    cell("first")
    fresh_sandbox.call("new_order", **BUY)
    cell("second")
    assert fresh_sandbox.sandbox is not None
    later = Session(fresh_sandbox.client, fresh_sandbox.sandbox)
    again = later.answer("new_order", **BUY)

    assert again.was_earlier


def test_other_keys_are_not_armed(session: Session) -> None:
    """What was allowed was allowed for the account whose key it was."""
    held = session.client.credentials
    session.arm(max_notional="50", for_="1min")
    session.use_keys(held)
    with_the_same = session.interlock.standing
    try:
        session.use_keys(credentials("k" * 64, "s" * 64, session.environment.host))
        with_another = session.interlock.standing
    finally:
        session.use_keys(held)
        session.disarm()

    assert with_the_same is not None
    assert with_another is None


def test_a_loop_of_three_is_three_orders_each_time_the_same(session: Session, cell: Callable[[str], None]) -> None:
    """A run's own turn tells them apart."""
    ordered = []
    for run in ("loop 1", "loop 2"):
        cell(run)
        ordered.append([int(session.call("new_order", **BUY)["order_id"].iloc[0]) for _ in range(3)])

    assert 3 == len(set(ordered[0]))
    assert ordered[0] == ordered[1]


def test_what_was_refused_is_ordered_when_the_cell_runs_again(
    session: Session, mended: SandboxProcess, cell: Callable[[str], None]
) -> None:
    """Only an order that may stand is in the way; and a loop that tries again is one order."""
    mended.faults("new_order", kind="403", count=2)
    for run in ("try 1", "try 1", "try 2"):
        cell(run)
        try:
            answer = session.answer("new_order", **BUY)
        except BinanceError:
            continue

    assert ("FILLED", False) == (answer.verdict, answer.was_earlier)
    assert 0 == last(session).ordinal


def test_an_earlier_run_without_a_verdict_is_looked_up_first(
    fresh_sandbox: Session, cell: Callable[[str], None]
) -> None:
    """As long as nobody knows, nothing is sent; once it turns out not to have been placed, it is."""
    process = fresh_sandbox.sandbox
    assert process is not None
    process.faults("new_order", kind="drop_before_execute", count=1)
    for run in ("first", "second"):
        cell(run)
        with pytest.raises(ExecutionUnknownError) as caught:
            fresh_sandbox.call("new_order", **BUY)
    process.advance(10_000)
    cell("third")
    answer = fresh_sandbox.answer("new_order", **BUY)

    assert "An earlier run of this cell" in caught.value.message
    assert ("FILLED", False) == (answer.verdict, answer.was_earlier)
    assert ["NOT PLACED", "FILLED"] == [entry.verdict for entry in written(fresh_sandbox)]


def test_a_cancel_is_always_sent(session: Session, cell: Callable[[str], None]) -> None:
    """There may be something new to cancel."""
    gone = []
    for run in ("cancel 1", "cancel 2"):
        cell(run)
        session.call("new_order", **RESTING, again=True)
        gone.append(len(session.call("cancel_open_orders", symbol="BTCUSDT")))

    assert [1, 1] == gone


def test_four_threads_trade_at_once(session: Session) -> None:
    """Each order is written down once and sent once."""
    before = len(written(session))
    names: list[str] = []

    def order() -> None:
        for _ in range(5):
            names.append(session.call("new_order", **BUY)["client_order_id"].iloc[0])

    threads = [threading.Thread(target=order) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = written(session)[before:]
    assert sorted(names) == sorted(entry.client_order_id or "" for entry in entries)
    assert (20, {"FILLED"}) == (len(set(names)), {entry.verdict for entry in entries})


def test_an_interrupt_before_it_is_sent_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is checked, nothing has left yet; nobody has to look."""
    before = sent(session)

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session.preflight, "check", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        session.call("new_order", **BUY)

    assert ["new_order was not sent."] == caught.value.__notes__
    assert before == sent(session)


class _InterruptedLeave:
    """An interlock in whose last moment the interrupt comes: the order has left, and its answer is there."""

    asset = "USDT"

    @contextmanager
    def clear(self, *args: object) -> Iterator[Clearance]:
        yield Clearance()
        raise KeyboardInterrupt


def test_an_interrupt_after_it_was_sent_never_says_that_it_was_not(
    session: Session, cell: Callable[[str], None]
) -> None:
    """However late it comes; and its turn stays taken."""
    endpoint, trader = ENDPOINTS["new_order"], session.trader
    late = Trader(session.client, trader.account, session.order_journal, _InterruptedLeave())
    cell("first")
    with pytest.raises(KeyboardInterrupt) as caught:
        late.carry_out(endpoint, session.client.bind(endpoint, BUY))
    cell("second")
    again = session.answer("new_order", **BUY)

    [note] = caught.value.__notes__
    assert "may have been executed" in note
    assert again.was_earlier


def test_an_interrupt_before_it_is_sent_frees_turn_and_worth(
    session: Session, cell: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell that goes on after one has its one order, and is found when it runs again."""
    interrupted = iter([True])
    check = session.preflight.check

    def interrupt(*args: Any) -> None:
        if next(interrupted, False):
            raise KeyboardInterrupt
        check(*args)

    monkeypatch.setattr(session.preflight, "check", interrupt)
    cell("first")
    session.arm(max_notional="1000", for_="1min")
    with pytest.raises(KeyboardInterrupt):
        session.call("new_order", **BUY)
    standing = session.interlock.standing
    session.disarm()
    placed = session.answer("new_order", **BUY)
    cell("second")
    again = session.answer("new_order", **BUY)

    assert standing is not None
    assert 0 == standing.spent
    assert (False, True) == (placed.was_earlier, again.was_earlier)


def test_calls_made_together_go_the_same_way(session: Session) -> None:
    """They are written down like others."""
    before = len(written(session))

    session.together([Call("new_order", **RESTING), Call("cancel_open_orders", "BTCUSDT")])

    assert [("new_order", "NEW"), ("cancel_open_orders", "DONE")] == [
        (entry.operation, entry.verdict) for entry in written(session)[before:]
    ]


def test_microseconds_and_json_come_as_asked_for(session: Session, mended: SandboxProcess) -> None:
    """Also when the order had to be looked up."""
    mended.faults("new_order", kind="execute_then_503", count=2)

    fine = session.call("new_order", **BUY, time_unit="us")
    raw = session.call("new_order", **BUY, raw=True)
    parts = session.call("new_order", **BUY, part="fills")

    assert "datetime64[us, UTC]" == str(fine["time"].dtype)
    assert "FILLED" == raw["status"]
    assert "trade_id" in parts.columns


def test_leftovers_of_another_kernel_are_looked_up_before_the_first_order(fresh_sandbox: Session) -> None:
    """A kernel that is gone wrote an intent and no outcome; the note names it."""
    left = fresh_sandbox.call("new_order", **RESTING, new_client_order_id="left")
    entry = last(fresh_sandbox)
    journal = fresh_sandbox.order_journal
    journal.close()
    forget_outcome(journal.path, entry.number)
    other = Session(fresh_sandbox.client, fresh_sandbox.sandbox)

    answer = other.answer("new_order", **BUY)

    assert "new_order left: NEW" in answer.note
    assert ["NEW", "FILLED"] == [each.verdict for each in written(other)]
    assert left["order_id"].tolist() == [json.loads(written(other)[0].reply_body or "")["orderId"]]


def test_a_cancel_does_not_wait_for_leftovers_and_all_of_them_wait_together(
    start_sandbox: Callable[..., SandboxProcess],
) -> None:
    """What takes orders back goes at once; of many that never arrived, each would else take its own seven seconds."""
    process = start_sandbox(seed=1, speed=20)
    place = Environment("sandbox", process.url, is_sandbox=True, label="SANDBOX")
    client = Client(place, credentials(process.api_key, process.secret_key, place.host), budget=WeightBudget())
    with Session(client) as session:
        order = int(session.call("new_order", **RESTING)["order_id"].iloc[0])
        process.faults("new_order", kind="drop_before_execute", count=6)
        for _ in range(6):
            with pytest.raises(ExecutionUnknownError):
                session.call("new_order", **RESTING)
        for entry in written(session)[1:]:
            forget_outcome(session.order_journal.path, entry.number)
        later = Session(client)
        later.call("cancel_order", symbol="BTCUSDT", order_id=order)
        verdicts = [entry.verdict for entry in written(later)]
        began_ms = client.clock.now_ms()
        later.resolve()
        took_ms = client.clock.now_ms() - began_ms

    assert [None] * 6 == verdicts[1:-1]
    assert "DONE" == verdicts[-1]
    assert took_ms < 5 * 7_000


def test_a_call_that_another_thread_is_still_making_is_not_called_not_placed(
    start_sandbox: Callable[..., SandboxProcess],
) -> None:
    """It may be about to be sent, later than anybody thinks."""
    process = start_sandbox(seed=1, speed=200)
    place = Environment("sandbox", process.url, is_sandbox=True, label="SANDBOX")
    client = Client(place, credentials(process.api_key, process.secret_key, place.host), budget=WeightBudget())
    with Session(client) as session:
        endpoint = ENDPOINTS["new_order"]
        number = session.order_journal.intend(
            intent(account=session.trader.account, operation="new_order", sent=client.bind(endpoint, BUY))
        )
        left = Leftovers(client, session.trader.account.identity, session.order_journal, Patience())
        with under_way(session.order_journal.path, number):
            early = left.resolved(last(session)).verdict.state
        late = left.resolved(last(session)).verdict.state

    assert ("STILL UNKNOWN", "NOT PLACED") == (early, late)


def test_nothing_leaves_for_a_live_host_that_is_not_armed(tmp_path: Path) -> None:
    """Neither the order nor a word of it in the journal."""
    place = resolve("https://192.0.2.1:9")
    held = credentials("k" * 64, "s" * 64, place.host)
    with Session(Client(place, held, budget=WeightBudget(), timeout_seconds=0.1)) as live:
        live.order_journal.path = tmp_path / "journal"
        with pytest.raises(NotArmedError):
            live.trader.carry_out(ENDPOINTS["cancel_order"], {"symbol": "BTCUSDT", "orderId": "1"})

        assert [] == live.order_journal.entries()


def test_a_half_replacement_stands_in_the_journal_as_its_new_order() -> None:
    """The half that must not be doubled."""
    said = {
        "code": -2021,
        "msg": "Order cancel-replace partially failed.",
        "data": {
            "cancelResult": "FAILURE",
            "newOrderResult": "SUCCESS",
            "cancelResponse": {"code": -2011, "msg": "Unknown order sent."},
            "newOrderResponse": {"symbol": "BTCUSDT", "orderId": 11, "status": "NEW"},
        },
    }
    with ScriptedServer(Answer(409, json.dumps(said).encode()), server_time=lambda: 1_700_000_000_000) as server:
        place = Environment("local", server.url)
        client = Client(place, credentials("k" * 64, "s" * 64, place.host))
        trader = Trader(client, Account("scripted", "scripted", is_sandbox=False), Journal(), Interlock(place))
        session = Session(client, trader=trader)
        with session, pytest.raises(BinanceError):
            session.call("cancel_replace", **BUY, cancel_replace_mode="ALLOW_FAILURE", cancel_order_id=7)

    assert ["NEW"] == [entry.verdict for entry in Journal().entries()]
