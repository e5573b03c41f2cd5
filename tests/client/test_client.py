"""What a client does before it sends, and what it never does."""

from __future__ import annotations

import base64
import logging
import pickle
import threading
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from binance_nb.client import Client
from binance_nb.environment import ENVIRONMENT_NAMES, Environment, resolve
from binance_nb.errors import CredentialsError, NotArmedError, TransportError, UsageError
from binance_nb.keys import Credentials, Secret, credentials, redact
from tests.client.conftest import KEY, SECRET
from tests.client.scripted import Answer, ScriptedServer

Start = Callable[..., Any]
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}


def test_construction_contacts_nobody() -> None:
    """A client of a host that does not exist is made at once."""
    with ScriptedServer() as server:
        Client(Environment("local", server.url))

        assert [] == server.heard


@pytest.mark.parametrize(
    ("name", "words", "culprit", "helps"),
    [
        ("kline", {}, "kline", "klines"),
        ("klines", {"symbol": "BTCUSDT"}, "interval", "1m"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1min"}, "1min", "1m"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": 1001}, "1001", "1000"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limt": 5}, "limt", "limit"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "many"}, "many", "whole number"),
        ("klines", {"symbol": "btcusdt", "interval": "1m"}, "btcusdt", "BTCUSDT"),
        ("klines", {"symbol": "BTC/USDT", "interval": "1m"}, "BTC/USDT", "BTCUSDT"),
        ("new_order", {**ORDER, "side": "BYU"}, "BYU", "BUY"),
        ("new_order", {**ORDER, "type": "LIMIT"}, "time_in_force", "GTC"),
        ("new_order", {**ORDER, "quantity": "1e-5"}, "1e-5", "0.00001"),
        ("new_order", {**ORDER, "quantity": float("nan")}, "nan", "finite"),
        ("get_order", {"symbol": "BTCUSDT"}, "order_id", "orig_client_order_id"),
        ("agg_trades", {"symbol": "BTCUSDT", "from_id": 1, "start_time": 1_700_000_000_000}, "1", "start_time"),
        ("account", {"timestamp": 5}, "timestamp", "omit_zero_balances"),
        (
            "all_orders",
            {"symbol": "BTCUSDT", "start_time": "2024-01-01", "end_time": "2024-01-02 00:01"},
            "1704153660000",
            "24 hours",
        ),
    ],
)
def test_a_wrong_word_is_refused_before_anything_is_sent(
    peer: Start, name: str, words: dict[str, Any], culprit: str, helps: str
) -> None:
    """The error names the culprit and what would be right."""
    there = peer()

    with pytest.raises(UsageError) as caught:
        there.client.call(name, **words)

    error = caught.value
    assert culprit == error.culprit
    assert helps in " ".join(filter(None, (error.message, error.hint, error.suggestion)))
    assert [] == there.server.heard


def test_numbers_keep_their_digits(peer: Start) -> None:
    """Decimals, texts and floats arrive as the plain digits that were meant."""
    there = peer(Answer())

    there.client.call(
        "new_order",
        **{**ORDER, "type": "LIMIT", "timeInForce": "GTC"} | {"quantity": Decimal("0.10000000"), "price": 8.8e-06},
    )

    body = there.server.heard[-1].body
    assert "quantity=0.10000000&price=0.0000088&" in body


def test_the_live_gate_is_shut(peer: Start) -> None:
    """No order leaves for a live host, and reading there works."""
    there = peer(Answer(body=b"{}"), is_live=True)
    there.client.call("account")

    with pytest.raises(NotArmedError) as caught:
        there.client.call("new_order", **ORDER)

    assert ["/api/v3/account"] == there.calls
    assert "live" in caught.value.message


@pytest.mark.parametrize(
    ("place", "is_live"),
    [
        ("live", True),
        ("https://api3.binance.com", True),
        ("https://example.org", True),
        ("https://testnet.binance.vision.example.org", True),
        ("testnet", False),
        ("demo", False),
        ("https://testnet.binance.vision", False),
        ("http://127.0.0.1:9", False),
        ("http://localhost:9", False),
    ],
)
def test_any_host_not_known_to_be_harmless_counts_as_live(place: str, is_live: bool) -> None:
    """Only loopback, testnet and demo take orders."""
    assert is_live is resolve(place).is_live


@pytest.mark.parametrize(
    "place", ["mainnet", "testnett", "ftp://x", "http://example.org", "https://user:pw@example.org"]
)
def test_an_environment_that_does_not_exist_is_refused(place: str) -> None:
    """Names are never guessed, keys never sent in the clear, and a password is not echoed."""
    with pytest.raises(UsageError) as caught:
        resolve(place)

    assert "pw" not in str(caught.value)


def test_the_data_host_says_where_a_call_is_served() -> None:
    """An endpoint that the keyless host lacks is refused with the places that have it."""
    with pytest.raises(UsageError, match="keyless") as caught:
        Client(resolve("market")).call("account")

    assert "live" in str(caught.value.hint)
    assert "market" in ENVIRONMENT_NAMES


def test_a_missing_key_is_said_before_sending(peer: Start) -> None:
    """A signed call without a key asks for one and sends nothing."""
    there = peer(held=None)

    with pytest.raises(CredentialsError, match="needs an API key"):
        there.client.call("account")

    assert [] == there.server.heard


def test_a_key_never_goes_to_another_host(peer: Start) -> None:
    """A live key is not tried out elsewhere."""
    there = peer(held=credentials(KEY, SECRET, "api.binance.com"))

    with pytest.raises(CredentialsError, match=r"api\.binance\.com"):
        there.client.call("account")

    assert [] == there.server.heard


@pytest.mark.parametrize("key", ["", "two words", "naïve", 'tab\t"'])
def test_a_text_that_is_no_key_is_refused(key: str) -> None:
    """A slip of copying is named without being echoed."""
    with pytest.raises(CredentialsError) as caught:
        credentials(key, SECRET, "host")

    assert not key or key not in str(caught.value)


def test_secrets_never_show(peer: Start, caplog: pytest.LogCaptureFixture) -> None:
    """Neither reprs, nor errors and their tracebacks, nor debug logs hold a key, a secret or a signature."""
    caplog.set_level(logging.DEBUG)
    there = peer(*[Answer(drops=True)] * 3)
    held = there.client.credentials
    prepared = there.client.prepare(*_bound(there.client, "account"))
    told = [repr(there.client), repr(held), str(held), f"{held.secret_key}", repr(prepared), redact(prepared.url, held)]
    try:
        there.client.call("account")
    except TransportError as error:
        told += [repr(error), *traceback.format_exception(error)]

    assert there.calls
    signature = prepared.url.rpartition("=")[2]
    for text in told:
        assert not any(secret in text for secret in (KEY, SECRET, signature)), text
    with pytest.raises(TypeError):
        pickle.dumps(held)


def _bound(client: Client, name: str) -> tuple[Any, Any]:
    from binance_nb.client import endpoint_of

    endpoint = endpoint_of(name)
    return endpoint, client.bind(endpoint, {})


def test_debug_logs_of_the_network_hold_no_signature(peer: Start, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 logs every path with its query; the signature in it is masked."""
    caplog.set_level(logging.DEBUG)
    there = peer(Answer(body=b"{}"))

    there.client.call("account")

    signature = there.server.heard[-1].query.rpartition("=")[2]
    assert "/api/v3/account" in caplog.text
    assert signature not in caplog.text


def test_the_receive_window_keeps_its_digits(peer: Start) -> None:
    """Three decimals are allowed, and travel as they were given."""
    there = peer(Answer(body=b"{}"), recv_window_ms=5000.123)

    there.client.call("account")

    assert "recvWindow=5000.123&" in there.server.heard[-1].query


def test_a_symbol_that_no_whole_list_has_is_known_once_asked_for(peer: Start) -> None:
    """Special permissions hide a symbol from the list; asking for it by name makes it usable."""
    whole = b'{"symbols":[{"symbol":"BTCUSDT"}],"rateLimits":[]}'
    one = b'{"symbols":[{"symbol":"GRPUSDT"}],"rateLimits":[]}'
    there = peer(Answer(body=whole), Answer(body=one), Answer(body=b"{}"))
    there.client.call("exchange_info")
    with pytest.raises(UsageError, match="GRPUSDT"):
        there.client.call("avg_price", symbol="GRPUSDT")

    there.client.call("exchange_info", symbol="GRPUSDT")
    there.client.call("avg_price", symbol="GRPUSDT")

    assert "/api/v3/avgPrice" == there.calls[-1]


def test_keys_are_told_apart_by_their_ends() -> None:
    """The mask shows four characters of a long key and nothing of a short one."""
    assert Credentials(Secret(KEY), Secret(SECRET), "h").masked.endswith("LAST")
    assert "short" not in Credentials(Secret("short"), Secret(SECRET), "h").masked


def test_the_nearest_symbol_is_offered_and_then_known(peer: Start) -> None:
    """After one "Invalid symbol." the list is fetched once; the next slip is caught before sending."""
    listing = b'{"symbols":[{"symbol":"BTCUSDT"},{"symbol":"ETHUSDT"}],"rateLimits":[]}'
    there = peer(Answer(400, b'{"code":-1121,"msg":"Invalid symbol."}'), Answer(body=listing))
    with pytest.raises(Exception, match="BTCUSDD") as caught:
        there.client.call("avg_price", symbol="BTCUSDD")

    with pytest.raises(UsageError) as again:
        there.client.call("avg_price", symbol="ETHUSD")

    assert "BTCUSDT" == caught.value.suggestion  # type: ignore[attr-defined]  # any of our errors has it
    assert "ETHUSDT" == again.value.suggestion
    assert ["/api/v3/avgPrice", "/api/v3/exchangeInfo"] == there.calls


def test_many_threads_share_one_client(peer: Start) -> None:
    """Twenty threads get twenty answers, and the clock is asked once."""
    there = peer(*[Answer(body=b"[]")] * 20)
    there.client.clock.now_ms()
    answered: list[int] = []

    def work() -> None:
        answered.append(there.client.call("my_trades", symbol="BTCUSDT").status)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [200] * 20 == answered
    assert 1 == sum(heard.path == "/api/v3/time" for heard in there.server.heard)


def test_a_signature_travels_percent_encoded(peer: Start) -> None:
    """The server reads back, from the query, the base64 that the public key verifies over the rest of it."""
    private_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    there = peer(Answer(body=b"[]"))
    there.client.credentials = credentials(KEY, None, there.client.environment.host, private_key=pem)

    there.client.call("my_trades", symbol="这是测试币456")

    payload, _, signature = there.server.heard[-1].query.partition("&signature=")
    assert not set(signature) & set("+/=")
    private_key.public_key().verify(base64.b64decode(unquote(signature), validate=True), payload.encode())
