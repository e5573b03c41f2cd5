"""A sheet of paper: a title and blocks under it, as HTML and as plain text.

Everything that a notebook shows of this package, frames and widgets apart, is a sheet, so this module is the one place
that writes HTML. Untrusted notebooks strip style sheets, roles and CSS variables, and themes may be light or dark: so
only semantic tags, the colours that are there, borders and padding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Protocol

from binance_nb.grammar.columns import columns_of, set_left

__all__ = ["Block", "Code", "Entries", "Facts", "Inset", "Link", "Markup", "Paragraph", "Sheet", "Table", "tag"]


class Markup(str):
    """A text that is HTML already; only this module makes one."""

    __slots__ = ()


def tag(name: str, *children: str, style: str = "", href: str = "") -> Markup:
    """Write an element.

    Args:
        name: The tag.
        *children: What stands in it; a text that is not `Markup` is escaped.
        style: Inline style.
        href: Address of a link.

    Returns:
        The element.
    """
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in (("href", _address(href)), ("style", style)) if value
    )
    inner = "".join(child if isinstance(child, Markup) else escape(_printable(child)) for child in children)
    return Markup(f"<{name}{attributes}>{inner}</{name}>")


def _address(href: str) -> str:
    return href if href.startswith("https://") else ""


def _printable(text: str) -> str:
    """Replace what no document may hold: control characters, and halves of a letter outside the first plane."""
    return "".join(char if char in "\n\t" or (char >= " " and not _is_odd(ord(char))) else "\ufffd" for char in text)


def _is_odd(code: int) -> bool:
    # 7F to 9F are control characters, D800 to DFFF surrogates; the last two of each plane are no characters.
    return 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


# JupyterLab takes the second of the two out of notebooks that are not trusted; where it stays, it holds.
_WRAP = "overflow-wrap:break-word; overflow-wrap:anywhere"
_LEFT = "text-align:left; vertical-align:top; padding:0.15em 1.2em 0.15em 0"
_NAME = f"{_LEFT}; white-space:nowrap; overflow-wrap:normal"
_FRAME = (
    "border:1px solid; border-left-width:6px; padding:0.6em 1em; margin:0.4em 0; max-width:{}; overflow-wrap:anywhere"
)
# Longer lines are hard to read; a table of many columns is not read in lines.
_WIDTH, _WIDE = "52em", "72em"
_BOX = "border:1px dashed; padding:0.4em 0.7em; margin:0.3em 0"
_ALIGNED = f"{_BOX}; white-space:pre; overflow-x:auto"
_BOX += f"; white-space:pre-wrap; word-break:normal; {_WRAP}"
# Where a long word does not break, the page is moved sideways instead of the frame burst.
_TABLE, _COLLAPSED = "margin:0.5em 0; overflow-x:auto", "border-collapse:collapse; margin:0"
# Columns that may break words anywhere are squeezed to a letter or two before anything is moved sideways.
_COLUMNS = f"{_COLLAPSED}; overflow-wrap:break-word"
_HANGING = "margin:0.15em 0; padding-left:1.2em; text-indent:-1.2em"


_TEXT_WIDTH, _LEAST_LAST = 98, 40  # letters of a line of text, without what it is indented by


class Block(Protocol):
    """A part of a sheet."""

    def html(self) -> Markup:
        """Return the block as HTML."""
        ...

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        ...


@dataclass(frozen=True)
class Paragraph:
    """Running text, with words before it that stand out."""

    text: str
    lead: str = ""

    def html(self) -> Markup:
        """Return the block as HTML."""
        lead = (tag("strong", f"{self.lead}: "),) if self.lead else ()
        return tag("p", *lead, self.text, style="margin:0.4em 0")

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        return f"{self.lead}: {self.text}".splitlines() if self.lead else self.text.splitlines()


@dataclass(frozen=True)
class Code:
    """Text to paste or to look at letter by letter; one that is aligned in columns is not folded."""

    text: str
    lead: str = ""
    is_aligned: bool = False

    def html(self) -> Markup:
        """Return the block as HTML."""
        lead = (tag("strong", f"{self.lead}:"),) if self.lead else ()
        return tag(
            "div", *lead, tag("pre", self.text, style=_ALIGNED if self.is_aligned else _BOX), style="margin:0.4em 0"
        )

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        text = self.text.splitlines()
        if len(text) == 1 and self.lead:
            return [f"{self.lead}: {text[0]}"]
        return [*([f"{self.lead}:"] if self.lead else []), *(f"    {line}" for line in text)]


@dataclass(frozen=True)
class Facts:
    """Names and what holds for them."""

    rows: tuple[tuple[str, str], ...]

    def html(self) -> Markup:
        """Return the block as HTML."""
        rows = (tag("tr", tag("th", name, style=_NAME), tag("td", text, style=_LEFT)) for name, text in self.rows)
        table = tag("table", tag("tbody", *rows), style=_COLLAPSED)
        return tag("div", table, style=_TABLE)

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        width = max((columns_of(name) for name, _ in self.rows), default=0)
        return [
            line if number else f"{set_left(name, width)}  {line}"
            for name, text in self.rows
            for number, line in enumerate(_indented(text, width + 2))
        ]


def _indented(text: str, by: int) -> list[str]:
    first, *rest = text.splitlines() or [""]
    return [first, *(" " * by + line for line in rest)]


@dataclass(frozen=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lead: str = ""

    def html(self) -> Markup:
        """Return the block as HTML."""
        head = tag("tr", *(tag("th", name, style=_NAME) for name in self.head))
        rows = (
            tag("tr", tag("td", first, style=_NAME), *(tag("td", text, style=_LEFT) for text in rest))
            for first, *rest in self.rows
        )
        table = tag("table", tag("thead", head), tag("tbody", *rows), style=_COLUMNS)
        lead = (tag("strong", self.lead),) if self.lead else ()
        return tag("div", *lead, table, style=_TABLE)

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        rows = [self.head, *self.rows]
        widths = [max(columns_of(row[place]) for row in rows) for place in range(len(self.head))]
        lead = [self.lead] if self.lead else []
        return lead + [line for row in rows for line in _in_columns(row, widths)]


def _in_columns(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Write a row; a terminal would go on with a long last text at its very edge."""
    *first, last = (set_left(text, width) for text, width in zip(row, widths, strict=True))
    head = "  ".join(["  " + first[0], *first[1:], ""]) if first else "  "
    folded = wrap(last, max(_LEAST_LAST, _TEXT_WIDTH - len(head)), break_long_words=False, break_on_hyphens=False)
    return [f"{head if not at else ' ' * len(head)}{part}".rstrip() for at, part in enumerate(folded or [""])]


@dataclass(frozen=True)
class Entries:
    """Terms and what is to be said of each, for texts too long for a table."""

    rows: tuple[tuple[str, str], ...]
    lead: str = ""

    def html(self) -> Markup:
        """Return the block as HTML."""
        lead = (tag("p", tag("strong", self.lead), style="margin:0.8em 0 0.2em"),) if self.lead else ()
        # Paragraphs: JupyterLab squeezes the terms of a <dl> into a fifth of the width.
        entries = (tag("p", tag("strong", f"{term}: "), text, style=_HANGING) for term, text in self.rows)
        return tag("div", *lead, *entries)

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        indent = "  " if self.lead else ""
        return [*([self.lead] if self.lead else []), *(f"{indent}{term}: {text}" for term, text in self.rows)]


@dataclass(frozen=True)
class Link:
    """Where to read on."""

    text: str
    url: str

    def html(self) -> Markup:
        """Return the block as HTML."""
        return tag("p", tag("small", tag("a", self.text, href=self.url)), style="margin:0.4em 0")

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        return [f"{self.text}: {self.url}"]


@dataclass(frozen=True, repr=False)
class Sheet:
    """A title and blocks; its repr is the plain text, which stands alone.

    Attributes:
        title: What it is about, in a line.
        blocks: What follows.
        is_framed: Whether a border stands around the HTML; a single line needs none.
        is_wide: Whether it may take the width that tables of many columns need.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    is_framed: bool = True
    is_wide: bool = False

    def html(self) -> str:
        """Return the sheet as HTML."""
        return tag(
            "div",
            tag("strong" if self.is_framed else "span", self.title),
            *(block.html() for block in self.blocks),
            style=_FRAME.format(_WIDE if self.is_wide else _WIDTH) if self.is_framed else "",
        )

    def text(self) -> str:
        """Return the sheet as plain text."""
        return _printable("\n".join([self.title, *_folded(line for block in self.blocks for line in block.lines())]))

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Inset:
    """A sheet that stands in another."""

    sheet: Sheet

    def html(self) -> Markup:
        """Return the block as HTML."""
        return Markup(self.sheet.html())

    def lines(self) -> list[str]:
        """Return the block as lines of plain text."""
        return self.sheet.text().splitlines()


def _folded(lines: Iterable[str]) -> Iterable[str]:
    return (f"  {line}".rstrip() for line in lines)
