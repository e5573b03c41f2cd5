"""Everyday words become the calls that they mean, digit for digit, or are refused with what would fit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import check_call, encode_parameters
from binance_nb.trading.everyday.fitting import read_wish
from binance_nb.trading.everyday.shares import base_share, bought_share, quote_share
from binance_nb.trading.everyday.wishes import ORDER_WORDS, Wish
from binance_nb.trading.everyday.words import Built, MarketFacts, build, needed_facts

LAST = Decimal("62728.63")
FACTS = MarketFacts(LAST, Decimal("1.23456789"), "BTC", Decimal("0.00001000"), Decimal("0.00000001"))
UNSENT = ("time_in_force", "post_only", "trail")


def built(side: str, facts: MarketFacts = FACTS, **words: object) -> Built:
    """What the words of an order of BTCUSDT become."""
    return build(read_wish(side, "BTCUSDT", words), facts)


def told(call: Built) -> str:
    """A call in a line: its name, and what it is given beside symbol and side."""
    given = {name: value for name, value in call.parameters.items() if name not in ("symbol", "side")}
    return " ".join([call.operation, *(f"{name}={value}" for name, value in given.items())])


@pytest.mark.parametrize(
    ("side", "words", "expected"),
    [
        ("BUY", {"quantity": "0.01"}, "new_order type=MARKET quantity=0.01"),
        ("BUY", {"spend": "100"}, "new_order type=MARKET quote_order_qty=100"),
        ("SELL", {"receive": "100"}, "new_order type=MARKET quote_order_qty=100"),
        (
            "BUY",
            {"quantity": "0.01", "price": "60000"},
            "new_order type=LIMIT time_in_force=GTC quantity=0.01 price=60000",
        ),
        (
            "SELL",
            {"quantity": "0.01", "price": "60000", "time_in_force": "IOC"},
            "new_order type=LIMIT time_in_force=IOC quantity=0.01 price=60000",
        ),
        (
            "SELL",
            {"quantity": "1", "price": "70000", "iceberg": "0.1"},
            "new_order type=LIMIT time_in_force=GTC quantity=1 price=70000 iceberg_qty=0.1",
        ),
        (
            "BUY",
            {"quantity": "0.01", "price": "60000", "post_only": True},
            "new_order type=LIMIT_MAKER quantity=0.01 price=60000 new_order_resp_type=FULL",
        ),
        (
            "SELL",
            {"quantity": "0.01", "stop": "60000"},
            "new_order type=STOP_LOSS quantity=0.01 stop_price=60000 new_order_resp_type=FULL",
        ),
        (
            "BUY",
            {"quantity": "0.01", "stop": "70000"},
            "new_order type=STOP_LOSS quantity=0.01 stop_price=70000 new_order_resp_type=FULL",
        ),
        (
            "SELL",
            {"quantity": "0.01", "stop": "70000"},
            "new_order type=TAKE_PROFIT quantity=0.01 stop_price=70000 new_order_resp_type=FULL",
        ),
        (
            "BUY",
            {"quantity": "0.01", "stop": "60000", "price": "60100"},
            "new_order type=TAKE_PROFIT_LIMIT time_in_force=GTC quantity=0.01 price=60100 stop_price=60000 "
            "new_order_resp_type=FULL",
        ),
        (
            "SELL",
            {"quantity": "0.01", "trail": "0.5%"},
            "new_order type=STOP_LOSS quantity=0.01 trailing_delta=50 new_order_resp_type=FULL",
        ),
        (
            "SELL",
            {"quantity": "0.01", "take_profit": "70000", "stop_loss": "58000"},
            "order_list_oco quantity=0.01 above_type=LIMIT_MAKER above_price=70000 below_type=STOP_LOSS "
            "below_stop_price=58000",
        ),
        (
            "BUY",
            {"quantity": "0.01", "price": "60000", "stop_loss": "58000", "stop_limit": "57900"},
            "order_list_oto working_type=LIMIT working_side=BUY working_price=60000 working_quantity=0.01 "
            "working_time_in_force=GTC pending_type=STOP_LOSS_LIMIT pending_stop_price=58000 pending_price=57900 "
            "pending_time_in_force=GTC pending_side=SELL pending_quantity=0.01",
        ),
        (
            "BUY",
            {"quantity": "0.01", "price": "60000", "take_profit": "70000", "stop_loss": "58000", "post_only": True},
            "order_list_otoco working_type=LIMIT_MAKER working_side=BUY working_price=60000 working_quantity=0.01 "
            "pending_side=SELL pending_quantity=0.01 pending_above_type=LIMIT_MAKER pending_above_price=70000 "
            "pending_below_type=STOP_LOSS pending_below_stop_price=58000",
        ),
    ],
)
def test_what_is_given_decides_the_kind_of_order(side: str, words: dict[str, Any], expected: str) -> None:
    """From nothing but a quantity to a list of three orders."""
    assert told(built(side, **words)) == expected


@pytest.mark.parametrize(
    ("side", "words", "complaint", "suggestion"),
    [
        ("BUY", {}, "needs how much", None),
        ("BUY", {"quantity": "0"}, "above 0", None),
        ("BUY", {"quantity": "1,000"}, "above 0, not '1,000'", None),
        ("BUY", {"quantity": "-1"}, "above 0", None),
        ("BUY", {"quantity": True}, "needs a number", None),
        ("BUY", {"quantity": float("nan")}, "not a finite number", None),
        ("BUY", {"quantity": "0%"}, "no share", None),
        ("BUY", {"quantity": "101%"}, "no share", None),
        ("BUY", {"quantity": "50%", "spend": "5"}, "do not go together", None),
        ("BUY", {"spend": "100", "price": "60000"}, "do not go together", None),
        ("BUY", {"spend": "100", "stop": "60000"}, "do not go together", None),
        ("SELL", {"spend": "100"}, "A sell does not spend", "%binance sell BTCUSDT --receive 100"),
        ("BUY", {"receive": "100"}, "A buy does not receive", "%binance buy BTCUSDT --spend 100"),
        ("BUY", {"quantity": "1", "post_only": True}, "needs --price", None),
        ("BUY", {"quantity": "1", "time_in_force": "IOC"}, "needs --price", None),
        ("BUY", {"quantity": "1", "price": "5", "time_in_force": "gtc"}, "no time in force", "GTC"),
        ("BUY", {"quantity": "1", "price": "5", "stop": "6", "post_only": True}, "do not go together", None),
        ("BUY", {"quantity": "1", "price": "5", "iceberg": "2"}, "more than the quantity", None),
        ("BUY", {"quantity": "1", "price": "5", "iceberg": "0.1", "time_in_force": "FOK"}, "would not", None),
        ("BUY", {"quantity": "1", "trail": "1"}, "in percent", "1%"),
        ("BUY", {"quantity": "1", "trail": "0.001%"}, "in percent", None),
        ("BUY", {"quantity": "1", "stop": "62728.63"}, "at once", None),
        ("BUY", {"quantity": "50%", "stop": "70000"}, "not known before", None),
        ("BUY", {"quantity": "1", "take_profit": "70000"}, "needs --price", None),
        ("BUY", {"quantity": "1", "price": "7", "take_profit": "5"}, "does not lie above the price 7", None),
        ("BUY", {"quantity": "1", "price": "7", "stop_loss": "9"}, "does not lie below the price 7", None),
        ("SELL", {"quantity": "1", "take_profit": "60000", "stop_loss": "5"}, "above the last price 62728.63", None),
        ("SELL", {"quantity": "1", "take_profit": "70000", "stop_loss": "65000"}, "below the last price", None),
        (
            "SELL",
            {"quantity": "1", "price": "70000", "stop_loss": "5"},
            "two ways",
            "%binance sell BTCUSDT 1 --stop-loss 5 --take-profit 70000",
        ),
        ("SELL", {"quantity": "1", "take_profit": "70000"}, "alone", "%binance sell BTCUSDT 1 --price 70000"),
        ("SELL", {"quantity": "1", "stop_loss": "5"}, "alone", "%binance sell BTCUSDT 1 --stop 5"),
        ("SELL", {"quantity": "0.0001%"}, "less than one step of 0.00001", None),
    ],
)
def test_what_does_not_fit_is_refused(side: str, words: dict[str, Any], complaint: str, suggestion: str | None) -> None:
    """With what would; a line is suggested only where it means the same order."""
    with pytest.raises(UsageError) as refused:
        built(side, **words)

    assert complaint in refused.value.message
    assert refused.value.hint
    assert refused.value.suggestion == suggestion


def test_a_suggested_line_keeps_the_options_that_place_nothing() -> None:
    """Whoever only wanted to check is not handed a line that orders."""
    with pytest.raises(UsageError) as refused:
        read_wish("SELL", "BTCUSDT", {"spend": "5"}, asides=("--check",))

    assert refused.value.suggestion == "%binance sell BTCUSDT --receive 5 --check"


@pytest.mark.parametrize(
    ("side", "words", "reason"),
    [
        (
            "SELL",
            {"quantity": "50%"},
            "50 % of 1.23456789 BTC = 0.617283945; sent 0.61728, cut down to the step 0.00001",
        ),
        ("SELL", {"quantity": "100 %"}, "100 % of 1.23456789 BTC = 1.23456789; sent 1.23456, cut down"),
        (
            "BUY",
            {"quantity": "50%", "price": "3"},
            "= 0.617283945 BTC; at 3 that buys 0.205761315; sent 0.20576, cut down to the step 0.00001",
        ),
        ("BUY", {"quantity": "50%"}, "50 % of 1.23456789 BTC = 0.617283945; sent 0.61728394, cut down to the step"),
        ("SELL", {"quantity": "0.01", "stop": "60000"}, "lies below the last price 62728.63"),
    ],
)
def test_the_reasons_say_what_was_inferred(side: str, words: dict[str, Any], reason: str) -> None:
    """The sum of a share, and where a stop lies."""
    assert any(reason in each for each in built(side, **words).why)


def test_a_float_is_taken_by_its_shortest_text() -> None:
    """Not by the binary digits behind it."""
    call = built("BUY", quantity=1e-05, price=0.1 + 0.2)

    assert (call.parameters["quantity"], call.parameters["price"]) == ("0.00001", "0.30000000000000004")


def test_only_what_decides_is_asked_for() -> None:
    """A price or a balance that changes nothing costs no request."""
    assert needed_facts(read_wish("BUY", "BTCUSDT", {"quantity": "1", "price": "5"})) == frozenset()
    assert needed_facts(read_wish("SELL", "BTCUSDT", {"quantity": "5%"})) == {"share"}
    assert needed_facts(read_wish("SELL", "BTCUSDT", {"quantity": "1", "stop": "5"})) == {"last"}


# ---- whatever is given

numbers = st.decimals("0.00000001", "99999999", places=8, allow_nan=False).map(lambda number: format(number, "f"))
shares = st.integers(1, 10_000).map(lambda hundredths: f"{Decimal(hundredths) / 100}%")
WORDS = {
    "quantity": numbers | shares,
    "spend": numbers,
    "receive": numbers,
    "price": numbers,
    "stop": numbers,
    "trail": shares,
    "take_profit": numbers,
    "stop_loss": numbers,
    "stop_limit": numbers,
    "time_in_force": st.sampled_from(["GTC", "IOC", "FOK"]),
    "post_only": st.just(value=True),
    "iceberg": numbers,
}
# Words that were thrown together seldom fit; these do, with others among them that may not.
SETS = (
    *({"quantity"}, {"spend"}, {"receive"}, {"quantity", "price"}, {"quantity", "stop"}, {"quantity", "trail"}),
    *({"quantity", "price", "take_profit", "stop_loss"}, {"quantity", "take_profit", "stop_loss"}),
)
words = st.tuples(st.sampled_from(SETS), st.sets(st.sampled_from(sorted(WORDS)), max_size=2)).flatmap(
    lambda names: st.fixed_dictionaries({name: WORDS[name] for name in sorted(names[0] | names[1])})
)
facts = st.builds(
    MarketFacts,
    last=numbers.map(Decimal),
    free=numbers.map(Decimal),
    asset=st.just("BTC"),
    step=st.sampled_from([Decimal("0.00001"), Decimal("0.1"), Decimal("1"), Decimal("0.5")]),
    quote_step=st.just(Decimal("0.00000001")),
)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(side=st.sampled_from(["BUY", "SELL"]), given_words=words, known=facts)
def test_whatever_is_built_is_a_call_with_the_digits_that_were_given(
    side: str, given_words: dict[str, Any], known: MarketFacts
) -> None:
    """The catalog's rules accept it, and each number in it is one that was given, or the share."""
    wish = _understood(side, given_words, known)
    assume(wish is not None)
    assert wish is not None
    call = build(wish, known)

    endpoint = ENDPOINTS[call.operation]
    sent = encode_parameters(endpoint, call.parameters, now_ms=lambda: 0)
    check_call(endpoint, sent)
    said = {text for name, text in wish.said.items() if name not in UNSENT}
    share = {wish.said["quantity"]} if wish.percent is not None else set()
    assert said - share <= set(sent.values())
    assert len(_numbers_in(sent) - _allowed(wish)) <= len(share)
    assert wish.line() == read_wish(side, "BTCUSDT", wish.said).line()


def _understood(side: str, words: dict[str, Any], known: MarketFacts) -> Wish | None:
    try:
        wish = read_wish(side, "BTCUSDT", words)
        build(wish, known)
    except UsageError:
        return None
    return wish


def _numbers_in(sent: Mapping[str, str]) -> set[str]:
    return {text for text in sent.values() if text.replace(".", "", 1).isdecimal()}


def _allowed(wish: Wish) -> set[str]:
    return {*wish.said.values(), str(wish.trail)}


@given(percent=st.integers(1, 10_000), free=numbers, price=numbers, steps=st.integers(1, 10**8))
def test_a_share_is_cut_down_by_less_than_a_step(percent: int, free: str, price: str, steps: int) -> None:
    """Never up, and to a multiple of the step; what a buy costs at its price is never more than the share."""
    share, balance, step = Decimal(percent) / 100, Decimal(free), Decimal(steps).scaleb(-8)
    exact = share * balance / 100

    sold = base_share(share, balance, "BTC", step)
    spent = quote_share(share, balance, "USDT", step)
    bought = bought_share(share, balance, "USDT", step, Decimal(price))

    assert sold.sent == spent.sent
    assert 0 <= exact - sold.sent < step
    assert sold.sent % step == bought.sent % step == 0
    assert bought.sent * Decimal(price) <= exact < (bought.sent + step) * Decimal(price)
    assert (f"sent {sold.sent:f}" in sold.words) == (sold.sent != exact)


def test_every_word_is_told_what_it_does() -> None:
    """The list that help shows holds the words that a call can be made of."""
    assert set(WORDS) - {"spend", "receive"} == set(ORDER_WORDS)
