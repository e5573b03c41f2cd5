"""The journal as a person reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from binance_nb.rendering.journal_sheet import call_words, entry_sheet, journal_sheet, leftovers_line, verdict_words
from binance_nb.trading.journal.entries import Entry

BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.00100000", "price": "60000.00"}


def entry(number: int = 1, **changes: Any) -> Entry:
    """A call of the journal, with what a test wants otherwise."""
    known = Entry(
        number=number,
        account="a" * 32,
        place="live",
        is_sandbox=False,
        url="https://api.binance.com",
        instance="",
        operation="new_order",
        sent=BUY,
        client_order_id="nb01234567",
        cell="f00dcafe",
        run="run",
        fingerprint="kind",
        ordinal=0,
        kernel="kernel",
        told=None,
        written_ms=0,
        stamped_ms=1_717_243_200_123,
        valid_until_ms=1_717_243_205_123,
        verdict="FILLED",
        code=None,
        message="",
        reply_body=None,
        server_ms=1_717_243_200_200,
        concluded_ms=0,
    )
    return replace(known, **changes)


@pytest.mark.parametrize(
    ("operation", "sent", "words"),
    [
        ("new_order", BUY, "BUY 0.00100000 BTCUSDT LIMIT at 60000.00"),
        (
            "new_order",
            {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "1", "stopPrice": "50000"},
            "SELL 1 BTCUSDT STOP_LOSS stop 50000",
        ),
        (
            "new_order",
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "100"},
            "BUY for 100 BTCUSDT MARKET",
        ),
        (
            "new_order_list_oco",
            {"symbol": "BTCUSDT", "side": "SELL", "quantity": "1"},
            "SELL 1 BTCUSDT new_order_list_oco",
        ),
        ("cancel_order", {"symbol": "BTCUSDT", "orderId": "12"}, "cancel_order BTCUSDT 12"),
        ("cancel_open_orders", {"symbol": "BTCUSDT"}, "cancel_open_orders BTCUSDT"),
    ],
)
def test_a_call_is_said_in_a_few_words(operation: str, sent: dict[str, str], words: str) -> None:
    """With the digits that were sent."""
    assert call_words(entry(operation=operation, sent=sent)) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "✓ FILLED"),
        ({"verdict": None}, "? no outcome known"),
        ({"verdict": "STILL UNKNOWN"}, "? STILL UNKNOWN"),
        ({"verdict": "REFUSED", "code": -2010}, "✕ REFUSED (-2010)"),
        ({"verdict": "NOT PLACED"}, "✕ NOT PLACED"),
        ({"verdict": "GONE"}, "✕ GONE"),
    ],
)
def test_a_verdict_stands_behind_a_sign(changes: dict[str, Any], words: str) -> None:
    """What is not known does not look like what is."""
    assert verdict_words(entry(**changes)) == words


def test_what_is_not_known_stands_first_and_apart() -> None:
    """Above the newest, with what to do; the rest comes newest first."""
    calls = [entry(1, verdict=None), entry(2), entry(3, verdict="REFUSED", code=-2010)]

    lines = journal_sheet(calls, where="live").text().splitlines()

    assert lines == [
        "Order journal: 3 calls · live",
        "  Not known yet",
        "    #  outcome             call                                      time (UTC)           client order id",
        "    1  ? no outcome known  BUY 0.00100000 BTCUSDT LIMIT at 60000.00  2024-06-01 12:00:00  nb01234567",
        "  The next order there looks it up first; %binance journal --resolve does it now.",
        "  Known",
        "    #  outcome            call                                      time (UTC)           client order id",
        "    3  ✕ REFUSED (-2010)  BUY 0.00100000 BTCUSDT LIMIT at 60000.00  2024-06-01 12:00:00  nb01234567",
        "    2  ✓ FILLED           BUY 0.00100000 BTCUSDT LIMIT at 60000.00  2024-06-01 12:00:00  nb01234567",
    ]


def test_calls_of_several_places_name_them() -> None:
    """Where all belong to one place, the title says which."""
    calls = [entry(1), entry(2, place="SANDBOX seed 1")]

    assert "2024-06-01 12:00:00  SANDBOX seed 1  nb" in journal_sheet(calls).text()
    assert "place" not in journal_sheet(calls, where="live").text()


def test_an_empty_journal_says_so_in_a_line() -> None:
    """And where."""
    assert journal_sheet([], where="live").text() == "The order journal has nothing yet · live."


def test_one_call_shows_all_that_is_known() -> None:
    """What was sent, what came back, which cell it was."""
    whole = entry(message="Filled.", reply_body=json.dumps({"orderId": 7}), ordinal=2)

    lines = entry_sheet(whole).text().splitlines()

    assert lines[0] == "Order journal #1: BUY 0.00100000 BTCUSDT LIMIT at 60000.00"
    assert "  cell           f00dcafe, call 3 of its kind" in lines
    assert '        "orderId": 7' in lines
    assert [line for line in lines if "price" in line and "60000.00" in line]


def test_one_call_without_outcome_says_what_to_do() -> None:
    """It is the reason why somebody looks."""
    text = entry_sheet(entry(verdict=None, server_ms=None, cell=None, run=None)).text()

    assert "The next order there looks it up first" in text


def test_a_reply_that_is_no_json_or_endless_is_shown_as_far_as_it_goes() -> None:
    """Whatever a proxy answered."""
    text = entry_sheet(entry(reply_body="<html>" + "x" * 10_000)).text()

    assert "<html>xxx" in text
    assert len(text) < 5000


def test_text_from_outside_is_escaped() -> None:
    """A message, an id or a reply writes no HTML."""
    hostile = "<script>alert(1)</script>"
    whole = entry(message=hostile, client_order_id=hostile, sent={**BUY, "price": hostile}, reply_body=hostile)

    assert "<script" not in journal_sheet([whole]).html() + entry_sheet(whole).html()


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"live": 1}, "? 1 order call of another kernel has no outcome known (live): %binance journal --all"),
        (
            {"live": 1, "testnet": 2},
            "? 3 order calls of other kernels have no outcome known (live, testnet): %binance journal --all",
        ),
        (None, "✕ The order journal cannot be read, so no order will be sent: %binance journal"),
    ],
)
def test_what_earlier_kernels_left_is_a_line(counts: dict[str, int] | None, line: str) -> None:
    """With the line to paste."""
    assert leftovers_line(counts).text() == line


def test_what_was_looked_up_in_vain_is_not_told_to_be_looked_up() -> None:
    """After --resolve, the sheet does not send a person to --resolve."""
    waiting = entry(verdict="STILL UNKNOWN")

    assert "--resolve" in journal_sheet([waiting]).text()
    assert "--resolve" not in journal_sheet([waiting], is_resolved=True).text()
    assert "Looked up just now" in journal_sheet([waiting], is_resolved=True).text()
