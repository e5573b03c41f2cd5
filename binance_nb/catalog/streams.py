"""Every market stream: its name, how often it sends, and what its events hold.

Source: web-socket-streams.md of the Spot documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from binance_nb.catalog.enums import ENUMS
from binance_nb.catalog.payloads import Inner, Payload, fields

__all__ = ["MARKET_STREAMS", "STREAM_LIMITS", "MarketStream", "Match", "StreamLimits", "match_stream"]

_EVENT = "e:event_type E:event_time s:symbol"
_ANY = "*"


@dataclass(frozen=True)
class MarketStream:
    """One kind of market stream.

    Attributes:
        name: What it is called here.
        about: What its events tell.
        template: How its name is made; ``<symbol>`` in small letters, other blanks as `parameters` say.
        payload: What an event holds.
        event_type: What an event says it is; None where it does not say.
        speed_ms: How often it sends; None for each time something happens. By the value of a blank where that decides,
            with ``*`` for all others.
        faster: Another way to write its name, for which it sends more often, and how often.
        parameters: The blanks of the template, and the enum with what may stand there.
        is_array: Whether one message holds a list of events.
        notes: What else is to be known.
    """

    name: str
    about: str
    template: str
    payload: Payload
    event_type: str | None = None
    speed_ms: int | Mapping[str, int] | None = None
    faster: tuple[str, int] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_array: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_of_symbol(self) -> bool:
        """Whether its name begins with a symbol."""
        return self.template.startswith("<symbol>@")

    @property
    def templates(self) -> tuple[str, ...]:
        """Every way to write its name."""
        return (self.template, *(self.faster[:1] if self.faster else ()))

    @property
    def event_types(self) -> tuple[str, ...]:
        """What its events may say that they are; nothing where they do not say."""
        return tuple(_filled(self.event_type, self.parameters)) if self.event_type else ()

    def speed_of(self, values: Mapping[str, str], *, is_faster: bool = False) -> int | None:
        """Return how often a stream of this kind sends.

        Args:
            values: What stands in the blanks of its name.
            is_faster: Whether its name is written the other way.

        Returns:
            Milliseconds; None for each time something happens.
        """
        if is_faster and self.faster:
            return self.faster[1]
        if not isinstance(self.speed_ms, Mapping):
            return self.speed_ms
        chosen = (self.speed_ms[value] for value in values.values() if value in self.speed_ms)
        return next(chosen, self.speed_ms[_ANY])

    def types(self) -> Iterator[str]:
        """Yield what may stand behind the symbol, or the whole name where there is none: the shorter ones first."""
        for template in self.templates:
            yield from _filled(template.removeprefix("<symbol>@"), self.parameters)

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """What matches its names, in the order of the templates."""
        return tuple(_pattern(template, self.parameters) for template in self.templates)


@dataclass(frozen=True)
class Match:
    """What a stream's name asks for.

    Attributes:
        declared: Which kind of stream.
        symbol: The symbol as it stands in the name; empty where there is none.
        values: What stands in the other blanks.
        speed_ms: How often it sends; None for each time something happens.
    """

    declared: MarketStream
    symbol: str
    values: Mapping[str, str]
    speed_ms: int | None


@dataclass(frozen=True)
class StreamLimits:
    """What one connection and one computer may do.

    Attributes:
        messages_per_second: Messages that a connection may send, pings and pongs among them.
        streams_per_connection: Streams that it may carry.
        connections: Connections that an address may open within `connections_seconds`.
        connections_seconds: See there.
        lifetime_seconds: When the exchange ends a connection.
        ping_seconds: How often the exchange pings.
        pong_seconds: How long it waits for the answer.
    """

    messages_per_second: int = 5
    streams_per_connection: int = 1024
    connections: int = 300
    connections_seconds: int = 300
    lifetime_seconds: int = 86_400
    ping_seconds: int = 20
    pong_seconds: int = 60


STREAM_LIMITS = StreamLimits()
"""The exchange's."""


def match_stream(name: str) -> Match | None:
    """Read the name of a stream as the exchange does.

    Args:
        name: The name. Whether there is such a symbol nobody looks.

    Returns:
        What it asks for; None where it is no name of a stream.
    """
    for declared in MARKET_STREAMS.values():
        for place, pattern in enumerate(declared.patterns):
            if found := pattern.fullmatch(name):
                values = found.groupdict()
                symbol = values.pop("symbol", "")
                return Match(declared, symbol, values, declared.speed_of(values, is_faster=place > 0))
    return None


_BLANK = re.compile(r"<(\w+)>")


def _pattern(template: str, parameters: Mapping[str, str]) -> re.Pattern[str]:
    # Split at the blanks: every other part is the name of one.
    parts = _BLANK.split(template)
    choices = {name: "|".join(map(str, ENUMS[enum].values)) for name, enum in parameters.items()} | {"symbol": "[^@!]+"}
    return re.compile(
        "".join(f"(?P<{part}>{choices[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    )


def _filled(template: str, parameters: Mapping[str, str]) -> Iterator[str]:
    name = next((name for name in parameters if f"<{name}>" in template), None)
    if name is None:
        yield template
        return
    for value in ENUMS[parameters[name]].values:
        yield template.replace(f"<{name}>", str(value))


_TRADE = "p:price q:quantity T:trade_time m:is_buyer_maker"
_PRICES = "o:open h:high l:low"
_VOLUMES = "v:base_volume q:quote_volume"
_CANDLE = Inner(
    "k",
    "kline",
    fields(
        "t:open_time T:close_time s:symbol i:interval f:first_trade_id- L:last_trade_id- o:open c:close h:high l:low "
        "v:base_volume n:trade_count x:is_closed q:quote_volume V:taker_buy_base_volume Q:taker_buy_quote_volume "
        "B:unused"
    ),
    is_list=False,
)
_MINI = Payload(fields(f"{_EVENT} c:close {_PRICES} {_VOLUMES}"))
_CHANGES = "p:price_change P:price_change_percent"
_PLACES = "O:open_time C:close_time F:first_trade_id L:last_trade_id n:trade_count"
_ROLLING = Payload(fields(f"{_EVENT} {_CHANGES} {_PRICES} c:last_price w:weighted_avg_price {_VOLUMES} {_PLACES}"))
_BEST = "b:best_bid_price B:best_bid_quantity a:best_ask_price A:best_ask_quantity"
_LEVEL = fields("price quantity", by_place=True)
_KLINE = MarketStream(
    "kline",
    "The running candle, and its last state once it is closed.",
    "<symbol>@kline_<interval>",
    Payload(fields(_EVENT), (_CANDLE,)),
    "kline",
    {"1s": 1_000, _ANY: 2_000},
    parameters={"interval": "kline_interval"},
)
_ROLLING_TICKER = MarketStream(
    "rolling_ticker",
    "Statistics of a window that ends now.",
    "<symbol>@ticker_<window_size>",
    _ROLLING,
    "<window_size>Ticker",
    1_000,
    parameters={"window_size": "stream_window_size"},
    notes=("The window opens on a whole minute, so it may be up to 59,999 ms too wide.",),
)
_CHANGED_ALONE = "Only symbols that have changed appear."

MARKET_STREAMS: Mapping[str, MarketStream] = {
    stream.name: stream
    for stream in (
        MarketStream(
            "reference_price",
            "The price that filters refer to.",
            "<symbol>@referencePrice",
            Payload(fields("e:event_type s:symbol r:reference_price? t:engine_time")),
            "referencePrice",
            1_000,
            notes=("An event does not say when it was sent, and its price may be null.",),
        ),
        MarketStream(
            "agg_trade",
            "The fills of one taker order at one price.",
            "<symbol>@aggTrade",
            Payload(
                fields(
                    f"{_EVENT} a:agg_trade_id p:price q:quantity f:first_trade_id l:last_trade_id T:trade_time "
                    "m:is_buyer_maker M:unused"
                )
            ),
            "aggTrade",
        ),
        MarketStream(
            "trade",
            "One trade.",
            "<symbol>@trade",
            Payload(fields(f"{_EVENT} t:trade_id {_TRADE} M:unused")),
            "trade",
        ),
        MarketStream(
            "block_trade",
            "One trade outside the book.",
            "<symbol>@blockTrade",
            Payload(fields(f"{_EVENT} t:block_trade_id {_TRADE}")),
            "blockTrade",
        ),
        _KLINE,
        replace(
            _KLINE,
            name="kline_utc8",
            about="The same, of candles that are cut by the clocks of UTC+8.",
            template="<symbol>@kline_<interval>@+08:00",
            notes=("No other offset exists; all times stay UTC.",),
        ),
        MarketStream(
            "mini_ticker",
            "The last 24 hours in short.",
            "<symbol>@miniTicker",
            _MINI,
            "24hrMiniTicker",
            1_000,
        ),
        MarketStream(
            "all_mini_ticker",
            "The last 24 hours in short, of every symbol.",
            "!miniTicker@arr",
            _MINI,
            "24hrMiniTicker",
            1_000,
            is_array=True,
            notes=(_CHANGED_ALONE,),
        ),
        MarketStream(
            "ticker",
            "The last 24 hours.",
            "<symbol>@ticker",
            Payload(
                fields(
                    f"{_EVENT} {_CHANGES} {_PRICES} c:last_price w:weighted_avg_price {_VOLUMES} {_PLACES} "
                    f"x:first_trade_price_before_window Q:last_quantity {_BEST}"
                )
            ),
            "24hrTicker",
            1_000,
        ),
        _ROLLING_TICKER,
        replace(
            _ROLLING_TICKER,
            name="all_rolling_ticker",
            about="Statistics of a window that ends now, of every symbol.",
            template="!ticker_<window_size>@arr",
            is_array=True,
            notes=(_CHANGED_ALONE,),
        ),
        MarketStream(
            "book_ticker",
            "The best bid and ask, each time one of them changes.",
            "<symbol>@bookTicker",
            Payload(fields(f"u:update_id s:symbol {_BEST}")),
            notes=("An event says neither what it is nor when it was sent.",),
        ),
        MarketStream(
            "avg_price",
            "The average price of some minutes.",
            "<symbol>@avgPrice",
            Payload(fields(f"{_EVENT} i:interval w:avg_price T:last_trade_time")),
            "avgPrice",
            1_000,
        ),
        MarketStream(
            "partial_depth",
            "The best levels of the book.",
            "<symbol>@depth<levels>",
            Payload(
                fields("lastUpdateId:last_update_id"), (Inner("bids", "bids", _LEVEL), Inner("asks", "asks", _LEVEL))
            ),
            None,
            1_000,
            ("<symbol>@depth<levels>@100ms", 100),
            {"levels": "partial_depth_levels"},
            notes=("An event names neither its symbol nor when it was sent.",),
        ),
        MarketStream(
            "diff_depth",
            "The levels of the book that have changed; a quantity of 0 takes one away.",
            "<symbol>@depth",
            Payload(
                fields(f"{_EVENT} U:first_update_id u:final_update_id"),
                (Inner("b", "bids", _LEVEL), Inner("a", "asks", _LEVEL)),
            ),
            "depthUpdate",
            1_000,
            ("<symbol>@depth@100ms", 100),
        ),
    )
}
"""Every market stream by its name, in the documentation's order."""
