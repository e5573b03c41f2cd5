"""Error codes and their literal texts are the documented ones, and every one is explained in words of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.engine_messages import ENGINE_CODES, ENGINE_MESSAGES
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES, Explanation, ServerMessage, explain
from binance_nb.catalog.filters import FILTERS

ELSEWHERE = {"fix", "sbe"}
TEMPLATES = [(code, place) for code, entry in ERROR_CODES.items() for place in range(len(entry.said))]
SYMBOL_FIELDS = {"orderTypes", "permissionSets", "allowedSelfTradePreventionModes"}
REPLY_FIELDS = {"canTrade", "cancelResult", "newOrderResult", "cancelResponse"}
WEBSOCKET_WORDS = {"timeUnit"}


def all_explanations() -> Iterator[tuple[str, str, str]]:
    """Every text that a person may read: where it stands, cause, remedy."""
    for code, entry in ERROR_CODES.items():
        yield str(code), entry.cause, entry.remedy
        yield from ((f"{code} {m.template}", m.cause, m.remedy) for m in entry.said if m.cause)
    yield from ((name, item.cause, item.remedy) for name, item in FILTERS.items())
    yield from ((str(status), entry.cause, entry.remedy) for status, entry in HTTP_STATUSES.items())


def test_codes_are_those_of_the_documentation(spec_data: Any) -> None:
    """All documented codes are declared; a further one says that it is not documented."""
    documented = {entry["code"] for entry in spec_data("errors.json")["codes"]}

    assert documented == {code for code, entry in ERROR_CODES.items() if entry.is_documented}
    assert {-2008} == ERROR_CODES.keys() - documented


def test_facts_agree(spec_data: Any) -> None:
    """Names, literal texts, classification, statuses and the unknown-outcome mark are the documented ones."""
    for entry in spec_data("errors.json")["codes"]:
        declared = ERROR_CODES[entry["code"]]
        is_engine = entry["messages_from"] == "engine_messages"
        said = {
            "name": declared.name,
            "messages": [] if is_engine else list(declared.messages),
            "category": declared.category,
            "topic": declared.topic,
            "surface": list(declared.surfaces),
            "http_status": list(declared.http_statuses) or None,
            "execution_unknown": declared.is_execution_unknown,
        }

        assert {key: entry.get(key, False) for key in said} == said
        if "http_status_by_message" in entry:
            assert entry["http_status_by_message"] == [message.http_status for message in declared.said]


def test_engine_messages_agree(spec_data: Any) -> None:
    """The engine's texts, the codes that share them and the symbol flags behind them are the documented ones."""
    documented = spec_data("errors.json")["engine_messages"]

    assert documented["codes"] == list(ENGINE_CODES)
    assert [(m["message"], m.get("seen_with", []), m.get("symbol_flag")) for m in documented["messages"]] == [
        (m.template, list(m.seen_with), m.symbol_flag) for m in ENGINE_MESSAGES
    ]
    assert all(ERROR_CODES[code].said[: len(ENGINE_MESSAGES)] == ENGINE_MESSAGES for code in ENGINE_CODES)


def test_statuses_cover_the_documentation(spec_data: Any) -> None:
    """Every documented HTTP status of a failure is explained; those only met in the wild say so."""
    entries = {
        500 if entry["status"] == "5XX" else entry["status"]: entry
        for entry in spec_data("errors.json")["http_statuses"]
    }
    failures = entries.keys() - {200, "4XX"}
    unsure = {status for status, entry in entries.items() if entry.get("execution_unknown")}

    assert failures == {status for status, entry in HTTP_STATUSES.items() if entry.is_documented}
    assert {404, 451} == HTTP_STATUSES.keys() - failures
    assert unsure == {status for status, entry in HTTP_STATUSES.items() if entry.is_execution_unknown}


def test_every_text_is_short_and_whole() -> None:
    """A card has room for two short sentences each; both are there and end like sentences."""
    for place, cause, remedy in all_explanations():
        for text in (cause, remedy):
            assert text.endswith("."), (place, text)
            assert len(text) <= 190, (place, len(text), text)
            assert len(re.findall(r"[.?] (?=[A-Z])", text)) <= 1, (place, text)
            assert text == " ".join(text.split()), (place, text)


def test_every_code_has_words_of_its_own() -> None:
    """No two causes are alike, apart from the one text for codes of FIX and SBE."""
    causes: dict[str, list[int]] = {}
    for code, entry in ERROR_CODES.items():
        causes.setdefault(entry.cause, []).append(code)
    shared = [codes for codes in causes.values() if len(codes) > 1]
    elsewhere = [code for code, entry in ERROR_CODES.items() if ELSEWHERE & set(entry.surfaces)]

    assert [elsewhere] == shared


def test_engine_messages_have_words_of_their_own() -> None:
    """Each of the engine's texts has cause and remedy; none like another's."""
    causes = [message.cause for message in ENGINE_MESSAGES]

    assert all(message.cause and message.remedy for message in ENGINE_MESSAGES)
    assert len(set(causes)) == len(causes)


def test_names_in_the_texts_exist() -> None:
    """A call or a parameter that a remedy sends a person to is one of the catalog's."""
    parameters = {name for endpoint in ENDPOINTS.values() for name in endpoint.by_name}
    fields = {name for item in FILTERS.values() for name in (*item.fields, *item.inputs)}
    flags = {message.symbol_flag for message in ENGINE_MESSAGES}
    known = parameters | fields | flags | SYMBOL_FIELDS | REPLY_FIELDS | WEBSOCKET_WORDS

    for place, cause, remedy in all_explanations():
        words = re.findall(r"[A-Za-z_0-9]+", f"{cause} {remedy}")
        calls = {word for word in words if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", word)} - {"binance_nb"}
        camels = {word for word in words if re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", word)}

        assert calls <= ENDPOINTS.keys(), place
        assert camels <= known, place


@given(
    place=st.sampled_from(TEMPLATES),
    values=st.lists(st.from_regex(r"[A-Za-z0-9_:+-]{0,12}", fullmatch=True), min_size=3, max_size=3),
)
def test_what_is_said_can_be_read_back(place: tuple[int, int], values: list[str]) -> None:
    """Filling a text and reading the message gives the same text and the same values."""
    entry = ERROR_CODES[place[0]]
    known = entry.said[place[1]]
    filled = tuple(values[: known.slots])
    message = entry.say(place[1], *filled)

    assert (known, filled) == entry.read(message)
    assert known.read(message.rstrip(".")) == filled


@given(code=st.integers(-3000, 700), message=st.text())
def test_everything_is_explained(code: int, message: str) -> None:
    """No code and no message leaves a card empty, and a message never ends up as a format of ours."""
    explained = explain(code, message)

    assert explained.cause
    assert explained.remedy


@given(st.text())
def test_a_value_with_braces_stays_a_value(value: str) -> None:
    """What the server puts into a slot comes out as it was, even if it looks like a placeholder."""
    message = ServerMessage("Parameter '%s' was empty.", cause="{0} was empty.", remedy="Fill {0}.")

    assert Explanation(f"{value} was empty.", f"Fill {value}.") == message.explain((value,))


def test_messages_are_filled_from_their_templates() -> None:
    """A message is picked by its place or by words that only it has."""
    assert ERROR_CODES[-1121].say() == "Invalid symbol."
    assert (
        ERROR_CODES[-1102].say(1, "symbol")
        == ERROR_CODES[-1102].say("Mandatory", "symbol")
        == "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."
    )
    assert all(ERROR_CODES[item.code].say("Filter failure", item.name) == item.message for item in FILTERS.values())
    assert ERROR_CODES[-1224].say(0, "workingQuantity") == "Working order must include the 'workingQuantity' tag."


@pytest.mark.parametrize("values", [(), ("a", "b")])
def test_a_wrong_number_of_values_is_refused(values: tuple[str, ...]) -> None:
    """A text with one slot takes one value."""
    with pytest.raises(ValueError, match=r"takes 1 value\(s\), not"):
        ERROR_CODES[-1105].say("Parameter '", *values)


@pytest.mark.parametrize(("which", "found"), [("no such words", 0), ("parameter", 2)])
def test_words_have_to_pick_one_message(which: str, found: int) -> None:
    """Words that appear in no text, or in several, pick none."""
    with pytest.raises(LookupError, match=f"^{found} messages of -1102"):
        ERROR_CODES[-1102].say(which)


@pytest.mark.parametrize(
    ("code", "which", "status"),
    [
        (-1003, "IP banned", 418),
        (-1003, "weight used; current", 429),
        (-1015, 0, 429),
        (-2021, 0, 409),
        (-1121, 0, 400),
    ],
)
def test_a_message_knows_its_status(code: int, which: int | str, status: int) -> None:
    """The status is the documented one of the text, else of the code, else 400."""
    assert status == ERROR_CODES[code].status(which)


def test_the_message_says_more_than_the_code() -> None:
    """Texts of one code that mean different things are explained differently, with their values in place."""
    used = explain(-1003, ERROR_CODES[-1003].say(1, 6000, "1 MINUTE"))
    banned = explain(-1003, ERROR_CODES[-1003].say(2, 1795325033942))
    behind, ahead = (explain(-1021, text) for text in ERROR_CODES[-1021].messages)
    missing = explain(-1102, ERROR_CODES[-1102].say(1, "quantity"))

    assert "6000 request weight per 1 MINUTE" in used.cause
    assert "banned" in banned.cause
    assert "behind" in behind.cause
    assert "raise recvWindow" in behind.remedy
    assert "ahead" in ahead.cause
    assert "does not help" in ahead.remedy
    assert "quantity" in missing.cause
    assert "quantity" in missing.remedy


@pytest.mark.parametrize("code", ENGINE_CODES)
def test_the_engine_text_decides_whatever_the_code(code: int) -> None:
    """Every code that carries the engine's texts explains them, with or without the closing full stop."""
    for message in ENGINE_MESSAGES:
        own = Explanation(message.cause, message.remedy, message.look)

        assert own == explain(code, message.template)
        assert own == explain(code, message.template.rstrip(".") + ".")


def test_every_filter_failure_is_explained_by_its_filter(spec_data: Any) -> None:
    """Each documented failure gets the filter's own words, one that is new the general ones with its name."""
    for failure in spec_data("errors.json")["filter_failures"]:
        broken = FILTERS[failure["filter"]]

        assert failure["message"] == broken.message
        assert failure["codes"] == [broken.code]
        assert failure["documented"] == broken.is_message_documented
        assert Explanation(broken.cause, broken.remedy) == explain(broken.code, failure["message"])
    assert "MAX_MOONS" in explain(-1013, "Filter failure: MAX_MOONS").cause


def test_a_status_stands_in_for_a_missing_code() -> None:
    """An answer without a code is explained by its HTTP status, every 5XX alike."""
    assert "firewall" in explain(403).cause
    assert explain(500) == explain(503)
    assert explain(451).remedy != explain(418).remedy
