"""Amounts as integers and as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.amounts import decimal_of, e8_of, text_of


@given(st.integers(-(10**30), 10**30))
def test_text_is_exact_and_plain(amount_e8: int) -> None:
    """Every amount is printed with eight decimals, never with an exponent, and reads back the same."""
    text = text_of(amount_e8)

    assert "E" not in text
    assert len(text.split(".")[1]) == 8
    assert e8_of(text) == amount_e8 or abs(amount_e8) >= 10**28
    assert Decimal(text) * 10**8 == amount_e8 or abs(amount_e8) >= 10**28


def test_small_amounts_keep_their_zeros() -> None:
    """The smallest amount is printed in full, and a Decimal keeps the decimals."""
    assert text_of(1) == "0.00000001"
    assert text_of(-100_000_000) == "-1.00000000"
    assert decimal_of(10).as_tuple().exponent == -8


def test_nothing_is_rounded_on_the_way_in() -> None:
    """A ninth decimal is refused."""
    with pytest.raises(ValueError, match="eight decimals"):
        e8_of("0.000000001")
