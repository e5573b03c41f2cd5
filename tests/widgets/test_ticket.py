"""The order form on a real sandbox, driven as a front end drives it: values and presses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.trading.journal.origins import Origin, set_origin_source
from binance_nb.widgets.ticket import Ticket
from binance_nb.widgets.ticket_placing import Stage


@pytest.fixture
def ticket(session: Session) -> Iterator[Ticket]:
    made = Ticket(session, "BTCUSDT", pause_seconds=0)
    yield made
    made.close()


@pytest.fixture
def orders(session: Session) -> Callable[[], int]:
    """How many orders of BTCUSDT this test has placed so far."""
    before = placed(session)
    return lambda: placed(session) - before


def settle(ticket: Ticket) -> Ticket:
    """Wait until everything that was asked for has been answered."""
    ticket._worker.join(30)
    for thread in threading.enumerate():
        if thread.name == "binance_nb ticket":
            thread.join(30)
    ticket._worker.join(30)
    return ticket


def typed(ticket: Ticket, **texts: str) -> Ticket:
    ticket.fields.fill(texts)
    return settle(ticket)


def asked(ticket: Ticket) -> Ticket:
    ticket.view.place.click()
    return settle(ticket)


def html(ticket: Ticket) -> str:
    view = ticket.view
    return "\n".join(
        part.value for part in (view._head, view._report, view._estimate, view._question, view._why, view._result)
    )


def session_at(process: SandboxProcess) -> Session:
    place = Environment("sandbox", process.url, is_sandbox=True, label="SANDBOX")
    held = credentials(process.api_key, process.secret_key, place.host)
    return Session(Client(place, held, budget=WeightBudget()))


def placed(session: Session) -> int:
    return len(session.all_orders("BTCUSDT"))


def test_typing_tells_the_rules_and_what_it_costs(ticket: Ticket) -> None:
    """Each rule that is broken with what was sent, and buttons with the nearest values that pass."""
    typed(ticket, amount="0.01", kind="limit", price="60000.001")
    offers = [button.description for button in ticket.view.fixes if button.layout.display == "flex"]

    assert "price 60000.001 lies between two steps of tickSize 0.01" in html(ticket)
    assert offers == ["Take price 60000", "Take price 60000.01"]
    assert ticket.view.place.disabled
    assert "at most 600.00001 USDT: 0.01 × 60,000.001" in html(ticket)


def test_a_button_takes_the_value_that_passes(ticket: Ticket) -> None:
    """And the order can be placed then."""
    typed(ticket, amount="0.01", kind="limit", price="60000.001")
    ticket.view.fixes[0].click()
    settle(ticket)

    assert ticket.fields.texts["price"].value == "60000"
    assert not ticket.view.place.disabled
    assert ticket.view.magic.text == "%binance buy BTCUSDT 0.01 --price 60000"
    assert ticket.view.python.text == 'session.buy("BTCUSDT", "0.01", price="60000")'


@pytest.mark.parametrize(("amount", "said"), [("abc", "abc"), ("-1", "number above 0"), ("0", "number above 0")])
def test_what_is_no_amount_is_refused_at_once(ticket: Ticket, amount: str, said: str) -> None:
    """By the words alone, and there is no line to copy."""
    typed(ticket, amount=amount)

    assert said in html(ticket)
    assert ticket.view.magic.text == ""
    assert ticket.view.place.disabled


def test_a_test_order_places_nothing(session: Session, orders: Callable[[], int], ticket: Ticket) -> None:
    """The exchange itself says that it would take it."""
    typed(ticket, amount="0.01")
    ticket.view.check.click()
    settle(ticket)

    assert "The exchange would take BUY 0.01 BTCUSDT MARKET" in html(ticket)
    assert orders() == 0


def test_what_a_test_said_goes_with_the_order_that_it_was_about(ticket: Ticket) -> None:
    """Beside another order it would seem to be of that one."""
    typed(ticket, amount="0.01")
    ticket.view.check.click()
    said = settle(ticket).view._result.value
    typed(ticket, amount="0.02")

    assert "would take BUY 0.01" in said
    assert "" == ticket.view._result.value


def test_an_order_goes_out_after_a_question_that_names_it_and_the_place(
    session: Session, orders: Callable[[], int], ticket: Ticket
) -> None:
    """Place asks, Yes places, and the receipt stands in the form."""
    asked(typed(ticket, amount="0.01", kind="limit", price="60000"))
    question, before = html(ticket), orders()
    ticket.view.yes.click()
    settle(ticket)

    assert "BUY 0.01 BTCUSDT LIMIT at 60000 GTC" in question
    assert "SANDBOX seed 1" in question
    assert (before, orders()) == (0, 1)
    assert "BUY 0.01 BTCUSDT LIMIT at 60,000 GTC → NEW" in html(ticket)
    assert ticket.order is not None
    assert ticket.order.status[0] == "NEW"


def test_two_threads_that_press_yes_place_one_order(
    session: Session, orders: Callable[[], int], ticket: Ticket
) -> None:
    """As does a double click, or an event that comes twice; a press afterwards does nothing."""
    asked(typed(ticket, amount="0.001"))
    ready = threading.Barrier(2)

    def press() -> None:
        ready.wait()
        ticket.view.yes.click()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(press) for _ in range(2)]:
            each.result()
    settle(ticket)
    ticket.view.yes.click()
    settle(ticket)

    assert orders() == 1


def test_pressing_place_twice_asks_once_and_places_nothing(
    session: Session, orders: Callable[[], int], ticket: Ticket
) -> None:
    """The question is no order."""
    typed(ticket, amount="0.001")
    ticket.view.place.click()
    asked(ticket)

    assert ticket._placing.stage is Stage.ASKING
    assert orders() == 0


def test_what_is_typed_after_the_question_takes_it_back(
    session: Session, orders: Callable[[], int], ticket: Ticket
) -> None:
    """A yes to something else than what stands there is no yes."""
    asked(typed(ticket, amount="0.001"))
    typed(ticket, amount="0.002")
    ticket.view.yes.click()
    settle(ticket)

    assert orders() == 0


def test_fields_are_locked_while_it_asks_and_free_after_a_no(ticket: Ticket) -> None:
    """What was asked about is what stands there."""
    asked(typed(ticket, amount="0.001"))
    while_asking = ticket.fields.amount.disabled
    ticket.view.no.click()

    assert (while_asking, ticket.fields.amount.disabled) == (True, False)
    assert ticket._placing.stage is Stage.EDITING


def test_a_share_that_was_shown_is_what_is_placed(session: Session, ticket: Ticket) -> None:
    """Even when the balance changes between the question and the yes."""
    asked(typed(ticket, side="SELL", amount="50", unit="share"))
    shown = ticket._placing.asked
    session.sell("BTCUSDT", "0.1")
    ticket.view.yes.click()
    settle(ticket)

    assert shown is not None
    assert ticket.order is not None
    assert ticket.order.attrs["binance"]["receipt"]["orders"]["1"]["quantity"] == shown.built.parameters["quantity"]
    assert session.journal()["told"].iloc[-1] == "%binance sell BTCUSDT 50%"


def test_orders_of_a_form_are_no_cells_orders(session: Session, orders: Callable[[], int], ticket: Ticket) -> None:
    """A cell that runs meanwhile, and again, neither takes the form's order for its own nor loses its own."""
    runs = iter(map(str, range(100)))
    set_origin_source(lambda: Origin("the-cell", "1"))
    try:
        asked(typed(ticket, amount="0.001"))
        ticket.view.yes.click()
        settle(ticket)
        first = session.buy("BTCUSDT", "0.001")
        set_origin_source(lambda: Origin("the-cell", f"again {next(runs)}"))
        rerun = session.buy("BTCUSDT", "0.001")
        asked(typed(ticket, amount="0.001"))
        ticket.view.yes.click()
        settle(ticket)
    finally:
        set_origin_source(None)
    cells = session.journal()["cell"].tolist()[-3:]

    assert orders() == 3
    assert int(first.order_id[0]) == int(rerun.order_id[0])
    assert cells[1] == "the-cell"
    assert [cell.partition("-")[0] for cell in (cells[0], cells[2])] == ["ticket", "ticket"]
    assert cells[0] != cells[2]


def test_a_refusal_is_a_card_in_the_form(session: Session, orders: Callable[[], int], ticket: Ticket) -> None:
    """What was right when it was asked may be wrong when it is sent, and the form goes on."""
    free = next(each["free"] for each in session.account(raw=True)["balances"] if each["asset"] == "BTC")
    asked(typed(ticket, side="SELL", amount=free[:-3]))
    session.sell("BTCUSDT", "0.01")
    ticket.view.yes.click()
    settle(ticket)

    assert "new_order breaks BALANCE" in ticket.view._result.value
    assert (ticket.order, orders()) == (None, 1)
    assert ticket._placing.stage is Stage.EDITING


@pytest.mark.parametrize("fault", ["execute_then_503", "drop_before_execute"])
def test_an_order_without_a_verdict_bars_the_next_until_it_was_looked_up(
    start_sandbox: Callable[..., SandboxProcess], fault: str
) -> None:
    """UNKNOWN is shown as such; looking it up tells what became of it, and frees the form."""
    process = start_sandbox(seed=1, speed=200)  # looking takes half a minute of the exchange's time
    with session_at(process) as session:
        ticket = Ticket(session, "BTCUSDT", pause_seconds=0)
        asked(typed(ticket, amount="0.001", kind="limit", price="30000"))
        process.faults("new_order", kind=fault, count=1)
        process.faults("get_order", kind="drop_before_execute")
        ticket.view.yes.click()
        settle(ticket)
        during, stage = html(ticket), ticket._placing.stage
        can_place, can_look = not ticket.view.place.disabled, ticket.view.look.layout.display == "flex"
        can_test = not ticket.view.check.disabled
        ticket._use_error(RuntimeError("no route"))  # what a look-up that fails ends with
        can_look_again = ticket.view.look.layout.display == "flex"
        process.clear_faults()
        ticket.view.look.click()
        settle(ticket)
        stands = placed(session)

    assert (stage, can_place, can_look) == (Stage.UNKNOWN, False, True)
    assert (False, True) == (can_test, can_look_again)
    assert "? UNKNOWN" in during
    assert ticket._placing.stage is Stage.EDITING
    assert ("NEW" if stands else "NOT PLACED") in html(ticket)
    assert stands == (fault == "execute_then_503")


def test_on_a_live_host_nothing_can_be_placed_before_it_is_armed(sandbox: SandboxProcess) -> None:
    """The button is off and says how; once armed it is not, and the question says LIVE."""
    place = Environment("live", sandbox.url, is_live=True)
    held = credentials(sandbox.api_key, sandbox.secret_key, place.host)
    with Session(Client(place, held, budget=WeightBudget())) as session:
        ticket = settle(Ticket(session, pause_seconds=0, quantity="0.001"))
        unarmed, is_off = html(ticket), ticket.view.place.disabled
        asked(ticket)
        stage = ticket._placing.stage
        session.arm("500", "30min")
        ticket.paint_now()
        asked(ticket)

        assert (is_off, stage, ticket._placing.stage) == (True, Stage.EDITING, Stage.ASKING)
        assert re.search(r"%binance arm --max-notional (6\d|7\d) --for 30min --symbols BTCUSDT", unarmed)
        assert "this is real money" in html(ticket)
        assert ticket.view.yes.description == "Yes, place it: LIVE"


def test_unarmed_the_form_sends_nothing_and_its_lines_arm_for_the_order(sandbox: SandboxProcess) -> None:
    """Whatever is pressed; and once the line that it shows was run, the order passes the interlock."""
    place = Environment("live", sandbox.url, is_live=True)
    held = credentials(sandbox.api_key, sandbox.secret_key, place.host)
    with Session(Client(place, held, budget=WeightBudget())) as session:
        before = placed(session)
        ticket = settle(Ticket(session, pause_seconds=0, quantity="0.01"))
        for button in (ticket.view.place, ticket.view.yes, ticket.view.look):
            button.click()
            settle(ticket)
        unarmed = placed(session) - before
        amount = re.findall(r"session\.arm\(&quot;(\d+)&quot;, &quot;30min&quot;, symbols=", html(ticket))
        session.arm(amount[0], "30min", symbols="BTCUSDT")
        asked(ticket)
        ticket.view.yes.click()
        settle(ticket)

        assert (0, 1) == (unarmed, placed(session) - before)
        assert (None, 1) == (ticket.error, len(amount))


def test_without_a_key_the_form_says_so(sandbox: SandboxProcess) -> None:
    """Nothing is asked of the account."""
    place = Environment("sandbox", sandbox.url, is_sandbox=True, label="SANDBOX")
    with Session(Client(place, budget=WeightBudget())) as session:
        ticket = settle(Ticket(session, pause_seconds=0, quantity="0.01"))

        assert "Orders need a key" in html(ticket)
        assert ticket.view.place.disabled


def test_words_fill_the_form_and_making_it_places_nothing(session: Session, orders: Callable[[], int]) -> None:
    """Nor does showing it, or making it again."""
    for _ in range(2):
        ticket = Ticket(session, "BTCUSDT", "SELL", pause_seconds=0, quantity="25%", price="70000.50")
        data, _metadata = ticket._repr_mimebundle_()

    assert "%binance sell BTCUSDT 25% --price 70000.50" in data["text/plain"]
    assert data["image/png"]
    assert orders() == 0


def test_a_symbol_that_does_not_exist_is_a_card(ticket: Ticket) -> None:
    """With the nearest that does."""
    ticket.fields.symbol.value = "BTCUSDTT"
    settle(ticket)

    assert "BTCUSDT" in html(ticket)
    assert ticket.view.place.disabled


def test_a_price_steps_by_the_symbols_tick(ticket: Ticket) -> None:
    """The buttons say how far."""
    typed(ticket, amount="0.01", kind="limit", price="60000")
    down, up = ticket.fields._steps["price"]
    up.click()

    assert (down.description, up.description) == ("− 0.01", "+ 0.01")
    assert ticket.fields.texts["price"].value == "60000.01"


def test_what_was_typed_stays_text(session: Session, orders: Callable[[], int], ticket: Ticket) -> None:
    """Digits that a float would lose arrive at the exchange."""
    asked(typed(ticket, amount="0.00100", kind="limit", price="60000.10"))
    ticket.view.yes.click()
    settle(ticket)
    sent: dict[str, Any] = json.loads(session.journal()["sent"].iloc[-1])

    assert (sent["quantity"], sent["price"]) == ("0.00100", "60000.10")
