"""Notebooks as reports: what nbconvert makes of cells."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from nbconvert.preprocessors import CellExecutionError, ExecutePreprocessor

# nbconvert has no types.
EXECUTOR: Any = ExecutePreprocessor
TO_HTML: Any = HTMLExporter
TO_MARKDOWN: Any = MarkdownExporter


class Words(HTMLParser):
    """The text of a page, without styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skips = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._skips += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._skips -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.texts.append(data)


def executed(notebook: Any, **options: Any) -> Any:  # Any: nbformat has no types
    runner = EXECUTOR(timeout=180, store_widget_state=False, **options)
    return runner.preprocess(notebook, {"metadata": {"path": "."}})[0]


@pytest.fixture
def report(notebook: Callable[..., Any]) -> Any:
    """A frame, a card and a gauge, executed."""
    return executed(
        notebook("%binance klines BTCUSDT 1h --start -12h", "%binance gauge", "%binance klines BTCUSDT 1hour"),
        allow_errors=True,
    )


def test_a_page_shows_frames_cards_and_the_gauge(report: Any) -> None:
    """As HTML that needs no kernel, no script and no style of ours."""
    page, _ = TO_HTML().from_notebook_node(report)
    reader = Words()
    reader.feed(page)
    text = " ".join(" ".join(reader.texts).split())

    assert "13 rows, 2024-06-01 00:00 to 2024-06-01 12:00 UTC" in text
    assert "▁" in text
    assert "interval has no value '1hour'." in text
    assert "What to do : Did you mean 1h?" in text.replace("do:", "do :")
    assert "used this minute" in text


def test_markdown_has_the_same_words(report: Any) -> None:
    """For a page that somebody keeps beside their code."""
    text, _ = TO_MARKDOWN().from_notebook_node(report)

    assert "13 rows, 2024-06-01 00:00 to 2024-06-01 12:00 UTC" in text
    assert "interval has no value" in text


def test_a_failing_cell_fails_the_report(notebook: Callable[..., Any]) -> None:
    """With the message, so that a log says why."""
    with pytest.raises(CellExecutionError, match="interval has no value '1hour'"):
        executed(notebook("%binance klines BTCUSDT 1hour"))
