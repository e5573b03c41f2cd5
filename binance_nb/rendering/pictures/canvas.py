"""A sheet to draw on: twice as fine as it is shown, a colour table instead of colours, smooth letters and lines."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from binance_nb.rendering.pictures.inks import LEVELS, index_of, palette
from binance_nb.rendering.pictures.letters import draw_letters, width_of

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["SCALE", "Canvas", "Point", "picture_size"]

SCALE = 2
"""Dots of a picture for each that a page gives it: letters stay sharp on fine screens."""

Point = tuple[float, float]

_FINER = 2  # lines are drawn that much larger once more, and made smooth by shrinking them
_FAR = 100_000.0
_LEAST_COVER = 18  # of 255; less than that of a dot under a letter is the ground


class Canvas:
    """A picture in the making. All measures are those of the page, from the upper left corner.

    Args:
        width: How wide it is shown.
        height: How high.
    """

    def __init__(self, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.width, self.height = width, height
        self._image = Image.new("P", (width * SCALE, height * SCALE), 0)
        self._image.putpalette(palette())
        self._draw = ImageDraw.Draw(self._image)
        self.rectangle(0, 0, width, height, "edge", is_filled=False)

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        ink: str,
        *,
        is_filled: bool = True,
        rim: float = 1.0,
    ) -> None:
        """Draw a rectangle with sharp edges; one without extent is a hair wide.

        Args:
            left: Its left edge.
            top: Its upper edge.
            right: Its right edge.
            bottom: Its lower edge.
            ink: The name of its colour.
            is_filled: Whether it is filled; else its inside is paper, within a line.
            rim: How wide that line is.
        """
        x0, y0 = _dot(left), _dot(top)
        x1, y1 = max(x0, _dot(right) - 1), max(y0, _dot(bottom) - 1)
        fill = index_of(ink) if is_filled else 0
        self._draw.rectangle((x0, y0, x1, y1), fill=fill, outline=index_of(ink), width=round(rim * SCALE))

    def rule(self, start: Point, end: Point, ink: str = "grid", width: float = 1.0) -> None:
        """Draw a level or upright line.

        Args:
            start: One end.
            end: The other.
            ink: The name of its colour.
            width: How wide.
        """
        (x0, y0), (x1, y1) = start, end
        dots = max(1, round(width * SCALE))
        left, top = _dot(min(x0, x1)), _dot(min(y0, y1))
        right, bottom = max(left + dots, _dot(max(x0, x1))), max(top + dots, _dot(max(y0, y1)))
        self._draw.rectangle((left, top, right - 1, bottom - 1), fill=index_of(ink))

    def text(
        self, at: Point, text: str, ink: str = "text", *, size: float = 12, align: str = "left", is_bold: bool = False
    ) -> float:
        """Write a line.

        Args:
            at: Where it begins, ends or has its middle, and the middle of its digits' height.
            text: What to write. Letters that the font lacks become boxes with their number.
            ink: The name of its colour.
            size: Its size.
            align: ``left``, ``right`` or ``center``.
            is_bold: Whether it is bold.

        Returns:
            How wide it is.
        """
        width = width_of(text, size * SCALE, is_bold=is_bold)
        cover = draw_letters(text, size * SCALE, is_bold=is_bold)
        x = at[0] * SCALE - {"left": 0.0, "right": width, "center": width / 2}[align]
        self._lay(cover, round(_near(x)) - 2, round(_near(at[1] * SCALE) - cover.height / 2), ink)
        return width / SCALE

    def line(
        self, points: Sequence[Point], ink: str, width: float = 1.5, *, within: tuple[float, float, float, float]
    ) -> None:
        """Draw a smooth line.

        Args:
            points: Where it goes.
            ink: The name of its colour.
            width: How wide.
            within: Left, top, right and bottom of what it does not leave.
        """
        if len(points) < 2:
            return
        left, top, cover = self._cover(within)
        from PIL import ImageDraw

        fine = SCALE * _FINER
        path = [(_near(x * fine - left * _FINER), _near(y * fine - top * _FINER)) for x, y in points]
        ImageDraw.Draw(cover).line(path, fill=255, width=max(1, round(width * fine)), joint="curve")
        self._lay(cover.reduce(_FINER), left, top, ink)

    def polygon(self, points: Sequence[Point], ink: str) -> None:
        """Fill a shape, with smooth edges.

        Args:
            points: Its corners.
            ink: The name of its colour.
        """
        from PIL import ImageDraw

        across, down = [x for x, _ in points], [y for _, y in points]
        left, top, cover = self._cover((min(across) - 1, min(down) - 1, max(across) + 1, max(down) + 1))
        fine = SCALE * _FINER
        path = [(_near(x * fine - left * _FINER), _near(y * fine - top * _FINER)) for x, y in points]
        ImageDraw.Draw(cover).polygon(path, fill=255)
        self._lay(cover.reduce(_FINER), left, top, ink)

    def png(self) -> bytes:
        """Return the picture; the same drawing gives the same bytes."""
        held = BytesIO()
        self._image.save(held, "PNG", compress_level=6, dpi=(72 * SCALE, 72 * SCALE))
        return held.getvalue()

    def _cover(self, within: tuple[float, float, float, float]) -> tuple[int, int, Image.Image]:
        """Return where a finer sheet for a part of the picture lies, and the sheet."""
        from PIL import Image

        left, top = max(0, int(within[0] * SCALE)), max(0, int(within[1] * SCALE))
        right, bottom = min(self._image.width, _dot(within[2]) + 1), min(self._image.height, _dot(within[3]) + 1)
        size = max(1, right - left) * _FINER, max(1, bottom - top) * _FINER
        return left, top, Image.new("L", size)

    def _lay(self, cover: Image.Image, left: int, top: int, ink: str) -> None:
        """Lay an ink on the picture, as much of it as the cover says."""
        levels, is_inked = _tables(ink)
        inked = cover.point(levels)
        self._image.paste(inked, (left, top), cover.point(is_inked))


@cache
def _tables(ink: str) -> tuple[list[int], list[int]]:
    levels = [index_of(ink, round(cover * (LEVELS - 1) / 255)) for cover in range(256)]
    return levels, [0 if cover < _LEAST_COVER else 255 for cover in range(256)]


def _dot(measure: float) -> int:
    return round(_near(measure * SCALE))


def _near(measure: float) -> float:
    """Return a measure that Pillow can reckon with: what lies far outside lies just as well a little nearer."""
    return min(max(measure, -_FAR), _FAR)


def picture_size(png: bytes) -> dict[str, int]:
    """Return how large a picture is to be shown, as the metadata of ``image/png`` in a mimebundle.

    Args:
        png: A picture of this room.

    Returns:
        Its ``width`` and ``height`` on a page.
    """
    width, height = struct.unpack(">II", png[16:24])
    return {"width": width // SCALE, "height": height // SCALE}
