"""The sandbox as a process: how it starts, what it says, and that it never outlives who started it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from binance_nb.errors import SandboxError
from binance_nb.sandbox.door.keys import account_keys, keys_of
from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.sandbox_fixture import FROZEN_AT, FROZEN_AT_MS

START_AND_WAIT = """
import signal, sys
from binance_nb.sandbox.launcher import start
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
process = start(frozen=0)
print(process.pid, process.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def parent(project_root: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python that has started a sandbox, in a process group of its own, as a kernel is."""
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        cwd=project_root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def ends(pid: int, within_seconds: float = 30.0) -> bool:
    """Wait for a process that is no child of ours."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_seconds)[0])
    finally:
        os.close(handle)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def sandbox_of(parent: subprocess.Popen[str]) -> tuple[int, str]:
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    return int(pid), url


on_linux = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to wait for somebody else's child")


@on_linux
def test_it_ends_with_a_parent_that_is_killed(parent: subprocess.Popen[str]) -> None:
    """Killed, the parent can do nothing more; but its pipe closes."""
    pid, _ = sandbox_of(parent)
    was_there = is_there(pid)

    parent.kill()

    assert was_there
    assert ends(pid)


@on_linux
def test_it_ends_when_its_parent_ends_by_itself(parent: subprocess.Popen[str]) -> None:
    """A script that comes to its end leaves nothing behind, and says nothing about it."""
    pid, _ = sandbox_of(parent)

    _, errors = parent.communicate("")

    assert ends(pid)
    assert ("", 0) == (errors, parent.returncode)


def test_the_interrupt_button_does_not_reach_it(parent: subprocess.Popen[str]) -> None:
    """SIGINT goes to the kernel's whole process group; the kernel hears it, and the sandbox goes on serving."""
    _, url = sandbox_of(parent)

    os.killpg(parent.pid, signal.SIGINT)

    assert parent.stdout is not None
    assert "interrupted\n" == parent.stdout.readline()
    assert 200 == requests.get(f"{url}/api/v3/ping", timeout=30).status_code


def test_it_tells_all_about_itself(sandbox: SandboxProcess) -> None:
    """Address, keys, clock, seed and name, and a repr without secrets."""
    trading, reading = keys_of(1)

    assert (trading.api_key, trading.secret_key) == (sandbox.api_key, sandbox.secret_key)
    assert (reading.api_key, reading.secret_key) == (sandbox.read_only_api_key, sandbox.read_only_secret_key)
    assert (FROZEN_AT_MS, 0) == (sandbox.clock_origin_ms, sandbox.clock_rate)
    assert (1, None, True) == (sandbox.seed, sandbox.archives, sandbox.is_running)
    assert sandbox.secret_key not in repr(sandbox)


def test_stopping_twice_is_once(sandbox: SandboxProcess, start_sandbox: Callable[..., SandboxProcess]) -> None:
    """After stop it is gone, and a second stop has nothing to do; it was another than its twin with the same seed."""
    process = start_sandbox(seed=sandbox.seed, frozen=0)

    process.stop()
    process.stop()

    assert not process.is_running
    assert process.instance != sandbox.instance
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{process.url}/api/v3/ping", timeout=30)


def test_it_ends_when_nobody_holds_it_any_more() -> None:
    """A forgotten sandbox is collected like any object."""
    process = start(frozen=0)
    child = process._process

    del process

    assert child.poll() is not None


@pytest.mark.parametrize(
    ("options", "culprit", "words"),
    [
        ({"frozen": "yesterday"}, "frozen", "'yesterday' is no moment"),
        ({"speed": 0}, "speed", "is no speed"),
        ({"speed": -1}, "speed", "is no speed"),
        ({"speed": float("nan")}, "speed", "is no speed"),
        ({"speed": 2, "frozen": 0}, "speed", "a clock that stands has no speed"),
        ({"port": 70_000}, "port", "is no port"),
        ({"seed": "lucky"}, "seed", "is no seed"),
        ({"archives": "/nowhere/at/all"}, "archives", "/nowhere/at/all"),
        ({"python": "/no/python"}, "/no/python", "No such file"),
    ],
)
def test_an_unusable_option_is_named(options: dict[str, Any], culprit: str, words: str) -> None:
    """The error says which option, what is wrong with it, and what to do."""
    with pytest.raises(SandboxError) as caught:
        start(**options)

    assert words in caught.value.message
    assert culprit == caught.value.culprit
    assert caught.value.hint or culprit == "/no/python"


def test_a_port_that_is_taken_is_named() -> None:
    """One clear sentence, with the number."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError) as caught:
            start(port=port)

    assert f"The sandbox exchange did not start: port {port} is already in use." == str(caught.value)
    assert ("port", 2) == (caught.value.culprit, caught.value.details["exit_status"])


def test_a_start_that_takes_too_long_is_given_up() -> None:
    """It is killed, and the error says how long was waited."""
    with pytest.raises(SandboxError, match=r"not ready within 0\.001 seconds"):
        start(ready_within_seconds=0.001)


def run(project_root: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "binance_nb.sandbox", *options],
        cwd=project_root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_alone_it_says_where_it_listens_and_ends_with_ctrl_c(project_root: Path) -> None:
    """A person reads address, keys and clock; Ctrl-C ends it without a traceback; a closed input does not."""
    with run(project_root, "--frozen", FROZEN_AT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdin.close()
        answered = requests.get(f"{first.split()[-1]}/api/v3/ping", timeout=30).status_code
        process.send_signal(signal.SIGINT)
        said, errors = process.stdout.read(), process.stderr.read()

    assert first.startswith("The sandbox exchange (seed 1) listens on http://127.0.0.1:")
    assert keys_of(1)[0].api_key in said
    assert account_keys(1, "second")[0].api_key in said
    assert "/sandbox/faults" in said
    assert (200, "", 0) == (answered, errors, process.returncode)


def test_its_ready_line_is_one_line_of_json(project_root: Path) -> None:
    """Any program can start it, read one line, and let it end by closing the pipe."""
    process = run(project_root, "--json", "--parent-pipe", "--seed", "7", "--speed", "60")
    said, errors = process.communicate("", timeout=60)
    (line,) = said.splitlines()
    ready = json.loads(line)

    assert (60, 7, process.pid) == (ready["clock"]["rate"], ready["seed"], ready["pid"])
    assert ready["url"] == ready["archive_url"] == ready["ws_url"].replace("ws://", "http://")
    assert {"api_key", "secret_key", "read_only", "instance", "archives", "recorded", "accounts"} <= set(ready)
    assert ("", 0) == (errors, process.returncode)


def test_a_module_in_the_users_folder_does_not_get_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A json.py beside the notebook is the user's business, not the sandbox's."""
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(tmp_path)

    process = start(frozen=0)
    process.stop()

    assert process.url.startswith("http://127.0.0.1:")


def test_it_starts_within_a_second_of_work(project_root: Path) -> None:
    """What a start costs the processor: a person waits for nothing else. The best of three: others use its caches."""
    took = []
    for _ in range(3):
        before = os.times()
        with run(project_root, "--json", "--parent-pipe") as process:
            process.communicate("", timeout=60)
        after = os.times()
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)

    assert min(took) < 1.5


def test_the_ready_line_names_every_account(project_root: Path) -> None:
    """With uid and keys: secrets of those that were drawn, none for a registered one."""
    with run(project_root, "--json", "--parent-pipe") as process:
        said, _ = process.communicate("", timeout=60)
    accounts = json.loads(said)["accounts"]

    assert ["main", "second"] == [account["name"] for account in accounts]
    assert 2 == len({account["uid"] for account in accounts})
    for account in accounts:
        assert ["HMAC", "HMAC", "ED25519"] == [key["kind"] for key in account["keys"]]
        assert ["secret_key", "secret_key", "private_key"] == [list(key)[-1] for key in account["keys"]]


def test_a_thread_that_is_slow_to_leave_costs_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the reader of the ready line may still be on its way out when its line has come."""
    run = threading.Thread.run

    def linger(thread: threading.Thread) -> None:
        run(thread)
        threading.Event().wait(0.2)

    monkeypatch.setattr(threading.Thread, "run", linger)

    process = start(seed=1, frozen=FROZEN_AT_MS)

    is_running = process.is_running
    process.stop()
    assert is_running
