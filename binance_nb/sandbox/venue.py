"""Everything that the sandbox's answers are made of: the market, the account, its orders and its limits."""

from __future__ import annotations

import random
from collections.abc import Mapping

from binance_nb.sandbox.door.keys import text_from_seed
from binance_nb.sandbox.limits import OrderLimits
from binance_nb.sandbox.listings import LISTINGS, Listing
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.engine import Engine
from binance_nb.sandbox.matching.ledger import Ledger
from binance_nb.sandbox.recorded import Recorded

__all__ = ["ACCOUNTS", "Venue"]

ACCOUNTS = ("main", "second")
"""The accounts there are; the ready line's own keys belong to the first."""

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
        self.assets = tuple(_assets(listings))
        self.market = Market(seed, listings, recorded)
        self.accounts = {name: _account(seed, name, listings, is_frozen=is_frozen) for name in ACCOUNTS}
        self.engine = Engine(self.market)
        self._random = random.Random(f"client order ids of {seed}") if is_frozen else random.SystemRandom()

    def deposit(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Bring money in from outside, or take some out.

        Args:
            account: Whose.
            asset: Which.
            amount_e8: How much; negative for a withdrawal.
            now_ms: The present.

        Raises:
            ValueError: There is no such asset, or not so much of it is free.
        """
        self._check_free(account, asset, -amount_e8)
        account.ledger.book(asset, amount_e8)
        for listener in self.engine.listeners:
            listener.deposited(account, asset, amount_e8, now_ms)
        self.engine.balance_moved(account, asset, now_ms)

    def lock_externally(self, account: Account, asset: str, amount_e8: int, now_ms: int) -> None:
        """Lock money for a reason outside the market; a negative amount is released. See `deposit`."""
        self._check_free(account, asset, amount_e8)
        if account.ledger.locked_e8(asset) + amount_e8 < 0:
            raise ValueError(f"not so much {asset} is locked")
        account.ledger.lock(asset, amount_e8)
        for listener in self.engine.listeners:
            listener.externally_locked(account, asset, amount_e8, now_ms)
        self.engine.balance_moved(account, asset, now_ms)

    def _check_free(self, account: Account, asset: str, amount_e8: int) -> None:
        if asset not in self.assets:
            raise ValueError(f"there is no asset {asset!r}")
        if amount_e8 > account.ledger.free_e8(asset):
            raise ValueError(f"not so much {asset} is free")

    def new_client_order_id(self) -> str:
        """Return an id for an order whose owner gave it none."""
        return "".join(self._random.choices(_ID_ALPHABET, k=_ID_LENGTH))


def _account(seed: int, name: str, listings: Mapping[str, Listing], *, is_frozen: bool) -> Account:
    purpose = "uid" if name == ACCOUNTS[0] else f"uid of {name}"
    uid = int.from_bytes(text_from_seed(seed, purpose, 4).encode())
    return Account(name, uid, Ledger(_assets(listings)), OrderLimits(binds=not is_frozen))


def _assets(listings: Mapping[str, Listing]) -> dict[str, None]:
    # A dict keeps the order in which exchange_info names them.
    return dict.fromkeys(asset for listing in listings.values() for asset in (listing.base_asset, listing.quote_asset))
