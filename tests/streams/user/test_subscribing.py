"""How a connection gets to follow an account: signed with each kind of key, paid for, and judged."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.soak.no_secrets import PASSPHRASE, private_pem
from benchmarks.soak.user_events_day import run
from binance_nb import Session, connect
from binance_nb.catalog.session_methods import LOG_ON, SUBSCRIBE_SIGNED
from binance_nb.errors import AuthenticationError, IpBannedError, RateLimitError
from binance_nb.keys.secrets import Secret
from binance_nb.keys.signing import HmacSigner
from binance_nb.streams.loop import background_loop
from binance_nb.streams.user import UserFeed
from binance_nb.streams.user.subscribing import refusal_in, signed_payload
from tests.sandbox_fixture import FROZEN_AT
from tests.streams.user.conftest import QUICK, Followed, following_of

Follow = Callable[..., Followed]


def asked(session: Session) -> list[str]:
    """What the sandbox was asked over the WebSocket API."""
    assert session.sandbox is not None
    return [call["endpoint"] for call in session.sandbox.log() if call["method"] == "WS"]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Callable[[str], Session]]:
    """A session with a key of a kind; both tests of a kind share its sandbox."""
    with ExitStack() as stack:

        @cache
        def opened(kind: str) -> Session:
            pem = private_pem(kind)
            own: dict[str, Any] = {"private_key": pem, "passphrase": PASSPHRASE} if pem else {}
            return stack.enter_context(connect("sandbox", seed=7, frozen=FROZEN_AT, **own))

        yield opened


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("HMAC", ["userDataStream.subscribe.signature"]),
        ("RSA", ["userDataStream.subscribe.signature"]),
        ("ED25519", ["session.logon", "userDataStream.subscribe"]),
    ],
)
def test_each_kind_of_key_follows_its_account(
    kind: str, methods: list[str], keyed: Callable[[str], Session], follow: Follow
) -> None:
    """Before and after a cut."""
    session = keyed(kind)
    followed = follow(session)
    followed.cut()
    followed.mend()
    session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))

    assert methods * 2 == asked(session)
    assert "stream" == followed.words()[0][0]


def test_what_is_signed_is_what_the_documentation_says(spec_folder: Path) -> None:
    """Sorted, the key among it, nothing percent-encoded; the documented signatures come out."""
    told = json.loads((spec_folder / "signing.json").read_text(encoding="utf-8"))["vectors"]
    known = [each for each in told if each["api"] == "ws_api" and each["usable_as_test"]]

    payloads = [signed_payload(dict(each["params"])) for each in known]
    signatures = [HmacSigner(Secret(each["secret_key"])).sign(signed_payload(dict(each["params"]))) for each in known]

    assert known
    assert [each["payload"] for each in known] == payloads
    assert [each["signature"] for each in known] == signatures


def test_a_stale_timestamp_is_put_right_once(session: Session, follow: Follow) -> None:
    """The time is asked for, and the same is asked again."""
    assert session.sandbox is not None
    with session.sandbox.faults("userDataStream.subscribe.signature", kind="wrong_clock", offset_ms=60_000, count=1):
        follow(session)

    last = [call for call in session.sandbox.log() if call["endpoint"] == "userDataStream.subscribe.signature"][-2:]
    assert [-1021, None] == [call["code"] for call in last]


def test_a_clock_that_was_turned_forward_is_followed(session: Session, follow: Follow) -> None:
    """Nobody told this computer of it."""
    followed = follow(session)
    assert session.sandbox is not None
    followed.cut()
    session.sandbox.advance(3_600_000)

    followed.mend()

    assert followed.feed.is_whole


def test_it_costs_what_it_says(session: Session, follow: Follow) -> None:
    """Connecting and each request weigh 2, on the account that all calls share."""
    session.call("account")
    before = session.client.budget.used(session.client.clock.now_ms())

    follow(session)

    # 4 for the stream; open_orders, all_order_list, open_order_list and account.
    assert 4 + 80 + 20 + 6 + 20 == session.client.budget.used(session.client.clock.now_ms()) - before


def test_a_limit_is_waited_for(session: Session, follow: Follow) -> None:
    """The connection is made again when it is over, by itself."""
    assert session.sandbox is not None
    with session.sandbox.faults("userDataStream.subscribe.signature", kind="429", retry_after_seconds=1, count=1):
        followed = follow(session)

    assert "live" == followed.feed.state.status


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitError), (418, IpBannedError)])
def test_a_limit_ends_at_the_moment_it_states(session: Session, status: int, kind: type[RateLimitError]) -> None:
    """It is absolute here, where REST counts seconds from now."""
    until = session.client.clock.now_ms() + 12_345
    said = {"code": -1003, "msg": "Too much request weight used", "data": {"serverTime": 1, "retryAfter": until}}

    error = refusal_in(SUBSCRIBE_SIGNED, {"id": 1, "status": status, "error": said}, session.client)

    assert isinstance(error, kind)
    assert until == error.retry_at


@pytest.mark.parametrize("code", [-1022, -2014, -2015])
def test_a_refusal_is_that_of_a_call(session: Session, code: int) -> None:
    """Kind, code, remedy and the line to paste."""
    said = {"code": code, "msg": "Signature for this request is not valid."}

    error = refusal_in(LOG_ON, {"id": 1, "status": 401, "error": said}, session.client)

    assert isinstance(error, AuthenticationError)
    assert (code, "session.logon", "%binance keys") == (error.code, error.operation, error.suggestion)
    assert error.hint


@pytest.mark.parametrize("kind", ["HMAC", "ED25519"])
def test_no_secret_shows(
    kind: str, keyed: Callable[[str], Session], follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    """In what is logged, told or held, while it works and when it is refused."""
    caplog.set_level(logging.DEBUG)
    session = keyed(kind)
    followed = follow(session)
    held = session.client.credentials
    assert held is not None
    assert session.sandbox is not None
    tasks = background_loop().run(_names_of_tasks(), 5)
    session.sandbox.control("DELETE", "keys", api_key=held.api_key.reveal())
    followed.cut()
    followed.relay.mend()
    followed.wait_for(lambda: followed.feed.is_closed)
    error, following = followed.feed.error, following_of(followed.feed)
    sent = [call for call in session.sandbox.log() if call["endpoint"] in (LOG_ON.name, SUBSCRIBE_SIGNED.name)]
    stamps = [{"apiKey": held.api_key.reveal(), "timestamp": call["parameters"]["timestamp"]} for call in sent]
    secrets = {held.signer.sign(signed_payload(each)) for each in stamps} | {held.api_key.reveal()}
    secrets |= {line for line in held.secret_key.reveal().splitlines() if "-----" not in line}
    objects = [followed.feed, following, following._subscriber, following.connection, vars(following), error]
    shown = [*map(repr, objects), repr(vars(error)), following._subscriber._signed().__repr__(), caplog.text]
    shown += [*tasks, *(each.name for each in threading.enumerate()), followed.feed.problem]

    assert len(secrets) > 2
    assert [] == [text for text in shown for secret in secrets if secret in text]


async def _names_of_tasks() -> list[str]:
    import asyncio

    return [f"{task.get_name()} {task!r}" for task in asyncio.all_tasks()]


def test_hours_of_trading_with_cuts_lose_nothing() -> None:
    """``benchmarks/soak/user_events_day.py`` in small."""
    failures, figures = run(0.2, 360, cuts_an_hour=30, pause_seconds=0.01)

    print(figures)  # noqa: T201  # pytest shows it beside a failure
    assert [] == failures


def test_a_feed_leaves_no_connection_behind(session: Session) -> None:
    """Closed, it is gone for the exchange too."""
    assert session.sandbox is not None
    with UserFeed(session.client, policy=QUICK) as feed:
        feed.wait_ready()
        connection = following_of(feed).connection

    assert "closed" == connection.state.status
