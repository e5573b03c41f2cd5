"""What has to be known to judge an order: the symbol's terms and filters, the account, prices, what waits already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from binance_nb.catalog.filters import reference_price
from binance_nb.catalog.orders import ALGO_TYPES

__all__ = ["OpenCounts", "OrderFacts", "SymbolTerms"]

_Row = Mapping[str, Any]  # Any: JSON of the exchange
_Part = tuple[Any, ...]  # Any: names, or pairs of them


@dataclass(frozen=True, slots=True)
class SymbolTerms:
    """What exchange_info says of a symbol besides its filters.

    Attributes:
        status: Such as ``TRADING``.
        base_asset: What is bought and sold.
        quote_asset: What it is paid with.
        order_types: The types it takes.
        permission_sets: Of each set an account needs one permission; empty where none was told.
        stp_modes: The self-trade prevention modes it takes.
        flags: Its switches, such as ``icebergAllowed``.
        precisions: Most decimals of an amount, for the base and the quote asset.
    """

    status: str
    base_asset: str
    quote_asset: str
    order_types: tuple[str, ...]
    permission_sets: tuple[tuple[str, ...], ...]
    stp_modes: tuple[str, ...]
    flags: tuple[tuple[str, bool], ...]
    precisions: tuple[int, int]

    @classmethod
    def of(cls, entry: _Row, shared: Callable[[_Part], _Part] = lambda part: part) -> SymbolTerms:
        """Read the terms out of an entry of exchange_info.

        Args:
            entry: The symbol's object; what it leaves out is taken as not known.
            shared: Returns the one that is kept of equal tuples.

        Returns:
            The terms.
        """
        return cls(
            status=str(entry.get("status", "")),
            base_asset=str(entry.get("baseAsset", "")),
            quote_asset=str(entry.get("quoteAsset", "")),
            order_types=shared(tuple(entry.get("orderTypes", ()))),
            permission_sets=shared(tuple(tuple(each) for each in entry.get("permissionSets", ()))),
            stp_modes=shared(tuple(entry.get("allowedSelfTradePreventionModes", ()))),
            flags=shared(tuple((name, value) for name, value in entry.items() if isinstance(value, bool))),
            precisions=(int(entry.get("baseAssetPrecision", 8)), int(entry.get("quoteAssetPrecision", 8))),
        )

    def allows(self, flag: str) -> bool:
        """Return whether a switch is on; one that was not told is taken as on."""
        return dict(self.flags).get(flag, True)


@dataclass(frozen=True)
class OpenCounts:
    """How many orders wait, and how many of each kind that filters count."""

    orders: int = 0
    algos: int = 0
    icebergs: int = 0

    @classmethod
    def of(cls, rows: Sequence[_Row]) -> OpenCounts:
        """Count open orders.

        Args:
            rows: Rows of open_orders.

        Returns:
            The counts.
        """
        algos = sum(row.get("type") in ALGO_TYPES for row in rows)
        return cls(len(rows), algos, sum(Decimal(str(row.get("icebergQty", 0))) > 0 for row in rows))

    def plus(self, other: OpenCounts) -> OpenCounts:
        """Return both together."""
        return OpenCounts(self.orders + other.orders, self.algos + other.algos, self.icebergs + other.icebergs)


@dataclass(frozen=True)
class OrderFacts:
    """What is known at the moment; None and what is missing stand for "not known", never for "none".

    Attributes:
        filters: The filters of symbol, exchange and assets, as exchange_info and my_filters print them.
        are_asset_filters_known: Whether those of assets are among them.
        terms: What else exchange_info says of the symbol.
        routed: The symbols with smart order routing.
        account: The answer of account.
        reference: The symbol's reference price.
        is_reference_known: Whether `reference` was asked for; it may be None then, too.
        averages: Average prices by the minutes that they span; by 0 the last price.
        open_here: The open orders of the symbol.
        elsewhere: How many wait on other symbols.
        open_lists: The symbols of the open order lists.
        amendments: How often the order to be amended has been amended.
        book: Both sides of the book by ``bids`` and ``asks``: price and quantity of each level, best first.
        execution_rules: The rules that bound the prices at which orders may execute, as execution_rules prints them.
        missing: Why something is not known, by the read that would have told.
    """

    filters: Sequence[_Row] = ()
    are_asset_filters_known: bool = False
    terms: SymbolTerms | None = None
    routed: Collection[str] | None = None
    account: _Row | None = None
    reference: Decimal | None = None
    is_reference_known: bool = False
    averages: Mapping[int, Decimal] = field(default_factory=dict)
    open_here: Sequence[_Row] | None = None
    elsewhere: OpenCounts | None = None
    open_lists: Sequence[str] | None = None
    amendments: int | None = None
    book: Mapping[str, Sequence[tuple[Decimal, Decimal]]] | None = None
    execution_rules: Sequence[_Row] | None = None
    missing: Mapping[str, str] = field(default_factory=dict)

    def compared_with(self, config: _Row) -> Decimal | None:
        """Return the price that a filter compares others with.

        Args:
            config: The filter; it names the minutes of its average.

        Returns:
            The reference price, else the average; None where it is not known.
        """
        if not self.is_reference_known:
            return None
        try:
            return reference_price(
                config,
                reference=self.reference,
                last=lambda: self.averages[0],
                average=lambda minutes: self.averages[minutes],
            )
        except KeyError:
            return None

    def balance(self, asset: str) -> tuple[Decimal, Decimal] | None:
        """Return what is free and what is locked of an asset; an asset that is not listed is not held."""
        if self.account is None or not asset:
            return None
        rows: Sequence[_Row] = self.account.get("balances", ())
        held = next((row for row in rows if row.get("asset") == asset), {"free": 0})
        return Decimal(str(held.get("free", 0))), Decimal(str(held.get("locked", 0)))

    def order_named(self, sent: Mapping[str, str], *, id_name: str, client_id_name: str) -> _Row | None:
        """Return the open order that a call names.

        Args:
            sent: Wire texts.
            id_name: What the call calls the exchange's number.
            client_id_name: And the owner's name.

        Returns:
            A row of open_orders; None where none of it is known.
        """
        for row in self.open_here or ():
            by_id = id_name in sent and str(row.get("orderId")) == sent[id_name]
            if by_id or (id_name not in sent and row.get("clientOrderId") == sent.get(client_id_name)):
                return row
        return None
