from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from binance_nb.errors import BinanceError, CredentialsError, UsageError
from binance_nb.session import Session

Shell = Any  # most of what IPython's shell can do has no types

Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]

SECRET = "a1B2c3D4" * 8
_IN_BERLIN = "klines BTCUSDT 1h --start '2024-01-01 Europe/Berlin'"


@pytest.fixture
def on_sandbox(run: Run, session: Session) -> Session:
    """Lines go to the sandbox that the tests of this file share, without its keys."""
    sandbox = session.sandbox
    assert sandbox is not None
    run(f"%binance use {sandbox.url}")
    return session


def test_a_line_gives_a_frame(run: Run, on_sandbox: Session) -> None:
    """The same frame as the session's method."""
    expected = on_sandbox.klines("BTCUSDT", "1h", limit=3)

    frame = run("%binance klines BTCUSDT 1h limit=3")

    pd.testing.assert_frame_equal(frame, expected)


def test_a_line_can_be_assigned_and_stands_anywhere(run: Run, on_sandbox: Session, shell: Shell) -> None:
    """In a loop, in a function with its own variables, in a comprehension of Python values."""
    run(
        "def last(symbol):\n"
        "    n = 1\n"
        "    df = %binance klines $symbol 1h limit={n + 1}\n"
        "    return df\n"
        "sizes = {}\n"
        "for symbol in ['BTCUSDT', 'ETHUSDT']:\n"
        "    sizes[symbol] = len(last(symbol))\n"
    )

    assert shell.user_ns["sizes"] == {"BTCUSDT": 2, "ETHUSDT": 2}


def test_raw_gives_the_decoded_answer(run: Run, on_sandbox: Session) -> None:
    """A list of lists, as the exchange sends it."""
    answer = run("%binance klines BTCUSDT 1h limit=2 --raw")

    assert [len(row) for row in answer] == [12, 12]


def test_objects_reach_the_call_as_they_are(run: Run, on_sandbox: Session) -> None:
    """A Timestamp needs no text."""
    frame = run(
        "import pandas as pd\n"
        "start = pd.Timestamp('2024-06-01T09:00Z')\n"
        "%binance klines BTCUSDT 1h --start $start --end {start + pd.Timedelta('2h')}"
    )

    assert list(frame.index.strftime("%H:%M")) == ["09:00", "10:00"]


def test_a_dry_run_sends_nothing(run: Run, on_sandbox: Session) -> None:
    """It shows the request instead; a missing sandbox would not be noticed."""
    before = on_sandbox.status()["weight_used"]

    sheet = run("%binance depth BTCUSDT limit=5 --dry-run")

    assert "/api/v3/depth?symbol=BTCUSDT&limit=5" in repr(sheet)
    assert on_sandbox.status()["weight_used"] == before


def test_a_line_without_a_verb_shows_where_you_stand(run: Run, on_sandbox: Session) -> None:
    """As ``status`` does."""
    assert repr(run("%binance")) == repr(run("%binance status"))
    assert on_sandbox.environment.url in repr(run("%binance"))


@pytest.mark.parametrize("line", ["help klines", "klines --help", "help verb=klines"])
def test_help_on_a_verb(run: Run, line: str) -> None:
    """With its example."""
    assert "%binance klines BTCUSDT 1h" in repr(run(f"%binance {line}"))


@pytest.mark.parametrize("line", ["help", "--help status", "help use", "help help"])
def test_help_in_general(run: Run, fail: Fail, line: str) -> None:
    """On all verbs and on our own; an option is no verb."""
    if line.startswith("--"):
        assert fail(f"%binance {line}").suggestion == "%binance help status"
    else:
        assert "%binance" in repr(run(f"%binance {line}"))


@pytest.mark.parametrize(
    ("line", "culprit", "suggestion"),
    [
        ("kline BTCUSDT 1h", "kline", "klines BTCUSDT 1h"),
        ("aggTrades BTCUSDT", "aggTrades", "agg_trades BTCUSDT"),
        ("xyzzy", "xyzzy", "help"),
        ("help kline", "kline", "help klines"),
        ("klines BTCUSDT 1hour", "1hour", "klines BTCUSDT 1h"),
        ("klines btc/usdt 1h", "btc/usdt", "klines BTCUSDT 1h"),
        ("klines BTCUSDT 1h limit=5000", "5000", "klines BTCUSDT 1h limit=1000"),
        ("klines BTCUSDT 1h --limt=5", "--limt", "klines BTCUSDT 1h --limit=5"),
        ("klines 'BTCUSDT 1h", "'BTCUSDT 1h", None),
        ("klines {1 + 1h", "{1 + 1h", None),
        ("klines BTCUSDT 1h; df", ";", "klines BTCUSDT 1h"),
        ("klines $nope 1h", "$nope", None),
        ("klines BTCUSDT 1h --start 2024-02-01 --end 2024-01-01", "2024-02-01", None),
        ("klines BTCUSDT 1h --max-rows many", "many", None),
        ("use nowhere", "nowhere", None),
        ("use sandbox --seed one", "one", None),
        ("use sandbox --sed 1", "--sed", "use sandbox --seed 1"),
        ("use market --seed 1", "seed", "use sandbox"),
        ("status now", "now", None),
        ("klines", "symbol", "klines BTCUSDT 1h"),
        ("klines interval=1d  # mine", "symbol", "klines interval=1d BTCUSDT"),
        ("klines BTCUSDT --raw", "interval", "klines BTCUSDT --raw 1h"),
        ("new_order BTCUSDT BUY", "type", None),
        (
            "new_order BTCUSDT BUY LIMIT price=1 quantity=2",
            "time_in_force",
            "new_order BTCUSDT BUY LIMIT price=1 quantity=2 --time-in-force GTC",
        ),
        ("klines BTCUSDT 1h --start '2024-01-01 Europe/Berln'", "Europe/Berln", _IN_BERLIN),
    ],
)
def test_a_bad_line_names_its_culprit_and_offers_the_line_put_right(
    fail: Fail, line: str, culprit: str, suggestion: str | None
) -> None:
    """All of it before anything is sent."""
    error = fail(f"%binance {line}")

    expected = None if suggestion is None else f"%binance {suggestion}"
    assert (type(error), error.culprit, error.suggestion) == (UsageError, culprit, expected)


def test_an_unknown_symbol_gets_the_nearest_that_exists(fail: Fail, on_sandbox: Session) -> None:
    """The exchange's own answer, with the list it publishes."""
    error = fail("%binance klines BTCUSD 1h limit=5")

    assert (error.code, error.culprit, error.suggestion) == (-1121, "BTCUSD", "%binance klines BTCUSDT 1h limit=5")


@pytest.mark.parametrize(
    "line",
    [
        f"keys {SECRET}",
        "keys short",
        "keys --env short",
        "keys --env live short",
        f"use testnet --api-key {SECRET}",
        "use testnet api_key=short",
        f"klines {SECRET} 1h",
        f"klines 'BTCUSDT {SECRET}",
        f'klines BTCUSDT --limt "{SECRET}',
        "use testnet --secret mine",
    ],
)
def test_a_key_on_a_line_is_refused_and_not_repeated(fail: Fail, run: Run, line: str) -> None:
    """Neither the error nor its card, which shows the line of the cell, repeats any of it."""
    error = fail(f"%binance {line}")

    said = " ".join(map(str, [error, error.hint, error.suggestion, error.culprit, error.details]))
    said += repr(run("%binance lasterror"))
    assert isinstance(error, CredentialsError)
    assert [word for word in (SECRET, "short", "mine") if word in said] == []


def test_words_about_keys_are_no_keys(run: Run) -> None:
    """Help on ``keys`` is allowed."""
    assert "Asks for an API key" in repr(run("%binance help keys"))


def test_an_error_can_be_caught(run: Run, shell: Shell) -> None:
    """Errors are raised, never printed away."""
    run("try:\n    %binance klins X\nexcept ValueError as error:\n    caught = error.culprit\n")

    assert shell.user_ns["caught"] == "klins"


def test_the_last_error_can_be_seen_again(run: Run, fail: Fail) -> None:
    """Its card, with the line of the cell."""
    nothing = repr(run("%binance lasterror"))
    fail("\n\nx = 1\n%binance klins X")

    card = repr(run("%binance lasterror"))

    assert nothing == "No error so far."
    assert "in the cell  line 4: %binance klins X" in card


def test_an_interrupt_passes_without_our_insides(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """The cell ends with KeyboardInterrupt and says what is kept, and the next line works."""
    shell.run_cell("def stop():\n    raise KeyboardInterrupt")
    error = shell.run_cell("%binance klines {stop()} 1h").error_in_exec
    shown = capsys.readouterr().out

    after: Any = shell.run_cell("%binance help")

    assert isinstance(error, KeyboardInterrupt)
    assert shown.splitlines() == ["KeyboardInterrupt: stopped.", "  Of this line nothing is kept."]
    assert after.success


def test_who_wants_whole_tracebacks_gets_one_of_an_interrupt(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """As of errors."""
    shell.run_cell("%config BinanceMagics.full_tracebacks = True\ndef stop():\n    raise KeyboardInterrupt")
    shell.run_cell("%binance klines {stop()} 1h")

    assert "Traceback (most recent call last)" in capsys.readouterr().out


def test_the_magic_explains_itself(shell: Shell) -> None:
    """``%binance?`` shows how a line looks."""
    assert "%binance help" in (shell.find_line_magic("binance").__doc__ or "")
