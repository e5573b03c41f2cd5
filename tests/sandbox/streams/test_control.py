"""What a client may say, and what it is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.streams.control import ControlError, answer

METHODS = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"
BAD_ID = "Invalid request: request ID must be an unsigned integer"
BAD_NAME = "Invalid request: property name must be a string"
TOO_MANY = "Invalid request: too many parameters"


class Line:
    """A connection that only remembers."""

    def __init__(self) -> None:
        self.is_combined = False
        self.names: list[str] = []

    def combine(self, is_combined: bool) -> None:
        self.is_combined = is_combined

    def subscribe(self, names: Sequence[str]) -> None:
        if len(names) > 3:
            raise ControlError(2, TOO_MANY)
        self.names += names

    def unsubscribe(self, names: Sequence[str]) -> None:
        self.names = [name for name in self.names if name not in names]

    def subscriptions(self) -> list[str]:
        return self.names


def asked(line: Line, method: str, *params: object, id: object = 7) -> object:
    return json.loads(answer(json.dumps({"method": method, "params": params, "id": id}), line))


def test_subscriptions_come_and_go() -> None:
    """A null result for each change, and the names in order when asked."""
    line = Line()

    assert {"result": None, "id": 7} == asked(line, "SUBSCRIBE", "btcusdt@trade", "btcusdt@depth")
    assert {"result": None, "id": "a-1"} == asked(line, "UNSUBSCRIBE", "btcusdt@trade", id="a-1")
    assert {"result": ["btcusdt@depth"], "id": None} == asked(line, "LIST_SUBSCRIPTIONS", id=None)
    assert '{"result":["btcusdt@depth"],"id":3}' == answer('{"method":"LIST_SUBSCRIPTIONS","id":3}', line)


def test_the_one_property() -> None:
    """It is read and set."""
    line = Line()

    assert {"result": False, "id": 7} == asked(line, "GET_PROPERTY", "combined")
    assert {"result": None, "id": 7} == asked(line, "SET_PROPERTY", "combined", True)
    assert {"result": True, "id": 7} == asked(line, "GET_PROPERTY", "combined")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", 3, "Invalid JSON: expected value at line 1 column 0"),
        ("hello", 3, "Invalid JSON: expected value at line 1 column 1"),
        ('{"method":\n x}', 3, "Invalid JSON: expected value at line 2 column 2"),
        ('{"id": NaN}', 3, "Invalid JSON: expected value at line 1 column 1"),
        ("[" * 50_000, 3, "Invalid JSON: expected value at line 1 column 1"),
        ("9" * 5_000, 3, "Invalid JSON: expected value at line 1 column 1"),
        ("5", 2, "Invalid request: missing field `method` at line 1 column 1"),
        ('["SUBSCRIBE"]', 2, "Invalid request: missing field `method` at line 1 column 13"),
        (
            '{"params":["btcusdt@aggTrade"],"id":1}',
            2,
            "Invalid request: missing field `method` at line 1 column 38",
        ),
        (
            '{"method":"SUBSCRIBED","id":1}',
            2,
            f"Invalid request: unknown variant `SUBSCRIBED`, expected one of {METHODS} at line 1 column 22",
        ),
        (
            '{"id":1,\n"method": "subscribe"}',
            2,
            f"Invalid request: unknown variant `subscribe`, expected one of {METHODS} at line 2 column 21",
        ),
        (
            '{"method":"é","id":1}',
            2,
            f"Invalid request: unknown variant `é`, expected one of {METHODS} at line 1 column 14",
        ),
        (
            '{"method":[1],"id":1}',
            2,
            f"Invalid request: unknown variant `[1]`, expected one of {METHODS} at line 1 column 13",
        ),
        ('{"method":"LIST_SUBSCRIPTIONS"}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":1.5}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":true}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":9223372036854775808}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":""}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":"1234567890123456789012345678901234567"}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":"\\ud800"}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","id":[]}', 2, BAD_ID),
        ('{"method":"LIST_SUBSCRIPTIONS","params":["x"],"id":1}', 2, TOO_MANY),
        ('{"method":"GET_PROPERTY","params":["combined","x"],"id":1}', 2, TOO_MANY),
        ('{"method":"SET_PROPERTY","params":["combined",true,1],"id":1}', 2, TOO_MANY),
        ('{"method":"SUBSCRIBE","params":["a","b","c","d"],"id":1}', 2, TOO_MANY),
        ('{"method":"GET_PROPERTY","id":1}', 2, BAD_NAME),
        ('{"method":"GET_PROPERTY","params":[5],"id":1}', 2, BAD_NAME),
        ('{"method":"SET_PROPERTY","params":[null,true],"id":1}', 2, BAD_NAME),
        ('{"method":"SET_PROPERTY","params":["combined"],"id":1}', 1, "Invalid value type: expected Boolean"),
        ('{"method":"SET_PROPERTY","params":["combined","true"],"id":1}', 1, "Invalid value type: expected Boolean"),
        ('{"method":"SUBSCRIBE","id":1}', 2, "Invalid request: missing field `params` at line 1 column 29"),
        (
            '{"method":"SUBSCRIBE","params":"btcusdt@trade","id":1}',
            2,
            'Invalid request: invalid type: string "btcusdt@trade", expected a sequence at line 1 column 46',
        ),
        (
            '{"method":"SUBSCRIBE","params":["btcusdt@trade",5],"id":1}',
            2,
            "Invalid request: invalid type: integer `5`, expected a string at line 1 column 50",
        ),
    ],
)
def test_refusals_are_literal(text: str, code: int, message: str) -> None:
    """Code and message, and nothing else."""
    line = Line()

    assert {"code": code, "msg": message} == json.loads(answer(text, line))
    assert [] == line.names


@pytest.mark.parametrize("method", ["GET_PROPERTY", "SET_PROPERTY"])
def test_an_unknown_property_is_refused_with_the_id(method: str) -> None:
    """The one refusal that says which message it is about."""
    line = Line()

    assert {"code": 0, "msg": "Unknown property", "id": 7} == asked(line, method, "combine")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=50)
@given(
    st.fixed_dictionaries(
        {},
        optional={"method": st.sampled_from(METHODS.replace("`", "").split(", ")) | JSON, "params": JSON, "id": JSON},
    )
    | JSON
)
def test_every_json_has_an_answer(message: object) -> None:
    """An answer that is JSON itself, whatever was said."""
    said = json.loads(answer(json.dumps(message), Line()))

    assert "result" in said or said["code"] in (0, 1, 2, 3)


@given(st.text())
def test_every_text_has_an_answer(text: str) -> None:
    """Whether it is JSON or not."""
    json.loads(answer(text, Line()))
