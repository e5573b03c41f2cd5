"""Git tells where a notebook stands, without what an address may hold besides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from binance_nb.sharing import Target, checkout_of


@pytest.mark.parametrize(
    ("address", "provider", "repo"),
    [
        ("git@github.com:org/name.git", "gh", "org/name"),
        ("https://github.com/org/name", "gh", "org/name"),
        ("https://user:password@github.com/org/name.git/", "gh", "org/name"),
        ("ssh://git@gitlab.com:22/group/sub/name.git", "gl", "group/sub/name"),
        ("https://user:password@example.org/a/name.git", "git", "https://example.org/a/name.git"),
        ("https://user:pass@word@example.org/a/name.git", "git", "https://example.org/a/name.git"),
        ("https://example.org:8443/a/name.git", "git", "https://example.org:8443/a/name.git"),
        ("ssh://git@example.org:2222/a/name.git", "git", "https://example.org/a/name.git"),
        ("https://gist.github.com/8a7f6e5d4c3b2a190817263544536271.git", "gist", ""),
        ("../elsewhere", "", ""),
    ],
)
def test_a_remote_tells_the_place(
    tmp_path: Path, git: Callable[..., str], address: str, provider: str, repo: str
) -> None:
    """In every form that git takes; a password does not get into a link."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", address)

    checkout = checkout_of(tmp_path / "x.ipynb")

    assert (checkout.root, checkout.is_git) == (tmp_path.resolve(), True)
    assert checkout.guess == Target(provider, repo, "")


def test_a_tag_goes_before_a_commit(tmp_path: Path, git: Callable[..., str]) -> None:
    """Binder builds either once."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "x", "--allow-empty")

    commit = checkout_of(tmp_path / "x.ipynb").guess.ref
    git(tmp_path, "tag", "v1")

    assert commit == git(tmp_path, "rev-parse", "HEAD")
    assert checkout_of(tmp_path / "x.ipynb").guess.ref == "v1"


def test_a_folder_without_git_is_shared_as_it_is(tmp_path: Path) -> None:
    """With nothing to guess from."""
    checkout = checkout_of(tmp_path / "x.ipynb")

    assert (checkout.root, checkout.is_git, checkout.guess) == (tmp_path.resolve(), False, Target())
    assert checkout.unsaved([tmp_path / "x.ipynb"]) == {}
