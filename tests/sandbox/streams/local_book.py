"""A book kept from a snapshot and the events after it, by the documented rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["LocalBook"]


class LocalBook:
    """What a client knows of the book.

    Args:
        snapshot: The reply of ``depth``.
        queued: The events that came before it.
    """

    def __init__(self, snapshot: dict[str, Any], queued: Sequence[dict[str, Any]] = ()) -> None:
        self.id: int = snapshot["lastUpdateId"]
        # By the digits of the price, all with eight decimals, for speed.
        self.sides = {
            short: {int(price.replace(".", "")): [price, quantity] for price, quantity in snapshot[name]}
            for short, name in (("b", "bids"), ("a", "asks"))
        }
        for event in queued:
            self.apply(event)

    def apply(self, event: dict[str, Any]) -> None:
        """Take an event in."""
        if event["u"] <= self.id:
            return
        assert event["U"] <= self.id + 1, f"a gap before {event['U']}: the book is at {self.id}"
        for short, side in self.sides.items():
            for price, quantity in event[short]:
                if float(quantity):
                    side[int(price.replace(".", ""))] = [price, quantity]
                else:
                    side.pop(int(price.replace(".", "")), None)
        self.id = event["u"]

    def rows(self, limit: int) -> dict[str, list[list[str]]]:
        """The best levels, as a snapshot prints them."""
        bids, asks = self.sides["b"], self.sides["a"]
        return {
            "bids": [bids[price] for price in sorted(bids, reverse=True)[:limit]],
            "asks": [asks[price] for price in sorted(asks)[:limit]],
        }
