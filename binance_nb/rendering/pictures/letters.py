"""Letters for pictures: the font that Pillow carries, and a box with its number for every letter that it lacks."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["draw_letters", "width_of"]

_Kind = Literal["font", "hand", "box"]

# What the font has no sign for, but another of the same look or meaning.
_STANDINS = str.maketrans({"—": "–", "\u00a0": " ", "\u202f": " ", "×": "x", "•": "·", "✕": "x", "→": ">"})
_DRAWN = "−–≈"  # what the font lacks, and is drawn by hand: as wide as a plus
_BOLD = 0.045  # how far a letter is doubled, of its size
_BOX, _GAP, _HEX = 0.92, 0.10, 0.44  # a box for a letter: its width, the room beside it, the size of its digits
_CHARACTERS = 4096
_RUNS = 2048


@cache
def _font(size: int) -> Any:  # Any: Pillow tells a FreeType font and a bitmap one apart, and calls both the same way
    from PIL import ImageFont

    return ImageFont.load_default(size)


@lru_cache(_CHARACTERS)
def _has(letter: str) -> bool:
    if letter == " ":
        return True
    font = _font(32)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@lru_cache(_RUNS)
def _runs(text: str) -> tuple[tuple[str, _Kind], ...]:
    """Return the parts of a text, each with what writes it: the font, a hand, or a box."""
    parts: list[tuple[str, _Kind]] = []
    for letter in text.translate(_STANDINS):
        letter, kind = _letter(letter if letter >= " " else " ")
        if parts and kind == parts[-1][1] == "font":
            parts[-1] = (parts[-1][0] + letter, "font")
        else:
            parts.append((letter, kind))
    return tuple(parts)


def _letter(letter: str) -> tuple[str, _Kind]:
    if letter in _DRAWN:
        return letter, "hand"
    # An umlaut without its dots is read; a sign that only looks alike is not taken for another.
    plain = letter if _has(letter) else unicodedata.normalize("NFD", letter)[0]
    return (plain, "font") if _has(plain) and (plain == letter or plain.isalpha()) else (letter, "box")


def _advance(part: str, kind: _Kind, size: float) -> float:
    if kind == "box":
        return (_BOX + _GAP) * size
    return float(_font(round(size)).getlength("+" if kind == "hand" else part))


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return how wide a text is.

    Args:
        text: The text.
        size: The size of its letters, in dots.
        is_bold: Whether it is bold.
    """
    width = sum(_advance(part, kind, size) for part, kind in _runs(text))
    return width + (_shift(size) if is_bold else 0)


def _shift(size: float) -> int:
    return max(1, round(size * _BOLD))


@lru_cache(_RUNS)
def draw_letters(text: str, size: float, *, is_bold: bool = False) -> Image.Image:
    """Draw a text.

    Args:
        text: The text.
        size: The size of its letters, in dots.
        is_bold: Whether it is bold.

    Returns:
        How much ink each dot has, from 0 to 255, with two dots to spare on the left; half way down are the middles of
        its digits.
    """
    from PIL import Image, ImageDraw

    height = 2 * round(size * 0.8)
    cover = Image.new("L", (int(width_of(text, size, is_bold=is_bold)) + 8, height))
    draw = ImageDraw.Draw(cover)
    # Digits of this font are seven tenths of its size high.
    left, base = 2.0, height / 2 + size * 0.35
    for part, kind in _runs(text):
        if kind == "box":
            _box(draw, part, left, base, size)
        elif kind == "hand":
            _sign(draw, part, left, base, size)
        else:
            for shift in (0, _shift(size)) if is_bold else (0,):
                draw.text((left + shift, base), part, fill=255, font=_font(round(size)), anchor="ls")
        left += _advance(part, kind, size)
    return cover


def _sign(draw: Any, sign: str, left: float, base: float, size: float) -> None:  # Any: ImageDraw's type is private
    """Draw a minus or a dash as wide as a plus, or two waves."""
    font, middle = _font(round(size)), base - 0.33 * size
    width, thick = font.getlength("+"), max(1, round(size * 0.075))
    if sign == "≈":
        for by in (-0.11, 0.11):
            draw.text((left + width / 2, base + by * size), "~", fill=255, font=font, anchor="ms")
        return
    top = round(middle - thick / 2)
    draw.rectangle((round(left + width * 0.12), top, round(left + width * 0.88), top + thick - 1), fill=255)


def _box(draw: Any, letter: str, left: float, base: float, size: float) -> None:  # Any: ImageDraw's type is private
    """Draw a box with the number of a letter, four digits in two rows."""
    top, width = base - 0.92 * size, _BOX * size
    draw.rectangle((left, top, left + width, base + 0.1 * size), outline=160, width=max(1, round(size * 0.05)))
    digits, small = f"{ord(letter):04X}"[-4:], _font(round(size * _HEX))
    for row, pair in enumerate((digits[:2], digits[2:])):
        middle = top + size * (0.27 + 0.48 * row)
        draw.text((left + width / 2, middle), pair, fill=255, font=small, anchor="mm")
