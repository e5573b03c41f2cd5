"""The names of market streams as people write them: ``BTCUSDT@trade``, ``ethusdt@kline_1m``, ``!miniTicker@arr``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from binance_nb.catalog import ENUMS
from binance_nb.catalog.streams import MARKET_STREAMS, MarketStream, match_stream
from binance_nb.errors import UsageError
from binance_nb.grammar.spelling import nearest

__all__ = ["StreamName", "parse_stream", "parse_streams", "plain_types", "stream_types"]

_EXAMPLE = "BTCUSDT@trade"
_SHOWN = 8
_BLANK = re.compile(r"<(\w+)>")
_FIRST = ("trade", "kline", "diff_depth", "book_ticker", "ticker", "mini_ticker", "agg_trade", "partial_depth")
# What the same things are called where they are asked for once.
_KNOWN_AS = {"klines": "kline_1m", "candles": "kline_1m", "book": "depth", "quotes": "bookTicker"}


@dataclass(frozen=True)
class StreamName:
    """A stream that exists, as far as its kind goes.

    Attributes:
        wire: Its name at the exchange, the symbol in small letters.
        declared: Which kind of stream.
        symbol: Whose; empty where it is everybody's.
        values: What stands in the blanks of its name, such as the interval.
        speed_ms: How often it sends; None for each time something happens.
    """

    wire: str
    declared: MarketStream
    symbol: str
    values: Mapping[str, str]
    speed_ms: int | None

    @property
    def shown(self) -> str:
        """Its name as a person writes it, the symbol in capitals."""
        return f"{self.symbol}{self.wire[len(self.symbol.lower()) :]}" if self.symbol else self.wire


def parse_streams(texts: Iterable[object], symbols: Collection[str] = ()) -> tuple[StreamName, ...]:
    """Read the names of streams.

    Args:
        texts: Names; one text may hold several with commas between.
        symbols: The symbols there are, the likelier ones first; empty where nobody knows them.

    Returns:
        The streams in their order, none twice.

    Raises:
        UsageError: One of them is no stream, or there is none.
    """
    said = [part for text in texts for part in (text.split(",") if isinstance(text, str) else [text])]
    found = [parse_stream(text, symbols) for text in said]
    if not found:
        raise UsageError(
            "Say which stream.", hint="A symbol, @, and what of it.", suggestion=_EXAMPLE, operation="stream"
        )
    return tuple({each.wire: each for each in found}.values())


def parse_stream(text: object, symbols: Collection[str] = ()) -> StreamName:
    """Read the name of a stream.

    Args:
        text: The name; its symbol may be in capitals or not.
        symbols: As of `parse_streams`.

    Returns:
        The stream.

    Raises:
        UsageError: It is none; the suggestion is the nearest.
    """
    if not isinstance(text, str):
        raise UsageError(
            f"A stream is named by a text, not by {type(text).__name__}.",
            hint="A symbol, @, and what of it.",
            suggestion=_EXAMPLE,
            operation="stream",
        )
    name = text.strip()
    said, sign, what = name.partition("@")
    if said.startswith("!"):
        return _of_all(name)
    if not sign:
        raise _without_sign(name, symbols)
    symbol = _symbol(said, what, name, symbols)
    found = match_stream(f"{symbol.lower()}@{what}")
    if found is None:
        raise _no_such_type(symbol, what, name)
    return StreamName(f"{symbol.lower()}@{what}", found.declared, symbol, found.values, found.speed_ms)


def stream_types() -> tuple[str, ...]:
    """Return all that may stand behind a symbol and its ``@``, the kinds that people ask for most first."""
    return tuple(each for types in _types().values() for each in types)


def plain_types() -> list[str]:
    """Return one name of each kind, the ones that people ask for most first: of candles those of a minute."""
    return [next((each for each in types if "_1m" in each), types[0]) for types in _types().values()]


def _types() -> dict[str, tuple[str, ...]]:
    """Return what may stand behind a symbol, by kind."""
    names = dict.fromkeys((*_FIRST, *MARKET_STREAMS))
    return {name: tuple(MARKET_STREAMS[name].types()) for name in names if MARKET_STREAMS[name].is_of_symbol}


def _of_all(name: str) -> StreamName:
    found = match_stream(name)
    if found is None:
        names = [each for declared in MARKET_STREAMS.values() if not declared.is_of_symbol for each in declared.types()]
        raise _complaint(f"There is no stream {name} of all symbols.", name, nearest(name, names), names)
    return StreamName(name, found.declared, "", found.values, found.speed_ms)


def _without_sign(name: str, symbols: Collection[str]) -> UsageError:
    types = stream_types()
    if name in types or (meant := _KNOWN_AS.get(name)):
        return _complaint(f"{name} needs a symbol before it.", name, [f"BTCUSDT@{name if name in types else meant}"])
    tidy = _tidy(name)
    near = tidy if tidy in symbols or not symbols else next(iter(nearest(tidy, symbols)), "")
    hint = f"Behind the symbol stand @ and what of it: {_some(plain_types())}."
    return UsageError(
        f"{name!r} names no stream." if name else "An empty text names no stream.",
        hint=hint,
        suggestion=f"{near}@trade" if near else _EXAMPLE,
        culprit=name or None,
        operation="stream",
    )


def _symbol(said: str, what: str, name: str, symbols: Collection[str]) -> str:
    symbol = said.upper()
    tidy = _tidy(said)
    if symbol != tidy or not tidy:
        known = tidy if tidy in symbols or not symbols else next(iter(nearest(tidy, symbols)), "")
        raise UsageError(
            f"{said!r} is not a symbol." if said else f"{name} has no symbol before the @.",
            hint="Symbols are written without a separator.",
            suggestion=f"{known or 'BTCUSDT'}@{_nearest_type(what)}",
            culprit=name,
            operation="stream",
        )
    if symbols and symbol not in symbols:
        near = [f"{each}@{_nearest_type(what)}" for each in nearest(symbol, symbols)]
        hint = f"If it is new, %binance exchange_info {symbol} makes it known."
        raise _complaint(f"There is no symbol {symbol} here.", name, near, hint=hint)
    return symbol


def _nearest_type(what: str) -> str:
    """Return what stood behind the sign, or what it most likely stands for: one line is to mend both."""
    if match_stream(f"btcusdt@{what}") is not None:
        return what
    return next(iter(nearest(what, [*plain_types(), *stream_types()])), "trade")


def _tidy(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).upper()


def _no_such_type(symbol: str, what: str, name: str) -> UsageError:
    base, sign, tail = what.partition("@")
    for declared in _by_blank():
        blank, prefix = _blank_of(declared)
        values = [str(value) for value in ENUMS[declared.parameters[blank]].values]
        stem = prefix.rstrip("_")
        value = base.removeprefix(stem).lstrip("_")
        if not base.startswith(stem) or f"{stem}s" == base or (not value and stem in plain_types()):
            continue
        if value not in values or f"{prefix}{value}" != base:
            return _wrong_value(declared, (symbol, prefix, value, sign + tail), values, name)
    types = stream_types()
    if sign and base in types:
        return _wrong_tail(symbol, base, tail, name, types)
    plain = [*plain_types(), *types]
    near = [_KNOWN_AS[base]] if base in _KNOWN_AS else nearest(what, plain) or nearest(base, plain)
    return _complaint(
        f"{symbol} has no stream {what!r}." if what else f"{name} does not say what of {symbol}.",
        name,
        [f"{symbol}@{each}" for each in near],
        [f"{symbol}@{each}" for each in plain_types()],
    )


def _wrong_value(
    declared: MarketStream, parts: tuple[str, str, str, str], values: Sequence[str], name: str
) -> UsageError:
    symbol, prefix, value, tail = parts
    blank, _ = _blank_of(declared)
    known = stream_types()
    near = _near_values(value, values)
    called = blank.replace("_", " ")
    article = "an" if called[0] in "aeiou" else "a"
    stem = prefix.rstrip("_")
    message = f"{stem} has no {called} {value!r}." if value else f"{stem} needs {article} {called}."
    if value in values:
        near, message = [value], f"{stem} with {value} is written another way."
    named = [f"{prefix}{each}{tail}" for each in near]
    fitting = [f"{symbol}@{each if each in known else each.partition('@')[0]}" for each in named]
    return _complaint(message, name, fitting, [f"{symbol}@{prefix}{each}" for each in values])


def _near_values(value: str, values: Sequence[str]) -> list[str]:
    if not value:
        return ["1m" if "1m" in values else values[0]]
    if value.isdecimal() and len(value) < 9 and values[0].isdecimal():  # so many levels: those that come nearest
        return [min(values, key=lambda each: abs(int(each) - int(value)))]
    usual = [each for each in ("1m", "1h") if each in values]
    return nearest(value, values) or [each for each in (*usual, *values) if value in each][:1]


def _wrong_tail(symbol: str, base: str, tail: str, name: str, types: Sequence[str]) -> UsageError:
    others = [each for each in types if each.startswith(f"{base}@")]
    if not others:
        message = f"{base} comes in one way only, without @{tail}."
        return _complaint(message, name, [f"{symbol}@{base}"])
    tails = {each.partition("@")[2]: each for each in others}
    ways = " or ".join(f"@{each}" for each in tails)
    alike = [each for each in tails if each.endswith("ms") and tail.endswith("ms")] or nearest(tail, tails)
    near = [tails[each] for each in alike] or [base]
    return _complaint(
        f"{base} cannot end in @{tail}.",
        name,
        [f"{symbol}@{each}" for each in near],
        hint=f"It ends in {ways}, or as it is.",
    )


def _complaint(
    message: str, culprit: str, near: Sequence[str], choices: Sequence[str] = (), *, hint: str | None = None
) -> UsageError:
    *others, last = near or [""]
    question = f"Did you mean {', '.join(others)} or {last}?" if others else f"Did you mean {last}?"
    listed = f"There are {_some(choices)}." if choices else None
    return UsageError(
        message,
        hint=hint if hint and not near else f"{hint} {question}" if hint else question if near else listed,
        suggestion=near[0] if near else None,
        culprit=culprit,
        operation="stream",
    )


def _by_blank() -> list[MarketStream]:
    """Return the kinds whose name has a blank beside the symbol."""
    return [
        each
        for each in MARKET_STREAMS.values()
        if each.is_of_symbol and each.parameters and not each.template.endswith("@+08:00")
    ]


def _blank_of(declared: MarketStream) -> tuple[str, str]:
    """Return the blank of a kind's name, and what stands before it."""
    kind = declared.template.removeprefix("<symbol>@")
    found = _BLANK.search(kind)
    assert found is not None
    return found[1], kind[: found.start()]


def _some(choices: Sequence[str]) -> str:
    more = len(choices) - _SHOWN
    return ", ".join(choices[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
