"""A line for each call that was made with others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from binance_nb import Session, connect
from binance_nb.errors import ExecutionUnknownError, UsageError
from binance_nb.rendering import summary_sheet
from binance_nb.together import Answers, Report


@pytest.fixture
def market() -> Session:
    """A session that nobody uses."""
    return connect("market")


def row(report: Report) -> dict[str, str]:
    """What a table says of one call, by its head."""
    table: Any = summary_sheet(Answers([report])).blocks[0]
    return dict(zip(table.head, table.rows[0], strict=True))


def test_an_order_without_a_verdict_is_unknown(market: Session) -> None:
    """It did not fail: nobody knows."""
    report = Report("order", "", "new_order", market, "failed", error=ExecutionUnknownError("No verdict."))

    assert row(report) == {"name": "order", "state": "? unknown", "call": "new_order"}


@pytest.mark.parametrize(("seconds", "said"), [(0.0041, "4 ms"), (0.9, "900 ms"), (1.26, "1.3 s")])
def test_it_says_how_long_a_call_took(market: Session, seconds: float, said: str) -> None:
    """In the unit that reads well."""
    assert row(Report("a", "", "time", market, "done", answer=[1, 2], seconds=seconds))["took"] == said


def test_it_says_why_a_call_was_skipped(market: Session) -> None:
    """Beside its state."""
    assert row(Report("a", "", "time", market, "skipped", reason="needs b, which failed"))["note"].startswith("needs b")


def test_places_are_told_where_there_are_several(market: Session) -> None:
    """Otherwise the title tells it."""
    reports = [Report("a", "", "time", market, "done"), Report("b", "", "time", connect("testnet"), "failed")]
    reports[1].error = UsageError("No.")

    lines = summary_sheet(Answers(reports)).text().splitlines()

    assert lines[0] == "2 calls: 1 done, 1 failed · weight 0 · market, testnet"
    assert ["market" in lines[2], "testnet" in lines[3]] == [True, True]


def test_text_from_outside_is_escaped(market: Session) -> None:
    """A line of a cell may hold anything."""
    html = summary_sheet(Answers([Report("a", "", "klines '<b>' 1h", market, "done")])).html()

    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_a_long_call_folds(market: Session) -> None:
    """Beside a note and a span a line for it would be cut off at the edge of a page."""
    html = summary_sheet(Answers([Report("a", "", "klines BTCUSDT 1h", market, "skipped", reason="needs b")])).html()

    styles = dict(re.findall(r'<th style="([^"]*)">(\w+)', html))
    assert {name for style, name in styles.items() if "nowrap" not in style} == {"call", "note"}
