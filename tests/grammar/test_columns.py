"""Texts side by side, whatever they are written in."""

from __future__ import annotations

from binance_nb.grammar.columns import columns_of, set_left, set_right
from binance_nb.rendering.sheet import Table


def test_wide_letters_take_two_columns_and_accents_none() -> None:
    """As a terminal draws them."""
    assert (3, 13, 1) == (columns_of("BTC"), columns_of("这是测试币456"), columns_of("e\u0301"))


def test_a_text_is_filled_up_to_a_width_and_never_cut() -> None:
    """On either side, in columns."""
    assert ("测试  ", "  测试", "测试") == (set_left("测试", 6), set_right("测试", 6), set_left("测试", 3))


def test_a_table_stands_straight_under_a_wide_name() -> None:
    """The second column begins at the same place in each line."""
    lines = Table(("symbol", "price"), (("这是测试币456", "3.487"), ("BTCUSDT", "62721.68"))).lines()

    assert {columns_of("  这是测试币456  ")} == {
        columns_of(line.partition(cell)[0]) for line, cell in zip(lines, ("price", "3.487", "62721.68"), strict=True)
    }
