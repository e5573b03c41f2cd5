"""What git knows of the folder that a notebook stands in."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from binance_nb.sharing.target import PROVIDERS, Target

__all__ = ["Checkout", "RefKind", "checkout_of"]

# Up to the last @ of what stands before the path: there may be one in a password.
_REMOTE = re.compile(
    r"^(?:(?P<scheme>[a-z+]+)://(?:[^/]*@)?|(?:[^/]*@))(?P<host>[^/:@]+)(?P<port>:\d+)?[/:](?P<path>.+?)(?:\.git)?/?$"
)
_HOSTS = {"github.com": "gh", "gitlab.com": "gl", "gist.github.com": "gist"}
_PATIENCE_SECONDS = 20


class RefKind(StrEnum):
    """What the name of a commit is to git."""

    BRANCH = "branch"
    TAG = "tag"
    COMMIT = "commit"
    NONE = "unknown"


@dataclass(frozen=True)
class Checkout:
    """A folder that is shared as a whole.

    Attributes:
        root: The folder: that of the git repository, or the notebook's own.
        is_git: Whether it is a checkout of git.
        guess: Where it stands on the web, as far as git tells.
        branch: The branch that is checked out; empty where none is.
        has_origin: Whether git knows where to push it.
    """

    root: Path
    is_git: bool
    guess: Target
    branch: str = ""
    has_origin: bool = False

    def kind_of(self, ref: str) -> RefKind:
        """Return what a name is to git here.

        Args:
            ref: A tag, a branch, a commit, or none of these yet.
        """
        places = {
            RefKind.TAG: [f"refs/tags/{ref}"],
            RefKind.BRANCH: [f"refs/heads/{ref}", f"refs/remotes/origin/{ref}"],
        }
        for kind, names in places.items():
            if any(_git(self.root, "show-ref", "--verify", name) for name in names):
                return kind
        if ref == self.branch and ref:
            return RefKind.BRANCH  # of a repository without commits
        is_commit = re.fullmatch(r"[0-9a-f]{7,40}", ref) and _git(self.root, "cat-file", "-t", ref) == "commit"
        return RefKind.COMMIT if is_commit else RefKind.NONE

    def is_pushed(self) -> bool:
        """Whether what is checked out is at the remote, as far as git knew when it last asked there."""
        return bool(_git(self.root, "branch", "--remotes", "--contains", "HEAD"))

    def ignores(self, files: Iterable[Path]) -> bool:
        """Whether git is told to ignore one of these files.

        Args:
            files: Files in it.
        """
        return bool(_git(self.root, "check-ignore", "--", *map(str, files)))

    def unsaved(self, files: Iterable[Path]) -> dict[Path, str]:
        """Return which files a clone would lack or have otherwise.

        Args:
            files: Files in it.

        Returns:
            Why, in a word or two, by file.
        """
        wanted = [str(file) for file in files]
        if not self.is_git or not wanted:
            return {}
        listed = _git(self.root, "status", "--porcelain", "-z", "--ignored", "--untracked-files=all", "--", *wanted)
        told = (each for each in (listed or "").split("\0") if each[2:3] == " ")
        words = {"??": "not in git yet", "!!": "ignored by git"}
        return {self.root / line[3:]: words.get(line[:2], "changed since the last commit") for line in told}


def checkout_of(notebook: Path) -> Checkout:
    """Return the folder that a notebook is shared with.

    Args:
        notebook: Its file.
    """
    folder = notebook.resolve().parent
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        return Checkout(folder, False, Target())
    root = Path(top).resolve()
    address = _git(root, "remote", "get-url", "origin") or ""
    provider, repo = _place(address)
    ref = _git(root, "describe", "--tags", "--exact-match") or _git(root, "rev-parse", "HEAD") or ""
    branch = _git(root, "symbolic-ref", "--short", "--quiet", "HEAD") or ""
    return Checkout(root, True, Target(provider, repo, ref), branch, has_origin=bool(address))


def _place(address: str) -> tuple[str, str]:
    found = _REMOTE.match(address)
    if found is None:
        return "", ""
    host, path = found["host"].lower(), found["path"]
    if host in _HOSTS:
        provider = _HOSTS[host]
        # A gist's address does not say whose it is, and Binder asks for that.
        return provider, path if PROVIDERS[provider][2].fullmatch(path) else ""
    # Without the name and password that an address may hold.
    port = found["port"] if found["scheme"] in ("http", "https") else None  # that of ssh is another door
    return "git", f"https://{host}{port or ''}/{path}.git"


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        finished = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no git here
    if finished.returncode != 0:
        return None
    return finished.stdout if "-z" in arguments else finished.stdout.strip()
