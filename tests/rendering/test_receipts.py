"""Receipts: what everyday words became, as a sheet and as text."""

from __future__ import annotations

from typing import Any

from binance_nb.rendering.receipts import receipt_of, receipt_sheet
from binance_nb.trading.everyday.receipt import receipt_facts
from binance_nb.trading.everyday.words import Built

SANDBOX = "SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC"
LIMIT = Built("new_order", {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT"}, ("LIMIT: a price was given.",))


def order(**more: Any) -> dict[str, Any]:
    """An order as the exchange tells it."""
    return {
        "symbol": "BTCUSDT",
        "orderId": 7,
        "orderListId": -1,
        "clientOrderId": "mine",
        "price": "1234567.10000000",
        "origQty": "0.03000000",
        "executedQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "fills": [],
        **more,
    }


def text_of(verb: str, built: Built, reply: Any, note: str = "") -> str:
    """The text of a receipt."""
    return receipt_sheet(receipt_facts(verb, built, reply, "USDT", note), SANDBOX).text()


def test_thousands_are_told_apart_and_no_digit_is_lost() -> None:
    """In prices; the zeros that the exchange fills up with go."""
    assert text_of("buy", LIMIT, order()).startswith("BUY 0.03 BTCUSDT LIMIT at 1,234,567.1 GTC → NEW\n")


def test_an_iceberg_says_how_much_of_it_is_seen() -> None:
    """Otherwise its receipt is that of an order which the whole book sees."""
    assert "at 1,234,567.1 showing 0.01 GTC" in text_of("buy", LIMIT, order(icebergQty="0.01000000"))


def test_fees_are_summed_by_asset() -> None:
    """Those in the base asset with their worth at the prices they were paid at."""
    fills = [
        {"price": "100.00", "qty": "0.01", "commission": "0.00001", "commissionAsset": "BTC"},
        {"price": "200.00", "qty": "0.01", "commission": "0.00001", "commissionAsset": "BTC"},
        {"price": "200.00", "qty": "0.01", "commission": "0.002", "commissionAsset": "BNB"},
    ]

    text = text_of("buy", LIMIT, order(fills=fills, executedQty="0.03", cummulativeQuoteQty="5", status="FILLED"))

    assert "0.00002 BTC (worth 0.003 USDT); 0.002 BNB" in text
    assert "0.03 of 0.03 BTC for 5 USDT, about 166.66666667 on average" in text


def test_the_orders_of_a_list_stand_a_line_each() -> None:
    """With what each of them waits for."""
    legs = [order(orderId=1, type="STOP_LOSS", price="0.0", stopPrice="58000.00"), order(orderId=2, trailingDelta=150)]
    head = {"orderListId": 3, "contingencyType": "OCO", "listOrderStatus": "EXECUTING", "listClientOrderId": "both"}

    text = text_of("sell", Built("order_list_oco", {"symbol": "BTCUSDT"}), {**head, "orderReports": legs})

    assert text.startswith("BUY 0.03 BTCUSDT as OCO → EXECUTING\n")
    assert "order 1  BUY 0.03 BTCUSDT STOP_LOSS stop 58,000 → NEW" in text
    assert "order 2  BUY 0.03 BTCUSDT LIMIT at 1,234,567.1 trailing 1.5 % GTC → NEW" in text
    assert "list id  3, both" in text


def test_a_list_that_was_looked_up_goes_by_the_name_that_the_exchange_gives_it() -> None:
    """How it had been ordered is not told then, so there is no line."""
    found = {"orderListId": 3, "contingencyType": "OTO", "listOrderStatus": "ALL_DONE", "listClientOrderId": "both"}

    text = text_of("buy", Built("get_order_list", {"symbol": "BTCUSDT"}), found, "It was looked up.")

    assert text.startswith("OTO → ALL_DONE\n")
    assert "Note: It was looked up." in text
    assert "The same as" not in text


def test_an_amended_order_goes_by_its_new_name() -> None:
    """It is found by no other from then on."""
    amended = {**order(clientOrderId="new", origClientOrderId="old"), "qty": "0.01"}
    del amended["origQty"]

    text = text_of("replace", Built("amend_keep_priority", {"symbol": "BTCUSDT"}), {"amendedOrder": amended})

    assert text.startswith("BUY 0.01 BTCUSDT LIMIT")
    assert "7, new" in text


def test_what_was_cancelled_goes_by_the_name_it_had() -> None:
    """The other one is the cancel's own."""
    text = text_of("cancel", Built("cancel_order", {"symbol": "BTCUSDT"}), order(origClientOrderId="mine"))

    assert text.startswith("CANCELLED BUY 0.03 BTCUSDT LIMIT at 1,234,567.1 GTC\n")


def test_a_page_is_not_broken_by_what_somebody_else_named() -> None:
    """Text from outside is escaped."""
    page = receipt_sheet(receipt_facts("buy", LIMIT, order(clientOrderId="<b>"), None), SANDBOX).html()

    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_a_frame_without_a_receipt_has_none() -> None:
    """It looks as ever."""
    assert receipt_of({"operation": "klines"}) is None
