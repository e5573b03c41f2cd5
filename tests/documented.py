"""The blocks of code that README.md and the pages of docs/ show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "blocks"]

ROOT = Path(__file__).resolve().parent.parent

_FENCED = re.compile(r"^```python\n(.*?)^```$((?:\n+    [^\n]*)*)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """What stands between fences, where, and the indented text below it: what the last line shows."""

    place: str
    code: str
    shown: str

    @property
    def cells(self) -> list[str]:
        """What a reader runs at once: a line of magics by itself, so that each may show something; else the whole."""
        if self.code.startswith("%%") or not self.code.startswith("%"):
            return [self.code]
        return [line for line in self.code.splitlines() if line.strip()]


def blocks(page: Path) -> list[Block]:
    """Return the blocks of Python and magics of a page, from the top."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            f"{page.relative_to(ROOT)} line {text[: found.start()].count(chr(10)) + 2}",
            found[1],
            "\n".join(line[4:] for line in found[2].strip("\n").splitlines()),
        )
        for found in _FENCED.finditer(text)
    ]


PAGES = {page.name: page for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))] if blocks(page)}
