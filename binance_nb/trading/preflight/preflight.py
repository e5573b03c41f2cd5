"""Before an order leaves: what its rules need to know is asked, all at once, and the order is held against them.

What cannot be had is not known, and what is not known refuses nothing: an exchange in trouble must not keep an order
back that it would take.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from binance_nb.catalog import Endpoint
from binance_nb.client import Client, endpoint_of
from binance_nb.client.order_ids import is_drawn
from binance_nb.errors import BinanceError, PreflightError
from binance_nb.rules import OpenCounts, OrderFacts, RuleReport, judge
from binance_nb.rules.report import held_against, orders_of
from binance_nb.trading.preflight.reads import READS, Read, reads_for, told

__all__ = ["Preflight"]

_HOUR_MS = 3_600_000
# Orders on other symbols count against the limits of the whole exchange; asking for them all is dear.
_ELSEWHERE_MS = 600_000
_AT_ONCE = 8
_PATIENCE_SECONDS = 3.0
_KEPT_SHARE = 0.05
_EXCHANGE_WIDE = "EXCHANGE_"
_RULES = ("exchange_info", "my_filters")
_KEPT = ("my_filters", "execution_rules", "reference_price")
# Whatever the rules are, these are needed.
_ALWAYS = ("account", "open_orders")


@dataclass(frozen=True)
class _Kept:
    """An answer that holds for a while.

    Attributes:
        said: The answer.
        at_ms: The server's time when it came.
    """

    said: Any  # Any: JSON
    at_ms: int


@dataclass
class _Asked:
    """What one report has asked so far: answers, and why others did not come."""

    answers: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    missing: dict[str, str] = field(default_factory=dict)
    is_elsewhere_fresh: bool = False

    @property
    def names(self) -> set[str]:
        return {*self.answers, *self.missing}


class Preflight:
    """Holds orders against their rules. Safe to use from several threads.

    Rules are kept for an hour of the server's time, or until the exchange refuses what they allow; balances, prices and
    the symbol's open orders are asked anew for each order.

    Args:
        client: Makes the reads.
        patience_seconds: How long an order waits for them; what comes later is not known.
    """

    def __init__(self, client: Client, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._client = client
        self._patience_seconds = patience_seconds
        # Answers that hold for an hour, by read and symbol.
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._open_counts: dict[str, OpenCounts] = {}
        self._counted_at_ms: int | None = None
        self._guard = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def report(self, endpoint: Endpoint, sent: Mapping[str, str]) -> RuleReport:
        """Hold a call against the rules.

        Args:
            endpoint: The endpoint to be called.
            sent: Wire texts from `Client.bind`.

        Returns:
            The report; without lines for a call that neither places nor amends an order.
        """
        # A drawn id is the next order's own.
        said = {name: text for name, text in sent.items() if not is_drawn(text)}
        if not orders_of(said, OrderFacts()):
            return judge(endpoint, said, OrderFacts())
        asked = _Asked()
        report = judge(endpoint, said, self._facts(said, asked))
        if not asked.is_elsewhere_fresh and any(line.rule.startswith(_EXCHANGE_WIDE) for line in report.broken):
            # Before a remembered count refuses an order it is counted again.
            self._counted_at_ms = None
            report = judge(endpoint, said, self._facts(said, asked))
        return report

    def check(self, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse a call that breaks a rule.

        Args:
            endpoint: The endpoint to be called.
            sent: Wire texts from `Client.bind`.

        Raises:
            PreflightError: With the report, the smallest change that would do, and the line for it.
        """
        report = self.report(endpoint, sent)
        if not report.passed:
            raise _refusal(report)

    def close(self) -> None:
        """Let go of the threads."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _facts(self, sent: Mapping[str, str], asked: _Asked) -> OrderFacts:
        symbol = sent.get("symbol", "")
        facts = self._known(sent, asked)
        wanted = self._outdated(symbol)
        if wanted:
            wanted |= set(_ALWAYS)
        if facts.filters:
            wanted |= self._needed(sent, facts)
        while wanted := self._cheapest(wanted, facts) - asked.names:
            self._ask(sent, facts, wanted, asked)
            self._remember(sent, asked)
            facts = self._known(sent, asked)
            wanted = self._needed(sent, facts)
        return facts

    def _needed(self, sent: Mapping[str, str], facts: OrderFacts) -> set[str]:
        held = held_against(orders_of(sent, facts), facts)
        needed = reads_for(held, facts) | {"account"}
        if {"cancelReplaceMode", "newQty"} & sent.keys() and facts.open_here is None:
            needed.add("open_orders")
        return {name for name in needed if self._remembered(name, sent.get("symbol", "")) is None}

    def _cheapest(self, wanted: set[str], facts: OrderFacts) -> set[str]:
        """Leave out what is remembered, and of two reads that tell the same the smaller."""
        if "all_open_orders" not in wanted:
            return wanted
        if self._is_counted:
            here = {"open_orders"} if facts.open_here is None else set()
            return wanted - {"all_open_orders"} | here
        return wanted - {"open_orders"}

    @property
    def _is_counted(self) -> bool:
        at_ms = self._counted_at_ms
        return at_ms is not None and self._client.clock.estimate_ms() - at_ms < _ELSEWHERE_MS

    def _remembered(self, name: str, symbol: str) -> Any:  # Any: JSON, None for nothing
        kept = self._kept.get((name, symbol))
        is_fresh = kept is not None and self._client.clock.estimate_ms() - kept.at_ms < _HOUR_MS
        return kept.said if kept is not None and is_fresh else None

    def _outdated(self, symbol: str) -> set[str]:
        """Return the reads that tell the rules, as far as they are not known, or not any more."""
        age_seconds = self._client.symbols.rules.age_seconds(symbol)
        if age_seconds is None:
            # Refused or never seen: what the account's own filters said may be as old.
            return set(_RULES)
        is_old = age_seconds * self._client.clock.rate * 1000 >= _HOUR_MS
        names = {"exchange_info"} if is_old else set()
        return names if self._remembered("my_filters", symbol) is not None else names | {"my_filters"}

    def _ask(self, sent: Mapping[str, str], facts: OrderFacts, names: Iterable[str], asked: _Asked) -> None:
        flying: dict[Future[Any], str] = {}
        for name in sorted(names):
            read = READS[name]
            words = read.words(sent, facts)
            if not self._has_room(read, words):
                asked.missing[name] = "what is left of the weight is kept for orders"
                continue
            flying[self._threads().submit(self._answer, read, words)] = name
        landed, late = wait(flying, self._patience_seconds)
        for future in late:
            future.cancel()
            asked.missing[flying[future]] = f"no answer within {self._patience_seconds:g} s"
        for future in landed:
            name = flying[future]
            try:
                asked.answers[name] = future.result()
            except BinanceError as error:
                # Some symbols never had a reference price, and the exchange says so with an error.
                is_told = error.code is not None and error.code in READS[name].codes_that_tell
                if is_told:
                    asked.answers[name] = {}
                else:
                    asked.missing[name] = str(error)
            except ValueError:
                asked.missing[name] = "its answer cannot be read"

    def _has_room(self, read: Read, words: Mapping[str, str]) -> bool:
        """Whether a read leaves weight enough for orders, and above all for what takes them back."""
        budget, clock = self._client.budget, self._client.clock
        left = budget.limit - budget.used(clock.estimate_ms()) - endpoint_of(read.endpoint).weight.price(words)
        return clock.rate == 0 or left >= budget.limit * _KEPT_SHARE  # the windows of a clock that stands never end

    def _answer(self, read: Read, words: Mapping[str, str]) -> Any:  # Any: JSON
        endpoint = endpoint_of(read.endpoint)
        reply = self._client.send(endpoint, self._client.bind(endpoint, words), is_patient=False)
        return json.loads(reply.body)

    def _threads(self) -> ThreadPoolExecutor:
        with self._guard:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="binance_nb-preflight")
            return self._pool

    def _remember(self, sent: Mapping[str, str], asked: _Asked) -> None:
        symbol, now_ms = sent.get("symbol", ""), self._client.clock.estimate_ms()
        for name, said in asked.answers.items():
            # That a symbol never had a reference price is such an answer; the price itself is not.
            if name in ("my_filters", "execution_rules") or (name == "reference_price" and said == {}):
                self._kept[name, symbol] = _Kept(said, now_ms)
        here = told(sent, asked.answers)
        if (counts := here.get("counts_by_symbol")) is not None:
            self._open_counts, self._counted_at_ms, asked.is_elsewhere_fresh = counts, now_ms, True
        elif (rows := here.get("open_here")) is not None:
            self._open_counts = self._open_counts | {symbol: OpenCounts.of(rows)}

    def _known(self, sent: Mapping[str, str], asked: _Asked) -> OrderFacts:
        symbol, rules = sent.get("symbol", ""), self._client.symbols.rules
        kept = {name: said for name in _KEPT if (said := self._remembered(name, symbol)) is not None}
        own = kept.get("my_filters")
        here = told(sent, {**kept, **asked.answers})
        facts = OrderFacts(
            filters=_merged(rules.filters(symbol), own or {}),
            are_asset_filters_known=own is not None,
            terms=rules.terms(symbol),
            routed=rules.routed,
            is_reference_known="reference_price" in {**kept, **asked.answers},
            elsewhere=self._elsewhere(symbol) if self._is_counted else None,
            missing={READS[name].endpoint: why for name, why in asked.missing.items()} | here["unread"],
        )
        return replace(facts, **here["facts"])

    def _elsewhere(self, symbol: str) -> OpenCounts:
        total = OpenCounts()
        for each, counts in self._open_counts.items():
            total = total if each == symbol else total.plus(counts)
        return total


def _merged(seen: Iterable[Mapping[str, Any]], own: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return all filters that bind the account: its own take the place of those that everybody sees."""
    listed = [*seen]
    for part in ("exchangeFilters", "symbolFilters", "assetFilters"):
        listed += own.get(part, ())
    return list({(each.get("filterType"), each.get("asset")): each for each in listed if "filterType" in each}.values())


def _refusal(report: RuleReport) -> PreflightError:
    names = ", ".join(dict.fromkeys(line.rule for line in report.broken))
    complaints = "; ".join(dict.fromkeys(line.complaint for line in report.broken))
    change = ", ".join(f"{name} {value}" for name, value in report.mend.items())
    hint = (
        f"The smallest change that passes: {change}."
        if change
        else "No small change was found that passes; each broken rule says what it would take."
    )
    line = report.suggestion or (
        "%binance account --omit-zero-balances" if names == "BALANCE" else f"%binance exchange_info {report.symbol}"
    )
    error = PreflightError(
        f"{report.operation} breaks {names}: {complaints}. Nothing was sent.",
        hint=hint,
        suggestion=line,
        culprit=report.broken[0].sent or None,
        operation=report.operation,
    )
    error.report = report
    return error
