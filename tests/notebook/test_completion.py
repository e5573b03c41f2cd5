from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from binance_nb import Call, Session, connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.notebook import current_session
from binance_nb.notebook.completion import Completion
from tests.notebook.completing import IS_NEW, after_completing, types_of

Shell = Any  # most of what IPython's shell can do has no types
Ask = Callable[[str], list[str]]

needs_new = pytest.mark.skipif(not IS_NEW, reason="IPython before 8.6 knows neither types nor the lines of a cell")
NOWHERE = "http://127.0.0.1:1"
QUOTES = ("USDT", "BTC", "FDUSD")


def exchange_info(names: list[str]) -> bytes:
    quoted = [(name, next(quote for quote in QUOTES if name.endswith(quote))) for name in names]
    return json.dumps({"symbols": [{"symbol": name, "quoteAsset": quote} for name, quote in quoted]}).encode()


def hear_of(session: Session, *names: str) -> None:
    """Let an exchange_info with these symbols pass by."""
    client = session.client
    client.symbols.learn(ENDPOINTS["exchange_info"], {}, exchange_info(list(names)))


@pytest.fixture
def listed(shell: Shell, capsys: pytest.CaptureFixture[str]) -> Session:
    """Lines go where nobody answers, and an exchange_info with a few symbols has passed by."""
    shell.run_cell(f"%binance use {NOWHERE}").raise_error()
    hear_of(current_session(), "BTCUSDT", "ETHUSDT", "ETHBTC", "BNBUSDT")
    return current_session()


@pytest.fixture
def ask(shell: Shell) -> Ask:
    """The texts after each proposal."""
    return lambda text: after_completing(shell, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%binance kl|", ["%binance klines"]),
        ("%binance statu|", ["%binance status"]),
        ("    df = %binance kl|", ["    df = %binance klines"]),
        ("%time df = %binance kl|", ["%time df = %binance klines"]),
        ("%binance klines BT|", ["%binance klines BTCUSDT"]),
        ("%binance klines bt| 1h --start -30d", ["%binance klines BTCUSDT 1h --start -30d"]),
        ("%binance klines BTC/U|", ["%binance klines BTCUSDT"]),
        ("%binance klines 'BT|'", ["%binance klines 'BTCUSDT'"]),
        ("%binance klines BTC|SDT", ["%binance klines BTCUSDT"]),
        ("%binance kl|nes BTCUSDT", ["%binance klines BTCUSDT"]),
        ("%binance depth symbol=BT|", ["%binance depth symbol=BTCUSDT"]),
        ("%binance ticker_price symbols=BTCUSDT,ETHU|", ["%binance ticker_price symbols=BTCUSDT,ETHUSDT"]),
        ("%binance ticker_price --symbols BTCUSDT,B|", ["%binance ticker_price --symbols BTCUSDT,BNBUSDT"]),
        ('%binance ticker_price symbols=["BTCUSDT","BN|', ['%binance ticker_price symbols=["BTCUSDT","BNBUSDT']),
        ("%binance klines BTCUSDT 1h --st|", [f"%binance klines BTCUSDT 1h --start{more}" for more in ("", "-time")]),
        ("%binance klines BTCUSDT 1h --start_t|", ["%binance klines BTCUSDT 1h --start-time"]),
        (
            "%binance klines BTCUSDT 1h startT|",
            ["%binance klines BTCUSDT 1h --start-time", "%binance klines BTCUSDT 1h startTime="],
        ),
        ("%binance klines BTCUSDT 1M|", ["%binance klines BTCUSDT 1M"]),
        ("%binance new_order BTCUSDT b|", ["%binance new_order BTCUSDT BUY"]),
        (
            "%binance new_order BTCUSDT BUY LIMIT timeInForce=g|",
            ["%binance new_order BTCUSDT BUY LIMIT timeInForce=GTC"],
        ),
        ("%binance klines BTCUSDT 1h --start ye|", ["%binance klines BTCUSDT 1h --start yesterday"]),
        (
            "%binance klines BTCUSDT 1h --start -36|",
            [f"%binance klines BTCUSDT 1h --start -36{unit}" for unit in "dhwmMy"],
        ),
        ("%binance klines BTCUSDT 1h --exact=t|", ["%binance klines BTCUSDT 1h --exact=true"]),
        ("%binance klines BTCUSDT 1h --tz Europe/Berl|", ["%binance klines BTCUSDT 1h --tz Europe/Berlin"]),
        ("%binance use te|", ["%binance use testnet"]),
        ("%binance use sandbox --fr|", ["%binance use sandbox --frozen"]),
        ("%binance use sandbox --frozen yes|", ["%binance use sandbox --frozen yesterday"]),
        ("%binance help ui|", ["%binance help ui_klines"]),
        ("%binance depth BTCUSDT --limit 5|", ["%binance depth BTCUSDT --limit 5000"]),
    ],
)
def test_a_line_is_completed_in_place(ask: Ask, listed: Session, text: str, expected: list[str]) -> None:
    """The word at the cursor is replaced, and what stands around it stays."""
    assert expected == ask(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('session.klines("BT|")', ['session.klines("BTCUSDT")']),
        ("session.klines('BTCUSDT', interval='12|')", ["session.klines('BTCUSDT', interval='12h')"]),
        (
            'df = session.klines("BTCUSDT", "3|',
            [f'df = session.klines("BTCUSDT", "3{unit}' for unit in ("m", "0m", "d")],
        ),
        ('session.klines("BTCUSDT", inter|', ['session.klines("BTCUSDT", interval=']),
        (
            'session.klines("BTCUSDT", "1h", start="-7|',
            [f'session.klines("BTCUSDT", "1h", start="-7{u}' for u in "dhwmMy"],
        ),
        ('session.ticker_price(symbols=["BTCUSDT", "BN|"])', ['session.ticker_price(symbols=["BTCUSDT", "BNBUSDT"])']),
        ('session.ticker_price(symbols="BTCUSDT,BN|")', ['session.ticker_price(symbols="BTCUSDT,BNBUSDT")']),
        ('print(len(session.depth("BN|', ['print(len(session.depth("BNBUSDT']),
        ('session.klines(str("BTCUSDT"), "12|")', ['session.klines(str("BTCUSDT"), "12h")']),
        (
            "# (it's\nprint('(', \"it's\")\nsession.depth('BN|",
            ["# (it's\nprint('(', \"it's\")\nsession.depth('BNBUSDT"],
        ),
        ("%time (it's\nsession.depth('BN|", ["%time (it's\nsession.depth('BNBUSDT"]),
        ('session.depth("""BN|', []),
        ("session.depth(*names, 'BN|", []),
        ("session.depth('BTCUSDT', symbol='BN|", []),
        ("session.depth('BT' + 'BN|", []),
        ('session.call("kl|")', ['session.call("klines")']),
        ('session.call("klines", symbol="BN|")', ['session.call("klines", symbol="BNBUSDT")']),
        ('session.plan("klines", inter|', ['session.plan("klines", interval=']),
        ('session.client.call("depth", symbol="BN|")', ['session.client.call("depth", symbol="BNBUSDT")']),
        ('session.together({"a": Call("kl|', ['session.together({"a": Call("klines']),
        ('session.together([Call("klines", "BTCUSDT", "12|', ['session.together([Call("klines", "BTCUSDT", "12h']),
        ('Call("klines", symbol="BTCUSDT", inter|', ['Call("klines", symbol="BTCUSDT", interval=']),
        ('connect("te|")', ['connect("testnet")']),
        ('binance_nb.connect("te|")', ['binance_nb.connect("testnet")']),
        ('connect("sandbox", froz|', ['connect("sandbox", frozen=']),
        ('connect("sandbox", frozen="yes|', ['connect("sandbox", frozen="yesterday']),
    ],
)
def test_a_python_call_is_completed_in_place(shell: Shell, text: str, expected: list[str]) -> None:
    """Of a session, its client, and connect: values in quotes, and names of arguments."""
    with connect(NOWHERE) as session:
        hear_of(session, "BTCUSDT", "BNBUSDT")
        shell.push({"session": session, "connect": connect, "Call": Call})
        shell.run_cell("import binance_nb").raise_error()

        found = after_completing(shell, text)

    assert expected == found


def test_a_value_that_is_not_begun_is_proposed_with_its_quotes(shell: Shell) -> None:
    """What follows the = of an argument, then the person's own variables."""
    shell.push({"session": connect(NOWHERE), "mine": 1})

    flags = after_completing(shell, "session.account(omit_zero_balances=|")
    sides = after_completing(shell, 'session.new_order("BTCUSDT", side=|')

    assert flags[:2] == [f"session.account(omit_zero_balances={word}" for word in ("True", "False")]
    assert sides[:3] == [f'session.new_order("BTCUSDT", side={word}' for word in ('"BUY"', '"SELL"', "mine")]


@needs_new
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%%binance\nbtc = kl|\ndepth BTCUSDT", "%%binance\nbtc = klines\ndepth BTCUSDT"),
        ("\n%%binance\n  kl|", "\n%%binance\n  klines"),
        ("%%binance\n%binance kl|", "%%binance\n%binance klines"),
        ("%%binance\ndepth ETHB|", "%%binance\ndepth ETHBTC"),
        (
            "%%binance\nbtc = klines BTCUSDT 1h\ndepth {x} limit=$bt|",
            "%%binance\nbtc = klines BTCUSDT 1h\ndepth {x} limit=$btc",
        ),
        ("%binance klines BTCUSDT \\\n  1h --tim|=us", None),
        ("%binance klines BTCUSDT \\\n  1h --time-u|", "%binance klines BTCUSDT \\\n  1h --time-unit"),
    ],
)
def test_a_line_of_several_is_completed(ask: Ask, listed: Session, text: str, expected: str | None) -> None:
    """In the body of a cell of ours each line is one; a backslash continues a line."""
    assert ([] if expected is None else [expected]) == [line for line in ask(text) if line != text.replace("|", "")]


@needs_new
def test_what_a_cell_refuses_is_not_proposed_in_it(shell: Shell) -> None:
    """None of our own verbs makes a call, and no option may keep from it."""
    assert not {"use", "status", "help"} & set(types_of(shell, "%%binance\n|"))
    assert not {"--plan", "--dry-run"} & set(types_of(shell, "%%binance\nklines BTCUSDT 1h --|"))


@needs_new
def test_what_is_proposed_says_what_it_is(shell: Shell, listed: Session) -> None:
    """A frontend shows the type as a badge."""
    shell.push({"start": datetime(2024, 1, 1, tzinfo=UTC)})

    types = {
        **types_of(shell, "%binance kl|"),
        **types_of(shell, "%binance klines BT|"),
        **types_of(shell, "%binance klines BTCUSDT 1w|"),
        **types_of(shell, "%binance klines BTCUSDT 1h --exa|"),
        **types_of(shell, "%binance new_order BTCUSDT BU|"),
        **types_of(shell, "%binance klines BTCUSDT 1h --start yes|"),
        **types_of(shell, "%binance klines BTCUSDT 1h --start $|"),
        **types_of(shell, "%binance use demo|"),
    }

    assert types == {
        "klines": "verb",
        "BTCUSDT": "symbol",
        "1w": "interval",
        "--exact": "option",
        "BUY": "enum",
        "yesterday": "time",
        "$start": "variable",
        "demo": "environment",
    }


@needs_new
def test_where_nothing_can_be_proposed_the_badge_says_what_is_wanted(shell: Shell) -> None:
    """What is there already is proposed, so that no file name is."""
    assert types_of(shell, "%binance new_order BTCUSDT BUY LIMIT --price 60|") == {"60": "number"}
    assert types_of(shell, "%binance eject |") == {"": "nothing more"}
    assert types_of(shell, "%binance klins BT|") == {"BT": "unknown verb"}


def test_variables_that_fit_are_proposed(shell: Shell, ask: Ask) -> None:
    """A symbol is text in capitals, a time can be read as one, a quantity is a number."""
    values = {"pair": "BTCUSDT", "when": "2024-01-01", "ms": 1717243200000, "few": 5, "note": "a b", "_own": "BTCUSDT"}
    shell.push({**values, "day": datetime(2024, 1, 1, tzinfo=UTC), "several": ["BTCUSDT", "ETHUSDT"], "tool": print})

    def names(text: str) -> set[str]:
        return {line.rpartition("$")[2] for line in ask(text)} - {""}

    assert names("%binance depth $|") == {"pair"}
    assert names("%binance ticker_price symbols=$|") == {"pair", "several"}
    assert names("%binance klines BTCUSDT 1h --start $|") == {"when", "ms", "day"}
    assert names("%binance depth BTCUSDT limit=$|") == {"few", "ms"}
    assert names("%binance klines BTCUSDT 1h --tz $|") == set()
    assert "tool" not in names("%binance depth BTC$|")


def test_what_is_needed_comes_first(ask: Ask, listed: Session) -> None:
    """A limit order needs three more, whatever else it may have."""
    found = ask("%binance new_order BTCUSDT BUY LIMIT |")

    assert [line.split()[-1] for line in found[:3]] == ["--time-in-force", "--quantity", "--price"]


def test_what_is_given_or_shut_out_is_not_proposed_again(ask: Ask, listed: Session) -> None:
    """Neither --start twice, nor symbols beside a symbol."""
    options = {line.split()[-1] for line in ask("%binance klines BTCUSDT 1h --start -7d --|")}
    of_one = {line.split()[-1] for line in ask("%binance ticker_price BTCUSDT --|")}

    assert not options & {"--start", "--symbol", "--interval"}
    assert "--symbols" not in of_one


def test_nothing_is_proposed_in_comments_expressions_and_foreign_calls(shell: Shell, listed: Session) -> None:
    """There IPython has the word."""
    completion = Completion(shell, shell.magics_manager.registry["BinanceMagics"])
    texts = [
        "%binance klines # BT",
        "%binance depth {BT",
        "x = 5 %binance",
        "print('BT",
        "# %binance kl",
        "%%binance b",
    ]

    assert [text for text in texts if completion.find([text], 0, len(text)) is not None] == []


def test_other_completions_stay_where_the_text_is_not_ours(shell: Shell, ask: Ask) -> None:
    """A name of Python, and a magic."""
    shell.push({"a_long_name_of_mine": 1})

    assert "x = a_long_name_of_mine" in ask("x = a_long_na|")
    assert "%binance" in ask("%binanc|")


def test_without_a_session_none_is_opened(shell: Shell, ask: Ask) -> None:
    """Whatever the catalog knows is proposed; symbols are not, and nobody is asked for them."""
    found = [*ask("%binance klines |"), *ask("%binance klines BTCUSDT 1|"), *ask("%binance use |")]

    assert "%binance klines BTCUSDT 1h" in found
    assert shell.magics_manager.registry["BinanceMagics"].open_session is None


def test_symbols_come_from_what_passed_by(shell: Shell, ask: Ask, session: Session, run: Any) -> None:
    """First those used lately; all of them once an exchange_info was answered."""
    sandbox = session.sandbox
    assert sandbox is not None
    run(f"%binance use {sandbox.url}")
    run("%binance depth SOLUSDT limit=5")
    before = current_session().status()["weight_used"]
    few = ask("%binance klines S|")
    run("%binance exchange_info")
    run("%binance depth ETHUSDT limit=5")

    many = ask("%binance klines |")

    assert before > 0
    assert few[0] == "%binance klines SOLUSDT"  # others that begin so may have been used in this process before
    assert many[:2] == ["%binance klines ETHUSDT", "%binance klines SOLUSDT"]
    assert "%binance klines BTCUSDT" in many


def test_three_thousand_symbols_take_less_than_15_ms(shell: Shell, listed: Session, ask: Ask) -> None:
    """Of the processor, and the best of ten: a busy machine does not count."""
    hear_of(listed, *(f"{number}{quote}" for number in range(1000, 2000) for quote in QUOTES))
    seconds = []
    for _ in range(10):
        started = time.thread_time()
        found = ask("%binance klines 1|")
        seconds.append(time.thread_time() - started)

    assert len(found) >= 500
    assert min(seconds) < 0.015


def test_an_earlier_ipython_gets_words_between_its_own_delimiters(shell: Any, listed: Session) -> None:
    """It hands over one line, and takes what stands in the place of its own idea of a word."""
    completion = Completion(shell, shell.magics_manager.registry["BinanceMagics"])
    shell.push({"pair": "BTCUSDT"})

    def words(line: str) -> list[str]:
        shell.Completer.text_until_cursor = line
        return completion.complete_word(line)

    assert words("%binance klines BTCUSDT 1h --start-t") == ["--start-time"]
    assert words("%binance depth $pa") == ["pair"]
    assert words("%binance ticker_price symbols=BTCUSDT,BN") == ["BNBUSDT"]
    assert words("btc = klines BN") == ["BNBUSDT"]
    assert words("klines - BN") == []
    assert words("time in BN") == []


def test_an_object_that_raises_when_looked_at_keeps_completion_quiet(
    shell: Shell, ask: Ask, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever a person's own class does, Tab neither fails nor prints."""

    class Odd:
        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError("do not touch")

    shell.push({"odd": Odd()})
    ask('odd.client.call("kl|')
    ask("%binance depth $|")
    shell.user_ns.pop("odd")

    assert capfd.readouterr() == ("", "")
