"""The refusals on a stream's connection are the documented ones."""

from __future__ import annotations

from typing import Any

from binance_nb.catalog.stream_errors import STREAM_ERRORS, explain_stream


def test_refusals_are_those_of_the_documentation(spec_data: Any) -> None:
    """Codes, literal texts, and whether the answer repeats the id."""
    documented = spec_data("errors.json")["stream_control_errors"]

    assert [(known.code, known.said.template, known.carries_id) for known in STREAM_ERRORS] == [
        (entry["code"], entry["msg"], entry.get("has_id", False)) for entry in documented
    ]


def test_each_has_words_of_its_own() -> None:
    """No two causes are alike, and every one says what to do."""
    causes = {known.said.cause for known in STREAM_ERRORS}

    assert len(STREAM_ERRORS) == len(causes)
    assert all(known.said.remedy.endswith(".") for known in STREAM_ERRORS)


def test_what_was_wrong_is_repeated() -> None:
    """The method that does not exist is named, whatever the place at which reading stopped."""
    message = (
        "Invalid request: unknown variant `LISTEN`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, "
        "`SET_PROPERTY`, `GET_PROPERTY` at line 1 column 17"
    )

    assert "A stream's connection has no method LISTEN." == explain_stream(2, message).cause
