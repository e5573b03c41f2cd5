from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from binance_nb.notebook.question_mark import read_question


@pytest.mark.parametrize(
    "cell",
    ["%binance klines?", "  %binance klines ?", "%binance klines BTCUSDT 1h??", "%binance klines --start -3d?\n"],
)
def test_a_question_mark_behind_a_line_shows_the_verb_s_help(run: Callable[[str], Any], cell: str) -> None:
    """The same sheet as %binance help klines; nothing is called."""
    assert repr(run(cell)).startswith("klines: Gives candles")


@pytest.mark.parametrize(
    "cell",
    [
        "%binance?",
        "%binance ??",
        "klines?",
        "print?",
        "x = 1\n%binance klines?",
        "%binance klines BTCUSDT 1h",
        "%binance klines BTCUSDT 1h\nx = 1  # and now?\n",
        "'%b ?'",
    ],
)
def test_other_cells_stay_as_they_are(cell: str) -> None:
    """IPython answers its own questions, and longer cells are not touched."""
    lines = cell.splitlines(keepends=True)

    assert read_question(lines) == lines


def test_the_magic_s_own_question_is_answered_with_examples(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person sees who types %binance? first."""
    shell.run_cell("%binance?").raise_error()  # type: ignore[no-untyped-call]  # IPython's
    shown = capsys.readouterr().out

    wanted = ["%binance help", "%binance use sandbox", "--dry-run", "--plan", "%config BinanceMagics", "connect("]
    assert [word for word in wanted if word not in shown] == []


def test_after_unloading_a_question_is_ipython_s_again(plain_shell: InteractiveShell) -> None:
    """The hook goes with the extension."""
    before = list(plain_shell.input_transformers_cleanup)
    plain_shell.run_line_magic("load_ext", "binance_nb")
    loaded = list(plain_shell.input_transformers_cleanup)
    plain_shell.run_line_magic("unload_ext", "binance_nb")

    assert [read_question in transformers for transformers in (before, loaded)] == [False, True]
    assert plain_shell.input_transformers_cleanup == before


@pytest.mark.parametrize(
    ("asked", "words"),
    [("-1021", "recvWindow"), ("LOT_SIZE", "stepSize"), ("418", "418"), ("errors", "-1021"), ("klines", "Examples:")],
)
def test_help_knows_verbs_codes_and_filters(run: Callable[[str], Any], asked: str, words: str) -> None:
    """Whatever a card or an answer names can be asked about."""
    assert words in repr(run(f"%binance help {asked}"))
