"""What the market's tape does to the orders that wait for it, print by print in the order of time."""

from __future__ import annotations

from binance_nb.sandbox.market.tape_search import Position, Reached, TapeSearch
from binance_nb.sandbox.matching.floor import Floor
from binance_nb.sandbox.matching.orders import Order
from binance_nb.sandbox.matching.queues import Offer
from binance_nb.sandbox.matching.taking import Taking
from binance_nb.sandbox.matching.triggers import ABOVE_ALL, reacts, watched_prices_e8

__all__ = ["Settling"]


class _Watch:
    """How far a symbol's tape has been looked at."""

    def __init__(self, search: TapeSearch, settled_ms: int) -> None:
        self._search = search
        self.go_to(search.after(settled_ms))

    def go_to(self, position: Position) -> None:
        self._position = position
        self.next_ms = self._search.time_ms(position)

    def go_past(self, now_ms: int) -> None:
        if self.next_ms <= now_ms:
            self.go_to(self._search.after(now_ms))

    def reached(self, lower_e8: int, upper_e8: int, now_ms: int) -> Reached | None:
        if self.next_ms > now_ms:
            return None
        return self._search.first(self._position, lower_e8, upper_e8, now_ms)


class Settling:
    """Fills resting orders and sets stops off, up to the present.

    A print at a resting order's price fills at most its own quantity, which the orders at that price share by time.
    A print beyond it fills the whole rest. Both trade at the order's own price. After that the print is the last
    price, and stops look at it.

    Args:
        floor: Where the orders are.
        taking: What a stop does that is set off.
    """

    def __init__(self, floor: Floor, taking: Taking) -> None:
        self._floor = floor
        self._taking = taking
        self._watches: dict[str, _Watch] = {}
        self._settled_ms = 0

    def settle(self, now_ms: int) -> None:
        """Let happen what the tape has brought since the last time; see `Engine.settle`."""
        if now_ms <= self._settled_ms:
            return
        self._look_around()
        coming = {symbol: found for symbol in self._watches if (found := self._next(symbol, now_ms))}
        while coming:
            # Symbols by name where the moment is the same: how often one looks must not matter.
            symbol = min(coming, key=lambda name: (coming[name].time_ms, name))
            found = coming.pop(symbol)
            self._watches[symbol].go_to(found.position._replace(place=found.position.place + 1))
            self._apply(symbol, found)
            following = self._next(symbol, now_ms)
            if following:
                coming[symbol] = following
        for watch in self._watches.values():
            watch.go_past(now_ms)
        self._settled_ms = now_ms

    def _look_around(self) -> None:
        """Watch the symbols with open orders, and no others."""
        symbols = self._floor.index.symbols()
        for symbol in self._watches.keys() - symbols:
            del self._watches[symbol]
        for symbol in symbols:
            if symbol not in self._watches:
                self._watches[symbol] = _Watch(self._floor.market.tape_search(symbol), self._settled_ms)

    def _next(self, symbol: str, now_ms: int) -> Reached | None:
        """Find the next print that means something to anybody."""
        if self._watches[symbol].next_ms > now_ms:
            return None
        book = self._floor.book
        lower, upper = book.queue(symbol, "BUY").best_e8(), book.queue(symbol, "SELL").best_e8() or ABOVE_ALL
        for order in self._floor.waiting[symbol].values():
            below, above = watched_prices_e8(order)
            lower, upper = max(lower, below), min(upper, above)
        return self._watches[symbol].reached(lower, upper, now_ms)

    def _apply(self, symbol: str, found: Reached) -> None:
        floor, now_ms = self._floor, found.time_ms
        # What begins to wait in consequence of this print does not see it.
        reached, stops = self._reached(symbol, found), sorted(floor.waiting[symbol].items())
        with floor.step(now_ms):
            for offer in reached:
                self._fill(offer, now_ms)
            for order_id, order in stops:
                if order_id in floor.waiting[symbol] and reacts(order, found.price_e8, now_ms):
                    self._set_off(order, now_ms)

    def _reached(self, symbol: str, found: Reached) -> list[Offer]:
        offers: list[Offer] = []
        for side in ("BUY", "SELL"):
            queue, left = self._floor.book.queue(symbol, side), found.quantity_e8
            offers += queue.beyond(found.price_e8)
            for offer in queue.at(found.price_e8):
                if not left:
                    break
                offers.append(offer._replace(quantity_e8=min(offer.quantity_e8, left)))
                left -= offers[-1].quantity_e8
        return offers

    def _fill(self, offer: Offer, now_ms: int) -> None:
        floor, order = self._floor, offer.order
        assert order is not None
        quantity_e8 = min(offer.quantity_e8, order.left_e8)
        # The consequences of another's fill may have ended or shrunk it.
        if order.is_open and quantity_e8:
            trade_id = next(floor.trade_ids)
            floor.fill(order, offer.price_e8, quantity_e8, now_ms, trade_id=trade_id, is_maker=True)
            floor.draw_consequences(now_ms)

    def _set_off(self, order: Order, now_ms: int) -> None:
        floor = self._floor
        del floor.waiting[order.symbol][order.order_id]
        order.working_ms = order.updated_ms = now_ms
        floor.reporter.order(order, "NEW", now_ms)
        floor.note(order)
        # Its list ends the other order of its pair first, which frees what both hold.
        floor.draw_consequences(now_ms)
        if order.is_open:
            self._taking.work(order, now_ms)
            floor.draw_consequences(now_ms)
