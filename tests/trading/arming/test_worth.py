"""What orders are worth: never less than what they can come to, in the asset that was armed in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, Prepared, Reply, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import ReplyError, TransportError, UsageError
from binance_nb.trading.arming.worth import MARGIN, worth_of

AVERAGE = {"BTCUSDT": "60000.00000000", "ETHBTC": "0.05000000", "NEWUSDT": "0.00000000", "BTCTRY": "2000000.00"}
BOOK = {"asks": [["60000.00", "1"], ["66000.00", "10000"]], "bids": [["59000.00", "1"], ["50000.00", "1"]]}
QUOTES = {"BTCUSDT": "USDT", "ETHBTC": "BTC", "NEWUSDT": "USDT", "BTCTRY": "TRY"}
NEAR = Decimal(60_000) * MARGIN
PRICES = st.decimals("0.01", "1000000", places=2)
QUANTITIES = st.decimals("0.00001", "1000", places=5)


class Prices:
    """A transport that knows average prices and quote assets, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer as the exchange does."""
        symbol = prepared.sent.get("symbol", "")
        self.asked.append(f"{prepared.operation} {symbol}".strip())
        if prepared.operation == "exchange_info":
            body = ",".join(f'{{"symbol":"{name}","quoteAsset":"{quote}"}}' for name, quote in QUOTES.items())
            return Reply(prepared.operation, prepared.sent, 200, {}, f'{{"symbols":[{body}]}}'.encode())
        if symbol not in AVERAGE:
            return Reply(prepared.operation, prepared.sent, 400, {}, b'{"code":-1121,"msg":"Invalid symbol."}')
        if prepared.operation == "depth":
            return Reply(prepared.operation, prepared.sent, 200, {}, json.dumps(BOOK).encode())
        body = f'{{"mins":5,"price":"{AVERAGE[symbol]}"}}'
        return Reply(prepared.operation, prepared.sent, 200, {}, body.encode())

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture(scope="module")
def prices() -> Prices:
    """The transport."""
    return Prices()


@pytest.fixture(scope="module")
def client(prices: Prices) -> Iterator[Client]:
    """A client that asks it."""
    place = Environment("live", "https://api.binance.com", is_live=True)
    with_prices = Client(place, transport=prices, budget=WeightBudget())
    with_prices.call("exchange_info")
    yield with_prices
    with_prices.close()


def value(client: Client, name: str, asset: str = "USDT", **sent: object) -> Decimal:
    """Return what a placement is worth."""
    texts = {"symbol": "BTCUSDT", **{key: str(text) for key, text in sent.items()}}
    return worth_of(client, ENDPOINTS[name], texts, asset)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"side": "BUY", "type": "LIMIT", "price": "59000", "quantity": "0.5"}, "29500"),
        ({"side": "BUY", "type": "LIMIT", "price": "61000", "quantity": "0.5"}, "30500"),
        ({"side": "SELL", "type": "LIMIT", "price": "72000", "quantity": "0.5"}, "36000"),
        ({"side": "SELL", "type": "LIMIT", "price": "1", "quantity": "0.5"}, NEAR / 2),
        ({"side": "SELL", "type": "LIMIT_MAKER", "price": "60100", "quantity": "1"}, NEAR),
        ({"side": "BUY", "type": "MARKET", "quantity": "0.5"}, NEAR / 2),
        ({"side": "SELL", "type": "MARKET", "quantity": "0.5"}, NEAR / 2),
        ({"side": "BUY", "type": "MARKET", "quantity": "2"}, 126_000 * MARGIN),  # it empties the first price
        ({"side": "SELL", "type": "MARKET", "quantity": "3"}, NEAR * 3),
        ({"side": "BUY", "type": "MARKET", "quoteOrderQty": "17.5"}, "17.5"),
        ({"side": "SELL", "type": "MARKET", "quoteOrderQty": "17.5"}, "17.5"),
        ({"side": "BUY", "type": "STOP_LOSS", "stopPrice": "70000", "quantity": "1"}, 70_000 * MARGIN),
        ({"side": "SELL", "type": "STOP_LOSS", "stopPrice": "50000", "quantity": "1"}, NEAR),
        ({"side": "BUY", "type": "STOP_LOSS_LIMIT", "stopPrice": "70000", "price": "71000", "quantity": "1"}, "71000"),
        ({"side": "BUY", "type": "STOP_LOSS", "trailingDelta": "500", "quantity": "1"}, NEAR * Decimal("1.05")),
        ({"side": "BUY", "type": "LIMIT", "pegPriceType": "PRIMARY_PEG", "price": "1", "quantity": "1"}, NEAR),
    ],
    ids=lambda each: " ".join(map(str, each.values())) if isinstance(each, Mapping) else None,
)
def test_a_single_order(client: Client, words: dict[str, str], expected: object) -> None:
    """A buy with a limit by its price, an amount by itself, the rest by the dearest price it may get."""
    for name in ("new_order", "cancel_replace"):
        assert Decimal(str(expected)) == value(client, name, **words)


PAIR = {"side": "SELL", "quantity": "0.5", "aboveType": "LIMIT_MAKER", "abovePrice": "72000", "belowType": "STOP_LOSS"}
WORKING = {"workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "50000", "workingQuantity": "0.5"}
TAKE = {"pendingType": "LIMIT_MAKER", "pendingSide": "SELL", "pendingPrice": "72000"}
BRACKET = {
    "pendingSide": "SELL",
    "pendingAboveType": "LIMIT_MAKER",
    "pendingAbovePrice": "72000",
    "pendingBelowType": "STOP_LOSS",
    "pendingBelowStopPrice": "40000",
}


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("order_list_oco", {**PAIR, "belowStopPrice": "40000"}, "36000"),
        ("order_list_oco", {**PAIR, "side": "BUY", "belowType": "TAKE_PROFIT", "belowStopPrice": "1"}, "36000"),
        ("new_oco", {"side": "SELL", "quantity": "0.5", "price": "72000", "stopPrice": "40000"}, "36720"),
        (
            "new_oco",
            {"side": "BUY", "quantity": "1", "price": "50000", "stopPrice": "70000", "stopLimitPrice": "70100"},
            "70100",
        ),
        ("new_oco", {"side": "BUY", "quantity": "1", "price": "50000", "stopPrice": "70000"}, 70_000 * MARGIN),
        ("order_list_oto", {**WORKING, **TAKE, "pendingQuantity": "0.5"}, "25000"),
        ("order_list_oto", {**WORKING, **TAKE, "pendingQuantity": "1.5"}, "97000"),
        ("order_list_oto", {**WORKING, **TAKE, "pendingSide": "BUY", "pendingQuantity": "0.5"}, "61000"),
        ("order_list_otoco", {**WORKING, **BRACKET, "pendingQuantity": "0.5"}, "25000"),
        ("order_list_otoco", {**WORKING, **BRACKET, "pendingQuantity": "1.5"}, "97000"),
        ("order_list_opo", {**WORKING, **TAKE}, "25000"),
        ("order_list_opoco", {**WORKING, **BRACKET}, "25000"),
        ("sor_order", {"side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.5"}, "25000"),
    ],
)
def test_lists_count_by_what_they_can_open(client: Client, name: str, words: dict[str, str], expected: object) -> None:
    """Of a pair the dearest leg; of what follows only what goes beyond closing what was opened."""
    assert Decimal(str(expected)) == value(client, name, **words)


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS.values() if each.changes_state], ids=lambda each: each.name
)
def test_every_call_that_changes_state_can_be_valued(client: Client, endpoint: object) -> None:
    """The dearest single quantity at the market bounds it from below; what places nothing is worth nothing."""
    name = endpoint.name  # type: ignore[attr-defined]  # an id function needs object
    words = {**PAIR, "belowStopPrice": "40000", **WORKING, **BRACKET, "pendingType": "MARKET", "type": "MARKET"}
    sent = {key: text for key, text in {**words, "pendingQuantity": "0.5"}.items() if key in ENDPOINTS[name].by_name}

    worth = value(client, name, **sent)

    assert (worth >= 25_000) is bool(ENDPOINTS[name].unfilled_orders)


@given(price=PRICES, quantity=QUANTITIES)
def test_a_limit_buy_is_valued_without_asking_and_without_rounding_down(
    client: Client, prices: Prices, price: Decimal, quantity: Decimal
) -> None:
    """Its worth is the product to the last digit, and no request is spent on it."""
    before = len(prices.asked)

    worth = value(client, "new_order", side="BUY", type="LIMIT", price=f"{price:f}", quantity=f"{quantity:f}")

    assert price * quantity == worth
    assert before == len(prices.asked)


@given(
    price=PRICES, quantity=QUANTITIES, side=st.sampled_from(["BUY", "SELL"]), kind=st.sampled_from(["LIMIT", "MARKET"])
)
def test_no_order_is_worth_less_than_it_may_be_filled_for(
    client: Client, price: Decimal, quantity: Decimal, side: str, kind: str
) -> None:
    """Filled at the average price, or at its own limit where that is what it gets, it stays within its worth."""
    words = {"price": f"{price:f}"} if kind == "LIMIT" else {}
    worth = value(client, "new_order", side=side, type=kind, quantity=f"{quantity:f}", **words)
    market = Decimal(60_000)
    if kind == "MARKET":
        filled = market
    elif side == "BUY":
        filled = min(price, market)
    else:
        filled = max(price, market)

    assert filled * quantity <= worth


def test_another_quote_asset_is_converted_at_the_average_price(client: Client) -> None:
    """An ETHBTC order of 0.1 BTC counts for 6000 USDT, and for 0.1 where amounts are in BTC."""
    words = {"symbol": "ETHBTC", "side": "BUY", "type": "LIMIT", "price": "0.05", "quantity": "2"}

    assert Decimal("6000") == value(client, "new_order", **words)
    assert Decimal("0.1") == value(client, "new_order", asset="BTC", **words)


def test_what_cannot_be_converted_is_refused_with_the_reason(client: Client) -> None:
    """There is no TRYUSDT, so a lira amount cannot be held to a limit in USDT."""
    words = {"symbol": "BTCTRY", "side": "BUY", "type": "LIMIT", "price": "2000000", "quantity": "2"}
    with pytest.raises(UsageError) as caught:
        value(client, "new_order", **words)

    assert "TRYUSDT" in caught.value.message
    assert "--asset TRY" in (caught.value.hint or "")
    assert Decimal(4_000_000) == value(client, "new_order", asset="TRY", **words)


def test_a_symbol_without_an_average_price_cannot_be_traded_at_the_market(client: Client) -> None:
    """Where nothing was traded nobody knows what a market order would cost; a limit buy says so itself."""
    words = {"symbol": "NEWUSDT", "side": "BUY", "quantity": "2"}
    with pytest.raises(UsageError, match="no average price"):
        value(client, "new_order", type="MARKET", **words)

    assert Decimal(10) == value(client, "new_order", type="LIMIT", price="5", **words)


def test_more_than_the_book_holds_cannot_be_bought_at_the_market(client: Client) -> None:
    """Nobody can tell what the rest would cost; a limit buy says so itself."""
    words = {"side": "BUY", "quantity": "20000"}
    with pytest.raises(UsageError, match="holds less than"):
        value(client, "new_order", type="MARKET", **words)

    assert Decimal(100_000) == value(client, "new_order", type="LIMIT", price="5", **words)


class Broken(Prices):
    """A transport whose answers say nothing."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        super().__init__()
        self._body, self._status = body, status

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Answer with what says nothing."""
        return Reply(prepared.operation, prepared.sent, self._status, {}, self._body)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [(b"{}", 200, ReplyError), (b'{"price":"much"}', 200, ReplyError), (b"oops", 502, TransportError)],
)
def test_a_price_that_cannot_be_read_lets_nothing_pass(body: bytes, status: int, error: type[Exception]) -> None:
    """An answer that says nothing is no worth of 0."""
    place = Environment("live", "https://api.binance.com", is_live=True)
    client = Client(place, transport=Broken(body, status), budget=WeightBudget(), sleep=lambda seconds: None)

    with pytest.raises(error):
        value(client, "new_order", side="BUY", type="MARKET", quantity="1")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHBTC", "XRPUSDT", "SHIBUSDT", "BNBUSDT"])
def test_the_sandbox_fills_market_orders_within_their_worth(session: Session, symbol: str) -> None:
    """What a market buy really cost, in USDT, is within what it was counted for, and not far below."""
    amounts = {"BTCUSDT": "0.5", "ETHBTC": "2", "XRPUSDT": "1000", "SHIBUSDT": "1000000", "BNBUSDT": "5"}
    endpoint = ENDPOINTS["new_order"]
    words = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": amounts[symbol]}
    counted = worth_of(session.client, endpoint, session.client.bind(endpoint, words), "USDT")

    filled = Decimal(session.call("new_order", raw=True, **words)["cummulativeQuoteQty"])
    if symbol == "ETHBTC":
        filled *= Decimal(session.call("avg_price", symbol="BTCUSDT", raw=True)["price"])

    assert filled <= counted <= filled * Decimal("1.05")
