"""An order form as words: what is typed, what it means, and prices that step."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import UsageError
from binance_nb.trading.everyday.fitting import read_wish
from binance_nb.widgets.ticket_estimate import Known, estimate, fee_rate
from binance_nb.widgets.ticket_order import KINDS, OrderForm, fields_of, kinds_allowed, python_line, stepped

AMOUNTS = st.integers(1, 10**9).map(lambda number: f"{number / 10**5:.5f}")
FIELDS = {"price": "60000.10", "stop": "59000", "trail": "1.5", "time_in_force": "IOC", "iceberg": "0.00001"}


@st.composite
def forms(draw: st.DrawFn) -> OrderForm:
    side, kind = draw(st.sampled_from(["BUY", "SELL"])), draw(st.sampled_from(sorted(KINDS)))
    unit = draw(st.sampled_from(["base", "share", *(["quote"] if kind == "market" else [])]))
    # A share of what is free can buy only at a price that is known.
    unit = "base" if unit == "share" and kind not in ("market", "limit") else unit
    amount = str(draw(st.integers(1, 100))) if unit == "share" else draw(AMOUNTS)
    optional = draw(st.sets(st.sampled_from(KINDS[kind].may))) if KINDS[kind].may else set()
    # What is hidden has to stay in the book.
    optional -= {"iceberg"} if "time_in_force" in optional else set()
    texts = {name: FIELDS[name] for name in (*KINDS[kind].needs, *optional)}
    return OrderForm("BTCUSDT", side, kind, amount, unit, texts)


@given(forms())
def test_every_form_means_an_order_and_its_words_fill_the_same_form(form: OrderForm) -> None:
    """What a kind of order offers fits together, and what is filled in from words means the words."""
    wish = read_wish(form.side, form.symbol, form.words)
    texts = fields_of(form.side, form.words)
    again = OrderForm("BTCUSDT", texts["side"], texts["kind"], texts["amount"], texts["unit"], texts)

    assert wish.line() == read_wish(again.side, again.symbol, again.words).line()


def test_the_python_call_says_what_the_form_says() -> None:
    """Numbers are texts, which no float can round."""
    form = OrderForm("BTCUSDT", "SELL", "post_only", "0.10", "base", {"price": "70000"})

    assert python_line(form) == 'session.sell("BTCUSDT", "0.10", price="70000", post_only=True)'


def test_what_is_missing_is_named() -> None:
    """Fields that the kind of order does not have are not asked for."""
    assert OrderForm("BTCUSDT", "BUY", "stop_limit", " ", texts={"price": "1"}).missing == ("amount", "stop")


@pytest.mark.parametrize(
    ("text", "steps", "stepped_to"),
    [
        ("60000", 1, "60000.01"),
        ("60000", -1, "59999.99"),
        ("60000.005", 1, "60000.01"),
        ("60000.005", -1, "60000.00"),
        ("0.01", -1, "0.01"),
        ("", 1, "62728.63"),
        ("abc", 1, "abc"),
        ("NaN", 1, "NaN"),
    ],
)
def test_a_price_steps_from_tick_to_tick(text: str, steps: int, stepped_to: str) -> None:
    """From between two ticks to the next; never to nothing; an empty field begins at the market."""
    assert stepped(text, "0.01", steps, start="62728.63") == stepped_to


def test_a_symbol_offers_the_kinds_that_it_takes() -> None:
    """Types it does not list, and switches that are off, take kinds away; what is not known takes none."""
    listed = ("LIMIT", "MARKET", "STOP_LOSS", "TAKE_PROFIT")

    assert kinds_allowed(listed, {"allowTrailingStop": False}) == ["market", "limit", "stop"]
    assert kinds_allowed((), {}) == list(KINDS)


@pytest.mark.parametrize(
    ("side", "words"), [("HOLD", {}), ("BUY", {"receive": "1"}), ("BUY", {"take_profit": "1"}), ("BUY", {"price": "x"})]
)
def test_words_that_no_form_has_are_refused(side: str, words: dict[str, str]) -> None:
    """Before anything is shown, with what would be right."""
    with pytest.raises(UsageError) as refused:
        fields_of(side, words)

    assert refused.value.hint


BOOK = ((Decimal("100"), Decimal("1")), (Decimal("101"), Decimal("3")))
FREE = {"BTC": Decimal("2"), "USDT": Decimal("1000")}
KNOWN = Known("BTC", "USDT", bids=BOOK[::-1], asks=BOOK, free=FREE, fee=Decimal("0.001"))


def test_a_market_order_takes_the_book_from_its_best_price_on() -> None:
    """Cost, average, worst price, fee and what is left, to the last digit."""
    found = estimate({"side": "BUY", "type": "MARKET", "quantity": "2"}, KNOWN)

    assert found is not None
    assert (found.quote, found.average, found.worst) == (Decimal("201"), Decimal("100.5"), Decimal("101"))
    assert (found.fee, found.fee_asset) == (Decimal("0.002"), "BTC")
    assert found.after == {"BTC": Decimal("3.998"), "USDT": Decimal("799")}


def test_a_book_that_is_too_thin_is_told() -> None:
    """What it holds is no estimate of more than that."""
    found = estimate({"side": "BUY", "type": "MARKET", "quote_order_qty": "1000"}, KNOWN)

    assert found is not None
    assert (found.is_whole, found.quote) == (False, Decimal("403"))


def test_a_limit_price_bounds_what_an_order_costs() -> None:
    """Whatever the book says."""
    found = estimate({"side": "SELL", "type": "LIMIT", "quantity": "0.1", "price": "99.99"}, KNOWN)

    assert found is not None
    assert (found.is_bound, found.quote, found.fee) == (True, Decimal("9.999"), Decimal("0.009999"))
    assert found.after["USDT"] == Decimal("1009.989001")


def test_of_an_order_without_a_price_to_come_nothing_is_said() -> None:
    """A stop that follows the market goes off nobody knows where."""
    assert estimate({"side": "SELL", "type": "STOP_LOSS", "quantity": "1", "trailing_delta": "100"}, KNOWN) is None


def test_all_commissions_of_a_taker_count() -> None:
    """Standard, special and tax; for taking, and for the side."""
    rates = {"standardCommission": {"taker": "0.001", "buyer": "0.0002"}, "taxCommission": {"taker": "0.0001"}}

    assert (fee_rate(rates, "BUY"), fee_rate(rates, "SELL")) == (Decimal("0.0013"), Decimal("0.0011"))
