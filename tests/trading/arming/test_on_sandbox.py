"""The interlock before a real exchange: the sandbox, under a name that counts as live."""

from __future__ import annotations

import threading
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import BinanceError, NotArmedError
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess

ORDER = ENDPOINTS["new_order"]


@pytest.fixture
def live(sandbox: SandboxProcess) -> Session:
    """A session on a host that counts as live, behind which the sandbox answers."""
    place = Environment("live", sandbox.url, is_live=True)
    held = credentials(sandbox.api_key, sandbox.secret_key, place.host)
    return Session(Client(place, held, budget=WeightBudget()))


def buy(session: Session, amount: str, number: int = 0) -> Any:
    """Buy for an amount at the market, as a person does; the number makes it an order of its own."""
    words = {"quote_order_qty": amount, "new_client_order_id": f"arm-{amount}-{number}-{id(session)}"}
    return session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", raw=True, **words)


def executed(sandbox: SandboxProcess) -> int:
    """How many orders the sandbox has executed so far."""
    return sum(1 for call in sandbox.log(endpoint="new_order") if call["executed"])


def test_an_armed_session_trades_within_its_limits(live: Session, sandbox: SandboxProcess) -> None:
    """A market order of 20 USDT is counted and filled, one of 40 more is refused and never arrives."""
    live.arm("50", "30min")
    before = executed(sandbox)
    placed = buy(live, "20")
    with pytest.raises(NotArmedError):
        buy(live, "40")

    standing = live.interlock.standing
    assert "FILLED" == placed["status"]
    assert before + 1 == executed(sandbox)
    assert standing is not None
    assert Decimal(30) == standing.left


def test_an_order_past_the_interlock_does_not_leave(live: Session, sandbox: SandboxProcess) -> None:
    """Armed or not, the client sends nothing that was not cleared."""
    live.arm("50", "30min")
    before = executed(sandbox)
    sent = live.client.bind(ORDER, {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "20"})

    with pytest.raises(NotArmedError):
        live.client.send(ORDER, sent)

    assert before == executed(sandbox)


def test_a_refused_order_costs_nothing(live: Session) -> None:
    """What the exchange refuses leaves the total as it was."""
    live.arm("50", "30min")

    with pytest.raises(BinanceError):
        buy(live, "0.01")

    standing = live.interlock.standing
    assert standing is not None
    assert Decimal(50) == standing.left


def test_another_session_and_a_closed_one_are_not_armed(live: Session, sandbox: SandboxProcess) -> None:
    """Arming belongs to one session and ends with it; nothing is kept for the next."""
    live.arm("50", "30min")
    place = live.environment
    other = Session(Client(place, live.client.credentials, budget=WeightBudget()))
    live.close()

    assert other.interlock.standing is None
    assert live.interlock.standing is None
    with pytest.raises(NotArmedError):
        buy(live, "20")


def test_an_unarmed_order_shows_itself_and_a_dry_run_needs_no_arming(live: Session, sandbox: SandboxProcess) -> None:
    """What it would send, what that is worth, and the line that allows just that."""
    before = executed(sandbox)
    with pytest.raises(NotArmedError) as caught:
        buy(live, "12.5")
    prepared = live.prepare("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quote_order_qty="12.5")

    error = caught.value
    assert before == executed(sandbox)
    assert error.details["would send"].startswith("POST /api/v3/order symbol=BTCUSDT side=BUY type=MARKET")
    assert "12.5 USDT" == error.details["worth"]
    assert "%binance arm --max-notional 13 --for 30min --symbols BTCUSDT" == error.suggestion
    assert b"quoteOrderQty=12.5" in (prepared.body or b"")


def test_cancels_and_amendments_need_arming_too(live: Session) -> None:
    """An order placed while armed cannot be taken back by a cell that is run the next day."""
    live.arm("50", "30min")
    words = {"type": "LIMIT", "time_in_force": "GTC", "quantity": "0.001", "price": "40000"}
    placed = live.call("new_order", symbol="BTCUSDT", side="BUY", raw=True, **words)
    live.disarm()
    with pytest.raises(NotArmedError):
        live.call("cancel_order", symbol="BTCUSDT", order_id=placed["orderId"])
    live.arm("1", "30min")
    cancelled = live.call("cancel_order", symbol="BTCUSDT", order_id=placed["orderId"], raw=True)

    assert "CANCELED" == cancelled["status"]


def test_four_threads_buy_no_more_than_the_total(live: Session, sandbox: SandboxProcess) -> None:
    """Of twenty orders of 10 USDT at once five pass a total of 50, by the exchange's own log."""
    live.arm("10", "30min", total="50")
    before, begin = executed(sandbox), threading.Barrier(4)

    def trade(thread: int) -> None:
        begin.wait(30)
        for number in range(5):
            with suppress(NotArmedError):
                buy(live, "10", 100 * thread + number)

    threads = [threading.Thread(target=trade, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert before + 5 == executed(sandbox)
