"""What can be configured, while it is used: ``%config BinanceMagics.OPTION = value``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from binance_nb.notebook import BinanceMagics, load, unload
from binance_nb.sandbox.launcher import SandboxProcess

CANDLES = "%binance klines BTCUSDT 1h --start -12h"


@pytest.fixture
def frozen(run: Callable[[str], Any], sandbox: SandboxProcess) -> Callable[[str], Any]:
    """Run a cell on the sandbox that all tests read from; its clock stands."""
    run(f"%binance use {sandbox.url}")
    return run


def text_of(shell: InteractiveShell, value: Any) -> str:
    assert shell.display_formatter is not None
    data: dict[str, str] = shell.display_formatter.format(value)[0]  # type: ignore[no-untyped-call]  # IPython's
    return data["text/plain"]


def test_lines_show_times_in_the_configured_zone(frozen: Callable[[str], Any]) -> None:
    """And read those that name none in it; a zone on the line goes first."""
    frozen("%config BinanceMagics.time_zone = 'Europe/Berlin'")
    here = frozen("%binance klines BTCUSDT 1h --start '2024-06-01 09:00'")
    there = frozen("%binance klines BTCUSDT 1h --start '2024-06-01 09:00' --tz UTC")

    assert [str(frame.index[0]) for frame in (here, there)] == [
        "2024-06-01 09:00:00+02:00",
        "2024-06-01 09:00:00+00:00",
    ]
    assert "tz=" not in repr(frozen("%config BinanceMagics.time_zone = 'UTC'\n%binance klines BTCUSDT 1h --dry-run"))


def test_a_zone_that_does_not_exist_is_refused(
    frozen: Callable[[str], Any], shell: InteractiveShell, caplog: pytest.LogCaptureFixture
) -> None:
    """With the name that was meant; the former stays."""
    frozen("%config BinanceMagics.time_zone = 'Berlin'")

    assert "Did you mean Europe/Berlin?" in caplog.text
    assert shell.magics_manager.registry["BinanceMagics"].time_zone == "UTC"


def test_the_picture_of_prices_can_be_switched_off_and_on(
    frozen: Callable[[str], Any], shell: InteractiveShell
) -> None:
    """For a frame that is already there, too; the rest of the line stays."""
    frame = frozen(CANDLES)
    lines = []
    for value in (True, False, True):
        shell.run_line_magic("config", f"BinanceMagics.sparklines = {value}")
        lines.append(text_of(shell, frame).splitlines()[0])

    assert lines[0] == lines[2]
    assert lines[0].startswith(f"{lines[1]} · close ")


def test_pictures_configured_off_never_show(plain_shell: InteractiveShell, sandbox: SandboxProcess) -> None:
    """A profile may say so before the extension loads; then there is nothing left behind either."""
    plain_shell.config.BinanceMagics.sparklines = False
    load(plain_shell)
    plain_shell.run_line_magic("binance", f"use {sandbox.url}")
    frame = plain_shell.run_line_magic("binance", "klines BTCUSDT 1h --start -12h")
    loaded = text_of(plain_shell, frame)
    unload(plain_shell)

    assert "13 rows" in loaded
    assert "close 6" not in loaded.splitlines()[0]
    assert "13 rows" not in text_of(plain_shell, frame).splitlines()[0]


def test_bars_can_be_switched_off(frozen: Callable[[str], Any]) -> None:
    """For calls that could show one, and no others."""
    frozen("%config BinanceMagics.progress_bar = False")

    assert "quiet=True" in repr(frozen(f"{CANDLES} --dry-run"))
    assert "quiet" not in repr(frozen("%binance depth BTCUSDT --dry-run"))


def test_every_option_says_in_its_help_what_it_is_for() -> None:
    """A sentence each, which %config BinanceMagics shows."""
    options = BinanceMagics.class_own_traits(config=True)

    assert {"environment", "full_tracebacks", "progress_bar", "sparklines", "table_header", "time_zone"} <= set(options)
    assert [name for name, trait in options.items() if not str(trait.help).rstrip().endswith(".")] == []


def test_options_are_completed_behind_their_class(shell: InteractiveShell) -> None:
    """%config BinanceMagics. and the tab key."""
    line = "%config BinanceMagics.t"
    with provisionalcompleter():
        proposed = {each.text for each in shell.Completer.completions(line, len(line))}

    assert {"table_header", "time_zone"} <= {text.rpartition(".")[2] for text in proposed}
