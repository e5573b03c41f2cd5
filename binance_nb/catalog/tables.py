"""The tables that replies hold, shared by the endpoints that answer with them."""

from __future__ import annotations

from dataclasses import replace

from binance_nb.catalog.replies import Rows, columns

__all__ = [
    "ACCOUNT",
    "AGG_TRADES",
    "ALLOCATIONS",
    "AMENDMENT",
    "AMENDMENTS",
    "AVG_PRICE",
    "BLOCK_TRADES",
    "BOOK_TICKER",
    "CANCELLED",
    "CANCELLED_REPORTS",
    "COMMISSION",
    "DEPTH",
    "EXCHANGE_INFO",
    "EXECUTION_RULES",
    "FILTERS",
    "KLINES",
    "MY_TRADES",
    "NOTHING",
    "ORDERS",
    "ORDER_COUNTS",
    "ORDER_LISTS",
    "ORDER_REPORTS",
    "PLACED",
    "PREVENTED_MATCHES",
    "PRICE_TICKER",
    "REFERENCE_CALCULATION",
    "REFERENCE_PRICE",
    "REPLACED",
    "ROUTED",
    "SERVER_TIME",
    "STATISTICS",
    "TEST_ORDER",
    "TEST_ROUTED",
    "TRADES",
    "WINDOW",
]

NOTHING = Rows(about="an empty answer")
SERVER_TIME = Rows(columns("serverTime"), about="the server's clock")

KLINES = Rows(
    columns(
        "open_time open high low close volume close_time quote_volume trade_count taker_buy_base_volume "
        "taker_buy_quote_volume",
        by_place=True,
    ),
    index="open_time",
    about="one candle, oldest first",
    closes_at="close_time",
    skipped=frozenset({11}),  # the exchange fills the twelfth place with a meaningless "0"
)
TRADES = Rows(columns("id price qty quoteQty time isBuyerMaker isBestMatch"), about="one trade, oldest first")
BLOCK_TRADES = Rows(columns("id price qty quoteQty time isBuyerMaker"), about="one block trade, oldest first")
AGG_TRADES = Rows(
    columns(
        "a:agg_trade_id p:price q:quantity f:first_trade_id l:last_trade_id T:time m:is_buyer_maker M:is_best_match"
    ),
    about="the fills of one taker order at one price, oldest first",
)
_BIDS = Rows(columns("price quantity", by_place=True), at="bids", about="one bid, best first")
_ASKS = Rows(columns("price quantity", by_place=True), at="asks", about="one ask, best first")
DEPTH = Rows(
    parts={"bids": _BIDS, "asks": _ASKS},
    index="level",
    about="the n-th best bid beside the n-th best ask",
    beside=("bids", "asks"),
)
AVG_PRICE = Rows(columns("mins price closeTime"), about="the average price")
PRICE_TICKER = Rows(columns("symbol price"), index="symbol", about="one symbol's last price")
BOOK_TICKER = Rows(columns("symbol bidPrice bidQty askPrice askQty"), index="symbol", about="one symbol's best quotes")
_CHANGES = "priceChange? priceChangePercent? weightedAvgPrice?"  # type=MINI leaves them out
WINDOW = Rows(
    columns("symbol openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime firstId lastId count"),
    extra=columns(_CHANGES),
    index="symbol",
    about="one symbol's statistics",
)
STATISTICS = replace(WINDOW, extra=columns(f"{_CHANGES} prevClosePrice? lastQty? bidPrice? bidQty? askPrice? askQty?"))
REFERENCE_PRICE = Rows(columns("symbol referencePrice? timestamp"), index="symbol", about="the reference price")
REFERENCE_CALCULATION = Rows(
    columns("symbol calculationType bucketCount? bucketWidthMs? externalCalculationId?"),
    index="symbol",
    about="how the reference price is made",
)
EXECUTION_RULES = Rows(columns("symbol rules"), at="symbolRules", index="symbol", about="one symbol's execution rules")

_RATE_LIMITS = "rateLimitType interval intervalNum limit=count"
EXCHANGE_INFO = Rows(
    columns(
        "symbol status baseAsset baseAssetPrecision quoteAsset quotePrecision quoteAssetPrecision "
        "baseCommissionPrecision quoteCommissionPrecision orderTypes icebergAllowed ocoAllowed otoAllowed? opoAllowed? "
        "quoteOrderQtyMarketAllowed allowTrailingStop? cancelReplaceAllowed? amendAllowed? pegInstructionsAllowed? "
        "isSpotTradingAllowed isMarginTradingAllowed filters permissions permissionSets "
        "defaultSelfTradePreventionMode? allowedSelfTradePreventionModes?"
    ),
    at="symbols",
    index="symbol",
    parts={
        "filters": Rows(columns("symbol filterType"), at="symbols.filters", about="one filter of one symbol"),
        "rate_limits": Rows(columns(_RATE_LIMITS), at="rateLimits", about="one limit"),
        "exchange_filters": Rows(columns("filterType"), at="exchangeFilters", about="one exchange-wide filter"),
        "sors": Rows(
            columns("baseAsset symbols=nested"), at="sors", about="one base asset and the symbols routed for it"
        ),
    },
    about="one symbol and its rules",
)

_CONDITIONAL = columns(
    "stopPrice? icebergQty? trailingDelta? trailingTime? strategyId? strategyType? preventedMatchId? "
    "preventedQuantity? pegPriceType? pegOffsetType? pegOffsetValue? peggedPrice? workingFloor? usedSor? expiryReason?"
)
_PLACED_FIELDS = (
    "symbol orderId orderListId clientOrderId transactTime price? origQty? executedQty? origQuoteOrderQty? "
    "cummulativeQuoteQty? status? timeInForce? type? side? workingTime? selfTradePreventionMode?"
)
_FILLS = Rows(
    columns("price qty commission commissionAsset tradeId"),
    at="fills",
    about="one fill of the order",
)
_CANCELLED_FIELDS = _PLACED_FIELDS.replace("symbol ", "symbol origClientOrderId? ", 1).replace("workingTime? ", "")

PLACED = Rows(columns(_PLACED_FIELDS), parts={"fills": _FILLS}, extra=_CONDITIONAL, about="the order as it stands")
ROUTED = replace(PLACED, parts={"fills": replace(_FILLS, extra=columns("allocId? matchType?"))})
CANCELLED = Rows(columns(_CANCELLED_FIELDS), extra=_CONDITIONAL, about="one cancelled order")
ORDERS = Rows(
    columns(
        "symbol orderId orderListId clientOrderId price origQty executedQty cummulativeQuoteQty status timeInForce "
        "type side stopPrice? icebergQty? time updateTime isWorking workingTime? origQuoteOrderQty? "
        "selfTradePreventionMode?"
    ),
    extra=_CONDITIONAL[2:],  # the first two always come here
    about="one order, oldest first",
)
REPLACED = Rows(
    columns("cancelResult newOrderResult"),
    parts={
        "cancelled": Rows(columns(_CANCELLED_FIELDS), at="cancelResponse", extra=_CONDITIONAL, about="the old order"),
        "placed": Rows(columns(_PLACED_FIELDS), at="newOrderResponse", extra=_CONDITIONAL, about="the new order"),
    },
    about="which halves worked",
)
_LEG = "symbol orderId clientOrderId"
AMENDMENT = Rows(
    columns(
        "symbol orderId orderListId origClientOrderId clientOrderId price qty executedQty preventedQty quoteOrderQty "
        "cumulativeQuoteQty status timeInForce type side workingTime? selfTradePreventionMode"
    ),
    at="amendedOrder",
    extra=_CONDITIONAL,
    parts={"orders": Rows(columns(_LEG), at="listStatus.orders", about="one leg of the order's list")},
    about="the order after the change",
)
AMENDMENTS = Rows(
    columns("symbol orderId executionId origClientOrderId newClientOrderId origQty newQty time"),
    about="one change of an order, oldest first",
)

_LIST_FIELDS = (
    "orderListId contingencyType listStatusType listOrderStatus listClientOrderId transactionTime symbol orders"
)
ORDER_LISTS = Rows(columns(_LIST_FIELDS), about="one order list")
ORDER_REPORTS = Rows(
    columns(_PLACED_FIELDS),
    at="orderReports",
    extra=_CONDITIONAL,
    parts={"orders": Rows(columns(_LEG), at="orders", about="one leg")},
    about="one leg of the list as it stands",
)
CANCELLED_REPORTS = replace(ORDER_REPORTS, columns=columns(_CANCELLED_FIELDS))
ACCOUNT = Rows(
    columns("asset free locked"),
    at="balances",
    index="asset",
    about="one asset's balance",
)
MY_TRADES = Rows(
    columns(
        "symbol id orderId orderListId price qty quoteQty commission commissionAsset time isBuyer isMaker isBestMatch?"
    ),
    about="one fill of the account's orders, oldest first",
)
ORDER_COUNTS = Rows(columns(f"{_RATE_LIMITS} count"), about="one order limit and what is used of it")
PREVENTED_MATCHES = Rows(
    columns(
        "symbol preventedMatchId takerOrderId makerSymbol? makerOrderId tradeGroupId selfTradePreventionMode price "
        "takerPreventedQuantity? makerPreventedQuantity? transactTime"
    ),
    about="one match that self-trade prevention stopped",
)
ALLOCATIONS = Rows(
    columns(
        "symbol allocationId allocationType orderId orderListId price qty quoteQty commission commissionAsset time "
        "isBuyer isMaker isAllocator"
    ),
    about="one allocation of a smart-order-routed order",
)


def _rates(fields: str, about: str, **keys: str) -> Rows:
    parts = {name: Rows(columns(fields), at=key, about=f"the {name} rates") for name, key in keys.items()}
    return Rows(parts=parts, stacked=tuple(parts), index="kind", about=about)


COMMISSION = _rates(
    "maker taker buyer seller",
    "one kind of commission on a symbol",
    standard="standardCommission",
    special="specialCommission",
    tax="taxCommission",
)
TEST_ORDER = _rates(
    "maker taker",
    "one kind of commission that the order would pay, when asked for",
    standard="standardCommissionForOrder",
    special="specialCommissionForOrder",
    tax="taxCommissionForOrder",
)
TEST_ROUTED = _rates(
    "maker taker",
    TEST_ORDER.about,
    standard="standardCommissionForOrder",
    tax="taxCommissionForOrder",
)
FILTERS = Rows(
    columns("filterType"),
    at="symbolFilters",
    parts={
        "exchange": Rows(columns("filterType"), at="exchangeFilters", about="one exchange-wide filter"),
        "asset": Rows(columns("filterType asset limit"), at="assetFilters", about="one asset's filter"),
    },
    about="one filter of the symbol",
)
