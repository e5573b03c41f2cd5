"""One call that has passed the door, with its parameters read as what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_nb.catalog import FIRST_MICROSECONDS, Endpoint
from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.venue import Venue

__all__ = ["Call"]

_DECIMALS = 8
_MINUTE_MS = 60_000
_OFFSET = re.compile(r"([+-]?)(\d{1,2})(?::(\d{2}))?")


@dataclass
class Call:
    """One call whose parameters keep the catalog's rules.

    Attributes:
        venue: The exchange.
        endpoint: What is called.
        sent: Decoded texts by the exchange's parameter names.
        now_ms: The present.
        caller: Who calls; None where nobody needs to be known.
        headers: What the answer's headers say besides; a handler may add to it.
        in_us: Whether the answer's times are to be microseconds. A handler that knows may answer with JSON that is
            printed already, as bytes, unless they are.
        is_free: Whether it costs no weight once it has worked; a handler may know better than the endpoint.
    """

    venue: Venue
    endpoint: Endpoint
    sent: Mapping[str, str]
    now_ms: int
    caller: Account | None = None
    headers: dict[str, str] = field(default_factory=dict)
    in_us: bool = False
    is_free: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_free = self.endpoint.is_free_on_success

    @property
    def account(self) -> Account:
        """Who calls an endpoint that is signed."""
        assert self.caller is not None  # the gate lets nobody unknown through to it
        return self.caller

    def text(self, name: str) -> str | None:
        """Return a parameter or its default.

        Args:
            name: The exchange's spelling.

        Returns:
            The text; None where there is neither.
        """
        if name in self.sent:
            return self.sent[name]
        parameter = self.endpoint.by_name[name]
        for other, defaults in parameter.default_by.items():
            return defaults.get(self.sent[other], defaults.get("*"))
        return None if parameter.default is None else str(parameter.default)

    def integer(self, name: str) -> int | None:
        """Return a whole number or its default; see `text`."""
        text = self.text(name)
        return None if text is None else int(text)

    def flag(self, name: str) -> bool:
        """Return whether a switch is on; see `text`."""
        return (self.text(name) or "").lower() == "true"

    @property
    def limit(self) -> int:
        """How many rows are wanted at most."""
        maximum = self.endpoint.by_name["limit"].maximum
        wanted = int(self.text("limit") or 0)
        return min(wanted, maximum) if isinstance(maximum, int) else wanted

    def amount_e8(self, name: str) -> int:
        """Return an amount of money, or 0 where none was sent.

        Args:
            name: The exchange's spelling.

        Returns:
            The amount in units of 1e-8.

        Raises:
            Refusal: -1111 for more than eight decimals.
        """
        text = self.sent.get(name, "0")
        if len(text.partition(".")[2]) > _DECIMALS:
            raise Refusal(-1111, "'%s'", name)
        return e8_of(text)

    @property
    def start_ms(self) -> int | None:
        """The first millisecond wanted; of microseconds the first whole one after."""
        start = self.integer("startTime")
        return start if start is None or start < FIRST_MICROSECONDS else -(-start // 1000)

    @property
    def end_ms(self) -> int | None:
        """The last millisecond wanted."""
        end = self.integer("endTime")
        return end if end is None or end < FIRST_MICROSECONDS else end // 1000

    @property
    def offset_ms(self) -> int:
        """How far the time zone asked for is ahead of UTC."""
        found = _OFFSET.fullmatch(self.text("timeZone") or "0")
        assert found is not None  # the catalog's pattern has been checked
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return (-minutes if found[1] == "-" else minutes) * _MINUTE_MS

    def listing(self) -> Listing:
        """Return the symbol that is asked for.

        Returns:
            Its listing.

        Raises:
            Refusal: -1121 for one that is not listed, -1220 for one in another state than asked for.
        """
        listing = self._listed(self.sent["symbol"])
        if not self._is_in_state(listing):
            raise Refusal(-1220)
        return listing

    def listings(self) -> list[Listing]:
        """Return the symbols that are asked for: one, several, or all.

        Returns:
            Their listings; of several those in the state asked for.

        Raises:
            Refusal: As for `listing`.
        """
        if "symbol" in self.sent:
            return [self.listing()]
        if "symbols" in self.sent:
            chosen = [self._listed(symbol) for symbol in json.loads(self.sent["symbols"])]
        else:
            chosen = list(self.venue.listings.values())
        return [listing for listing in chosen if self._is_in_state(listing)]

    def _is_in_state(self, listing: Listing) -> bool:
        return self.sent.get("symbolStatus") in (None, listing.status_at(self.now_ms))

    def _listed(self, symbol: str) -> Listing:
        if symbol not in self.venue.listings:
            raise Refusal(-1121)
        return self.venue.listings[symbol]
