"""A WebSocket that stays open, against an exchange that misbehaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from aiohttp import WSMsgType

from binance_nb.errors import StreamError
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.connection import Connection
from binance_nb.streams.link import Policy, TryLater
from binance_nb.streams.loop import background_loop
from binance_nb.streams.wire import Wire
from tests.streams.scripted import Heard, ScriptedExchange, Served, scripted

EAGER = Backoff(first_seconds=0.001, longest_seconds=0.01)
QUICK = Policy(backoff=EAGER, overlap_seconds=0.1, answer_seconds=2.0)


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    with scripted() as one:
        yield one


@contextmanager
def connected(
    exchange: ScriptedExchange,
    heard: Heard | None = None,
    policy: Policy = QUICK,
    rate: Callable[[], float] = lambda: 1.0,
) -> Iterator[tuple[Connection, Heard]]:
    heard = heard or Heard()
    connection = Connection(f"{exchange.url}/ws-api/v3", heard, rate=rate, policy=policy)
    connection.open()
    yield connection, heard
    connection.close(30)


def asked(connection: Connection, method: str, params: Any = None) -> dict[str, Any]:
    return background_loop().run(connection.ask(method, params))


def test_what_comes_is_told_after_the_state(exchange: ScriptedExchange) -> None:
    """A connection is connecting, then live; then its messages are told as JSON says them."""
    with connected(exchange) as (connection, heard):
        exchange.connection(0).say({"event": {"e": "balanceUpdate"}}, [1])
        messages = heard.wait_for_messages(2)

        assert heard.statuses == ["connecting", "live"]
        assert messages == [{"event": {"e": "balanceUpdate"}}, [1]]
        assert connection.state.since_ms > 0
    assert connection.state.status == "closed"


def test_a_message_that_comes_while_it_is_prepared_waits_for_live(exchange: ScriptedExchange) -> None:
    """What a subscription brings at once is told after the connection was announced."""

    class Subscriber(Heard):
        async def on_open(self, wire: Wire) -> None:
            await wire.ask("SUBSCRIBE", ["x"])
            await wire.ask("SUBSCRIBE", ["y"])

    exchange.answer = lambda _served, asked: [{"id": asked["id"]}, {"data": asked["params"]}]
    with connected(exchange, Subscriber()) as (_, heard):
        heard.wait_for_messages(2)

    assert heard.messages == [{"data": ["x"]}, {"data": ["y"]}]
    assert heard.told.index({"data": ["x"]}) > [getattr(each, "status", "") for each in heard.told].index("live")


def test_answers_are_matched_by_id_whatever_their_order(exchange: ScriptedExchange) -> None:
    """Each asker gets its own answer, as a whole."""
    waiting: list[dict[str, Any]] = []

    def answer_both_backwards(_served: Served, asked: dict[str, Any]) -> list[Any]:
        waiting.append({"id": asked["id"], "status": 200, "result": asked["method"]})
        return waiting[::-1] if len(waiting) == 2 else []

    exchange.answer = answer_both_backwards
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        both = [background_loop().spawn(connection.ask(method)) for method in ("first", "second")]
        results = [each.result(30)["result"] for each in both]

    assert results == ["first", "second"]


def test_a_refusal_without_an_id_belongs_to_the_oldest_request(exchange: ScriptedExchange) -> None:
    """Most refusals of a stream's connection do not repeat the id."""
    exchange.answer = lambda _served, _asked: [{"code": 3, "msg": "Invalid JSON"}]
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        answer = asked(connection, "SUBSCRIBE", ["x"])

    assert answer == {"code": 3, "msg": "Invalid JSON"}


def test_what_the_exchange_says_with_an_id_of_null_is_told(exchange: ScriptedExchange) -> None:
    """A session that was revoked answers no request; neither does an answer that comes too late."""
    revoked, late = {"id": None, "status": 401, "error": {"code": -2015}}, {"id": 77, "status": 200}
    with connected(exchange) as (_, heard):
        exchange.connection(0).say(revoked, late)
        messages = heard.wait_for_messages(2)

    assert messages == [revoked, late]


def test_parameters_may_be_made_right_before_they_are_sent(exchange: ScriptedExchange) -> None:
    """A time stamp is taken when the message goes, and not when it was asked for."""
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        asked(connection, "session.logon", lambda: {"timestamp": 7})

    assert exchange.served[0].asked == [{"method": "session.logon", "id": 1, "params": {"timestamp": 7}}]


def test_no_answer_in_time_says_so(exchange: ScriptedExchange) -> None:
    """A request is not waited for without end; the connection goes on."""
    exchange.answer = lambda _served, _asked: []
    with connected(exchange, policy=Policy(answer_seconds=0.05)) as (connection, heard):
        heard.wait_for_status("live")

        with pytest.raises(TryLater, match=r"^session\.status was not answered within 0\.05 s"):
            asked(connection, "session.status")
        assert connection.state.status == "live"


def test_who_waits_for_an_answer_learns_of_the_cut(exchange: ScriptedExchange) -> None:
    """A request that was under way when the line broke ends at once, one without a line too."""

    def hang_up(served: Served, _asked: dict[str, Any]) -> list[Any]:
        served.cut()
        return []

    exchange.answer = hang_up
    idle = Connection(exchange.url, Heard())
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")

        with pytest.raises(TryLater, match="broke"):
            asked(connection, "order.status")
        with pytest.raises(TryLater, match="no connection yet"):
            asked(idle, "order.status")


def test_pings_are_answered_with_what_they_said(exchange: ScriptedExchange) -> None:
    """The exchange wants its payload back within a minute."""
    with connected(exchange):
        exchange.connection(0).ping(b"1717243200000")
        exchange.wait_for(lambda: exchange.served[0].pongs)

    assert exchange.served[0].pongs == [b"1717243200000"]


def test_five_messages_a_second_are_never_reached(exchange: ScriptedExchange) -> None:
    """However much is asked at once, pongs included, no second sees more than the exchange takes."""
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        began = time.monotonic()
        asking = [background_loop().spawn(connection.ask("LIST_SUBSCRIPTIONS")) for _ in range(7)]
        exchange.served[0].ping(b"x")
        for each in asking:
            each.result(30)
        exchange.wait_for(lambda: len(exchange.served[0].frames) == 8)
    # From the beginning, and not from when the first came: that one may have been long on its way.
    came = [at - began for at, _, _ in exchange.served[0].frames]

    assert len([at for at in came if at <= 1]) <= 5
    assert len([at for at in came if at <= 2]) <= 7


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda served: served.cut(), "The connection broke."),
        (
            lambda served: served.close(1008, b"Pong timeout"),
            "The exchange closed the connection (1008: Pong timeout).",
        ),
        (lambda served: served.close(1001, b""), "The exchange closed the connection (1001)."),
        (lambda served: served.say("<html>"), "What came was no JSON."),
        (lambda served: served.say_bytes(b"\0"), "A binary message came, where only text is spoken."),
    ],
    ids=["cut", "closed", "closed without a word", "no JSON", "binary"],
)
def test_a_connection_that_is_lost_comes_back(
    exchange: ScriptedExchange, end: Callable[[Served], None], reason: str
) -> None:
    """It is announced with its reason, opened again, and the new one's messages follow."""
    with connected(exchange) as (_, heard):
        heard.wait_for_status("live")
        end(exchange.connection(0))
        lost = heard.wait_for_status("lost")
        heard.wait_for_status("live", reconnects=1)
        exchange.connection(1).say({"u": 1})
        heard.wait_for_messages(1)

    assert lost.reason == reason
    assert heard.statuses == ["connecting", "live", "lost", "live", "closed"]
    assert heard.messages == [{"u": 1}]


def test_silence_means_dead(exchange: ScriptedExchange) -> None:
    """A line on which nothing comes at all, not even a ping, is given up."""
    with connected(exchange, policy=Policy(silence_seconds=0.1, backoff=EAGER)) as (_, heard):
        lost = heard.wait_for_status("lost")
        heard.wait_for_status("live", reconnects=1)

    assert lost.reason == "Nothing came for 0.1 s, not even a ping."


def test_a_ping_breaks_the_silence(exchange: ScriptedExchange) -> None:
    """A quiet market on a line that pings is no reason to leave."""
    with connected(exchange, policy=Policy(silence_seconds=3.0, backoff=EAGER)) as (connection, heard):
        heard.wait_for_status("live")
        served, began, pings = exchange.served[0], time.monotonic(), 0
        while time.monotonic() - began < 3.5:
            served.ping(b"")
            pings += 1
            exchange.wait_for(partial(served.has_pongs, pings))

        assert connection.state.status == "live"
        assert connection.state.reconnects == 0


def test_a_place_that_cannot_be_reached_is_tried_with_longer_and_longer_waits() -> None:
    """Each failure doubles the bound of the next wait, and the state counts them."""
    heard = Heard()
    with scripted() as gone:
        url = gone.url
    policy = Policy(backoff=Backoff(first_seconds=0.001, longest_seconds=0.004, draw=lambda: 1.0))
    connection = Connection(url, heard, policy=policy)
    connection.open()
    heard.wait_for(lambda: heard.states and heard.states[-1].attempt >= 5)
    connection.close()
    waits = {state.attempt: state.retry_in_seconds for state in heard.states if state.retry_in_seconds is not None}

    assert [waits[attempt] for attempt in (1, 2, 3, 4)] == [0.001, 0.002, 0.004, 0.004]
    assert set(heard.statuses) == {"connecting", "closed"}
    assert "cannot be reached" in heard.states[-2].reason


def test_a_connection_that_keeps_breaking_is_not_hammered(exchange: ScriptedExchange) -> None:
    """Only one that lasted lets earlier failures be forgotten."""
    policy = Policy(backoff=Backoff(first_seconds=0.001, longest_seconds=1, draw=lambda: 1.0))
    with connected(exchange, policy=policy) as (_, heard):
        for number in range(3):
            exchange.connection(number).cut()
        heard.wait_for_status("live", reconnects=3)
    waits = [state.retry_in_seconds for state in heard.states if state.retry_in_seconds is not None]

    assert waits == [0.001, 0.002, 0.004]


@pytest.mark.parametrize("status", [429, 418])
def test_retry_after_is_waited_for_exactly(exchange: ScriptedExchange, status: int) -> None:
    """Neither sooner, which leads to a ban, nor much later."""
    exchange.refusals.append((status, {"Retry-After": "0.5"}))
    with connected(exchange) as (_, heard):
        heard.wait_for_status("live")
    waits = [state.retry_in_seconds for state in heard.states if state.retry_in_seconds is not None]
    waited = exchange.tried_at[1] - exchange.tried_at[0]

    assert waits == [0.5]
    assert 0.5 <= waited < 8.0  # without it, 10 s or more


def test_retry_after_counts_by_the_clock_of_the_exchange(exchange: ScriptedExchange) -> None:
    """At sixty times the speed of life a minute is a second."""
    exchange.refusals.append((429, {"Retry-After": "6"}))
    with connected(exchange, rate=lambda: 60.0) as (_, heard):
        heard.wait_for_status("live")
    waits = [state.retry_in_seconds for state in heard.states if state.retry_in_seconds is not None]

    assert waits == [0.1]


@pytest.mark.parametrize(("status", "seconds"), [(418, 120.0), (429, 10.0)])
def test_a_refusal_that_names_no_time_is_taken_seriously(
    exchange: ScriptedExchange, status: int, seconds: float
) -> None:
    """A ban lasts two minutes at least, for every connection to that host."""
    exchange.refusals.append((status, {}))
    with connected(exchange) as (_, heard):
        heard.wait_for(lambda: any(state.retry_in_seconds for state in heard.states))
        with connected(exchange) as (_, other):
            other.wait_for_status("connecting")
            waiting = heard.states[-1]

    assert waiting.retry_in_seconds == seconds
    assert str(status) in waiting.reason
    assert len(exchange.tried_at) == 1


@pytest.mark.parametrize("status", [403, 451, 404])
def test_a_refusal_for_good_ends_it(exchange: ScriptedExchange, status: int) -> None:
    """What another try would meet again is told, and not tried again."""
    exchange.refusals.append((status, {}))
    with connected(exchange) as (connection, heard):
        closed = heard.wait_for_status("closed")

        assert connection.error is not None
        assert connection.error.http_status == status
        assert str(status) in closed.reason
    assert len(exchange.tried_at) == 1


def test_a_server_error_is_tried_again(exchange: ScriptedExchange) -> None:
    """A 503 at the door says nothing about the next try."""
    exchange.refusals.extend([(503, {}), (500, {})])
    with connected(exchange) as (_, heard):
        heard.wait_for_status("live")

    assert len(exchange.tried_at) == 3


def test_a_closed_connection_may_be_opened_again(exchange: ScriptedExchange) -> None:
    """A person who has changed place tries anew; the old error is forgotten."""
    exchange.refusals.append((451, {}))
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("closed")
        connection.open()
        heard.wait_for_status("live")

        assert connection.error is None


def test_it_may_be_closed_and_opened_in_one_breath(exchange: ScriptedExchange) -> None:
    """The new line begins when the old one is gone, and is not taken for it."""
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        background_loop().call(connection.close)
        connection.open()
        heard.wait_for_status("live", reconnects=1)

    assert heard.statuses == ["connecting", "live", "closed", "lost", "live", "closed"]
    assert len(exchange.served) == 2


def test_a_preparation_that_is_refused_for_good_ends_it(exchange: ScriptedExchange) -> None:
    """A log-on with a wrong key is not tried for ever; one that may work later is."""

    class Refused(Heard):
        tries = 0

        async def on_open(self, wire: Wire) -> None:
            self.tries += 1
            raise TryLater("Busy.") if self.tries == 1 else StreamError("The key is not known.")

    with connected(exchange, Refused()) as (connection, heard):
        closed = heard.wait_for_status("closed")

        assert closed.reason == "The key is not known."
        assert connection.error is not None
    assert "Busy." in [state.reason for state in heard.states]


def test_a_defect_of_a_handler_is_told(exchange: ScriptedExchange) -> None:
    """A connection never ends without saying why."""

    class Defective(Heard):
        def on_message(self, *said: Any) -> None:
            raise ZeroDivisionError("oops")

    with connected(exchange, Defective()) as (connection, heard):
        exchange.connection(0).say({})
        closed = heard.wait_for_status("closed")

        assert "ZeroDivisionError: oops" in closed.reason
        assert connection.error is not None


SHUTDOWN = {"e": "serverShutdown", "E": 1}


@pytest.mark.parametrize(
    "said",
    [SHUTDOWN, {"stream": "!serverShutdown", "data": SHUTDOWN}, {"event": SHUTDOWN}],
    ids=["raw", "combined", "WebSocket API"],
)
def test_a_shutdown_notice_brings_a_replacement_before_the_end(exchange: ScriptedExchange, said: Any) -> None:
    """The next connection is live before the old one is left: it was never lost, and nothing is told twice."""
    with connected(exchange, policy=Policy(overlap_seconds=1.5)) as (connection, heard):
        old = exchange.connection(0)
        old.say({"u": 1}, said)
        new = exchange.connection(1)
        new.say({"u": 2}, {"u": 3})
        old.say({"u": 2}, said)
        heard.wait_for_status("live", reconnects=1)
        new.say({"u": 4})
        heard.wait_for_messages(4)
        # Once there and back: long enough for a second replacement to show, if the repeated notice had brought one.
        asked(connection, "session.status")

    assert heard.messages == [{"u": 1}, {"u": 2}, {"u": 3}, {"u": 4}]
    assert heard.statuses == ["connecting", "live", "closed"]
    assert len(exchange.served) == 2
    assert old.socket.closed


def test_the_newer_connection_may_lag_behind(exchange: ScriptedExchange) -> None:
    """What the older one has said is not told again when the newer one says it after the change."""
    with connected(exchange, policy=Policy(overlap_seconds=1.5)) as (connection, heard):
        old = exchange.connection(0)
        heard.wait_for_status("live")
        connection.renew()
        new = exchange.connection(1)
        old.say({"u": 1}, {"u": 2})
        heard.wait_for_status("live", reconnects=1)
        new.say({"u": 1}, {"u": 2}, {"u": 3})
        heard.wait_for_messages(3)

    assert heard.messages == [{"u": 1}, {"u": 2}, {"u": 3}]


def test_an_old_connection_that_breaks_in_the_overlap_is_replaced_at_once(exchange: ScriptedExchange) -> None:
    """Nobody waits for the end of an overlap with a line that is gone; that it was lost is told."""
    with connected(exchange, policy=Policy(overlap_seconds=60)) as (connection, heard):
        heard.wait_for_status("live")
        connection.renew()
        exchange.connection(1).say({"u": 1})
        exchange.connection(0).cut()
        heard.wait_for_messages(1)

    assert heard.statuses == ["connecting", "live", "lost", "live", "closed"]


def test_on_a_fast_clock_the_overlap_is_shorter(exchange: ScriptedExchange) -> None:
    """At thirty thousand times the speed of life, the old one would not live through a long one."""
    with connected(exchange, policy=Policy(overlap_seconds=60), rate=lambda: 30_000.0) as (connection, heard):
        heard.wait_for_status("live")
        connection.renew()
        heard.wait_for_status("live", reconnects=1)

    assert "lost" not in heard.statuses


def test_a_day_is_not_waited_for(exchange: ScriptedExchange) -> None:
    """A connection is replaced by itself before the exchange ends it, by the exchange's clock."""
    policy = Policy(renew_hours=(23, 23.5), overlap_seconds=0.0, draw=lambda: 0.0)
    with connected(exchange, policy=policy, rate=lambda: 23 * 3600 * 5.0) as (_, heard):
        heard.wait_for_status("live", reconnects=2)

    assert "lost" not in heard.statuses
    assert exchange.tried_at[1] - exchange.tried_at[0] >= 0.2


def test_a_replacement_that_is_refused_leaves_the_old_one_alone(exchange: ScriptedExchange) -> None:
    """It is tried again while the old one serves."""
    with connected(exchange) as (connection, heard):
        heard.wait_for_status("live")
        exchange.refusals.extend([(503, {}), (403, {})])
        connection.renew()
        heard.wait_for_status("live", reconnects=1)

    assert "lost" not in heard.statuses
    assert len(exchange.tried_at) == 4


def test_closing_says_goodbye_and_is_told_once(exchange: ScriptedExchange) -> None:
    """The exchange gets a close frame; a second close does nothing."""
    with connected(exchange) as (connection, heard):
        served = exchange.connection(0)
        heard.wait_for_status("live")
        connection.close()
        connection.close()

    assert served.socket.close_code == 1000
    assert [state.status for state in heard.states].count("closed") == 1
    assert WSMsgType.TEXT not in [kind for _, kind, _ in served.frames]


def test_it_can_be_closed_while_it_waits_for_the_next_try() -> None:
    """Nothing goes on in the background."""
    heard = Heard()
    with scripted() as gone:
        url = gone.url
    connection = Connection(url, heard, policy=Policy(backoff=Backoff(first_seconds=60, draw=lambda: 1.0)))
    connection.open()
    heard.wait_for(lambda: any(state.retry_in_seconds == 30 for state in heard.states))
    connection.close()

    assert heard.statuses == ["connecting", "closed"]
