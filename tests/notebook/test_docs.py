"""What README.md and the pages of docs/ tell a reader to type works as it stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.documented import PAGES, blocks

# Other people's packages: tests/peers runs these blocks.
FOREIGN = ("duckdb", "dask_frame")
# Each starts a kernel; test_examples.py runs the same lines.
ELSEWHERE = ("%binance verify", "%binance share")

FROZEN = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00"
SESSION = "import binance_nb\nfrom binance_nb.notebook import current_session\nsession = current_session()"
SERIES = "df = session.klines('BTCUSDT', '1h')\nsma = fast = slow = df['close'].rolling(20).mean()"
ORDERS = """
for _ in range(4):
    session.sell("BTCUSDT", "0.001", take_profit="70000", stop_loss="58000", again=True)
while session.buy("BTCUSDT", "0.01", price="60000", again=True)["order_id"][0] < 12:
    pass
"""
# Order 12 of the page is gone by then; this one stands in for it.
NEWEST = "session.orders('BTCUSDT').query('side == \"BUY\"')['order_id'].max()"
# A test that the page shows, where the clock does not stand on the hour.
STUDIED = f"{SESSION}\nsession.sandbox.advance(1_000)\ntest_study(lambda place: session)"
ALONE = "%reset -f\nimport os\nos.mkdir('tapes')\nos.chdir('tapes')"


@dataclass(frozen=True)
class Stage:
    """What a page takes for granted.

    Attributes:
        before: Cells that run before a block, by its number on the page: what a reader has got from elsewhere.
        instead: What runs in place of some words: another number, a shorter time. All else runs as it stands.
    """

    before: Mapping[int, str]
    instead: Mapping[str, str] = field(default_factory=dict)


# In the order in which they run: trading.md tells numbers of orders, so it is the first on an account that has none.
STAGES = {
    "README.md": Stage({}, {"--start 2023-01-01": "--start 2023-12-01"}),
    "sandbox.md": Stage({0: "import binance_nb"}, {'connect("sandbox")': 'connect("sandbox", frozen="2024-06-01")'}),
    "streams.md": Stage(
        {0: "%binance use sandbox --seed 1 --speed 10", 1: SESSION},
        {"--for 1m ": "--for 5s ", "--for 5m ": "--for 5s ", "count=100": "count=10", "in_sync(10)": "in_sync(60)"},
    ),
    "trading.md": Stage(
        {0: FROZEN, 1: f"{SESSION}\n{ORDERS}"},
        {"cancel BTCUSDT 12": "cancel BTCUSDT 13", 'BTCUSDT", 12': f'BTCUSDT", {NEWEST}'},
    ),
    "lines.md": Stage({}, {" --env testnet": ""}),
    "history.md": Stage(
        {}, {"1m --start 2023-01-01": "1m --start 2023-12-01", "BTCUSDT --start -2d": "BTCUSDT --start -2h"}
    ),
    "widgets.md": Stage({0: f"{SESSION}\n{SERIES}"}),
    "tapes.md": Stage({0: ALONE, 2: STUDIED}),
}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebook that is open, as JupyterLab tells a kernel."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "study.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    v4: Any = nbformat.v4  # Any: nbformat has no types
    path.write_text(v4.writes(v4.new_notebook()))
    return path


def test_what_a_page_tells_to_type_works(shell: Any, notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block of every page, from the top; and where a page shows what comes, that is what comes."""
    wrong = []
    for place, cell, expected in cells():
        result = shell.run_cell(cell)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            wrong.append(f"{place}: {cell}\n{type(error).__name__}: {error}")
        elif expected and expected != (comes := shown(shell, result.result)):
            wrong.append(f"{place} shows\n{expected}\nbut there comes\n{comes}")

    assert [] == wrong, "\n\n".join(wrong)


def test_every_page_with_code_is_read() -> None:
    """A new page, or a new block on an old one, does not pass by."""
    assert PAGES.keys() == STAGES.keys()


@pytest.mark.parametrize("page", STAGES)
def test_what_is_run_otherwise_is_still_told(page: str) -> None:
    """Nothing stays replaced that the page no longer says."""
    text = "".join(block.code for block in blocks(PAGES[page]))

    assert [] == [words for words in STAGES[page].instead if words not in text]


def shown(shell: Any, value: object) -> str:
    """Return the text below a cell."""
    return str(shell.display_formatter.format(value)[0]["text/plain"]).strip()


def cells() -> Iterator[tuple[str, str, str]]:
    """Where each cell stands, the cell, and what it has to show."""
    for page, stage in STAGES.items():
        for number, block in enumerate(blocks(PAGES[page])):
            if number in stage.before:
                yield f"before {block.place}", stage.before[number], ""
            if any(word in block.code for word in FOREIGN):
                continue
            told = [cell for cell in block.cells if not cell.startswith(ELSEWHERE)]
            for cell in told:
                expected = block.shown if cell is told[-1] else ""
                for words, others in stage.instead.items():
                    cell = cell.replace(words, others)
                yield block.place, cell, expected
