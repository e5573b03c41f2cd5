"""Pages fly together, keep to the budget, and end cleanly however they end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from binance_nb import Session
from binance_nb.catalog.limits import RateLimit
from binance_nb.client import Client, NoAnswer, Prepared, Reply, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import ApiError, RateLimitError, TransportError
from binance_nb.sandbox.launcher import SandboxProcess
from tests.history.carriers import WatchedTransport

Watched = tuple[Session, WatchedTransport]
Watch = Callable[[SandboxProcess], Watched]
Act = Callable[[Prepared], Reply | None]


def page_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("binance_nb-page")]


def refusal(status: int, body: bytes, **headers: str) -> Callable[[Prepared], Reply]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda prepared: Reply(prepared.operation, prepared.sent, status, named, body)


def test_pages_fly_together_and_land_in_order(watched: Watched) -> None:
    """Whichever page comes first, rows are in order; several are under way at once, and no thread stays."""
    session, transport = watched
    transport.longest_delay_seconds = 0.05

    trades = session.historical_trades("BTCUSDT", from_id=1, max_rows=12_000)

    arrived = [int(reply.sent["fromId"]) for reply in transport.replies if "fromId" in reply.sent]
    assert arrived != sorted(arrived)
    assert list(range(1, 12_001)) == trades["id"].tolist()
    assert 1 < transport.peak <= 32
    assert [] == page_threads()


def test_a_pull_past_the_minutes_weight_waits_for_the_next(
    start_sandbox: Callable[..., SandboxProcess], watch: Watch
) -> None:
    """With room for ten pages a minute, twenty-five take three minutes of the server's clock and no refusal."""
    session, transport = watch(start_sandbox(seed=1, speed=120))
    session.client.budget.learn([RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 40)])
    began_ms = session.client.clock.now_ms()

    trades = session.agg_trades("BTCUSDT", from_id=1, max_rows=25_000)

    # At this speed a busy machine is seconds of the server's clock late: test_pacing.py looks at the weight itself.
    ended_ms = max(int(reply.headers["x-sandbox-clock"].partition(";")[0]) for reply in transport.replies)
    assert 25_000 == len(trades)
    assert {200} == {reply.status for reply in transport.replies}
    assert ended_ms // 60_000 - began_ms // 60_000 >= 2


def test_a_page_that_is_told_to_come_later_comes_later(
    start_sandbox: Callable[..., SandboxProcess], watch: Watch
) -> None:
    """When others have used the address's weight, the pull waits as long as it is told, past one call's patience."""
    session, transport = watch(start_sandbox(seed=1, speed=60))
    session.client.max_wait_seconds = 0.0
    transport.at[5] = refusal(429, b'{"code":-1003,"msg":"Too much."}', retry_after="30")

    trades = session.agg_trades("BTCUSDT", from_id=1, max_rows=8_000)

    assert list(range(1, 8_001)) == trades["agg_trade_id"].tolist()


def test_an_address_that_is_told_twice_gives_up(start_sandbox: Callable[..., SandboxProcess], watch: Watch) -> None:
    """A second 429 for the same page ends the pull with it."""
    session, transport = watch(start_sandbox(seed=1, speed=60))
    session.client.max_wait_seconds = 0.0
    said = refusal(429, b'{"code":-1003,"msg":"Too much."}', retry_after="1")
    transport.at = dict.fromkeys(range(4, 40), said)

    with pytest.raises(RateLimitError):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=8_000)

    join_page_threads()
    assert [] == page_threads()


def test_a_page_that_fails_ends_the_pull(watched: Watched) -> None:
    """The exchange's refusal of one page is raised, and pages that had not left stay."""
    session, transport = watched
    released = threading.Event()

    def hang(prepared: Prepared) -> None:
        released.wait(60)

    refused = refusal(400, b'{"code":-1100,"msg":"Illegal characters."}')
    transport.at = {**dict.fromkeys(range(6, 100), hang), 5: refused}

    with pytest.raises(ApiError, match="-1100"):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=80_000)

    released.set()
    join_page_threads()
    assert len(transport.sent) < 60
    assert [] == page_threads()


def test_a_page_that_is_lost_is_asked_for_again(watched: Watched) -> None:
    """A dropped line costs a second try, as of any read."""
    session, transport = watched

    def lose(prepared: Prepared) -> Reply:
        raise NoAnswer("the connection was lost", was_sent=True)

    transport.at[4] = lose

    trades = session.agg_trades("BTCUSDT", from_id=1, max_rows=6_000)

    assert 6_000 == len(trades)


def losing(page: str, times: int) -> Act:
    """What a transport does at a request: it loses the first ones for a page."""
    lost: list[Prepared] = []

    def act(prepared: Prepared) -> None:
        if prepared.sent.get("fromId") == page and len(lost) < times:
            lost.append(prepared)
            raise NoAnswer("the connection was lost", was_sent=True)

    return act


def join_page_threads() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("binance_nb-page"):
            thread.join(60)


def asked_for(transport: WatchedTransport, page: str) -> int:
    return sum(prepared.sent.get("fromId") == page for prepared in transport.sent)


def test_a_page_is_asked_for_three_times_at_most(watched: Watched) -> None:
    """Two lost answers do not break a pull, the third does; nobody else multiplies the tries."""
    session, transport = watched
    transport.at = dict.fromkeys(range(1, 100), losing("2001", times=2))
    trades = session.agg_trades("BTCUSDT", from_id=1, max_rows=4_000)
    tries = asked_for(transport, "2001")
    transport.at, transport.sent = dict.fromkeys(range(1, 100), losing("2001", times=9)), []

    with pytest.raises(TransportError):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=4_000)

    assert (4_000, 3, 3) == (len(trades), tries, asked_for(transport, "2001"))


def test_a_page_that_waits_for_another_try_is_not_sent_after_the_end(watched: Watched) -> None:
    """When another page fails for good, one that is to come later stays away."""
    session, transport = watched
    is_away = threading.Event()

    def act(prepared: Prepared) -> Reply | None:
        page = prepared.sent.get("fromId")
        if page == "2001":
            is_away.set()
            return refusal(503, b"", retry_after="9")(prepared)
        if page != "3001":
            return None
        is_away.wait(30)
        threading.Event().wait(0.1)  # so that the other page is back in a thread before this one fails
        return refusal(400, b'{"code":-1100,"msg":"Illegal characters."}')(prepared)

    transport.at = dict.fromkeys(range(1, 100), act)
    began = time.monotonic()

    with pytest.raises(ApiError, match="-1100"):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=4_000)

    join_page_threads()
    assert 1 == asked_for(transport, "2001")
    assert time.monotonic() - began < 9


def test_an_interrupt_calls_back_pages_that_were_told_to_come_later(
    start_sandbox: Callable[..., SandboxProcess], watch: Watch
) -> None:
    """Once Ctrl-C has come out, no page that was answered 429 is asked for again."""
    session, transport = watch(start_sandbox(seed=1, speed=1))
    later = refusal(429, b'{"code":-1003,"msg":"Too much."}', retry_after="1")

    are_away = threading.Event()

    def act(prepared: Prepared) -> Reply | None:
        page = prepared.sent.get("fromId", "1")
        if page == "1":
            return None
        if page == "4001" and not are_away.is_set():
            are_away.set()
            os.kill(os.getpid(), signal.SIGINT)
        are_away.wait(30)
        return later(prepared)

    transport.at = dict.fromkeys(range(1, 100), act)

    with pytest.raises(KeyboardInterrupt):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=4_500)

    sent = len(transport.sent)
    join_page_threads()
    assert sent == len(transport.sent)


def test_only_the_callers_thread_tells_of_a_wait(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """What draws into a notebook is never called from a page's thread."""
    transport, told = WatchedTransport(), set[str]()
    place = Environment("sandbox", start_sandbox(seed=1, speed=60).url, is_sandbox=True)

    def on_wait(seconds: float, reason: str) -> None:
        told.add(threading.current_thread().name)

    transport.at[4] = refusal(429, b'{"code":-1003,"msg":"Too much."}', retry_after="5")
    with Session(Client(place, transport=transport, budget=WeightBudget(), on_wait=on_wait)) as session:
        trades = session.agg_trades("BTCUSDT", from_id=1, max_rows=4_000)

    assert 4_000 == len(trades)
    assert told <= {threading.main_thread().name}


def test_an_interrupt_ends_a_pull_at_once(watched: Watched) -> None:
    """Ctrl-C comes through as it is, pages on their way are not waited for, and no thread goes on asking."""
    session, transport = watched
    released = threading.Event()

    def hang(prepared: Prepared) -> None:
        released.wait(60)

    def interrupt(prepared: Prepared) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(60)

    transport.at = {**dict.fromkeys(range(4, 100), hang), 9: interrupt}
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        session.agg_trades("BTCUSDT", from_id=1, max_rows=80_000)

    took_seconds, sent = time.monotonic() - started, len(transport.sent)
    released.set()
    join_page_threads()
    assert took_seconds < 30
    assert sent == len(transport.sent)
    assert [] == page_threads()
