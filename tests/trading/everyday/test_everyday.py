"""Everyday words on the sandbox: each becomes the order that it should, and the receipt says so with all its digits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.errors import OrderRejected, PreflightError, RequestError, UsageError
from binance_nb.rendering import table_html, table_text
from binance_nb.trading.everyday.holdings import route
from binance_nb.trading.everyday.receipt import receipt_facts
from binance_nb.trading.everyday.replacing import replacement
from binance_nb.trading.everyday.words import Built


@pytest.fixture(autouse=True)
def clean(session: Session) -> Iterator[None]:
    """No test leaves orders behind."""
    yield
    for symbol in session.open_orders()["symbol"].unique():
        session.cancel(symbol, all=True)


def receipt(frame: pd.DataFrame) -> dict[str, Any]:
    """The facts of a frame's receipt."""
    facts: dict[str, Any] = frame.attrs["binance"]["receipt"]
    return facts


def kinds(frame: pd.DataFrame) -> list[str]:
    """The orders that a frame holds, in a line each."""
    return [f"{order.side} {order.type} {order.status}" for order in frame.itertuples()]


@pytest.mark.parametrize(
    ("verb", "words", "expected"),
    [
        ("buy", {"quantity": "0.01"}, ["BUY MARKET FILLED"]),
        ("sell", {"quantity": "0.01"}, ["SELL MARKET FILLED"]),
        ("buy", {"spend": "100"}, ["BUY MARKET FILLED"]),
        ("sell", {"receive": "100"}, ["SELL MARKET FILLED"]),
        ("buy", {"quantity": "1%"}, ["BUY MARKET FILLED"]),
        ("sell", {"quantity": "1%"}, ["SELL MARKET FILLED"]),
        ("buy", {"quantity": "1%", "price": 60000}, ["BUY LIMIT NEW"]),
        ("sell", {"quantity": "1%", "price": 70000.5}, ["SELL LIMIT NEW"]),
        ("buy", {"quantity": "0.01", "price": 70000, "time_in_force": "IOC"}, ["BUY LIMIT FILLED"]),
        ("sell", {"quantity": "0.01", "price": 70000, "time_in_force": "FOK"}, ["SELL LIMIT EXPIRED"]),
        ("buy", {"quantity": "0.01", "price": 60000, "post_only": True}, ["BUY LIMIT_MAKER NEW"]),
        ("sell", {"quantity": "0.1", "price": 70000, "iceberg": "0.05"}, ["SELL LIMIT NEW"]),
        ("buy", {"quantity": "0.01", "stop": 70000}, ["BUY STOP_LOSS NEW"]),
        ("sell", {"quantity": "0.01", "stop": 60000}, ["SELL STOP_LOSS NEW"]),
        ("buy", {"quantity": "0.01", "stop": 60000}, ["BUY TAKE_PROFIT NEW"]),
        ("sell", {"quantity": "0.01", "stop": 70000}, ["SELL TAKE_PROFIT NEW"]),
        ("buy", {"quantity": "0.01", "stop": 70000, "price": 70100}, ["BUY STOP_LOSS_LIMIT NEW"]),
        ("sell", {"quantity": "0.01", "stop": 60000, "price": 59900}, ["SELL STOP_LOSS_LIMIT NEW"]),
        ("buy", {"quantity": "0.01", "stop": 60000, "price": 60100}, ["BUY TAKE_PROFIT_LIMIT NEW"]),
        ("sell", {"quantity": "0.01", "stop": 70000, "price": 69900}, ["SELL TAKE_PROFIT_LIMIT NEW"]),
        ("buy", {"quantity": "0.01", "trail": "1%"}, ["BUY STOP_LOSS NEW"]),
        ("sell", {"quantity": "0.01", "trail": "1%", "stop": 70000}, ["SELL TAKE_PROFIT NEW"]),
        (
            "sell",
            {"quantity": "1%", "take_profit": 70000, "stop_loss": 58000},
            ["SELL STOP_LOSS NEW", "SELL LIMIT_MAKER NEW"],
        ),
        (
            "sell",
            {"quantity": "0.01", "take_profit": 70000, "stop_loss": 58000, "stop_limit": 57900},
            ["SELL STOP_LOSS_LIMIT NEW", "SELL LIMIT_MAKER NEW"],
        ),
        (
            "buy",
            {"quantity": "0.01", "price": 60000, "take_profit": 70000},
            ["BUY LIMIT NEW", "SELL LIMIT PENDING_NEW"],
        ),
        (
            "buy",
            {"quantity": "0.01", "price": 60000, "stop_loss": 58000, "post_only": True},
            ["BUY LIMIT_MAKER NEW", "SELL STOP_LOSS PENDING_NEW"],
        ),
        (
            "buy",
            {"quantity": "0.01", "price": 60000, "take_profit": 70000, "stop_loss": 58000, "stop_limit": 57900},
            ["BUY LIMIT NEW", "SELL STOP_LOSS_LIMIT PENDING_NEW", "SELL LIMIT_MAKER PENDING_NEW"],
        ),
    ],
)
def test_each_shape_becomes_the_order_it_should(
    session: Session, verb: str, words: dict[str, Any], expected: list[str]
) -> None:
    """All types, both sides, lists of two and three; and the line that the receipt gives is that very call."""
    frame = getattr(session, verb)("BTCUSDT", **words)

    assert kinds(frame) == expected
    assert receipt(frame)["line"].startswith(f"%binance {frame.attrs['binance']['operation']} BTCUSDT ")


def test_a_receipt_tells_digits_fees_and_worth(session: Session) -> None:
    """All in Decimal: what was executed, for how much, at which price on average, and what it cost."""
    told = receipt(session.buy("BTCUSDT", "0.01"))

    order, fee = told["orders"]["1"], told["fees"]["1"]
    assert Decimal(order["paid"]) == Decimal(order["executed"]) * Decimal(order["average"])
    assert Decimal(fee["amount"]) == Decimal("0.00001")
    assert Decimal(fee["worth"]) == Decimal(fee["amount"]) * Decimal(order["average"])
    assert (fee["asset"], order["base"], told["quote"]) == ("BTC", "BTC", "USDT")


def test_a_receipt_stands_where_the_table_would(session: Session) -> None:
    """As long as the frame is the order; what is computed from it looks like any frame."""
    frame = session.buy("BTCUSDT", "0.01", price="60000")

    shown = table_text(frame)
    assert shown.startswith("BUY 0.01 BTCUSDT LIMIT at 60,000 GTC → NEW\n")
    assert "%binance new_order BTCUSDT BUY LIMIT --time-in-force GTC --quantity 0.01 --price 60000" in shown
    assert "SANDBOX" in shown
    assert "<strong>BUY 0.01 BTCUSDT LIMIT at 60,000 GTC → NEW</strong>" in str(table_html(frame))
    assert table_text(frame[["price"]]).startswith("derived from new_order")


def test_the_python_of_a_receipt_orders_the_same(session: Session) -> None:
    """Pasted as it stands."""
    first = session.sell("BTCUSDT", "0.01", take_profit="70000", stop_loss="58000")

    second = eval(receipt(first)["python"], {"session": session})

    columns = ["side", "type", "price", "stop_price", "orig_qty"]
    pd.testing.assert_frame_equal(first[columns], second[columns])


def test_an_average_that_has_no_end_says_so() -> None:
    """It is shown to eight places, and called what it is."""
    reply = {"symbol": "BTCUSDT", "orderId": 1, "origQty": "3", "executedQty": "3.0", "cummulativeQuoteQty": "10.0"}

    told = receipt_facts("buy", Built("new_order", {"symbol": "BTCUSDT"}), reply, "USDT")

    assert told["orders"]["1"]["average"] == "about 3.33333333"


def test_a_share_of_the_balance_is_exact(session: Session) -> None:
    """Half of it is half of every digit, cut down to the step; the receipt shows the sum."""
    session.buy("BTCUSDT", "0.01")
    free = Decimal(_held(session, "BTC")["free"])

    frame = session.sell("BTCUSDT", "50%", price="70000")

    sent = Decimal(frame.attrs["binance"]["parameters"]["quantity"])
    assert 0 <= free / 2 - sent < Decimal("0.00001")
    assert f"50 % of {free.normalize():f} BTC = {(free / 2).normalize():f}" in receipt(frame)["why"]["2"]


def test_check_places_nothing(session: Session) -> None:
    """It returns the report of the rules."""
    report: Any = session.buy("BTCUSDT", "0.01", price="60000", check=True)

    assert (report.operation, report.broken) == ("new_order", ())
    assert session.orders("BTCUSDT").empty


def test_a_broken_rule_is_mended_in_the_words_that_were_used(session: Session) -> None:
    """Not in those of the catalog."""
    with pytest.raises(PreflightError) as refused:
        session.buy("BTCUSDT", "0.010001", price="60000")

    assert refused.value.suggestion == "%binance buy BTCUSDT 0.01 --price 60000"


@pytest.mark.parametrize(
    ("words", "near"), [({"prise": 1}, "Did you mean price?"), ({"takeprofit": 1}, "Did you mean take_profit?")]
)
def test_a_misspelt_word_is_answered_with_the_nearest(session: Session, words: dict[str, Any], near: str) -> None:
    """As for every call."""
    with pytest.raises(UsageError) as refused:
        session.buy("BTCUSDT", "0.01", **words)

    assert refused.value.hint == near


# ---- replace


def test_a_smaller_quantity_alone_keeps_the_order(session: Session) -> None:
    """It is amended, and keeps its place."""
    order = session.buy("BTCUSDT", "0.02", price="60000")

    smaller = session.replace("BTCUSDT", order.order_id[0], quantity="0.01")

    assert smaller.order_id[0] == order.order_id[0]
    assert receipt(smaller)["operation"] == "amend_keep_priority"
    assert "keeps its place" in receipt(smaller)["why"]["1"]


@pytest.mark.parametrize(
    ("words", "change", "expected"),
    [
        ({"price": "60000"}, {"price": "59000"}, ("LIMIT", 59000.0, 0.02, 0.0, 0.0)),
        ({"price": "60000", "iceberg": "0.01"}, {"quantity": "0.03"}, ("LIMIT", 60000.0, 0.03, 0.0, 0.01)),
        ({"price": "60000", "post_only": True}, {"price": "59000"}, ("LIMIT_MAKER", 59000.0, 0.02, 0.0, 0.0)),
        ({"stop": "70000"}, {"stop": "71000"}, ("STOP_LOSS", 0.0, 0.02, 71000.0, 0.0)),
        (
            {"stop": "70000", "price": "70100"},
            {"price": "70200", "quantity": "0.01"},
            ("STOP_LOSS_LIMIT", 70200.0, 0.01, 70000.0, 0.0),
        ),
    ],
)
def test_another_price_is_another_order_like_it(
    session: Session, words: dict[str, Any], change: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    """Everything but what changes is as it was."""
    order = session.buy("BTCUSDT", "0.02", **words)

    session.replace("BTCUSDT", order.client_order_id[0], **change)

    (stands,) = session.orders("BTCUSDT").itertuples()
    assert (stands.type, stands.price, stands.orig_qty, stands.stop_price, stands.iceberg_qty) == expected


def test_what_is_filled_counts_as_part_of_the_quantity() -> None:
    """The new order is for what is left."""
    call = replacement(_half_filled(), {"price": "59000", "quantity": "1.5"})

    assert call.parameters["quantity"] == "1.1"
    assert "0.4 of it is filled already" in call.why[1]


def _half_filled() -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "orderId": 7,
        "orderListId": -1,
        "price": "60000.00",
        "origQty": "1.00000000",
        "executedQty": "0.40000000",
        "status": "PARTIALLY_FILLED",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
    }


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, "would stay as it is"),
        ({"price": "60000"}, "already"),
        ({"stop": "5"}, "without a stop"),
        ({"quantity": "0.4"}, "is not more"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: dict[str, Any], complaint: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError) as refused:
        replacement(_half_filled(), change)

    assert complaint in refused.value.message


def test_an_order_that_is_done_or_of_a_list_is_not_replaced(session: Session) -> None:
    """The one has nothing left, the other would take its list with it."""
    done = session.buy("BTCUSDT", "0.01")
    listed = session.sell("BTCUSDT", "0.01", take_profit="70000", stop_loss="58000")

    with pytest.raises(UsageError, match="is FILLED"):
        session.replace("BTCUSDT", done.order_id[0], quantity="0.005")
    with pytest.raises(UsageError, match="end the whole list"):
        session.replace("BTCUSDT", listed.order_id[1], price="71000")


# ---- cancel


def test_an_order_is_cancelled_by_either_id(session: Session) -> None:
    """The exchange's number, or the client order id."""
    first, second = (session.buy("BTCUSDT", "0.01", price=price) for price in ("60000", "59000"))

    session.cancel("BTCUSDT", first.order_id[0])
    frame = session.cancel("BTCUSDT", second.client_order_id[0])

    assert session.orders().empty
    assert table_text(frame).startswith("CANCELLED BUY 0.01 BTCUSDT LIMIT at 59,000 GTC\n")


def test_what_was_cancelled_in_the_same_words_is_shown_again(session: Session) -> None:
    """A cell that takes an order back may run again: the order is gone, and the receipt says since when."""
    order = session.buy("BTCUSDT", "0.01", price="60000")
    first = session.cancel("BTCUSDT", order.order_id[0])

    again = session.cancel("BTCUSDT", order.order_id[0])

    assert kinds(first) == kinds(again) == ["BUY LIMIT CANCELED"]
    assert first.order_id[0] == again.order_id[0]
    assert "" == receipt(first)["note"]
    assert receipt(again)["note"].startswith("It was cancelled from here already, 2024-")


def test_an_id_that_another_order_has_by_now_is_not_said_to_be_cancelled(session: Session) -> None:
    """The first was taken back; the second, under the same id of a person's own, was filled."""
    own = "mine-again"
    what = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", "newClientOrderId": own}
    session.call("new_order", **what, type="LIMIT", timeInForce="GTC", price="60000")
    session.cancel("BTCUSDT", own)
    session.call("new_order", **what, type="MARKET")

    with pytest.raises(OrderRejected) as caught:
        session.cancel("BTCUSDT", own)

    assert -2011 == caught.value.code


def test_a_list_that_was_cancelled_in_the_same_words_is_shown_again(session: Session) -> None:
    """As a single order is."""
    listed = session.sell("BTCUSDT", "0.01", take_profit="70000", stop_loss="58000")
    number = int(listed.order_list_id[0])
    first = session.cancel("BTCUSDT", order_list=number)

    again = session.cancel("BTCUSDT", order_list=number)

    assert list(first.order_id) == list(again.order_id)
    assert receipt(again)["note"].startswith("It was cancelled from here already, 2024-")


def test_an_order_of_a_list_that_was_cancelled_is_shown_again(session: Session) -> None:
    """What came back when it was cancelled was the list."""
    listed = session.sell("BTCUSDT", "0.01", take_profit="70000", stop_loss="58000")
    leg = int(listed.order_id[0])
    session.cancel("BTCUSDT", leg)

    again = session.cancel("BTCUSDT", leg)

    assert receipt(again)["note"].startswith("It was cancelled from here already, 2024-")


def test_an_order_that_was_never_cancelled_from_here_is_refused(session: Session) -> None:
    """Filled, cancelled by its client order id in other words, or unknown: that is news."""
    order = session.buy("BTCUSDT", "0.01", price="60000")
    session.cancel_order("BTCUSDT", order_id=order.order_id[0])
    filled = session.buy("BTCUSDT", "0.01")

    for number in (order.order_id[0], filled.order_id[0], 10**9):
        with pytest.raises(OrderRejected) as caught:
            session.cancel("BTCUSDT", number)
        assert -2011 == caught.value.code


def test_a_list_is_cancelled_whole(session: Session) -> None:
    """By its number."""
    listed = session.sell("BTCUSDT", "0.01", take_profit="70000", stop_loss="58000")

    frame = session.cancel("BTCUSDT", order_list=listed.order_list_id[0])

    assert session.orders().empty
    assert table_text(frame).startswith("CANCELLED 2 orders of BTCUSDT\n")


def test_without_an_order_what_is_open_is_named(session: Session) -> None:
    """Nothing is cancelled; with one open order the line is ready."""
    order = session.buy("BTCUSDT", "0.01", price="60000").order_id[0]

    with pytest.raises(UsageError) as one:
        session.cancel("BTCUSDT")
    session.sell("BTCUSDT", "0.01", stop="58000")
    with pytest.raises(UsageError) as two:
        session.cancel("BTCUSDT")

    assert one.value.suggestion == f"%binance cancel BTCUSDT {order}"
    assert two.value.suggestion is None
    assert f"{order} BUY 0.01 LIMIT at 60000; {order + 1} SELL 0.01 STOP_LOSS stop 58000" in str(two.value.hint)
    assert len(session.orders()) == 2


def test_all_needs_a_symbol(session: Session) -> None:
    """Those that have open orders are named."""
    session.buy("BTCUSDT", "0.01", price="60000")
    session.buy("ETHUSDT", "0.1", price="3000")

    with pytest.raises(UsageError) as refused:
        session.cancel(all=True)

    assert refused.value.hint == "Orders are open of BTCUSDT (1), ETHUSDT (1)."


def test_one_way_of_saying_which_is_enough(session: Session) -> None:
    """Two are refused."""
    with pytest.raises(RequestError, match="says what to cancel"):
        session.cancel("BTCUSDT", 1, all=True)


# ---- orders and balances


def test_orders_show_first_what_is_read_first(session: Session) -> None:
    """The other columns follow."""
    session.buy("BTCUSDT", "0.01", price="60000")

    frame = session.orders()

    assert list(frame.columns[:5]) == ["order_id", "symbol", "side", "type", "status"]
    assert set(frame.columns) == set(session.open_orders().columns)
    with pd.option_context("display.width", 1000, "display.max_columns", None):
        assert table_text(frame).startswith("open_orders · SANDBOX")


def test_orders_that_are_done_are_listed_of_a_symbol(session: Session) -> None:
    """All of them, or those since a time: asked for a day at a time, none twice."""
    session.buy("BTCUSDT", "0.01")

    every, since = session.orders("BTCUSDT", all=True), session.orders("BTCUSDT", since="-3d")

    assert "FILLED" in set(every["status"])
    pd.testing.assert_frame_equal(every, since)
    assert since.attrs["binance"]["requests"] == 4
    with pytest.raises(UsageError, match="one symbol at a time"):
        session.orders(all=True)
    with pytest.raises(UsageError, match="lies ahead"):
        session.orders("BTCUSDT", since="+1d")


def test_balances_add_up(session: Session) -> None:
    """Free and locked are the total; assets of which there is nothing come only when asked for."""
    session.buy("BTCUSDT", "0.01", price="60000")

    held: Any = session.balances(exact=True)
    every: Any = session.balances(all=True)

    assert (held["free"] + held["locked"] == held["total"]).all()
    assert held.loc["USDT", "locked"] == Decimal("600")
    assert (held["total"] > 0).all()
    assert len(every) > len(held)
    assert (every["total"].dtype, held["total"].dtype) == ("float64", "object")


def test_balances_are_told_in_another_asset(session: Session) -> None:
    """At the last prices; what has none is said."""
    prices: Any = session.ticker_price("BTCUSDT", raw=True)

    frame: Any = session.balances(worth_in="USDT", exact=True)

    price = Decimal(prices["price"])
    assert frame.loc["BTC", "worth"] == frame.loc["BTC", "total"] * price
    assert frame.loc["BTC", "at"] == "BTCUSDT"
    assert frame.loc["456", "worth"] is None
    assert "not in it, for want of a price: 这是测试币, 456" in table_text(frame)
    with pytest.raises(UsageError) as refused:
        session.balances(worth_in="USTD")
    assert refused.value.suggestion == "USDT"


@pytest.mark.parametrize(
    ("asset", "wanted", "words", "worth"),
    [
        ("BTC", "BTC", "", "3"),
        ("BTC", "USDT", "BTCUSDT", "150000"),
        ("USDT", "BTC", "1/BTCUSDT", "0.00006"),
        ("XRP", "USDT", "XRPBTC × BTCUSDT", "1.5"),
        ("EUR", "XRP", "1/BTCEUR × 1/XRPBTC", "7.5"),
    ],
)
def test_an_amount_is_worth_what_prices_say(asset: str, wanted: str, words: str, worth: str) -> None:
    """Directly, the other way round, or through an asset that most are traded for."""
    prices = {"BTCUSDT": Decimal(50000), "XRPBTC": Decimal("0.00001"), "BTCEUR": Decimal(40000)}

    found = route(asset, wanted, prices)

    assert found is not None
    assert (found.words, found.convert(Decimal(3))) == (words, Decimal(worth))


def test_an_asset_without_a_price_has_no_worth() -> None:
    """Nothing is guessed."""
    assert route("ADA", "USDT", {"BTCUSDT": Decimal(50000)}) is None


def _held(session: Session, asset: str) -> dict[str, str]:
    held: dict[str, str] = next(each for each in session.account(raw=True)["balances"] if each["asset"] == asset)
    return held
