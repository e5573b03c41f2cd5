"""A cell that is run again does not order again; a loop, another cell, another sandbox do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel

from binance_nb import Session
from binance_nb.notebook import current_session
from binance_nb.trading.accounts import Account
from binance_nb.trading.journal.file import journal_path
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.journal.origins import Origin, current_origin
from tests.trading.journalling import ACCOUNT, intent

Run = Callable[[str], Any]
SANDBOX = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z"
BUY = "%binance new_order BTCUSDT BUY MARKET --quantity 0.001"
ORDER = 'session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.001")'
SESSION = "from binance_nb.notebook import current_session\nsession = current_session()"


@pytest.fixture
def placed(run: Run) -> Callable[[], int]:
    """How many orders the sandbox has executed."""
    run(SANDBOX)
    run(SESSION)

    def count() -> int:
        process = current_session().sandbox
        assert process is not None
        return len(process.log(endpoint="new_order"))

    return count


def test_a_cell_that_is_run_again_shows_its_order(run: Run, placed: Callable[[], int]) -> None:
    """Nothing is sent the second time, and the answer is the order that stands."""
    first, second = run(BUY), run(BUY)

    assert placed() == 1
    assert first.order_id.tolist() == second.order_id.tolist()
    assert "earlier run" in second.attrs["binance"]["outcome"]


def test_again_orders_once_more(run: Run, placed: Callable[[], int]) -> None:
    """It says that it is meant."""
    run(BUY)
    run(f"{BUY} --again")

    assert placed() == 2


def test_a_python_call_is_recognised_like_a_line(run: Run, placed: Callable[[], int]) -> None:
    """Calls come from the cell, whatever they are written in; another cell orders for itself."""
    for cell in (ORDER, ORDER, f"again = {ORDER}"):
        run(cell)

    assert placed() == 2


def test_a_loop_of_three_is_three_orders_and_stays_three(run: Run, placed: Callable[[], int]) -> None:
    """The first run of the loop orders each time, the second not at all; a longer loop the difference."""
    counts = []
    for turns in (3, 3):
        run(f"orders = [{ORDER} for _ in range({turns})]")
        counts.append(placed())

    assert counts == [3, 3]


def test_a_cell_that_was_changed_orders_for_itself(run: Run, placed: Callable[[], int]) -> None:
    """Where there are no ids of cells, what stands in it tells cells apart; blank ends do not."""
    for cell in (BUY, f"{BUY}  \n", f"# once more\n{BUY}"):
        run(cell)

    assert placed() == 2


def test_an_order_that_was_refused_is_placed_by_the_next_run(
    run: Run, fail: Callable[[str], Any], placed: Callable[[], int]
) -> None:
    """Nothing stands that it would double."""
    cell = "%binance new_order BTCUSDT BUY MARKET --quantity $quantity"
    run("quantity = '0.0000001'")
    fail(cell)
    run("quantity = '0.001'")
    run(cell)

    assert placed() == 1


def test_a_cell_that_tries_until_it_works_has_one_order(run: Run, placed: Callable[[], int]) -> None:
    """Also when it is run again."""
    process = current_session().sandbox
    assert process is not None
    cell = f"for _ in range(3):\n    try:\n        {ORDER}\n        break\n    except Exception: pass"
    with process.faults("new_order", kind="429", count=1):
        run(cell)
    run(cell)

    assert sum(call["executed"] for call in process.log(endpoint="new_order")) == 1


def test_a_new_sandbox_is_ordered_from_afresh(run: Run, placed: Callable[[], int]) -> None:
    """Run All on the same seed, frozen at the same moment, starts over."""
    run(BUY)
    first = placed()
    run(SANDBOX)
    run(BUY)

    assert (first, placed()) == (1, 1)


def test_a_cell_of_lines_is_recognised_line_by_line(run: Run, shell: Any, placed: Callable[[], int]) -> None:
    """%%binance places what it says once, with two equal lines twice."""
    line = "new_order BTCUSDT BUY MARKET --quantity 0.001"
    counts = []
    for _ in range(2):
        run(f"%%binance\n{line}\n{line}")
        counts.append(placed())

    assert counts == [2, 2]


def test_threads_of_a_cell_are_the_cell(run: Run, placed: Callable[[], int]) -> None:
    """Four orders at once are four orders, and no more when it is run again, in threads that lived on or not."""
    run("from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(4)")
    counts = []
    for _ in range(2):
        run(f"orders = list(pool.map(lambda _: {ORDER}, range(4)))")
        counts.append(placed())
    run("pool.shutdown()")

    assert counts == [4, 4]


@pytest.mark.parametrize("is_remembered", [False, True])
def test_what_captures_output_is_no_cell_of_its_own(shell: Any, is_remembered: bool) -> None:
    """The person ran one cell; what it runs inside is part of it, whether IPython counts it as a prompt or not."""
    shell.user_ns["origin"] = current_origin
    cell = "a = origin()\n_ = get_ipython().run_cell('b = origin()')\nc = origin()"
    shell.run_cell(cell, store_history=is_remembered).raise_error()
    first = shell.user_ns["a"]
    same = {first, shell.user_ns["b"], shell.user_ns["c"]}
    shell.run_cell(cell, store_history=is_remembered).raise_error()

    assert same == {first}
    assert shell.user_ns["a"].cell == first.cell
    assert shell.user_ns["a"].run != first.run


def test_between_cells_nothing_is_running(shell: Any) -> None:
    """Also after a cell that failed, or could not be read."""
    origins = []
    for cell in ("1", "1/0", "1 +", "", "get_ipython().run_cell('1/0')"):
        shell.run_cell(cell)
        origins.append(current_origin())

    assert origins == [None] * 5


def test_a_thread_that_orders_between_cells_belongs_to_none(shell: Any) -> None:
    """What a bot does while some cell happens to run is no part of that cell."""
    asked, answered = threading.Event(), threading.Event()
    heard: list[Origin | None] = []

    def bot() -> None:
        for _ in range(2):
            asked.wait(60)
            asked.clear()
            heard.append(current_origin())
            answered.set()

    def ask() -> Origin | None:
        answered.clear()
        asked.set()
        assert answered.wait(60)
        return heard[-1]

    thread = threading.Thread(target=bot)
    thread.start()
    ask()
    shell.user_ns.update(ask=ask, origin=current_origin)
    shell.run_cell("bots, cells = ask(), origin()").raise_error()
    thread.join()

    assert shell.user_ns["bots"] is None
    assert shell.user_ns["cells"] is not None


def test_a_thread_that_an_earlier_cell_began_belongs_to_none(run: Run, placed: Callable[[], int]) -> None:
    """Or what a bot orders while the same cell is run again would be taken for its earlier order, and not be sent."""
    run("import threading\ngo, done = threading.Semaphore(0), threading.Semaphore(0)")
    bot = f"while go.acquire():\n        {ORDER}\n        done.release()"
    run(f"def bot():\n    {bot}\nthreading.Thread(target=bot, daemon=True).start()")
    counts = []
    for _ in range(2):
        run("go.release()\ndone.acquire(timeout=60)")
        counts.append(placed())

    assert counts == [1, 2]


async def _asked_by_tasks(shell: Any) -> tuple[Any, Any]:
    """What a task that began before a cell is told, and one that began in it, while the cell waits for them."""
    heard: list[Any] = []
    go = asyncio.Event()

    async def bot() -> None:
        await go.wait()
        heard.append(current_origin())

    shell.user_ns.update(older=asyncio.create_task(bot()), bot=bot, go=go)
    await asyncio.sleep(0)
    cell = "import asyncio\ngo.set()\nawait older\nawait asyncio.create_task(bot())"
    (await shell.run_cell_async(cell, transformed_cell=cell)).raise_error()
    older, own = heard
    return older, own


def test_a_task_that_an_earlier_cell_began_belongs_to_none(shell: Any) -> None:
    """Like a thread; one that the cell began is a part of it."""
    older, own = asyncio.run(_asked_by_tasks(shell))

    assert older is None
    assert own is not None


def test_the_cell_that_loads_the_extension_orders_once(plain_shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is running before anybody could follow it; a terminal remembers what was entered."""
    monkeypatch.setattr(plain_shell.history_manager, "enabled", True)
    plain_shell.user_ns["origin"] = current_origin
    found = []
    for _ in range(2):
        plain_shell.run_cell("%load_ext binance_nb\nfound = origin()", store_history=True).raise_error()
        found.append(plain_shell.user_ns["found"])
        plain_shell.run_cell("%unload_ext binance_nb", store_history=True).raise_error()

    assert found[0].cell == found[1].cell
    assert found[0].run != found[1].run
    assert current_origin() is None


def test_cells_are_followed_without_the_extension(plain_shell: Any) -> None:
    """A session that plain Python opens is as careful: %load_ext is no condition for not ordering twice."""
    plain_shell.run_cell("import binance_nb\nbinance_nb.connect").raise_error()
    plain_shell.user_ns["origin"] = current_origin
    for name in "ab":
        plain_shell.run_cell("found = origin()").raise_error()
        plain_shell.user_ns[name] = plain_shell.user_ns["found"]
    plain_shell.run_cell("%load_ext binance_nb\n%unload_ext binance_nb").raise_error()

    assert plain_shell.user_ns["a"].cell == plain_shell.user_ns["b"].cell
    assert plain_shell.user_ns["a"].run != plain_shell.user_ns["b"].run
    assert current_origin() is None


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:  # Any: its client is not typed
    """A kernel on a sandbox of its own."""
    manager, client = start_new_kernel()
    client.execute_interactive(f"%load_ext binance_nb\n{SANDBOX}\n{SESSION}", timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def execute(kernel: Any) -> Callable[..., str]:
    """Send a cell as JupyterLab does, with its id, and return what it prints."""
    return sent_by(kernel)


def sent_by(kernel: Any) -> Callable[..., str]:
    def executed(code: str, cell_id: str | None = None) -> str:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        metadata = {} if cell_id is None else {"cellId": cell_id}
        message = kernel.session.msg("execute_request", content, metadata=metadata)
        kernel.shell_channel.send(message)
        reply = kernel.get_shell_msg(timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]
        printed = []
        while True:
            heard = kernel.get_iopub_msg(timeout=60)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if heard["msg_type"] == "stream":
                printed.append(heard["content"]["text"])
            if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
                return "".join(printed)

    return executed


COUNT = 'print(len(session.sandbox.log(endpoint="new_order")))'


def test_a_kernel_knows_cells_by_their_ids(execute: Callable[..., str]) -> None:
    """Two cells with the same text are two orders; a cell whose text changed around the same order is one."""
    before = int(execute(COUNT))
    for cell_id in ("one", "one", "two"):
        execute(ORDER, cell_id)
    execute(f"# as said\n{ORDER}", "two")

    assert int(execute(COUNT)) - before == 2


def test_a_kernel_without_ids_knows_cells_by_their_text(execute: Callable[..., str]) -> None:
    """As in VS Code and a terminal; also for code that awaits."""
    before = int(execute(COUNT))
    awaiting = f"import asyncio\nawait asyncio.sleep(0)\n{ORDER}"
    for cell in (f"# first\n{ORDER}", f"# first\n{ORDER}", awaiting, awaiting):
        execute(cell)

    assert int(execute(COUNT)) - before == 2


def test_a_kernel_knows_the_cell_that_loads_the_extension(execute: Callable[..., str]) -> None:
    """Its id came with the request that is being carried out."""
    cell = (
        "from binance_nb.trading.journal.origins import current_origin\n"
        "%reload_ext binance_nb\nprint(current_origin().cell, current_origin().run)"
    )
    said = [execute(cell, "loads").split() for _ in range(2)]
    execute(f"{SANDBOX}\n{SESSION}")

    assert [name for name, _ in said] == ["loads", "loads"]
    assert said[0] != said[1]


def test_a_kernel_that_was_killed_and_started_anew_does_not_order_again(fresh_sandbox: Session) -> None:
    """Restart and Run All, on an exchange that lives on: each cell shows what it ordered, whoever wrote that down."""
    process = fresh_sandbox.sandbox
    assert process is not None
    keys = f'api_key="{process.api_key}", secret_key="{process.secret_key}"'
    connecting = f'import binance_nb\nsession = binance_nb.connect("{process.url}", {keys})'
    shown = []
    for _ in range(2):
        manager, client = start_new_kernel()
        run = sent_by(client)
        run(connecting, "connects")
        shown.append(run(f"print({ORDER}.order_id.tolist())", "orders"))
        manager.shutdown_kernel(now=True)
        client.stop_channels()

    assert shown == ["[1]\n", "[1]\n"]
    assert len(process.log(endpoint="new_order")) == 1


def test_what_a_kernel_does_between_cells_has_no_origin(execute: Callable[..., str]) -> None:
    """A timer of the event loop, as a click on a button, is meant each time."""
    execute(
        "import asyncio\nfrom binance_nb.trading.journal.origins import current_origin\nheard = []\n"
        "timer = asyncio.get_running_loop().call_later(0, lambda: heard.append(current_origin()))"
    )

    assert execute("print(heard)") == "[None]\n"


@pytest.fixture
def left_behind(data_of_its_own: Path) -> Callable[..., None]:
    """A function that writes calls into the journal as an earlier kernel would have left them."""

    def leave(*accounts: Account) -> None:
        with closing(Journal(journal_path())) as journal:
            for account in accounts:
                journal.intend(intent(account=account, kernel="an earlier one"))

    return leave


GONE = replace(ACCOUNT, label="SANDBOX seed 1", is_sandbox=True, url="http://127.0.0.1:9", instance="1/gone")


def test_loading_names_what_an_earlier_kernel_left(
    plain_shell: InteractiveShell, left_behind: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with the line to paste; of sandboxes that are gone there is nothing to say."""
    left_behind(ACCOUNT, ACCOUNT, GONE)
    plain_shell.run_line_magic("load_ext", "binance_nb")
    said = capsys.readouterr().out
    plain_shell.run_line_magic("unload_ext", "binance_nb")

    assert said == "? 2 order calls of other kernels have no outcome known (live): %binance journal --all\n"


def test_loading_says_nothing_where_all_is_known(
    plain_shell: InteractiveShell, left_behind: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor of sandboxes that are gone."""
    left_behind(GONE)
    plain_shell.run_line_magic("load_ext", "binance_nb")
    plain_shell.run_line_magic("unload_ext", "binance_nb")

    assert capsys.readouterr().out == ""


def test_loading_tells_of_a_damaged_journal(
    plain_shell: InteractiveShell, data_of_its_own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first order fails on it."""
    data_of_its_own.mkdir(parents=True)
    journal_path().write_text("no database" * 500)
    plain_shell.run_line_magic("load_ext", "binance_nb")
    plain_shell.run_line_magic("unload_ext", "binance_nb")

    assert capsys.readouterr().out == (
        "✕ The order journal cannot be read, so no order will be sent: %binance journal\n"
    )
