"""What is left to type until a clone has all of a shared notebook, and which of its commits the link may name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from shlex import quote

from binance_nb.sharing.checkout import Checkout, RefKind
from binance_nb.sharing.target import Target

__all__ = ["Publishing", "publishing"]

_NEW_BRANCH = "shared"
_ADDRESSES = {"gh": "https://github.com/{}.git", "gl": "https://gitlab.com/{}.git", "git": "{}"}


@dataclass(frozen=True)
class Publishing:
    """How a notebook gets to where the link finds it.

    Attributes:
        target: Where the link leads.
        steps: Lines to type before it does, in their order.
        note: What a person should know of the link; empty when it names one commit for good.
    """

    target: Target
    steps: tuple[str, ...] = ()
    note: str = ""


def publishing(
    checkout: Checkout, target: Target, notebook: Path, unsaved: Sequence[Path], *, named: str
) -> Publishing:
    """Return what is left to do. A commit that is there already cannot hold what is not in git yet.

    Args:
        checkout: The folder that is shared.
        target: Where it will stand.
        notebook: Its file.
        unsaved: Files that git does not have as they are.
        named: The tag, branch or commit that a person named; empty when they left it to git.
    """
    if not checkout.is_git:
        return Publishing(target, note=_note(target, RefKind.NONE))
    is_new_branch = bool(unsaved) and not named and not checkout.branch
    new_branch = _new_branch(checkout) if is_new_branch else ""
    if unsaved and not named:
        target = replace(target, ref=checkout.branch or new_branch)
    kind = RefKind.BRANCH if is_new_branch else checkout.kind_of(target.ref)
    is_new_tag = kind is RefKind.NONE and target.ref != "HEAD"
    steps = [f"git switch --create {new_branch}"] if is_new_branch else []
    if unsaved:
        steps += _saved(checkout, notebook, unsaved)
    if is_new_tag:
        steps.append(f"git tag {quote(target.ref)}")
    if target.repo and (steps or not checkout.is_pushed()):
        steps += _pushed(checkout, target, kind, is_new_tag=is_new_tag)
    if unsaved and named and kind in (RefKind.TAG, RefKind.COMMIT):
        return Publishing(target, tuple(steps), f"{named} is a {kind} without these changes: name a new tag.")
    return Publishing(target, tuple(steps), _note(target, kind))


def _new_branch(checkout: Checkout) -> str:
    names = (_NEW_BRANCH if number == 1 else f"{_NEW_BRANCH}-{number}" for number in count(1))
    return next(name for name in names if checkout.kind_of(name) is RefKind.NONE)


def _saved(checkout: Checkout, notebook: Path, unsaved: Sequence[Path]) -> list[str]:
    here = Path.cwd().resolve()
    is_inside = here == checkout.root or checkout.root in here.parents
    start = here if is_inside else checkout.root
    names = " ".join(quote(Path(os.path.relpath(file, start)).as_posix()) for file in unsaved)
    force = " --force" if checkout.ignores(unsaved) else ""
    gone = [] if is_inside else [f"cd {quote(str(checkout.root))}"]
    return [*gone, f"git add{force} {names}", f"git commit -m {quote(f'Share {notebook.name}')}"]


def _pushed(checkout: Checkout, target: Target, kind: RefKind, *, is_new_tag: bool) -> list[str]:
    address = _ADDRESSES.get(target.provider)
    if not checkout.has_origin and address is None:
        return []  # a gist's and a DOI's own ways differ
    added = []
    if address is not None and not checkout.has_origin:
        added.append(f"git remote add origin {quote(address.format(target.repo))}")
    tag = f" {quote(target.ref)}" if is_new_tag or kind is RefKind.TAG else ""
    return [*added, f"git push origin HEAD{tag}"]


def _note(target: Target, kind: RefKind) -> str:
    if not target.repo or (kind is not RefKind.BRANCH and target.ref != "HEAD"):
        return ""
    return f"{target.ref} is built anew after every push; a tag, named by --ref, is built once and stays as it is."
