"""A notebook that is ready for others: what goes with it, and the link."""

from __future__ import annotations

from shlex import quote

from binance_nb.rendering.sheet import Block, Code, Link, Paragraph, Sheet, Table
from binance_nb.sharing import Shared, SharedFile

__all__ = ["share_sheet"]


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
    if todo := _todo(shared):
        blocks.append(Code(todo, "Before others can open it"))
    if shared.link:
        blocks += [Code(shared.badge, "Badge"), Link("Open it on Binder", shared.link)]
    else:
        line = f"%binance share {shared.notebook} --repo ORG/NAME"
        blocks.append(Code(line, "For a link, name where it will stand"))
    return Sheet(f"✓ {shared.notebook.name} is ready to be shared", tuple(blocks), is_wide=True)


def _todo(shared: Shared) -> str:
    """Return what to type so that a clone has all of it."""
    unsaved = [file for file in shared.files if shared.is_git and _is_unsaved(file)]
    if not unsaved:
        return ""
    names = " ".join(quote(str(file.path)) for file in unsaved)
    ignored = any("ignored" in file.told for file in unsaved)
    tag = f"git tag {shared.target.ref}\n" if not _is_commit(shared.target.ref) else ""
    add = "git add --force" if ignored else "git add"
    return f"{add} {names}\ngit commit -m {quote(f'Share {shared.notebook.name}')}\n{tag}git push --tags origin HEAD"


def _is_unsaved(file: SharedFile) -> bool:
    return any(word in file.told for word in ("not in git", "ignored by git", "changed since"))


def _is_commit(ref: str) -> bool:
    return ref == "HEAD" or (len(ref) == 40 and all(letter in "0123456789abcdef" for letter in ref))


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"
