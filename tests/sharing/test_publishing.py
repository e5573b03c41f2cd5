"""The link names a commit that has all of a notebook, and the lines that are left to type lead there."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from binance_nb.sharing import Target
from binance_nb.sharing.checkout import RefKind, checkout_of
from binance_nb.sharing.publishing import Publishing, publishing

Git = Callable[..., str]


@pytest.fixture
def book(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that is committed and pushed, in a folder of a checkout in which one stands."""
    remote, root = tmp_path / "remote", tmp_path / "study"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(tmp_path, "init", "-q", "-b", "main", str(root))
    git(root, "config", "user.name", "A")
    git(root, "config", "user.email", "a@example.org")
    git(root, "remote", "add", "origin", str(remote))
    (root / "a b").mkdir()
    (root / "a b" / "x.ipynb").write_text("{}")
    git(root, "add", ".")
    git(root, "commit", "-qm", "x")
    git(root, "push", "-q", "origin", "HEAD")
    monkeypatch.chdir(root / "a b")
    return root / "a b" / "x.ipynb"


def way(book: Path, *unsaved: Path, ref: str = "") -> Publishing:
    """What is left to do for a notebook that will stand on GitHub."""
    checkout = checkout_of(book)
    target = Target("gh", "org/name", ref).completed(checkout.guess)
    return publishing(checkout, target, book, unsaved, named=ref)


def new_file(book: Path) -> Path:
    """A file at the top of the checkout that git does not have."""
    path = book.parent.parent / "new.txt"
    path.write_text("x")
    return path


def type_all(git: Git, folder: Path, steps: tuple[str, ...]) -> None:
    """Type the lines, as a person would."""
    for line in steps:
        program, *words = shlex.split(line)
        assert program == "git"
        git(folder, *words)


def test_nothing_is_left_when_all_of_it_is_there(book: Path, git: Git) -> None:
    """The link names the commit, or the tag that stands at it."""
    by_commit = way(book)
    git(book.parent, "tag", "v1")

    assert by_commit == Publishing(Target("gh", "org/name", git(book.parent, "rev-parse", "HEAD")))
    assert way(book) == Publishing(Target("gh", "org/name", "v1"), (), "")


def test_a_commit_that_is_not_pushed_is_pushed(book: Path, git: Git) -> None:
    """With the tag that stands at it."""
    git(book.parent, "commit", "-qm", "y", "--allow-empty")
    git(book.parent, "tag", "v1")

    assert way(book).steps == ("git push origin HEAD v1",)


@pytest.mark.parametrize("state", ["on a branch", "detached", "ignored", "tagged"])
def test_what_is_not_in_git_is_brought_where_the_link_leads(book: Path, git: Git, state: str) -> None:
    """The commit of now lacks it, so the link names a branch; the lines work from where one stands."""
    if state == "detached":
        git(book.parent, "checkout", "-q", "--detach")
    if state == "ignored":
        (book.parent.parent / ".git" / "info" / "exclude").write_text("new.txt\n")
    if state == "tagged":
        git(book.parent, "tag", "v1")

    told = way(book, new_file(book))
    type_all(git, book.parent, told.steps)

    assert told.target.ref == ("shared" if state == "detached" else "main")
    assert f"{told.target.ref} is built anew" in told.note
    assert git(book.parent, "ls-tree", "--full-tree", "--name-only", f"origin/{told.target.ref}") == "a b\nnew.txt"


def test_a_tag_that_was_named_is_made(book: Path, git: Git) -> None:
    """And pushed, whether anything has to be committed before or not."""
    assert way(book, ref="v1").steps == ("git tag v1", "git push origin HEAD v1")

    told = way(book, new_file(book), ref="v1")
    type_all(git, book.parent, told.steps)

    assert told.target.ref == "v1"
    assert told.note == ""
    assert "v1" in git(book.parent, "ls-remote", "--tags", "origin")
    assert git(book.parent, "ls-tree", "--full-tree", "--name-only", "v1") == "a b\nnew.txt"


def test_a_tag_that_lacks_files_is_told(book: Path, git: Git) -> None:
    """It is not moved: others may have it."""
    git(book.parent, "tag", "v1")

    told = way(book, new_file(book), ref="v1")

    assert told.note == "v1 is a tag without these changes: name a new tag."
    assert not any("git tag" in line for line in told.steps)


def test_a_branch_that_was_named_is_not_tagged(book: Path) -> None:
    """A tag of the same name would stand in its way."""
    told = way(book, new_file(book), ref="main")

    assert not any("git tag" in line for line in told.steps)
    assert told.steps[-1] == "git push origin HEAD"


def test_a_checkout_without_a_remote_gets_one(book: Path, git: Git) -> None:
    """Where the place was named; elsewhere there is nothing to push to."""
    git(book.parent, "remote", "remove", "origin")
    checkout = checkout_of(book)

    steps = way(book, new_file(book)).steps
    unnamed = publishing(checkout, Target("gh", "", "HEAD"), book, [new_file(book)], named="")

    assert steps[-2:] == ("git remote add origin https://github.com/org/name.git", "git push origin HEAD")
    assert not any("push" in line for line in unnamed.steps)


def test_an_address_is_one_word_of_its_line(book: Path, git: Git) -> None:
    """A shell that gets the line pasted runs nothing that stands in it."""
    git(book.parent, "remote", "remove", "origin")
    address = "https://example.org/a;$(id)&b.git"

    steps = publishing(checkout_of(book), Target("git", address, "main"), book, [new_file(book)], named="").steps

    assert ["git", "remote", "add", "origin", address] == shlex.split(steps[-2])
    assert f"'{address}'" in steps[-2]


def test_a_branch_that_is_there_already_is_not_made_again(book: Path, git: Git) -> None:
    """Shared before from a detached HEAD: the line would be refused."""
    git(book.parent, "checkout", "-q", "--detach")
    git(book.parent, "branch", "shared")

    told = way(book, new_file(book))
    type_all(git, book.parent, told.steps)

    assert "shared-2" == told.target.ref
    assert "shared-2" in git(book.parent, "ls-remote", "origin")


def test_git_tells_what_a_name_is(book: Path, git: Git) -> None:
    """A tag goes before a branch, as git takes it."""
    git(book.parent, "tag", "v1")
    checkout = checkout_of(book)

    kinds = [checkout.kind_of(ref) for ref in ("main", "v1", git(book.parent, "rev-parse", "HEAD"), "v2", "HEAD", "")]

    assert kinds == [RefKind.BRANCH, RefKind.TAG, RefKind.COMMIT, RefKind.NONE, RefKind.NONE, RefKind.NONE]
