"""Parameters as they are read out of the bytes."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.refusals import Refusal

NAMES = st.text(min_size=1, max_size=8)
PAIRS = st.dictionaries(NAMES, st.text(max_size=8), max_size=5)


def form(pairs: dict[str, str]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs.items())


@given(query=PAIRS, body=PAIRS)
def test_query_and_body_are_read_together_and_the_query_wins(query: dict[str, str], body: dict[str, str]) -> None:
    """Whatever was percent-encoded comes out again, from both places."""
    received = Received("POST", "/", form(query), form(body).encode())

    assert {**body, **query} == received.parameters()


def test_a_get_has_no_body_parameters() -> None:
    """What stands in the body of a GET is not read."""
    received = Received("GET", "/", "a=1", b"b=2")

    assert {"a": "1"} == received.parameters()


def test_a_plus_is_a_space() -> None:
    """Form encoding writes a space as +, so a plus sign has to be percent-encoded."""
    received = Received("GET", "/", "a=1+2&b=%2B02:00")

    assert {"a": "1 2", "b": "+02:00"} == received.parameters()


@pytest.mark.parametrize(("query", "body"), [("a=1&a=2", ""), ("a=1&%61=1", ""), ("", "a=1&b=2&a=1")])
def test_a_name_twice_in_one_place_is_refused(query: str, body: str) -> None:
    """Twice in the query, or twice in the body, is -1101; however it is spelled."""
    with pytest.raises(Refusal) as caught:
        Received("POST", "/", query, body.encode()).parameters()

    assert (-1101, "Duplicate values for a parameter detected.") == (caught.value.code, caught.value.message)


@pytest.mark.parametrize("query", ["a=%FF", "%C3=1", "a=%E8%BF"])
def test_bytes_that_are_no_text_are_refused(query: str) -> None:
    """Percent-encoded bytes have to be UTF-8."""
    with pytest.raises(Refusal) as caught:
        Received("GET", "/", query).parameters()

    assert caught.value.code == -1100


@pytest.mark.parametrize(
    ("query", "body", "payload"),
    [
        ("a=1&b=2&signature=x", "", b"a=1&b=2"),
        ("signature=x&a=1&b=%2f", "", b"a=1&b=%2f"),
        ("a=1", "b=2&signature=x", b"a=1b=2"),
        ("a=1&signature=x", "b=2", b"a=1b=2"),
        ("signature=x", "", b""),
    ],
)
def test_the_signature_covers_the_other_bytes_as_they_came(query: str, body: str, payload: bytes) -> None:
    """Query and body with nothing between, without the signature, wherever that stands, and encoded as it was."""
    received = Received("POST", "/", query, body.encode())

    assert payload == received.signed_payload()
