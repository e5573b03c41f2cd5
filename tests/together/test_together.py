"""Calls made together: what flies at once, what goes alone, and what a failure leaves undone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pandas.testing import assert_frame_equal

from binance_nb import Call, Later, Session
from binance_nb.catalog.limits import RateLimit
from binance_nb.client import Client, NoAnswer, Prepared, Reply, RequestsTransport, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import ApiError, RateLimitError, TogetherError, UsageError
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.together import Answers, Together

SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT")
BUY = {"time_in_force": "GTC", "quantity": "0.01", "price": "60000"}


class Carrier:
    """Carries requests to a sandbox, writes down what leaves and what comes, and does what a test wants before."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.before: Callable[[Prepared], Reply | None] = lambda prepared: None
        self._carrier = RequestsTransport()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send the request, unless the test answers it; the clock's own are not written down."""
        if prepared.operation == "time":
            return self._carrier.send(prepared, timeout_seconds=timeout_seconds)
        self.log.append(f"> {prepared.operation}")
        reply = self.before(prepared) or self._carrier.send(prepared, timeout_seconds=timeout_seconds)
        self.log.append(f"< {prepared.operation}")
        return reply

    def carry(self, prepared: Prepared) -> Reply:
        """Send a request and nothing more."""
        return self._carrier.send(prepared, timeout_seconds=30)

    @property
    def left(self) -> list[str]:
        """What was sent, in order."""
        return [line[2:] for line in self.log if line[0] == ">"]

    def close(self) -> None:
        """Let go of connections."""
        self._carrier.close()


Open = Callable[[SandboxProcess], tuple[Session, Carrier]]


@pytest.fixture
def watch() -> Iterator[Open]:
    """A function that opens a session on a sandbox, over a carrier that the test can watch."""
    with ExitStack() as stack:

        def opened(process: SandboxProcess) -> tuple[Session, Carrier]:
            carrier = Carrier()
            place = Environment("sandbox", process.url, is_sandbox=True)
            held = credentials(process.api_key, process.secret_key, place.host)
            client = Client(place, held, transport=carrier, budget=WeightBudget())
            return stack.enter_context(Session(client)), carrier

        yield opened


@pytest.fixture
def watched(sandbox: SandboxProcess, watch: Open) -> tuple[Session, Carrier]:
    """A session on the shared sandbox."""
    return watch(sandbox)


def hours(symbol: str) -> Call:
    return Call("klines", symbol, "1h", limit=3)


def failed(session: Session, calls: dict[str, Call]) -> TogetherError:
    with pytest.raises(TogetherError) as caught:
        session.together(calls)
    return caught.value


def test_reads_are_under_way_at_the_same_time(watched: tuple[Session, Carrier]) -> None:
    """Each waits at the door until all four have come; one after the other they would wait for ever."""
    session, carrier = watched
    door = threading.Barrier(4, timeout=30)

    def wait_for_the_others(prepared: Prepared) -> None:
        door.wait()

    carrier.before = wait_for_the_others

    answers = session.together({symbol: hours(symbol) for symbol in SYMBOLS})

    assert list(SYMBOLS) == list(answers)
    assert [3, 3, 3, 3] == [len(frame) for frame in answers.values()]


def test_answers_are_those_of_calls_made_alone(session: Session) -> None:
    """Long ranges too, whose pages fly with the rest."""
    calls = {"long": Call("agg_trades", "BTCUSDT", from_id=1, max_rows=12_000), "short": hours("ETHUSDT")}

    answers = session.together(calls)

    assert_frame_equal(session.agg_trades("BTCUSDT", from_id=1, max_rows=12_000), answers["long"])
    assert_frame_equal(session.klines("ETHUSDT", "1h", limit=3), answers["short"])


def test_a_call_that_needs_an_answer_waits_for_it(watched: tuple[Session, Carrier]) -> None:
    """Its value is worked out of the answer, and the others do not wait."""
    session, carrier = watched
    since = Later("hours", "other", then=lambda candles, other: candles.index[-2])

    answers = session.together(
        {
            "hours": hours("BTCUSDT"),
            "other": hours("ETHUSDT"),
            "near": Call("agg_trades", "BTCUSDT", start=since, end="2024-06-01 12:00"),
        }
    )

    assert ["klines", "klines", "agg_trades"] == carrier.left[:3]
    began_ms = int(answers["hours"].index[-2].timestamp() * 1000)
    assert str(began_ms) == answers["near"].attrs["binance"]["parameters"]["startTime"]


def test_what_succeeded_is_kept_and_every_failure_is_named(watched: tuple[Session, Carrier]) -> None:
    """Whatever needs a failed answer is skipped, and nothing of it is sent."""
    session, carrier = watched
    calls = {
        "good": hours("BTCUSDT"),
        "bad": hours("NOSUCH"),
        "child": Call("depth", Later("bad", then=str)),
        "worse": Call("avg_price", "NOSUCH"),
    }

    error = failed(session, calls)

    assert ['bad: klines("NOSUCH", "1h", limit=3)', 'worse: avg_price("NOSUCH")'] == [
        each for each, _ in error.failures
    ]
    assert [-1121, -1121] == [each.code for _, each in error.failures]
    assert ["good"] == list(error.answers)
    assert "2 of 4 calls failed." == error.message
    assert "depth" not in carrier.left
    assert isinstance(error.answers, Answers)
    assert ["", "", "needs bad, which failed", ""] == [report.reason for report in error.answers.reports]


def test_what_changes_state_goes_alone_and_in_order(start_sandbox: Callable[..., SandboxProcess], watch: Open) -> None:
    """Reads before an order have ended when it leaves, and those after it see it."""
    session, carrier = watch(start_sandbox(seed=1, frozen="2024-06-01T12:00:00Z"))

    answers = session.together(
        {
            "one": hours("BTCUSDT"),
            "two": Call("account"),
            "order": Call("new_order", "BTCUSDT", "BUY", "LIMIT", **BUY),
            "open": Call("open_orders", "BTCUSDT"),
            "gone": Call("cancel_open_orders", "BTCUSDT"),
            "none": Call("open_orders", "BTCUSDT"),
        }
    )

    first = carrier.log.index("> new_order")
    before, after = carrier.log[:first], carrier.log[first:]
    assert {"> klines", "< klines", "> account", "< account"} <= set(before)
    left, come = (sorted(line[2:] for line in before if line[0] == way) for way in "><")
    assert left == come
    alone = ("new_order", "open_orders", "cancel_open_orders", "open_orders")
    assert [f"{way} {name}" for name in alone for way in "><"] == after
    assert [1, 1, 1, 0] == [len(answers[name]) for name in ("order", "open", "gone", "none")]


def test_after_a_failure_nothing_more_is_placed_or_cancelled(watched: tuple[Session, Carrier]) -> None:
    """Reads that stand further down are still made."""
    session, carrier = watched
    calls = {
        "bad": hours("NOSUCH"),
        "order": Call("new_order", "BTCUSDT", "BUY", "LIMIT", **BUY),
        "after": Call("account"),
    }

    error = failed(session, calls)

    assert "new_order" not in carrier.left
    assert ["after"] == list(error.answers)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Call("klines", "BTCUSDT"), "klines needs interval."),
        (Call("klines", "BTCUSDT", "1hour"), "interval has no value '1hour'."),
        (Call("depth", "BTCUSDT", limit=9999), "limit must be at most 5000, not 9999."),
        (Call("klines", "BTCUSDT", "1h", max_rows=5), "max_rows bounds a range"),
        (Call("klines", "BTCUSDT", "1h", start="2024-02-01", end="2024-01-01"), "does not lie before the end"),
        (Call("klines", Later("good", then=str), "1hour"), "interval has no value '1hour'."),
        (Call("klines", Later("good", then=str)), "klines needs interval."),
        (Call("klines", "BTCUSDT", "1h", start=Later("good", then=str), tz="Nowhere"), "Nowhere"),
    ],
    ids=lambda value: "" if isinstance(value, str) else value.text,
)
def test_nothing_is_sent_when_one_call_cannot_be_made(
    watched: tuple[Session, Carrier], wrong: Call, message: str
) -> None:
    """Not even what stands before it; a value that is still to come is no excuse for the others."""
    session, carrier = watched

    error = failed(session, {"good": hours("BTCUSDT"), "wrong": wrong})

    assert message in str(error)
    assert "1 of 2 calls cannot be made: nothing was sent." == error.message
    assert [] == carrier.log


def test_all_that_waits_for_a_value_may_be_put_right_by_it(session: Session) -> None:
    """An interval, a type, a start that is still to come is not missed."""
    answers = session.together(
        {
            "top": hours("BTCUSDT"),
            "a": Call("klines", "BTCUSDT", Later("top", then=lambda _: "1d"), limit=2),
            "b": Call("test_order", "BTCUSDT", "BUY", Later("top", then=lambda _: "LIMIT"), **BUY),
            "c": Call("klines", "BTCUSDT", "1h", start=Later("top", then=lambda top: top.index[0]), max_rows=9),
        }
    )

    assert [2, 3] == [len(answers[name]) for name in "ac"]


def test_a_value_that_cannot_be_worked_out_fails_its_call_alone(session: Session) -> None:
    """Whatever the person's own code raises."""
    error = failed(session, {"top": hours("BTCUSDT"), "odd": Call("depth", Later("top", then=lambda top: top["nope"]))})

    [(_, why)] = error.failures
    assert isinstance(why, UsageError)
    assert "A value that needs top cannot be worked out: KeyError." == why.message
    assert isinstance(why.__cause__, KeyError)


def test_a_call_can_need_those_before_it_alone(session: Session) -> None:
    """So that no two wait for each other."""
    with pytest.raises(UsageError, match="a needs the answer of b, which is not written before it"):
        session.together({"a": Call("depth", Later("b", then=str)), "b": hours("BTCUSDT")})


def test_calls_without_names_go_by_their_verbs(session: Session) -> None:
    """The second of a verb is numbered."""
    assert ["klines", "time", "klines_2"] == list(session.together([hours("BTCUSDT"), Call("time"), hours("ETHUSDT")]))


def test_a_call_may_go_elsewhere(session: Session, fresh_sandbox: Session) -> None:
    """Each place has its own budget and its own keys."""
    session.together([Call("time"), Call("account").at(fresh_sandbox)])

    assert 20 == fresh_sandbox.status()["weight_used"]


def test_the_weight_budget_holds_for_all_together(start_sandbox: Callable[..., SandboxProcess], watch: Open) -> None:
    """With room for five calls a minute, twelve take three minutes of the server's clock and no refusal."""
    session, carrier = watch(start_sandbox(seed=1, speed=120))
    session.time()  # tells how fast its clock runs
    session.client.budget.learn([RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 10)])
    began_ms = session.client.clock.now_ms()

    answers = session.together([Call("klines", "BTCUSDT", "1h", limit=1) for _ in range(12)])

    # At this speed a busy machine is seconds of the server's clock late, so that some are answered a minute later.
    ended_ms = max(frame.attrs["binance"]["server_time"] for frame in answers.values())
    assert ended_ms // 60_000 - began_ms // 60_000 >= 2
    assert ["klines"] * 12 == carrier.left


def test_a_wait_past_the_patience_of_one_call_fails_and_keeps_the_rest(
    start_sandbox: Callable[..., SandboxProcess], watch: Open
) -> None:
    """The server's minute takes longer than anybody waits, so what finds no room is refused before it is sent."""
    session, carrier = watch(start_sandbox(seed=1, speed=0.01))
    session.time()
    session.client.budget.learn([RateLimit("REQUEST_WEIGHT", "MINUTE", 1, session.status()["weight_used"] + 4)])

    error = failed(session, {symbol: hours(symbol) for symbol in SYMBOLS})

    assert 2 == len(error.answers)
    assert [RateLimitError, RateLimitError] == [type(each) for _, each in error.failures]
    assert "nothing was sent" in str(error)
    assert 2 == len(carrier.left)


def test_a_lost_answer_is_asked_for_again(watched: tuple[Session, Carrier]) -> None:
    """As of any read."""
    session, carrier = watched
    lost: list[str] = []

    def lose_the_first(prepared: Prepared) -> None:
        if not lost:
            lost.append(prepared.operation)
            raise NoAnswer("the connection was lost", was_sent=True)

    carrier.before = lose_the_first

    assert ["klines"] == list(session.together([hours("BTCUSDT")]))
    assert ["klines", "klines"] == carrier.left


def test_a_page_that_fails_ends_its_call_and_no_other(watched: tuple[Session, Carrier]) -> None:
    """Its pages that have not left stay."""
    session, carrier = watched

    def refuse_a_page(prepared: Prepared) -> Reply | None:
        if prepared.sent.get("fromId") != "2001":
            return None
        return Reply(prepared.operation, prepared.sent, 400, {}, b'{"code":-1100,"msg":"Illegal characters."}')

    carrier.before = refuse_a_page

    error = failed(
        session, {"long": Call("agg_trades", "BTCUSDT", from_id=1, max_rows=90_000), "short": hours("BTCUSDT")}
    )

    [(_, why)] = error.failures
    assert isinstance(why, ApiError)
    assert ["short"] == list(error.answers)
    assert len(carrier.left) < 40


def test_an_interrupt_keeps_what_has_arrived_and_sends_nothing_more(watched: tuple[Session, Carrier]) -> None:
    """The order that stood further down never leaves."""
    session, carrier = watched
    is_there, released = threading.Event(), threading.Event()
    came: list[str] = []

    def interrupt_the_second(prepared: Prepared) -> None:
        if prepared.sent.get("symbol") == "ETHUSDT":
            is_there.wait(30)
            os.kill(os.getpid(), signal.SIGINT)
            released.wait(30)

    def note(name: str, answer: object) -> None:
        came.append(name)
        is_there.set()

    carrier.before = interrupt_the_second
    calls = {
        "first": hours("BTCUSDT").at(session),
        "second": hours("ETHUSDT").at(session),
        "third": Call("depth", Later("second", then=str)).at(session),
        "order": Call("new_order", "BTCUSDT", "BUY", "LIMIT", **BUY).at(session),
    }
    together = Together(calls, on_answer=note)

    with pytest.raises(KeyboardInterrupt):
        together.run()

    released.set()
    states = [report.state for report in together.answers.reports]
    assert ["first"] == came == list(together.answers)
    assert ["done", "interrupted", "skipped", "skipped"] == states
    assert ["klines", "klines"] == carrier.left


def test_answers_that_come_right_after_an_interrupt_are_kept(watched: tuple[Session, Carrier]) -> None:
    """They were asked for, and the grace that their threads get anyhow suffices."""
    session, carrier = watched
    door, released = threading.Barrier(2, timeout=30), threading.Event()

    def interrupt_both(prepared: Prepared) -> Reply:
        reply = carrier.carry(prepared)  # has come, and is handed over right after the interrupt
        if door.wait() == 0:
            released.wait(0.2)  # so that the caller's thread is back from sending both
            os.kill(os.getpid(), signal.SIGINT)
            released.set()
        released.wait(30)
        return reply

    carrier.before = interrupt_both
    together = Together({symbol: hours(symbol).at(session) for symbol in ("BTCUSDT", "ETHUSDT")})

    with pytest.raises(KeyboardInterrupt):
        together.run()

    assert ["BTCUSDT", "ETHUSDT"] == list(together.answers)


def test_an_interrupt_waits_until_the_answer_at_hand_is_put_away(watched: tuple[Session, Carrier]) -> None:
    """Reading it takes a moment, and half of that would be nothing; pressing again breaks in."""
    session, _ = watched
    put_away, broken_into = [], []

    def once(name: str, answer: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        put_away.append(name)

    def twice(name: str, answer: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        broken_into.append(name)

    for on_answer in (once, twice):
        with pytest.raises(KeyboardInterrupt):
            Together({"one": hours("BTCUSDT").at(session)}, on_answer=on_answer).run()

    assert (["one"], []) == (put_away, broken_into)
    assert signal.default_int_handler == signal.getsignal(signal.SIGINT)


def test_a_second_interrupt_leaves_no_call_without_its_outcome(watched: tuple[Session, Carrier]) -> None:
    """Whoever presses the button again, while the first answers are put away, still learns what was not sent."""
    session, carrier = watched
    door = threading.Barrier(2, timeout=30)

    def wait_for_the_other(prepared: Prepared) -> None:
        door.wait()

    def interrupt(name: str, answer: object) -> None:
        raise KeyboardInterrupt

    carrier.before = wait_for_the_other
    calls = {symbol: hours(symbol).at(session) for symbol in ("BTCUSDT", "ETHUSDT")}
    order = Call("new_order", "BTCUSDT", "BUY", "LIMIT", **BUY).at(session)
    together = Together({**calls, "order": order}, on_answer=interrupt)

    with pytest.raises(KeyboardInterrupt):
        together.run()

    states = [report.state for report in together.answers.reports]
    assert ["done", "done", "skipped"] == states
    assert "new_order" not in carrier.left


def test_an_order_that_an_interrupt_caught_may_have_been_executed(watched: tuple[Session, Carrier]) -> None:
    """The report says to look before it is sent again, and the interrupt has the line that looks."""
    session, carrier = watched

    def interrupt(prepared: Prepared) -> None:
        if prepared.operation == "new_order":
            raise KeyboardInterrupt

    carrier.before = interrupt
    order = Call("new_order", "BTCUSDT", "BUY", "LIMIT", **BUY, new_client_order_id="mine").at(session)
    together = Together({"order": order})

    with pytest.raises(KeyboardInterrupt) as caught:
        together.run()

    [report] = together.answers.reports
    assert "%binance get_order BTCUSDT --orig-client-order-id mine" in caught.value.__notes__[0]
    assert ("interrupted", "it may have been executed: look first") == (report.state, report.reason)


def test_a_bar_is_drawn_for_all_together(
    start_sandbox: Callable[..., SandboxProcess], watch: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    """One, not one for each call; and none where somebody asked for quiet."""
    session, _ = watch(start_sandbox(seed=1, speed=1))
    many = {str(number): hours("BTCUSDT") for number in range(12)}
    session.together(many)
    shown = capsys.readouterr().err
    session.together({**many, "quiet": Call("klines", "BTCUSDT", "1h", start="-1h", quiet=True)})

    assert "together" in shown
    assert "/12 [" in shown
    assert "" == capsys.readouterr().err
