"""Why a call failed here: what only the client knows of it, its clock, its budget and the symbol's rules."""

from __future__ import annotations

import math
from collections.abc import Mapping

from binance_nb.catalog import Endpoint
from binance_nb.client.budget import WeightBudget
from binance_nb.client.clock import ServerClock
from binance_nb.client.verdicts.next_line import line_again
from binance_nb.errors import BinanceError, IpBannedError, RateLimitError, TimestampError
from binance_nb.grammar import format_time
from binance_nb.rules.filter_facts import look_into, needs
from binance_nb.rules.symbol_rules import SymbolRules

__all__ = ["Circumstances"]

_FILTER_FAILURE = "Filter failure: "
_INSUFFICIENT = "insufficient balance"
_RECV_WINDOW_MS = "5000"


class Circumstances:
    """Adds to errors what this client knows; nobody is asked.

    Args:
        clock: The server's clock.
        budget: What was used.
        rules: The filters seen so far.
    """

    def __init__(self, clock: ServerClock, budget: WeightBudget, rules: SymbolRules) -> None:
        self._clock = clock
        self._budget = budget
        self._rules = rules

    def add_to(
        self, error: BinanceError, endpoint: Endpoint, sent: Mapping[str, str], *, max_wait_seconds: float
    ) -> None:
        """Add facts to an error, and a better line to paste where they tell one.

        Args:
            error: The error.
            endpoint: The endpoint called.
            sent: Wire texts.
            max_wait_seconds: How long a read waits by itself.
        """
        if isinstance(error, RateLimitError):
            error.details |= self._used(endpoint)
            if endpoint.method == "GET" and not isinstance(error, IpBannedError):
                error.suggestion = self._patience(error.retry_at or 0, max_wait_seconds) or error.suggestion
        elif isinstance(error, TimestampError):
            error.details |= self._timing(sent)
        elif error.message.startswith(_FILTER_FAILURE):
            self._look_into_filter(error, endpoint, sent)
        elif _INSUFFICIENT in error.message:
            needed = needs(sent, self._rules.terms(sent.get("symbol", "")))
            error.details |= {"needs": needed} if needed else {}

    def _used(self, endpoint: Endpoint) -> dict[str, str]:
        now_ms = self._clock.estimate_ms()
        facts = {"weight used": f"{self._budget.used(now_ms)} of {self._budget.limit}"}
        counts = self._budget.order_counts
        limits = [limit for limit in self._budget.limits if limit.kind == "ORDERS" and limit.header_suffix in counts]
        if endpoint.unfilled_orders and limits:
            counted = (f"{counts[each.header_suffix]} of {each.limit} in {each.header_suffix}" for each in limits)
            facts["orders counted"] = ", ".join(counted)
        return facts

    def _patience(self, retry_at: int, max_wait_seconds: float) -> str | None:
        left = self._clock.seconds_until(retry_at)
        if left <= max_wait_seconds:
            return None
        return f"%config BinanceMagics.max_wait_seconds = {math.ceil(left / 10) * 10}"

    def _timing(self, sent: Mapping[str, str]) -> dict[str, str]:
        window = sent.get("recvWindow")
        facts = {"recvWindow": f"{window} ms" if window else f"{_RECV_WINDOW_MS} ms, as none was sent"}
        offset_ms = self._clock.offset_ms
        if offset_ms is not None:
            facts["clock offset"] = f"the exchange's is {offset_ms:+.0f} ms from this computer's"
        elif self._clock.is_synchronised:
            stands = "stood" if self._clock.rate == 0 else "was"
            facts["clock"] = f"the exchange's {stands} at {format_time(self._clock.estimate_ms())}"
        return facts

    def _look_into_filter(self, error: BinanceError, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        name, symbol = error.message.removeprefix(_FILTER_FAILURE), sent.get("symbol", "")
        found = look_into(name, sent, lambda wanted: self._rules.find(symbol, wanted))
        # Whoever keeps the rules that passed by is not refused: perhaps they have changed.
        self._rules.distrust(symbol)
        error.details |= found.facts
        if found.better:
            error.hint = f"Send {found.facts.get('passes', found.facts['nearest'])}; the line below does."
            error.suggestion = line_again(endpoint, sent, found.better)
