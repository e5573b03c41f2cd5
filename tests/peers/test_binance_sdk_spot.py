"""binance-sdk-spot, the exchange's own client: its models read every reply they cover."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from binance_nb.sandbox.launcher import SandboxProcess

pytestmark = pytest.mark.filterwarnings("default")  # what a stranger's code warns of is no news about ours
spot = pytest.importorskip("binance_sdk_spot.spot", reason="make test-peers brings binance-sdk-spot")
configuration = pytest.importorskip("binance_common.configuration")

Client: TypeAlias = Any  # it ships no types that mypy follows
SYMBOL = "BTCUSDT"


@pytest.fixture
def client(exchange: SandboxProcess) -> Client:
    """Its REST client, asking the sandbox."""
    rest = configuration.ConfigurationRestAPI(
        api_key=exchange.api_key, api_secret=exchange.secret_key, base_path=exchange.url, timeout=10_000, retries=0
    )
    return spot.Spot(config_rest_api=rest).rest_api


def read(reply: Any) -> Any:
    """Have the model read the reply, and see that it found something to read."""
    data = reply.data()
    assert data is not None
    return data


MARKET: dict[str, dict[str, object]] = {
    "ping": {},
    "time": {},
    "exchange_info": {},
    "execution_rules": {"symbol": "BNBUSDT"},
    "agg_trades": {"symbol": SYMBOL},
    "avg_price": {"symbol": SYMBOL},
    "depth": {"symbol": SYMBOL, "limit": 5},
    "get_trades": {"symbol": SYMBOL},
    "historical_block_trades": {"symbol": SYMBOL, "from_id": 1},
    "historical_trades": {"symbol": SYMBOL, "from_id": 1},
    "klines": {"symbol": SYMBOL, "interval": "1h"},
    "ui_klines": {"symbol": SYMBOL, "interval": "1h"},
    "reference_price": {"symbol": "BNBUSDT"},
    "reference_price_calculation": {"symbol": "BNBUSDT"},
    "ticker": {"symbol": SYMBOL},
    "ticker24hr": {"symbol": SYMBOL},
    "ticker_book_ticker": {"symbol": SYMBOL},
    "ticker_price": {"symbol": SYMBOL},
    "ticker_trading_day": {"symbol": SYMBOL},
}


@pytest.mark.parametrize("method", MARKET)
def test_its_models_read_market_data(client: Client, method: str) -> None:
    """Each reply is what its model expects."""
    read(getattr(client, method)(**MARKET[method]))


@pytest.mark.parametrize("method", ["ticker", "ticker24hr", "ticker_book_ticker", "ticker_price", "ticker_trading_day"])
def test_its_models_read_several_symbols(client: Client, method: str) -> None:
    """The list of several symbols is another model."""
    read(getattr(client, method)(symbols=[SYMBOL, "ETHUSDT"]))


def orders(client: Client, last: Decimal) -> Iterator[tuple[str, Any]]:
    """A day of trading: every state-changing call and every question about the account, with its reply."""
    low, high = float(last * 9 // 10), float(last * 11 // 10)
    limit = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.01, "price": low}
    yield "order_test", client.order_test(**limit, compute_commission_rates=True)
    for kind in ("ACK", "RESULT", "FULL"):
        placed = client.new_order(**limit, new_order_resp_type=kind)
        yield f"new_order {kind}", placed
    order_id = placed.data().order_id
    yield "get_order", client.get_order(SYMBOL, order_id=order_id)
    yield "amend", client.order_amend_keep_priority(SYMBOL, 0.005, order_id=order_id)
    yield "amendments", client.order_amendments(SYMBOL, order_id)
    yield "open orders", client.get_open_orders(SYMBOL)
    replaced = client.order_cancel_replace(**limit, cancel_replace_mode="STOP_ON_FAILURE", cancel_order_id=order_id)
    yield "cancel_replace", replaced
    yield "delete_order", client.delete_order(SYMBOL, order_id=replaced.data().new_order_response.order_id)
    yield "market order", client.new_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.02)
    oco = client.order_list_oco(
        SYMBOL, "SELL", 0.01, "LIMIT_MAKER", "STOP_LOSS_LIMIT",
        above_price=high, below_price=low, below_stop_price=low, below_time_in_force="GTC",
    )  # fmt: skip
    yield "order_list_oco", oco
    yield "get_order_list", client.get_order_list(order_list_id=oco.data().order_list_id)
    yield "open_order_list", client.open_order_list()
    yield "delete_order_list", client.delete_order_list(SYMBOL, order_list_id=oco.data().order_list_id)
    yield (
        "order_oco",
        client.order_oco(SYMBOL, "SELL", 0.01, high, low, stop_limit_price=low, stop_limit_time_in_force="GTC"),
    )
    yield "order_list_oto", client.order_list_oto(
        SYMBOL, "LIMIT", "BUY", low, 0.01, "LIMIT", "SELL", 0.01,
        working_time_in_force="GTC", pending_price=high, pending_time_in_force="GTC",
    )  # fmt: skip
    yield "order_list_otoco", client.order_list_otoco(
        SYMBOL, "LIMIT", "BUY", low, 0.01, "SELL", 0.01, "LIMIT_MAKER",
        working_time_in_force="GTC", pending_above_price=high,
        pending_below_type="STOP_LOSS", pending_below_stop_price=low / 2,
    )  # fmt: skip
    yield "delete_open_orders", client.delete_open_orders(SYMBOL)
    yield "all_orders", client.all_orders(SYMBOL)
    yield "all_order_list", client.all_order_list()
    yield "my_trades", client.my_trades(SYMBOL)
    yield "my_allocations", client.my_allocations(SYMBOL)
    yield "my_prevented_matches", client.my_prevented_matches(SYMBOL, order_id=order_id)
    yield "my_filters", client.my_filters(SYMBOL)
    yield "account_commission", client.account_commission(SYMBOL)
    yield "rate_limit_order", client.rate_limit_order()
    yield "get_account", client.get_account()


def test_its_models_read_a_day_of_trading(client: Client, last_price: Decimal) -> None:
    """Every reply about orders, lists and the account is what its model expects."""
    seen = [name for name, reply in orders(client, last_price) if read(reply) is not None]

    assert len(seen) == 28


def test_its_errors_carry_the_exchange_s_words(client: Client) -> None:
    """A broken filter is its bad request, with the exchange's message."""
    errors = pytest.importorskip("binance_common.errors")

    with pytest.raises(errors.BadRequestError, match="Filter failure: PRICE_FILTER"):
        client.new_order(symbol=SYMBOL, side="BUY", type="LIMIT", time_in_force="GTC", quantity=0.01, price=0.001)


def test_its_streams(exchange: SandboxProcess) -> None:
    """Its models read the events of the streams it subscribes to."""

    async def watch() -> dict[str, Any]:
        streams = configuration.ConfigurationWebSocketStreams(stream_url=exchange.ws_url)
        client = spot.Spot(config_ws_streams=streams).websocket_streams
        await client.create_connection()
        seen: dict[str, Any] = {}
        all_seen = asyncio.Event()

        def note(name: str, event: Any) -> None:
            seen[name] = event
            if len(seen) == len(handles):
                all_seen.set()

        handles = {
            "kline": await client.kline(SYMBOL, "1s"),
            "book_ticker": await client.book_ticker(SYMBOL),
            "depth": await client.diff_book_depth(SYMBOL),
            "partial": await client.partial_book_depth(SYMBOL, 5),
            "ticker": await client.ticker(SYMBOL),
        }
        for name, handle in handles.items():
            handle.on("message", lambda event, name=name: note(name, event))
        await asyncio.wait_for(all_seen.wait(), 60)
        await client.close_connection(close_session=True)
        return seen

    seen = asyncio.run(watch())

    assert seen["kline"].k.i == "1s"
    assert seen["depth"].U <= seen["depth"].u
    assert len(seen["partial"].bids) == 5


def test_its_user_stream_with_a_logged_on_session(exchange: SandboxProcess, client: Client, tmp_path: Path) -> None:
    """An Ed25519 key logs on; what is then ordered over REST arrives as events that its models read."""
    key = next(key for key in exchange.accounts["main"].keys if key.kind == "ED25519")
    pem = tmp_path / "key.pem"
    pem.write_text(key.private_key)

    async def listen() -> list[Any]:
        api = configuration.ConfigurationWebSocketAPI(
            api_key=key.api_key, private_key=str(pem), stream_url=f"{exchange.ws_url}/ws-api/v3"
        )
        ws = spot.Spot(config_ws_api=api).websocket_api
        await ws.create_connection()
        events: list[Any] = []
        done = asyncio.Event()
        status = await ws.session_logon()
        stream = await ws.user_data_stream_subscribe()

        def note(event: Any) -> None:
            events.append(event)
            done.set()

        stream.stream.on("message", note)
        await asyncio.to_thread(client.new_order, symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.01)
        await asyncio.wait_for(done.wait(), 60)
        await ws.close_connection(close_session=True)
        return [status.data(), *events]

    logged_on, first, *_ = asyncio.run(listen())

    assert logged_on is not None
    assert first is not None
