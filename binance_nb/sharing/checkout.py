"""What git knows of the folder that a notebook stands in."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from binance_nb.sharing.target import PROVIDERS, Target

__all__ = ["Checkout", "checkout_of"]

_REMOTE = re.compile(r"^(?:[a-z+]+://(?:[^@/]+@)?|(?:[^@/]+@))(?P<host>[^/:]+)(?::\d+)?[/:](?P<path>.+?)(?:\.git)?/?$")
_HOSTS = {"github.com": "gh", "gitlab.com": "gl", "gist.github.com": "gist"}
_PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Checkout:
    """A folder that is shared as a whole.

    Attributes:
        root: The folder: that of the git repository, or the notebook's own.
        is_git: Whether it is a checkout of git.
        guess: Where it stands on the web, as far as git tells.
    """

    root: Path
    is_git: bool
    guess: Target

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
    provider, repo = _place(_git(root, "remote", "get-url", "origin") or "")
    ref = _git(root, "describe", "--tags", "--exact-match") or _git(root, "rev-parse", "HEAD") or ""
    return Checkout(root, True, Target(provider, repo, ref))


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
    return "git", f"https://{host}/{path}.git"


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
