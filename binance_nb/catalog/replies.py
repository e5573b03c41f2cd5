"""What comes back: which part of a reply is the table, its index, its columns and their kinds.

A field has one kind wherever it appears, so the kinds stand in one table by the exchange's field name, and an
endpoint only lists which fields its rows have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from binance_nb.catalog.parameters import snake_case

__all__ = ["FIELD_KINDS", "SENTINELS", "Column", "ColumnKind", "Rows", "columns", "kind_of"]


class ColumnKind(StrEnum):
    """What a column holds, and so its dtype.

    DECIMAL is float64 (or Decimal on request), COUNT int64, TIME ``datetime64[ms, UTC]``, FLAG bool, TEXT pandas' own
    string type, NESTED Python objects as they came. An optional COUNT is Int64, an optional FLAG boolean.
    """

    DECIMAL = "decimal"
    COUNT = "count"
    TIME = "time"
    FLAG = "flag"
    TEXT = "text"
    NESTED = "nested"


_WORDS: Mapping[ColumnKind, str] = {
    ColumnKind.DECIMAL: """
        price qty quoteQty quantity commission origQty executedQty origQuoteOrderQty cummulativeQuoteQty
        cumulativeQuoteQty stopPrice icebergQty preventedQuantity preventedQty quoteOrderQty peggedPrice newQty
        takerPreventedQuantity makerPreventedQuantity priceChange priceChangePercent weightedAvgPrice prevClosePrice
        lastPrice lastQty bidPrice bidQty askPrice askQty openPrice highPrice lowPrice volume quoteVolume free locked
        open high low close taker_buy_base_volume taker_buy_quote_volume quote_volume referencePrice limit maker taker
        buyer seller discount bidLimitMultUp bidLimitMultDown askLimitMultUp askLimitMultDown minPrice maxPrice tickSize
        minQty maxQty stepSize minNotional maxNotional maxPosition multiplierUp multiplierDown bidMultiplierUp
        bidMultiplierDown askMultiplierUp askMultiplierDown
        """,
    ColumnKind.COUNT: """
        id orderId orderListId tradeId allocId allocationId preventedMatchId takerOrderId makerOrderId tradeGroupId
        executionId strategyId strategyType trailingDelta pegOffsetValue firstId lastId count trade_count intervalNum
        agg_trade_id first_trade_id last_trade_id lastUpdateId mins baseAssetPrecision quotePrecision
        quoteAssetPrecision baseCommissionPrecision quoteCommissionPrecision makerCommission takerCommission
        buyerCommission sellerCommission uid bucketCount bucketWidthMs externalCalculationId avgPriceMins maxNumOrders
        maxNumAlgoOrders maxNumIcebergOrders maxNumOrderAmends maxNumOrderLists minTrailingAboveDelta
        maxTrailingAboveDelta minTrailingBelowDelta maxTrailingBelowDelta
        """,
    ColumnKind.TIME: """
        time updateTime workingTime transactTime transactionTime openTime closeTime open_time close_time serverTime
        trailingTime timestamp
        """,
    ColumnKind.FLAG: """
        isBuyerMaker isBestMatch is_buyer_maker is_best_match isBuyer isMaker isAllocator isWorking usedSor canTrade
        canWithdraw canDeposit brokered requireSelfTradePrevention preventSor icebergAllowed ocoAllowed otoAllowed
        opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop cancelReplaceAllowed amendAllowed
        pegInstructionsAllowed isSpotTradingAllowed isMarginTradingAllowed enabledForAccount enabledForSymbol
        applyToMarket applyMinToMarket applyMaxToMarket
        """,
    ColumnKind.TEXT: """
        symbol clientOrderId origClientOrderId newClientOrderId listClientOrderId status timeInForce type side
        selfTradePreventionMode workingFloor pegPriceType pegOffsetType expiryReason commissionAsset asset
        contingencyType listStatusType listOrderStatus allocationType matchType makerSymbol rateLimitType interval
        baseAsset quoteAsset defaultSelfTradePreventionMode timezone accountType calculationType ruleType discountAsset
        filterType cancelResult newOrderResult
        """,
    ColumnKind.NESTED: """
        filters permissions permissionSets orderTypes allowedSelfTradePreventionModes orders orderReports fills
        rateLimits exchangeFilters sors rules
        """,
}

FIELD_KINDS: Mapping[str, ColumnKind] = {name: kind for kind, words in _WORDS.items() for name in words.split()}

SENTINELS: Mapping[str, int] = {
    "cummulativeQuoteQty": -1,
    "orderListId": -1,
    "tradeGroupId": -1,
    "tradeId": -1,
    "trailingTime": -1,
    "workingTime": -1,
}
"""Numbers that stand for "none", by field. None of these is ever negative otherwise, so any negative number means it:
``cummulativeQuoteQty`` of old orders is documented as negative only."""


def kind_of(field_name: str) -> ColumnKind | None:
    """Return the kind of a response field, or None for a field the catalog does not know.

    Args:
        field_name: The exchange's spelling.

    Returns:
        The kind, if known.
    """
    return FIELD_KINDS.get(field_name)


@dataclass(frozen=True)
class Column:
    """One column of a frame.

    Attributes:
        name: Column name in the frame.
        kind: What it holds.
        field: The key in a JSON object, or the place in a JSON array.
        is_optional: Whether a row may lack it, so that its dtype must be able to say NA.
        sentinel: A negative number that means NA, as any other negative one does.
        about: What it means, where the name does not say it.
    """

    name: str
    kind: ColumnKind
    field: str | int
    is_optional: bool = False
    sentinel: int | None = None
    about: str = ""


@dataclass(frozen=True)
class Rows:
    """How one reply becomes a frame.

    Attributes:
        columns: The columns in order; fields that are not listed are appended as they come.
        at: Key (or keys, with dots between) of the array whose items are the rows; empty when the reply itself is the
            array, or the one row.
        index: The column that becomes the index.
        parts: Other tables in the same reply, by the name given to ``part=``.
        extra: Optional fields, kept as columns only when a reply has them.
        about: What one row is.
        beside: Parts that stand side by side instead of rows of their own: the two sides of a book.
        stacked: Parts that stand one below the other instead of rows of their own; the index names the part.
        closes_at: The time column after which a row no longer changes; the frame then has a ``closed`` flag.
        skipped: Places of a row that mean nothing and are left out.
    """

    columns: tuple[Column, ...] = ()
    at: str = ""
    index: str | None = None
    parts: Mapping[str, Rows] = field(default_factory=dict)
    extra: tuple[Column, ...] = ()
    about: str = ""
    beside: tuple[str, ...] = ()
    stacked: tuple[str, ...] = ()
    closes_at: str | None = None
    skipped: frozenset[int] = frozenset()


def _column(word: str, place: int | None) -> Column:
    spelling, _, kind = word.rstrip("?").partition("=")
    wire, _, renamed = spelling.partition(":")
    name = renamed or snake_case(wire)
    known = renamed if renamed in FIELD_KINDS else wire
    return Column(
        name=name,
        kind=ColumnKind(kind) if kind else FIELD_KINDS[known],
        field=wire if place is None else place,
        is_optional=word.endswith("?") or wire in SENTINELS,
        sentinel=SENTINELS.get(wire),
    )


def columns(words: str, *, by_place: bool = False) -> tuple[Column, ...]:
    """Return columns from a list of field names.

    Args:
        words: Field names in order. ``p:price`` renames a field, ``limit=count`` overrides its usual kind, and a final
            ``?`` marks one that a row may lack.
        by_place: Whether rows are arrays, so that a name stands for its place.

    Returns:
        The columns.
    """
    return tuple(_column(word, place if by_place else None) for place, word in enumerate(words.split()))
