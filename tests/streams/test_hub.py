"""Many listeners on few connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from binance_nb.errors import StreamError
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.hub import StreamHub
from binance_nb.streams.link import LinkState, Policy
from binance_nb.streams.loop import background_loop
from tests.streams.scripted import Heard, ScriptedExchange, Served, scripted

QUICK = Policy(backoff=Backoff(0.001, 0.01), overlap_seconds=0.1, grace_seconds=0.05, messages_per_second=1000)


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    with scripted() as one:
        yield one


@contextmanager
def hub_on(url: str, policy: Policy = QUICK) -> Iterator[StreamHub]:
    hub = StreamHub(url, policy=policy)
    yield hub
    hub.close(30)


def said(served: Served, method: str) -> list[list[str]]:
    return [asked["params"] for asked in served.asked if asked["method"] == method]


class Named(Heard):
    """Keeps stream and data."""

    def on_message(self, *said: Any) -> None:
        self.note(said[:2])


def test_events_come_without_their_envelope(exchange: ScriptedExchange) -> None:
    """A sink gets the stream's name and what it holds; `/stream` is asked, by SUBSCRIBE."""
    with hub_on(exchange.url) as hub:
        heard = Named()
        hub.attach(["btcusdt@trade"], heard).wait_ready()
        exchange.served[0].event("btcusdt@trade", p="1")
        heard.wait_for_messages(1)

    assert heard.messages == [("btcusdt@trade", {"p": "1"})]
    assert said(exchange.served[0], "SUBSCRIBE") == [["btcusdt@trade"]]


def test_what_is_wanted_together_is_asked_for_together(exchange: ScriptedExchange) -> None:
    """Wishes of one moment are one message, and those of several listeners too."""
    with hub_on(exchange.url) as hub:
        first = hub.attach([f"s{number}@trade" for number in range(30)], Heard())
        second = hub.attach(["x@trade", "s1@trade"], Heard())
        first.wait_ready()
        second.wait_ready()

    assert [len(params) for params in said(exchange.served[0], "SUBSCRIBE")] in ([31], [30, 1])


def test_many_streams_are_asked_for_in_pieces(exchange: ScriptedExchange) -> None:
    """No message names more than two hundred."""
    names = [f"s{number}@trade" for number in range(450)]
    with hub_on(exchange.url) as hub:
        hub.attach(names, Heard()).wait_ready()

    assert [len(params) for params in said(exchange.served[0], "SUBSCRIBE")] == [200, 200, 50]
    assert exchange.served[0].subscribed == names


def test_a_stream_is_subscribed_once_and_shared(exchange: ScriptedExchange) -> None:
    """Everybody who wants it hears it; one who goes takes it from nobody."""
    with hub_on(exchange.url) as hub:
        one, other = Heard(), Heard()
        leaving = hub.attach(["btcusdt@trade"], one)
        staying = hub.attach(["btcusdt@trade"], other)
        leaving.wait_ready()
        staying.wait_ready()
        exchange.served[0].event("btcusdt@trade", p="1")
        one.wait_for_messages(1)
        leaving.close()
        one.wait_for_status("closed")
        exchange.served[0].event("btcusdt@trade", p="2")
        other.wait_for_messages(2)

    assert (one.messages, other.messages) == ([{"p": "1"}], [{"p": "1"}, {"p": "2"}])
    assert exchange.served[0].subscribed == ["btcusdt@trade"]


def test_what_nobody_wants_is_unsubscribed_after_a_moment(exchange: ScriptedExchange) -> None:
    """The rest of the connection goes on."""
    with hub_on(exchange.url) as hub:
        held = hub.attach(["a@trade", "b@trade", "c@trade"], Heard())
        held.wait_ready()
        held.remove("a@trade", "c@trade")
        exchange.wait_for(lambda: said(exchange.served[0], "UNSUBSCRIBE"))

        assert held.streams == ("b@trade",)
        assert held.state.status == "live"
    assert [sorted(params) for params in said(exchange.served[0], "UNSUBSCRIBE")] == [["a@trade", "c@trade"]]


def test_who_comes_back_in_time_finds_the_stream_running(exchange: ScriptedExchange) -> None:
    """A cell that runs again closes its feed and opens it: nothing is unsubscribed for that."""
    with hub_on(exchange.url, Policy(grace_seconds=60)) as hub:
        first = hub.attach(["btcusdt@trade"], Heard())
        first.wait_ready()
        first.close()
        again = Heard()
        hub.attach(["btcusdt@trade"], again).wait_ready()
        exchange.served[0].event("btcusdt@trade", p="1")
        again.wait_for_messages(1)

    assert [asked["method"] for asked in exchange.served[0].asked] == ["SUBSCRIBE"]


def test_a_connection_that_nobody_uses_is_closed(exchange: ScriptedExchange) -> None:
    """The last to leave ends it; the next to come opens another."""
    with hub_on(exchange.url) as hub:
        first = hub.attach(["btcusdt@trade"], Heard())
        first.wait_ready()
        first.close()
        background_loop().run(exchange.served[0].ended.wait(), 30)
        hub.attach(["btcusdt@trade"], Heard()).wait_ready()

    assert len(exchange.served) == 2


def test_streams_are_added_on_the_fly(exchange: ScriptedExchange) -> None:
    """They join the same connection; the state stays live meanwhile."""
    with hub_on(exchange.url) as hub:
        heard = Heard()
        held = hub.attach(["a@trade"], heard)
        held.wait_ready()
        held.add("b@trade", "a@trade")
        held.wait_ready()

        assert held.streams == ("a@trade", "b@trade")
    assert exchange.served[0].subscribed == ["a@trade", "b@trade"]
    assert heard.statuses == ["connecting", "live", "closed"]


def test_more_streams_than_fit_open_another_connection(exchange: ScriptedExchange) -> None:
    """Each carries as many as the exchange allows; together they are live when all are."""
    policy = Policy(streams_per_connection=2, messages_per_second=1000)
    with hub_on(exchange.url, policy) as hub:
        heard = Named()
        hub.attach(["a@trade", "b@trade", "c@trade", "d@trade", "e@trade"], heard).wait_ready()
        for served in exchange.served:
            for stream in served.subscribed:
                served.event(stream)
        heard.wait_for_messages(5)

    assert sorted(len(served.subscribed) for served in exchange.served) == [1, 2, 2]
    assert sorted(stream for stream, _ in heard.messages) == ["a@trade", "b@trade", "c@trade", "d@trade", "e@trade"]


def test_after_a_cut_everything_is_subscribed_again(exchange: ScriptedExchange) -> None:
    """Lost, then live, then the first message of the new connection: in that order, for every sink."""
    with hub_on(exchange.url) as hub:
        one, other = Heard(), Heard()
        hub.attach(["a@trade", "b@trade"], one).wait_ready()
        hub.attach(["b@trade"], other).wait_ready()
        exchange.answer = lambda _served, asked: [
            {"stream": "b@trade", "data": {"early": 1}},
            {"result": None, "id": asked["id"]},
        ]
        exchange.served[0].cut()
        one.wait_for_messages(1)
        other.wait_for_messages(1)

        assert set(exchange.served[1].subscribed) == {"a@trade", "b@trade"}
    for heard in (one, other):
        words = [each.status if isinstance(each, LinkState) else "message" for each in heard.told]
        assert list(dict.fromkeys(words[words.index("lost") :])) == ["lost", "live", "message", "closed"]
        assert heard.states[-1].reconnects == 1


def test_what_was_added_while_it_was_lost_is_there_afterwards(exchange: ScriptedExchange) -> None:
    """Wishes do not wait for a line."""
    exchange.refusals.extend([(503, {})] * 3)
    with hub_on(exchange.url) as hub:
        held = hub.attach(["a@trade"], Heard())
        held.add("b@trade")
        held.remove("a@trade")
        held.wait_ready()

        assert "b@trade" in exchange.served[0].subscribed


def refusing(bad: str) -> Callable[[Served, dict[str, Any]], list[Any]]:
    def answer(_served: Served, asked: dict[str, Any]) -> list[Any]:
        if bad in asked["params"]:
            return [{"code": 2, "msg": "Invalid request: too many parameters"}]
        return [{"result": None, "id": asked["id"]}]

    return answer


def test_a_refusal_is_told_to_who_asked_for_it(exchange: ScriptedExchange) -> None:
    """Which of a batch it was is found out; the others are not touched by it."""
    exchange.answer = refusing("bad@trade")
    names = [f"s{number}@trade" for number in range(9)]
    with hub_on(exchange.url) as hub:
        good, mixed, bad = Heard(), Heard(), Heard()
        unharmed = hub.attach(names, good)
        partly = hub.attach([names[3], "bad@trade"], mixed)
        refused = hub.attach(["bad@trade"], bad)
        with pytest.raises(StreamError, match=r"refused to send bad@trade: Invalid request: too many param") as caught:
            refused.wait_ready()
        with pytest.raises(StreamError):
            partly.wait_ready()
        unharmed.wait_ready()
        bad.wait_for_status("closed")

        assert caught.value.culprit == "bad@trade"
        assert caught.value.code == 2
        assert caught.value.hint
        assert partly.streams == (names[3],)
        assert partly.state.status != "closed"
        assert refused.state.reason == caught.value.message
        assert unharmed.error is None


def test_a_refusal_that_is_nested_is_one_too(exchange: ScriptedExchange) -> None:
    """Some answers carry their error as the WebSocket API does."""
    exchange.answer = lambda _served, asked: [{"error": {"code": 0, "msg": "Unknown property"}, "id": asked["id"]}]
    with hub_on(exchange.url) as hub, pytest.raises(StreamError, match="Unknown property"):
        hub.attach(["a@trade"], Heard()).wait_ready()


def test_after_a_refusal_others_may_be_asked_for(exchange: ScriptedExchange) -> None:
    """An old error does not stand in the way of a new wish."""
    exchange.answer = refusing("bad@trade")
    with hub_on(exchange.url) as hub:
        held = hub.attach(["a@trade", "bad@trade"], Heard())
        with pytest.raises(StreamError):
            held.wait_ready()
        held.add("b@trade")
        held.wait_ready()

        assert held.streams == ("a@trade", "b@trade")


def test_a_sink_that_raises_is_detached_and_the_others_go_on(exchange: ScriptedExchange) -> None:
    """Its error is kept and told; whoever shares the stream notices nothing."""

    class Clumsy(Heard):
        def on_message(self, *said: Any) -> None:
            raise KeyError("price")

    with hub_on(exchange.url) as hub:
        clumsy, careful = Clumsy(), Heard()
        broken = hub.attach(["a@trade"], clumsy)
        hub.attach(["a@trade"], careful).wait_ready()
        exchange.served[0].event("a@trade", n=1)
        closed = clumsy.wait_for_status("closed")
        exchange.served[0].event("a@trade", n=2)
        careful.wait_for_messages(2)

        assert "KeyError: 'price'" in closed.reason
        assert isinstance(broken.error, StreamError)
        assert isinstance(broken.error.__cause__, KeyError)


def test_a_sink_that_cannot_hear_its_state_is_detached_too(exchange: ScriptedExchange) -> None:
    """A defect there stops neither the loop nor the others."""

    class Deaf(Heard):
        def on_state(self, state: LinkState) -> None:
            raise RuntimeError("no ears")

    with hub_on(exchange.url) as hub:
        deaf = hub.attach(["a@trade"], Deaf())
        other = hub.attach(["a@trade"], Heard())
        other.wait_ready()

        with pytest.raises(StreamError, match="RuntimeError: no ears"):
            deaf.wait_ready()
        assert other.state.status == "live"


def test_a_place_that_is_not_served_ends_every_hold(exchange: ScriptedExchange) -> None:
    """A 451 is told at once, with what to do; whoever asks later tries again."""
    exchange.refusals.append((451, {}))
    with hub_on(exchange.url) as hub:
        held = hub.attach(["a@trade"], Heard())
        with pytest.raises(StreamError, match="does not serve streams to this place") as caught:
            held.wait_ready()

        assert "%binance use market" in str(caught.value.hint)
        hub.attach(["a@trade"], Heard()).wait_ready()


def test_what_does_not_come_in_time_says_how_it_stands(exchange: ScriptedExchange) -> None:
    """A wait ends with the reason that the connection gives."""
    exchange.refusals.extend([(503, {})] * 100)
    with hub_on(exchange.url, Policy(backoff=Backoff(60, 60))) as hub:
        heard = Heard()
        held = hub.attach(["a@trade"], heard)
        heard.wait_for(lambda: any(state.attempt for state in heard.states))

        with pytest.raises(StreamError, match=r"not there within 0\.05 s") as caught:
            held.wait_ready(0.05)
        assert "(503)" in str(caught.value.hint)


def test_a_callback_cannot_wait_for_its_own_thread(exchange: ScriptedExchange) -> None:
    """It is told so instead of standing still for ever."""

    class Impatient(Heard):
        def on_message(self, *said: Any) -> None:
            held.wait_ready()

    with hub_on(exchange.url) as hub:
        impatient = Impatient()
        held = hub.attach(["a@trade"], impatient)
        held.wait_ready()
        exchange.served[0].event("a@trade")

        assert "cannot wait" in impatient.wait_for_status("closed").reason


def test_a_callback_may_change_what_it_hears(exchange: ScriptedExchange) -> None:
    """It adds, removes and closes while it is being called."""

    class Restless(Heard):
        def on_message(self, *said: Any) -> None:
            super().on_message(*said)
            if said[0] == "a@trade":
                held.add("b@trade")
                held.remove("a@trade")
            else:
                held.close()

    with hub_on(exchange.url) as hub:
        restless = Restless()
        held = hub.attach(["a@trade"], restless)
        held.wait_ready()
        exchange.served[0].event("a@trade", n=1)
        exchange.wait_for(lambda: "b@trade" in exchange.served[0].subscribed)
        exchange.served[0].event("b@trade", n=2)
        restless.wait_for_status("closed")

    assert restless.messages == [{"n": 1}, {"n": 2}]


def test_any_thread_may_attach(exchange: ScriptedExchange) -> None:
    """Eight threads at once share one connection."""
    with hub_on(exchange.url) as hub:
        sinks = [Heard() for _ in range(8)]
        threads = [
            threading.Thread(target=lambda n=n: hub.attach([f"s{n}@trade", "all@trade"], sinks[n]).wait_ready())
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        exchange.served[0].event("all@trade", n=1)
        for sink in sinks:
            sink.wait_for_messages(1)

    assert len(exchange.served) == 1
    assert sorted(exchange.served[0].subscribed) == ["all@trade", *(f"s{n}@trade" for n in range(8))]


def test_a_closed_hub_ends_everything_and_takes_nothing_new(exchange: ScriptedExchange) -> None:
    """Every sink is told; closing again does nothing."""
    hub = StreamHub(exchange.url, policy=QUICK)
    heard = Heard()
    held = hub.attach(["a@trade"], heard)
    held.wait_ready()
    hub.close()
    hub.close()

    assert heard.states[-1].status == held.state.status == "closed"
    assert exchange.served[0].socket.closed
    with pytest.raises(StreamError, match="session is closed"):
        hub.attach(["a@trade"], Heard())
    with pytest.raises(StreamError, match="has ended"):
        held.wait_ready()


def test_a_place_without_streams_says_so() -> None:
    """An environment that has no address for them."""
    with pytest.raises(StreamError, match="no market streams"):
        StreamHub("").attach(["a@trade"], Heard())


def test_the_sandbox_is_heard_through_cuts_and_its_last_day(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """Real streams go on after a cut line, and the notice before 24 h brings a replacement without a loss."""
    sandbox = start_sandbox(seed=1)
    with hub_on(sandbox.ws_url, Policy(backoff=QUICK.backoff, overlap_seconds=0.3)) as hub:
        heard = Heard()
        hub.attach(["btcusdt@depth@100ms"], heard).wait_ready()
        heard.wait_for_messages(2)
        with sandbox.faults("btcusdt@depth@100ms", kind="cut", count=1):
            heard.wait_for_status("live", reconnects=1)
        sandbox.advance(24 * 3_600_000 - 300_000)
        heard.wait_for_status("live", reconnects=2)
        heard.wait_for_messages(len(heard.messages) + 3)

    assert heard.statuses == ["connecting", "live", "lost", "live", "closed"]
    after = heard.told.index(heard.wait_for_status("live", reconnects=2))
    ids = [(each["U"], each["u"]) for each in heard.told[after - 3 :] if isinstance(each, dict)]
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(ids))


def test_the_sandbox_never_finds_too_many_messages(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """Streams that are asked for one by one are gathered, and never cost the connection."""
    sandbox = start_sandbox(seed=1)
    with hub_on(sandbox.ws_url, Policy()) as hub:
        heard = Heard()
        held = hub.attach(["btcusdt@trade"], heard)
        held.wait_ready()
        for stream in ("ethusdt@trade", "bnbusdt@trade", "xrpusdt@trade", "ltcusdt@trade", "adausdt@trade"):
            held.add(stream)
            held.wait_ready()

        assert heard.statuses == ["connecting", "live"]
        assert held.state.reconnects == 0
