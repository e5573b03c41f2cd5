"""The order book's bundle in a blank page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_nb.widgets.bundles import bundle
from tests.browser.blank import Rendered

Draw = Callable[..., Rendered]


def book_of(**changes: Any) -> dict[str, Any]:
    """What the kernel sends, two lines a side."""
    return {
        "symbol": "BTCUSDT",
        "base": "BTC",
        "quote": "USDT",
        "where": "SANDBOX seed 1",
        "group": 1,
        "groups": [[1, "0.01"], [10, "0.1"], [100, "1"]],
        "time": "12:00:00 UTC",
        "state": "in sync",
        "tone": "good",
        "note": "",
        "asks": [["100.01", "0.5", "0.5", 250], ["100.02", "1.0", "1.5", 750]],
        "bids": [["99.99", "1.0", "1.0", 500], ["99.98", "1.0", "2.0", 1000]],
        "mid": "100.00",
        "spread": "0.02",
        "bps": "2.00",
        "imbalance": 0.14,
        "curves": [[[99.99, 1.0], [99.98, 2.0]], [[100.01, 0.5], [100.02, 1.5]]],
    } | changes


def texts(drawn: Rendered, selector: str) -> list[str]:
    return [text.strip() for text in drawn.find(selector).all_inner_texts()]


def test_the_ladder_has_asks_above_and_bids_below(blank_page: Draw) -> None:
    """The best of both beside the middle, and a caption for who cannot see it."""
    drawn = blank_page("book", book=book_of(), cost={})

    assert ["100.02", "100.01"] == texts(drawn, ".bn-asks td:first-child")
    assert ["99.99", "99.98"] == texts(drawn, ".bn-bids td:first-child")
    assert "100.00" in texts(drawn, ".bn-middle")[0]
    assert "in sync" in texts(drawn, ".bn-state[role=status]")
    assert "BTCUSDT" in str(drawn.find("caption").text_content())
    assert "Depth of BTCUSDT" in str(drawn.find("svg").get_attribute("aria-label"))


def test_a_change_moves_the_rows_that_are_there(blank_page: Draw) -> None:
    """Nothing is drawn anew, so nothing flickers."""
    drawn = blank_page("book", book=book_of(), cost={})
    drawn.page.evaluate("() => { window.row = document.querySelector('.bn-bids tr'); }")
    drawn.set(book=book_of(bids=[["99.99", "7.0", "7.0", 1000]], state="rebuilding", tone="wait", note="1 gap"))

    assert ["7.0"] == texts(drawn, ".bn-bids td:nth-child(2)")
    assert drawn.page.evaluate("() => window.row === document.querySelector('.bn-bids tr')")
    assert ["rebuilding"] == texts(drawn, ".bn-state[data-tone=wait]")
    assert ["1 gap"] == texts(drawn, ".bn-note")


def test_an_empty_side_draws(blank_page: Draw) -> None:
    """Without a curve, and saying so."""
    drawn = blank_page("book", book=book_of(bids=[], mid="", curves=[[], []]), cost={})

    assert ["one side is empty"] == texts(drawn, ".bn-middle")
    assert not drawn.find(".bn-curve").is_visible()


def test_the_width_of_lines_is_chosen_by_keyboard(blank_page: Draw) -> None:
    """Labelled, and the kernel is told."""
    drawn = blank_page("book", book=book_of(), cost={})
    drawn.page.get_by_label("Lines of").focus()
    drawn.page.keyboard.press("ArrowDown")

    assert [{"do": "group", "to": 10}] == drawn.sent


def test_a_size_is_asked_for_once_typing_rests(blank_page: Draw) -> None:
    """Not for each key; another side asks at once, and the answer stands below."""
    drawn = blank_page("book", book=book_of(), cost={})
    # In one go: were the keys sent one by one, a busy machine might rest between two.
    drawn.page.get_by_label("Size of the market order").evaluate(
        """field => {
            for (const typed of ["0", "0.", "0.2", "0.25"]) {
                field.value = typed;
                field.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }"""
    )
    drawn.page.wait_for_function("() => window.model.sent.length === 1")
    drawn.page.get_by_text("SELL").click()
    drawn.set(cost={"average": "100.0150", "worst": "100.02", "sum": "0.25 BTC for 25 USDT", "problem": ""})

    assert [("BUY", "0.25"), ("SELL", "0.25")] == [(each["side"], each["size"]) for each in drawn.sent]
    assert ["100.0150", "100.02", "0.25 BTC for 25 USDT"] == texts(drawn, ".bn-cost dd")


def test_text_from_outside_is_no_markup(blank_page: Draw) -> None:
    """A symbol may be called anything."""
    drawn = blank_page("book", book=book_of(symbol="<img src=x>", base="<b>"), cost={"problem": "<i>no</i>"})

    assert (0, 0) == (drawn.count("img"), drawn.count(".bn-book i i"))
    assert ["<img src=x>"] == texts(drawn, "header strong")


def test_in_a_narrow_page_nothing_is_cut(blank_page: Draw) -> None:
    """At 400 pixels the curve stands below the ladder."""
    drawn = blank_page("book", width=400, dark=True, book=book_of(), cost={})
    drawn.page.evaluate("() => document.body.classList.add('binance-nb')")
    for sheet in ("sight.css", "book.css"):
        drawn.page.add_style_tag(content=bundle(sheet))

    assert drawn.page.evaluate("() => document.documentElement.scrollWidth <= 400")


def test_taken_away_it_leaves_nothing(blank_page: Draw) -> None:
    """No listener, no element."""
    drawn = blank_page("book", book=book_of(), cost={})
    drawn.clean_up()

    assert (0, 0) == (drawn.listeners, drawn.count(".bn-book"))
