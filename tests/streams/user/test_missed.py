"""What was missed, against an exchange in miniature: whatever gets lost, everything is told once and adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.streams.user.facts import Facts
from binance_nb.streams.user.known import Known
from binance_nb.streams.user.missed import begin_with, missed

SYMBOL = "BTCUSDT"


@dataclass
class Tiny:
    """An exchange with one market and one account, that says what it does as the stream and as REST."""

    now_ms: int = 1_000
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    trades: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    held: Decimal = Decimal(0)
    changed_ms: int = 0

    def place(self, quantity: int) -> None:
        """Accept an order."""
        number = len(self.rows) + 1
        self.rows[number] = {
            "symbol": SYMBOL,
            "orderId": number,
            "clientOrderId": f"c{number}",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "price": "1",
            "origQty": str(quantity),
            "executedQty": "0",
            "cummulativeQuoteQty": "0",
            "status": "NEW",
            "isWorking": True,
            "time": self.now_ms,
            "workingTime": self.now_ms,
            "updateTime": self.now_ms,
        }
        self._say(number, "NEW")

    def fill(self, number: int, quantity: int) -> None:
        """Fill an order, at most with what is left of it."""
        row = self.rows.get(number)
        if row is None or row["status"] not in ("NEW", "PARTIALLY_FILLED"):
            return
        quantity = min(quantity, int(row["origQty"]) - int(row["executedQty"]))
        row["executedQty"] = row["cummulativeQuoteQty"] = str(int(row["executedQty"]) + quantity)
        row["status"] = "FILLED" if row["executedQty"] == row["origQty"] else "PARTIALLY_FILLED"
        row["updateTime"] = self.now_ms
        trade = {"symbol": SYMBOL, "id": len(self.trades) + 1, "orderId": number, "price": "1", "qty": str(quantity)}
        trade |= {"quoteQty": str(quantity), "commission": "0", "commissionAsset": "BTC", "time": self.now_ms}
        self.trades.append({**trade, "isBuyer": True, "isMaker": True})
        self.held += quantity
        self._say(number, "TRADE", self.trades[-1])
        self._say_balances()

    def cancel(self, number: int) -> None:
        """Cancel an order."""
        row = self.rows.get(number)
        if row is not None and row["status"] in ("NEW", "PARTIALLY_FILLED"):
            row["status"], row["updateTime"] = "CANCELED", self.now_ms
            self._say(number, "CANCELED")

    def bring(self, amount: int) -> None:
        """Bring money from outside."""
        self.held += amount
        self._say_balances()

    def facts(self) -> Facts:
        """Say all that REST knows."""
        account = {"updateTime": self.changed_ms, "balances": [{"asset": "BTC", "free": str(self.held), "locked": "0"}]}
        orders = {(SYMBOL, number): dict(row) for number, row in self.rows.items()}
        return Facts(orders=orders, trades=[dict(each) for each in self.trades], account=account)

    def _say(self, number: int, what: str, trade: dict[str, Any] | None = None) -> None:
        row = self.rows[number]
        event = {"e": "executionReport", "s": SYMBOL, "i": number, "x": what, "X": row["status"], "q": row["origQty"]}
        event |= {"z": row["executedQty"], "Z": row["executedQty"], "T": self.now_ms, "I": len(self.said), "w": True}
        self.said.append(event | {"t": trade["id"] if trade else -1})

    def _say_balances(self) -> None:
        self.changed_ms = self.now_ms
        row = {"a": "BTC", "f": str(self.held), "l": "0"}
        self.said.append({"e": "outboundAccountPosition", "u": self.now_ms, "B": [row]})


ACTS = st.one_of(
    st.tuples(st.just("place"), st.integers(1, 9)),
    st.tuples(st.just("fill"), st.integers(1, 6), st.integers(1, 9)),
    st.tuples(st.just("cancel"), st.integers(1, 6)),
    st.tuples(st.just("bring"), st.integers(1, 9)),
)
STEPS = st.lists(st.tuples(st.sampled_from(["live", "lost", "asking", "asked"]), st.integers(0, 2), ACTS), max_size=40)


@given(STEPS)
def test_everything_is_told_once_and_adds_up(steps: list[tuple[str, int, tuple[Any, ...]]]) -> None:
    """Events are lost, or held while REST is asked, before and after it looked."""
    there, known, told = Tiny(), Known(), list[dict[str, Any]]()
    begin_with(known, there.facts())
    held: list[dict[str, Any]] = []
    facts: Facts | None = None
    is_whole = True

    asked_at = 0

    def tell(events: list[dict[str, Any]], **how: bool) -> None:
        told.extend(event for event in events if known.take(event, **how))

    def settle(facts: Facts) -> None:
        nonlocal held
        found = missed(known, facts, since_ms=0, told_ms=there.now_ms)
        assert not found.unlisted
        tell(list(found.events), is_rest=True)
        tell(held[:asked_at], is_earlier=True)
        tell(held[asked_at:])
        held = []

    for stands, gone_ms, (act, *words) in steps:
        there.now_ms += gone_ms
        begin = len(there.said)
        getattr(there, act)(*words)
        events = there.said[begin:]
        if stands == "lost":
            is_whole, facts, held = False, None, held
        elif stands == "live" and facts is not None:
            settle(facts)
            is_whole, facts = True, None
            tell(events)
        elif is_whole:
            tell(events)
        else:
            held += events
            # REST looks once, after the subscription; later steps happen after it has looked.
            if facts is None:
                facts, asked_at = there.facts(), len(held)
    if not is_whole:
        asked_at = asked_at if facts else len(held)
        settle(facts or there.facts())

    fills = Counter((event["i"], event["t"]) for event in told if event.get("x") == "TRADE")
    assert Counter((each["orderId"], each["id"]) for each in there.trades) == fills
    changes = Counter((event["i"], event["x"]) for event in told if event.get("x") in ("NEW", "CANCELED"))
    assert Counter((event["i"], event["x"]) for event in there.said if event.get("x") in ("NEW", "CANCELED")) == changes
    for number, row in there.rows.items():
        own = [event for event in told if event.get("i") == number]
        assert (row["status"], Decimal(row["executedQty"])) == (own[-1]["X"], Decimal(own[-1]["z"]))
        assert [Decimal(event["z"]) for event in own] == sorted(Decimal(event["z"]) for event in own)
    positions = [Decimal(event["B"][0]["f"]) for event in told if event["e"] == "outboundAccountPosition"]
    assert there.held == (positions[-1] if positions else Decimal(0))


def test_a_fill_that_rest_does_not_list_yet_is_waited_for() -> None:
    """An order is not told as filled before its fill."""
    there, known = Tiny(), Known()
    begin_with(known, there.facts())
    there.place(5)
    there.fill(1, 5)
    facts = there.facts()
    facts.trades.clear()

    found = missed(known, facts, since_ms=0, told_ms=there.now_ms)

    assert ((SYMBOL, 1),) == found.unlisted
    assert ["NEW"] == [event["X"] for event in found.events if event["e"] == "executionReport"]


def test_both_sides_of_a_trade_may_be_ones_own() -> None:
    """They share the number of the trade, and are two fills."""
    there, known = Tiny(), Known()
    begin_with(known, there.facts())
    there.place(5)
    there.place(5)
    there.fill(1, 5)
    there.fill(2, 5)
    there.trades[1]["id"] = 1

    found = missed(known, there.facts(), since_ms=0, told_ms=there.now_ms)

    told = [event for event in found.events if known.take(event, is_rest=True) and event.get("x") == "TRADE"]
    assert [(1, 1), (2, 1)] == [(event["i"], event["t"]) for event in told]
