from __future__ import annotations

from typing import Any

import pytest

from binance_nb import connect
from binance_nb.rendering import clock_words, gauge_sheet, order_words, standing_line, status_sheet


def standing(**changes: Any) -> dict[str, Any]:
    """Facts as a session gives them, on the testnet."""
    facts: dict[str, Any] = {
        "environment": "testnet",
        "label": "",
        "url": "https://testnet.binance.vision",
        "key": "••••abcd",
        "key_kind": "HMAC",
        "key_source": "prompt",
        "is_live": False,
        "is_gone": False,
        "is_synchronised": True,
        "server_ms": 1_717_243_200_000,
        "clock_rate": 1.0,
        "clock_offset_ms": 12.4,
        "clock_error_ms": 3.0,
        "weight_used": 120,
        "weight_limit": 6000,
        "order_counts": {"10S": 2},
        "order_limits": {"10S": 100, "1D": 200_000},
        "banned_until_ms": None,
    }
    return facts | changes


def test_the_facts_of_a_real_session_can_be_shown() -> None:
    """The sheet asks for nothing that a session does not give."""
    with connect("market") as session:
        text = status_sheet(session.status()).text()

    assert "https://data-api.binance.vision" in text


def test_the_status_shows_where_you_stand() -> None:
    """Environment, address, masked key with its source, clock, weight, orders."""
    assert status_sheet(standing()).text() == (
        "testnet\n"
        "  environment  testnet: the exchange's test network, with keys of its own\n"
        "  address      https://testnet.binance.vision\n"
        "  key          ••••abcd (HMAC) from prompt\n"
        "  clock        +12 ms from this computer's, give or take 3 ms\n"
        "  weight       120 of 6,000 used this minute\n"
        "  orders       2 of 100 in 10 s"
    )


def test_a_live_host_is_said_to_refuse_orders() -> None:
    """Nobody has to find out by trying."""
    text = status_sheet(standing(environment="live", is_live=True)).text()

    assert "orders       refused until you arm: this host counts as live" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_synchronised": False}, "not asked yet"),
        ({"clock_rate": 0.0}, "stands still at 2024-06-01 12:00:00 UTC"),
        ({"clock_rate": 60.0}, "runs 60 times as fast as here"),
        ({"clock_error_ms": 0.0}, "+12 ms from this computer's"),
    ],
)
def test_the_clock_is_told_in_words(changes: dict[str, Any], words: str) -> None:
    """A clock may be unknown, stand, race, or be off."""
    assert clock_words(standing(**changes)) == words


def test_the_line_after_use_is_the_same_on_every_run() -> None:
    """A sandbox's port and key change; a stored notebook should not."""
    facts = standing(environment="sandbox", label="SANDBOX seed 1", url="http://127.0.0.1:12345")

    line = standing_line(facts).text()

    assert line == "Connected to SANDBOX seed 1: an exchange made up on this computer; no money moves."


def test_the_line_after_use_names_the_key() -> None:
    """Whoever goes to the testnet sees which key is in use."""
    assert standing_line(standing()).text().endswith("; ••••abcd (HMAC) from prompt.")


@pytest.mark.parametrize(("used", "bar"), [(0, "▱" * 12), (1, "▰" + "▱" * 11), (6000, "▰" * 12), (9000, "▰" * 12)])
def test_the_gauge_fills_with_the_weight(used: int, bar: str) -> None:
    """A little is not nothing, and too much does not overflow."""
    assert f"  weight  {bar} {used:,} of" in gauge_sheet(standing(weight_used=used)).text()


def test_a_ban_stands_on_the_gauge() -> None:
    """And when it ends."""
    text = gauge_sheet(standing(banned_until_ms=1_717_243_260_000)).text()

    assert text.endswith("banned  until 2024-06-01 12:01:00 UTC")


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, []),
        ({"10S": 3, "1D": 1200}, ["3 of 100 in 10 s", "1,200 of 200,000 in a day"]),
        ({"1H": 4, "2D": 5, "7Q": 6}, ["4 in an hour", "5 in 2 days", "6 in 7 Q"]),
    ],
)
def test_orders_are_told_with_their_limits_as_far_as_known(counts: dict[str, int], words: list[str]) -> None:
    """In the windows that the exchange counts in, also ones that nobody has heard of."""
    assert order_words(standing(order_counts=counts)) == words
