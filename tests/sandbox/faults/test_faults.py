"""The dice: whom a fault strikes, how often, and what cannot be ordered."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.faults import KINDS, Faults, WrongWord


def struck(faults: Faults, times: int, kind: str = "429") -> list[bool]:
    return [faults.draw(kind, "new_order", "/api/v3/order", method="POST") is not None for _ in range(times)]


def test_without_faults_nothing_strikes() -> None:
    """The usual case."""
    faults = Faults()

    assert not faults.is_any
    assert faults.draw(set(KINDS), "new_order") is None


@pytest.mark.parametrize(
    ("route", "method", "strikes"),
    [
        ("*", "*", True),
        ("new_order", "*", True),
        ("/api/v3/order", "post", True),
        ("/api/v3/ord*", "*", True),
        ("order.place", "*", False),
        ("klines", "*", False),
        ("new_order", "DELETE", False),
    ],
)
def test_a_fault_strikes_on_its_route(route: str, method: str, strikes: bool) -> None:
    """By an endpoint's name, a path or a pattern, and by method."""
    faults = Faults()
    faults.put({"kind": "429", "route": route, "method": method})

    assert [strikes] == struck(faults, 1)


def test_what_is_no_call_has_a_route_of_its_own() -> None:
    """A stream's name, whatever it is; a method binds no stream."""
    faults = Faults()
    faults.put({"kind": "cut", "route": "btcusdt@*", "method": "GET"})

    assert faults.draw(("cut", "silence"), "ethusdt@trade") is None
    assert faults.draw(("cut", "silence"), "btcusdt@trade") is not None
    assert faults.draw("silence", "btcusdt@trade") is None


def test_it_strikes_after_so_many_and_so_often() -> None:
    """It lets two pass, strikes twice, and is gone; another kind does not use it up."""
    faults = Faults()
    faults.put({"kind": "429", "skip": 2, "count": 2})

    others = struck(faults, 3, kind="403")
    assert [False] * 3 == others
    assert [False, False, True, True, False] == struck(faults, 5)
    assert not faults.is_any


@given(st.integers(-1000, 1000), st.floats(0, 1))
def test_the_same_seed_strikes_the_same(seed: int, probability: float) -> None:
    """Whatever seed and probability."""
    outcomes = []
    for _ in range(2):
        faults = Faults()
        faults.put({"kind": "429", "probability": probability, "seed": seed})
        outcomes.append(struck(faults, 40))

    assert outcomes[0] == outcomes[1]


def test_probability_is_how_often_it_strikes() -> None:
    """About so often, never for 0 and always for 1; another seed strikes others."""
    patterns = {}
    for probability, seed in ((0.0, 1), (0.3, 1), (0.3, 2), (1, 1)):
        faults = Faults()
        faults.put({"kind": "429", "probability": probability, "seed": seed})
        patterns[probability, seed] = struck(faults, 1000)

    assert 0 == sum(patterns[0.0, 1])
    assert 1000 == sum(patterns[1, 1])
    assert 250 < sum(patterns[0.3, 1]) < 350
    assert patterns[0.3, 1] != patterns[0.3, 2]


def test_the_first_that_was_set_strikes_first() -> None:
    """A call meets one at a time; the other waits for the next."""
    faults = Faults()
    faults.put({"kind": "429", "count": 1})
    faults.put({"kind": "418", "count": 1})
    kinds = {"429", "418"}

    drawn = [faults.draw(kinds, "ping") for _ in range(3)]

    assert ["429", "418", None] == [fault and fault.kind for fault in drawn]


def test_a_fault_is_cleared_alone_or_with_all() -> None:
    """By its number; clearing what is gone already does nothing."""
    faults = Faults()
    first, _, _ = (faults.put({"kind": kind}) for kind in ("429", "418", "403"))

    assert [1, 0, 2] == [faults.clear(first.number), faults.clear(first.number), faults.clear()]
    assert not faults.is_any


def test_details_are_complete() -> None:
    """What nobody says has its default."""
    fault = Faults().put({"kind": "reply_503_execute_later", "after_ms": 5})

    assert {"code": -1007, "after_ms": 5, "after_real_ms": 0} == fault.details


@pytest.mark.parametrize(
    ("asked", "culprit", "suggestion"),
    [
        ({}, "kind", None),
        ({"kind": "execute_then_504"}, "execute_then_504", "execute_then_503"),
        ({"kind": ["429"]}, "['429']", "429"),
        ({"kind": "429", "route": "new_oder"}, "new_oder", "new_order"),
        ({"kind": "429", "route": "/api/v3/oder"}, "/api/v3/oder", "/api/v3/order"),
        ({"kind": "429", "route": ""}, "route", None),
        ({"kind": "429", "route": 7}, "route", None),
        ({"kind": "429", "method": "POSH"}, "method", None),
        ({"kind": "429", "probability": 1.1}, "probability", None),
        ({"kind": "429", "probability": float("nan")}, "probability", None),
        ({"kind": "429", "probability": True}, "probability", None),
        ({"kind": "429", "count": 0}, "count", None),
        ({"kind": "429", "count": 1.5}, "count", None),
        ({"kind": "429", "skip": -1}, "skip", None),
        ({"kind": "429", "seed": "lucky"}, "seed", None),
        ({"kind": "429", "retry_after": 3}, "retry_after", "retry_after_seconds"),
        ({"kind": "429", "retry_after_seconds": -3}, "retry_after_seconds", None),
        ({"kind": "execute_then_503", "code": -1000}, "code", None),
        ({"kind": "delay", "ms": True}, "ms", None),
        ({"kind": "cut", "ms": 5}, "ms", None),
    ],
)
def test_what_cannot_be_is_named(asked: dict[str, Any], culprit: str, suggestion: str | None) -> None:
    """With the nearest word that can; nothing is set."""
    faults = Faults()

    with pytest.raises(WrongWord) as caught:
        faults.put(asked)

    assert (culprit, suggestion) == (caught.value.culprit, caught.value.suggestion)
    assert caught.value.message.endswith(".")
    assert not faults.is_any


@given(
    st.dictionaries(
        st.sampled_from(["kind", "route", "method", "probability", "count", "skip", "seed", "ms", "code"])
        | st.text(max_size=5),
        st.sampled_from([*KINDS, *ENDPOINTS, "*", "["])
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=2),
            max_leaves=3,
        ),
        max_size=6,
    )
)
def test_whatever_is_ordered_is_set_or_named(asked: dict[str, Any]) -> None:
    """JSON of any kind."""
    faults = Faults()

    with suppress(WrongWord):
        faults.put(asked)

    for fault in faults.as_json():
        assert KINDS[fault["kind"]].details.keys() <= fault.keys()
        faults.draw(fault["kind"], "new_order", method="POST")
