"""Orders drawn at random: near every bound, on and beside every raster, of every kind that an endpoint takes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

__all__ = ["Dice", "Sent"]

Sent = tuple[str, dict[str, str]]
_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
_STOPS = ("STOP_LOSS", "STOP_LOSS_LIMIT")
_TAKES = ("LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")


@dataclass
class Dice:
    """Draws orders for one symbol.

    Args:
        seed: What they are drawn from.
        entry: The symbol's object in exchange_info.
        price: What it trades at.
        free: Gives the free balance of an asset.
        open_orders: Gives the account's open orders of the symbol.
    """

    seed: int
    entry: Mapping[str, Any]
    price: Decimal
    free: Callable[[str], Decimal]
    open_orders: Callable[[], list[dict[str, Any]]]

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.symbol: str = self.entry["symbol"]
        self.filters = {each["filterType"]: each for each in self.entry["filters"]}

    def order(self) -> Sent:
        """Draw one call."""
        draws: list[tuple[int, Callable[[], Sent]]] = [
            (60, self._single),
            (6, self._oco),
            (4, self._old_oco),
            (8, self._followed),
            (4, self._replaced),
            (5, self._amended),
        ]
        if self.symbol == "BTCUSDT":
            draws.append((8, self._routed))
        (draw,) = self.random.choices([each for _, each in draws], [share for share, _ in draws])
        return draw()

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _around(self, value: Decimal, step: Decimal) -> Decimal:
        """A value on its raster, or a little beside."""
        step = step or Decimal("0.00000001")
        on = (value / step).to_integral_value(ROUND_HALF_EVEN) * step
        nudges = (Decimal(0), step, -step, step / 2, Decimal("0.00000001"))
        (nudge,) = self.random.choices(nudges, (80, 8, 8, 2, 2))
        return max(Decimal(0), on + nudge)

    def _text(self, value: Decimal) -> str:
        digits = 9 if self._chance(0.02) else 8
        text = f"{value.quantize(Decimal(1).scaleb(-digits)):f}"
        return text.rstrip("0").rstrip(".") if self._chance(0.8) and "." in text else text

    def _price(self) -> Decimal:
        rule, dice = self.filters["PRICE_FILTER"], self.random
        tick = Decimal(rule["tickSize"])
        factors = (dice.uniform(0.97, 1.03), dice.uniform(0.97, 1.03), dice.uniform(0.1, 6), 0.2, 5.0)
        value = self.price * Decimal(str(round(dice.choice(factors), 6)))
        if self._chance(0.04):
            value = Decimal(dice.choice((rule["minPrice"], rule["maxPrice"])))
        return self._around(value, tick)

    def _quantity(self, price: Decimal, side: str, *, is_market: bool = False) -> Decimal:
        lot, dice = self.filters["LOT_SIZE"], self.random
        worth = self.filters.get("NOTIONAL") or self.filters["MIN_NOTIONAL"]
        price = price or self.price
        base, quote = self.free(self.entry["baseAsset"]), self.free(self.entry["quoteAsset"])
        afforded = quote / price if side == "BUY" else base
        least = Decimal(worth["minNotional"]) / price
        bounds = [least, Decimal(worth.get("maxNotional", worth["minNotional"])) / price, Decimal(lot["maxQty"])]
        if is_market:
            bounds.append(Decimal(self.filters["MARKET_LOT_SIZE"]["maxQty"]))
        choices = [least, least * 3, afforded, afforded * Decimal(str(round(dice.random(), 4)))]
        value = dice.choice(choices) if self._chance(0.85) else dice.choice([*bounds, Decimal(lot["minQty"])])
        return self._around(value, Decimal(lot["stepSize"]))

    def _leg(self, kind: str, side: str, *, prefix: str = "", quantity: Decimal | None = None) -> dict[str, str]:
        """The parameters of one order, without its quantity."""
        sent: dict[str, str] = {"type": kind}
        if kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"):
            sent["price"] = self._text(self._price())
        if kind.endswith("LIMIT"):
            sent["timeInForce"] = "GTC"
        if kind in ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"):
            if self._chance(0.8):
                is_above = kind.startswith("STOP_LOSS") is (side == "BUY")
                away = Decimal(str(round(self.random.uniform(0.01, 0.5), 4)))
                stop = self.price * (1 + away if is_above else 1 - away)
                sent["stopPrice"] = self._text(self._around(stop, Decimal(self.filters["PRICE_FILTER"]["tickSize"])))
            if "stopPrice" not in sent or self._chance(0.2):
                sent["trailingDelta"] = str(self.random.choice((9, 10, 11, 100, 1999, 2000, 2001)))
        if "price" in sent and self._chance(0.2) and quantity:
            parts = Decimal(self.random.choice((1, 2, 50, 99, 100, 101, 300)))
            sent["icebergQty"] = self._text(
                self._around(quantity / parts, Decimal(self.filters["LOT_SIZE"]["stepSize"]))
            )
        return {f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name: text for name, text in sent.items()}

    def _single(self) -> Sent:
        side, kind = self.random.choice(("BUY", "SELL")), self.random.choice((*_TYPES, "LIMIT", "LIMIT", "MARKET"))
        leg = self._leg(kind, side)
        price = Decimal(leg.get("price", leg.get("stopPrice", self.price)))
        quantity = self._quantity(price, side, is_market=kind == "MARKET")
        if "price" in leg and self._chance(0.2):
            leg |= self._leg(kind, side, quantity=quantity) | {"price": leg["price"]}
        sent = {"symbol": self.symbol, "side": side, **leg}
        if kind == "MARKET" and self._chance(0.3):
            return "new_order", sent | {"quoteOrderQty": self._text(quantity * price)}
        if self._chance(0.1):
            sent["selfTradePreventionMode"] = self.random.choice(("NONE", "TRANSFER", "EXPIRE_BOTH"))
        if "price" in sent and self._chance(0.04):
            sent["pegPriceType"] = "PRIMARY_PEG"
            if self._chance(0.7):
                del sent["price"]
        return "new_order", sent | {"quantity": self._text(quantity)}

    def _pair(self, side: str, above: str, below: str) -> dict[str, str]:
        high, low = (_STOPS, _TAKES) if side == "BUY" else (_TAKES, _STOPS)
        legs = self._leg(self.random.choice(high), side, prefix=above)
        return legs | self._leg(self.random.choice(low), side, prefix=below)

    def _oco(self) -> Sent:
        side = self.random.choice(("BUY", "SELL"))
        sent = {"symbol": self.symbol, "side": side, **self._pair(side, "above", "below")}
        return "order_list_oco", sent | {"quantity": self._text(self._quantity(self.price, side))}

    def _old_oco(self) -> Sent:
        side, limit, stop = self.random.choice(("BUY", "SELL")), self._price(), self._price()
        sent = {"symbol": self.symbol, "side": side, "price": self._text(limit), "stopPrice": self._text(stop)}
        if self._chance(0.5):
            sent |= {"stopLimitPrice": self._text(self._price()), "stopLimitTimeInForce": "GTC"}
        return "new_oco", sent | {"quantity": self._text(self._quantity(limit, side))}

    def _followed(self) -> Sent:
        name = self.random.choice(("order_list_oto", "order_list_otoco", "order_list_opo", "order_list_opoco"))
        is_sized = name in ("order_list_oto", "order_list_otoco")
        side = self.random.choice(("BUY", "SELL")) if is_sized else "BUY"
        after = "SELL" if side == "BUY" else "BUY"
        working = self._leg(self.random.choice(("LIMIT", "LIMIT_MAKER")), side, prefix="working")
        price = Decimal(working["workingPrice"])
        sent = {"symbol": self.symbol, **working, "workingSide": side, "pendingSide": after}
        sent["workingQuantity"] = self._text(self._quantity(price, side))
        if is_sized:
            sent["pendingQuantity"] = self._text(self._quantity(price, after) or Decimal(1))
        if name in ("order_list_oto", "order_list_opo"):
            kind = self.random.choice(_TYPES)
            return name, sent | self._leg(kind, after, prefix="pending")
        return name, sent | self._pair(after, "pendingAbove", "pendingBelow")

    def _replaced(self) -> Sent:
        waiting = self.open_orders()
        name, sent = self._single()
        if not waiting:
            return name, sent
        named = self.random.choice(waiting)
        mode = self.random.choice(("STOP_ON_FAILURE", "ALLOW_FAILURE"))
        return "cancel_replace", sent | {"cancelReplaceMode": mode, "cancelOrderId": str(named["orderId"])}

    def _amended(self) -> Sent:
        waiting = self.open_orders()
        if not waiting:
            return self._single()
        named = self.random.choice(waiting)
        step, quantity = Decimal(self.filters["LOT_SIZE"]["stepSize"]), Decimal(named.get("origQty", 1))
        wanted = quantity * Decimal(self.random.choice(("0.01", "0.5", "0.9", "0.99", "1", "1.1")))
        size = self._around(wanted, step) or step
        return "amend_keep_priority", {
            "symbol": self.symbol,
            "orderId": str(named["orderId"]),
            "newQty": self._text(size),
        }

    def _routed(self) -> Sent:
        side, kind = self.random.choice(("BUY", "SELL")), self.random.choice(("LIMIT", "MARKET"))
        leg = self._leg(kind, side)
        quantity = self._quantity(Decimal(leg.get("price", self.price)), side, is_market=kind == "MARKET")
        return "sor_order", {"symbol": self.symbol, "side": side, **leg, "quantity": self._text(quantity)}
