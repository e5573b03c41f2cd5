"""Cells run in a real kernel, and what is stored of them."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from binance_nb.session import Session

CELLS = {
    "load": "%load_ext binance_nb\n%binance use {url}",
    "magic": "x = 1\n\n%binance klines BTCUSDT 1hour",
    "python": (
        "from binance_nb.notebook import current_session\n"
        "session = current_session()\n"
        "for interval in ('1h', '1hh'):\n"
        "    session.klines('BTCUSDT', interval, limit=1)"
    ),
    "await": "import asyncio\nawait asyncio.sleep(0)\n%binance klins",
    "other": "1 / 0",
    "caught": "try:\n    %binance klins\nexcept ValueError:\n    pass",
    "widget": "%binance gauge",
    "full": "%config BinanceMagics.full_tracebacks = True\n%binance klins",
    "fine": "%binance ping",
    "unloaded": "%unload_ext binance_nb\nfrom binance_nb.errors import UsageError\nraise UsageError('late')",
}


def notebook_of(*sources: str) -> Any:
    v4: Any = nbformat.v4  # its functions have no types
    return v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])


@pytest.fixture(scope="module")
def outputs(session: Session) -> dict[str, list[Any]]:
    """The stored outputs of each cell."""
    sources = [source.replace("{url}", session.environment.url) for source in CELLS.values()]
    notebook = notebook_of(*sources)
    NotebookClient(notebook, allow_errors=True, timeout=180, store_widget_state=False).execute()
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


def kinds(stored: list[Any]) -> list[str]:
    return [output.output_type for output in stored]


@pytest.mark.parametrize("name", ["magic", "python", "await"])
def test_a_failed_cell_stores_its_error_and_then_one_card(outputs: dict[str, list[Any]], name: str) -> None:
    """Run All, nbclient and nbval see the error; a person sees the card, once."""
    assert kinds(outputs[name]) == ["error", "display_data"]


def test_the_error_is_a_few_lines(outputs: dict[str, list[Any]]) -> None:
    """Kind, message, remedy, and the line to paste."""
    error = outputs["magic"][0]

    assert (error.ename, error.traceback) == (
        "UsageError",
        [
            "UsageError: interval has no value '1hour'.",
            "  Did you mean 1h?",
            "  try: %binance klines BTCUSDT 1h",
        ],
    )


def test_the_card_is_html_and_text_and_names_the_line(outputs: dict[str, list[Any]]) -> None:
    """Whatever draws the notebook has something to draw."""
    data = outputs["magic"][1].data

    assert "line 3: %binance klines BTCUSDT 1hour" in data["text/plain"]
    assert "line 3: %binance klines BTCUSDT 1hour" in data["text/html"]


def test_a_plain_python_call_gets_a_card_too(outputs: dict[str, list[Any]]) -> None:
    """With the line of the loop that failed."""
    assert "line 4: session.klines(&#x27;BTCUSDT&#x27;, interval" in outputs["python"][1].data["text/html"]


@pytest.mark.parametrize(("name", "expected"), [("other", ["error"]), ("caught", []), ("unloaded", ["error"])])
def test_there_is_no_card_without_need(outputs: dict[str, list[Any]], name: str, expected: list[str]) -> None:
    """Not for other people's errors, not for caught ones, not after unloading."""
    assert kinds(outputs[name]) == expected


def test_whole_tracebacks_can_be_asked_for(outputs: dict[str, list[Any]]) -> None:
    """The card stays."""
    error, card = outputs["full"]

    assert len(error.traceback) > 3
    assert "desk.py" in "".join(error.traceback)
    assert card.output_type == "display_data"


def test_the_gauge_is_stored_with_its_twins(outputs: dict[str, list[Any]]) -> None:
    """The widget for those who run it, a table and text for those who read it."""
    (stored,) = outputs["widget"]

    assert set(stored.data) == {
        "application/vnd.jupyter.widget-view+json",
        "image/png",
        "text/html",
        "text/plain",
    }


def test_a_failing_cell_stops_run_all() -> None:
    """An error is never only drawn."""
    notebook = notebook_of("%load_ext binance_nb\n%binance klins")

    with pytest.raises(CellExecutionError, match="There is no verb 'klins'"):
        NotebookClient(notebook, timeout=180).execute()
