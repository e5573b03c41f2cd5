"""Each way a call can end is told apart, and the difference that matters most is whether it may have happened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.catalog.error_codes import explain
from binance_nb.client import Client, ClockReading, WeightBudget, endpoint_of
from binance_nb.environment import Environment
from binance_nb.errors import (
    ApiError,
    AuthenticationError,
    BinanceError,
    ExecutionUnknownError,
    FilterViolation,
    FirewallError,
    IpBannedError,
    OrderRejected,
    PartialReplaceError,
    RateLimitError,
    RegionBlockedError,
    ReplyError,
    TimestampError,
    TransportError,
)
from binance_nb.keys import credentials
from tests.client.scripted import Answer, ScriptedServer, refusal

Start = Callable[..., Any]
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
HALVES: dict[str, Any] = {
    "code": -2021,
    "msg": "Order cancel-replace partially failed.",
    "data": {"cancelResult": "SUCCESS", "newOrderResult": "FAILURE"},
}
TIMED_OUT = {"code": -1007, "msg": "Timeout waiting for response from backend server."}
REPLACE = {**ORDER, "cancel_replace_mode": "STOP_ON_FAILURE", "cancel_order_id": 7}


def patience(answer: Answer) -> dict[str, float]:
    """How long a client waits where no answer is going to come; long enough for those that come."""
    return {"timeout_seconds": 1.5} if answer.hangs else {}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(400, -1111, "Parameter 'quantity' has too much precision."), ApiError),
        (refusal(401, -2015, "Invalid API-key, IP, or permissions for action."), AuthenticationError),
        (refusal(400, -1022, "Signature for this request is not valid."), AuthenticationError),
        (refusal(400, -1013, "Filter failure: LOT_SIZE"), FilterViolation),
        (refusal(400, -2010, "Account has insufficient balance for requested action."), OrderRejected),
        (refusal(400, -2011, "Unknown order sent."), OrderRejected),
        (refusal(429, -1015, "Too many new orders."), RateLimitError),
        (refusal(429, -1003, "Too much request weight used."), RateLimitError),
        (refusal(418, -1003, "Way too much request weight used; IP banned until 1."), IpBannedError),
        (Answer(403, b"<html><body>Request blocked</body></html>"), FirewallError),
        (Answer(451, b'{"code": 0, "msg": "Service unavailable from a restricted location"}'), RegionBlockedError),
    ],
)
def test_a_refused_order_did_not_happen(peer: Start, answer: Answer, expected: type[BinanceError]) -> None:
    """A 4XX is the sender's fault: the class says which, and the order was sent once."""
    there = peer(answer)

    with pytest.raises(expected) as caught:
        there.client.call("new_order", **ORDER)

    assert type(caught.value) is expected
    assert caught.value.operation == "new_order"
    assert caught.value.http_status == answer.status
    assert caught.value.hint
    assert ["/api/v3/order"] == there.calls


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"oops"),
        Answer(503, b""),
        Answer(504, b"<html>gateway</html>"),
        refusal(503, -1007, "Timeout waiting for response from backend server."),
        refusal(400, -1006, "An unexpected response was received from the message bus. Execution status unknown."),
        refusal(400, -1000, "An unknown error occurred while processing the request."),
        refusal(400, -1001, "Internal error; unable to process your request. Please try again."),
        Answer(408, b"<html>Request Timeout</html>"),
        Answer(200, b"<html>not json"),
        Answer(200, b"{nope}"),
        Answer(200, b"[1]"),
        Answer(202, b""),
        Answer(hangs=True),
        Answer(drops=True),
    ],
)
def test_an_order_without_a_verdict_is_unknown_and_never_sent_again(peer: Start, answer: Answer) -> None:
    """5XX, -1006, -1007, silence and a lost line leave an order's fate open: one try, and the id to look up."""
    there = peer(answer, **patience(answer))

    with pytest.raises(ExecutionUnknownError) as caught:
        there.client.call("new_order", **ORDER)

    sent_id = there.server.heard[-1].body.partition("newClientOrderId=")[2].partition("&")[0]
    assert ["/api/v3/order"] == there.calls
    assert caught.value.details["client_order_id"] == sent_id
    assert caught.value.suggestion == f"%binance get_order BTCUSDT --orig-client-order-id {sent_id}"


@pytest.mark.parametrize(
    ("name", "words", "look"),
    [
        ("cancel_order", {"order_id": 5}, "get_order BTCUSDT --order-id 5"),
        (
            "cancel_order",
            {"orig_client_order_id": "mine", "new_client_order_id": "other"},
            "get_order BTCUSDT --orig-client-order-id mine",
        ),
        (
            "amend_keep_priority",
            {"orig_client_order_id": "mine", "new_client_order_id": "other", "new_qty": 1},
            "get_order BTCUSDT --orig-client-order-id mine",
        ),
        ("cancel_order_list", {"order_list_id": 7}, "get_order_list --order-list-id 7"),
        ("cancel_open_orders", {}, "open_orders BTCUSDT"),
        (
            "new_oco",
            {"side": "SELL", "quantity": 1, "price": 3, "stop_price": 1, "list_client_order_id": "mine"},
            "get_order_list --orig-client-order-id mine",
        ),
    ],
)
def test_an_unknown_outcome_is_looked_up_where_it_can_be_found(
    peer: Start, name: str, words: dict[str, Any], look: str
) -> None:
    """The line to paste asks for the id that exists whether or not the call worked."""
    there = peer(Answer(drops=True))

    with pytest.raises(ExecutionUnknownError) as caught:
        there.client.call(name, symbol="BTCUSDT", **words)

    assert f"%binance {look}" == caught.value.suggestion


def test_half_a_replace_is_its_own_case(peer: Start) -> None:
    """409 means that one half worked, and both halves can be looked at."""
    there = peer(Answer(409, json.dumps(HALVES).encode()))

    with pytest.raises(PartialReplaceError) as caught:
        there.client.call("cancel_replace", **REPLACE)

    assert caught.value.details["data"] == HALVES["data"]


@pytest.mark.parametrize(
    ("status", "code", "data"),
    [
        (409, -2021, None),
        (409, -2021, {"cancelResult": "SUCCESS"}),
        (409, -2021, {**HALVES["data"], "newOrderResponse": TIMED_OUT}),
        (400, -2022, {"cancelResult": "FAILURE", "newOrderResult": "FAILURE", "newOrderResponse": TIMED_OUT}),
        (409, None, None),
    ],
)
def test_a_replace_that_does_not_tell_what_became_of_the_new_order_is_unknown(
    peer: Start, status: int, code: int | None, data: dict[str, Any] | None
) -> None:
    """Half of it may stand: it is looked up like any call without a verdict."""
    said = {"code": code, "msg": "Order cancel-replace partially failed.", **({"data": data} if data else {})}
    there = peer(Answer(status, json.dumps(said).encode() if code else b""))

    with pytest.raises(ExecutionUnknownError):
        there.client.call("cancel_replace", **REPLACE)


@pytest.mark.parametrize(
    ("cancelled", "placed", "told", "advice"),
    [
        ("SUCCESS", "FAILURE", "neither is in the book now. ", "Place the new order by itself, "),
        ("FAILURE", "SUCCESS", "both may be in the book now.", "Look whether the old order still stands, "),
    ],
)
def test_what_is_left_of_half_a_replace_is_told(
    peer: Start, cancelled: str, placed: str, told: str, advice: str
) -> None:
    """One card for each half, with why the other was refused and how it could be placed."""
    code, message = -2010, "Account has insufficient balance for requested action."
    refused = {"code": code, "msg": message}
    data: dict[str, Any] = {"cancelResult": cancelled, "newOrderResult": placed}
    data |= {"newOrderResponse": refused} if placed == "FAILURE" else {"cancelResponse": refused}
    there = peer(Answer(409, json.dumps({**HALVES, "data": data}).encode()))

    with pytest.raises(PartialReplaceError) as caught:
        there.client.call("cancel_replace", **REPLACE)

    error = caught.value
    why = explain(code, message)
    assert told in error.details["cause"]
    assert (error.hint or "").startswith(advice)
    assert (why.cause in error.details["cause"], why.remedy in (error.hint or "")) == (placed == "FAILURE",) * 2
    assert error.suggestion == "%binance open_orders BTCUSDT"


def test_a_wait_is_told_by_the_time_it_ends(peer: Start) -> None:
    """Whoever reads the card has no Retry-After before them."""
    there = peer(
        Answer(429, refusal(429, -1015, "Too many new orders.").body, headers={"retry-after": "90"}),
    )

    with pytest.raises(RateLimitError) as caught:
        there.client.call("new_order", **ORDER)

    assert re.match(r"Wait until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, ", caught.value.hint or "")


def test_half_a_replace_past_the_order_limit_is_not_called_a_rate_limit(peer: Start) -> None:
    """A cancel that worked stays worked although the status says 429."""
    there = peer(Answer(429, json.dumps(HALVES).encode()))

    with pytest.raises(PartialReplaceError):
        there.client.call("cancel_replace", **REPLACE)


@pytest.mark.parametrize("answer", [Answer(503, b""), Answer(drops=True), Answer(hangs=True)])
def test_a_read_without_an_answer_is_tried_again(peer: Start, answer: Answer) -> None:
    """A read changes nothing, so it may be asked again by itself."""
    there = peer(answer, Answer(body=b'{"mins":5,"price":"1.0","closeTime":1}'), **patience(answer))

    reply = there.client.call("avg_price", symbol="BTCUSDT")

    assert json.loads(reply.body)["price"] == "1.0"
    assert 2 == len(there.calls)
    assert 1 == len(there.slept)


def test_a_read_gives_up_after_three_tries(peer: Start) -> None:
    """An exchange that stays away is reported as such, with the reason."""
    there = peer(*[Answer(502, b"")] * 4)

    with pytest.raises(TransportError, match="HTTP 502") as caught:
        there.client.call("ping")

    assert 3 == len(there.calls)
    assert "safe" in str(caught.value.hint)


def test_nobody_listening_is_not_an_unknown_order(peer: Start) -> None:
    """A refused connection is certain: not a byte was sent."""
    there = peer()
    there.client.clock.now_ms()
    there.server.__exit__(None, None, None)
    there.client.close()

    with pytest.raises(TransportError, match="nothing was sent"):
        there.client.call("new_order", **ORDER)


def test_an_answer_that_is_no_json_is_a_reply_error(peer: Start) -> None:
    """A login page of a proxy is not taken for data."""
    there = peer(Answer(200, b"<html>please log in</html>"))

    with pytest.raises(ReplyError, match="please log in"):
        there.client.call("ping")


def test_a_stale_timestamp_is_corrected_once_even_for_an_order(peer: Start) -> None:
    """-1021 means that nothing was executed: the clock is set and the order goes again."""
    stale = refusal(400, -1021, "Timestamp for this request is outside of the recvWindow.")
    there = peer(stale, Answer(body=b"{}"))

    there.client.call("new_order", **ORDER)

    clock_looks = sum(heard.path == "/api/v3/time" for heard in there.server.heard)
    assert 2 == len(there.calls)
    assert 2 == clock_looks
    first, second = (heard.body for heard in there.server.heard if heard.method == "POST")
    assert _field(first, "newClientOrderId") == _field(second, "newClientOrderId")
    assert _field(first, "timestamp") != _field(second, "timestamp")


def test_a_timestamp_that_stays_stale_is_an_error_with_the_offset(peer: Start) -> None:
    """After one correction the person is told, with the offset that was found."""
    stale = refusal(400, -1021, "Timestamp for this request is outside of the recvWindow.")
    there = peer(stale, stale)

    with pytest.raises(TimestampError) as caught:
        there.client.call("account")

    assert "ms" in caught.value.details["clock offset"]
    assert 2 == len(there.calls)


def test_a_read_waits_for_a_short_limit_and_says_so(peer: Start) -> None:
    """A 429 with a short Retry-After is waited for, once, and announced."""
    there = peer(refusal(429, -1003, "Too much request weight used.", Retry_After="1"), Answer(body=b"{}"))

    there.client.call("ping")

    assert 2 == len(there.calls)
    assert there.waits
    assert 0.9 < there.slept[0] < 1.2


def test_a_read_does_not_wait_past_its_patience(peer: Start) -> None:
    """A longer limit is an error that says until when."""
    there = peer(refusal(429, -1003, "Too much request weight used.", Retry_After="40"), Answer(body=b"{}"))

    with pytest.raises(RateLimitError) as caught:
        there.client.call("ping")

    assert caught.value.retry_at
    assert "until" in caught.value.details
    assert not there.slept


def test_a_ban_stops_everything_until_it_ends(peer: Start) -> None:
    """After a 418 the next call is refused here, so that the ban is not prolonged."""
    there = peer(refusal(418, -1003, "IP banned until 1.", Retry_After="120"), Answer(body=b"{}"))
    with pytest.raises(IpBannedError):
        there.client.call("ping")

    with pytest.raises(IpBannedError, match="nothing was sent"):
        there.client.call("ping")

    assert 1 == len(there.calls)


def test_a_ban_without_a_stated_end_lasts_the_shortest_there_is(peer: Start) -> None:
    """Two minutes when nothing is said, else until the time in the message; a later word never shortens it."""
    start = 1_700_000_000_000
    silent, stated = Answer(418, b""), refusal(418, -1003, f"IP banned until {start + 900_000}.")
    ends = []
    for answer in (silent, stated):
        there = peer(answer)
        there.client.clock.now_ms()
        with pytest.raises(IpBannedError) as caught:
            there.client.call("ping")
        ends.append(caught.value.retry_at or 0)
    there.client.budget.ban(start)

    assert 119_000 < ends[0] - start < 125_000
    assert start + 900_000 == ends[1] == there.client.budget.banned_until_ms


def test_not_even_the_time_is_asked_during_a_ban(peer: Start) -> None:
    """A relative start needs the server's clock, and that is a request too."""
    there = peer(refusal(418, -1003, "banned", Retry_After="120"))
    with pytest.raises(IpBannedError):
        there.client.call("ping")

    with pytest.raises(IpBannedError):
        there.client.call("klines", symbol="BTCUSDT", interval="1m", start_time="-1d")

    assert 1 == len(there.server.heard)


def test_a_read_waits_as_long_as_a_503_asks(peer: Start) -> None:
    """Retry-After is honoured for servers that are overloaded, too."""
    there = peer(Answer(503, b"", {"Retry-After": "1"}), Answer(body=b"{}"))

    there.client.call("ping")

    assert 0.9 < sum(there.slept) < 1.2


def test_an_impatient_read_is_asked_once(peer: Start) -> None:
    """Whoever waits and tries again by itself asks for a plain answer."""
    there = peer(Answer(503, b""), Answer(body=b"{}"))

    with pytest.raises(TransportError):
        there.client.send(endpoint_of("ping"), {}, is_patient=False)

    assert 1 == len(there.calls)


def test_a_line_lost_behind_a_proxy_leaves_an_order_unknown(peer: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that took the order and then fell silent did not refuse it."""
    there = peer(Answer(drops=True))
    monkeypatch.setenv("HTTP_PROXY", there.server.url)
    place = Environment("away", "http://exchange.invalid")
    client = Client(place, credentials("k" * 64, "s" * 64, place.host), budget=WeightBudget())
    client.clock.follow(ClockReading(1_700_000_000_000))

    with pytest.raises(ExecutionUnknownError):
        client.call("new_order", **ORDER)

    assert ["POST"] == [heard.method for heard in there.server.heard]


def test_a_proxy_that_is_not_there_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proxy refuses the connection it is certain that no order left."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    place = Environment("away", "http://exchange.invalid")
    client = Client(place, credentials("k" * 64, "s" * 64, place.host), budget=WeightBudget())
    client.clock.follow(ClockReading(1_700_000_000_000))

    with pytest.raises(TransportError, match="nothing was sent"):
        client.call("new_order", **ORDER)


def test_this_computer_is_never_behind_a_proxy(peer: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox works, and keeps its key to itself, whatever HTTP_PROXY says."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    there = peer(Answer(body=b"{}"))

    there.client.call("ping")

    assert ["/api/v3/ping"] == there.calls


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"serverTime":"soon"}', b"{nope}"])
def test_a_time_that_cannot_be_read_is_a_reply_error(body: bytes) -> None:
    """A strange clock is named, and the call that needed it costs nothing."""
    with ScriptedServer(Answer(body=body)) as server:
        place = Environment("local", server.url)
        client = Client(place, credentials("k" * 64, "s" * 64, place.host), budget=WeightBudget())

        with pytest.raises(ReplyError):
            client.call("account")

        assert client.budget.used(client.clock.estimate_ms()) <= 1


def _field(body: str, name: str) -> str:
    return body.partition(f"{name}=")[2].partition("&")[0]
