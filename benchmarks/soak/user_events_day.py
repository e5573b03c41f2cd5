"""A day of one's own events with a cut every hour: is any missed, or told twice?

A trader places, amends and cancels orders all day on three markets, order lists among them, and money comes from
outside. The line between the feed and the exchange is cut at random moments, often in the middle of an answer, and
stays away for a while. A witness on a line of its own, the exchange's lists of fills and orders, and its account say
what is true. The day is one by the sandbox's clock, 24 hours at ``--speed``, in which connections are renewed besides.
Fails when a fill is missing or was told twice, when an order's changes are not those that the witness saw, or when what
was told does not add up to what the account holds. Of an order list REST knows the last state alone, so that those in
between may be missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from benchmarks.servers.relay import relayed
from binance_nb import connect
from binance_nb.client import Client
from binance_nb.errors import ApiError, ExecutionUnknownError, TransportError
from binance_nb.streams.events import Event
from binance_nb.streams.user import UserFeed
from binance_nb.streams.user.subscribing import signed_payload

SYMBOLS = {"BTCUSDT": Decimal("0.01"), "ETHUSDT": Decimal("0.2"), "SOLUSDT": Decimal(4)}
HOUR_MS = 3_600_000
WINDOW_MS = 60_000


class Witness:
    """Follows an account on a line that nobody cuts, without any of the feed's own code for that.

    Args:
        client: Whose key and clock.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.events: list[dict[str, Any]] = []
        self._heard: set[str] = set()
        self._ready = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._watch()), daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    def close(self) -> None:
        """End."""
        self._over.set()
        self._thread.join(60)

    async def _watch(self) -> None:
        import aiohttp

        async with aiohttp.ClientSession() as session:
            await self._read(session)

    async def _read(self, session: Any) -> None:  # Any: of aiohttp
        line = await session.ws_connect(self._client.environment.ws_api_url)
        await self._subscribe(line)
        newer = None
        while not self._over.is_set():
            with suppress(TimeoutError):
                text = (await line.receive(0.2)).data
                said = json.loads(text) if isinstance(text, str) else None
                if said is None:
                    break
                if said["event"]["e"] == "serverShutdown":
                    # The old line speaks until it is closed; the two together leave no gap.
                    newer = asyncio.create_task(self._read(session))
                elif text not in self._heard:
                    self._heard.add(text)
                    self.events.append(said["event"])
        if newer is not None:
            await newer

    async def _subscribe(self, line: Any) -> None:  # Any: a WebSocket of aiohttp
        held = self._client.credentials
        assert held is not None
        params: dict[str, Any] = {"apiKey": held.api_key.reveal(), "recvWindow": WINDOW_MS}
        # Well inside the window: at hundreds of times life a few real ms more would be a second ahead, and refused.
        for _ in range(10):  # on a busy machine even that window may be over
            stamped = {**params, "timestamp": self._client.clock.now_ms() - WINDOW_MS // 4}
            stamped["signature"] = held.signer.sign(signed_payload(stamped))
            await line.send_json({"id": 1, "method": "userDataStream.subscribe.signature", "params": stamped})
            answer = await line.receive_json()
            if answer.get("error", {}).get("code") != -1021:
                break
        assert answer["status"] == 200, answer
        self._ready.set()


class Trader:
    """Trades at random, by a seed.

    Args:
        client: Makes the calls.
        deposit: Brings money from outside.
        seed: Of what it does.
    """

    def __init__(self, client: Client, deposit: Callable[[str, str], object], seed: int) -> None:
        self._client = client
        self._deposit = deposit
        self._dice = random.Random(seed)
        self.calls = 0
        self.refused: Counter[str] = Counter()

    def step(self) -> None:
        """Do one thing."""
        symbol = self._dice.choice(list(SYMBOLS))
        step = self._dice.choices(
            [self._limit, self._market, self._cancel, self._list, self._amend, self._bring], [10, 3, 6, 1, 2, 0.3]
        )[0]
        self.calls += 1
        try:
            step(symbol)
        except (ApiError, ExecutionUnknownError, TransportError) as error:
            self.refused[f"{error.code} {error.message[:60]}"] += 1

    def settle(self) -> None:
        """Cancel what is open, so that the end is an end."""
        for row in self._call("open_orders"):
            with suppress(ApiError):
                self._call("cancel_order", symbol=row["symbol"], order_id=row["orderId"])

    def _limit(self, symbol: str) -> None:
        side = self._dice.choice(["BUY", "SELL"])
        # Close enough to be filled within minutes, some at once, some never.
        self._order(symbol, side, "LIMIT", price=self._price(symbol, side, self._dice.uniform(-0.001, 0.004)))

    def _market(self, symbol: str) -> None:
        self._order(symbol, self._dice.choice(["BUY", "SELL"]), "MARKET")

    def _cancel(self, symbol: str) -> None:
        rows = self._call("open_orders", symbol=symbol)
        if rows:
            self._call("cancel_order", symbol=symbol, order_id=self._dice.choice(rows)["orderId"])

    def _list(self, symbol: str) -> None:
        self._call(
            "order_list_oco",
            symbol=symbol,
            side="SELL",
            quantity=SYMBOLS[symbol],
            above_type="LIMIT_MAKER",
            above_price=self._price(symbol, "SELL", 0.003),
            below_type="STOP_LOSS_LIMIT",
            below_stop_price=self._price(symbol, "SELL", -0.003),
            below_price=self._price(symbol, "SELL", -0.004),
            below_time_in_force="GTC",
        )

    def _amend(self, symbol: str) -> None:
        rows = [row for row in self._call("open_orders", symbol=symbol) if Decimal(row["executedQty"]) == 0]
        if rows:
            row = self._dice.choice(rows)
            smaller = Decimal(row["origQty"]) * 3 / 4
            words = {"symbol": symbol, "order_id": row["orderId"], "new_qty": smaller.quantize(Decimal("0.001"))}
            self._call("amend_keep_priority", **words)

    def _bring(self, _symbol: str) -> None:
        self._deposit("USDT", "1000")

    def _order(self, symbol: str, side: str, kind: str, **words: object) -> None:
        quantity = SYMBOLS[symbol] * self._dice.choice([1, 2, 5])
        if kind == "LIMIT":
            words["time_in_force"] = self._dice.choice(["GTC", "GTC", "GTC", "IOC"])
        self._call("new_order", symbol=symbol, side=side, type=kind, quantity=quantity, **words)

    def _price(self, symbol: str, side: str, away: float) -> Decimal:
        now = Decimal(self._call("ticker_price", symbol=symbol)["price"])
        sign = -1 if side == "BUY" else 1
        return (now * (1 + sign * Decimal(f"{away:.6f}"))).quantize(Decimal("0.01"))

    def _call(self, name: str, **words: Any) -> Any:  # Any: parameters, JSON
        return json.loads(self._client.call(name, **words).body)


@dataclass
class Trial:
    """What was told, against what is true.

    Attributes:
        told: Every event of the feed, in its order.
        seen: Every event of the witness.
        began: The account, before.
    """

    told: list[Event] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    began: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def failures(self, client: Client) -> list[str]:
        """Compare.

        Args:
            client: Asks the exchange for the truth.

        Returns:
            What is wrong.
        """
        fills = Counter(_fill(event.data) for event in self.told if event.data.get("x") == "TRADE")
        true = {
            (row["symbol"], row["orderId"], row["id"]) for name in SYMBOLS for row in _all(client, "my_trades", name)
        }
        twice = {fill: count for fill, count in fills.items() if count > 1}
        wrong = [f"{len(true - fills.keys())} fills missing: {sorted(true - fills.keys())[:3]}"] * bool(
            true - fills.keys()
        )
        wrong += [f"fills that never were: {sorted(fills.keys() - true)[:3]}"] * bool(fills.keys() - true)
        wrong += [f"fills told more than once: {dict(list(twice.items())[:3])}"] * bool(twice)
        wrong += self._orders(client) + self._balances(client) + self._changes() + self._lists()
        return wrong

    def _orders(self, client: Client) -> list[str]:
        told: dict[tuple[str, int], tuple[str, Decimal]] = {}
        wrong = []
        for event in self.told:
            if event.kind == "executionReport":
                key, filled = (event.data["s"], event.data["i"]), Decimal(event.data["z"])
                if filled < told.get(key, ("", Decimal(0)))[1]:
                    wrong.append(f"{key} went back to {filled}")
                told[key] = event.data["X"], filled
        rows = [row for name in SYMBOLS for row in _all(client, "all_orders", name)]
        true = {(row["symbol"], row["orderId"]): (row["status"], Decimal(row["executedQty"])) for row in rows}
        differ = {key: (told.get(key), state) for key, state in true.items() if told.get(key) != state}
        return wrong + [f"{len(differ)} orders end otherwise: {dict(list(differ.items())[:3])}"] * bool(differ)

    def _balances(self, client: Client) -> list[str]:
        told = dict(self.began)
        for event in self.told:
            for row in event.data["B"] if event.kind == "outboundAccountPosition" else ():
                told[row["a"]] = Decimal(row["f"]), Decimal(row["l"])
        true = balances(client)
        differ = {asset: (told.get(asset), held) for asset, held in true.items() if told.get(asset) != held}
        return [f"balances differ: {differ}"] * bool(differ)

    def _changes(self) -> list[str]:
        """Each kind of change of each order is told as often as the witness saw it; only amendments run together."""
        seen = Counter(_change(each) for each in self.seen if _is_change(each))
        told = Counter(_change(event.data) for event in self.told if _is_change(event.data))
        missing = {change for change in seen if change not in told}
        extra = {change: (count, seen[change]) for change, count in told.items() if count > seen[change]}
        wrong = [f"{len(missing)} changes missing: {sorted(missing)[:3]}"] * bool(missing)
        return wrong + [f"{len(extra)} changes too often: {dict(list(extra.items())[:3])}"] * bool(extra)

    def _lists(self) -> list[str]:
        last = {each["g"]: (each["g"], each["l"], each["L"]) for each in self.seen if each["e"] == "listStatus"}
        told = Counter(
            (event.data["g"], event.data["l"], event.data["L"]) for event in self.told if event.kind == "listStatus"
        )
        missing = set(last.values()) - told.keys()
        wrong = [f"ends of order lists missing: {sorted(missing)[:3]}"] * bool(missing)
        twice = {state: count for state, count in told.items() if count > 1}
        return wrong + [f"states of order lists told more than once: {twice}"] * bool(twice)


def balances(client: Client) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what an account holds, free and locked."""
    rows = json.loads(client.call("account").body)["balances"]
    return {row["asset"]: (Decimal(row["free"]), Decimal(row["locked"])) for row in rows}


def _is_change(data: Mapping[str, Any]) -> bool:
    return bool(data["e"] == "executionReport" and data["x"] != "TRADE")


def _change(data: Mapping[str, Any]) -> tuple[str, int, str, str]:
    return data["s"], data["i"], data["x"], data["X"]


def _fill(data: Mapping[str, Any]) -> tuple[str, int, int]:
    return data["s"], data["i"], data["t"]


def _all(client: Client, name: str, symbol: str) -> Iterator[dict[str, Any]]:
    number, by = ("id", "from_id") if name == "my_trades" else ("orderId", "order_id")
    words: dict[str, Any] = {"symbol": symbol, "limit": 1000, by: 0}
    while True:
        rows = json.loads(client.call(name, **words).body)
        yield from rows
        if len(rows) < 1000:
            return
        words[by] = rows[-1][number] + 1


def run(
    hours: float, speed: float, *, cuts_an_hour: float = 1, pause_seconds: float = 0.05, seed: int = 1
) -> tuple[list[str], str]:
    """Trade for a while, with cuts, and compare.

    Args:
        hours: How long, by the sandbox's clock.
        speed: How fast that goes.
        cuts_an_hour: How often the line is cut.
        pause_seconds: How long the trader rests between two calls.
        seed: Of everything.

    Returns:
        What is wrong, and the figures.
    """
    dice = random.Random(seed)
    with connect("sandbox", seed=seed, speed=speed, recv_window_ms=WINDOW_MS, max_wait_seconds=60) as session:
        client, sandbox = session.client, session.sandbox
        assert sandbox is not None
        trial = Trial(began=balances(client))
        with relayed(client) as (cut_client, relay):
            witness, feed = Witness(client), UserFeed(cut_client, symbols=list(SYMBOLS))
            feed.on(trial.told.append)
            feed.wait_ready(30)
            trader = Trader(client, sandbox.deposit, seed)
            ends_ms = client.clock.now_ms() + hours * HOUR_MS
            step_ms = HOUR_MS / cuts_an_hour
            cut_ms, mend_ms = client.clock.now_ms() + step_ms * dice.random(), float("inf")
            while (now_ms := client.clock.now_ms()) < ends_ms:
                trader.step()
                if now_ms > cut_ms:
                    relay.cut()
                    # Away for up to a fifth of the time between two cuts; sometimes it breaks again in the middle.
                    cut_ms, mend_ms = now_ms + step_ms * dice.uniform(0.3, 1.7), now_ms + step_ms * dice.uniform(0, 0.2)
                if now_ms > mend_ms:
                    mend_ms = float("inf")
                    relay.mend()
                    if dice.random() < 0.3:
                        time.sleep(dice.uniform(0.005, 0.3))
                        relay.cut()
                        relay.mend()
                time.sleep(pause_seconds)
            relay.mend()
            trader.settle()
            feed.wait_whole(60)
            failures = _failures_at_rest(trial, witness, client)
            reconnects, recovered = feed.state.reconnects, feed.recovered
            feed.close()
            witness.close()
            trades = sum(event.data.get("x") == "TRADE" for event in trial.told)
            by_rest = sum(event.data.get("x") == "TRADE" and event.source == "rest" for event in trial.told)
            figures = (
                f"{hours:g} h at {speed:g} times life: {trader.calls:,} calls of the trader, {relay.cuts} cuts, "
                f"{reconnects} reconnects; {len(trial.told):,} events told, {trades:,} fills among them, "
                f"{recovered:,} events and {by_rest:,} fills by REST. Refused: {dict(trader.refused.most_common(3))}"
            )
            return failures, figures


def _failures_at_rest(trial: Trial, witness: Witness, client: Client) -> list[str]:
    """What is wrong when nothing is on its way any more: a busy machine takes its time over the last events."""
    ends_at = time.monotonic() + 30
    while True:
        time.sleep(0.5)
        trial.seen = list(witness.events)
        failures = trial.failures(client)
        if not failures or time.monotonic() > ends_at:
            return failures


def main() -> int:
    """Run the day."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", type=float, default=24.0)
    asked.add_argument("--speed", type=float, default=120.0)
    asked.add_argument("--cuts", type=float, default=1.0, help="an hour")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    failures, figures = run(given.hours, given.speed, cuts_an_hour=given.cuts, seed=given.seed)
    print(figures)
    for failure in failures:
        print(f"FAILED: {failure}")
    if not failures:
        print("No event was lost, and no fill told twice.")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
