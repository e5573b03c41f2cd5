"""An exchange and a preflight in one process, and what three judges say of the same order.

The preflight reads through the real client; only the wire between is left out, so that thousands of orders go by.
"""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, Prepared, Reply, WeightBudget
from binance_nb.environment import Environment
from binance_nb.keys import credentials
from binance_nb.rules import RuleReport
from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.door.keys import keys_of
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.venue import Venue
from binance_nb.trading.preflight.preflight import Preflight
from tests.trading.preflight_orders import Dice, Sent

__all__ = ["House", "Trial", "spec_of"]

_NOW_MS = 1_717_243_200_000
_FILTER = "Filter failure: "
_PURSE = Decimal(25_000)
_GRIDS = (("PRICE_FILTER", "tickSize"), ("LOT_SIZE", "stepSize"))
# A list holds two orders, one of them a stop; the exchange allows 30 lists, 40 stops, 100 icebergs and 1000 orders.
_CROWD_LISTS, _CROWD_ALGOS, _CROWD_ICEBERGS, _CROWD = 28, 37, 134, 955
_BALANCE = "Account has insufficient balance for requested action."
# What other refusals than filters and balances are about, by words of the exchange's message.
_ABOUT = {
    "Market is closed": "STATUS",
    "not permitted": "PERMISSIONS",
    "symbol is not": "PERMISSIONS",
    "rders are not supported": None,
    "not supported for": None,
    "self-trade prevention": "SELF_TRADE_MODES",
    "IcebergQty exceeds": "ICEBERG_QTY",
    "precision": "PRECISION",
    "Precision": "PRECISION",
}
# Of these the book and the list decide, not rules that can be held against numbers beforehand.
_OUT_OF_SCOPE = (
    "immediately",
    "relationship",
    "pegged order",
    "less than symbol minimum",
    "Duplicate",
    "Unknown order",
    "pending OPO",
)
_NUMBERS = frozenset({-1013, -2010, -2038, -1111, -1020})


class House:
    """The exchange, the account's own client of it, and a preflight."""

    def __init__(self, seed: int = 1) -> None:
        clock = Clock(origin_ms=_NOW_MS, rate=0.0)
        self.venue = Venue(seed, is_frozen=True)
        self._key, _ = keys_of(seed)
        self._exchange = Exchange(self.venue, (self._key,), clock, "trial")
        place = Environment("trial", "http://127.0.0.1:1")
        held = credentials("k" * 64, "s" * 64, place.host)
        self.client = Client(place, held, transport=self, budget=WeightBudget())
        self.preflight = Preflight(self.client, patience_seconds=30)
        self.requests = 0

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Carry a request of the client's across."""
        self.requests += 1
        status, said = self.ask(prepared.operation, prepared.sent)
        headers = {"x-sandbox-clock": f"{_NOW_MS};0"}
        return Reply(prepared.operation, prepared.sent, status, headers, json.dumps(said).encode())

    def close(self) -> None:
        """Nothing is open."""

    def ask(self, name: str, sent: Mapping[str, str]) -> tuple[int, Any]:
        """Ask the exchange itself."""
        endpoint = ENDPOINTS[name]
        texts = {**sent, "timestamp": str(_NOW_MS)} if endpoint.is_signed else dict(sent)
        try:
            return 200, self._exchange.call(endpoint, texts, "127.0.0.1", lambda _: self._key).reply
        except Refusal as refusal:
            return refusal.status, refusal.body()

    def report(self, order: Sent) -> RuleReport:
        """Hold an order against the rules, by the preflight."""
        return self.preflight.report(ENDPOINTS[order[0]], order[1])

    def entry(self, symbol: str) -> dict[str, Any]:
        """What exchange_info says of a symbol."""
        entry: dict[str, Any] = self.ask("exchange_info", {"symbol": symbol})[1]["symbols"][0]
        return entry

    def free(self, asset: str) -> Decimal:
        """What the account has free."""
        return Decimal(self.venue.accounts["main"].ledger.free_e8(asset)).scaleb(-8)

    def open_orders(self, symbol: str) -> list[dict[str, Any]]:
        """The account's open orders of a symbol."""
        rows: list[dict[str, Any]] = self.ask("open_orders", {"symbol": symbol})[1]
        return rows

    def dice(self, symbol: str, seed: int) -> Dice:
        """Somebody who draws orders for a symbol, with enough of both assets to begin."""
        entry = self.entry(symbol)
        price = self.venue.market.last_price(symbol, _NOW_MS)
        account = self.venue.accounts["main"]
        in_dollars = Decimal(1)
        if f"{entry['quoteAsset']}USDT" in self.venue.listings:
            in_dollars = self.venue.market.last_price(f"{entry['quoteAsset']}USDT", _NOW_MS)
        for asset, worth in ((entry["baseAsset"], price * in_dollars), (entry["quoteAsset"], in_dollars)):
            if worth and self.free(asset) * worth < _PURSE:
                amount = (_PURSE / worth).quantize(Decimal("0.01")) or Decimal(1)
                self.venue.deposit(account, asset, e8_of(amount), _NOW_MS)
        return Dice(seed, entry, price, self.free, lambda: self.open_orders(symbol))

    def crowd(self, symbols: Sequence[str]) -> None:
        """Let so many orders wait on other symbols that a few more reach the limits of the whole exchange."""
        for number in range(_CROWD):
            symbol = symbols[number % len(symbols)]
            dice = self.dice(symbol, number)
            tick, step = (Decimal(dice.filters[name][size]) for name, size in _GRIDS)
            high, low = ((dice.price * factor // tick) * tick for factor in (Decimal(2), Decimal("0.5")))
            size = (Decimal(dice.filters["NOTIONAL"]["minNotional"]) * 3 / low // step + 1) * step
            self._deposit(dice, size * 2)
            shared = {"symbol": symbol, "side": "SELL", "quantity": f"{size}"}
            limit = {**shared, "type": "LIMIT", "timeInForce": "GTC", "price": f"{high}"}
            if number < _CROWD_LISTS:
                pair = {"aboveType": "LIMIT_MAKER", "abovePrice": f"{high}", "belowType": "STOP_LOSS"}
                self._must("order_list_oco", {**shared, **pair, "belowStopPrice": f"{low}"})
            elif number < _CROWD_ALGOS:
                self._must("new_order", {**shared, "type": "STOP_LOSS", "stopPrice": f"{low}"})
            elif number < _CROWD_ICEBERGS:
                self._must("new_order", {**limit, "icebergQty": f"{size}"})
            else:
                self._must("new_order", limit)

    def _deposit(self, dice: Dice, amount: Decimal) -> None:
        self.venue.deposit(self.venue.accounts["main"], dice.entry["baseAsset"], e8_of(amount), _NOW_MS)

    def _must(self, name: str, sent: Mapping[str, str]) -> None:
        status, said = self.ask(name, sent)
        assert status == 200, (said, sent)


class Trial:
    """Orders of one symbol, judged by the preflight, by the exchange, and by the documented facts.

    Attributes:
        falses: What they did not agree on, in words.
        tally: How often the exchange took an order, or which of its reasons it gave.
        unknown: Rules that the preflight could not judge.
    """

    def __init__(self, house: House, symbol: str, *, seed: int = 1, spec: ModuleType | None = None) -> None:
        self.house, self.symbol, self._spec = house, symbol, spec
        self.dice = house.dice(symbol, seed)
        self.falses: list[str] = []
        self.tally: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.judged = self.by_spec = self.mended = 0

    def run(self, count: int, *, mend_every: int = 20) -> None:
        """Draw and judge orders until so many have been judged.

        Args:
            count: How many.
            mend_every: Of how many that are refused one is put right and sent again.
        """
        broken = 0
        while self.judged < count:
            order = self.dice.order()
            before = self._facts(order) if self._spec else {}
            report = self.house.report(order)
            status, said = self.house.ask(*order)
            verdict = self._verdict(status, said)
            if verdict is None:
                self.tally["malformed"] += 1
                continue
            self.judged += 1
            self.tally[verdict] += 1
            self.unknown.update(line.rule for line in report.unknown)
            self._compare(order, report, verdict)
            if self._spec:
                self._compare_spec(order, report, before)
            if report.mend:
                broken += 1
                if broken % mend_every == 0:
                    self._compare_mended(order, report)
            self._tidy()

    def _verdict(self, status: int, said: Any) -> str | None:  # Any: JSON
        """What the exchange said: ``taken``, a rule's name, ``out of scope``, or None for what was no order at all."""
        if status == 200:
            return "taken"
        if said["code"] in (-2021, -2022):
            half = said["data"]["newOrderResponse"]
            if half is None or "code" not in half:
                return "out of scope"
            said = half
        text: str = said["msg"]
        if text.startswith(_FILTER):
            return text.removeprefix(_FILTER)
        if text == _BALANCE:
            return "BALANCE"
        if said["code"] not in _NUMBERS or any(words in text for words in _OUT_OF_SCOPE):
            return "out of scope" if said["code"] in _NUMBERS else None
        return next((f"!{about or ''}" for words, about in _ABOUT.items() if words in text), f"!{text}")

    def _compare(self, order: Sent, report: RuleReport, verdict: str) -> None:
        broken = [line.rule for line in report.broken]
        if verdict == "taken":
            is_agreed = not broken
        elif verdict == "out of scope":
            is_agreed = not set(broken) - {"BALANCE"} or order[0] == "amend_keep_priority"
        elif verdict.startswith("!"):
            is_agreed = bool(broken)
        else:
            is_agreed = verdict in broken
            if not is_agreed and verdict in {line.rule for line in report.unknown}:
                self.tally["left open"] += 1
                return
        if not is_agreed:
            kind = "false fail" if verdict in ("taken", "out of scope") else "false pass"
            self.falses.append(
                f"{kind}: {order} is {verdict}, report says {[line.complaint for line in report.broken]}"
            )

    def _compare_mended(self, order: Sent, report: RuleReport) -> None:
        self.mended += 1
        mended = (order[0], {**order[1], **report.mend})
        after = self.house.report(mended)
        if after.broken:
            self.falses.append(f"mended, and still broken: {mended}")
        verdict = self._verdict(*self.house.ask(*mended))
        if verdict not in ("taken", "out of scope", *(line.rule for line in after.unknown)):
            self.falses.append(f"mended, and {verdict}: {mended} from {order}")

    def _facts(self, order: Sent) -> dict[str, Any]:
        venue, account = self.house.venue, self.house.venue.accounts["main"]
        rows = venue.engine.open_orders(account)
        return {"rows": rows, "lists": venue.engine.lists.open(account), "free": self.house.free(self._base)} | {
            "locked": Decimal(account.ledger.locked_e8(self._base)).scaleb(-8),
            "amends": next((len(row.amendments) for row in rows if str(row.order_id) == order[1].get("orderId")), 0),
        }

    @property
    def _base(self) -> str:
        base: str = self.dice.entry["baseAsset"]
        return base

    def _compare_spec(self, order: Sent, report: RuleReport, before: Mapping[str, Any]) -> None:
        from tests.trading.preflight_spec import spec_verdicts

        assert self._spec is not None
        for name, passes in spec_verdicts(self._spec, self.house, self.dice.entry, order, before).items():
            self.by_spec += 1
            lines = [line for line in report.lines if line.rule == name]
            is_broken = any(line.verdict == "fail" for line in lines)
            if is_broken is passes:
                self.falses.append(f"{name} by the facts {'passes' if passes else 'fails'}: {order}, {lines}")

    def _tidy(self) -> None:
        """Let some orders wait, so that counts reach their limits, but not for ever."""
        if self.dice.random.random() < 0.02:
            self.house.ask("cancel_open_orders", {"symbol": self.symbol})


def spec_of(folder: Path) -> ModuleType:
    """Load the facts' own evaluation of filters.

    Args:
        folder: Where they lie.

    Returns:
        Its module.
    """
    found = importlib.util.spec_from_file_location("spec_check", folder / "check.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
