"""What may be written when arming: plain amounts, lengths of time up to a day, symbols that exist."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from binance_nb import Session
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment, resolve
from binance_nb.errors import UsageError
from binance_nb.trading.arming.arming import MOST_SECONDS, amount_words, read_limits, span_words

NOBODY = Client(Environment("live", "https://api.binance.com", is_live=True), budget=WeightBudget())
GOOD: dict[str, Any] = {"max_notional": "50", "for_": "30min"}


@pytest.mark.parametrize(
    ("words", "culprit", "helps"),
    [
        ({"max_notional": None}, None, "arm needs --max-notional"),
        ({"max_notional": True}, None, "arm needs --max-notional"),
        ({"max_notional": "0"}, "0", "allows nothing"),
        ({"max_notional": "0.000"}, "0.000", "allows nothing"),
        ({"max_notional": "-5"}, "-5", "no plain amount"),
        ({"max_notional": "NaN"}, "NaN", "no plain amount"),
        ({"max_notional": float("nan")}, "nan", "no plain amount"),
        ({"max_notional": float("inf")}, "inf", "no plain amount"),
        ({"max_notional": Decimal("NaN")}, "NaN", "no plain amount"),
        ({"max_notional": "Infinity"}, "Infinity", "no plain amount"),
        ({"max_notional": "50k"}, "50k", "50000"),
        ({"max_notional": "1.5M"}, "1.5M", "1500000"),
        ({"max_notional": "1,000"}, "1,000", "1000"),
        ({"max_notional": "1e3"}, "1e3", "no plain amount"),
        ({"max_notional": "50 USDT"}, "50 USDT", "no plain amount"),
        ({"max_notional": "٥٠"}, "٥٠", "no plain amount"),
        ({"max_notional": [50]}, "[50]", "no plain amount"),
        ({"total": "20"}, "20", "less than the 50"),
        ({"total": "lots"}, "lots", "no plain amount"),
        ({"for_": None}, None, "arm needs --for"),
        ({"for_": "3 days"}, "3 days", "24h is the longest"),
        ({"for_": "3d"}, "3d", "24 hours"),
        ({"for_": "24h1s"}, "24h1s", "24 hours"),
        ({"for_": timedelta(days=2)}, "2 days, 0:00:00", "24 hours"),
        ({"for_": "0min"}, "0min", "between a second"),
        ({"for_": "30"}, "30", "30min"),
        ({"for_": "-30min"}, "-30min", "24h is the longest"),
        ({"for_": "ever"}, "ever", "24h is the longest"),
        ({"symbols": ""}, "", "a symbol is missing"),
        ({"symbols": "BTCUSDT,"}, "BTCUSDT,", "a symbol is missing"),
        ({"symbols": []}, "[]", "a symbol is missing"),
        ({"symbols": 5}, "5", "a symbol is missing"),
    ],
    ids=str,
)
def test_what_is_not_plain_is_refused_before_anything_is_asked(
    words: dict[str, Any], culprit: str | None, helps: str
) -> None:
    """The error names the word and what would be right."""
    with pytest.raises(UsageError) as caught:
        read_limits(NOBODY, **{**GOOD, **words})

    error = caught.value
    assert culprit == error.culprit
    assert helps in " ".join(filter(None, (error.message, error.hint, error.suggestion)))


@given(amount=st.decimals("0.00000001", "999999999999", places=8))
def test_an_amount_keeps_its_digits(amount: Decimal) -> None:
    """As text, as a Decimal, and as a float where that has no more digits than it shows."""
    text = f"{amount:f}"

    assert amount == read_limits(NOBODY, max_notional=text, for_="1h").max_notional
    assert amount == read_limits(NOBODY, max_notional=amount, for_="1h").total


@given(said=st.text(max_size=12))
def test_no_text_is_taken_for_an_amount_by_guessing(said: str) -> None:
    """It is digits with at most a point, or it is refused."""
    assume(not said.strip().replace(".", "", 1).isdecimal())

    with pytest.raises(UsageError):
        read_limits(NOBODY, max_notional=said, for_="1h")


@given(seconds=st.integers(1, int(MOST_SECONDS)))
def test_a_span_is_written_as_it_is_read(seconds: int) -> None:
    """To the minute, and to the second below one."""
    written = span_words(seconds)

    read = read_limits(NOBODY, max_notional="1", for_=written).seconds
    assert abs(read - seconds) <= (30 if seconds >= 60 else 0)


@given(amount=st.decimals("0.00000001", "1000000", places=8))
def test_an_amount_left_never_looks_like_more_than_it_is(amount: Decimal) -> None:
    """For the eye it is rounded down, by less than a hundredth."""
    shown = Decimal(amount_words(amount))

    assert shown <= amount
    assert amount - shown < Decimal("0.01")


@pytest.mark.parametrize(
    ("amount", "shown"), [("50", "50"), ("17.5", "17.50"), ("17.509", "17.50"), ("0.0005", "0.0005")]
)
def test_amounts_read_as_people_write_them(amount: str, shown: str) -> None:
    """With two decimals or none, and small ones with all of theirs."""
    assert shown == amount_words(Decimal(amount))


def test_the_data_host_has_nothing_to_arm() -> None:
    """Where no order can go, nobody is told that it may."""
    with pytest.raises(UsageError, match="takes no orders"):
        read_limits(Client(resolve("market"), budget=WeightBudget()), **GOOD)


@pytest.mark.parametrize(
    ("said", "culprit", "near"),
    [
        ("BTCUSD", "BTCUSD", "BTCUSDT"),
        ("BTCUSDT,ETHUSD", "ETHUSD", "ETHUSDT"),
        ("btcusdt", "btcusdt", "BTCUSDT"),
        (["BTCUSDT", "NOPE"], "NOPE", "%binance exchange_info"),
    ],
)
def test_an_unknown_symbol_arms_nothing(session: Session, said: object, culprit: str, near: str) -> None:
    """The nearest that exists is suggested and never taken."""
    with pytest.raises(UsageError) as caught:
        read_limits(session.client, **GOOD, symbols=said)

    assert (culprit, near) == (caught.value.culprit, caught.value.suggestion)


def test_symbols_come_as_a_list_or_as_a_text(session: Session) -> None:
    """Twice the same is once."""
    listed = read_limits(session.client, **GOOD, symbols=["BTCUSDT", "ETHUSDT", "BTCUSDT"])
    written = read_limits(session.client, **GOOD, symbols="BTCUSDT,ETHUSDT")

    assert ("BTCUSDT", "ETHUSDT") == listed.symbols == written.symbols


def test_amounts_can_be_in_any_asset_that_prices_are_in(session: Session) -> None:
    """BTC prices ETHBTC; nothing is priced in DOGE."""
    with pytest.raises(UsageError) as caught:
        read_limits(session.client, **GOOD, asset="DOGE")

    assert "BTC" == read_limits(session.client, **GOOD, asset="BTC").asset
    assert "USDT" == caught.value.suggestion
