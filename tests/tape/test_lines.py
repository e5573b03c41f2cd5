"""A line of a tape gives back what was written, or says that it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.tape.lines import DamagedLineError, read_line, write_line

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(body=st.binary())
def test_any_bytes_of_a_body_come_back(body: bytes) -> None:
    """Text, JSON, or neither."""
    line = write_line({"at": 1, "body": body, "status": 200})

    assert read_line(line)["body"] == body
    assert line.count("\n") == 1


@given(body=JSON, spaced=st.booleans())
def test_a_json_body_comes_back_letter_for_letter(body: Any, spaced: bool) -> None:
    """However it was spaced."""
    text = json.dumps(body, separators=(", ", ": ") if spaced else (",", ":"), ensure_ascii=spaced)
    raw = text.encode("utf-8", "surrogatepass")

    assert read_line(write_line({"body": raw, "z": 1}))["body"] == raw


def test_a_json_body_stands_in_its_line_as_it_came() -> None:
    """So that a difference between two tapes can be read."""
    line = write_line({"body": b'[["1.10",2]]', "call": "klines"})

    assert '"body": [["1.10",2]], "call": "klines"' in line


@pytest.mark.parametrize("body", [b'{"text":"x"}', b'{"base64":"eA=="}', b'"text"', b"12", b'{"a":\n1}'])
def test_a_body_that_looks_like_our_own_wrapping_comes_back(body: bytes) -> None:
    """What wraps other bodies is no exception."""
    assert read_line(write_line({"body": body}))["body"] == body


@given(fields=st.dictionaries(st.text(st.characters(codec="utf-8")), JSON, max_size=5), at=st.integers(0))
def test_a_line_with_another_letter_is_damaged(fields: dict[str, Any], at: int) -> None:
    """One letter is enough, wherever it stands."""
    fields = {name: value for name, value in fields.items() if name not in ("body", "check")} | {"call": "time"}
    line = write_line(fields).rstrip("\n")
    place = at % len(line)
    changed = line[:place] + ("x" if line[place] != "x" else "y") + line[place + 1 :]

    with pytest.raises(DamagedLineError):
        read_line(changed)


def test_keys_stand_in_order() -> None:
    """The checksum first, and the rest sorted."""
    line = write_line({"z": 1, "a": {"d": 1, "c": 2}})

    assert line.endswith('"a": {"c": 2, "d": 1}, "z": 1}\n')
