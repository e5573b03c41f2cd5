"""A call without a verdict is looked up, until the exchange can tell."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import ExecutionUnknownError, IpBannedError, OrderRejected
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess, start
from binance_nb.trading.accounts import Account
from binance_nb.trading.arming.interlock import Interlock
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.reconciling.reconcile import Patience
from binance_nb.trading.trader import Trader

WINDOW_MS = 60_000
BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
RESTING = {**BUY, "type": "LIMIT", "time_in_force": "GTC", "price": "30000"}
PAIR = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.01",
    "above_type": "LIMIT_MAKER",
    "above_price": "90000",
    "below_type": "STOP_LOSS",
    "below_stop_price": "30000",
}

Open = Callable[..., tuple[Session, SandboxProcess]]


def trading(process: SandboxProcess, **options: Any) -> Session:
    """A session on a sandbox that sends orders without checking them first."""
    place = Environment("sandbox", process.url, is_sandbox=True, label="SANDBOX")
    held = credentials(process.api_key, process.secret_key, place.host)
    patience = options.pop("patience", None)
    client = Client(place, held, recv_window_ms=WINDOW_MS, budget=WeightBudget(), **options)
    account = Account(process.instance, "SANDBOX", is_sandbox=True)
    return Session(client, trader=Trader(client, account, Journal(), Interlock(place), patience=patience))


@pytest.fixture(scope="module")
def fast_sandbox() -> Iterator[SandboxProcess]:
    """A sandbox whose clock runs two hundred times as fast as life."""
    process = start(seed=1, speed=200)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def frozen_sandbox() -> Iterator[SandboxProcess]:
    """A sandbox whose clock stands."""
    process = start(seed=1, frozen="2024-06-01T12:00:00Z")
    yield process
    process.stop()


@pytest.fixture
def fast(fast_sandbox: SandboxProcess) -> Iterator[Open]:
    """A function that gives a session on the fast one, and what its log holds from now on."""
    yield from opening(fast_sandbox)


@pytest.fixture
def frozen(frozen_sandbox: SandboxProcess) -> Iterator[Open]:
    """A function that gives a session on the one that stands; see above."""
    yield from opening(frozen_sandbox)


def opening(process: SandboxProcess) -> Iterator[Open]:
    with ExitStack() as stack:
        stack.callback(process.clear_faults)

        def opened(**options: Any) -> tuple[Session, SandboxProcess]:
            return stack.enter_context(trading(process, **options)), process

        yield opened
        with trading(process) as session, suppress(OrderRejected):
            session.call("cancel_open_orders", symbol="BTCUSDT")


def unknown(session: Session, name: str, **words: Any) -> ExecutionUnknownError:
    with pytest.raises(ExecutionUnknownError) as caught:
        session.call(name, **words)
    return caught.value


def looked(process: SandboxProcess) -> list[dict[str, Any]]:
    """The look-ups since the last order was sent."""
    [last] = process.log(endpoint="new_order", limit=1)
    return process.log(endpoint="get_order", since=last["id"])


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"kind": "execute_then_503", "code": -1007}, "looked up after HTTP 503"),
        ({"kind": "execute_then_503", "code": -1006}, "looked up after HTTP 503"),
        ({"kind": "execute_then_drop"}, "looked up after no answer"),
        ({"kind": "broken_json"}, "looked up after an unreadable answer"),
    ],
)
def test_an_order_that_was_executed_is_found(frozen: Open, fault: dict[str, Any], outcome: str) -> None:
    """It comes back as a frame that says how it was come by, and is sent once."""
    session, process = frozen()
    process.faults("new_order", **fault, count=1)
    name = "-".join(map(str, fault.values()))

    found = session.call("new_order", **BUY, new_client_order_id=name)

    facts = found.attrs["binance"]
    assert ("FILLED", "get_order", outcome) == (found["status"].iloc[0], facts["operation"], facts["outcome"])
    assert "FILLED" in facts["note"]
    sent = [call["parameters"]["newClientOrderId"] for call in process.log(endpoint="new_order")]
    assert 1 == sent.count(name)


def test_not_placed_is_said_when_the_time_is_over(fast: Open) -> None:
    """Not before: the same request could still have been executed."""
    session, process = fast()
    process.faults("new_order", kind="drop_before_execute", count=1)

    error = unknown(session, "new_order", **BUY)

    assert ("NOT PLACED", "NOT PLACED") == (error.verdict, error.details["outcome"])
    assert "may be sent again" in (error.hint or "")
    assert (error.suggestion or "").startswith("%binance new_order BTCUSDT BUY MARKET")
    assert error.expires_at is not None
    assert looked(process)[-1]["time"] > error.expires_at


def test_an_order_that_comes_late_is_found(fast: Open) -> None:
    """A 503 at once, and the order seconds later: nothing is said until then."""
    session, process = fast()
    process.faults("new_order", kind="reply_503_execute_later", after_ms=WINDOW_MS // 2, count=1)

    found = session.call("new_order", **BUY)

    assert ["FILLED"] == found["status"].tolist()
    assert len(looked(process)) > 1


@pytest.mark.parametrize("kind", ["execute_then_503", "execute_then_drop", "broken_json", "403", "451", "wrong_clock"])
def test_look_ups_that_fail_are_tried_again(frozen: Open, kind: str) -> None:
    """What befell the order befalls the look-up too."""
    session, process = frozen()
    process.faults("new_order", kind="execute_then_503", count=1)
    process.faults("get_order", kind=kind, count=2)

    assert ["FILLED"] == session.call("new_order", **BUY)["status"].tolist()


def test_a_rate_limit_is_waited_for(fast: Open) -> None:
    """The look-up goes on when the exchange says it may."""
    session, process = fast()
    process.faults("new_order", kind="execute_then_503", count=1)
    process.faults("get_order", kind="429", retry_after_seconds=30, count=1)

    assert ["FILLED"] == session.call("new_order", **BUY)["status"].tolist()

    first, second = looked(process)
    assert 429 == first["status"]
    assert second["time"] >= first["time"] + 29_000


def test_a_ban_ends_the_look_up(fast: Open) -> None:
    """Asking on would prolong it: what became of the order is still unknown, and when to look is said."""
    session, process = fast()
    process.faults("new_order", kind="execute_then_503", count=1)
    process.faults("get_order", kind="418", retry_after_seconds=300, count=1)

    error = unknown(session, "new_order", **BUY)

    assert "STILL UNKNOWN" == error.verdict
    assert error.retry_at is not None
    assert 1 == len(looked(process))
    assert "get_order BTCUSDT" in (error.suggestion or "")
    with pytest.raises(IpBannedError):
        session.call("account")


def test_on_a_standing_clock_nobody_can_tell(frozen: Open) -> None:
    """Its time never passes, so that an order that is not there may still come."""
    session, process = frozen()
    process.faults("new_order", kind="drop_before_execute", count=1)

    error = unknown(session, "new_order", **BUY)

    assert "STILL UNKNOWN" == error.verdict
    assert "clock stands" in error.message
    assert "get_order BTCUSDT" in (error.suggestion or "")


def test_a_clock_that_is_turned_forward_tells(frozen: Open) -> None:
    """What was unknown while it stood is resolved: one had come late, the other never."""
    session, process = frozen()
    process.faults("new_order", kind="drop_before_execute", count=1)
    process.faults("new_order", kind="reply_503_execute_later", after_ms=5_000, count=1)
    for _ in range(2):
        unknown(session, "new_order", **BUY)

    process.advance(WINDOW_MS + 5_000)
    resolved = session.resolve()

    assert ["NOT PLACED", "FILLED"] == [each.verdict.state for each in resolved]
    assert [] == session.resolve()


def test_patience_ends(fast: Open) -> None:
    """With look-ups that go on failing, what became of it stays unknown."""
    session, process = fast(patience=Patience(beyond_ms=5_000))
    process.faults("new_order", kind="execute_then_503", count=1)

    with process.faults("get_order", kind="execute_then_503"):
        error = unknown(session, "new_order", **BUY)

    assert "STILL UNKNOWN" == error.verdict
    assert "looking it up failed" in error.message
    assert ["FILLED"] == [each.verdict.state for each in session.resolve()]


def test_a_gone_sandbox_is_not_waited_for(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """It takes no connection, and never will."""
    process = start_sandbox(seed=1, frozen="2024-06-01T12:00:00Z")
    session = trading(process)
    process.faults("new_order", kind="execute_then_drop", count=1)
    waits: list[float] = []
    session.client.waiting.sleep = waits.append
    send = session.client.transport.send

    def stopping(prepared: Any, **how: Any) -> Any:
        if prepared.operation == "get_order":
            process.stop()
        return send(prepared, **how)

    session.client.transport.send = stopping  # type: ignore[method-assign]  # the moment at which it ends
    error = unknown(session, "new_order", **BUY)

    assert "STILL UNKNOWN" == error.verdict
    assert sum(waits) < 1


def test_an_older_order_of_the_same_name_is_not_taken_for_this_one(fast: Open) -> None:
    """A name may be given again when its order is done; other terms tell that it is another."""
    session, process = fast()
    session.call("new_order", **BUY, new_client_order_id="mine")
    process.advance(60_000)
    session.client.clock.synchronise()
    process.faults("new_order", kind="drop_before_execute", count=2)

    other = unknown(session, "new_order", **{**BUY, "quantity": "0.02"}, new_client_order_id="mine")
    same = unknown(session, "new_order", **BUY, new_client_order_id="mine")

    assert "NOT PLACED" == other.verdict
    assert "other terms" in other.message
    # The clock may have been off, so that it might be this one after all.
    assert "STILL UNKNOWN" == same.verdict


def test_a_cancel_is_looked_up_by_its_order(fast: Open) -> None:
    """Executed, it is done; not executed, it says what stands."""
    session, process = fast()
    orders = [int(session.call("new_order", **RESTING)["order_id"].iloc[0]) for _ in range(2)]
    process.faults("cancel_order", kind="execute_then_503", count=1)
    process.faults("cancel_order", kind="drop_before_execute", count=1)

    gone = session.answer("cancel_order", symbol="BTCUSDT", order_id=orders[0])
    error = unknown(session, "cancel_order", symbol="BTCUSDT", order_id=orders[1])

    assert ("DONE", ["CANCELED"]) == (gone.verdict, gone.value["status"].tolist())
    assert ("NOT PLACED", "NOT EXECUTED") == (error.verdict, error.details["outcome"])
    assert "the order is NEW" in error.message


def test_a_cancel_that_came_too_late_says_how_the_order_ended(frozen: Open) -> None:
    """There was nothing left to cancel."""
    session, process = frozen()
    order = int(session.call("new_order", **BUY)["order_id"].iloc[0])
    process.faults("cancel_order", kind="execute_then_503", count=1)

    answer = session.answer("cancel_order", symbol="BTCUSDT", order_id=order)

    assert ("FILLED", "FILLED") == (answer.verdict, answer.value["status"].iloc[0])


def test_cancelling_all_is_looked_up_by_what_is_open(fast: Open) -> None:
    """Nothing open is done; something from before is not."""
    session, process = fast()
    process.faults("cancel_open_orders", kind="execute_then_503", count=1)
    process.faults("cancel_open_orders", kind="drop_before_execute", count=1)

    session.call("new_order", **RESTING)
    done = session.answer("cancel_open_orders", symbol="BTCUSDT")
    session.call("new_order", **RESTING)
    error = unknown(session, "cancel_open_orders", symbol="BTCUSDT")

    assert ("DONE", 0) == (done.verdict, len(done.value))
    assert "NOT PLACED" == error.verdict
    assert "orders from before are open" in error.message


def test_an_amendment_is_looked_up_under_either_name(fast: Open) -> None:
    """It renames the order, so that a name is drawn for it where the person gave the old one alone."""
    session, process = fast()
    for name in ("first", "second"):
        session.call("new_order", **RESTING, new_client_order_id=name)
    process.faults("amend_keep_priority", kind="execute_then_503", count=1)
    process.faults("amend_keep_priority", kind="drop_before_execute", count=1)

    done = session.answer("amend_keep_priority", symbol="BTCUSDT", orig_client_order_id="first", new_qty="0.005")
    error = unknown(session, "amend_keep_priority", symbol="BTCUSDT", orig_client_order_id="second", new_qty="0.005")

    assert ("DONE", [0.005]) == (done.verdict, done.value["orig_qty"].tolist())
    assert "NOT PLACED" == error.verdict
    assert "0.01" in error.message


def test_lists_are_looked_up_by_their_name(fast: Open) -> None:
    """Placed, cancelled, and neither."""
    session, process = fast()
    for endpoint in ("order_list_oco", "cancel_order_list"):
        process.faults(endpoint, kind="execute_then_503", count=1)
        process.faults(endpoint, kind="drop_before_execute", count=1)

    placed = session.answer("order_list_oco", **PAIR)
    missing = unknown(session, "order_list_oco", **PAIR)
    number = json.loads(placed.body or b"")["orderListId"]
    gone = session.answer("cancel_order_list", symbol="BTCUSDT", order_list_id=number)
    session.call("order_list_oco", **PAIR, list_client_order_id="pair")
    stands = unknown(session, "cancel_order_list", symbol="BTCUSDT", list_client_order_id="pair")

    assert ("DONE", "get_order_list") == (placed.verdict, placed.value.attrs["binance"]["operation"])
    assert "NOT PLACED" == missing.verdict
    assert "DONE" == gone.verdict
    assert "the list is EXECUTING" in stands.message


def test_both_halves_of_a_replacement_are_looked_up(fast: Open) -> None:
    """The new order is shown, and what became of the old one is told."""
    session, process = fast()
    order = int(session.call("new_order", **RESTING)["order_id"].iloc[0])
    process.faults("cancel_replace", kind="execute_then_503", count=1)
    process.faults("cancel_replace", kind="drop_before_execute", count=1)
    asked = {**RESTING, "cancel_replace_mode": "STOP_ON_FAILURE", "price": "31000"}

    done = session.call("cancel_replace", **asked, cancel_order_id=order)
    error = unknown(session, "cancel_replace", **asked, cancel_order_id=int(done["order_id"].iloc[0]))

    facts = done.attrs["binance"]
    assert ([31_000.0], "CANCELED", "NEW") == (done["price"].tolist(), facts["old_order"], facts["new_order"])
    assert ("NOT PLACED", "NEW", "not placed") == (
        error.verdict,
        error.details["old_order"],
        error.details["new_order"],
    )


def test_a_wait_is_told_and_taken_back(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """Whoever waits sees why, and how long at most."""
    process = start_sandbox(seed=1, speed=60)
    session = trading(process)
    told: list[tuple[float, str]] = []
    session.client.waiting.tell = lambda seconds, reason: told.append((seconds, reason))
    process.faults("new_order", kind="drop_before_execute", count=1)

    unknown(session, "new_order", **BUY)

    assert "new_order got no verdict" in told[0][1]
    assert (True, 0.0) == (told[0][0] > 0.5, told[-1][0])


def test_an_interrupt_leaves_an_intent_that_the_next_call_resolves(frozen: Open) -> None:
    """While it is looked up as well; nothing is written that nobody knows."""
    session, process = frozen()
    process.faults("new_order", kind="execute_then_503", count=1)
    process.faults("get_order", kind="429", count=1)
    pauses = itertools.count()

    def interrupted(seconds: float) -> None:
        if next(pauses) == 0:
            raise KeyboardInterrupt

    session.client.waiting.sleep = interrupted
    with pytest.raises(KeyboardInterrupt) as caught:
        session.call("new_order", **BUY)
    after = session.answer("new_order", **RESTING)

    assert "Do not send it again before you have looked" in caught.value.__notes__[0]
    assert ["FILLED", "NEW"] == [entry.verdict for entry in session.trader.journal.entries()]  # type: ignore[attr-defined]  # the real one
    assert "Left without an outcome before, and looked up now: new_order" in after.note
