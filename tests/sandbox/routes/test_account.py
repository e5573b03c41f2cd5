"""What the account holds, has ordered and has traded."""

from __future__ import annotations

import pytest

from tests.sandbox.desk import NOW_MS, Desk

BTC = {"symbol": "BTCUSDT"}


def rest(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.order(quantity="0.0002", price=50_000 + number, newClientOrderId=f"order-{number}")


def test_a_fresh_account_holds_what_it_begins_with(desk: Desk) -> None:
    """Every asset that trades here is listed; without zeros only what is held."""
    every = {row["asset"]: row for row in desk.ask("GET", "account").json["balances"]}
    held = desk.ask("GET", "account", omitZeroBalances="true").json["balances"]
    assets = {asset for item in desk.venue.listings.values() for asset in (item.base_asset, item.quote_asset)}

    assert set(every) == assets
    assert {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"} == every["USDT"]
    assert "0.00000000" == every["DOGE"]["free"]
    assert [row for row in every.values() if float(row["free"])] == held


def test_the_account_tells_when_it_last_changed(moving_desk: Desk) -> None:
    """Never before the first change; then with every order, and with money from outside."""
    times = [moving_desk.ask("GET", "account").json["updateTime"]]
    moving_desk.order(quantity="0.0002", price="50000")
    times.append(moving_desk.ask("GET", "account").json["updateTime"])
    moving_desk.seconds = 5.0
    moving_desk.venue.deposit(moving_desk.venue.accounts["main"], "BTC", 1, moving_desk.clock.now_ms())
    times.append(moving_desk.ask("GET", "account").json["updateTime"])

    assert [0, NOW_MS, NOW_MS + 5000] == times


def test_an_order_is_found_by_either_id(desk: Desk) -> None:
    """By the exchange's number, by the owner's name, and by both when they are of the same order."""
    rest(desk, 2)

    by_number = desk.ask("GET", "order", **BTC, orderId=2).json
    by_name = desk.ask("GET", "order", **BTC, origClientOrderId="order-1").json
    by_both = desk.ask("GET", "order", **BTC, orderId=2, origClientOrderId="order-1").json

    assert by_number == by_name == by_both
    assert ("order-1", "NEW", "50001.00000000") == (by_name["clientOrderId"], by_name["status"], by_name["price"])


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({**BTC, "orderId": 3}, (400, -2013, "Order does not exist.")),
        ({**BTC, "origClientOrderId": "order-3"}, (400, -2013, "Order does not exist.")),
        ({"symbol": "ETHUSDT", "orderId": 1}, (400, -2013, "Order does not exist.")),
        (
            {**BTC, "orderId": 1, "origClientOrderId": "order-1"},
            (400, -2039, "Client order ID is not correct for this order ID."),
        ),
        ({"symbol": "NOSUCH", "orderId": 1}, (400, -1121, "Invalid symbol.")),
    ],
)
def test_an_order_that_is_not_there(desk: Desk, params: dict[str, object], refusal: tuple[int, int, str]) -> None:
    """Unknown, of another symbol, or named by two ids that disagree."""
    rest(desk, 2)

    assert refusal == desk.ask("GET", "order", **params).refusal


def test_of_orders_with_one_name_the_newest_is_found(desk: Desk) -> None:
    """A client id may be used again once its order is done."""
    rest(desk, 1)
    desk.ask("DELETE", "openOrders", **BTC)
    rest(desk, 1)

    order = desk.ask("GET", "order", **BTC, origClientOrderId="order-0").json

    assert (2, "NEW") == (order["orderId"], order["status"])


def test_open_orders_of_one_symbol_and_of_all(desk: Desk) -> None:
    """With a symbol its own, without one everybody's, oldest first."""
    rest(desk, 2)
    desk.order("ETHUSDT", quantity="0.01", price="2000")

    one = desk.ask("GET", "openOrders", **BTC).json
    every = desk.ask("GET", "openOrders").json

    assert [1, 2] == [row["orderId"] for row in one]
    assert [1, 2, 3] == [row["orderId"] for row in every]


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"limit": 2}, [4, 5]),
        ({"orderId": 2, "limit": 2}, [2, 3]),
        ({"startTime": NOW_MS + 1000, "limit": 2}, [2, 3]),
        ({"endTime": NOW_MS + 2000, "limit": 2}, [2, 3]),
        ({"startTime": NOW_MS + 1000, "endTime": NOW_MS + 2000}, [2, 3]),
        ({"startTime": NOW_MS + 9000}, []),
        ({"startTime": NOW_MS + 2000, "endTime": NOW_MS}, []),
    ],
)
def test_the_history_is_paged(moving_desk: Desk, params: dict[str, object], ids: list[int]) -> None:
    """A start or an id walks forward from the oldest; without them the newest come; always oldest first."""
    for number in range(5):
        moving_desk.seconds = float(number)
        moving_desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.0001")

    orders = moving_desk.ask("GET", "allOrders", **BTC, **params).json
    by_trade = {**params, "fromId": params["orderId"]} if "orderId" in params else params
    by_trade.pop("orderId", None)
    trades = moving_desk.ask("GET", "myTrades", **BTC, **by_trade).json

    assert ids == [row["orderId"] for row in orders]
    assert ids == [row["id"] for row in trades]


def test_trades_of_one_order(desk: Desk) -> None:
    """With an order id only its fills come, and from an id on the later ones of them."""
    desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.0001")
    order = desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.5").json

    fills = desk.ask("GET", "myTrades", **BTC, orderId=order["orderId"]).json
    later = desk.ask("GET", "myTrades", **BTC, orderId=order["orderId"], fromId=fills[1]["id"]).json

    assert [fill["tradeId"] for fill in order["fills"]] == [row["id"] for row in fills]
    assert fills[1:] == later


def test_a_tested_order_tells_the_rates_when_asked(desk: Desk) -> None:
    """Otherwise the answer is empty; either way nothing is placed."""
    sent = {**BTC, "side": "BUY", "type": "MARKET", "quantity": "5"}

    silent = desk.ask("POST", "order/test", **sent).json
    told = desk.ask("POST", "order/test", **sent, computeCommissionRates="true").json

    assert {} == silent
    assert {"maker": "0.00100000", "taker": "0.00100000"} == told["standardCommissionForOrder"]
    assert [] == desk.ask("GET", "allOrders", **BTC).json


def test_beside_a_time_the_order_id_counts_for_nothing(moving_desk: Desk) -> None:
    """All orders are then chosen by time alone."""
    for number in range(3):
        moving_desk.seconds = float(number)
        rest(moving_desk, 1)
        moving_desk.ask("DELETE", "openOrders", **BTC)

    rows = moving_desk.ask("GET", "allOrders", **BTC, orderId=3, startTime=NOW_MS).json

    assert [1, 2, 3] == [row["orderId"] for row in rows]


def test_an_order_that_came_to_nothing_is_archived(moving_desk: Desk) -> None:
    """Ninety days after it was cancelled; one that traded stays."""
    rest(moving_desk, 1)
    moving_desk.ask("DELETE", "openOrders", **BTC)
    moving_desk.order("BTCUSDT", "SELL", "MARKET", quantity="0.001")
    archived = (
        400,
        -2026,
        "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
    )

    moving_desk.seconds = 90 * 86_400.0
    early = moving_desk.ask("GET", "order", **BTC, orderId=1)
    moving_desk.seconds += 0.001
    late, traded = (moving_desk.ask("GET", "order", **BTC, orderId=number) for number in (1, 2))

    assert [200, 400, 200] == [early.status, late.status, traded.status]
    assert archived == late.refusal


def test_the_account_tells_its_own_rates(desk: Desk) -> None:
    """In basis points and as shares; the same that its symbols and tested orders tell."""
    account = desk.ask("GET", "account").json
    symbol = desk.ask("GET", "account/commission", **BTC).json

    assert account["commissionRates"] == symbol["standardCommission"]
    assert (10, 10, 0, 0) == tuple(account[f"{party}Commission"] for party in ("maker", "taker", "buyer", "seller"))
