"""What a hostile line, a hurried person and a careless callback do to streams: nothing that lasts."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from binance_nb.errors import BinanceError
from binance_nb.grammar.stream_names import parse_streams
from binance_nb.streams.attachment import Attachment
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.dials import dials_of
from binance_nb.streams.feed import Feed
from binance_nb.streams.hub import StreamHub
from binance_nb.streams.link import Policy
from binance_nb.streams.loop import BackgroundLoop, background_loop, end_idle_loop
from tests.streams.events import FakeSource, trade, wait_for
from tests.streams.scripted import Heard, ScriptedExchange, Served, scripted

QUICK = Policy(backoff=Backoff(0.001, 0.01), overlap_seconds=0.3, grace_seconds=0.02, messages_per_second=1000)
TRADES = "btcusdt@trade"


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    """An exchange that does what a test says."""
    with scripted() as one:
        yield one


@pytest.fixture
def hub(exchange: ScriptedExchange) -> Iterator[StreamHub]:
    """A hub on it."""
    one = StreamHub(exchange.url, policy=QUICK)
    yield one
    one.close()


@pytest.fixture
def source() -> FakeSource:
    """Where events come from that a test makes up."""
    return FakeSource()


def feed_of(source: Any, *names: str) -> Feed:
    return Feed(source, parse_streams(names), parse=lambda *texts: parse_streams(texts))


async def tasks(name: str) -> list[str]:
    """What runs on the loop by a name."""
    return [repr(task) for task in asyncio.all_tasks() if name in repr(task)]


@pytest.mark.parametrize("said", ['{"id": [1]}', '{"id": {}, "code": 2}', '{"stream": ["x"], "data": 1}', "[]", '"x"'])
def test_a_message_that_makes_no_sense_is_passed_over(exchange: ScriptedExchange, hub: StreamHub, said: str) -> None:
    """The connection goes on with the next one."""
    heard = Heard()
    hub.attach([TRADES], heard).wait_ready()
    exchange.served[0].say(said)
    exchange.served[0].event(TRADES, p="1")

    assert [{"p": "1"}] == heard.wait_for_messages(1)
    assert 1 == len(exchange.served)


def test_brackets_without_end_are_no_json(exchange: ScriptedExchange, hub: StreamHub) -> None:
    """The connection is made again, as after any other noise."""
    heard = Heard()
    hub.attach([TRADES], heard).wait_ready()
    exchange.served[0].say("[" * 100_000)

    heard.wait_for_status("live", reconnects=1)
    assert "What came was no JSON." in [state.reason for state in heard.states]


def test_a_stream_that_joins_while_connections_change_comes_by_the_new_one(
    exchange: ScriptedExchange, hub: StreamHub
) -> None:
    """For a moment there are two; what is wanted then is wanted of both."""
    first, second = Heard(), Heard()
    hub.attach([TRADES], first).wait_ready()
    exchange.served[0].event("!", e="serverShutdown")
    wait_for(lambda: [{TRADES}, {TRADES}] == list(hub._lanes[0]._subscribed.values()))
    hub.attach(["ethusdt@trade"], second).wait_ready()
    first.wait_for_status("live", reconnects=1)
    exchange.served[1].event("ethusdt@trade", p="2")

    assert [{"p": "2"}] == second.wait_for_messages(1)
    assert [TRADES, "ethusdt@trade"] == exchange.served[1].subscribed


def test_a_stream_that_is_being_let_go_does_not_count_as_there(exchange: ScriptedExchange, hub: StreamHub) -> None:
    """Whoever wants it again in that moment waits for it to be asked for again: nothing is missed without a word."""
    pending: list[dict[str, Any]] = []

    def hold_back(_served: Served, asked: dict[str, Any]) -> list[Any]:
        answer = {"result": None, "id": asked["id"]}
        if asked["method"] == "UNSUBSCRIBE":
            pending.append(answer)
            return []
        return [answer]

    exchange.answer = hold_back
    hub.attach(["ethusdt@trade"], Heard()).wait_ready()
    hub.attach([TRADES], Heard()).close()
    leaving = hub.attach([TRADES], Heard())
    leaving.wait_ready()
    leaving.close()
    exchange.wait_for(lambda: pending)
    again = Heard()
    attachment = hub.attach([TRADES], again)
    again.wait_for(lambda: again.states)
    before = again.statuses
    exchange.served[0].say(*pending)
    attachment.wait_ready()

    assert ["connecting"] == before
    assert 2 == exchange.served[0].subscribed.count(TRADES)


def test_a_connection_that_nobody_needs_after_a_refusal_ends(exchange: ScriptedExchange, hub: StreamHub) -> None:
    """It is not kept open for nothing."""
    exchange.answer = lambda _served, asked: [{"code": 2, "msg": "Invalid request", "id": asked["id"]}]
    heard = Heard()
    hub.attach(["nobody@knows"], heard)
    heard.wait_for_status("closed")

    assert background_loop().run(asyncio.wait_for(exchange.served[0].ended.wait(), 30), 31)


def test_what_is_closed_while_connections_change_leaves_nothing(exchange: ScriptedExchange) -> None:
    """Both are told goodbye, and none is read any more."""
    hub = StreamHub(exchange.url, policy=Policy(overlap_seconds=5.0))
    hub.attach([TRADES], Heard()).wait_ready()
    exchange.served[0].event("!", e="serverShutdown")
    wait_for(lambda: [{TRADES}, {TRADES}] == list(hub._lanes[0]._subscribed.values()))
    hub.close()
    wait_for(lambda: all(served.ended.is_set() for served in exchange.served))

    assert [] == background_loop().run(tasks("Wire._read"))
    assert [1000, 1000] == [served.socket.close_code for served in exchange.served]


def test_a_wait_for_the_exchange_is_told(exchange: ScriptedExchange, hub: StreamHub) -> None:
    """Where it has banned this address for a while, another connection is not tried before, and says so."""
    dials_of(urlsplit(exchange.url).netloc).shut(30)
    heard = Heard()
    hub.attach([TRADES], heard)
    heard.wait_for(lambda: any(state.retry_in_seconds for state in heard.states))

    assert heard.states[-1].reason == "The exchange has to be left alone: too many connections, or a limit."
    assert 25 < (heard.states[-1].retry_in_seconds or 0) <= 30
    assert [] == exchange.tried_at


def test_who_comes_while_the_session_is_closed_is_sent_away(exchange: ScriptedExchange, hub: StreamHub) -> None:
    """It opens no connection that nobody would close."""
    heard = Heard()
    late = Attachment(hub, background_loop(), heard)
    hub.close()
    late.add(TRADES)

    assert "The session is closed, and its streams with it." == heard.wait_for_status("closed").reason
    assert [] == exchange.tried_at


@pytest.mark.parametrize("leave", [sys.exit, asyncio.CancelledError().__class__], ids=["exit", "cancelled"])
def test_a_callback_that_wants_to_end_everything_ends_itself(source: FakeSource, leave: Callable[[], Any]) -> None:
    """The thread of all streams goes on, and so do the others that are told."""

    def raise_it(_event: object) -> None:
        raise leave()

    told: list[int] = []
    with feed_of(source, "BTCUSDT@trade") as feed:
        feed.on(raise_it)
        feed.on(lambda event: told.append(event.trade_id))
        for number in (1, 2):
            source.attached[0].send(TRADES, trade(number))

        assert [1, 2] == told
        assert "A callback failed and is told no more" in feed.problem or "SystemExit" in feed.problem


@pytest.mark.parametrize(
    "wait",
    [lambda feed: feed.wait(count=99), lambda feed: next(iter(feed)), lambda feed: feed.wait(seconds=60)],
    ids=["count", "iteration", "seconds"],
)
def test_a_callback_cannot_wait_for_what_its_own_thread_brings(source: FakeSource, wait: Callable[[Feed], Any]) -> None:
    """It would wait for ever, and every stream with it."""
    with feed_of(source, "BTCUSDT@trade") as feed:
        feed.on(lambda _event: wait(feed))

        async def deliver() -> None:
            source.attached[0].send(TRADES, trade(1))

        background_loop().run(deliver(), 30)

        assert "cannot wait for the thread it runs on" in feed._fault


@pytest.mark.parametrize(("stream", "data"), [("BTCUSDT@trade", None), ("BTCUSDT@trade", [1]), ("!miniTicker@arr", 7)])
def test_what_is_no_event_is_left_out(source: FakeSource, stream: str, data: Any) -> None:
    """The feed says so, and goes on."""
    with feed_of(source, stream) as feed:
        name = feed.streams[0].wire
        source.attached[0].send(name, data)
        good = trade(5)
        source.attached[0].send(name, [good] if "arr" in name else good)

        assert [good] == [event.data for event in feed.events()]
        assert f"What came by {stream} was no event, and was left out." == feed._fault


def test_a_feed_may_be_looked_at_while_streams_come_and_go(source: FakeSource) -> None:
    """From any thread: at worst a stream is named that has just left."""
    many, names = [f"A{number}USDT@trade" for number in range(200)], [f"B{number}USDT@trade" for number in range(20)]
    odd: list[BaseException] = []
    is_over = threading.Event()
    before = sys.getswitchinterval()
    with feed_of(source, *many) as feed:

        def look() -> None:
            while not is_over.is_set():
                try:
                    feed.title, feed.latest(), repr(feed), feed.events("trade")
                except BinanceError:
                    continue
                except Exception as error:  # noqa: BLE001 - that is what is looked for
                    odd.append(error)
                    return

        looking = [threading.Thread(target=look) for _ in range(3)]
        sys.setswitchinterval(1e-6)
        try:
            for each in looking:
                each.start()
            for _ in range(40):
                feed.add(*names)
                feed._take("b1usdt@trade", trade(1), 0)
                feed.remove(*names)
        finally:
            is_over.set()
            for each in looking:
                each.join()
            sys.setswitchinterval(before)

    assert [] == odd


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_takes_no_lock_along_that_the_loop_holds() -> None:
    """The loop rests between two of its calls while a process is forked."""
    lock, is_in, never = threading.Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            is_in.set()
            never.wait(0.1)

    background_loop().call(hold)
    is_in.wait(30)
    child = os.fork()
    if child == 0:
        os._exit(0 if lock.acquire(blocking=False) else 1)

    assert 0 == os.waitpid(child, 0)[1]
    assert lock.acquire(timeout=30)


def test_a_callback_may_end_the_loop() -> None:
    """As unloading the extension in a callback would."""
    loop = BackgroundLoop()
    ended = threading.Event()

    def end() -> None:
        loop.end()
        ended.set()

    loop.call(end)

    assert ended.wait(30)
    assert [] == loop.defects


def test_a_loop_that_nothing_runs_on_may_be_ended() -> None:
    """As unloading the extension does; what another session listens to goes on."""
    loop = background_loop()
    busy = loop.spawn(asyncio.Event().wait())
    end_idle_loop()
    was_running = loop.is_running
    busy.cancel()
    end_idle_loop()

    assert (True, False) == (was_running, loop.is_running)
    assert background_loop().is_running
