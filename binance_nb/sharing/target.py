"""Where a notebook will stand, and the address under which Binder opens it there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest

__all__ = ["BINDER", "PROVIDERS", "Target"]

BINDER = "https://mybinder.org"

PROVIDERS = {
    "gh": ("GitHub", "ORG/NAME", re.compile(r"[\w.-]+/[\w.-]+")),
    "gl": ("GitLab", "GROUP/NAME", re.compile(r"[\w.-]+(?:/[\w.-]+)+")),
    "git": ("a git repository", "its https address", re.compile(r"(?:https?|git)://\S+")),
    "gist": ("a gist", "USER/ID", re.compile(r"[\w.-]+/[0-9a-f]{20,40}")),
    "zenodo": ("Zenodo", "a DOI", re.compile(r"10\.\d{4,9}/\S+")),
}
"""What Binder knows, by its short name: what it is, how a place there is written, and what that looks like."""

_WORDS = {"github": "gh", "gitlab": "gl"}  # as people call them
_HAS_NO_REF = ("zenodo",)  # a DOI names a version


@dataclass(frozen=True)
class Target:
    """Where a notebook will stand.

    Args:
        provider: Short name of who keeps it there; one of `PROVIDERS`.
        repo: The place there: ``org/name``, a gist's ``user/id``, the address of a repository, a DOI.
        ref: A tag, branch or commit; ``HEAD`` for whatever is newest.
    """

    provider: str = ""
    repo: str = ""
    ref: str = ""

    def completed(self, guess: Target) -> Target:
        """Return it with what a person left out taken from elsewhere.

        Args:
            guess: What was found out.

        Raises:
            UsageError: There is no such provider, or what was named is no place there.
        """
        provider = _WORDS.get(self.provider.lower(), self.provider) or _provider_of(self.repo) or guess.provider or "gh"
        if provider not in PROVIDERS:
            raise UsageError(
                f"Binder knows no provider {provider!r}.",
                hint=did_you_mean(provider, PROVIDERS) or f"Choose one of {', '.join(PROVIDERS)}.",
                suggestion=next(iter(nearest(provider, PROVIDERS)), None),
                culprit=provider,
            )
        repo = self.repo or (guess.repo if guess.provider == provider else "")
        name, form, pattern = PROVIDERS[provider]
        if repo and not pattern.fullmatch(repo):
            raise UsageError(
                f"{repo!r} is no place on {name}." if provider != "git" else f"{repo!r} is no address.",
                hint=f"It is written as {form}.",
                suggestion=_EXAMPLES[provider],
                culprit=repo,
            )
        if self.ref and not _is_ref(self.ref):
            raise UsageError(
                f"{self.ref!r} can be no tag, branch or commit.",
                hint="Name one that git knows, without spaces.",
                suggestion="v1",
                culprit=self.ref,
            )
        return replace(self, provider=provider, repo=repo, ref=self.ref or guess.ref or "HEAD")

    def link(self, notebook: PurePosixPath) -> str:
        """Return the address that opens a notebook in JupyterLab.

        Args:
            notebook: Its path in the repository.
        """
        # Encoded as the path that it is, and then as the value of a parameter that holds a path.
        path = quote(quote(f"lab/tree/{notebook}"), safe="/")
        return f"{BINDER}/v2/{self.provider}/{self._spec()}?urlpath={path}"

    def badge(self, notebook: PurePosixPath) -> str:
        """Return a badge that leads there, in Markdown.

        Args:
            notebook: Its path in the repository.
        """
        return f"[![Binder]({BINDER}/badge_logo.svg)]({self.link(notebook)})"

    def _spec(self) -> str:
        # Of these two Binder reads the first part up to the next slash, so it must not have one of its own.
        repo = quote(self.repo, safe="" if self.provider in ("gl", "git") else "/")
        return f"{repo}/" if self.provider in _HAS_NO_REF else f"{repo}/{quote(self.ref, safe='/')}"


_EXAMPLES = {
    "gh": "org/study",
    "gl": "group/study",
    "git": "https://example.org/study.git",
    "gist": "user/8a7f6e5d4c3b2a190817263544536271",
    "zenodo": "10.5281/zenodo.3242074",
}


def _provider_of(repo: str) -> str:
    """Return whose a place must be, where its form tells."""
    return next((name for name in ("git", "zenodo", "gist") if PROVIDERS[name][2].fullmatch(repo)), "")


def _is_ref(ref: str) -> bool:
    # What git itself refuses; see git-check-ref-format.
    return not re.search(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|@\{|//|^[-/]|[/.]$|\.lock$", ref)
