"""A Jupyter kernel, as JupyterLab, Notebook 7 and VS Code talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from binance_nb.sandbox.launcher import SandboxProcess

SECONDS = 60
WEIGHT = "of 6,000 used this minute"


@pytest.fixture(scope="module")
def kernel(sandbox: SandboxProcess) -> Iterator[Any]:  # Any: its client is not typed
    """A kernel with the extension, on the sandbox."""
    manager, client = start_new_kernel()
    client.execute_interactive(f"%load_ext binance_nb\n%binance use {sandbox.url}", timeout=SECONDS)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def execute(kernel: Any) -> Callable[[str], list[Any]]:
    """Run a cell, and return all that the kernel said meanwhile."""

    def executed(cell: str) -> list[Any]:
        heard: list[Any] = []
        reply = kernel.execute_interactive(cell, timeout=SECONDS, output_hook=heard.append)
        assert reply["content"]["status"] == "ok", heard
        return heard

    return executed


def widget_texts(messages: list[Any]) -> str:
    return " ".join(str(m["content"]["data"]["state"]) for m in messages if "state" in m["content"].get("data", {}))


def test_the_gauge_moves_while_a_cell_runs(execute: Callable[[str], list[Any]]) -> None:
    """The cell waits for its own widget to change, which nothing but the gauge's thread can do."""
    execute("gauge = %binance gauge\ngauge")
    execute(
        "import time\n"
        "text = gauge.content.children[1].children[1]\n"
        "before, until = text.value, time.monotonic() + 60\n"
        "%binance ping\n"
        "while text.value == before and time.monotonic() < until: time.sleep(0.01)\n"
        "assert text.value != before"
    )


def test_the_gauge_moves_while_the_kernel_is_idle(kernel: Any, execute: Callable[[str], list[Any]]) -> None:
    """A call that is made between two cells shows by itself."""
    execute("gauge = %binance gauge\ngauge")
    execute(
        "import threading\n"
        "from binance_nb.notebook import current_session\n"
        "threading.Timer(2, current_session().ping).start()"  # when this cell is long done
    )
    heard = ""
    while WEIGHT not in heard:
        heard = widget_texts([kernel.get_iopub_msg(timeout=60)])

    assert WEIGHT in heard


def test_after_unloading_no_thread_is_left(execute: Callable[[str], list[Any]]) -> None:
    """Nor does the gauge on the screen change any more."""
    execute("gauge = %binance gauge\ngauge")
    execute("feed = %binance stream BTCUSDT@trade")
    execute("assert gauge.is_following\nassert feed.state.status == 'live'\n%unload_ext binance_nb")
    execute(
        "import threading\n"
        "assert not gauge.is_following\n"
        "for thread in threading.enumerate():\n"
        "    if 'binance_nb' in thread.name: thread.join(30)\n"  # one may be on its way out
        "assert not [thread for thread in threading.enumerate() if 'binance_nb' in thread.name]"
    )
