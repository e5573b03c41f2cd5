"""The connection itself: logging on and off, following accounts, limits, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from binance_nb.sandbox.limits import CALLS_BEFORE_BAN
from tests.sandbox.desk import NOW_MS
from tests.sandbox.ws_api.stage import Stage, play, signature


def error(reply: dict[str, Any]) -> tuple[int, int, str]:
    """Status, code and message of a refusal."""
    return reply["status"], reply["error"]["code"], reply["error"]["msg"]


def test_every_method_answers_in_the_documented_shape(spec_folder: Path) -> None:
    """All session methods of the specification, in its order, give results with the documented keys."""
    documented = json.loads((spec_folder / "ws_streams.json").read_text())["ws_api"]["session_methods"]

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        return {
            "session.logon": await line.ask_signed(stage.ed25519, "session.logon"),
            "session.status": await line.ask("session.status"),
            "userDataStream.subscribe": await line.ask("userDataStream.subscribe"),
            "userDataStream.subscribe.signature": await line.ask_signed(
                stage.second, "userDataStream.subscribe.signature"
            ),
            "session.subscriptions": await line.ask("session.subscriptions", {}),
            "userDataStream.unsubscribe": await line.ask("userDataStream.unsubscribe"),
            "session.logout": await line.ask("session.logout"),
        }

    answered = play(scene)

    assert {row["method"] for row in documented} == answered.keys()
    for row in documented:
        reply, example = answered[row["method"]], row["response"]
        assert [*example, "rateLimits"] == list(reply)
        assert 200 == reply["status"]
        if isinstance(example["result"], list):
            assert [{"subscriptionId": 0}, {"subscriptionId": 1}] == reply["result"]
        else:
            assert list(example["result"]) == list(reply["result"])


def test_who_is_logged_on_signs_no_more() -> None:
    """After a log-on a signed request needs its timestamp only; after logging out it needs everything again."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line, stamp = await stage.connect(), {"timestamp": NOW_MS}
        return [
            await line.ask("account.status", stamp),
            await line.ask_signed(stage.ed25519, "session.logon"),
            await line.ask("account.status", stamp),
            await line.ask("account.status"),
            await line.ask_signed(stage.second, "account.status"),
            await line.ask("session.logout"),
            await line.ask("account.status", stamp),
        ]

    before, logged_on, plain, unstamped, other, logged_out, after = play(scene)

    missing = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
    assert (400, -1102, missing.format("apiKey")) == error(before) == error(after)
    assert NOW_MS == logged_on["result"]["authorizedSince"]
    assert plain["result"]["uid"] != other["result"]["uid"]
    assert (400, -1102, missing.format("timestamp")) == error(unstamped)
    assert (None, None) == (logged_out["result"]["apiKey"], logged_out["result"]["authorizedSince"])


def test_only_an_ed25519_key_can_log_on() -> None:
    """An HMAC key follows its account with a signature, but never logs on."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line = await stage.connect()
        return [
            await line.ask_signed(stage.trading, "session.logon"),
            await line.ask_signed(stage.trading, "userDataStream.subscribe.signature"),
            await line.ask("userDataStream.subscribe"),
        ]

    logged_on, followed, unsigned = play(scene)

    assert (401, -2015) == error(logged_on)[:2]
    assert {"subscriptionId": 0} == followed["result"]
    assert (400, -1002, "You are not authorized to execute this request.") == error(unsigned)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"signature": "00"}, (-1022, "Signature for this request is not valid.")),
        ({"signature": ""}, (-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.")),
        ({"apiKey": "short"}, (-2014, "API-key format invalid.")),
        ({"apiKey": "A" * 64}, (-2015, "Invalid API-key, IP, or permissions for action.")),
        ({"timestamp": NOW_MS - 5_001}, (-1021, "Timestamp for this request is outside of the recvWindow.")),
        ({"timestamp": "soon"}, (-1100, "Illegal characters found in parameter 'timestamp'; legal range is")),
        ({"recvWindow": 60_001}, (-1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000.")),
        ({"more": 1}, (-1104, "Not all sent parameters were read; read '3' parameter(s) but was sent '4'.")),
    ],
)
def test_a_request_that_is_not_signed_properly_is_refused(
    changes: dict[str, object], expected: tuple[int, str]
) -> None:
    """Key, signature, time and parameters get the same codes and words as over REST."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        params = {"apiKey": stage.trading.api_key, "timestamp": NOW_MS}
        if "signature" not in changes:
            params |= changes
        params["signature"] = signature(params, stage.trading)
        return await line.ask("userDataStream.subscribe.signature", params | changes)

    _, code, message = error(play(scene))

    assert (expected[0], True) == (code, message.startswith(expected[1]))


def test_the_log_says_that_a_method_of_the_connection_was_executed() -> None:
    """As of every other call that worked; one that was refused was not."""

    async def scene(stage: Stage) -> list[tuple[str, bool]]:
        line = await stage.connect()
        await line.ask("session.status")
        await line.ask("userDataStream.subscribe")
        return [(entry["endpoint"], entry["executed"]) for entry in stage.desk.exchange.log.entries()]

    assert [("session.status", True), ("userDataStream.subscribe", False)] == play(scene)


def test_the_log_says_what_should_have_been_signed() -> None:
    """A wrong signature is explained in the sandbox's log, with the string that was expected."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        params = {"timestamp": NOW_MS, "apiKey": stage.trading.api_key, "signature": "00"}
        await line.ask("userDataStream.subscribe.signature", params)
        return {"key": stage.trading.api_key, **list(stage.desk.exchange.log.entries())[-1]}

    entry = play(scene)

    assert f"apiKey={entry['key']}&timestamp={NOW_MS}" == entry["expected_signed"]
    assert ("WS", "userDataStream.subscribe.signature", 400, -1022) == tuple(
        entry[name] for name in ("method", "endpoint", "status", "code")
    )


def test_a_connection_follows_an_account_once() -> None:
    """Numbers count up and are not used twice; a second subscription of one account is refused, an ended one gone."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line = await stage.connect()
        subscribe = "userDataStream.subscribe.signature"
        return [
            await line.ask_signed(stage.trading, subscribe),
            await line.ask_signed(stage.reading, subscribe),
            await line.ask_signed(stage.second, subscribe),
            await line.ask("userDataStream.unsubscribe", {"subscriptionId": 0}),
            await line.ask("userDataStream.unsubscribe", {"subscriptionId": 0}),
            await line.ask_signed(stage.reading, subscribe),
            await line.ask("session.subscriptions"),
        ]

    first, again, other, ended, gone, back, active = play(scene)

    assert [0, 1, 2] == [reply["result"]["subscriptionId"] for reply in (first, other, back)]
    assert (400, -2035, "User Data Stream subscription already active.") == error(again)
    assert {} == ended["result"]
    assert (400, -2036, "User Data Stream subscription not active.") == error(gone)
    assert [{"subscriptionId": 1}, {"subscriptionId": 2}] == active["result"]


def test_logging_out_ends_only_what_was_subscribed_by_logging_on() -> None:
    """The subscription of the log-on gets its last event; one that was signed for goes on."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        line = await stage.connect()
        await line.follow(stage.second)
        await line.ask_signed(stage.ed25519, "session.logon")
        await line.ask("userDataStream.subscribe")
        status = await line.ask("session.logout")
        return await line.event(), status, await line.ask("session.subscriptions")

    event, status, active = play(scene)

    assert {"subscriptionId": 1, "event": {"e": "eventStreamTerminated", "E": NOW_MS}} == event
    assert status["result"]["userDataStream"] is True
    assert [{"subscriptionId": 0}] == active["result"]


def test_unsubscribing_without_a_number_ends_all() -> None:
    """Each subscription gets its last event, and nothing comes after."""

    async def scene(stage: Stage) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        line = await stage.connect()
        await line.follow(stage.trading)
        await line.follow(stage.second)
        await line.ask("userDataStream.unsubscribe")
        last = [await line.event(), await line.event()]
        stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        return last, await line.events_so_far()

    last, later = play(scene)

    assert [(0, "eventStreamTerminated"), (1, "eventStreamTerminated")] == [
        (frame["subscriptionId"], frame["event"]["e"]) for frame in last
    ]
    assert [] == later


def test_a_key_that_is_taken_away_ends_its_log_on() -> None:
    """The next request brings the refusal without an id, the subscription ends, and the request goes unsigned."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line = await stage.connect()
        await line.ask_signed(stage.ed25519, "session.logon")
        await line.ask("userDataStream.subscribe")
        stage.desk.exchange.gate.revoke(stage.ed25519.api_key)
        await line.socket.send_json({"id": "x", "method": "session.status"})
        return [await line.receive(), await line.receive(), await line.receive()]

    ended, revoked, status = play(scene)

    assert "eventStreamTerminated" == ended["event"]["e"]
    assert (None, (401, -2015, "Invalid API-key, IP, or permissions for action.")) == (revoked["id"], error(revoked))
    assert ("x", None) == (status["id"], status["result"]["apiKey"])


def test_limits_are_told_unless_they_are_not_wanted() -> None:
    """The address and each request may hide them; connecting weighs 2, a session method 2, a ping 1."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        loud = await stage.connect()
        shown = [await loud.ask("ping"), await loud.ask("ping", {"returnRateLimits": False})]
        quiet = await stage.connect("/ws-api/v3?returnRateLimits=false")
        return [
            *shown,
            await quiet.ask("session.status"),
            await quiet.ask("session.status", {"returnRateLimits": True}),
        ]

    told, hidden, quiet, asked = play(scene)

    limit = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000}
    assert [{**limit, "count": 3}] == told["rateLimits"]
    assert "rateLimits" not in hidden
    assert "rateLimits" not in quiet
    assert quiet["result"]["returnRateLimits"] is False
    assert [{**limit, "count": 10}] == asked["rateLimits"]


def test_too_much_weight_says_when_to_come_back() -> None:
    """429 and then 418 tell the moment in milliseconds; a banned address cannot even connect."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], dict[str, Any], tuple[int, Any]]:
        line = await stage.connect()
        limits = stage.desk.exchange.limits("127.0.0.1")
        limits.charge(5_997, NOW_MS)
        first = await line.ask("session.status")
        for _ in range(CALLS_BEFORE_BAN):
            last = await line.ask("session.status")
        async with stage.client.get(stage.url + "/ws-api/v3") as refused:
            return first, last, (refused.status, await refused.json())

    first, last, refused = play(scene, rate=1.0)

    minute_ms = (NOW_MS // 60_000 + 1) * 60_000
    assert (429, -1003) == error(first)[:2]
    assert {"serverTime": NOW_MS, "retryAfter": minute_ms} == first["error"]["data"]
    assert (418, -1003) == error(last)[:2]
    assert {"serverTime": NOW_MS, "retryAfter": NOW_MS + 120_000} == last["error"]["data"]
    assert (418, -1003) == (refused[0], refused[1]["code"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time", (None, -1135, "Invalid JSON Request")),
        ('{"id": 1.5, "method": "time"}', (None, -1130, "Data sent for parameter 'id' is not valid.")),
        ('{"id": "a", "method": "no.such"}', ("a", -1020, "This operation is not supported.")),
        ('{"id": 7, "method": "v1/time"}', (7, -1020, "This operation is not supported.")),
        (
            '{"id": 7, "method": "session.status", "params": {"a": 1}}',
            (7, -1101, "Too many parameters; expected '0' and received '1'."),
        ),
        (
            '{"id": 7, "method": "userDataStream.unsubscribe", "params": {"subscriptionId": "x"}}',
            (7, -1100, "Illegal characters found in parameter 'subscriptionId'; legal range is '^[0-9]{1,20}$'."),
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(text: str, expected: tuple[object, int, str]) -> None:
    """A refusal repeats the id where there is one, and leaves the connection as it was."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
        line = await stage.connect()
        return await line.say(text), await line.ask("ping")

    refused, after = play(scene)

    assert (400, *expected) == (refused["status"], refused["id"], *error(refused)[1:])
    assert 200 == after["status"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ws-api/v3?timeUnit=NANOSECOND", (400, -1194)),
        ("/ws-api/v3?returnRateLimits=maybe", (400, -1130)),
        ("/ws-api/v3?responseFormat=sbe", (400, -1020)),
    ],
)
def test_an_address_that_asks_for_nonsense_is_refused(path: str, expected: tuple[int, int]) -> None:
    """The handshake fails with a status, a code and a message."""

    async def scene(stage: Stage) -> tuple[int, int]:
        async with stage.client.get(stage.url + path) as reply:
            return reply.status, (await reply.json())["code"]

    assert expected == play(scene)


@pytest.mark.parametrize(("path", "status"), [("/ws-api/v4", 404), ("/ws-api", 404), ("/ws-api/v3", 400)])
def test_what_is_no_handshake_gets_a_page(path: str, status: int) -> None:
    """Nothing else lives here, and a plain request is no handshake."""

    async def scene(stage: Stage) -> tuple[int, str]:
        async with stage.client.get(stage.url + path) as reply:
            return reply.status, reply.headers["Content-Type"]

    assert (status, "text/html") == play(scene)


@pytest.mark.parametrize("unit", ["MICROSECOND", "microsecond"])
def test_times_come_in_the_unit_asked_for(unit: str) -> None:
    """Results and events in microseconds; the path may go on, as some clients write it."""

    async def scene(stage: Stage) -> list[dict[str, Any]]:
        line = await stage.connect(f"/ws-api/v3/?timeUnit={unit}")
        replies = [await line.ask("time"), await line.ask("session.status")]
        await line.follow(stage.trading)
        bid, _ = stage.desk.best()
        stage.desk.order(price=bid - 1000, quantity="0.01")
        return replies + await line.events_so_far()

    time, status, report, position = play(scene)

    assert {"serverTime": NOW_MS * 1000} == time["result"]
    assert (NOW_MS * 1000, None) == (status["result"]["connectedSince"], status["result"]["authorizedSince"])
    assert {NOW_MS * 1000} == {report[name] for name in "ETOW"} | {position[name] for name in "Eu"}


def test_what_is_no_text_ends_the_connection() -> None:
    """A binary frame, a text that is not UTF-8 and one without end close it with the protocol's own codes."""

    async def scene(stage: Stage) -> list[int | None]:
        binary, broken, giant = [await stage.connect() for _ in range(3)]
        await binary.socket.send_bytes(b'{"method": "time"}')
        await broken.socket.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
        await giant.socket.send_str("[" * 300_000)
        return [await line.ending() for line in (binary, broken, giant)]

    assert [1003, 1007, 1009] == play(scene)
