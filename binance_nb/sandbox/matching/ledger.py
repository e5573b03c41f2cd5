"""What the account holds: free and locked, in integers of 1e-8, so that nothing is ever rounded away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from binance_nb.sandbox.amounts import e8_of, text_of

__all__ = ["PERMISSIONS", "STARTING_BALANCES", "Ledger"]

PERMISSIONS = ("SPOT",)
"""What the account may trade."""

STARTING_BALANCES: Mapping[str, str] = {
    "USDT": "100000",
    "BTC": "1",
    "ETH": "10",
    "BNB": "100",
    "SOL": "200",
    "XRP": "20000",
    "456": "1000",
    "这是测试币": "500",
}


class Ledger:
    """The account's balances.

    Args:
        assets: Every asset there is, in the order of the account's reply.
        starting: What the account begins with.
    """

    def __init__(self, assets: Iterable[str], starting: Mapping[str, str] = STARTING_BALANCES) -> None:
        self._free: dict[str, int] = dict.fromkeys(assets, 0)
        self._locked: dict[str, int] = defaultdict(int)
        self._free.update({asset: e8_of(amount) for asset, amount in starting.items() if asset in self._free})

    def free_e8(self, asset: str) -> int:
        """Return what can be used.

        Args:
            asset: The asset.

        Returns:
            The amount.
        """
        return self._free[asset]

    def locked_e8(self, asset: str) -> int:
        """Return what open orders hold; see `free_e8`."""
        return self._locked[asset]

    def lock(self, asset: str, amount_e8: int) -> None:
        """Move from free to locked; a negative amount moves back.

        Args:
            asset: The asset.
            amount_e8: How much; the caller has looked whether it is there.
        """
        self._free[asset] -= amount_e8
        self._locked[asset] += amount_e8

    def book(self, asset: str, amount_e8: int) -> None:
        """Add to what is free; a negative amount is spent.

        Args:
            asset: The asset.
            amount_e8: How much.
        """
        self._free[asset] += amount_e8

    def balances(self, *, with_zeros: bool) -> list[dict[str, str]]:
        """Return the balances as the account's reply prints them.

        Args:
            with_zeros: Whether assets come that the account does not hold.

        Returns:
            One object an asset.
        """
        return [
            {"asset": asset, "free": text_of(free), "locked": text_of(self._locked[asset])}
            for asset, free in self._free.items()
            if with_zeros or free or self._locked[asset]
        ]
