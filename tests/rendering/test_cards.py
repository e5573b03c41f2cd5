from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import (
    BinanceError,
    ExecutionUnknownError,
    IpBannedError,
    RateLimitError,
    TogetherError,
    UsageError,
)
from binance_nb.keys import credentials
from binance_nb.rendering import Place, error_card

KEY, SECRET = "k" * 60 + "1234", "s" * 64
HOLDER = credentials(KEY, SECRET, "testnet.binance.vision")
MINUTE_MS = 1_717_243_260_000


def test_a_card_says_what_happened_where_why_and_what_to_do() -> None:
    """The whole card as a person reads it in a terminal or a log."""
    error = BinanceError(
        "Invalid symbol: BTCUSD.",
        hint="Did you mean BTCUSDT?",
        suggestion="%binance klines BTCUSDT 1h",
        operation="klines",
        code=-1121,
        http_status=400,
        details={"cause": "The exchange lists no such symbol.", "column": 3, "asked_of": "testnet"},
    )

    card = error_card(error, place=Place("%binance klines BTCUSD 1h", 2))

    assert card.text() == (
        "✕ Invalid symbol: BTCUSD.\n"
        "  in the cell  line 2: %binance klines BTCUSD 1h\n"
        "  call         klines (GET /api/v3/klines)\n"
        "  kind         BinanceError, code -1121 BAD_SYMBOL\n"
        "  HTTP status  400, request refused\n"
        "  asked of     testnet\n"
        "  Why: The exchange lists no such symbol.\n"
        "  What to do: Did you mean BTCUSDT?\n"
        "  Try: %binance klines BTCUSDT 1h\n"
        "  Documentation: -1121 BAD_SYMBOL: "
        "https://github.com/binance/binance-spot-api-docs/blob/master/errors.md#-1121-bad_symbol"
    )


@pytest.mark.parametrize(
    ("seconds", "left"),
    [
        (7.4, " (in 7 s)"),
        (0.2, " (in 1 s)"),
        (125, " (in 2 min 5 s)"),
        (7_260, " (in 2 h 1 min)"),
        (3 * 86_400, " (in 3 d)"),
        (0, ""),
        (None, ""),
    ],
)
def test_a_limit_says_when_it_ends(seconds: float | None, left: str) -> None:
    """Clock time and how long that is, instead of milliseconds since 1970."""
    error = IpBannedError("banned", code=-1003, http_status=418, retry_at=MINUTE_MS)

    card = error_card(error, seconds_until=None if seconds is None else lambda _: seconds)

    assert f"until        2024-06-01 12:01:00 UTC{left}\n" in card.text()


@pytest.mark.parametrize(
    ("zone", "here"),
    [
        (timezone(timedelta(hours=2)), ", 14:01:00 here"),
        (timezone(timedelta(hours=13)), ", 2024-06-02 01:01:00 here"),
        (ZoneInfo("Asia/Kolkata"), ", 17:31:00 here"),
        (UTC, ""),
        (None, ""),
    ],
)
def test_a_limit_ends_by_the_clock_on_the_wall_too(zone: tzinfo | None, here: str) -> None:
    """With the date where it is another day there; a sandbox's clock has no wall."""
    error = RateLimitError("slow", retry_at=MINUTE_MS - 328)

    assert f"until  2024-06-01 12:01:00 UTC{here}\n" in error_card(error, zone=zone).text() + "\n"


def test_the_end_of_a_ban_in_the_exchanges_words_is_a_time() -> None:
    """It writes milliseconds since 1970, and everything else stays as it is."""
    error = IpBannedError(f"Way too much; IP banned until {MINUTE_MS}. Order 123.", code=-1003)

    assert error_card(error).title == "✕ Way too much; IP banned until 2024-06-01 12:01:00 UTC. Order 123."


def test_an_unknown_outcome_has_a_mark_of_its_own() -> None:
    """A cross would say that the order failed."""
    error = ExecutionUnknownError("new_order got no verdict.", suggestion="%binance get_order BTCUSDT --order-id 1")

    text = error_card(error).text()

    assert text.startswith("? UNKNOWN: new_order got no verdict.")
    assert "Look it up: %binance get_order BTCUSDT --order-id 1" in text
    assert "✕" not in text


def test_several_failures_are_one_card_with_a_card_each() -> None:
    """Each with its own line, facts, remedy and line to paste."""
    failures = [
        ("line 2: btc = klines BTCUSD 1h", UsageError("No such symbol.", suggestion="btc = klines BTCUSDT 1h")),
        ("line 4: depth BTCUSDT", RateLimitError("slow <down>", retry_at=MINUTE_MS)),
    ]

    card = error_card(TogetherError("2 of 4 lines failed.", failures), seconds_until=lambda _: 60)

    assert card.text() == (
        "✕ 2 of 4 lines failed.\n"
        "  ✕ No such symbol.\n"
        "    in the cell  line 2: btc = klines BTCUSD 1h\n"
        "    kind         UsageError\n"
        "    Try: btc = klines BTCUSDT 1h\n"
        "  ✕ slow <down>\n"
        "    in the cell  line 4: depth BTCUSDT\n"
        "    kind         RateLimitError\n"
        "    until        2024-06-01 12:01:00 UTC (in 1 min)"
    )
    assert card.html().count("<table") == 2
    assert "slow &lt;down&gt;" in card.html()


def test_the_html_says_what_the_text_says() -> None:
    """Both are made from the same blocks."""
    error = RateLimitError("slow <down>", hint="wait & see", operation="depth", details={"weight used": "9 of 10"})

    html = error_card(error).html()

    for words in ("slow &lt;down&gt;", "wait &amp; see", "depth (GET /api/v3/depth)", "9 of 10", "RateLimitError"):
        assert words in html


def test_the_pointer_stands_under_the_culprit() -> None:
    """A quote that is never closed is shown in its line."""
    error = UsageError("The quote is never closed.", details={"column": 3, "pointer": 'a "b\n  ^^'})

    assert '\n      a "b\n        ^^' in error_card(error).text()


def test_what_the_exchange_added_is_shown() -> None:
    """Both halves of a cancel-replace are on the card."""
    error = BinanceError("half", details={"data": {"cancelResult": "SUCCESS"}})

    assert 'The exchange added: {"cancelResult": "SUCCESS"}' in error_card(error).text()


@given(st.sampled_from(["message", "hint", "suggestion", "cause", "data", "pointer", "other", "place"]), st.text())
def test_no_text_of_a_card_gives_a_secret_away(where: str, around: str) -> None:
    """Keys and signatures are masked wherever they turn up."""
    leak = f"{around}{SECRET}{KEY}&signature=abcdef012345"
    error = BinanceError(
        leak if where == "message" else "m",
        hint=leak if where == "hint" else None,
        suggestion=leak if where == "suggestion" else None,
        details={where: leak},
    )
    card = error_card(error, place=Place(leak if where == "place" else "x"), holder=HOLDER)

    shown = card.text() + card.html()

    assert [secret for secret in (SECRET, KEY, "abcdef012345") if secret in shown] == []


def test_an_unknown_code_is_shown_as_a_number() -> None:
    """The exchange adds codes; a card does not fall over them."""
    assert "BinanceError, code -9999" in error_card(BinanceError("new", code=-9999, http_status=599)).text()
