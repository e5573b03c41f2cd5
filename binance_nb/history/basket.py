"""What becomes of the pages of a range as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binance_nb.client import Reply
from binance_nb.history.pages import PAGE_ROWS, Page, Walk

if TYPE_CHECKING:
    from binance_nb.frames.gathering import Gathering

__all__ = ["Basket", "Gather", "OnPage", "joined_bodies"]

Gather = Callable[[Sequence[int]], "Gathering"]
"""Makes what reads pages as they come, from the most rows of each."""

OnPage = Callable[[Page, bytes], None]
"""Is given a page and its bytes."""


class Basket:
    """The pages of a range: read as they come, or kept until they can be joined.

    Args:
        walk: The way through the range.
        pages: All its pages.
        gather: Makes what reads them; used where there are several. Without it they are kept.
        on_page: Given each page first.

    Attributes:
        gathering: What has read the pages; None where they are kept.
    """

    def __init__(self, walk: Walk, pages: Sequence[Page], gather: Gather | None, on_page: OnPage | None) -> None:
        self._walk, self._pages, self._on_page = walk, pages, on_page
        self._taken: set[int] = set()
        self._bodies: dict[int, bytes] = {}
        self.gathering = gather([self._room(page) for page in pages]) if gather and len(pages) > 1 else None

    def take(self, place: int, reply: Reply) -> Reply:
        """Take a page, unless it was taken before.

        Args:
            place: Which one it is.
            reply: The answer to it.

        Returns:
            What has to be kept of the answer: all but its bytes.
        """
        if place in self._taken:
            return reply
        page = self._pages[place]
        body = self._walk.trimmed(page, reply)
        if self._on_page is not None:
            self._on_page(page, body)
        if self.gathering is None:
            self._bodies[place] = body
        else:
            self.gathering.add(place, body)
        self._taken.add(place)
        return replace(reply, body=b"")

    def take_later(self, place: int, reply: Reply) -> Reply:
        """Take a page behind the first; see `take`.

        Args:
            place: Which one it is, not counting the first.
            reply: The answer to it.
        """
        return self.take(place + 1, reply)

    def joined(self) -> bytes:
        """Return what was kept: pages of an array as one array, digit for digit."""
        return joined_bodies([body for _, body in sorted(self._bodies.items())])

    def _room(self, page: Page) -> int:
        if page.start is None or page.stop is None:
            return PAGE_ROWS
        return min(PAGE_ROWS, len(range(page.start, page.stop, self._walk.step)))


def joined_bodies(bodies: Sequence[bytes]) -> bytes:
    """Return arrays as one array, digit for digit.

    Args:
        bodies: The bytes of each.

    Returns:
        The bytes of all rows; of no array none.
    """
    if len(bodies) <= 1:
        return b"".join(bodies)
    inner = (body[1:-1].strip() for body in bodies)
    return b"[" + b",".join(rows for rows in inner if rows) + b"]"
