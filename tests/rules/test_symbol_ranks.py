from __future__ import annotations

import json

from binance_nb.catalog import ENDPOINTS
from binance_nb.rules.symbol_ranks import SymbolRanks

TICKERS = {
    "BTCUSDT": ("60000", "1000"),
    "ETHBTC": ("0.05", "1"),  # worth 60000 of the others'
    "SHIBIDR": ("0.4", "9000000"),  # in an asset that nothing tells the worth of
    "USDTTRY": ("30", "3000"),  # worth 100
}
NAMES = [*TICKERS, "AAAUSDT"]
QUOTES = {"BTCUSDT": "USDT", "ETHBTC": "BTC", "SHIBIDR": "IDR", "USDTTRY": "TRY", "AAAUSDT": "USDT"}


def day(*names: str) -> bytes:
    rows = [{"symbol": name, "lastPrice": TICKERS[name][0], "quoteVolume": TICKERS[name][1]} for name in names]
    return json.dumps(rows if len(rows) > 1 else rows[0]).encode()


def test_symbols_used_lately_come_first() -> None:
    """The last one before all others, used again or not."""
    ranks = SymbolRanks({})
    for symbol in ("ETHBTC", "BTCUSDT", "ETHBTC"):
        ranks.learn(ENDPOINTS["depth"], [symbol], b"")

    assert ranks.ranked(NAMES) == ["ETHBTC", "BTCUSDT", "AAAUSDT", "SHIBIDR", "USDTTRY"]


def test_the_others_are_ordered_by_volume_in_one_asset() -> None:
    """A volume in bitcoin weighs more than the same number of dollars; one without a price weighs nothing."""
    ranks = SymbolRanks({})
    ranks.quotes = QUOTES
    ranks.learn(ENDPOINTS["ticker_24hr"], [], day(*TICKERS))

    assert ranks.ranked(NAMES) == ["ETHBTC", "BTCUSDT", "USDTTRY", "AAAUSDT", "SHIBIDR"]


def test_the_answer_for_one_symbol_is_learnt_too() -> None:
    """It is an object, not a list."""
    ranks = SymbolRanks({})
    ranks.learn(ENDPOINTS["ticker_24hr"], ["BTCUSDT"], day("BTCUSDT"))

    assert ranks.tickers == {"BTCUSDT": (60000.0, 1000.0)}


def test_without_a_list_those_that_were_seen_are_known() -> None:
    """In use or in a ticker; nothing else exists as far as anybody knows."""
    ranks = SymbolRanks({"SOLUSDT": None})
    ranks.learn(ENDPOINTS["ticker_24hr"], [], day("BTCUSDT", "USDTTRY"))

    assert ranks.ranked(()) == ["SOLUSDT", "BTCUSDT", "USDTTRY"]


def test_a_symbol_that_is_not_listed_is_left_out() -> None:
    """It was used in another environment."""
    assert SymbolRanks({"LUNAUSDT": None}).ranked(["BTCUSDT"]) == ["BTCUSDT"]


def test_an_answer_that_cannot_be_read_is_left_aside() -> None:
    """Whoever decodes it reports that."""
    ranks = SymbolRanks({})
    for body in (b"", b"[1]", b'[{"symbol": "BTCUSDT"}]', b'{"symbol": "A", "lastPrice": null, "quoteVolume": "1"}'):
        ranks.learn(ENDPOINTS["ticker_24hr"], [], body)

    assert ranks.tickers == {}
