"""Numbers that people write who mean another."""

from __future__ import annotations

import pytest

from binance_nb.trading.everyday.slips import number_hint


@pytest.mark.parametrize(
    ("word", "text", "meant"),
    [
        ("quantity", "all", "100%"),
        ("quantity", "Half", "50%"),
        ("quantity", "1e-3", "0.001"),
        ("quantity", "5E2", "500"),
        ("price", "60k", "60000"),
        ("price", "0.0605k", None),
        ("price", "60.5k", "60500"),
        ("price", "all", None),
        ("quantity", "0e5", None),
        ("quantity", "1m", None),
        ("quantity", "0,01", None),
    ],
)
def test_only_what_can_be_read_in_one_way_is_proposed(word: str, text: str, meant: str | None) -> None:
    """A million or a thousandth, a comma of one country or another: nobody decides that for a person."""
    assert meant == number_hint("buy", word, text)[1]


@pytest.mark.parametrize(
    ("verb", "word", "text", "said"),
    [
        ("buy", "quantity", "100USDT", "--spend 100."),
        ("sell", "quantity", "$100", "--receive 100."),
        ("buy", "quantity", "-0.01", "no sign"),
        ("buy", "price", "-2%", "a price is given in digits"),
        ("buy", "price", "market", "without --price goes at the market"),
        ("buy", "price", "60,000", "no commas"),
        ("buy", "price", "cheap", "Such as"),
    ],
)
def test_the_hint_names_what_says_it(verb: str, word: str, text: str, said: str) -> None:
    """What cannot be proposed is still explained."""
    hint, meant = number_hint(verb, word, text)

    assert said in hint
    assert meant is None
