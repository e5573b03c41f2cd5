"""Whatever the exchange says, the error holds a cause, a remedy, and a line to paste."""

from __future__ import annotations

import json
import re

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.error_codes import ERROR_CODES, HTTP_STATUSES
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.stream_errors import STREAM_ERRORS, StreamRefusal
from binance_nb.client import Reply
from binance_nb.client.clock import ClockReading, ServerClock
from binance_nb.client.verdicts.outcome import failure, stream_refusal
from binance_nb.errors import BinanceError, ExecutionUnknownError, StreamError
from binance_nb.grammar import bind, command_of, tokenise
from binance_nb.notebook.verbs import OWN_VERBS
from binance_nb.rendering import error_card

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "60000",
    "newClientOrderId": "mine",
}
READ = {"symbol": "BTCUSDT"}
CALLS = [("new_order", ORDER), ("depth", READ)]
TEXTS = [(code, place) for code, entry in ERROR_CODES.items() for place in range(len(entry.said))]
LINE = re.compile(r"(?:Try|Look it up): (%.+)")


def told(name: str, sent: dict[str, str], status: int, body: bytes) -> BinanceError:
    clock = ServerClock(lambda: ClockReading(0))
    clock.follow(ClockReading(1_717_243_200_000, rate=0.0))
    error = failure(ENDPOINTS[name], Reply(name, sent, status, {}, body), clock)
    assert error is not None
    return error


def refused(name: str, sent: dict[str, str], status: int, code: int, message: str) -> BinanceError:
    return told(name, sent, status, json.dumps({"code": code, "msg": message}).encode())


def check_line(text: str) -> None:
    """The line to paste is one that %binance understands."""
    (line,) = LINE.findall(text)
    verb, *words = tokenise(line.removeprefix("%binance "))
    if verb.value in OWN_VERBS:
        return
    endpoint = ENDPOINTS[verb.value]
    bound = bind(words, command_of(endpoint, ("part",)), {})
    missing = [each.name for each in endpoint.asked if each.required and each.python_name not in bound.words]
    assert not missing


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
@pytest.mark.parametrize(("code", "place"), TEXTS)
def test_every_text_of_every_code_has_a_whole_card(call: tuple[str, dict[str, str]], code: int, place: int) -> None:
    """What happened, why, what was sent, what to do, and a line that can be pasted as it is."""
    entry = ERROR_CODES[code]
    message = entry.say(place, *["x"] * entry.said[place].slots)

    error = refused(*call, entry.status(place), code, message)

    text = error_card(error).text()
    assert message in text
    assert "Why: " in text
    assert "What to do: " in text
    assert "sent " in text or error.http_status is None or "again is safe" in text
    assert f"code {code} {entry.name}" in text
    check_line(text)


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_failure_has_a_whole_card(name: str) -> None:
    """The filter's own words, what was sent, and the line that shows its bounds."""
    broken = FILTERS[name]

    error = refused("new_order", ORDER, 400, broken.code, broken.message)

    text = error_card(error).text()
    assert f"Why: {broken.cause}" in text
    assert "price 60000" in text
    check_line(text)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
@pytest.mark.parametrize("status", [*HTTP_STATUSES, 502, 503, 504, 599])
@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"code": 0, "msg": "Not here."}'])
def test_every_status_has_a_whole_card(call: tuple[str, dict[str, str]], status: int, body: bytes) -> None:
    """With and without a body; a code of 0 is none, and the status speaks for itself."""
    error = told(*call, status, body)

    text = error_card(error).text()
    known = HTTP_STATUSES[min(status, 500)]
    assert f"Why: {known.cause}" in text
    assert "What to do: " in text
    assert "code 0" not in text
    check_line(text)


@pytest.mark.parametrize(("status", "body"), [(503, b""), (200, b"<html>"), (500, b'{"code":-1007,"msg":"Timeout"}')])
def test_an_order_without_a_verdict_says_unknown_and_never_failed(status: int, body: bytes) -> None:
    """Whoever reads "failed" sends it again."""
    error = told("new_order", ORDER, status, body)

    text = error_card(error).text()
    assert isinstance(error, ExecutionUnknownError)
    assert text.startswith("? UNKNOWN: ")
    assert "Look it up: %binance get_order BTCUSDT --orig-client-order-id mine" in text
    assert "fail" not in text.lower().replace("something failed inside", "")
    assert "outcome: UNKNOWN" in "\n".join(error._render_traceback_())


def test_codes_of_other_protocols_share_one_text() -> None:
    """FIX and SBE are not spoken here."""
    others = [entry for entry in ERROR_CODES.values() if {"fix", "sbe"} & set(entry.surfaces)]

    assert 1 == len({(entry.cause, entry.remedy) for entry in others})


@pytest.mark.parametrize("known", STREAM_ERRORS, ids=lambda known: known.said.template[:40])
def test_every_refusal_on_a_stream_has_a_card(known: StreamRefusal) -> None:
    """The control requests of a stream are refused with codes of their own."""
    message = known.said.template.replace("%s", "1")

    error = stream_refusal(known.code, message)

    text = error_card(error).text()
    assert isinstance(error, StreamError)
    assert message in text
    assert f"What to do: {known.said.remedy}" in text
    assert "did not carry out" not in text


def test_a_stream_refusal_is_known_wherever_it_stopped_reading() -> None:
    """The exchange counts lines and columns of the request it got."""
    error = stream_refusal(2, "Invalid request: missing field `method` at line 1 column 9")

    assert "The request does not say what it wants." == error.details["cause"]
    assert "did not carry out" in stream_refusal(7, "New one").details["cause"]
