"""``%%binance``: a line a call, answers by name, and a cell that fails with all that failed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher

from binance_nb.errors import BinanceError, CredentialsError, TogetherError, UsageError
from binance_nb.session import Session
from tests.client.scripted import Answer, ScriptedServer
from tests.streams.events import wait_for

Shell = Any  # most of what IPython's shell can do has no types
Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]

SECRET = "a1B2c3D4" * 8


@pytest.fixture
def on_sandbox(run: Run, session: Session) -> Session:
    """Lines go to the sandbox that the tests of this file share, without its keys."""
    assert session.sandbox is not None
    run(f"%binance use {session.sandbox.url}")
    return session


@pytest.fixture
def screen(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> CapturingDisplayPublisher:
    """What was displayed, in order, as in a notebook."""
    publisher = CapturingDisplayPublisher()  # type: ignore[no-untyped-call]  # IPython does not type it
    monkeypatch.setattr(shell, "display_pub", publisher)
    shell.kernel = object()
    return publisher


def shown(screen: CapturingDisplayPublisher) -> list[str]:
    return [output["data"]["text/plain"] for output in screen.outputs]


def labels(error: BinanceError) -> list[str]:
    assert isinstance(error, TogetherError)
    return [label for label, _ in error.failures]


def test_named_lines_become_variables_and_the_cell_a_mapping(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """Lines without a name stand in the mapping alone, by their verbs."""
    answers = run(
        "%%binance market\n"
        "\n"
        "# comments and blank lines are no calls\n"
        "btc = klines BTCUSDT 1h limit=3  # the last hours\n"
        "klines ETHUSDT 1h \\\n"
        "    limit=2\n"
        "klines = %binance klines BNBUSDT 1h limit=1\n"
        "klines SOLUSDT 1h limit=4\n"
    )

    space = shell.user_ns
    assert {name: len(frame) for name, frame in answers.items()} == {
        "btc": 3,
        "klines_2": 2,
        "klines": 1,
        "klines_3": 4,
    }
    assert space["market"] is answers
    assert space["btc"] is answers["btc"]
    assert space["klines"] is answers["klines"]
    assert "klines_2" not in space


def test_a_line_sees_what_one_above_it_assigned(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """As ``$name`` or in an expression; what the variable held before does not count."""
    run("btc, end = None, '2024-06-01 11:00'")
    run("%%binance\nbtc = klines BTCUSDT 1h limit=4\nnear = klines ETHUSDT 1h --start {btc.index[0]} --end $end")

    assert list(shell.user_ns["near"].index) == list(shell.user_ns["btc"].index[:2])


def test_a_line_that_uses_its_own_name_means_the_former_value(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """As in Python."""
    run("s = 'ETHUSDT'")
    run("%%binance\ns = klines $s 1h limit=1")

    assert shell.user_ns["s"].attrs["binance"]["parameters"]["symbol"] == "ETHUSDT"


def test_an_expression_is_worked_out_once(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """Although lines are checked before they are sent."""
    run("sizes = [3, 2, 1]")
    run("%%binance\na = klines BTCUSDT 1h limit={sizes.pop()}\nb = klines BTCUSDT 1h limit={len(a) + sizes.pop()}")

    assert (shell.user_ns["sizes"], len(shell.user_ns["b"])) == ([3], 3)


def test_the_cell_shows_a_line_for_each_call(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """Name, call, rows, span and outcome, and no frames."""
    answers = run("%%binance\nday = klines BTCUSDT 1h --start 2024-05-31 --end 2024-06-01\ntime")
    text = shell.display_formatter.format(answers)[0]["text/plain"]

    place = on_sandbox.environment.url.removeprefix("http://")
    assert text.splitlines() == [
        f"2 calls: done · weight 3 · {place}",
        "    name  state   rows  span                      weight  call",
        "    day   ✓ done  24    2024-05-31 00:00 – 23:00  2       klines BTCUSDT 1h --start 2024-05-31 --…",
        "    time  ✓ done  1                               1       time",
    ]


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("x = klins BTCUSDT 1h", "x = klines BTCUSDT 1h"),
        ("x = klines BTCUSDT 1hour", "x = klines BTCUSDT 1h"),
        ("klines BTCUSDT 1h limit=5000", "klines BTCUSDT 1h limit=1000"),
        ("klines $ok 1hour", "klines $ok 1h"),
        ("klines {ok.index[0} 1h", None),
        ("klines $nope 1h", None),
        ("klines {len(nope) + len(ok)} 1h --limt 5", "klines {len(nope) + len(ok)} 1h --limit 5"),
        ("depth BTCUSDT --dry-run", "%binance depth BTCUSDT --dry-run"),
        ("depth --help", "%binance depth --help"),
        ("status", "%binance status"),
        ("x = use sandbox", "%binance use sandbox"),
        ("use market", "%binance use market"),
        ("x =", None),
        ("a, b = time", None),
        ("class = time", None),
        ("ok = time", None),
        ("all = time", None),
        ("account --env market", "%binance use sandbox"),
        ("time --env nowhere", None),
        ("time --env $ok", None),
        ("time --env", None),
        ("klines BTCUSDT 1h --start -1d --max-rows many", None),
    ],
)
def test_nothing_is_sent_when_a_line_is_wrong(
    run: Run, fail: Fail, on_sandbox: Session, shell: Shell, line: str, suggestion: str | None
) -> None:
    """The line is named, and put right where that can be; the good one above it has not run."""
    run("ok = 'before'")
    used = on_sandbox.status()["weight_used"]

    error = fail(f"%%binance all\nok = klines BTCUSDT 1h limit=1\n{line}")

    assert isinstance(error, TogetherError)
    assert error.message == "1 of 2 lines is wrong: nothing was sent."
    assert labels(error) == [f"line 3: {line}"]
    assert error.failures[0][1].suggestion == suggestion
    assert (shell.user_ns["ok"], "all" in shell.user_ns) == ("before", False)
    assert on_sandbox.status()["weight_used"] == used


@pytest.mark.parametrize("use", ["$y2", "{len(y2)}", "{y2.index[0]}"])
def test_a_line_that_uses_what_stands_below_it_is_told_where(fail: Fail, on_sandbox: Session, use: str) -> None:
    """Instead of that nobody defined it."""
    error = fail(f"%%binance\ny = depth BTCUSDT limit={use}\n\ny2 = klines BTCUSDT 1h limit=5")

    [(label, why)] = error.failures if isinstance(error, TogetherError) else []
    assert label.startswith("line 2: y = depth")
    assert why.message == "y2 is not there yet: line 4 assigns it, further down."
    assert why.hint == "A line can use the answers of those above it: move line 4 up."


def test_a_name_of_an_expressions_own_is_not_taken_for_one_below(run: Run, on_sandbox: Session) -> None:
    """A comprehension may call its variable as it likes."""
    answers = run("%%binance\na = klines BTCUSDT 1h limit={max(b for b in [1, 2])}\nb = time")

    assert len(answers["a"]) == 2


def test_all_wrong_lines_are_named_at_once(fail: Fail, on_sandbox: Session) -> None:
    """Whether the verb, a value or the name is wrong."""
    error = fail("%%binance\na = klins BTCUSDT 1h\nb = klines BTCUSDT 1x\nc = time\nc = depth BTCUSDT\ntime 1")

    assert [label.partition(":")[0] for label in labels(error)] == ["line 2", "line 3", "line 5", "line 6"]


@pytest.mark.parametrize("header", ["a b", "klines BTCUSDT 1h", "--raw", "status", "$x", "class", "1a"])
def test_behind_the_magic_stands_one_name_or_none(fail: Fail, header: str) -> None:
    """Whoever writes a call there is told where it belongs."""
    error = fail(f"%%binance {header}\ntime")

    assert type(error) is UsageError


def test_a_cell_of_comments_runs_nothing(fail: Fail) -> None:
    """And says so."""
    assert "There is no line to run" in str(fail("%%binance\n# time\n"))


def test_what_arrived_is_kept_and_the_cell_fails(
    run: Run, fail: Fail, on_sandbox: Session, shell: Shell, screen: CapturingDisplayPublisher
) -> None:
    """One error names each failed line; the table and a card for each are shown, and once more on request."""
    error = fail("%%binance all\nbtc = klines BTCUSDT 1h limit=1\nbad = klines BTCUSD 1h\nworse = avg_price ETHUSD\n")
    table, card = shown(screen)

    assert labels(error) == ["line 3: bad = klines BTCUSD 1h", "line 4: worse = avg_price ETHUSD"]
    assert "try: bad = klines BTCUSDT 1h" in "\n".join(error._render_traceback_())
    assert list(shell.user_ns["all"]) == ["btc"]
    assert len(shell.user_ns["btc"]) == 1
    assert "bad" not in shell.user_ns
    assert "3 calls: 1 done, 2 failed" in table
    assert ("line 3: bad = klines BTCUSD 1h" in card, "line 4: worse = avg_price ETHUSD" in card) == (True, True)
    assert repr(run("%binance lasterror")) == card


def test_an_interrupt_keeps_what_arrived(shell: Shell, run: Run, screen: CapturingDisplayPublisher) -> None:
    """It is assigned, the table is shown, and the cell ends as interrupted."""
    second = threading.Event()

    class Server(ScriptedServer):
        def serve(self, handler: Any) -> None:
            """Interrupt when the second request is there."""
            if "avgPrice" in handler.path:
                second.wait(30)
                os.kill(os.getpid(), signal.SIGINT)
            super().serve(handler)
            second.set()

    with Server(Answer(body=b'{"serverTime":1717243200000}'), Answer(hangs=True)) as server:
        run(f"%binance use {server.url}")
        error: Any = shell.run_cell(
            "%%binance all\na = time\nb = avg_price BTCUSDT\nc = depth BTCUSDT --limit {len(b)}"
        ).error_in_exec
        wait_for(lambda: len(server.heard) == 2)  # its thread interrupts before it writes down what it heard
        heard = [each.path for each in server.heard]

    assert isinstance(error, KeyboardInterrupt)
    assert list(shell.user_ns["all"]) == ["a"]
    assert len(shell.user_ns["a"]) == 1
    assert heard == ["/api/v3/time", "/api/v3/avgPrice"]
    assert "3 calls: 1 done, 1 skipped, 1 interrupted" in shown(screen)[0]
    render: Any = getattr(error, "_render_traceback_", None)
    assert render() == [
        "KeyboardInterrupt: stopped.",
        "  What had come is kept: the table above shows it.",
    ]


@pytest.mark.parametrize(
    "cell", [f"%%binance {SECRET}\ntime", f"%%binance\nx = klines {SECRET} 1h", "%%binance\ntime --secret short"]
)
def test_a_key_in_a_cell_is_refused_and_not_repeated(fail: Fail, run: Run, cell: str) -> None:
    """Neither in the error nor on its card."""
    error = fail(cell)

    said = f"{error} {run('%binance lasterror')!r}"
    why = error.failures[0][1] if isinstance(error, TogetherError) else error
    assert isinstance(why, CredentialsError)
    assert SECRET not in said


@pytest.mark.parametrize(
    "cell",
    [
        "%binance secret=short-one",
        "%%binance api_key=short-one\ntime",
        "%%binance\nsecret = short-one",
        "%%binance\nBINANCE_API_KEY='short-one'",
        "%%binance\nkeys mine short-one",
        "%%binance\nx = keys --env live short-one",
    ],
)
def test_what_is_given_as_a_key_is_not_repeated_either(fail: Fail, run: Run, cell: str) -> None:
    """However short it is, and wherever on the line it is given a name."""
    error = fail(cell)

    said = f"{error} {error.suggestion} {run('%binance lasterror')!r}"
    why = error.failures[0][1] if isinstance(error, TogetherError) else error
    assert isinstance(why, CredentialsError)
    assert "short-one" not in said


def test_an_answer_may_be_called_keys(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """Only the verb of that name takes what nobody may see."""
    run("%%binance\nkeys = klines BTCUSDT 1h limit=2")

    assert len(shell.user_ns["keys"]) == 2


def test_a_cell_of_calls_goes_nowhere(fail: Fail, on_sandbox: Session, run: Run) -> None:
    """Else one of which nothing was sent would still have moved whoever ran it; the line to paste goes there."""
    error = fail("%%binance\nuse market\ndepth BTCUSD limit=99999")

    assert labels(error) == ["line 2: use market", "line 3: depth BTCUSD limit=99999"]
    assert "try: %binance use market" in str(error)
    assert on_sandbox.environment.url in repr(run("%binance status"))


def test_one_line_can_go_elsewhere(run: Run, on_sandbox: Session, fresh_sandbox: Session, shell: Shell) -> None:
    """A cell's line as well as a single one; the lines beside it stay."""
    assert fresh_sandbox.sandbox is not None
    run(f"there = {fresh_sandbox.sandbox.url!r}")

    alone = run("%binance depth BTCUSDT limit=5 --env $there")
    answers = run("%%binance\nhere = time\nthere = depth BTCUSDT limit=5 --env $there")

    host = fresh_sandbox.environment.host
    assert {alone.attrs["binance"]["environment"], answers["there"].attrs["binance"]["environment"]} == {host}
    assert answers["here"].attrs["binance"]["environment"] != host
    assert fresh_sandbox.sandbox.is_running
    assert on_sandbox.environment.url in repr(run("%binance status"))


def test_a_line_for_elsewhere_shows_its_request_without_sending(run: Run, on_sandbox: Session) -> None:
    """With the address it would go to."""
    assert "https://testnet.binance.vision/api/v3/depth" in repr(run("%binance depth BTCUSDT --env testnet --dry-run"))


def test_a_line_never_falls_back_to_where_one_stands(
    fail: Fail, on_sandbox: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key for the place it names it fails."""
    for name in ("API_KEY", "SECRET_KEY", "PRIVATE_KEY"):
        monkeypatch.delenv(f"BINANCE_TESTNET_{name}", raising=False)

    error = fail("%binance account --env testnet")

    assert isinstance(error, CredentialsError)
    assert "testnet has none" in str(error)


def test_the_sandbox_for_one_line_is_the_one_that_was_used(run: Run, shell: Shell) -> None:
    """The open one; once it was left, one like it, which stays for the next line."""
    run("%binance use sandbox --seed 6 --frozen 2024-06-01T12:00:00Z")
    magics = shell.magics_manager.registry["BinanceMagics"]
    process = magics.session.sandbox
    run("%binance time --env sandbox")
    is_same = magics.session.sandbox is process
    run("%binance use market")
    first = run("%binance time --env sandbox")
    second = run("%binance exchange_info BTCUSDT --env sandbox")

    assert is_same
    assert {frame.attrs["binance"]["environment"] for frame in (first, second)} == {
        "SANDBOX seed 6, clock stands at 2024-06-01 12:00:00 UTC"
    }
    assert repr(run("%binance")).startswith("market")


def test_unloading_takes_the_cell_magic_and_its_table_away(shell: Shell, run: Run, on_sandbox: Session) -> None:
    """Nothing of it stays, and loading brings it back."""
    answers = run("%%binance\ntime")
    shell.run_line_magic("unload_ext", "binance_nb")
    has_magic = shell.find_cell_magic("binance") is not None
    plain = shell.display_formatter.format(answers)[0]
    shell.run_line_magic("load_ext", "binance_nb")

    assert not has_magic
    assert plain == {"text/plain": "Answers(time: done)"}
    assert shell.find_cell_magic("binance") is not None
