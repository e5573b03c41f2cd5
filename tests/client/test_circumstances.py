"""Errors hold the values that made them: of the clock, the budget and the symbol's rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.errors import (
    BinanceError,
    FilterViolation,
    IpBannedError,
    OrderRejected,
    RateLimitError,
    TimestampError,
)
from binance_nb.rules.symbol_rules import SymbolRules
from tests.client.scripted import Answer, refusal

Start = Callable[..., Any]
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": "1", "price": "0.123"}
TICK = {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "maxPrice": "0.00000000", "tickSize": "0.01000000"}
INFO: dict[str, Any] = {
    "symbols": [{"symbol": "BTCUSDT", "filters": [TICK]}, {"symbol": "ETHUSDT", "filters": [dict(TICK)]}],
    "exchangeFilters": [{"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 1000}],
}
LATE = refusal(400, -1021, "Timestamp for this request is outside of the recvWindow.")


def raised(there: Any, name: str, **words: Any) -> BinanceError:
    with pytest.raises(BinanceError) as caught:
        there.client.call(name, **words)
    return caught.value


def test_a_broken_filter_is_told_with_the_rules_that_passed_by(peer: Start) -> None:
    """After an exchange_info the refusal names bound and nearest values, and the line is the order put right."""
    there = peer(Answer(body=json.dumps(INFO).encode()), refusal(400, -1013, "Filter failure: PRICE_FILTER"))
    there.client.call("exchange_info")

    error = raised(there, "new_order", **ORDER)

    assert isinstance(error, FilterViolation)
    assert error.details["broken"] == "price 0.123 lies between two steps of tickSize 0.01"
    assert error.details["nearest"] == "price 0.12 or 0.13"
    assert error.details["sent"].endswith("quantity 1, price 0.123")
    assert error.hint == "Send price 0.12 or 0.13; the line below does."
    assert error.suggestion == ("%binance new_order BTCUSDT BUY LIMIT --time-in-force GTC --quantity 1 --price 0.12")


def test_a_broken_filter_costs_no_further_call(peer: Start) -> None:
    """Where the rules have not been seen, the line asks for them; the card does not."""
    there = peer(refusal(400, -1013, "Filter failure: PRICE_FILTER"))

    error = raised(there, "new_order", **ORDER)

    assert error.suggestion == "%binance exchange_info BTCUSDT --part filters"
    assert ["/api/v3/order"] == there.calls


def test_a_person_s_own_order_id_stays_on_the_line(peer: Start) -> None:
    """Only an id that was drawn for the refused order is left out."""
    there = peer(Answer(body=json.dumps(INFO).encode()), refusal(400, -1013, "Filter failure: PRICE_FILTER"))
    there.client.call("exchange_info")

    error = raised(there, "new_order", **ORDER, new_client_order_id="mine")

    assert "--new-client-order-id mine" in str(error.suggestion)


@pytest.mark.parametrize(("words", "window"), [({}, "5000 ms, as none was sent"), ({"recv_window": 100}, "100 ms")])
def test_a_late_request_is_told_with_its_window_and_the_clock(peer: Start, words: Any, window: str) -> None:
    """How long it was valid, how far the clocks are apart, and the same call with more time."""
    there = peer(LATE, LATE)

    error = raised(there, "account", **words)

    assert isinstance(error, TimestampError)
    assert error.details["recvWindow"] == window
    assert "ms from this computer's" in error.details["clock offset"]
    assert error.suggestion == "%binance account --recv-window 20000"


def test_a_long_limit_is_told_with_what_was_used_and_how_to_wait_for_it(peer: Start) -> None:
    """The weight, and the line that lets reads wait that long."""
    there = peer(refusal(429, -1003, "Too much.", Retry_After="40", **{"X_MBX_USED_WEIGHT_1M": "6001"}))

    error = raised(there, "ping")

    assert isinstance(error, RateLimitError)
    assert error.details["weight used"] == "6001 of 6000"
    assert error.suggestion == "%config BinanceMagics.max_wait_seconds = 40"


def test_a_call_held_back_here_is_told_like_a_refused_one(peer: Start) -> None:
    """The budget was used up before anything was sent."""
    there = peer(refusal(429, -1003, "Too much.", Retry_After="40"))
    raised(there, "ping")

    error = raised(there, "ping")

    assert "nothing was sent" in error.message
    assert "of 6000" in error.details["weight used"]
    assert "max_wait_seconds" in str(error.suggestion)


def test_too_many_orders_are_counted_on_the_card(peer: Start) -> None:
    """How many of how many, by window."""
    counted = {"X_MBX_ORDER_COUNT_10S": "101", "X_MBX_ORDER_COUNT_1D": "205"}
    there = peer(refusal(429, -1015, "Too many new orders.", Retry_After="5", **counted))

    error = raised(there, "new_order", **ORDER)

    assert error.details["orders counted"] == "101 of 100 in 10S, 205 of 200000 in 1D"


def test_a_ban_is_not_waited_for(peer: Start) -> None:
    """No line to paste makes a ban shorter."""
    there = peer(refusal(418, -1003, "banned", Retry_After="120"))

    error = raised(there, "ping")

    assert isinstance(error, IpBannedError)
    assert error.suggestion == "%binance status"


def test_what_an_order_would_cost_is_on_the_card(peer: Start) -> None:
    """Beside the exchange's word that the account has less."""
    there = peer(refusal(400, -2010, "Account has insufficient balance for requested action."))

    error = raised(there, "new_order", **ORDER | {"quantity": "3"})

    assert isinstance(error, OrderRejected)
    assert error.details["needs"] == "price × quantity = 0.369"
    assert error.suggestion == "%binance account --omit-zero-balances"


@pytest.mark.parametrize(("side", "needed"), [("BUY", "price × quantity = 0.36 USDT"), ("SELL", "quantity = 3 BTC")])
def test_what_an_order_would_cost_is_told_with_its_asset(peer: Start, side: str, needed: str) -> None:
    """Once the symbol's assets have passed by."""
    info = {"symbols": [{"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT", "filters": [TICK]}]}
    poor = refusal(400, -2010, "Account has insufficient balance for requested action.")
    there = peer(Answer(body=json.dumps(info).encode()), poor)
    there.client.call("exchange_info")

    error = raised(there, "new_order", **ORDER | {"quantity": "3", "price": "0.12", "side": side})

    assert error.details["needs"] == needed


def test_rules_that_did_not_keep_an_order_from_refusal_are_outdated(peer: Start) -> None:
    """They still explain the refusal, but whoever wants to be sure asks again."""
    there = peer(Answer(body=json.dumps(INFO).encode()), refusal(400, -1013, "Filter failure: PRICE_FILTER"))
    there.client.call("exchange_info")

    raised(there, "new_order", **ORDER)

    assert there.client.symbols.rules.age_seconds("BTCUSDT") is None
    assert there.client.symbols.rules.age_seconds("ETHUSDT") is not None
    assert there.client.symbols.rules.find("BTCUSDT", "PRICE_FILTER") == TICK


def test_rules_are_kept_once_for_all_symbols_that_share_them() -> None:
    """Thousands of symbols share a few dozen rules; those of the exchange hold for every symbol."""
    rules = SymbolRules()

    rules.learn(INFO)

    assert rules.find("BTCUSDT", "PRICE_FILTER") is rules.find("ETHUSDT", "PRICE_FILTER")
    assert rules.find("BTCUSDT", "EXCHANGE_MAX_NUM_ORDERS") == INFO["exchangeFilters"][0]
    assert rules.find("BTCUSDT", "LOT_SIZE") is None


def test_the_end_of_a_wait_is_told(peer: Start) -> None:
    """Whoever draws a count-down learns that it is over."""
    there = peer(refusal(429, -1003, "Too much.", Retry_After="1"), Answer(body=b"{}"))
    told: list[float] = []
    there.client.waiting.tell = lambda seconds, _: told.append(seconds)

    there.client.call("ping")

    assert told[0] > 0
    assert told[-1] == 0
