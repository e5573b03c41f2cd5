from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_nb.errors import BinanceError

USE = "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00"
Run = Callable[[str], Any]


def test_the_book_is_the_value_of_its_line(run: Run) -> None:
    """So that it has a name, and what it can do is at hand."""
    run(USE)
    book = run("%binance book BTCUSDT --levels 3")

    assert ("BTCUSDT", 3) == (book.symbol, book.levels)


def test_the_watch_list_takes_symbols_with_commas_or_spaces(run: Run) -> None:
    """Or none; and a finer path."""
    run(USE)
    lists = [
        run("%binance watch BTCUSDT,ETHUSDT"),
        run("%binance watch BTCUSDT ETHUSDT --interval 15m"),
        run("%binance watch"),
    ]

    assert [["BTCUSDT", "ETHUSDT"], ["BTCUSDT", "ETHUSDT"]] == [each.symbols for each in lists[:2]]
    assert 8 == len(lists[2].symbols)


def test_a_line_run_again_leaves_no_ghost(run: Run) -> None:
    """The widget of the earlier run is closed."""
    run(USE)
    run("%binance watch BTCUSDT")  # cells are followed from the first widget on
    first, second = run("%binance book BTCUSDT"), run("%binance book BTCUSDT")

    assert (True, False) == (first.is_closed, second.is_closed)


def test_a_word_that_does_not_fit_is_a_card(run: Run, fail: Callable[[str], BinanceError]) -> None:
    """With the nearest that does."""
    run(USE)
    slip, number = fail("%binance book BTCUSTD"), fail("%binance book BTCUSDT --levels many")

    assert "%binance book BTCUSDT" == slip.suggestion
    assert "levels is a whole number of 1 or more, not 'many'." == number.message
