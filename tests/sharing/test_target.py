"""An address of Binder opens the very notebook, for each provider and whatever its name is."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import UsageError
from binance_nb.sharing import Target

BOOK = PurePosixPath("notebooks/x.ipynb")
END = "?urlpath=lab/tree/notebooks/x.ipynb"


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (Target("gh", "org/name", "v1"), "gh/org/name/v1"),
        (Target("gl", "group/sub/name", "v1"), "gl/group%2Fsub%2Fname/v1"),
        (Target("git", "https://example.org/a/b.git", "v1"), "git/https%3A%2F%2Fexample.org%2Fa%2Fb.git/v1"),
        (
            Target("gist", "user/8a7f6e5d4c3b2a190817263544536271", "HEAD"),
            "gist/user/8a7f6e5d4c3b2a190817263544536271/HEAD",
        ),
        (Target("zenodo", "10.5281/zenodo.3242074"), "zenodo/10.5281/zenodo.3242074/"),
    ],
    ids=lambda value: value.provider if isinstance(value, Target) else "",
)
def test_each_provider_has_its_form(target: Target, address: str) -> None:
    """As Binder reads them: some places are one part of the path, whatever slashes they hold."""
    assert target.completed(Target()).link(BOOK) == f"https://mybinder.org/v2/{address}{END}"


@given(name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1))
def test_any_name_of_a_notebook_comes_through(name: str) -> None:
    """Binder decodes the parameter once, and the server the path that it holds."""
    link = Target("gh", "org/name", "v1").link(PurePosixPath("notebooks") / f"{name}.ipynb")

    parts = urlsplit(link)
    (path,) = parse_qs(parts.query)["urlpath"]
    assert parts.fragment == ""
    assert unquote(urlsplit(path).path) == f"lab/tree/notebooks/{name}.ipynb"


def test_a_badge_is_markdown_that_leads_there() -> None:
    """With Binder's own picture."""
    target = Target("gh", "org/name", "v1")

    assert target.badge(BOOK) == f"[![Binder](https://mybinder.org/badge_logo.svg)]({target.link(BOOK)})"


def test_what_is_left_out_comes_from_git() -> None:
    """Each part by itself; a place on another provider is no help."""
    guess = Target("gl", "group/name", "v2")

    assert Target().completed(guess) == guess
    assert Target(ref="v1").completed(guess) == Target("gl", "group/name", "v1")
    assert Target("gh").completed(guess) == Target("gh", "", "v2")
    assert Target().completed(Target()) == Target("gh", "", "HEAD")


@pytest.mark.parametrize(
    ("repo", "provider"),
    [("https://example.org/a.git", "git"), ("10.5281/zenodo.1", "zenodo"), ("org/name", "gh")],
)
def test_the_form_of_a_place_tells_whose_it_is(repo: str, provider: str) -> None:
    """So that a provider need not be named."""
    assert Target(repo=repo).completed(Target()).provider == provider


@pytest.mark.parametrize(("word", "provider"), [("GitHub", "gh"), ("gitlab", "gl")])
def test_a_provider_may_be_called_by_its_name(word: str, provider: str) -> None:
    """Binder's short names are nobody's own."""
    assert Target(word, "org/name").completed(Target()).provider == provider


@pytest.mark.parametrize(
    ("target", "said", "suggestion"),
    [
        (Target("bitbucket", "a/b"), "no provider 'bitbucket'", None),
        (Target("zenodoo"), "no provider", "zenodo"),
        (Target("gh", "name"), "'name' is no place on GitHub", "org/study"),
        (Target("gh", "a/b/c"), "no place on GitHub", "org/study"),
        (Target("gh", "a b/c"), "no place", "org/study"),
        (Target("git", "a/b"), "no address", "https://example.org/study.git"),
        (Target("gist", "a/b"), "no place on a gist", None),
        (Target("gh", "a/b", "a b"), "no tag, branch or commit", "v1"),
        (Target("gh", "a/b", "../x"), "no tag", "v1"),
        (Target("gh", "a/b", "-x"), "no tag", "v1"),
    ],
    ids=lambda value: f"{value.provider} {value.repo} {value.ref}" if isinstance(value, Target) else "",
)
def test_what_is_no_place_is_refused(target: Target, said: str, suggestion: str | None) -> None:
    """With the form that it should have."""
    with pytest.raises(UsageError, match=said) as refused:
        target.completed(Target())

    assert refused.value.hint
    if suggestion is not None:
        assert refused.value.suggestion == suggestion
