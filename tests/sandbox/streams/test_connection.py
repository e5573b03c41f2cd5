"""One connection: its address, its limits, its end, and what goes wrong on command."""

from __future__ import annotations

import json
import logging
from itertools import pairwise
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import WSMsgType

from tests.sandbox.streams.stage import NOW_MS, Client, Stage, play, stage

DAY_MS = 86_400_000
NON_ASCII = "这是测试币456@trade"


async def ended(client: Client) -> int | None:
    """How the connection ends."""
    while True:
        frame = await client.frame()
        if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR):
            return client.socket.close_code


@pytest.mark.parametrize(
    ("path", "names", "is_combined"),
    [
        ("/ws", [], False),
        ("/ws/", [], False),
        ("/stream", [], True),
        ("/stream?streams=", [], True),
        ("/ws/btcusdt@trade", ["btcusdt@trade"], False),
        ("/ws/btcusdt@trade/ethusdt@depth", ["btcusdt@trade", "ethusdt@depth"], False),
        ("/ws/btcusdt%40trade?timeUnit=MILLISECOND", ["btcusdt@trade"], False),
        ("/stream?streams=btcusdt@trade/btcusdt@trade", ["btcusdt@trade"], True),
        ("/stream?timeUnit=MICROSECOND&streams=btcusdt@kline_1h@+08:00", ["btcusdt@kline_1h@+08:00"], True),
        ("/stream?streams=btcusdt@kline_1h@%2B08:00", ["btcusdt@kline_1h@+08:00"], True),
        (f"/ws/{quote(NON_ASCII)}", [NON_ASCII], False),
        ("/ws/BTCUSDT@nonsense", ["BTCUSDT@nonsense"], False),
    ],
)
def test_an_address_names_streams(path: str, names: list[str], is_combined: bool) -> None:
    """Raw below /ws, in envelopes below /stream; unknown names are accepted."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect(path)

            assert names == (await client.ask("LIST_SUBSCRIPTIONS"))["result"]
            assert is_combined == (await client.ask("GET_PROPERTY", "combined"))["result"]

    play(scenario)


def test_events_come_raw_or_in_an_envelope() -> None:
    """As the address says, until the property is set."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect(f"/ws/{quote(NON_ASCII)}")
            opened.pass_ms(60_000)
            raw = (await client.heard())[-1]
            await client.ask("SET_PROPERTY", "combined", True)
            opened.pass_ms(60_000)
            enveloped = (await client.heard())[-1]

            assert ("trade", "这是测试币456") == (raw["e"], raw["s"])
            assert {"stream", "data"} == set(enveloped)
            assert (NON_ASCII, "trade") == (enveloped["stream"], enveloped["data"]["e"])

    play(scenario)


def test_what_is_unsubscribed_is_not_sent() -> None:
    """Nor what was never a stream."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            await client.ask("SUBSCRIBE", "btcusdt@avgPrice", "ethusdt@avgPrice", "nosuch@avgPrice", "btcusdt@")
            await client.ask("UNSUBSCRIBE", "btcusdt@avgPrice", "never@subscribed")
            opened.pass_ms(1000)

            assert ["ETHUSDT"] == [event["s"] for event in await client.heard()]

    play(scenario)


def test_listeners_share_and_leave() -> None:
    """Everybody has each event, and the last one to go takes the stream with him."""

    async def scenario() -> None:
        async with stage() as opened:
            first = await opened.connect("/ws/btcusdt@avgPrice")
            second = await opened.connect("/stream?streams=btcusdt@avgPrice")
            opened.pass_ms(1000)
            (told,), (enveloped,) = await first.heard(), await second.heard()
            await first.socket.close()
            opened.pass_ms(1000)

            assert told == enveloped["data"]
            assert 1 == len(await second.heard())

    play(scenario)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ws?timeUnit=SECOND", 400, -1194),
        ("/stream?timeUnit=us&streams=btcusdt@trade", 400, -1194),
        (f"/ws/{'/'.join(f's{number}@trade' for number in range(1025))}", 400, -1191),
        (f"/ws/{'x' * 200}", 400, -1191),
    ],
)
def test_a_wrong_address_is_refused_at_the_handshake(path: str, status: int, code: int) -> None:
    """With the exchange's code."""

    async def scenario() -> None:
        async with stage() as opened:
            reply = await opened.session.get(opened.url + path)

            assert (status, code) == (reply.status, (await reply.json())["code"])

    play(scenario)


def test_no_handshake_no_stream() -> None:
    """A plain request is told so."""

    async def scenario() -> None:
        async with stage() as opened:
            assert 400 == (await opened.session.get(opened.url + "/ws/btcusdt@trade")).status

    play(scenario)


def test_a_connection_has_1024_streams_at_most() -> None:
    """One more is refused, and nothing is added."""
    names = [f"s{number}@trade" for number in range(1024)]

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect(f"/stream?streams={'/'.join(names[:1000])}")
            full = await client.ask("SUBSCRIBE", *names)
            refused = await client.ask("SUBSCRIBE", "btcusdt@trade")
            again = await client.ask("SUBSCRIBE", names[5])

            assert {"result": None, "id": 1} == full == again
            assert {"code": 2, "msg": "Invalid request: too many parameters"} == refused
            assert names == (await client.ask("LIST_SUBSCRIPTIONS"))["result"]

    play(scenario)


@pytest.mark.parametrize("kind", [WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG])
def test_a_sixth_message_within_a_second_ends_the_connection(kind: WSMsgType) -> None:
    """Texts, pings and pongs alike."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            opened.real.seconds += 5
            for _ in range(6):
                await client.socket.send_frame(b"{}", kind)

            assert 1008 == await ended(client)

    play(scenario)


def test_five_messages_a_second_are_fine() -> None:
    """For as long as one likes."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            for _ in range(40):
                assert {"result": [], "id": 1} == await client.ask("LIST_SUBSCRIPTIONS")

    play(scenario)


def test_a_ping_is_answered_with_its_payload() -> None:
    """As the protocol has it."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            await client.socket.ping(b"are you there")
            frame = await client.frame()

            assert (WSMsgType.PONG, b"are you there") == (frame.type, bytes(frame.data))

    play(scenario)


def test_the_exchange_pings_and_wants_an_answer() -> None:
    """Every 20 seconds; a minute without an echo of the payload ends the connection, whatever else comes."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            for _ in range(4):
                opened.real.seconds += 20
                opened.streams.turn()
                frame = await client.frame()
                assert WSMsgType.PING == frame.type
                assert frame.data
                await client.socket.pong(bytes(frame.data))
                await client.heard()
            for _ in range(4):
                await client.socket.pong(b"")
                opened.real.seconds += 20
                opened.streams.turn()

            await ended(client)

    play(scenario)


def test_a_client_that_answers_lives_on_a_fast_clock() -> None:
    """Pings go by real time: a sandbox minute that passes in a millisecond ends nothing."""

    async def scenario() -> None:
        async with stage(rate=1000) as opened:
            client = await opened.connect("/ws")
            for _ in range(20):
                opened.pass_ms(600_000)

            assert [] == await client.heard()

    play(scenario)


def test_a_connection_ends_after_a_day_with_notice() -> None:
    """The notice comes some minutes before, in the connection's own manner."""

    async def scenario() -> None:
        async with stage() as opened:
            raw, combined = await opened.connect("/ws"), await opened.connect("/stream?timeUnit=MICROSECOND")
            opened.pass_ms(DAY_MS - 600_001)
            assert [] == await raw.heard()
            opened.pass_ms(1)

            noticed = NOW_MS + DAY_MS - 600_000
            assert [{"e": "serverShutdown", "E": noticed}] == await raw.heard()
            event = {"e": "serverShutdown", "E": noticed * 1000}
            assert [{"stream": "!serverShutdown", "data": event}] == await combined.heard()
            opened.pass_ms(600_000)
            assert 1001 == await ended(raw)

    play(scenario)


def test_all_are_told_when_the_exchange_closes() -> None:
    """Notice first, then the end."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            await opened.streams.close()

            assert "serverShutdown" == (await client.event())["e"]
            assert 1001 == await ended(client)

    play(scenario)


async def knock(opened: Stage, times: int) -> list[int]:
    """Connect again and again."""
    statuses = []
    for _ in range(times):
        try:
            await (await opened.session.ws_connect(f"{opened.url}/ws")).close()
            statuses.append(101)
        except aiohttp.WSServerHandshakeError as error:
            statuses.append(error.status)
    return statuses


def test_an_address_has_300_connections_in_five_minutes() -> None:
    """Then none until the first are five minutes old."""

    async def scenario() -> None:
        async with stage() as opened:
            assert [101] * 300 + [429] == await knock(opened, 301)
            opened.pass_ms(300_000)
            assert [101] == await knock(opened, 1)

    play(scenario)


@pytest.mark.parametrize("path", ["/ws/btcusdt@depth", "/stream?streams=btcusdt@depth"])
@pytest.mark.parametrize("route", ["btcusdt@depth", "depth", "*"])
def test_a_depth_event_is_skipped_on_command(path: str, route: str) -> None:
    """The chain then has a gap, of one event."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect(path)
            opened.faults.put({"kind": "skip_depth", "route": route, "count": 1, "skip": 1})
            for _ in range(4):
                opened.pass_ms(1000)
            events = [event.get("data", event) for event in await client.heard()]

            assert 3 == len(events)
            assert [False, True] == [later["U"] == earlier["u"] + 1 for earlier, later in pairwise(events)]

    play(scenario)


def test_a_line_is_cut_on_command() -> None:
    """Without a close frame."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/btcusdt@avgPrice")
            opened.faults.put({"kind": "cut", "route": "*@avgPrice"})
            opened.pass_ms(1000)

            assert 1006 == await ended(client)

    play(scenario)


def test_a_stream_falls_silent_on_command() -> None:
    """The connection stays and nothing comes, for as long as was asked."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws/btcusdt@avgPrice")
            opened.faults.put({"kind": "silence", "route": "btcusdt@avgPrice", "count": 1, "ms": 3000})
            for _ in range(3):
                opened.pass_ms(1000)
            await client.socket.send_str('{"method":"LIST_SUBSCRIPTIONS","id":1}')
            opened.real.seconds += 3
            opened.pass_ms(1000)

            assert NOW_MS + 4000 == (await client.event())["E"]

    play(scenario)


@pytest.mark.parametrize(
    ("text", "code"),
    [("[" * 100_000, 3), ('{"a":' * 20_000, 3), ("é" * 50_000, 3), (json.dumps({"method": "x" * 50_000}), 2)],
)
def test_large_and_deep_messages_are_refused(text: str, code: int, caplog: pytest.LogCaptureFixture) -> None:
    """By an answer, and the connection lives."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            await client.say(text)

            assert code == (await client.event())["code"]
            assert {"result": [], "id": 1} == await client.ask("LIST_SUBSCRIPTIONS")

    with caplog.at_level(logging.WARNING):
        play(scenario)
    assert [] == caplog.records


@pytest.mark.parametrize(
    ("data", "opcode", "code"),
    [(b"\xff\xfe{}", WSMsgType.TEXT, 1007), (b"{}", WSMsgType.BINARY, 1003), (b" " * 300_000, WSMsgType.TEXT, 1009)],
)
def test_frames_that_are_no_text_end_the_connection(
    data: bytes, opcode: WSMsgType, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Not UTF-8, binary, or huge: with the protocol's code, and without an exception in the log."""

    async def scenario() -> None:
        async with stage() as opened:
            client = await opened.connect("/ws")
            await client.socket.send_frame(data, opcode)

            assert code == await ended(client)

    with caplog.at_level(logging.WARNING):
        play(scenario)
    assert [] == caplog.records
