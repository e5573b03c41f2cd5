"""Write docs/reference/ from the catalog, from the verbs of this package and from docstrings: a page a verb.

What help says, a page says, for both are the same sheets; a page adds the frame as tables, the paging and the errors.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import binance_nb
from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.stream_errors import STREAM_ERRORS
from binance_nb.catalog.streams import MARKET_STREAMS, MarketStream
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.catalog.user_events import USER_EVENTS, UserEvent
from binance_nb.frames import ColumnFacts, FrameFacts, frame_facts
from binance_nb.notebook import verbs
from binance_nb.notebook.verbs import CELL, LINE_OPTIONS, OWN_VERBS, OwnVerb
from binance_nb.rendering import Sheet, code_card, own_verb_help
from binance_nb.rendering.cards import endpoint_link
from binance_nb.rendering.help import GROUPS, call_blocks
from binance_nb.rendering.markdown import markdown_of, markdown_table, markdown_text
from binance_nb.signatures import describe_errors, describe_paging, describe_source, describe_weight
from binance_nb.streams.book import LocalBook
from binance_nb.streams.feed import Feed
from binance_nb.streams.tables import rows_of
from binance_nb.streams.user import UserFeed
from tools.docstring_pages import docstring, documented, joined, methods, parameters, public

HERE = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by tools/make_reference.py: change what it reads, not this. -->"
_CALLED = re.compile(r"\b((?:session|binance_nb)(?:\.\w+)+)\(")
# By the module that declares a verb: the page of docs/ that tells what it is for.
_GUIDES: Mapping[str, str] = {
    "core": "lines",
    "orders": "trading",
    "journal": "trading",
    "keys": "keys",
    "safety": "trading",
    "history": "history",
    "live": "widgets",
    "tape": "tapes",
    "sharing": "tapes",
}
_OBJECTS: Mapping[str, type] = {"Feed": Feed, "LocalBook": LocalBook, "UserFeed": UserFeed}


def pages() -> dict[str, str]:
    """Return every page by its name."""
    written = {name: _endpoint_page(endpoint) for name, endpoint in ENDPOINTS.items()}
    written |= {name: _own_page(name, own) for name, own in OWN_VERBS.items()}
    written |= {
        "README": _index(),
        "binance-cell": _own_page("%%binance", CELL),
        "error-codes": _error_codes(),
        "filters": _filters(),
        "market-streams": _market_streams(),
        "python": _python(),
        "user-events": _user_events(),
    }
    return {f"{name}.md": f"{NOTE}\n\n{text}\n" for name, text in sorted(written.items())}


# The index


def _index() -> str:
    own = [joined(f"## {_heading(module)}", _verb_table(module.VERBS)) for module in _verb_modules()]
    groups = [joined(f"## {heading}", _endpoint_table(group)) for group, heading in GROUPS.items()]
    return joined(
        "# Reference",
        "A page for everything that can stand behind `%binance`, written from the same declarations that the calls are "
        "made of. In a notebook, `%binance help VERB` says the same.",
        "The 48 calls of the exchange are also methods of a [session](python.md) with the same words.".replace(
            "48", str(len(ENDPOINTS))
        ),
        "Besides: [many calls in a cell](binance-cell.md), [market streams](market-streams.md), "
        "[events of your account](user-events.md), [error codes](error-codes.md), [filters](filters.md), "
        "[what only Python has](python.md).",
        "# Verbs of this package",
        *own,
        "# Calls of the exchange",
        *groups,
    )


def _verb_modules() -> Iterator[Any]:  # Any: a module with VERBS
    found = [import_module(f"{verbs.__name__}.{each.name}") for each in iter_modules(verbs.__path__)]
    order = list(OWN_VERBS)
    yield from sorted(
        (each for each in found if hasattr(each, "VERBS")), key=lambda each: order.index(next(iter(each.VERBS)))
    )


def _room(module: Any) -> str:  # Any: see above
    return str(module.__name__.rpartition(".")[2])


def _heading(module: Any) -> str:  # Any: see above
    said = re.split(r"[:;,.]", re.sub(r"^(The v|V)erbs? (about|of) ", "", module.__doc__.strip()))[0]
    return f"{said[0].upper()}{said[1:]}"


def _verb_table(own: Mapping[str, OwnVerb]) -> str:
    return markdown_table(
        ("verb", "what it does"), [(f"[`{name}`]({name}.md)", verb.about) for name, verb in own.items()]
    )


def _endpoint_table(group: str) -> str:
    rows = [
        (f"[`{each.name}`]({each.name}.md)", each.about, describe_weight(each), "a key" if each.is_signed else "")
        for each in ENDPOINTS.values()
        if each.group == group
    ]
    return markdown_table(("verb", "what it does", "weight", "needs"), rows)


# A call of the exchange


def _endpoint_page(endpoint: Endpoint) -> str:
    deprecated = f"Deprecated: use [{endpoint.replaced_by}]({endpoint.replaced_by}.md)." if endpoint.replaced_by else ""
    paging = describe_paging(endpoint)
    link = endpoint_link(endpoint)
    return joined(
        markdown_of(Sheet(endpoint.name, tuple(call_blocks(endpoint, LINE_OPTIONS)))).replace(
            f"# {endpoint.name}\n", f"# {endpoint.name}\n\n{joined(endpoint.about, deprecated)}\n", 1
        ),
        f"## Long answers\n\n{paging}" if paging else "",
        "## What comes back",
        _frame(frame_facts(endpoint.rows)),
        "## Errors",
        markdown_table(
            ("error", "when"), [(f"`{name}`", _linked_codes(when)) for name, when in describe_errors(endpoint)]
        ),
        "What each code means, and what to do: [error codes](error-codes.md).",
        f"Source: [{describe_source(endpoint)}]({link.url}) of the exchange's documentation. [All verbs](README.md)",
    )


def _linked_codes(text: str) -> str:
    return re.sub(r"-\d{4}", lambda found: f"[{found[0]}](error-codes.md#{_anchor(int(found[0]))})", text)


def _anchor(code: int) -> str:
    return f"{code} {ERROR_CODES[code].name}".lower().replace(" ", "-")


def _frame(facts: FrameFacts) -> str:
    if not (facts.index or facts.columns):
        return f"{facts.about[:1].upper()}{facts.about[1:]}: a frame without rows or columns."
    index = f"`{facts.index.name}`, {facts.index.dtype}" if facts.index else "0, 1, 2 and so on"
    parts = [
        joined(f"### part={name!r}", f"{about[:1].upper()}{about[1:]}.", _column_table(columns))
        for name, (about, columns) in facts.parts.items()
    ]
    return joined(
        f"One row: {facts.about}. Index: {index}." if facts.about else f"Index: {index}.",
        _column_table(facts.columns),
        "Columns that come only when a row has them:" if facts.extra else "",
        _column_table(facts.extra) if facts.extra else "",
        'What the reply says beside these rows stands in `df.attrs["binance"]["reply"]`, as it came.'
        if facts.has_reply
        else "",
        *parts,
    )


def _column_table(columns: Iterable[ColumnFacts]) -> str:
    return markdown_table(
        ("column", "dtype", "if missing"),
        [(f"`{each.name}`", each.dtype, " ".join(filter(None, (each.missing, each.about)))) for each in columns],
    )


# A verb of our own


def _own_page(name: str, own: OwnVerb) -> str:
    sheet = own_verb_help(name, "", own.usage, own.options, own.example, own.python)
    called = next(
        (each for each in reversed(_CALLED.findall(own.python)) if each.rpartition(".")[2] not in ENDPOINTS), ""
    )
    told = (
        "streams"
        if name == "stream"
        else _GUIDES.get(next((_room(each) for each in _verb_modules() if name in each.VERBS), ""))
    )
    guide = f"The whole story: [{told}](../{told}.md)." if told else ""
    return joined(
        f"# {name}\n\n{markdown_text(own.about)}",
        markdown_of(Sheet("", sheet.blocks)).removeprefix("# ").strip(),
        documented(called) if called else "",
        f"{guide} [All verbs](README.md)".strip(),
    )


# Pages of their own


def _python() -> str:
    verbless = [
        (name, thing)
        for name, thing in public(binance_nb.Session)
        if not isinstance(thing, property) and name not in ENDPOINTS and not _is_of_a_verb(name)
    ]
    sections = [
        joined(f"## session.{name}{parameters(thing)}", docstring(thing.__doc__, level=3)) for name, thing in verbless
    ]
    objects = [
        joined(f"## {name}", docstring(kind.__doc__ or "", level=3, without="Args"), methods(kind))
        for name, kind in _OBJECTS.items()
    ]
    return joined(
        "# What only Python has",
        "`session = binance_nb.connect(...)` has a method for each [call of the exchange](README.md) and each verb; "
        "these besides, and these are the objects that streams are held by.",
        "## binance_nb.connect",
        docstring(binance_nb.connect.__doc__ or "", level=3),
        *sections,
        *objects,
        "[All verbs](README.md)",
    )


def _is_of_a_verb(name: str) -> bool:
    return any(f"session.{name}(" in own.python for own in (*OWN_VERBS.values(), CELL))


def _error_codes() -> str:
    http = [markdown_of(code_card(status), 3) for status in HTTP_STATUSES]
    lost = [markdown_of(code_card(name), 3) for name in TRANSPORT_FAILURES]
    refusals = [
        (str(each.code), each.said.template, " ".join((each.said.cause, each.said.remedy)).format("…", "…"))
        for each in STREAM_ERRORS
    ]
    return joined(
        "# Error codes",
        "What each means and what to do about it; `%binance help CODE` shows the same. An order that breaks a filter "
        "comes back with -1013: [filters](filters.md).",
        "## Codes of the exchange",
        *map(_code_section, ERROR_CODES),
        "## HTTP statuses",
        *http,
        "## No answer at all",
        *lost,
        "## Refusals on a stream's connection",
        markdown_table(("code", "message", "what it means"), refusals),
        "[All verbs](README.md)",
    )


def _code_section(code: int) -> str:
    heading, _, body = markdown_of(code_card(code), 3).partition("\n\n")
    title, name = heading.removeprefix("### "), f"{code} {ERROR_CODES[code].name}"
    message = "" if name in title else f"**{title}**"
    return joined(f"### {name}", message, body.replace(f"- **code**: {name}\n", ""))


def _filters() -> str:
    sections = []
    for name, each in FILTERS.items():
        _, _, body = markdown_of(code_card(name), 2).partition("\n\n")
        rules = "\n".join(f"- {markdown_text(rule.about)}" for rule in each.rules)
        sections.append(
            joined(f"## {name}", each.about, f"Looks at {', '.join(each.applies_to)}.", body, f"It demands:\n\n{rules}")
        )
    return joined(
        "# Filters",
        "What a symbol, the exchange and an asset demand of the numbers in an order. `%binance my_filters BTCUSDT` "
        "shows those in force, and an order is held against them before it is sent.",
        *sections,
        "[All verbs](README.md)",
    )


def _market_streams() -> str:
    return joined(
        "# Market streams",
        "Names for [`%binance stream`](stream.md) and `session.stream(...)`; how feeds behave: "
        "[streams](../streams.md).",
        *(_stream_section(each) for each in MARKET_STREAMS.values()),
        "Source: web-socket-streams.md of the exchange's documentation. [All verbs](README.md)",
    )


def _stream_section(stream: MarketStream) -> str:
    names = " or ".join(f"`{template}`" for template in stream.templates)
    choices = [f"`<{name}>` is one of {', '.join(_choices(stream, name))}." for name in stream.parameters]
    return joined(
        f"## {stream.name}",
        f"{stream.about} Name: {names}. {_speeds(stream)}",
        *choices,
        *stream.notes,
        _frame(frame_facts(rows_of(stream))),
    )


def _choices(stream: MarketStream, name: str) -> Iterator[str]:
    from binance_nb.catalog.enums import ENUMS

    return (str(value) for value in ENUMS[stream.parameters[name]].values)


def _speeds(stream: MarketStream) -> str:
    speed = stream.speed_ms
    if speed is None:
        return "Sent each time something happens."
    often = speed if isinstance(speed, int) else speed["*"]
    others = {} if isinstance(speed, int) else {value: ms for value, ms in speed.items() if value != "*"}
    said = "".join(f", {value} every {ms:,} ms" for value, ms in others.items())
    faster = f"; the second every {stream.faster[1]:,} ms" if stream.faster else ""
    return f"Sent every {often:,} ms{said}{faster}."


def _user_events() -> str:
    return joined(
        "# Events of your account",
        "What [`%binance stream --user`](stream.md) and `session.user_events()` tell; `feed.to_frame(kind)` makes "
        "these frames: [streams](../streams.md).",
        *(_event_section(each) for each in USER_EVENTS.values()),
        "Source: user-data-stream.md of the exchange's documentation. [All verbs](README.md)",
    )


def _event_section(event: UserEvent) -> str:
    frame = _frame(frame_facts(rows_of(event, has_source=True)))
    return joined(f"## {event.name}", event.about, *event.notes, frame)


def main() -> None:
    """Write the pages, and take away those of verbs that are no more."""
    HERE.mkdir(parents=True, exist_ok=True)
    written = pages()
    for stale in {path.name for path in HERE.glob("*.md")} - set(written):
        (HERE / stale).unlink()
    for name, text in written.items():
        (HERE / name).write_text(text, encoding="utf-8")
    print(f"docs/reference: {len(written)} pages", file=sys.stderr)


if __name__ == "__main__":
    main()
