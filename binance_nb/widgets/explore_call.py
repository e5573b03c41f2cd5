"""What stands in the fields of `Explore`, as the call that it means: words, lines, and its times in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind, Parameter
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import as_magic, as_python, format_time, nearest, parse_time
from binance_nb.reading import options_of

if TYPE_CHECKING:
    from binance_nb.rules import SymbolNames
    from binance_nb.session import Session

__all__ = [
    "OPTIONS",
    "ExploreCall",
    "Group",
    "controlled",
    "found_symbols",
    "groups_of",
    "mended_field",
    "moment_words",
    "texts_of",
    "why_fewer",
]

OPTIONS = ("start", "end", "tz", "part", "closed", "exact", "max_rows")
"""The reading options that have a control."""

_FLAGS = ("closed", "exact")
_RANGE = {"start_time": "start", "end_time": "end"}
_WHOLE = re.compile(r"-?[0-9]+")
_MAX_ROWS = re.compile(r"--max-rows (\d+)")
_GROUPS = {"market": "Market", "general": "Exchange", "account": "Account", "trading": "Trading"}


@dataclass(frozen=True)
class ExploreCall:
    """A call as it was filled in.

    Attributes:
        name: Catalog name of the endpoint.
        texts: What stands in the fields, by our name of the parameter or reading option; ``true`` for what is ticked.
    """

    name: str
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint."""
        return ENDPOINTS[self.name]

    @property
    def words(self) -> dict[str, Any]:  # Any: numbers, texts, lists and flags
        """The words of `Session.call`; what was left empty is left out."""
        known, options = self.endpoint.by_python_name, options_of(self.endpoint)
        words: dict[str, Any] = {}
        for name, typed in self.texts.items():
            text = typed.strip()
            if not text:
                continue
            if name in known:
                words[name] = _value(known[name], text)
            elif name in options:
                words[name] = True if name in _FLAGS else _number(text) if name == "max_rows" else text
        return words

    @property
    def is_range(self) -> bool:
        """Whether it may take more than one answer, so that its cost has to be found out."""
        return "start" in self.words and "max_rows" in options_of(self.endpoint)

    def magic(self) -> str:
        """Return it as a magic line."""
        return as_magic(self.name, self.words)

    def python(self) -> str:
        """Return it as a Python call."""
        return as_python(self.name, self.words)


def _value(parameter: Parameter, text: str) -> object:
    if parameter.kind in (Kind.INT, Kind.LONG) and not parameter.is_time:
        return _number(text)
    if parameter.kind is Kind.BOOLEAN:
        return text == "true" if text in ("true", "false") else text
    is_list = parameter.kind is Kind.ARRAY_STRING or "," in text
    if parameter.kind.is_array and is_list and not text.startswith("["):
        return [item.strip() for item in text.split(",")]
    return text


def _number(text: str) -> int | str:
    # What is no number goes on as it is: the checks say what would be right.
    return int(text) if _WHOLE.fullmatch(text) else text


def controlled(endpoint: Endpoint) -> tuple[Parameter, ...]:
    """Return the parameters that get a control of their own.

    Args:
        endpoint: The endpoint.

    Returns:
        Those with a place first; without a symbol, which is searched for, and times that are said as start and end.
    """
    options = options_of(endpoint)
    rest = [each for each in endpoint.asked if each not in endpoint.positional]
    return tuple(
        parameter
        for parameter in (*endpoint.positional, *rest)
        if parameter.name != "symbol" and _RANGE.get(parameter.python_name) not in options
    )


@dataclass(frozen=True)
class Group:
    """Calls that belong together.

    Attributes:
        label: What they are about.
        endpoints: The calls.
    """

    label: str
    endpoints: tuple[Endpoint, ...]


def groups_of(session: Session) -> list[Group]:
    """Return the calls that read something here, in groups.

    Args:
        session: Where.

    Returns:
        The groups; calls that need a key only where one is held.
    """
    reads = [each for each in ENDPOINTS.values() if _reads(each) and _is_served(session, each)]
    by_label = {label: tuple(each for each in reads if each.group == name) for name, label in _GROUPS.items()}
    return [Group(label, endpoints) for label, endpoints in by_label.items() if endpoints]


def why_fewer(session: Session) -> str:
    """Return why some calls are not offered; empty when all are.

    Args:
        session: Where.
    """
    left = sum(not _is_served(session, each) for each in ENDPOINTS.values() if _reads(each))
    place = session.environment
    if not left:
        return ""
    if place.has_market_data_only:
        return f"{left} more calls are not served by {place.name}: to see them, %binance use live or sandbox."
    return f"{left} more calls need a key, and {place.name} has none. To give one: %binance keys"


def _reads(endpoint: Endpoint) -> bool:
    return endpoint.method == "GET" and not endpoint.changes_state


def _is_served(session: Session, endpoint: Endpoint) -> bool:
    try:
        session.environment.check_serves(endpoint)
    except UsageError:
        return False
    return not endpoint.is_signed or session.client.credentials is not None


def found_symbols(typed: str, known: SymbolNames, limit: int) -> list[str]:
    """Return the symbols that somebody who types may mean.

    Args:
        typed: What is typed so far.
        known: The symbols that there are.
        limit: How many at most.

    Returns:
        Those that begin so, then those of that asset or with it in them, then those nearly so; the likelier first.
    """
    wanted = "".join(letter for letter in typed if letter.isalnum()).upper()
    ranked = list(known.ranks.ranked(known.names))
    if not wanted:
        return ranked[:limit]
    begins = [name for name in ranked if name.startswith(wanted)]
    has = [name for name in ranked if wanted in name and name not in begins]
    found = sorted(begins, key=lambda name: name != wanted) + has
    return (found or nearest(wanted, ranked, limit=limit))[:limit]


def moment_words(call: ExploreCall, now_ms: int) -> Iterator[str]:
    """Yield what the times of a call mean.

    Args:
        call: The call.
        now_ms: The exchange's time.

    Yields:
        Such as ``from 2024-05-02 12:00:00 UTC``; nothing for a time that cannot be read.
    """
    zone = call.texts.get("tz", "").strip() or "UTC"
    for name, lead in (("start", "from"), ("end", "to, exclusive,")):
        text = call.texts.get(name, "").strip()
        try:
            if text and name in options_of(call.endpoint):
                yield f"{lead} {format_time(parse_time(text, now_ms=now_ms, tz=zone))}"
        except BinanceError:
            continue  # what is wrong with it is said where all mistakes are
    if call.texts.get("start", "").strip() and not call.texts.get("end", "").strip():
        yield "to now"


def mended_field(error: BinanceError, call: ExploreCall) -> tuple[str, str] | None:
    """Return the field that would be right with another value, and that value.

    Args:
        error: What was refused.
        call: The call.

    Returns:
        Both; None where the error names no value.
    """
    text = error.suggestion or ""
    if rows := _MAX_ROWS.fullmatch(text):
        return "max_rows", rows[1]
    if not text or text.startswith("%"):
        return None
    named = str(error.details.get("parameter") or "")
    fields = [name for name, typed in call.texts.items() if typed.strip() == (error.culprit or "")]
    name = named or next(iter(fields), "")
    return (name, text) if name else None


def texts_of(words: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """Return words of a call as what stands in the fields.

    Args:
        words: Words.

    Returns:
        Names and texts.
    """
    return [(name, _typed(value)) for name, value in words.items()]


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
