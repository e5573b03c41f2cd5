"""A report is a sheet that reads the same as HTML and as text."""

from __future__ import annotations

from dataclasses import replace

from binance_nb.errors import PreflightError
from binance_nb.rendering import error_card, rule_report_sheet
from binance_nb.rules import RuleLine, RuleReport

KEPT = RuleLine("LOT_SIZE", "quantity", "1", "at least minQty 0.001", "pass")
BROKEN = RuleLine(
    "PRICE_FILTER", "price", "60.001", "a multiple of tickSize 0.01", "fail", below="60", above="60.01", of="price"
)
WORTH = RuleLine("NOTIONAL", "price × quantity", "3", "at least minNotional 5", "fail", above="0.09", of="quantity")
OPEN = RuleLine("BALANCE", "price × quantity", "", "at most the free balance of USDT", "unknown", note="no <answer>")
LINE = "%binance new_order BTCUSDT BUY LIMIT --price 60"


def test_what_is_broken_stands_first_with_what_would_do() -> None:
    """Each rule with what was sent, the bound and the nearest values; then the smallest change and its line."""
    also_kept = replace(KEPT, bound="at most maxQty 9000")
    report = RuleReport("new_order", "BTCUSDT", (KEPT, also_kept, BROKEN, WORTH, OPEN), {"price": "60"}, LINE)

    text = rule_report_sheet(report).text()

    assert text.splitlines() == [
        "✕ new_order BTCUSDT breaks PRICE_FILTER, NOTIONAL, 1 rule not known; nothing was sent",
        "  Broken",
        "    ✕ PRICE_FILTER: price 60.001 lies between two steps of tickSize 0.01; nearest valid: price 60 or 60.01",
        "    ✕ NOTIONAL: price × quantity = 3 is below minNotional 5; nearest valid: quantity 0.09 at this price",
        "  Not known",
        "    ? BALANCE: price × quantity, at most the free balance of USDT; no <answer>",
        "  The smallest change that keeps them all: price 60",
        f"  Try: {LINE}",
        "  Kept",
        "    ✓ LOT_SIZE: quantity 1: at least minQty 0.001, at most maxQty 9000",
    ]


def test_text_from_outside_is_escaped() -> None:
    """A reason that an exchange wrote is no HTML."""
    html = rule_report_sheet(RuleReport("new_order", "BTCUSDT", (OPEN,))).html()

    assert "no &lt;answer&gt;" in html
    assert "<answer>" not in html


def test_an_order_that_passes_says_so_and_proposes_nothing() -> None:
    """With the number of rules that it keeps."""
    sheet = rule_report_sheet(RuleReport("new_order", "BTCUSDT", (KEPT,)))

    assert sheet.title == "✓ new_order BTCUSDT: 1 rule kept; nothing was sent"
    assert "Try" not in sheet.text()


def test_an_order_that_no_number_mends_says_so() -> None:
    """Instead of a line to paste."""
    text = rule_report_sheet(RuleReport("new_order", "BTCUSDT", (BROKEN,))).text()

    assert "No small change was found that keeps all rules together" in text


def test_a_call_that_places_nothing_has_nothing_to_check() -> None:
    """A cancel, for one."""
    sheet = rule_report_sheet(RuleReport("cancel_order", "BTCUSDT", ()))

    assert sheet.title == "cancel_order BTCUSDT places nothing: there is nothing to check"


def test_the_card_of_a_refused_order_shows_what_it_broke() -> None:
    """The table of broken rules, and how many others are kept, before what to do."""
    error = PreflightError("It breaks PRICE_FILTER.", hint="Send price 60.", suggestion=LINE, operation="new_order")
    error.report = RuleReport("new_order", "BTCUSDT", (KEPT, BROKEN), {"price": "60"}, LINE)

    text = error_card(error).text()

    assert (
        "✕ PRICE_FILTER: price 60.001 lies between two steps of tickSize 0.01; nearest valid: price 60 or 60.01" in text
    )
    assert "1 rule kept." in text
    assert text.index("1 rule kept.") < text.index("What to do: Send price 60.") < text.index(f"Try: {LINE}")


def test_a_report_speaks_for_itself_in_a_terminal() -> None:
    """What is broken, and the line that would do."""
    report = RuleReport("new_order", "BTCUSDT", (KEPT, BROKEN), {"price": "60"}, LINE)

    assert repr(report).splitlines() == [
        "new_order BTCUSDT breaks:",
        "  PRICE_FILTER: price 60.001 lies between two steps of tickSize 0.01",
        f"  try: {LINE}",
    ]
