"""The event loop behind the streams."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from binance_nb.streams.loop import BackgroundLoop, background_loop
from tests.streams.scripted import Served, scripted


def own_process(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run code where a forgotten task or socket says so."""
    command = [sys.executable, "-W", "error", "-c", code, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def echo(_served: Served, asked: dict[str, Any]) -> list[Any]:
    """Confirm a request, and send an event of what it names last."""
    name = asked["params"][-1]
    return [{"result": None, "id": asked["id"]}, {"stream": name, "data": {"p": name}}]


async def here() -> threading.Thread:
    return threading.current_thread()


def test_there_is_one_loop_on_one_daemon_thread() -> None:
    """Whoever asks gets the same, and it never holds up the interpreter's end."""
    thread = background_loop().run(here())

    assert background_loop() is background_loop()
    assert (thread.name, thread.daemon) == ("binance_nb streams", True)
    assert thread is not threading.current_thread()


def test_what_a_coroutine_raises_comes_out() -> None:
    """An error crosses the threads as it is."""

    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        background_loop().run(fail())


def test_a_coroutine_that_takes_too_long_is_cancelled() -> None:
    """It does not go on unseen."""
    ended = threading.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        background_loop().run(wait_for_ever(), seconds=0.01)

    assert ended.wait(30)


def test_waiting_for_itself_is_refused() -> None:
    """A callback that waited on its own thread would stop every stream for good."""

    async def wait_for_itself() -> None:
        background_loop().run(here())

    with pytest.raises(RuntimeError, match="cannot wait for the thread it runs on"):
        background_loop().run(wait_for_itself())


def test_calls_come_in_their_order() -> None:
    """Functions are called on the loop's thread, one after the other."""
    called: list[int] = []
    for number in range(5):
        background_loop().call(called.append, number)
    background_loop().run(here())

    assert called == [0, 1, 2, 3, 4]


def test_a_defect_that_nobody_waits_for_is_kept_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """Threads never print: it would land in whatever cell runs."""
    loop = BackgroundLoop()
    loop.call(int, "x")
    loop.run(here())
    loop.end()

    assert capfd.readouterr() == ("", "")
    assert len(loop.defects) == 1
    assert "ValueError" in loop.defects[0]


def test_after_its_end_it_takes_nothing_more() -> None:
    """What is asked too late is refused, or does nothing; ending twice is no error."""
    loop = BackgroundLoop()
    loop.end()
    loop.end()
    loop.call(print, "never")

    assert repr(loop) == "BackgroundLoop(ended)"
    with pytest.raises(RuntimeError, match="has ended"):
        loop.run(here())


def test_what_runs_may_clean_up_at_the_end() -> None:
    """A task that is cancelled finishes its last steps, those that it begins for that among them."""
    loop, done = BackgroundLoop(), []

    async def last_words() -> None:
        await asyncio.sleep(0)
        done.append("said")

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.create_task(last_words())

    loop.spawn(run())
    loop.run(here())
    loop.end()

    assert done == ["said"]


_INTERRUPTED = """
import asyncio, signal, threading
from binance_nb.streams.loop import background_loop

ended = threading.Event()

async def wait():
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()

try:
    background_loop().run(wait())
except KeyboardInterrupt:
    print("interrupted", ended.wait(30))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a thread")
def test_an_interrupt_takes_back_what_is_waited_for() -> None:
    """The interrupt button ends the wait, and what was waited for."""
    done = own_process(_INTERRUPTED)

    assert (done.stdout, done.stderr, done.returncode) == ("interrupted True\n", "", 0)


_LEFT_OPEN = """
import sys
from binance_nb.streams.hub import StreamHub
from tests.streams.scripted import Heard

hub = StreamHub(sys.argv[1])
hub.attach(["btcusdt@trade"], Heard()).wait_ready()
print("live")
"""


def test_an_interpreter_that_ends_with_streams_open_says_nothing() -> None:
    """No task is destroyed while it waits, no socket and no session is left unclosed."""
    with scripted() as exchange:
        done = own_process(_LEFT_OPEN, exchange.url)

    assert (done.stdout, done.stderr, done.returncode) == ("live\n", "", 0)


_NO_NAME_SERVER = """
import socket, threading
from binance_nb.streams.hub import StreamHub
from tests.streams.scripted import Heard

asked, never = threading.Event(), threading.Event()

def look_up(*_words, **_more):
    asked.set()
    never.wait(100)
    raise socket.gaierror("nobody answers")

socket.getaddrinfo = look_up
hub = StreamHub("ws://stream.example.test:9443")
hub.attach(["btcusdt@trade"], Heard())
print(asked.wait(30))
"""


def test_an_interpreter_does_not_wait_for_a_name_server() -> None:
    """Where none answers, looking a host up takes as long as the system likes; who wants to leave does not wait."""
    before = time.monotonic()
    done = own_process(_NO_NAME_SERVER)

    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)
    assert time.monotonic() - before < 60


_FORKED = """
import os, sys, warnings
from binance_nb.streams.hub import StreamHub
from binance_nb.streams.loop import background_loop
from tests.streams.scripted import Heard

warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
url = sys.argv[1]
hub = StreamHub(url)
heard = Heard()
attached = hub.attach(["btcusdt@trade"], heard)
attached.wait_ready()
parent = background_loop()
child = os.fork()
if child == 0:
    print("old:", attached.state.status, flush=True)
    print("own loop:", background_loop() is not parent, flush=True)
    again = StreamHub(url)
    again.attach(["btcusdt@trade"], Heard()).wait_ready()
    print("new: live", flush=True)
    sys.exit(0)
print("child:", os.waitpid(child, 0)[1], flush=True)
attached.add("ethusdt@trade")
attached.wait_ready()
print("parent:", heard.wait_for_messages(2)[1], attached.state.status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
def test_a_fork_makes_a_loop_of_its_own_and_leaves_the_parents_alone() -> None:
    """The child's old streams are closed, new ones work, and the parent hears on as if nothing had happened."""
    with scripted() as exchange:
        exchange.answer = echo
        done = own_process(_FORKED, exchange.url)

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "old: closed",
        "own loop: True",
        "new: live",
        "child: 0",
        "parent: {'p': 'ethusdt@trade'} live",
    ]
