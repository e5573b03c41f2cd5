"""What exchange_info says of symbols is remembered, with its age."""

from __future__ import annotations

from typing import Any

from binance_nb.rules import SymbolRules

ENTRY: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "orderTypes": ["LIMIT", "MARKET"],
    "icebergAllowed": False,
    "permissionSets": [["SPOT"]],
    "filters": [{"filterType": "LOT_SIZE", "minQty": "1", "maxQty": "9", "stepSize": "1"}],
}


def test_terms_are_told_as_exchange_info_has_them() -> None:
    """Status, assets, types and switches; a switch that was not told counts as on."""
    rules = SymbolRules()
    rules.learn({"symbols": [ENTRY], "sors": [{"baseAsset": "BTC", "symbols": ["BTCUSDT"]}]})

    terms = rules.terms("BTCUSDT")

    assert terms is not None
    assert (terms.status, terms.base_asset, terms.quote_asset) == ("TRADING", "BTC", "USDT")
    assert terms.order_types == ("LIMIT", "MARKET")
    assert (terms.allows("icebergAllowed"), terms.allows("ocoAllowed")) == (False, True)
    assert rules.routed == frozenset({"BTCUSDT"})


def test_symbols_with_equal_terms_share_them() -> None:
    """Thousands of symbols have a few dozen different ones."""
    rules = SymbolRules()

    rules.learn({"symbols": [ENTRY, ENTRY | {"symbol": "ETHUSDT", "orderTypes": ["LIMIT", "MARKET"]}]})

    one, other = rules.terms("BTCUSDT"), rules.terms("ETHUSDT")
    assert one is not None
    assert other is not None
    assert one.order_types is other.order_types


def test_rules_grow_old_and_are_outdated_when_they_are_refused() -> None:
    """Their age counts from the answer that told them."""
    now = [100.0]
    rules = SymbolRules(lambda: now[0])
    rules.learn({"symbols": [ENTRY]})

    now[0] = 130.0

    assert rules.age_seconds("BTCUSDT") == 30
    assert rules.age_seconds("ETHUSDT") is None
    rules.distrust("BTCUSDT")
    assert rules.age_seconds("BTCUSDT") is None
    assert len(rules.filters("BTCUSDT")) == 1
