from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_nb import connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import bind, tokenise
from binance_nb.notebook.completion import Completion
from binance_nb.notebook.verbs import OWN_VERBS, command_for

VERBS = [*OWN_VERBS, *ENDPOINTS]
WORDS = [
    "BTCUSDT",
    "1h",
    "-30d",
    "BUY",
    "LIMIT",
    "true",
    "$sym",
    "{sym}",
    "{sy",
    '"a b"',
    "'x",
    "[",
    '["A","B',
    "#",
    ";",
]
NAMES = [
    "--start",
    "--start-time=",
    "--exact",
    "--sym",
    "limit=5",
    "startTime=",
    "symbol=",
    "--",
    "-",
    "--no-such",
    "no=1",
]
PARAMETERS = sorted({parameter.name for endpoint in ENDPOINTS.values() for parameter in endpoint.asked})
PARTS = st.one_of(
    st.sampled_from([*VERBS, *WORDS, *NAMES]),
    st.sampled_from([*VERBS, *PARAMETERS, *NAMES]).flatmap(
        lambda verb: st.integers(1, len(verb)).map(lambda end: verb[:end])
    ),
    st.text("abkSTU=-_$'\"{}[],. 01", max_size=6),
)
LINES = st.one_of(
    st.builds(lambda verb, rest: " ".join([verb, *rest]), st.sampled_from(VERBS), st.lists(PARTS, max_size=5)),
    st.lists(PARTS, max_size=5).map(" ".join),
)
REST_OF_WORD = re.compile(r"[^\s'\",\])}]*")


class Nobody:
    """No session is open."""

    open_session = None


@pytest.fixture
def completion(plain_shell: Any) -> Completion:
    """Completion in a shell that holds a session, which contacts nobody, and a few variables."""
    plain_shell.push({"sym": "BTCUSDT", "session": connect("http://127.0.0.1:1"), "connect": connect, "few": [1, 2]})
    return Completion(plain_shell, Nobody())


same_shell = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)


@same_shell
@given(line=LINES, at=st.just(1.0) | st.floats(0, 1))
def test_no_proposal_is_an_unknown_verb_or_option(completion: Completion, line: str, at: float) -> None:
    """At any place of any line, what is proposed as a verb or a name is one to the binder as well."""
    text = f"%binance {line}"
    column = len("%binance ") + round(at * len(line))
    found = completion.find([text], 0, column)
    rest = REST_OF_WORD.match(text, column)
    assert rest is not None
    named = [each for each in (found.proposals if found else []) if each.type in ("verb", "option")]

    for proposal in named[:30]:
        assert found is not None
        whole = f"{text[: column - len(found.said)]}{proposal.text}{rest[0]}".removeprefix("%binance ")
        assert refusal(whole) is None, (text, column, proposal)


def refusal(line: str) -> str | None:
    """Why a line is refused: for an unknown verb or name, not for what is missing or undefined."""
    try:
        tokens = tokenise(line)
    except UsageError as error:  # a quote that is not closed yet
        tokens = tokenise(f"{line}{line[error.details['column'] - 1]}")
    command = command_for(tokens[0].value)
    if command is None:
        return f"no verb {tokens[0].value}"
    if command.verb == "help" and len(tokens) > 1:
        return None if tokens[1].value in VERBS else f"no verb {tokens[1].value}"
    try:
        bind(tokens[1:], command, {})
    except UsageError as error:
        return error.message if " has no " in error.message else None
    return None


@same_shell
@given(
    head=st.sampled_from(
        ["%binance ", "x = %binance ", "%%binance\n", "%%binance\nbtc = klines X 1h\n", "session.klines(", "connect("]
    ),
    lines=st.lists(
        st.one_of(LINES, st.text("session.klines(\"'[]{})=,\\\n%!# 1h", max_size=30)), min_size=1, max_size=3
    ),
    at=st.just(1.0) | st.floats(0, 1),
)
def test_no_text_makes_completion_fail(completion: Completion, head: str, lines: list[str], at: float) -> None:
    """Whatever is written, wherever the cursor stands: what is replaced ends at the cursor and stands on its line."""
    cell = head + "\n".join(lines)
    before = cell[: round(at * len(cell))]
    rows, row = cell.split("\n"), before.count("\n")
    column = len(before.rpartition("\n")[2])

    found = completion.find(rows, row, column)

    assert found is None or rows[row][:column].endswith(found.said)
