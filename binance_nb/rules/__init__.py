"""What may be sent for a symbol: its name, its filters, the values that pass them, and an order held against all."""

from __future__ import annotations

from binance_nb.rules.facts import OpenCounts, OrderFacts, SymbolTerms
from binance_nb.rules.lines import RuleLine
from binance_nb.rules.report import RuleReport, judge
from binance_nb.rules.symbol_ranks import SymbolRanks
from binance_nb.rules.symbol_rules import SymbolRules
from binance_nb.rules.symbols import SymbolNames

__all__ = [
    "OpenCounts",
    "OrderFacts",
    "RuleLine",
    "RuleReport",
    "SymbolNames",
    "SymbolRanks",
    "SymbolRules",
    "SymbolTerms",
    "judge",
]
