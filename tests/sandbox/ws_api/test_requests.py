"""Frames, read as requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.door.gate import is_signed_by
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.ws_api.requests import Request, frame_of, id_of, request_of, signed_payload

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def read(text: str) -> Request:
    """Read a frame as the session does."""
    frame = frame_of(text)
    id_of(frame)
    return request_of(frame)


def refused(text: str) -> tuple[int, str]:
    """The code and message with which a frame is refused."""
    with pytest.raises(Refusal) as caught:
        read(text)
    return caught.value.code, caught.value.message


def test_parameters_become_the_texts_that_a_query_would_carry() -> None:
    """Numbers keep their spelling, flags are words, lists are JSON, nothing is empty; a version before is dropped."""
    params = '{"a": 1.50, "b": 12345678901234567890123, "c": true, "d": ["X", "Y"], "e": null, "f": "这"}'

    request = request_of(frame_of(f'{{"method": "v3/order.place", "params": {params}}}'))

    texts = {"a": "1.50", "b": "12345678901234567890123", "c": "true", "d": '["X","Y"]', "e": "", "f": "这"}
    assert ("order.place", texts) == (request.method, request.params)


def test_documented_signatures_cover_what_is_said_to_be_signed(spec_folder: Path) -> None:
    """The payload is the documented one, and where a secret is published its signature fits."""
    vectors: list[dict[str, Any]] = json.loads((spec_folder / "signing.json").read_text())["vectors"]
    mine = [vector for vector in vectors if vector["api"] == "ws_api"]
    payloads = [signed_payload(dict(vector["params"])) for vector in mine]
    secret = [pair for pair in zip(mine, payloads, strict=True) if pair[0]["algorithm"] == "HMAC"]

    assert [vector["payload"].encode() for vector in mine] == payloads
    assert secret
    assert all(is_signed_by(vector["secret_key"], payload, vector["signature"]) for vector, payload in secret)


def test_the_switch_for_limits_is_signed_but_is_no_parameter() -> None:
    """returnRateLimits belongs to the request, not to the endpoint; a signature covers it all the same."""
    request = request_of(
        frame_of('{"method": "time", "params": {"z": 1, "returnRateLimits": false, "signature": "x"}}')
    )

    assert (False, {"z": "1", "signature": "x"}) == (request.shows_limits, request.params)
    assert b"returnRateLimits=false&z=1" == request.payload


@pytest.mark.parametrize("given", ["7", "-7", '"a b"', '"7"', "null", str(2**63)])
def test_an_id_comes_back_as_it_was(given: str) -> None:
    """A whole number, a text, or null; a text of digits stays a text."""
    assert json.loads(given) == id_of(frame_of(f'{{"id": {given}}}'))


@pytest.mark.parametrize("given", ["1.5", "1e3", "true", "[]", "{}", str(10**20)])
def test_an_id_of_another_kind_is_refused(given: str) -> None:
    """Neither fractions nor flags nor anything with parts, and no number past 64 bits."""
    assert (-1130, "Data sent for parameter 'id' is not valid.") == refused(f'{{"id": {given}, "method": "time"}}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "time",
        "{",
        "[]",
        '"time"',
        "null",
        "1",
        '{"id": NaN}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id": "\\ud800"}',
    ],
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    """Garbage, other JSON, nesting without end, half a character: all are one refusal."""
    assert (-1135, "Invalid JSON Request") == refused(text)


@pytest.mark.parametrize("method", ["", ', "method": null', ', "method": ""', ', "method": 1', ', "method": ["time"]'])
def test_a_request_without_a_method_is_refused(method: str) -> None:
    """A method is a text with something in it."""
    expected = "Mandatory parameter 'method' was not sent, was empty/null, or malformed."

    assert (-1102, expected) == refused(f'{{"id": 1{method}}}')


@pytest.mark.parametrize(
    ("params", "code"), [("[]", -1135), ('"a"', -1135), ("1", -1135), ('{"a": {}}', -1130), ('{"a": [[1]]}', -1135)]
)
def test_parameters_of_a_wrong_shape_are_refused(params: str, code: int) -> None:
    """They are an object of plain values and flat lists."""
    assert code == refused(f'{{"method": "time", "params": {params}}}')[0]


def test_a_name_twice_is_refused() -> None:
    """Which of the two values was meant, nobody can know."""
    assert (-1101, "Duplicate values for a parameter detected.") == refused('{"method": "time", "method": "ping"}')


@given(JSON, JSON | st.just("time"), JSON | st.dictionaries(st.text(), st.text() | st.integers()))
def test_any_json_is_read_or_refused(request_id: object, method: object, params: object) -> None:
    """Whatever JSON comes, a request or a refusal with a code comes of it, and never another exception."""
    try:
        outcome = read(json.dumps({"id": request_id, "method": method, "params": params})).method
    except Refusal as refusal:
        outcome = str(refusal.code)

    assert outcome in ("-1101", "-1102", "-1130", "-1135", str(method).removeprefix("v3/"))
