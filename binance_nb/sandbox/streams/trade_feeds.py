"""What is sent of trades: each of them, and the candles they make."""

from __future__ import annotations

from binance_nb.sandbox.block_trades import next_block_trade
from binance_nb.sandbox.market import KlineRow
from binance_nb.sandbox.streams import payloads
from binance_nb.sandbox.streams.moment import Moment
from binance_nb.sandbox.streams.names import Stream
from binance_nb.sandbox.streams.payloads import Payload

__all__ = ["AggTradeFeed", "BlockTradeFeed", "KlineFeed", "TradeFeed"]

# What is left over is told the next time: a burst after a long pause must not drown those who listen.
_MOST_AT_ONCE = 2500


class TradeFeed:
    """Tells every trade.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._symbol = symbol
        self._next_id = moment.venue.market.trades_by(symbol, moment.now_ms)
        self.due_ms = moment.venue.market.next_trade_ms(symbol, moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the trades since the last one told; see `Feed`."""
        if self.due_ms is None or moment.now_ms < self.due_ms:
            return []
        market, symbol = moment.venue.market, self._symbol
        rows = market.trades_from(symbol, from_id=self._next_id, limit=_MOST_AT_ONCE, now_ms=moment.now_ms)
        if len(rows) < _MOST_AT_ONCE:
            self.due_ms = market.next_trade_ms(symbol, moment.now_ms)
        if rows:
            self._next_id = rows[-1]["id"] + 1
        return [payloads.trade(symbol, row) for row in rows]


class AggTradeFeed:
    """Tells every aggregate trade.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._symbol = symbol
        newest = moment.venue.market.agg_trades(symbol, limit=1, now_ms=moment.now_ms)
        self._next_id = newest[-1]["a"] + 1 if newest else 0
        self.due_ms = moment.venue.market.next_trade_ms(symbol, moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the aggregate trades since the last one told; see `Feed`."""
        if self.due_ms is None or moment.now_ms < self.due_ms:
            return []
        market, symbol = moment.venue.market, self._symbol
        rows = market.agg_trades(symbol, from_id=self._next_id, limit=_MOST_AT_ONCE, now_ms=moment.now_ms)
        if len(rows) < _MOST_AT_ONCE:
            self.due_ms = market.next_trade_ms(symbol, moment.now_ms)
        if rows:
            self._next_id = rows[-1]["a"] + 1
        return [payloads.agg_trade(symbol, row) for row in rows]


class BlockTradeFeed:
    """Tells every block trade.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._symbol = symbol
        self._next = next_block_trade(moment.venue.market, moment.venue.listings[symbol], moment.now_ms)

    @property
    def due_ms(self) -> int | None:
        """When the next one is made."""
        return self._next and self._next["time"]

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the block trades since the last one told; see `Feed`."""
        events: list[Payload] = []
        while self._next and self._next["time"] <= moment.now_ms and len(events) < _MOST_AT_ONCE:
            events.append(payloads.block_trade(self._symbol, self._next))
            listing = moment.venue.listings[self._symbol]
            self._next = next_block_trade(moment.venue.market, listing, self._next["time"])
        return events


class KlineFeed:
    """Tells the present candle at every full period, and each that has closed once more.

    Args:
        stream: The stream.
        symbol: Its symbol.
        moment: The present.
    """

    def __init__(self, stream: Stream, symbol: str, moment: Moment) -> None:
        self._stream = stream
        self._symbol = symbol
        newest = self._rows(moment, None, 1)
        # One that has closed was told long ago, or never: its symbol trades no more.
        self._next_open_ms = _next_open_ms(newest[-1], moment.now_ms) if newest else 0
        self.due_ms = stream.next_ms(moment.now_ms)

    def tell(self, moment: Moment) -> list[Payload]:
        """Return the closed candles since the last one told, and the present one; see `Feed`."""
        if moment.now_ms < self.due_ms:
            return []
        rows = self._rows(moment, self._next_open_ms, _MOST_AT_ONCE)
        if len(rows) < _MOST_AT_ONCE:
            self.due_ms = self._stream.next_ms(moment.now_ms)
        events = [self._event(row, moment) for row in rows]
        for event in events:
            if event["k"]["x"]:
                self._next_open_ms = event["k"]["T"] + 1
        return events

    def _event(self, row: KlineRow, moment: Moment) -> Payload:
        market, opens_ms, last_ms = moment.venue.market, int(row[0]), min(int(row[6]), moment.now_ms)
        first, last = market.trades_by(self._symbol, opens_ms - 1), market.trades_by(self._symbol, last_ms) - 1
        trade_ids = (first, last) if first <= last else (-1, -1)
        return payloads.kline(self._symbol, self._stream.window, row, trade_ids, moment.now_ms)

    def _rows(self, moment: Moment, start_ms: int | None, limit: int) -> list[KlineRow]:
        return moment.venue.market.klines(
            self._symbol,
            self._stream.window,
            start_ms=start_ms,
            limit=limit,
            now_ms=moment.now_ms,
            offset_ms=self._stream.offset_ms,
        )


def _next_open_ms(row: KlineRow, now_ms: int) -> int:
    """Return when the first candle opens that is not yet told for good."""
    opens_ms, closes_ms = int(row[0]), int(row[6])
    return closes_ms + 1 if closes_ms < now_ms else opens_ms
