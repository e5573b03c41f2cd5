"""Client order ids of our own, so that every placement can be looked up."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading

from binance_nb.catalog import Endpoint

__all__ = ["OrderIds", "is_drawn"]

_CARRIERS = ("listClientOrderId", "newClientOrderId")
_DRAWN = re.compile(r"nb[0-9a-f]{20}")


class OrderIds:
    """Draws client order ids: random ones, or from a seed where notebooks must compare.

    Args:
        seed: Seed of a sandbox whose clock stands still; None for random ids.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._guard = threading.Lock()
        self._drawn = 0

    def next(self, *, is_dry: bool = False) -> str:
        """Return an id that no other order has.

        Args:
            is_dry: Whether it is only looked at, so that the next placement still gets it.

        Returns:
            22 characters, within the exchange's 36, without a broker prefix.
        """
        if self._seed is None:
            return f"nb{secrets.token_hex(10)}"
        with self._guard:
            number = self._drawn + 1
            self._drawn += not is_dry
        return f"nb{hashlib.sha256(f'{self._seed}/{number}'.encode()).hexdigest()[:20]}"

    def add_to(self, endpoint: Endpoint, sent: dict[str, str], *, is_dry: bool = False) -> dict[str, str]:
        """Return a call with an id of ours where the person gave none: a placement, or what renames an order.

        Args:
            endpoint: The endpoint called.
            sent: Wire texts.
            is_dry: Whether the placement is only looked at.

        Returns:
            The texts, with the id in its documented place.
        """
        # An amendment, which adds none, renames its order: where the person names it by its old id, it has to be found.
        is_renamed = endpoint.unfilled_orders == 0 and "origClientOrderId" in sent
        if not (endpoint.unfilled_orders or is_renamed):
            return sent
        carrier = next((name for name in _CARRIERS if name in endpoint.by_name), None)
        if carrier is None or carrier in sent:
            return sent
        added = {**sent, carrier: self.next(is_dry=is_dry)}
        return {parameter.name: added[parameter.name] for parameter in endpoint.parameters if parameter.name in added}


def is_drawn(text: str) -> bool:
    """Return whether a text is a client order id as `OrderIds` draws them.

    Args:
        text: Any text.

    Returns:
        True for one of ours.
    """
    return _DRAWN.fullmatch(text) is not None
