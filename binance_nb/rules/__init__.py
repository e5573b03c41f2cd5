"""What may be sent for a symbol: its name, its filters, and the values that pass them."""

from __future__ import annotations

from binance_nb.rules.symbol_ranks import SymbolRanks
from binance_nb.rules.symbol_rules import SymbolRules
from binance_nb.rules.symbols import SymbolNames

__all__ = ["SymbolNames", "SymbolRanks", "SymbolRules"]
