"""``%binance klines?`` shows the help of ``klines``, as a question mark does everywhere in IPython."""

from __future__ import annotations

import re

from IPython.core.interactiveshell import InteractiveShell

__all__ = ["hear_questions", "read_question", "stop_hearing_questions"]

# A bare %binance? stays IPython's own to answer.
_QUESTION = re.compile(r"\s*%binance\s+(?P<verb>[A-Za-z]\w*)\b[^?\n]*\?{1,2}\s*")


def read_question(lines: list[str]) -> list[str]:
    """Turn a cell that asks about a verb into the line that shows its help; IPython calls this for each cell.

    IPython itself would look for a variable of the verb's name.

    Args:
        lines: The cell.

    Returns:
        The cell to run.
    """
    match = _QUESTION.fullmatch("".join(lines))
    return [f"%binance help {match['verb']}\n"] if match else lines


def hear_questions(shell: InteractiveShell) -> None:
    """Answer questions in cells from now on.

    Args:
        shell: The shell.
    """
    shell.input_transformers_cleanup.append(read_question)


def stop_hearing_questions(shell: InteractiveShell) -> None:
    """Leave questions to IPython again.

    Args:
        shell: The shell.
    """
    shell.input_transformers_cleanup[:] = [each for each in shell.input_transformers_cleanup if each != read_question]
