"""What five clients do in five situations of every day, on the same sandbox: no times, but what comes back.

python-binance, binance-sdk-spot and ccxt are asked where they are installed; "requests" is what one writes by hand.
The table in the README is what this prints.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, TypeAlias
from urllib.parse import urlencode

import binance_nb
from binance_nb.sandbox.process import SandboxProcess

SYMBOL = "BTCUSDT"
Client: TypeAlias = Any  # strangers' code has no types that mypy follows
Act = Callable[[], Any]
OFF_TICK = {"price": "60000.129", "quantity": "0.001"}
TINY = 0.00001


def main() -> None:
    with binance_nb.connect("sandbox", seed=1) as session:
        sandbox = session.sandbox
        assert sandbox is not None
        for name, acts in clients(session, sandbox):
            print(f"\n{name}")
            for situation, act in acts.items():
                print(f"  {situation:<20} {told(sandbox, situation, act)}")


def told(sandbox: SandboxProcess, situation: str, act: Act) -> str:
    """Return what a client made of a situation, and what the exchange got to see of it."""
    sandbox.clear_faults()
    before = max((call["id"] for call in sandbox.log()), default=0)
    with ExitStack() as faults:
        if situation == "answer lost":
            faults.enter_context(sandbox.faults("new_order", kind="execute_then_503", count=1))
        if situation == "clock 5 s off":
            faults.enter_context(sandbox.faults("account", kind="wrong_clock", offset_ms=-5000, count=1))
        try:
            came = shape(act())
        except Exception as error:  # noqa: BLE001  # whatever a stranger raises is the answer here
            came = f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"
    calls = [call for call in sandbox.log(since=before) if call["endpoint"] not in ("time", "exchange_info", "ping")]
    seen = [f"{call['endpoint']} {sent(call['parameters'])} -> {call['code'] or call['status']}" for call in calls]
    return f"{came}\n{'':<23}the exchange saw: {'; '.join(seen) or 'nothing'}"


def sent(parameters: Mapping[str, str]) -> str:
    shown = ("price", "quantity", "newClientOrderId")
    return " ".join(f"{name}={parameters[name]}" for name in shown if name in parameters)


def shape(came: Any) -> str:  # Any: whatever a client gives
    if hasattr(came, "data"):
        came = came.data()
    if isinstance(came, list) and came and isinstance(came[0], list):
        return f"list of {len(came[0])}: {', '.join(type(each).__name__ for each in came[0])}"
    if hasattr(came, "dtypes"):
        dtypes = ", ".join(sorted({str(each) for each in came.dtypes}))
        return f"DataFrame {came.shape}: {dtypes}; {', '.join(map(str, came.columns[:4]))}, ..."
    return f"{type(came).__name__} {str(came)[:90]}"


def clients(session: binance_nb.Session, sandbox: SandboxProcess) -> Iterator[tuple[str, dict[str, Act]]]:
    yield "binance_nb", ours(session)
    for name, module, made in (
        ("requests", "requests", by_hand),
        ("python-binance", "binance", python_binance),
        ("binance-sdk-spot", "binance_sdk_spot", sdk),
        ("ccxt", "ccxt", with_ccxt),
    ):
        if importlib.util.find_spec(module) is None:
            print(f"\n{name} is not installed")
        else:
            yield name, made(sandbox)


def situations(klines: Act, order: Callable[[Any, Any], Any], market: Act, account: Act) -> dict[str, Act]:
    return {
        "candles": klines,
        "price off the tick": lambda: order(OFF_TICK["price"], OFF_TICK["quantity"]),
        "quantity 1e-05": lambda: order("60000", TINY),
        "answer lost": market,
        "clock 5 s off": account,
    }


def ours(session: binance_nb.Session) -> dict[str, Act]:
    return situations(
        lambda: session.klines(SYMBOL, "1h", limit=3),
        lambda price, quantity: session.buy(SYMBOL, quantity, price=price),
        lambda: session.buy(SYMBOL, "0.01"),
        session.account,
    )


def by_hand(sandbox: SandboxProcess) -> dict[str, Act]:
    import requests

    def signed(method: str, path: str, **words: Any) -> Any:
        query = urlencode({**words, "timestamp": int(time.time() * 1000)})
        signature = hmac.new(sandbox.secret_key.encode(), query.encode(), hashlib.sha256).hexdigest()
        address = f"{sandbox.url}/api/v3/{path}?{query}&signature={signature}"
        reply = requests.request(method, address, headers={"X-MBX-APIKEY": sandbox.api_key}, timeout=10)
        reply.raise_for_status()
        return reply.json()

    words = {"symbol": SYMBOL, "side": "BUY"}
    limit = {**words, "type": "LIMIT", "timeInForce": "GTC"}
    candles = {"symbol": SYMBOL, "interval": "1h", "limit": "3"}
    return situations(
        lambda: requests.get(f"{sandbox.url}/api/v3/klines", candles, timeout=10).json(),
        lambda price, quantity: signed("POST", "order", **limit, price=price, quantity=quantity),
        lambda: signed("POST", "order", **words, type="MARKET", quantity="0.01"),
        lambda: signed("GET", "account"),
    )


def python_binance(sandbox: SandboxProcess) -> dict[str, Act]:
    import binance

    client: Client = type("Client", (binance.Client,), {"API_URL": f"{sandbox.url}/api"})(
        sandbox.api_key, sandbox.secret_key
    )
    return situations(
        lambda: client.get_klines(symbol=SYMBOL, interval="1h", limit=3),
        lambda price, quantity: client.order_limit_buy(symbol=SYMBOL, price=price, quantity=quantity),
        lambda: client.order_market_buy(symbol=SYMBOL, quantity="0.01"),
        client.get_account,
    )


def sdk(sandbox: SandboxProcess) -> dict[str, Act]:
    configuration: Any = importlib.import_module("binance_common.configuration")
    spot: Any = importlib.import_module("binance_sdk_spot.spot")
    place = configuration.ConfigurationRestAPI(
        api_key=sandbox.api_key, api_secret=sandbox.secret_key, base_path=sandbox.url
    )
    client: Client = spot.Spot(config_rest_api=place).rest_api
    limit = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
    return situations(
        lambda: client.klines(symbol=SYMBOL, interval="1h", limit=3),
        lambda price, quantity: client.new_order(**limit, price=float(price), quantity=float(quantity)),
        lambda: client.new_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.01),
        client.get_account,
    )


def with_ccxt(sandbox: SandboxProcess) -> dict[str, Act]:
    ccxt: Any = importlib.import_module("ccxt")
    keys = {"apiKey": sandbox.api_key, "secret": sandbox.secret_key}
    alone = {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False}
    exchange: Client = ccxt.binance({**keys, "options": alone})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], f"{sandbox.url}/api/v3")  # nothing goes elsewhere
    return situations(
        lambda: exchange.fetch_ohlcv("BTC/USDT", "1h", limit=3),
        lambda price, quantity: exchange.create_order("BTC/USDT", "limit", "buy", float(quantity), float(price)),
        lambda: exchange.create_order("BTC/USDT", "market", "buy", 0.01),
        exchange.fetch_balance,
    )


if __name__ == "__main__":
    main()
