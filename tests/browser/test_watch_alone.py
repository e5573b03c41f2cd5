"""The watch list's bundle in a blank page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.widgets.bundles import bundle
from tests.browser.blank import Rendered

Draw = Callable[..., Rendered]
ROWS: list[list[Any]] = [
    ["BTCUSDT", "62,728.63", 0.7, "63,955.15", "61,353.74", 181_866_721.3, "USDT"],
    ["ETHUSDT", "3,511.40", -1.5, "3,646.85", "3,498.28", 99_930_000.0, "USDT"],
    ["ADAUSDT", "0.5122", 5.7, "0.5193", "0.4835", 15_450_000.0, "USDT"],
]
TRAITS: dict[str, Any] = {
    "rows": ROWS,
    "paths": {"BTCUSDT": [62_000.0, 62_500.0], "ETHUSDT": [3_600.0, 3_550.0], "ADAUSDT": [0.48]},
    "standing": {"where": "SANDBOX seed 1", "state": "live", "tone": "good", "note": "", "time": "12:00:00 UTC"},
    "answer": {},
    "sort": ["", 1],
}


@pytest.fixture
def drawn(blank_page: Draw) -> Rendered:
    return blank_page("watch", **TRAITS)


def symbols(drawn: Rendered) -> list[str]:
    return drawn.find("tbody th").all_inner_texts()


def test_a_row_shows_the_day_of_a_symbol(drawn: Rendered) -> None:
    """With signs, so that nothing hangs on a colour."""
    cells = [text.strip() for text in drawn.find("tbody tr").nth(1).locator("th, td").all_inner_texts()]

    assert ["ETHUSDT", "3,511.40", "−1.50 %", "3,646.85", "3,498.28", "99.93 M USDT"] == cells[:6]
    assert 3 == drawn.count("tbody svg .bn-path[d^=M]")


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("Symbol", ["ADAUSDT", "BTCUSDT", "ETHUSDT"]),
        ("Last", ["BTCUSDT", "ETHUSDT", "ADAUSDT"]),
        ("24 h", ["ADAUSDT", "BTCUSDT", "ETHUSDT"]),
        ("High", ["BTCUSDT", "ETHUSDT", "ADAUSDT"]),
        ("Low", ["BTCUSDT", "ETHUSDT", "ADAUSDT"]),
        ("Volume", ["BTCUSDT", "ETHUSDT", "ADAUSDT"]),
    ],
)
def test_every_column_sorts_by_keyboard(drawn: Rendered, column: str, order: list[str]) -> None:
    """Once one way, again the other, a third time as they were added; the head says which."""
    button = drawn.page.get_by_role("button", name=column, exact=True)
    heads = drawn.find(f"th[aria-sort]:has-text('{column}')")
    seen = []
    for _ in range(3):
        button.focus()
        drawn.page.keyboard.press("Enter")
        seen.append((symbols(drawn), heads.first.get_attribute("aria-sort") if heads.count() else None))
    names = ["ascending", "descending"] if column == "Symbol" else ["descending", "ascending"]

    assert [(order, names[0]), (order[::-1], names[1]), ([row[0] for row in ROWS], None)] == seen


def test_the_order_follows_the_prices(drawn: Rendered) -> None:
    """A row that overtakes another moves; its element stays the same."""
    drawn.page.get_by_role("button", name="24 h").click()
    drawn.page.evaluate("() => { window.row = [...document.querySelectorAll('tbody tr')].pop(); }")
    drawn.set(rows=[ROWS[0], [*ROWS[1][:2], 9.9, *ROWS[1][3:]], ROWS[2]])

    assert ["ETHUSDT", "ADAUSDT", "BTCUSDT"] == symbols(drawn)
    assert drawn.page.evaluate("() => window.row === document.querySelector('tbody tr')")


def test_a_symbol_is_added_with_enter_and_an_answer_is_read_out(drawn: Rendered) -> None:
    """A slip is offered to be mended with one press."""
    field = drawn.page.get_by_label("Symbol to add")
    field.fill("solustd")
    field.press("Enter")
    drawn.set(answer={"text": "There is no symbol SOLUSTD here.", "suggestion": "SOLUSDT"})
    said = drawn.find("[aria-live=polite]").inner_text()
    drawn.page.get_by_role("button", name="Add SOLUSDT").click()
    drawn.set(answer={"text": "SOLUSDT added.", "done": True})

    assert "There is no symbol SOLUSTD here." in said
    assert [{"do": "add", "symbol": "solustd"}, {"do": "add", "symbol": "SOLUSDT"}] == drawn.sent
    assert "" == field.input_value()


def test_a_symbol_is_taken_away_and_the_focus_goes_on(drawn: Rendered) -> None:
    """To the next one's button: whoever works by keyboard is not thrown to the top of the page."""
    drawn.page.get_by_role("button", name="Take BTCUSDT away").press("Enter")
    focused = drawn.page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    drawn.set(rows=ROWS[1:])

    assert ([{"do": "remove", "symbol": "BTCUSDT"}], "Take ETHUSDT away") == (drawn.sent, focused)
    assert ["ETHUSDT", "ADAUSDT"] == symbols(drawn)


def test_in_a_narrow_page_nothing_is_cut(blank_page: Draw) -> None:
    """At 400 pixels the columns that matter least give way."""
    drawn = blank_page("watch", width=400, **TRAITS)
    drawn.page.evaluate("() => document.body.classList.add('binance-nb')")
    for sheet in ("sight.css", "watch.css"):
        drawn.page.add_style_tag(content=bundle(sheet))

    assert drawn.page.evaluate("() => document.documentElement.scrollWidth <= 400")


def test_taken_away_it_leaves_nothing(drawn: Rendered) -> None:
    """No listener, no element."""
    drawn.clean_up()

    assert (0, 0) == (drawn.listeners, drawn.count(".bn-watch"))
