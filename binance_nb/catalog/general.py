"""General endpoints: is it there, what time is it, what can be traded."""

from __future__ import annotations

from binance_nb.catalog import tables
from binance_nb.catalog.endpoint import Endpoint
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.catalog.shared import SYMBOL, SYMBOL_STATUS, SYMBOLS
from binance_nb.catalog.weights import BySymbols, Fixed

__all__ = ["GENERAL"]

GENERAL = (
    Endpoint(
        name="ping",
        title="Test connectivity",
        about="Tests whether the exchange answers.",
        method="GET",
        path="/api/v3/ping",
        group="general",
        weight=Fixed(1),
        rows=tables.NOTHING,
        is_on_data_host=True,
        ws_method="ping",
    ),
    Endpoint(
        name="time",
        title="Check server time",
        about="Gives the exchange's own time.",
        method="GET",
        path="/api/v3/time",
        group="general",
        weight=Fixed(1),
        rows=tables.SERVER_TIME,
        is_on_data_host=True,
        ws_method="time",
    ),
    Endpoint(
        name="exchange_info",
        title="Exchange information",
        about="Lists the symbols with their rules, and the exchange's rate limits.",
        method="GET",
        path="/api/v3/exchangeInfo",
        group="general",
        weight=Fixed(20),
        rows=tables.EXCHANGE_INFO,
        parameters=(
            SYMBOL.but(required=False, conflicts=("permissions", "symbolStatus", "symbols")),
            SYMBOLS.but(conflicts=("permissions", "symbolStatus", "symbol")),
            Parameter(
                "permissions",
                Kind.ENUM_OR_ARRAY,
                "only symbols that one of these permissions may trade",
                enum="permission",
                conflicts=("symbol", "symbols"),
            ),
            Parameter("showPermissionSets", Kind.BOOLEAN, "whether permissionSets are filled in", default=True),
            SYMBOL_STATUS.but(conflicts=("symbol", "symbols")),
        ),
        is_on_data_host=True,
        ws_method="exchangeInfo",
        notes=(
            "One unknown symbol fails the whole call.",
            "Without permissions only symbols open to SPOT, MARGIN or LEVERAGED come back.",
        ),
    ),
    Endpoint(
        name="execution_rules",
        title="Query Execution Rules",
        about="Gives the rules that bound the price at which an order may execute.",
        method="GET",
        path="/api/v3/executionRules",
        group="general",
        weight=BySymbols(one=2, each=2, cap=40, omitted=40),
        rows=tables.EXECUTION_RULES,
        parameters=(
            SYMBOL.but(required=False, conflicts=("symbols", "symbolStatus")),
            SYMBOLS.but(conflicts=("symbol", "symbolStatus")),
            SYMBOL_STATUS.but(conflicts=("symbol", "symbols")),
        ),
        combination_of=("symbol", "symbols", "symbolStatus"),
        combinations=(frozenset(), frozenset({"symbol"}), frozenset({"symbols"}), frozenset({"symbolStatus"})),
        ws_method="executionRules",
    ),
)
