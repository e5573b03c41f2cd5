"""Sheets as Markdown, for pages that are read where no notebook is: the reference in docs/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from binance_nb.rendering.sheet import Block, Code, Entries, Facts, Inset, Link, Paragraph, Sheet, Table

__all__ = ["markdown_of", "markdown_table", "markdown_text"]

# What GitHub would take for the beginning of a tag, of emphasis or of a formula.
_MEANT = re.compile(r"([<*$])")
_CODE = re.compile(r"(`+[^`]*`+)")
_NAME = re.compile(r"[\w.%-]+")
_CUT = re.compile(r"[;,] ")


def markdown_of(sheet: Sheet, level: int = 1) -> str:
    """Return a sheet as Markdown.

    Args:
        sheet: The sheet.
        level: Of its heading; what leads a block of code, a table or a list is a heading one level below.

    Returns:
        The text, with a blank line between its parts and none at the end.
    """
    parts = [f"{'#' * level} {markdown_text(sheet.title)}", *_blocks(sheet.blocks, level + 1)]
    return "\n\n".join(part for part in parts if part)


def _blocks(blocks: Iterable[Block], level: int) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(text, lead):
                yield f"**{lead}:** {markdown_text(text)}" if lead else markdown_text(text)
            case Code(text, lead):
                yield from _led(lead, level)
                yield f"```python\n{text}\n```"
            case Facts(rows):
                yield _listed(rows)
            case Table(head, rows, lead):
                yield from _led(lead, level)
                yield markdown_table(head, [(_as_code(first), *rest) for first, *rest in rows])
            case Entries(rows, lead):
                yield from _led(lead, level)
                yield _listed(rows)
            case Link(text, url):
                yield f"[{text}]({url})"
            case Inset(sheet):
                yield markdown_of(sheet, level)
            case _:
                yield "\n".join(block.lines())


def _listed(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{markdown_text(name)}**: {markdown_text(text)}" for name, text in rows)


def _led(lead: str, level: int) -> Iterator[str]:
    """Make a heading of the words before a block; what stands behind the first pause is a sentence under it."""
    heading, *more = _CUT.split(lead, maxsplit=1)
    if heading:
        yield f"{'#' * level} {markdown_text(heading)}"
    for words in more:
        yield f"{markdown_text(words[0].upper() + words[1:])}."


def _as_code(text: str) -> str:
    return f"`{text}`" if _NAME.fullmatch(text) else text


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table.

    Args:
        head: The names of its columns; all empty for a table without.
        rows: Its cells; what stands between backticks is left as it is.

    Returns:
        A line a row.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(markdown_text(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def markdown_text(text: str) -> str:
    """Return running text in which nothing is taken for markup but what stands between backticks.

    Args:
        text: The text, which may hold line ends.

    Returns:
        One line.
    """
    pieces = _CODE.split(" ".join(text.split()))
    return "".join(piece if place % 2 else _MEANT.sub(r"\\\1", piece) for place, piece in enumerate(pieces))
