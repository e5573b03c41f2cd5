"""Where the values of a reply stand, and whether the rest of it is the template of its rows to the byte."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from binance_nb.frames.digits import WORD, Places, Text, masks
from binance_nb.frames.template import Template

__all__ = ["Cells", "find_cells"]

_Flags = npt.NDArray[np.bool_]

# By a flag's length, what of the word that ends with it has to be there: what never is, if no flag is so long.
_FLAG_MASKS = np.zeros(WORD, np.uint64)
_FLAG_WORDS = np.ones(WORD, np.uint64)
for _word in (b"true", b"false"):
    _FLAG_MASKS[len(_word)] = masks(0)[len(_word)]
    _FLAG_WORDS[len(_word)] = int.from_bytes(_word.rjust(WORD, b"\0"), "little")


class Cells(NamedTuple):
    """Values in their text, a line for each cell of a row.

    Attributes:
        text: The text.
        ends: The places behind the values.
        lengths: How long they are.
        flags: What those say that are flags.
    """

    text: Text
    ends: Places
    lengths: Places
    flags: _Flags


def find_cells(template: Template, array: memoryview) -> Cells | None:
    """Find the values of a JSON array of rows.

    Args:
        template: What a row looks like.
        array: The array as text.

    Returns:
        The values; None unless all of the text is rows of the template, with digits for its numbers, and one more
        character (a point, if it is well written) in each of its decimals.
    """
    if len(array) < len("[]") or (array[0], array[-1]) != (ord("["), ord("]")):
        return None
    # With the beginning of one row more, the last row is written like all others.
    text = Text(array[:-1], b",", template.head)
    commas = (text.letters == ord(",")).nonzero()[0]
    if not len(commas) or len(commas) % template.per_row:
        return None
    # From now on a line for each cell of a row, one behind the other in memory. The first bracket is where a comma
    # would be.
    spans = commas.copy()
    spans[1:] -= commas[:-1]
    spans[0] -= text.begins
    shape = (-1, template.per_row)
    ends = np.subtract(commas.reshape(shape).T, template.lengths_after, order="C")
    lengths = np.subtract(spans.reshape(shape).T, template.lengths_around, order="C")
    flags = lengths[template.numbers :] == len("true")
    cells = Cells(text, ends, lengths, flags)
    return cells if _is_written_so(template, cells) else None


def _is_written_so(template: Template, cells: Cells) -> bool:
    """Whether every byte is what it should be, or a digit of a number, or the point of a decimal.

    What stands between two values is as long as it should be, by the way lengths were measured, and is looked at here.
    So are flags. No digit is among all this: when there are as many digits as numbers have room for, they fill it.
    """
    text, ends, lengths, _ = cells
    numbers = lengths[: template.numbers]
    points = len(template.decimals) * numbers.shape[1]
    return bool(
        numbers.min() > 0
        and np.count_nonzero(text.letters - np.uint8(ord("0")) < 10) == numbers.sum() - points
        and text.bytes.startswith(template.head, text.begins + 1)
        and _is_between(template, text, ends)
        and _are_flags(template, cells)
    )


def _is_between(template: Template, text: Text, ends: Places) -> bool:
    for probe in template.probes:
        places = ends[probe.cells] + probe.distance if probe.distance else ends
        words = text.words[places]
        words &= probe.kept
        if (words != probe.wanted).any():
            return False
    return True


def _are_flags(template: Template, cells: Cells) -> bool:
    if not template.flags:
        return True
    ends, lengths = cells.ends[template.numbers :], cells.lengths[template.numbers :]
    words = cells.text.words[ends - WORD]
    words &= _FLAG_MASKS.take(lengths, mode="clip")
    return not (words != _FLAG_WORDS.take(lengths, mode="clip")).any()
