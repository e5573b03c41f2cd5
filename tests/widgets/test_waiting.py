from __future__ import annotations

import pytest

from binance_nb.streams.link import LinkState
from binance_nb.widgets.waiting import waiting_words


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        ("The host is silent.", "lost", "The host is silent. It is being tried again; this is the last that came."),
        ("No route", "connecting", "No route. It is being tried again; this is the last that came."),
        ("It was refused.", "closed", "It was refused."),
        ("An event was missing.", "live", "An event was missing."),
        ("", "lost", ""),
    ],
)
def test_what_is_tried_again_is_said_to_be(problem: str, status: str, words: str) -> None:
    """And nothing is promised where nobody tries, or where nothing is wrong."""
    link = LinkState(status, 1, None, problem, 0, 0)  # type: ignore[arg-type]  # parametrized

    assert words == waiting_words(problem, link)
