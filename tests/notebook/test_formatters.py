from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from binance_nb.frames import describe
from binance_nb.notebook import load, unload
from binance_nb.notebook.formatters import hide_headers, show_headers

OURS = "derived from avg_price · SANDBOX"


def ours() -> pd.DataFrame:
    """A frame that says where it comes from."""
    return describe(pd.DataFrame({"price": [1.5]}), operation="avg_price", environment="SANDBOX")


def shown(shell: InteractiveShell, value: Any) -> dict[str, str]:
    """What a frontend gets."""
    assert shell.display_formatter is not None
    data: dict[str, str] = shell.display_formatter.format(value)[0]  # type: ignore[no-untyped-call]  # IPython's
    return data


def test_a_frame_of_ours_has_the_line_above_it(shell: InteractiveShell) -> None:
    """As HTML and as text, in one bundle."""
    data = shown(shell, ours())

    assert data["text/plain"].splitlines() == [OURS, "  price", "0   1.5"]
    assert "<strong>SANDBOX</strong>" in data["text/html"]
    assert 'class="dataframe"' in data["text/html"]


def test_another_frame_looks_as_ever(plain_shell: InteractiveShell) -> None:
    """To the letter, alone and within a list."""
    frame = pd.DataFrame({"price": [0.1234567]})
    before = shown(plain_shell, frame), shown(plain_shell, [frame, frame])
    load(plain_shell)

    after = shown(plain_shell, frame), shown(plain_shell, [frame, frame])
    unload(plain_shell)

    assert before == after


def test_after_unloading_frames_look_as_ever(plain_shell: InteractiveShell) -> None:
    """Also when formatters were used, and IPython has filed them under the class."""
    before = shown(plain_shell, ours())
    load(plain_shell)
    loaded = shown(plain_shell, ours())
    unload(plain_shell)

    assert before == shown(plain_shell, ours())
    assert before != loaded


def test_the_option_hides_and_shows_the_line(shell: InteractiveShell) -> None:
    """At once, and back."""
    texts = []
    for value in (False, False, True, True):
        shell.run_line_magic("config", f"BinanceMagics.table_header = {value}")
        texts.append(shown(shell, ours())["text/plain"].startswith(OURS))

    assert texts == [False, False, True, True]


def test_configured_off_it_never_shows(plain_shell: InteractiveShell) -> None:
    """A profile may say so before the extension loads."""
    plain_shell.config.BinanceMagics.table_header = False
    load(plain_shell)
    text = shown(plain_shell, ours())["text/plain"]
    unload(plain_shell)

    assert not text.startswith(OURS)


def test_somebody_elses_formatter_stays(plain_shell: InteractiveShell) -> None:
    """Whoever loaded another table viewer wants it; unloading does not take it away either."""
    assert plain_shell.display_formatter is not None
    formatter = plain_shell.display_formatter.formatters["text/html"]
    formatter.for_type(pd.DataFrame, _theirs)
    show_headers(plain_shell)
    while_loaded = shown(plain_shell, ours())["text/html"]
    hide_headers(plain_shell)

    assert [while_loaded, shown(plain_shell, ours())["text/html"]] == ["theirs", "theirs"]


def _theirs(frame: pd.DataFrame) -> str:
    return "theirs"


@pytest.mark.parametrize(
    "facts",
    [
        {"parameters": 5},
        {"parameters": {"symbols": "[broken"}},
        {"server_time": "noon", "delivered": None},
        {"digits": 7},
    ],
    ids=str,
)
def test_broken_attributes_cost_the_line_and_not_the_table(shell: InteractiveShell, facts: dict[str, Any]) -> None:
    """Attributes are anybody's to change."""
    frame = ours()
    frame.attrs["binance"] |= facts

    data = shown(shell, frame)

    assert "1.5" in data["text/plain"]
    assert "1.5" in data["text/html"]


def test_a_line_shows_its_frame_with_the_header(run: Callable[[str], Any], shell: InteractiveShell) -> None:
    """From the magic to the bundle."""
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    frame = run("%binance klines BTCUSDT 1h limit=2")

    assert shown(shell, frame)["text/plain"].startswith("klines BTCUSDT 1h · SANDBOX seed 1 · made-up prices · at 2024")
