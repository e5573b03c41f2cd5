"""Natural Python values travel as plain texts, or are refused in words."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import encode_parameters, plain_decimal


class Side(str, Enum):  # noqa: UP042  # people have these; a StrEnum's text is its value anyway
    BUY = "BUY"


class Plain(Enum):
    SELL = "SELL"
    ONE = 1


class Count(int, Enum):
    TEN = 10


class Whole(IntEnum):
    TEN = 10


def id_of(value: object) -> str:
    try:
        return f"{type(value).__name__} {value}"[:30].replace("\n", " ")
    except ValueError:  # too long to be printed
        return f"long {type(value).__name__}"


def encoded(name: str, **words: object) -> dict[str, str]:
    return encode_parameters(ENDPOINTS[name], words, now_ms=lambda: 1_717_243_200_000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Count.TEN, "10"),
        (Whole.TEN, "10"),
        (Plain.ONE, "1"),
        (np.int64(3), "3"),
        (np.float32(0.1), "0.1"),
        (1e-05, "0.00001"),
        (Decimal("1E+3"), "1000"),
        (Fraction(4, 2), "2"),
        (5e-324, plain_decimal(Decimal("5e-324"))),
    ],
)
def test_a_number_is_written_plainly(value: object, text: str) -> None:
    """Whatever kind of number it is, and a member of an Enum counts as its value."""
    assert text == encoded("new_order", quantity=value)["quantity"]


@pytest.mark.parametrize(
    "value",
    [
        Fraction(1, 3),
        Fraction(10**5000, 3),
        1 + 2j,
        10**5000,
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        Decimal("0E+999999"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        float("nan"),
        float("inf"),
        "1e999999",
        True,
        b"1",
        [1],
        [10**5000],
        pd.Series([1, 2]),
    ],
    ids=id_of,
)
def test_what_is_no_plain_number_is_refused(value: object) -> None:
    """As a usage error that names the parameter and fits on a card, never an arithmetic one."""
    with pytest.raises(UsageError, match=r"^quantity: ") as caught:
        encoded("new_order", quantity=value)

    assert len(caught.value.message) < 120
    assert caught.value.culprit


@pytest.mark.parametrize("value", [Fraction(1, 3), 1j, 10**5000, Decimal("NaN")], ids=id_of)
def test_a_refused_number_tells_what_would_be_right(value: object) -> None:
    """The hint says how numbers are given."""
    with pytest.raises(UsageError) as caught:
        encoded("new_order", quantity=value)

    assert "Decimal" in (caught.value.hint or "")


@pytest.mark.parametrize(("value", "text"), [(Side.BUY, "BUY"), (Plain.SELL, "SELL")])
def test_a_member_of_an_enum_is_its_value(value: object, text: str) -> None:
    """Not its name in Python, neither alone nor in a list."""
    assert text == encoded("new_order", side=value)["side"]
    assert f'["{text}"]' == encoded("ticker_price", symbols=[value])["symbols"]
    assert type(encoded("new_order", side=value)["side"]) is str


@pytest.mark.parametrize("value", [b"BTCUSDT", bytearray(b"BTCUSDT"), [b"BTCUSDT"]])
def test_bytes_are_no_symbols(value: object) -> None:
    """They are not taken apart into numbers."""
    with pytest.raises(UsageError, match=r"^symbols: .*BTCUSDT") as caught:
        encoded("ticker_price", symbols=value)

    assert "Give text" in (caught.value.hint or "")


@pytest.mark.parametrize("value", [10**5000, b"BTCUSDT", 1.5, True], ids=id_of)
def test_what_is_no_text_is_refused(value: Any) -> None:
    """A symbol is text."""
    with pytest.raises(UsageError, match=r"^symbol: "):
        encoded("klines", symbol=value)


@pytest.mark.parametrize("value", [10**5000, 1, "yes", pd.Series([True, False])], ids=id_of)
def test_what_is_neither_true_nor_false_is_refused(value: Any) -> None:
    """One and nought are numbers."""
    with pytest.raises(UsageError, match="neither true nor false"):
        encoded("test_order", compute_commission_rates=value)


def test_a_list_as_json_text_stays_as_it_was_written() -> None:
    """Whoever writes JSON means it."""
    assert '["BTCUSDT", "ETHUSDT"]' == encoded("ticker_price", symbols='["BTCUSDT", "ETHUSDT"]')["symbols"]


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.decimals(-(10**50), 10**50)))
def test_no_digit_is_lost(number: Decimal | int | float) -> None:
    """Read back, a plain text is the number it was made of."""
    text = plain_decimal(number)

    assert Decimal(text) == Decimal(str(number))
    assert "e" not in text.lower()
