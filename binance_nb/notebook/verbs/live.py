"""The verbs about what happens now: streams, and the widgets that move with them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from binance_nb.errors import StreamError, UsageError
from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.trading.everyday.wishes import AMOUNT_WORDS, ORDER_WORDS

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk
    from binance_nb.session import Session
    from binance_nb.streams.log import EventLog

__all__ = ["VERBS"]

# Orders that come in lists have more prices than a form of one order has room for.
_FORM_WORDS = ("quantity", "price", "stop", "trail", "time_in_force", "post_only", "iceberg")
_READY_SECONDS = 3.0  # so that what is shown says more than that it has begun
_EXAMPLE = "%binance stream BTCUSDT@trade --for 10s"


def _stream(desk: Desk, bound: Bound) -> Any:  # Any: a frame, or the feed
    from binance_nb.streams.patience import Patience, seconds_of

    session, said = desk.session_for(bound), bound.options
    names = _texts(said.get("streams", []))
    is_timed = "for" in said
    for option in ("kind", "exact"):
        if said.get(option) and not is_timed:
            raise UsageError(
                f"--{option} is about the frame, which --for makes.",
                hint="A feed makes frames of every kind: feed.to_frame(...).",
                suggestion=" ".join(["%binance stream", *names, "--for 10s"]),
                culprit=f"--{option}",
                operation="stream",
            )
    if is_timed:  # refused before anything is opened
        Patience(session.stream_rate).real_seconds(seconds_of(said["for"]))  # type: ignore[arg-type]  # it looks
    feed = _opened(session, names, said)
    if not is_timed:
        with suppress(StreamError):  # what is wrong, the feed says itself
            feed.wait_ready(_READY_SECONDS)
        return feed
    kind = said.get("kind")
    try:
        return feed.collect(said["for"], None if kind is None else str(kind), exact=bool(said.get("exact")))  # type: ignore[arg-type]  # as above
    except UsageError as error:
        if kinds := error.details.get("kinds"):
            words = ["%binance stream", *names, f"--kind {kinds[0]}", f"--for {said['for']}"]
            error.hint, error.suggestion = "--kind says which of them; without --for you get all.", " ".join(words)
        raise


def _opened(session: Session, names: list[str], said: Mapping[str, object]) -> EventLog:
    words = {"keep": _whole(said["keep"])} if "keep" in said else {}
    if not said.get("user"):
        if not names:
            raise UsageError(
                "stream needs to know which stream.",
                hint="A symbol, @, and what of it; --user is your own account.",
                suggestion=_EXAMPLE,
                operation="stream",
            )
        return session.stream(*names, **words)
    if names:
        raise UsageError(
            "--user is about your account, and takes no streams of the market.",
            hint="Make it two lines.",
            suggestion=f"%binance stream {' '.join(names)}",
            culprit="--user",
            operation="stream",
        )
    return session.user_events(**words)


def _book(desk: Desk, bound: Bound) -> Any:  # Any: ipywidgets has no types
    from binance_nb.widgets import Book

    session, said = desk.session_for(bound), bound.options
    words = {"levels": _whole(said["levels"], "levels")} if "levels" in said else {}
    return Book(session, str(said.get("symbol", "BTCUSDT")), **words)


def _chart(desk: Desk, bound: Bound) -> Any:  # Any: as of _book
    from binance_nb.widgets import Chart

    session, said = desk.session_for(bound), bound.options
    words: dict[str, Any] = {"start": said["start"]} if "start" in said else {}
    if "bars" in said:
        words["bars"] = _whole(said["bars"], "bars")
    if said.get("trades"):
        words["trades"] = True
    symbol, interval = str(said.get("symbol", "BTCUSDT")), str(said.get("interval", "1h"))
    return Chart(session, symbol, interval, overlays=said.get("overlay", ()), **words)


def _watch(desk: Desk, bound: Bound) -> Any:  # Any: as of _book
    from binance_nb.widgets import Watch

    session, said = desk.session_for(bound), bound.options
    names = [name for text in _texts(said.get("symbols", [])) for name in text.split(",")]
    words = {"interval": str(said["interval"])} if "interval" in said else {}
    return Watch(session, names or None, **words)


def _texts(words: object) -> list[str]:
    """Return the names on a line; a variable may hold several."""
    if isinstance(words, list | tuple | set):
        return [name for word in words for name in _texts(word)]
    return [str(words)]


def _whole(said: object, name: str = "keep") -> int:
    text = str(said).replace("_", "").replace(",", "")
    if not text.isdecimal() or not int(text):
        raise UsageError(f"{name} is a whole number of 1 or more, not {str(said)!r}.", culprit=str(said))
    return int(text)


def _explore(desk: Desk, bound: Bound) -> Any:  # Any: ipywidgets has no types
    from binance_nb.widgets import Explore

    session, said = desk.session_for(bound), bound.options
    # What the configuration adds to a line has to stand in the form, or the line it shows would mean something else.
    zone = desk.words_of(Bound("klines", {}, {})).get("tz")
    chosen = {name: str(said[name]) for name in ("symbol", "call") if said.get(name) is not None}
    return Explore(session, **chosen, **({} if zone is None else {"tz": zone}))


def _ticket(desk: Desk, bound: Bound) -> Any:  # Any: as above
    from binance_nb.widgets import Ticket

    words: dict[str, Any] = {name: value for name, value in bound.options.items() if name != "env"}
    symbol = str(words.pop("symbol", "BTCUSDT"))
    return Ticket(desk.session_for(bound), symbol, str(words.pop("side", "BUY")), **words)


def _portfolio(desk: Desk, bound: Bound) -> Any:  # Any: as above
    from binance_nb.widgets import Portfolio

    session, said = desk.session_for(bound), bound.options
    return Portfolio(session, str(said.get("quote", "USDT")))


VERBS: Mapping[str, OwnVerb] = {
    "stream": OwnVerb(
        "Listens to market streams, or to your account: as a feed, or with --for as a frame of what came so long.",
        "%binance stream SYMBOL@TYPE [SYMBOL@TYPE ...] [--for 10s] [--keep N] | --user",
        _EXAMPLE,
        'feed = session.stream("BTCUSDT@trade")  # feed.collect("10s") is the frame of ten seconds',
        places=("streams",),
        rest="streams",
        options={
            "for": "how long, by the exchange's clock: 10s, 2m; an interrupt ends it early, and what came is kept",
            "kind": "with --for: of which kind the frame is, where streams are of several: trade, kline, diff_depth",
            "exact": "with --for: Decimal with the digits that came instead of float64",
            "keep": "how many events of each stream are kept; 10,000 when left out",
            "user": "what happens to your account instead: orders, fills, balances",
            "env": "where this one line goes",
        },
        flags=("exact", "user"),
        known_as={"seconds": "for", "duration": "for", "time": "for", "limit": "keep", "account": "user"},
        run=_stream,
    ),
    "explore": OwnVerb(
        "Finds, fills in and runs every call that reads, and shows the line and the Python call that make its frame.",
        "%binance explore [SYMBOL] [--call NAME]",
        "%binance explore BTCUSDT",
        "binance_nb.widgets.Explore(session)  # import binance_nb.widgets",
        places=("symbol",),
        options={
            "symbol": "what to look at first; BTCUSDT when left out",
            "call": "the call to begin with, such as ticker_24hr; klines when left out",
            "env": "where its calls go",
        },
        run=_explore,
    ),
    "ticket": OwnVerb(
        "Shows an order form that tells every rule while you type, tests, asks, and places the order once.",
        "%binance ticket [SYMBOL] [--side BUY|SELL] [--quantity Q] [--price P] [--option value]",
        "%binance ticket BTCUSDT --side BUY --quantity 0.01 --price 60000",
        'binance_nb.widgets.Ticket(session, "BTCUSDT", "BUY", quantity="0.01", price="60000")'
        "  # import binance_nb.widgets",
        places=("symbol",),
        options={
            "symbol": "of what; BTCUSDT when left out",
            "side": "BUY or SELL; BUY when left out",
            **{word: ORDER_WORDS[word] for word in _FORM_WORDS},
            **{word: about for words in AMOUNT_WORDS.values() for word, about in words.items()},
            "env": "where its orders go",
        },
        flags=("post_only",),
        run=_ticket,
    ),
    "book": OwnVerb(
        "Shows the order book of a symbol as a widget that moves: ladder, depth, what a market order would cost.",
        "%binance book SYMBOL [--levels 20]",
        "%binance book BTCUSDT",
        'binance_nb.widgets.Book(session, "BTCUSDT")  # import binance_nb.widgets',
        places=("symbol",),
        options={"levels": "how many lines a side, at most 100", "env": "where this one line goes"},
        known_as={"limit": "levels", "depth": "levels"},
        run=_book,
    ),
    "chart": OwnVerb(
        "Shows candles as a widget that moves: volume, lines of your own, your trades, another symbol or interval.",
        "%binance chart [SYMBOL] [INTERVAL] [--start TIME | --bars 500] [--overlay $series ...] [--trades]",
        "%binance chart BTCUSDT 1h",
        'binance_nb.widgets.Chart(session, "BTCUSDT", "1h")  # import binance_nb.widgets',
        places=("symbol", "interval"),
        rest="overlay",
        options={
            "symbol": "of what; BTCUSDT when left out",
            "interval": "how long a candle lasts; 1h when left out",
            "start": "from when on",
            "bars": "how many candles without --start; 500 when left out",
            "overlay": "a line over them, more than once if wanted: a Series by time, a frame, {dict(name=series)}",
            "trades": "mark your own trades",
            "env": "where this one line goes",
        },
        flags=("trades",),
        known_as={"limit": "bars", "overlays": "overlay", "from": "start"},
        run=_chart,
    ),
    "watch": OwnVerb(
        "Shows prices of many symbols as a widget that moves: the last 24 hours of each, sortable, with their path.",
        "%binance watch [SYMBOL,SYMBOL ...] [--interval 1h]",
        "%binance watch BTCUSDT,ETHUSDT",
        'binance_nb.widgets.Watch(session, ["BTCUSDT", "ETHUSDT"])  # import binance_nb.widgets',
        places=("symbols",),
        rest="symbols",
        options={
            "interval": "how far apart the points of the small pictures are: 15m, 30m or 1h",
            "env": "where this one line goes",
        },
        run=_watch,
    ),
    "portfolio": OwnVerb(
        "Shows your account as a widget that moves: balances, what they are worth, and open orders.",
        "%binance portfolio [--quote USDT]",
        "%binance portfolio",
        "binance_nb.widgets.Portfolio(session)  # import binance_nb.widgets",
        options={
            "quote": "the asset that worth is told in; USDT when left out",
            "env": "where this one line goes",
        },
        known_as={"in": "quote", "asset": "quote", "currency": "quote", "worth_in": "quote"},
        run=_portfolio,
    ),
}
