"""What the documented facts say of an order: numbers read out of it anew, and `check.py`'s own evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.trading.preflight_house import House

__all__ = ["spec_verdicts"]

_ALGO = {"STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"}
_LIMITED = {"LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"}
_Inputs = dict[str, Any]


def spec_verdicts(
    spec: ModuleType,
    house: House,
    entry: Mapping[str, Any],
    order: tuple[str, dict[str, str]],
    before: Mapping[str, Any],
) -> dict[str, bool]:
    """Say whether a single order keeps each filter, by the facts alone.

    Args:
        spec: The module that evaluates them.
        house: Where prices come from.
        entry: The symbol's object in exchange_info.
        order: The call.
        before: The account before it.

    Returns:
        Whether it passes, by filter; only filters for which the facts say what counts.
    """
    name, sent = order
    documented = _documented(spec)
    configs = house.ask("my_filters", {"symbol": sent["symbol"]})[1]
    found = {}
    for part in ("symbolFilters", "exchangeFilters", "assetFilters"):
        for config in configs[part]:
            kind = config["filterType"]
            inputs = list(_inputs(kind, config, house, entry, name, sent, before))
            if inputs:
                found[kind] = all(spec.filter_passes(documented[kind], each, config) for each in inputs)
    return found


@cache
def _documented(spec: ModuleType) -> dict[str, Any]:
    return {each["name"]: each for each in spec.load("filters.json")["filters"]}


def _reference(house: House, symbol: str, minutes: int) -> Decimal:
    status, said = house.ask("reference_price", {"symbol": symbol})
    if status == 200 and said["referencePrice"] is not None:
        return Decimal(said["referencePrice"])
    if not minutes:
        return Decimal(house.ask("ticker_price", {"symbol": symbol})[1]["price"])
    return Decimal(house.ask("avg_price", {"symbol": symbol})[1]["price"])


def _inputs(
    kind: str,
    config: Mapping[str, Any],
    house: House,
    entry: Mapping[str, Any],
    name: str,
    sent: Mapping[str, str],
    before: Mapping[str, Any],
) -> Iterator[_Inputs]:
    if name == "amend_keep_priority":
        if kind == "LOT_SIZE":
            yield {"value": sent["newQty"]}
        elif kind == "MAX_NUM_ORDER_AMENDS":
            yield {"amendsSoFar": before["amends"]}
        return
    if name not in ("new_order", "sor_order") or "pegPriceType" in sent:
        return
    type_, side, symbol = sent["type"], sent["side"], sent["symbol"]
    limit = sent.get("price") if type_ in _LIMITED else None
    rows = before["rows"]
    here = [row for row in rows if row.symbol == symbol]
    if kind == "PRICE_FILTER":
        yield from ({"value": sent[each]} for each in ("price", "stopPrice") if each in sent)
    elif kind in ("PERCENT_PRICE", "PERCENT_PRICE_BY_SIDE") and limit:
        yield {"price": limit, "side": side, "ref": _reference(house, symbol, config["avgPriceMins"])}
    elif kind == "LOT_SIZE":
        yield from ({"value": sent[each]} for each in ("quantity", "icebergQty") if Decimal(sent.get(each, 0)))
    elif kind == "MARKET_LOT_SIZE" and type_ == "MARKET" and "quantity" in sent:
        yield {"value": sent["quantity"]}
    elif kind in ("NOTIONAL", "MIN_NOTIONAL") and "quantity" in sent and (limit or type_ == "MARKET"):
        # Of a stop without a limit the facts do not say at which price it counts.
        ref = _reference(house, symbol, config["avgPriceMins"])
        yield {"price": limit or ref, "quantity": sent["quantity"], "type": type_, "ref": ref}
    elif kind == "ICEBERG_PARTS" and Decimal(sent.get("icebergQty", 0)):
        yield {"quantity": sent["quantity"], "icebergQty": sent["icebergQty"]}
    elif kind == "TRAILING_DELTA" and "trailingDelta" in sent:
        yield {"trailingDelta": sent["trailingDelta"], "type": type_, "side": side}
    elif kind.endswith("MAX_NUM_ORDERS"):
        yield {"openOrders": len(here if kind == "MAX_NUM_ORDERS" else rows), "added": 1}
    elif kind.endswith("MAX_NUM_ALGO_ORDERS") and type_ in _ALGO:
        counted = [row for row in (here if kind == "MAX_NUM_ALGO_ORDERS" else rows) if row.kind in _ALGO]
        yield {"openAlgoOrders": len(counted), "added": 1}
    elif kind.endswith("MAX_NUM_ICEBERG_ORDERS") and Decimal(sent.get("icebergQty", 0)):
        counted = [row for row in (here if kind == "MAX_NUM_ICEBERG_ORDERS" else rows) if row.iceberg_e8]
        yield {"openIcebergOrders": len(counted), "added": 1}
    elif kind == "MAX_POSITION" and side == "BUY" and "quantity" in sent:
        if not any(row.order_list for row in here):
            waiting = sum(Decimal(row.left_e8).scaleb(-8) for row in here if row.is_buy)
            known = {"free": before["free"], "locked": before["locked"], "openBuyQty": waiting}
            yield {"side": side, "quantity": sent["quantity"], **known}
    elif kind == "MAX_ASSET" and "quantity" in sent and limit:
        notional = Decimal(limit) * Decimal(sent["quantity"])
        assets = {"baseAsset": entry["baseAsset"], "quoteAsset": entry["quoteAsset"]}
        yield {**assets, "quantity": sent["quantity"], "notional": notional}
