"""A desk at the exchange: requests written and signed by hand, with a clock that a test moves.

It signs with the standard library and shares nothing with client/ or with the sandbox's own check.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.door.keys import keys_of
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.venue import Venue

__all__ = ["NOW_MS", "Desk", "Reply", "encoded", "signed"]

NOW_MS = 1_717_243_200_000


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    json: Any
    headers: Mapping[str, str]

    @property
    def refusal(self) -> tuple[int, int, str]:
        """HTTP status, code and message of a refusal."""
        return self.status, self.json["code"], self.json["msg"]

    @property
    def weight(self) -> int:
        """The weight used so far in this minute."""
        return int(self.headers["X-MBX-USED-WEIGHT-1M"])


def encoded(params: Mapping[str, object]) -> str:
    """The parameters as they travel."""
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())


def signed(payload: str, secret_key: str) -> str:
    """The signature of a payload."""
    return hmac.new(secret_key.encode(), payload.encode(), hashlib.sha256).hexdigest()


class Desk:
    """An exchange without a socket, and somebody who calls it."""

    def __init__(self, *, seed: int = 1, rate: float = 0.0, now_ms: int = NOW_MS) -> None:
        self.seconds = 0.0
        self.address = "127.0.0.1"
        self.headers: dict[str, str] = {}
        self.trading, self.reading = keys_of(seed)
        self.key = self.trading
        self.clock = Clock(now_ms, rate, monotonic=lambda: self.seconds)
        self.venue = Venue(seed, is_frozen=rate == 0)
        self.exchange = Exchange(self.venue, (self.trading, self.reading), self.clock, "test")

    def send(self, method: str, path: str, query: str = "", body: str = "", **headers: str) -> Reply:
        """Send these very bytes."""
        names = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        answer = self.exchange.answer(Received(method, path, query, body.encode(), names, self.address))
        is_json = answer.headers["Content-Type"].startswith("application/json")
        return Reply(answer.status, json.loads(answer.body) if is_json else answer.body.decode(), answer.headers)

    def get(self, path: str, /, **params: object) -> Reply:
        """Ask for public data."""
        return self.send("GET", f"/api/v3/{path}", encoded(params))

    def ask(self, method: str, path: str, /, **params: object) -> Reply:
        """Send a call signed with the key at hand."""
        text = encoded({**params, "timestamp": params.get("timestamp", self.clock.now_ms())})
        query = f"{text}&signature={signed(text, self.key.secret_key)}"
        return self.send(method, f"/api/v3/{path}", query, x_mbx_apikey=self.key.api_key)

    def order(self, symbol: str = "BTCUSDT", side: str = "BUY", kind: str = "LIMIT", /, **params: object) -> Reply:
        """Place an order; a LIMIT order is GTC unless told otherwise."""
        force = {"timeInForce": "GTC"} if kind == "LIMIT" else {}
        return self.ask("POST", "order", **{"symbol": symbol, "side": side, "type": kind, **force, **params})

    def best(self, symbol: str = "BTCUSDT") -> tuple[Decimal, Decimal]:
        """The best bid and the best ask."""
        row = self.get("ticker/bookTicker", symbol=symbol).json
        return Decimal(row["bidPrice"]), Decimal(row["askPrice"])

    def balance(self, asset: str) -> tuple[Decimal, Decimal]:
        """Free and locked."""
        rows = {row["asset"]: row for row in self.ask("GET", "account").json["balances"]}
        return Decimal(rows[asset]["free"]), Decimal(rows[asset]["locked"])
