"""What may stand as the value of a parameter or an option, from the catalog and from what has passed by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import cache
from itertools import islice
from numbers import Number
from typing import NamedTuple
from zoneinfo import available_timezones

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind, Parameter
from binance_nb.catalog.orders import TIMES_IN_FORCE
from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.errors import UsageError
from binance_nb.grammar import format_time, parse_time
from binance_nb.grammar.stream_names import plain_types, stream_types
from binance_nb.notebook.verbs import OWN_VERBS
from binance_nb.tape.modes import Mode
from binance_nb.trading.everyday.holdings import BRIDGES

__all__ = ["Known", "Proposal", "Slot", "matching", "names_in", "values_for", "variables_for", "verbs"]


class Proposal(NamedTuple):
    """A completion, and the word that a frontend shows beside it."""

    text: str
    type: str


@dataclass(frozen=True)
class Known:
    """What completion may look at; none of it asks anybody.

    Attributes:
        namespace: The person's variables.
        symbols: Gives the symbols that have passed by, the likeliest first.
        now_ms: The environment's time, as far as is known.
        earlier: Names that earlier lines of the same cell will have assigned.
    """

    namespace: Mapping[str, object] = field(default_factory=dict)
    symbols: Callable[[], Sequence[str]] = tuple
    now_ms: int = 0
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for one value.

    Attributes:
        name: The name of the parameter or option.
        endpoint: What is called; None for a verb of our own.
        is_flag: Whether the value is true or false.
    """

    name: str
    endpoint: Endpoint | None = None
    is_flag: bool = False

    @property
    def parameter(self) -> Parameter | None:
        """The declaration, unless it is an option of ours."""
        return self.endpoint.by_python_name.get(self.name) if self.endpoint else None

    @property
    def is_list(self) -> bool:
        """Whether several values may be given, with commas between them."""
        return self.parameter is not None and self.parameter.kind.is_array

    @property
    def kind(self) -> str:
        """What is wanted, as a word: symbol, time, number, and so on."""
        parameter = self.parameter
        if parameter is None:
            return "flag" if self.is_flag else _OPTION_KINDS.get(self.name, "text")
        if parameter.name in ("symbol", "symbols"):
            return "symbol"
        if parameter.is_time:
            return "time"
        if parameter.values:
            return "interval" if parameter.enum == "kline_interval" else "enum"
        if parameter.kind is Kind.BOOLEAN:
            return "flag"
        if parameter.name == "timeZone":
            return "offset"
        return "number" if parameter.kind.is_number else "text"


_OPTION_KINDS = {
    "start": "time",
    "end": "time",
    "frozen": "time",
    "tz": "zone",
    "part": "part",
    "time_unit": "unit",
    "env": "environment",
    "environment": "environment",
    "verb": "verb",
    "archives": "path",
    "path": "path",
    "mode": "mode",
    "symbol": "symbol",
    "streams": "stream",
    "kind": "stream_kind",
    "since": "time",
    "time_in_force": "time_in_force",
    "in": "asset",
    "worth_in": "asset",
    "quantity": "share",
    "trail": "distance",
    **dict.fromkeys(("spend", "receive", "price", "stop", "take_profit", "stop_loss", "stop_limit"), "number"),
    **dict.fromkeys(("last", "max_rows", "seed", "speed", "pace", "port"), "number"),
}
_CHOICES: Mapping[str, Sequence[str]] = {
    "unit": ("ms", "us"),
    "time_in_force": TIMES_IN_FORCE,
    "asset": BRIDGES,
    "share": ("25%", "50%", "100%"),
    "distance": ("0.5%", "1%", "2%"),
    "stream_kind": tuple(MARKET_STREAMS),
    "mode": tuple(map(str, Mode)),
}
_STEPS = ("-1h", "-4h", "-24h", "-7d", "-30d", "-90d", "-1M", "-1y")
_DAYS = ("now", "today", "yesterday")
_STEP_UNITS = "dhwmMy"
_LONGEST = 60
_MOST = 500  # IPython shows no more
_SEPARATORS = str.maketrans("", "", "-_/")


def values_for(slot: Slot, said: str, known: Known) -> Iterator[Proposal]:
    """Yield the values that a slot may take, the likeliest first.

    Args:
        slot: The place.
        said: What is written so far.
        known: What may be looked at.

    Yields:
        Proposals, not yet compared with what is written.
    """
    kind = slot.kind
    if kind == "symbol":
        # There are thousands, all of them in capitals: those that begin as is written are picked out before all else.
        begins = said.translate(_SEPARATORS).upper()
        found = (Proposal(symbol, "symbol") for symbol in known.symbols() if symbol.startswith(begins))
        yield from islice(found, _MOST)
    elif kind == "stream":
        yield from islice(_streams(said, known), _MOST)
    elif kind == "time":
        yield from (Proposal(text, "time") for text in _times(said, known.now_ms))
    elif kind in ("interval", "enum") and slot.parameter:
        yield from (Proposal(value, kind) for value in slot.parameter.values)
    elif kind == "verb":
        yield from verbs()
    elif kind == "environment":
        from binance_nb.environment import ENVIRONMENT_NAMES

        yield from (Proposal(name, "environment") for name in ENVIRONMENT_NAMES)
    elif kind in ("zone", "offset"):
        yield from (Proposal(name, "zone") for name in (_zones() if kind == "zone" else _offsets()))
    else:
        yield from (Proposal(text, "value") for text in _words(slot, kind))


def _streams(said: str, known: Known) -> Iterator[Proposal]:
    """Yield a symbol and its sign first, and what may follow once they are there."""
    symbol, sign, what = said.partition("@")
    if sign and not said.startswith("!"):
        yield from (Proposal(f"{symbol}@{each}", "stream") for each in (plain_types() if not what else stream_types()))
        return
    begins = said.translate(_SEPARATORS).upper()
    yield from (Proposal(f"{each}@", "symbol") for each in known.symbols() if each.startswith(begins))
    everybody = (each for each in MARKET_STREAMS.values() if not each.is_of_symbol)
    yield from (Proposal(text, "stream") for each in everybody for text in each.types())


def _words(slot: Slot, kind: str) -> Iterable[str]:
    if kind == "flag":
        return ("true", "false")
    if kind in _CHOICES:
        return _CHOICES[kind]
    if kind == "part" and slot.endpoint:
        return slot.endpoint.rows.parts
    if kind == "number" and slot.parameter:
        bounds = (slot.parameter.default, slot.parameter.maximum)
        return dict.fromkeys(str(bound) for bound in bounds if bound is not None)
    return ()


def verbs(*, with_own: bool = True) -> Iterator[Proposal]:
    """Yield the verbs; those that another has replaced come last.

    Args:
        with_own: Whether to include the verbs of this package.
    """
    current = sorted(ENDPOINTS, key=lambda name: ENDPOINTS[name].is_deprecated)
    yield from (Proposal(name, "verb") for name in (*(OWN_VERBS if with_own else ()), *current))


def _times(said: str, now_ms: int) -> Iterator[str]:
    if said[:1] in ("-", "+") and said[1:].isdecimal():
        yield from (f"{said}{unit}" for unit in _STEP_UNITS)
    yield from _DAYS
    yield from _STEPS
    today = format_time(now_ms).partition(" ")[0]
    yield from dict.fromkeys((today, f"{today[:8]}01", f"{today[:5]}01-01"))


@cache
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(available_timezones() - {"UTC"}))


def _offsets() -> Iterator[str]:
    yield "0"
    yield from (f"{hours:+03}:00" for hours in range(-12, 15) if hours)


# ---- variables


def variables_for(slot: Slot, known: Known, *, is_whole: bool = True) -> Iterator[Proposal]:
    """Yield ``$name`` for the variables that fit a slot, then for what earlier lines of the cell assign.

    Args:
        slot: The place.
        known: What may be looked at.
        is_whole: Whether the variable is all there is, or stands next to other text.
    """
    for name in names_in(known.namespace):
        value = known.namespace[name]
        if _fits(value, slot, known) if is_whole else _can_be_written_out(value):
            yield Proposal(f"${name}", "variable")
    yield from (Proposal(f"${name}", "variable") for name in known.earlier)


def names_in(namespace: Mapping[str, object]) -> list[str]:
    """Return the names of a namespace that a person gave, the latest first.

    Args:
        namespace: The variables.
    """
    ours = ("In", "Out", "get_ipython", "exit", "quit", "open")
    return [name for name in reversed(list(namespace)) if not name.startswith("_") and name not in ours]


def _fits(value: object, slot: Slot, known: Known) -> bool:
    if slot.is_list and isinstance(value, list | tuple | set):
        return bool(value) and all(_fits(item, slot, known) for item in value)
    kind = slot.kind
    if isinstance(value, bool) or kind == "flag":
        return isinstance(value, bool) and kind == "flag"
    if kind == "time":
        return _is_time(value, known.now_ms)
    if kind in ("number", "share"):
        return isinstance(value, Number)
    if kind == "zone" and isinstance(value, tzinfo):
        return True
    if not isinstance(value, str) or len(value) > _LONGEST:
        return kind == "text" and isinstance(value, int)
    if kind == "symbol":
        return value.isalnum() and value.isupper()
    return kind in ("text", "offset") or any(value == each.text for each in values_for(slot, "", known))


def _is_time(value: object, now_ms: int) -> bool:
    # What is of another kind is not even looked at: a frame takes long to say that it is no time.
    is_moment = isinstance(value, int | float | date) or type(value).__name__ == "datetime64"
    if not is_moment and not (isinstance(value, str) and len(value) <= _LONGEST):
        return False
    try:
        parse_time(value, now_ms=now_ms)
    except UsageError:
        return False
    return True


def _can_be_written_out(value: object) -> bool:
    return isinstance(value, str | Number | date) and not isinstance(value, bool)


# ---- what fits what is written


def matching(proposals: Iterable[Proposal], said: str, after: str = "") -> list[Proposal]:
    """Keep the proposals that begin as is written, whatever the capitals and separators if none does exactly.

    Args:
        proposals: All there are.
        said: What is written up to the cursor.
        after: What of the word stands behind the cursor. It stays, so a proposal must end in it, and is given without.

    Returns:
        The proposals in their order, none twice.
    """
    every = list(proposals)
    found = list(dict.fromkeys(each for each in every if each.text.startswith(said)))
    folded = _folded(said)
    if not found and folded:
        found = list(dict.fromkeys(each for each in every if _folded(each.text).startswith(folded)))
    if not after:
        return found
    fitting = (each for each in found if each.text.endswith(after) and len(each.text) > len(said) + len(after))
    return [Proposal(each.text.removesuffix(after), each.type) for each in fitting]


def _folded(text: str) -> str:
    return text.translate(_SEPARATORS).casefold()
