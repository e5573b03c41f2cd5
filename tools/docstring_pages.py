"""Docstrings with Google headings as Markdown, for make_reference.py."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from pkgutil import resolve_name
from textwrap import dedent
from types import FunctionType
from typing import Any

from binance_nb.rendering.markdown import markdown_table, markdown_text

__all__ = ["docstring", "documented", "joined", "methods", "parameters", "public"]

_SECTION = re.compile(r"^(Args|Returns|Yields|Raises|Attributes):$", re.MULTILINE)
_ENTRY = re.compile(r"^    (\*{0,2}\w+): ", re.MULTILINE)
# What sessions, feeds and widgets have for those who build on them, and nobody needs in a notebook.
_PLUMBING = (
    *("adopt", "answer", "beat_now", "check", "errand", "explained", "fail", "guarded", "invalidate", "nudge", "put"),
    *("journal_entries", "on_close", "paint_now", "recalled", "run_errand", "say", "stages", "stream_rate"),
    *("taken_back", "work"),
)
_DOUBLED = re.compile(r"``([^`]+)``")


def joined(*parts: str) -> str:
    """Return parts of a page with a blank line between them, without those that are empty."""
    return "\n\n".join(part for part in parts if part)


def documented(dotted: str) -> str:
    """Return what the docstring of a callable says, with the methods of a class; empty where there is nothing.

    Args:
        dotted: Its name from ``session`` or ``binance_nb`` on.
    """
    try:
        thing = resolve_name(re.sub(r"^session\b", "binance_nb.Session", dotted))
    except AttributeError:
        return ""  # what a property of a session holds, only a session that is open knows
    if not callable(thing) or not thing.__doc__:
        return ""
    own = methods(thing) if inspect.isclass(thing) else ""
    return joined(f"## {dotted}", docstring(thing.__doc__, level=3), own)


def docstring(doc: str, level: int, *, without: str = "") -> str:
    """Return a docstring with Google headings as Markdown.

    Args:
        doc: The docstring.
        level: Of the headings.
        without: A heading that is left out, with what stands under it.
    """
    said, *sections = _SECTION.split(inspect.cleandoc(doc))
    written, after = [_paragraphs(said)], ""
    for heading, body in zip(sections[::2], sections[1::2], strict=True):
        # What begins at the margin again belongs to no section, as the source that is named last.
        inside, rest = _split_at_margin(body)
        after = joined(after, _paragraphs(rest))
        if heading != without:
            written += [f"{'#' * level} {'Arguments' if heading == 'Args' else heading}", _section(inside)]
    return joined(*written, after)


def _split_at_margin(body: str) -> tuple[str, str]:
    found = re.search(r"^(?=\S)", body, re.MULTILINE)
    place = found.start() if found else len(body)
    return body[:place], body[place:]


def _section(body: str) -> str:
    before, *entries = _ENTRY.split(body.strip("\n"))
    if not entries:
        return _paragraphs(inspect.cleandoc(before))
    rows = zip(entries[::2], entries[1::2], strict=True)
    return "\n".join(f"- `{name}`: {_inline(text)}" for name, text in rows)


def _paragraphs(text: str) -> str:
    return joined(*(_paragraph(part) for part in re.split(r"\n\s*\n", text.strip("\n"))))


def _paragraph(text: str) -> str:
    is_code = text.startswith("    ")
    return f"```python\n{dedent(text).rstrip()}\n```" if is_code else _inline(text)


def _inline(text: str) -> str:
    return markdown_text(_DOUBLED.sub(r"`\1`", text))


def methods(kind: type) -> str:
    """Return what the objects of a class can do, as a table."""
    rows = [(f"`{name}{parameters(thing)}`", _first_sentence(thing)) for name, thing in public(kind)]
    return joined(f"### What a {kind.__name__} can do", markdown_table(("", ""), rows)) if rows else ""


def public(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield what a class of ours and those of ours under it have for users: those nearest to it first."""
    seen = set(_PLUMBING)
    for home in kind.__mro__:
        for name, thing in vars(home).items() if home.__module__.startswith("binance_nb.") else ():
            if not name.startswith("_") and name not in seen and isinstance(thing, FunctionType | property):
                seen.add(name)
                yield name, thing


def parameters(thing: Callable[..., Any] | property) -> str:
    """Return the arguments of a method, without their types."""
    if isinstance(thing, property):
        return ""
    signature = inspect.signature(thing)
    kept = [each.replace(annotation=each.empty, default=_plain(each.default)) for each in signature.parameters.values()]
    return str(signature.replace(parameters=kept[1:], return_annotation=signature.empty))


def _plain(default: Any) -> Any:  # Any: see inspect
    return default.value if isinstance(default, Enum) else default


def _first_sentence(thing: Any) -> str:  # Any: a function or a property
    return _inline(inspect.cleandoc(thing.__doc__ or "").split("\n\n")[0])
