"""What happens while nobody listens is told afterwards, once and in order: on a real line that is cut."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from binance_nb import Session
from binance_nb.client import Prepared, Reply
from binance_nb.client.transport import Transport
from binance_nb.errors import AuthenticationError
from binance_nb.streams.link import Policy
from binance_nb.streams.loop import background_loop
from binance_nb.together import Call
from tests.streams.user.conftest import QUICK, Followed, following_of

Follow = Callable[..., Followed]
REST, STREAM = "rest", "stream"


@pytest.fixture
def followed(session: Session, follow: Follow) -> Iterator[Followed]:
    """The account of this file's sandbox."""
    yield follow(session, symbols=["BTCUSDT"])
    session.together([Call("cancel_open_orders", symbol) for symbol in {row["symbol"] for row in _waiting(session)}])


def _waiting(session: Session) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = session.call("open_orders", raw=True)
    return rows


def limit(session: Session, price: str, quantity: str = "0.01", side: str = "BUY") -> int:
    """Place an order that waits."""
    words = {"quantity": quantity, "price": price, "time_in_force": "GTC", "raw": True}
    number: int = session.call("new_order", symbol="BTCUSDT", side=side, type="LIMIT", **words)["orderId"]
    return number


def below(session: Session, part: float) -> str:
    """A price so far below the market's."""
    return f"{float(session.call('ticker_price', symbol='BTCUSDT', raw=True)['price']) * (1 - part):.2f}"


def pass_time(session: Session, minutes: int) -> None:
    """Let the market go on, so that waiting orders meet it."""
    assert session.sandbox is not None
    session.sandbox.advance(minutes * 60_000)
    session.time()


def _wait_for_all_fills(session: Session, followed: Followed) -> list[int]:
    """Wait until as many are told as there are; return their numbers."""
    true = [row["id"] for row in session.call("my_trades", symbol="BTCUSDT", limit=1000, raw=True)]
    followed.wait_for(lambda: sum(word[2] == "TRADE" for word in followed.words()) >= len(true))
    return true


def test_an_order_filled_during_a_cut_is_told(session: Session, followed: Followed) -> None:
    """With all that belongs to it, in the order in which it happened."""
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")

    followed.mend()

    assert [(REST, "BTCUSDT", "NEW", "NEW", "0"), (REST, "BTCUSDT", "TRADE", "FILLED", "0.001")] == followed.words()
    assert [(REST, "BTC", "USDT")] == followed.words("outboundAccountPosition")
    assert 3 == followed.feed.recovered


def test_a_symbol_that_nobody_thought_of_is_found_by_the_balances(session: Session, follow: Follow) -> None:
    """It had no orders, no events, and was not named."""
    followed = follow(session, symbols=["BTCUSDT"])
    followed.cut()
    session.call("new_order", symbol="ETHBTC", side="BUY", type="MARKET", quantity="0.1")

    followed.mend()

    assert [(REST, "ETHBTC", "NEW", "NEW", "0"), (REST, "ETHBTC", "TRADE", "FILLED", "0.1")] == followed.words()


def test_an_order_that_waited_is_told_filled_or_cancelled(session: Session, followed: Followed) -> None:
    """One by the market, one by hand, one is still there."""
    price = below(session, 0.0005)
    limit(session, price)
    away = [limit(session, below(session, part)) for part in (0.2, 0.3)]
    followed.wait_for(lambda: len(followed.words()) == 3)
    followed.cut()
    pass_time(session, 240)
    session.call("cancel_order", symbol="BTCUSDT", order_id=away[0])

    followed.mend()

    told = followed.words()[3:]
    assert {REST} == {word[0] for word in told}
    assert ("TRADE", "FILLED", "0.01") == told[-2][2:]
    assert ("CANCELED", "CANCELED", "0") == told[-1][2:]
    filled = [event.data for event in followed.told if event.data.get("x") == "TRADE"]
    assert len(filled) == len({event["t"] for event in filled})


def test_orders_that_fill_on_both_sides_of_cuts_add_up(fresh_sandbox: Session, follow: Follow) -> None:
    """Bit by bit, before, during and after: each fill once, in order, and the sums go on."""
    session, followed = fresh_sandbox, follow(fresh_sandbox)
    orders = [limit(session, below(session, part), "0.2") for part in (0.001, 0.004, 0.005, 0.0055, 0.006, 0.0065)]
    for step in range(24):
        if step % 4 == 1:
            _wait_for_all_fills(session, followed)  # or a cut overtakes what the stream has on its way
            followed.cut()
        pass_time(session, 1)
        if step % 4 == 3:
            followed.mend()
    true = _wait_for_all_fills(session, followed)

    fills = [event for event in followed.told if event.data.get("x") == "TRADE"]
    assert true == [event.data["t"] for event in fills]
    assert {STREAM, REST} == {event.source for event in fills}
    assert len(fills) > len({event.data["i"] for event in fills})
    for number in orders:
        sums = [float(event.data["z"]) for event in fills if event.data["i"] == number]
        assert sums == sorted(sums)
        assert float(session.call("get_order", symbol="BTCUSDT", order_id=number, raw=True)["executedQty"]) == max(
            [0.0, *sums]
        )


def test_an_amendment_during_a_cut_is_told(session: Session, followed: Followed) -> None:
    """As what the order was before and is now, with the exchange's number of it."""
    number = limit(session, below(session, 0.1), "0.01")
    followed.wait_for(followed.words)
    followed.cut()
    for quantity in ("0.008", "0.005"):
        session.call("amend_keep_priority", symbol="BTCUSDT", order_id=number, new_qty=quantity)

    followed.mend()

    amended = [event.data for event in followed.told if event.data.get("x") == "REPLACED"]
    true = session.call("order_amendments", symbol="BTCUSDT", order_id=number, raw=True)
    assert [(row["newQty"], row["executionId"]) for row in true] == [(event["q"], event["I"]) for event in amended]


def test_the_state_of_an_order_list_is_told(session: Session, followed: Followed) -> None:
    """One that ended in the cut, and one that began in it."""
    words = {"side": "SELL", "quantity": "0.01", "above_type": "LIMIT_MAKER", "below_type": "STOP_LOSS", "raw": True}
    prices = {"above_price": below(session, -0.1), "below_stop_price": below(session, 0.1)}
    first = session.call("order_list_oco", symbol="BTCUSDT", **words, **prices)["orderListId"]
    # The list, its orders and the balances: or a cut overtakes what the stream has on its way.
    followed.wait_for(lambda: followed.words("listStatus") and len(followed.words()) == 2)
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))
    followed.cut()
    session.call("cancel_order_list", symbol="BTCUSDT", order_list_id=first)
    session.call("order_list_oco", symbol="BTCUSDT", **words, **prices)

    followed.mend()

    assert [
        (STREAM, "EXEC_STARTED", "EXECUTING"),
        (REST, "ALL_DONE", "ALL_DONE"),
        (REST, "EXEC_STARTED", "EXECUTING"),
    ] == followed.words("listStatus")
    told = [word[2:4] for word in followed.words() if word[0] == REST]
    assert [("CANCELED", "CANCELED")] * 2 + [("NEW", "NEW")] * 2 == told


def test_money_from_outside_during_a_cut_shows_in_the_balances(session: Session, followed: Followed) -> None:
    """REST does not tell where it came from."""
    assert session.sandbox is not None
    followed.cut()
    session.sandbox.deposit("USDT", "25")

    followed.mend()

    assert [(REST, "USDT")] == followed.words("outboundAccountPosition")


def test_nothing_is_told_where_nothing_happened(session: Session, followed: Followed) -> None:
    """Orders, fills and lists from before the first event are no news, in the frozen moment either."""
    limit(session, below(session, 0.1))
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    followed.wait_for(lambda: len(followed.words("outboundAccountPosition")) == 2)
    before = list(followed.told)

    for _ in range(3):
        followed.cut()
        followed.mend()

    assert before == followed.told


def test_what_was_before_the_first_event_is_not_told(session: Session, follow: Follow) -> None:
    """Neither at once, nor after a cut."""
    waiting = limit(session, below(session, 0.1))
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    followed = follow(session, symbols=["BTCUSDT"])
    followed.cut()
    session.call("cancel_order", symbol="BTCUSDT", order_id=waiting)

    followed.mend()

    assert [(REST, "BTCUSDT", "CANCELED", "CANCELED", "0")] == followed.words()


def test_what_comes_while_rest_is_asked_waits_its_turn(session: Session, followed: Followed) -> None:
    """First what was missed, then what came: once, although both tell it."""
    assert session.sandbox is not None
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    with session.sandbox.faults("open_orders", kind="delay", ms=300, count=1, on_the_way=1):
        followed.relay.mend()
        followed.wait_for(lambda: followed.feed.state.status == "live")
        session.call("new_order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.002")
        followed.wait_for(lambda: followed.feed.is_whole)

    followed.wait_for(lambda: len(followed.words()) >= 4)
    assert ["0", "0.001", "0", "0.002"] == [word[-1] for word in followed.words()]
    fills = [event.data["t"] for event in followed.told if event.data.get("x") == "TRADE"]
    assert fills == sorted(set(fills))


def test_what_comes_after_the_answers_is_told_by_the_stream(session: Session, followed: Followed) -> None:
    """REST was asked about fills before this one was made."""
    assert session.sandbox is not None
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    sandbox = session.sandbox
    asked = sandbox.log()[-1]["id"]
    with sandbox.faults("account", kind="delay", ms=300, count=1):
        followed.relay.mend()
        followed.wait_for(lambda: followed.feed.state.status == "live")
        followed.wait_for(lambda: sandbox.log(endpoint="account", since=asked))
        session.call("new_order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.002")
        followed.wait_for(lambda: len(followed.words()) == 4)

    assert [REST, REST, STREAM, STREAM] == [word[0] for word in followed.words()]
    assert STREAM == followed.words("outboundAccountPosition")[-1][0]


def test_a_cut_in_the_middle_of_asking_loses_nothing(session: Session, followed: Followed) -> None:
    """It is asked again from the beginning; what was asked for before is told once."""
    assert session.sandbox is not None
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    with session.sandbox.faults("my_trades", kind="delay", ms=300, count=1):
        followed.relay.mend()
        followed.wait_for(lambda: followed.feed.state.status == "live")
        followed.cut()
        session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.003")
        followed.mend()

    fills = [(word[0], word[-1]) for word in followed.words() if word[2] == "TRADE"]
    assert [(REST, "0.001"), (REST, "0.003")] == fills


def test_rest_that_fails_for_a_while_is_asked_until_it_answers(session: Session, followed: Followed) -> None:
    """Meanwhile the feed says what is wrong."""
    assert session.sandbox is not None
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    with session.sandbox.faults("open_orders", kind="broken_json"):
        followed.relay.mend()
        followed.wait_for(lambda: followed.feed.problem.startswith("What was missed cannot be asked for yet"))
        assert not followed.feed.is_whole
    followed.wait_for(lambda: followed.feed.is_whole)

    assert [REST, REST] == [word[0] for word in followed.words()]
    assert "" == followed.feed.problem


class _Odd:
    """A transport whose answers to one call are valid JSON of another shape, so often as is wanted."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.is_odd = False
        self.was_odd = threading.Event()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        reply = self._transport.send(prepared, timeout_seconds=timeout_seconds)
        if not (self.is_odd and prepared.operation == "account"):
            return reply
        self.was_odd.set()
        return replace(reply, body=b'[{"odd": 1}]')

    def close(self) -> None:
        self._transport.close()


def test_rest_that_says_something_odd_is_asked_again(session: Session, follow: Follow) -> None:
    """What cannot be read is no reason to stop asking, nor to hold back for ever what the stream brings."""
    client = copy(session.client)
    client.transport = odd = _Odd(client.transport)
    followed = follow(session, client=client, symbols=["BTCUSDT"])
    followed.cut()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    odd.is_odd = True
    followed.relay.mend()
    followed.wait_for(lambda: "could not be read" in followed.feed.problem)
    odd.is_odd = False
    followed.wait_for(lambda: followed.feed.is_whole)

    assert [REST, REST] == [word[0] for word in followed.words()]
    assert "" == followed.feed.problem


def test_an_event_that_cannot_be_read_is_asked_for(session: Session, followed: Followed) -> None:
    """The feed goes on, and REST tells what it said."""
    following = following_of(followed.feed)
    background_loop().call(following.on_message, {"event": {"e": "executionReport", "s": "BTCUSDT"}}, 0)
    followed.wait_for(lambda: followed.feed.state.reconnects == 1 and followed.feed.is_whole)
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    followed.wait_for(lambda: len(followed.words()) == 2)

    assert [STREAM, STREAM] == [word[0] for word in followed.words()]


def test_a_planned_renewal_neither_loses_nor_doubles(fresh_sandbox: Session, follow: Follow) -> None:
    """Two connections tell the same for a while; nothing has to be asked for."""
    # A sandbox of its own, for nobody knows how many orders go, and what they leave of the book's best price. The old
    # line is kept until what is on its way there has come, on a busy machine too.
    policy = Policy(overlap_seconds=1.0, backoff=QUICK.backoff)
    session, followed = fresh_sandbox, follow(fresh_sandbox, symbols=["BTCUSDT"], policy=policy)
    asked = threading.Event()

    def trade() -> None:
        while not asked.wait(0.01):
            session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001", again=True)

    trading = threading.Thread(target=trade)
    trading.start()
    for _ in range(3):
        times = followed.feed.state.reconnects
        following_of(followed.feed).connection.renew()
        followed.wait_for(lambda: followed.feed.state.reconnects > times)  # noqa: B023 - called before times changes
    asked.set()
    trading.join()
    true = _wait_for_all_fills(session, followed)

    fills = [event.data["t"] for event in followed.told if event.data.get("x") == "TRADE"]
    assert true == fills
    assert {STREAM} == {event.source for event in followed.told}


def test_an_ended_subscription_is_made_again(session: Session, followed: Followed) -> None:
    """Whoever ended it; what happened in between is asked for."""
    background_loop().run(following_of(followed.feed).connection.ask("userDataStream.unsubscribe"), 5)
    followed.wait_for(lambda: followed.feed.state.reconnects == 1 and followed.feed.is_whole)
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))

    assert [STREAM, STREAM] == [word[0] for word in followed.words()]
    assert 1 == len(followed.feed.events("eventStreamTerminated"))


def test_a_key_that_is_taken_away_ends_it_with_the_reason(fresh_sandbox: Session, follow: Follow) -> None:
    """It is noticed when the connection has to be made again."""
    session, followed = fresh_sandbox, follow(fresh_sandbox)
    held = session.client.credentials
    assert held is not None
    assert session.sandbox is not None
    session.sandbox.control("DELETE", "keys", api_key=held.api_key.reveal())
    followed.cut()

    followed.relay.mend()
    followed.wait_for(lambda: followed.feed.is_closed)

    assert isinstance(followed.feed.error, AuthenticationError)
    assert "%binance keys" == followed.feed.error.suggestion
