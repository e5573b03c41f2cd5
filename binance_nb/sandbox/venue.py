"""Everything that the sandbox's answers are made of: the market, the account, its orders and its limits."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cached_property

from binance_nb.sandbox.engine import Engine
from binance_nb.sandbox.keys import text_from_seed
from binance_nb.sandbox.ledger import Ledger
from binance_nb.sandbox.limits import OrderLimits
from binance_nb.sandbox.listings import LISTINGS, Listing
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.recorded import Recorded

__all__ = ["Venue"]

_ID_LENGTH = 22
_ID_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Venue:
    """The exchange behind its door.

    Args:
        seed: What the market, the keys and the ids are drawn from.
        is_frozen: Whether time stands still: then no limit binds, and ids are drawn from the seed.
        recorded: Recorded candles to serve where they exist.
        listings: The symbols.
    """

    def __init__(
        self,
        seed: int,
        *,
        is_frozen: bool,
        recorded: Recorded | None = None,
        listings: Mapping[str, Listing] = LISTINGS,
    ) -> None:
        self.seed = seed
        self.listings = listings
        self.market = Market(seed, listings, recorded)
        self.order_limits = OrderLimits(binds=not is_frozen)
        self.ledger = Ledger(_assets(listings))
        self.engine = Engine(self.market, self.ledger, self.order_limits)
        self._random = random.Random(f"client order ids of {seed}") if is_frozen else random.SystemRandom()

    @cached_property
    def uid(self) -> int:
        """The account's number."""
        return int.from_bytes(text_from_seed(self.seed, "uid", 4).encode())

    def new_client_order_id(self) -> str:
        """Return an id for an order whose owner gave it none."""
        return "".join(self._random.choices(_ID_ALPHABET, k=_ID_LENGTH))


def _assets(listings: Mapping[str, Listing]) -> dict[str, None]:
    # A dict keeps the order in which exchange_info names them.
    return dict.fromkeys(asset for listing in listings.values() for asset in (listing.base_asset, listing.quote_asset))
