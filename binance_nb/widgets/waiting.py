"""What a widget says while its connection is away."""

from __future__ import annotations

from binance_nb.streams.link import LinkState

__all__ = ["waiting_words"]


def waiting_words(problem: str, link: LinkState) -> str:
    """Return a problem of a feed, and what comes of it: that it is tried again, where it is.

    Args:
        problem: The problem, a sentence; empty when all is well.
        link: How the connection stands.
    """
    if not problem or link.status not in ("lost", "connecting"):
        return problem
    return f"{problem.rstrip('. ')}. It is being tried again; this is the last that came."
