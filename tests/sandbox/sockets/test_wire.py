"""What keeps a connection alive, and what ends it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from tests.sandbox.desk import NOW_MS
from tests.sandbox.ws_api.stage import Line, Stage, play

_PING_SECONDS, _PONG_SECONDS = 20.0, 60.0
_DAY_SECONDS = 86_400


async def pinged(line: Line) -> bytes:
    """The payload of the next ping."""
    frame = await line.socket.receive(30)
    assert frame.type is aiohttp.WSMsgType.PING, frame
    return bytes(frame.data)


def test_a_client_that_answers_pings_stays_connected() -> None:
    """A ping comes every twenty seconds; an answer with its payload keeps the connection for another minute."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect(autoping=False)
        for _ in range(5):
            stage.seconds += _PING_SECONDS
            await line.socket.pong(await pinged(line))
        return await line.ask("ping")

    assert 200 == play(scene)["status"]


@pytest.mark.parametrize("payload", [None, b"something else"])
def test_a_client_that_answers_no_ping_is_left(payload: bytes | None) -> None:
    """After a minute without the answer the exchange closes; a pong that nobody asked for is none."""

    async def scene(stage: Stage) -> int | None:
        line = await stage.connect(autoping=False)
        stage.seconds += _PING_SECONDS
        await pinged(line)
        if payload:
            await line.socket.pong(payload)
        await line.ask("ping")
        stage.seconds += _PONG_SECONDS
        return await line.ending()

    assert 1008 == play(scene)


def test_a_clients_own_ping_is_answered() -> None:
    """The pong repeats the payload."""

    async def scene(stage: Stage) -> tuple[aiohttp.WSMsgType, bytes]:
        line = await stage.connect(autoping=False)
        await line.socket.ping(b"anybody there")
        frame = await line.socket.receive(30)
        return frame.type, bytes(frame.data)

    assert (aiohttp.WSMsgType.PONG, b"anybody there") == play(scene)


def test_a_connection_ends_after_a_day() -> None:
    """By the exchange's clock; ten minutes before, an event says so to the whole connection, once."""

    async def scene(stage: Stage) -> tuple[dict[str, Any], dict[str, Any], int | None]:
        line = await stage.connect()
        stage.desk.seconds += _DAY_SECONDS - 600
        event = await line.receive()
        reply = await line.ask("ping")
        stage.desk.seconds += 600
        return event, reply, await line.ending()

    event, reply, code = play(scene, rate=1.0)

    assert {"event": {"e": "serverShutdown", "E": NOW_MS + (_DAY_SECONDS - 600) * 1000}} == event
    assert (200, 1001) == (reply["status"], code)


def test_a_connection_to_a_standing_clock_does_not_end() -> None:
    """There a day never passes."""

    async def scene(stage: Stage) -> dict[str, Any]:
        line = await stage.connect()
        stage.desk.seconds += _DAY_SECONDS
        stage.seconds += _PING_SECONDS
        return await line.ask("ping")

    assert 200 == play(scene)["status"]


def test_everybody_hears_of_the_end() -> None:
    """When the sandbox stops, each connection is told and closed."""

    async def scene(stage: Stage) -> list[tuple[str, int | None]]:
        lines = [await stage.connect() for _ in range(3)]
        ending = asyncio.create_task(stage.api.close())
        told = [((await line.receive())["event"]["e"], await line.ending()) for line in lines]
        await ending
        return told

    assert [("serverShutdown", 1001)] * 3 == play(scene)


def narrow(address: tuple[Any, ...]) -> socket.socket:
    """A socket that takes in little: else the system alone would take in more than the exchange keeps."""
    made = socket.socket(address[0], address[1], address[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    return made


@asynccontextmanager
async def sleeper(stage: Stage, wants: int) -> AsyncIterator[Line]:
    """A client who asks for so many thousand candles and reads none."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=narrow)) as client:
        line = Line(await client.ws_connect(stage.url + "/ws-api/v3"), stage.desk)
        asked = {"method": "klines", "params": {"symbol": "BTCUSDT", "interval": "1m", "limit": 1000}}
        with suppress(ConnectionError):
            for _ in range(wants):
                await line.socket.send_json(asked)
        yield line
        await line.socket.close()


def test_a_client_that_does_not_read_is_cut_off() -> None:
    """What waits for it is bounded; the others are served meanwhile."""

    async def scene(stage: Stage) -> tuple[int, int | None]:
        quick = await stage.connect()
        async with sleeper(stage, 100) as slow:
            return (await quick.ask("ping"))["status"], await slow.ending()

    assert (200, 1006) == play(scene)


def test_a_client_that_does_not_read_does_not_hold_up_the_end() -> None:
    """The exchange stops all the same, soon."""

    async def scene(stage: Stage) -> bool:
        quick = await stage.connect()
        async with sleeper(stage, 35), asyncio.timeout(60):
            while len(list(stage.desk.exchange.log.entries(endpoint="klines"))) < 35:
                await quick.ask("ping")
            await stage.api.close()
            return True

    assert play(scene)


def test_an_address_opens_so_many_connections_and_no_more() -> None:
    """300 in five minutes; the next attempt is refused until the first have passed."""

    async def scene(stage: Stage) -> list[int]:
        async def attempt() -> int:
            async with stage.client.get(stage.url + "/ws-api/v3") as reply:
                return reply.status

        codes = [await attempt() for _ in range(301)]
        stage.desk.seconds += 300
        return [codes[0], codes[-1], await attempt()]

    assert [400, 429, 400] == play(scene, rate=1.0)


def test_requests_that_come_all_at_once_are_answered_in_order() -> None:
    """A thousand requests are sent before the first answer is read."""

    async def scene(stage: Stage) -> list[int]:
        line = await stage.connect()
        for number in range(1_000):
            await line.socket.send_str(json.dumps({"id": number, "method": "ping"}))
        return [(await line.receive())["id"] for _ in range(1_000)]

    assert list(range(1_000)) == play(scene)


def test_a_client_that_goes_away_leaves_nothing_behind() -> None:
    """Nobody follows its account afterwards, and orders go on as before."""

    async def scene(stage: Stage) -> tuple[bool, int]:
        line = await stage.connect()
        await line.follow(stage.trading)
        await line.socket.close()
        other = await stage.connect()
        await other.ask("ping")
        status = stage.desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.01").status
        return stage.api.events.is_followed, status

    assert (False, 200) == play(scene)
