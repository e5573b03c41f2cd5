"""Sheets as Markdown: what they say, and nothing that GitHub would take for markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.rendering import Sheet
from binance_nb.rendering.markdown import markdown_of, markdown_table, markdown_text
from binance_nb.rendering.sheet import Block, Code, Entries, Facts, Inset, Link, Paragraph, Table


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Paragraph("It was refused."), "It was refused."),
        (Paragraph("It was refused.", "Why"), "**Why:** It was refused."),
        (Code("%binance time", "Example"), "## Example\n\n```python\n%binance time\n```"),
        (Facts((("weight", "2"), ("key", "none"))), "- **weight**: 2\n- **key**: none"),
        (Entries((("LOT_SIZE", "a step"),), "Filters"), "## Filters\n\n- **LOT_SIZE**: a step"),
        (Link("the page", "https://x.org/a"), "[the page](https://x.org/a)"),
        (Inset(Sheet("inside", (Paragraph("more"),))), "## inside\n\nmore"),
        (
            Table(("name", "what"), (("--limit", "rows"),), "Parameters; by place, in order"),
            "## Parameters\n\nBy place, in order.\n\n| name | what |\n| --- | --- |\n| `--limit` | rows |",
        ),
    ],
)
def test_each_kind_of_block(block: Block, expected: str) -> None:
    """A sheet's blocks become paragraphs, lists, tables and fences under headings."""
    text = markdown_of(Sheet("klines", (block,)))

    assert f"# klines\n\n{expected}" == text


def test_what_looks_like_markup_is_text() -> None:
    """Names of streams are no tags, products no emphasis and variables no formulas; code stays as it is."""
    assert r"\<symbol>@trade costs \$5 \* 2" == markdown_text("<symbol>@trade costs $5 * 2")
    assert "`<symbol>@trade`" == markdown_text("`<symbol>@trade`")


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_a_table_keeps_its_shape(rows: list[tuple[str, str]]) -> None:
    """Whatever stands in a cell, a row is a line, and has as many cells as the head."""
    lines = markdown_table(("a", "b"), rows).split("\n")

    assert len(rows) + 2 == len(lines)
    assert {3} == {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
