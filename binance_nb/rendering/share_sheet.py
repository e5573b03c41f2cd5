"""A notebook that is ready for others: what goes with it, and the link."""

from __future__ import annotations

from binance_nb.grammar import quote
from binance_nb.rendering.sheet import Block, Code, Link, Paragraph, Sheet, Table
from binance_nb.sharing import PROVIDERS, Shared

__all__ = ["share_sheet"]

_PLACES = ("gist", "gl")  # written by names; an address or a DOI is told by itself


def share_sheet(shared: Shared) -> Sheet:
    """Return what goes with a notebook that is shared.

    Args:
        shared: The notebook.
    """
    frames = f"{shared.frames:,} {'frame' if shared.frames == 1 else 'frames'}"
    rows = tuple((str(file.path), file.what, _size(file.size), file.told) for file in shared.files)
    blocks: list[Block] = [
        Paragraph(
            f"No key in any file; every call answered without a network; {frames} as the manifest says.", "Checked"
        ),
        Table(("file", "what", "size", ""), rows),
    ]
    if shared.pack is not None:
        blocks.append(Paragraph(f"{shared.pack.name} holds all of it.", "Packed"))
    blocks += [Paragraph(note, "Note") for note in shared.notes]
    if shared.steps:
        blocks.append(Code("\n".join(shared.steps), "Before others can open it"))
    if shared.link:
        blocks += [Code(shared.badge, "Badge"), Link("Open it on Binder", shared.link)]
    else:
        form = PROVIDERS[shared.target.provider][1] if shared.target.provider in _PLACES else "ORG/NAME"
        line = f"%binance share {quote(shared.notebook.name)} --repo {form}"
        blocks.append(Code(line, "For a link, name where it will stand"))
    return Sheet(f"✓ {shared.notebook.name} is ready to be shared", tuple(blocks), is_wide=True)


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
