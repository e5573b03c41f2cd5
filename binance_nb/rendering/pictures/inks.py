"""The colours of pictures: few enough for a palette, and told apart by eyes that see no red or no green.

A palette image cannot blend, so each ink brings a ramp of its own: from the ground that it is drawn on to itself.
"""

from __future__ import annotations

__all__ = ["DOWN", "GROUNDS", "INKS", "LEVELS", "PAPER", "UP", "index_of", "palette"]

PAPER = "#FDFDFC"
"""What everything is drawn on: a page of its own, so that a dark notebook does not swallow the letters."""

UP, DOWN = "#0072B2", "#C4500A"
"""Rising and falling, buying and selling. No picture leaves the direction to the colour alone."""

LEVELS = 8
"""Steps between the ground and an ink; the last is the ink itself."""

INKS: dict[str, str] = {
    "text": "#1F2328",
    "muted": "#5A6570",
    "grid": "#E6E8EA",
    "edge": "#C9CED3",
    "up": UP,
    "down": DOWN,
    "up_tint": "#BFDCEC",
    "down_tint": "#F1D3C2",
    "line_1": "#7A4EA0",
    "line_2": "#00805E",
    "line_3": "#A87900",
    "line_4": "#3B4650",
    "wrong": "#A01528",
    "wrong_tint": "#F9E6E8",
    "wrong_on_tint": "#A01528",
    "on_up": PAPER,
    "on_down": PAPER,
    "field": "#F1F3F4",
    "text_on_field": "#1F2328",
}
"""Colours by name."""

GROUNDS: dict[str, str] = {
    "on_up": UP,
    "on_down": DOWN,
    "wrong_on_tint": INKS["wrong_tint"],
    "text_on_field": INKS["field"],
}
"""What an ink is drawn on, where that is not the paper."""

_PLACES = {name: place for place, name in enumerate(INKS)}


def index_of(ink: str, level: int = LEVELS - 1) -> int:
    """Return the place of an ink in the palette.

    Args:
        ink: Its name.
        level: How much of it, from 0 (the ground alone) to `LEVELS` - 1.
    """
    return 1 + _PLACES[ink] * LEVELS + level


def palette() -> list[int]:
    """Return red, green and blue of each place of the palette; the paper comes first."""
    colours = [_rgb(PAPER)]
    for name, colour in INKS.items():
        ink, ground = _rgb(colour), _rgb(GROUNDS.get(name, PAPER))
        colours += [_blend(ink, ground, level / (LEVELS - 1)) for level in range(LEVELS)]
    return [part for colour in colours for part in colour]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _blend(ink: tuple[int, int, int], ground: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(low + (high - low) * share) for high, low in zip(ink, ground, strict=True))
    return red, green, blue
