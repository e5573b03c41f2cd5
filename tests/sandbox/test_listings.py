"""The listings against the exchange's documentation."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.listings import LISTINGS, Listing

EVERY = pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.symbol)
FILTERS = [
    "PRICE_FILTER",
    "LOT_SIZE",
    "ICEBERG_PARTS",
    "MARKET_LOT_SIZE",
    "TRAILING_DELTA",
    "PERCENT_PRICE_BY_SIDE",
    "NOTIONAL",
    "MAX_NUM_ORDERS",
    "MAX_NUM_ORDER_LISTS",
    "MAX_NUM_ALGO_ORDERS",
    "MAX_NUM_ORDER_AMENDS",
]


INSTEAD = {"BNBBTC": {"PERCENT_PRICE_BY_SIDE": "PERCENT_PRICE"}, "ETHBTC": {"NOTIONAL": "MIN_NOTIONAL"}}
BESIDES = {"LTCUSDT": ["MAX_POSITION"], "XRPUSDT": ["MAX_NUM_ICEBERG_ORDERS"]}


def filters_of(symbol: str) -> list[str]:
    replaced = INSTEAD.get(symbol, {})
    return [*(replaced.get(name, name) for name in FILTERS), *BESIDES.get(symbol, [])]


def documented_entry(spec_folder: Path) -> dict[str, Any]:
    examples = json.loads((spec_folder / "rest_examples" / "exchange_info.json").read_text(encoding="utf-8"))
    entry: dict[str, Any] = examples["examples"][0]["body"]["symbols"][0]
    return entry


def test_fifteen_symbols_are_listed() -> None:
    """Twelve trade for everybody, three do not; one is outside ASCII; each is named by its assets."""
    ordinary = [one for one in LISTINGS.values() if one.is_open_to(["SPOT"]) and not one.stopped_at]

    assert (15, 12) == (len(LISTINGS), len(ordinary))
    assert [symbol for symbol in LISTINGS if not symbol.isascii()] == ["这是测试币456"]
    assert all(symbol == one.symbol == one.base_asset + one.quote_asset for symbol, one in LISTINGS.items())


@EVERY
def test_an_entry_has_the_documented_fields(spec_folder: Path, listing: Listing) -> None:
    """A symbol's entry has the documented fields in the documented order, with values of the documented types."""
    documented, entry = documented_entry(spec_folder), listing.exchange_info_entry()

    assert list(entry) == list(documented)
    assert [type(value) for value in entry.values()] == [type(value) for value in documented.values()]


@EVERY
def test_filters_have_the_documented_fields(spec_folder: Path, listing: Listing) -> None:
    """Each filter has the documented fields; decimals are text, counts whole numbers."""
    declared = {one["name"]: one for one in json.loads((spec_folder / "filters.json").read_text("utf-8"))["filters"]}

    assert [one["filterType"] for one in listing.filters] == filters_of(listing.symbol)
    for one in listing.filters:
        fields = declared[one["filterType"]]["fields"]
        assert list(one)[1:] == [field["name"] for field in fields]
        for field in fields:
            kind = {"DECIMAL": str, "INT": int, "BOOLEAN": bool}[field["type"]]
            assert type(one[field["name"]]) is kind


@EVERY
def test_modes_and_types_are_those_of_the_exchange(spec_folder: Path, listing: Listing) -> None:
    """Order types, self-trade prevention modes and the status are documented enum values."""
    enums = json.loads((spec_folder / "enums.json").read_text(encoding="utf-8"))["enums"]
    entry = listing.exchange_info_entry()

    assert set(entry["orderTypes"]) <= set(enums["order_type"]["values"])
    assert (listing.symbol == "ADAUSDT") is (len(entry["orderTypes"]) == 2)
    assert set(entry["allowedSelfTradePreventionModes"]) <= set(enums["stp_mode"]["values"])
    assert entry["defaultSelfTradePreventionMode"] in entry["allowedSelfTradePreventionModes"]
    assert entry["status"] in enums["symbol_status"]["values"]


@EVERY
def test_the_anchor_can_be_traded(listing: Listing) -> None:
    """An order of the typical quantity at the anchor price passes the symbol's own filters."""
    assert listing.anchor % listing.tick_size == 0
    assert listing.mean_qty % listing.step_size == 0
    assert listing.step_size <= listing.mean_qty <= listing.market_max_qty <= listing.max_qty
    assert listing.anchor * 6 <= listing.max_price
    assert listing.min_notional <= listing.anchor * listing.mean_qty <= Decimal(9_000_000)


@EVERY
def test_the_character_fits_the_market(listing: Listing) -> None:
    """Prints come in pairs and minutes lend each other some, so the mean is even and large enough."""
    assert listing.prints_per_minute % 2 == 0
    assert listing.prints_per_minute >= 14
    assert listing.listed_at_ms % 60_000 == 0


def test_a_symbol_stops_at_its_moment() -> None:
    """Until then it trades like any other; one that never stops keeps its state."""
    halted = LISTINGS["SOLETH"]

    assert ["TRADING", "HALT"] == [halted.status_at(moment) for moment in (halted.last_ms, halted.last_ms + 1)]
    assert "TRADING" == LISTINGS["BTCUSDT"].status_at(1 << 60)


def test_one_permission_of_each_set_is_needed() -> None:
    """The outer sets add up, the inner ones are choices."""
    listing = replace(LISTINGS["BTCUSDT"], permissions=(("SPOT", "MARGIN"), ("TRD_GRP_004",)))

    assert listing.is_open_to(["MARGIN", "TRD_GRP_004"])
    assert not listing.is_open_to(["SPOT", "MARGIN"])


def test_every_filter_and_every_flag_is_met_somewhere(spec_folder: Path) -> None:
    """Whatever the documentation knows of, one symbol at least shows it."""
    documented = json.loads((spec_folder / "filters.json").read_text("utf-8"))["filters"]
    flags = json.loads((spec_folder / "general.json").read_text("utf-8"))["symbol_flags"]
    entries = [listing.exchange_info_entry() for listing in LISTINGS.values()]

    assert {one["name"] for one in documented} == {
        one["filterType"] for listing in LISTINGS.values() for one in listing.rules
    }
    for flag in flags:
        assert {True, False} == {entry[flag] for entry in entries}


def test_an_entry_is_safe_to_change() -> None:
    """Changing a returned entry changes no later one."""
    entry = LISTINGS["BTCUSDT"].exchange_info_entry()
    entry["filters"][0]["tickSize"] = "1"
    entry["orderTypes"].clear()

    assert LISTINGS["BTCUSDT"].exchange_info_entry()["filters"][0]["tickSize"] == "0.01000000"
    assert LISTINGS["BTCUSDT"].exchange_info_entry()["orderTypes"]
