"""The line to paste under a line that failed: with what it lacks, and for the place that it went to."""

from __future__ import annotations

from collections.abc import Sequence

from binance_nb.catalog import ENDPOINTS, Endpoint, Parameter
from binance_nb.catalog.checks import ProblemKind
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import Token, bind, mended_line, tokenise
from binance_nb.notebook.verbs import OWN_VERBS, command_for
from binance_nb.rendering import example_words

__all__ = ["next_line"]

_MAGIC = "%binance "
_TO_SANDBOX = "%binance use sandbox"
_ENV = "env"


def next_line(line: str, error: BinanceError, *, is_on_sandbox: bool) -> str | None:
    """Return what to paste after a line has failed.

    Args:
        line: What was written behind ``%binance``.
        error: Why it failed.
        is_on_sandbox: Whether lines that name no place go to a sandbox.

    Returns:
        A whole line, ``%binance`` included; a word where no line can be made of it; None where there is nothing.
    """
    found = mended_line(line, error) or _completed(line, error) or error.suggestion
    return _elsewhere(line, found, is_on_sandbox=is_on_sandbox) if found and found.startswith(_MAGIC) else found


def _completed(line: str, error: BinanceError) -> str | None:
    """Return a line with what it lacks; None where the choice is the person's alone."""
    endpoint = ENDPOINTS.get(error.operation or "")
    if endpoint is None or error.details.get("problem") != ProblemKind.MISSING:
        return None
    tokens = tokenise(line)
    missing = [each for each in endpoint.asked if each.python_name == error.details["parameter"]]
    if missing and missing[0] in endpoint.positional:
        given = _given(tokens)
        missing = [each for each in endpoint.positional if each.required and each.python_name not in given]
    if not missing or not all(_may_be_proposed(endpoint, each) for each in missing):
        return None
    return f"{_MAGIC}{' '.join([line[: tokens[-1].end].strip(), *(_example(endpoint, each) for each in missing)])}"


def _may_be_proposed(endpoint: Endpoint, parameter: Parameter) -> bool:
    # Nobody else decides what is bought or sold, and how much of it; how long an order stays has a usual answer.
    return not endpoint.changes_state or (bool(parameter.values) and not parameter.required)


def _given(tokens: Sequence[Token]) -> dict[str, object]:
    command = command_for(tokens[0].value)
    assert command is not None  # the line was understood
    return bind(tokens[1:], command, {}, lambda token, _: token.value).words


def _example(endpoint: Endpoint, parameter: Parameter) -> str:
    text = example_words(endpoint).get(parameter.name) or next(iter(parameter.values), "1")
    is_placed = parameter in endpoint.positional
    return text if is_placed else f"--{parameter.python_name.replace('_', '-')} {text}"


def _elsewhere(line: str, proposed: str, *, is_on_sandbox: bool) -> str:
    """Return a line for the place that the failed one went to: looked up here, an order sent there is not found."""
    span = _env_span(line)
    if span is None or _env_span(proposed.removeprefix(_MAGIC)) is not None:
        return proposed
    start, end = span
    if proposed == _TO_SANDBOX:
        here = f"{line[:start].strip()} {line[end:].strip()}".strip()
        return f"{_MAGIC}{here}" if is_on_sandbox else proposed
    verb = proposed.removeprefix(_MAGIC).partition(" ")[0]
    takes = verb in ENDPOINTS or (verb in OWN_VERBS and _ENV in OWN_VERBS[verb].options)
    return f"{proposed} {line[start:end]}" if takes else proposed


def _env_span(line: str) -> tuple[int, int] | None:
    """Find where a line says where it goes."""
    try:
        tokens = tokenise(line)
    except UsageError:
        return None
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.name == _ENV:
            return token.start, (token.end if token.has_value or after is None else after.end)
    return None
