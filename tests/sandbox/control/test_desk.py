"""The control desk over its socket, and from Python: what can be ordered there, and what it refuses."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from binance_nb.errors import SandboxError
from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.sandbox.desk import encoded
from tests.sandbox_fixture import FROZEN_AT

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    """A sandbox for these tests alone."""
    process = start(seed=1, frozen=FROZEN_AT)
    yield process
    process.stop()


def ask(process: SandboxProcess, api_key: str, private: Any, method: str, path: str, **params: object) -> Any:
    """Call with an Ed25519 key."""
    now = requests.get(f"{process.url}/api/v3/time", timeout=30).json()["serverTime"]
    query = encoded({**params, "timestamp": now})
    signature = quote(base64.b64encode(private.sign(query.encode())).decode(), safe="")
    url = f"{process.url}/api/v3/{path}?{query}&signature={signature}"
    return requests.request(method, url, headers={"X-MBX-APIKEY": api_key}, timeout=30).json()


def test_faults_are_listed_and_cleared(process: SandboxProcess) -> None:
    """What is set, how often each has struck, and which kinds there are."""
    with process.faults("ping", kind=429, count=3, skip=1):
        statuses = [requests.get(f"{process.url}/api/v3/ping", timeout=30).status_code for _ in range(2)]
        (listed,) = process.control("GET", "faults")["faults"]
    after = process.control("GET", "faults")

    assert [200, 429] == statuses
    assert ("429", "ping", 1, 1) == (listed["kind"], listed["route"], listed["met"], listed["skipped"])
    assert [] == after["faults"]
    assert {"execute_then_503", "truncated_zip", "silence"} <= set(after["kinds"])


def test_a_fault_without_with_stays_until_it_is_cleared(process: SandboxProcess) -> None:
    """By its handle, or with all others; clearing twice is no error."""
    handle = process.faults("ping", kind="403")
    process.faults("time", kind="403")

    before = requests.get(f"{process.url}/api/v3/ping", timeout=30).status_code
    handle.clear()
    handle.clear()
    after = requests.get(f"{process.url}/api/v3/ping", timeout=30).status_code
    process.clear_faults()
    last = requests.get(f"{process.url}/api/v3/time", timeout=30).status_code

    assert (403, 200, 200) == (before, after, last)
    assert "FaultHandle(403 on ping)" == repr(handle)


def test_a_fault_can_be_set_in_the_address(process: SandboxProcess) -> None:
    """The words of the query are numbers where numbers are wanted."""
    query = "kind=delay&route=ping&probability=0.5&count=3&ms=20"
    told = requests.post(f"{process.url}/sandbox/faults?{query}", timeout=30).json()
    process.clear_faults()

    assert ("delay", "ping", 0.5, 3, 20) == tuple(
        told[name] for name in ("kind", "route", "probability", "count", "ms")
    )


def test_what_is_about_a_connection_has_routes_and_lines_too(process: SandboxProcess) -> None:
    """The methods that are no endpoints, the streams, and the events of accounts."""
    routes = {
        "429": "session.logon",
        "skip_depth": "btcusdt@depth@100ms",
        "silence": "userDataStream",
        "cut": "*@trade",
    }
    set_routes = [process.faults(route, kind=kind).told["route"] for kind, route in routes.items()]
    process.clear_faults()

    assert list(routes.values()) == set_routes
    assert [] == process.log(endpoint="session.logon")


def test_the_log_comes_as_dicts(process: SandboxProcess) -> None:
    """The desk itself stands in it nowhere."""
    since = max((line["id"] for line in process.log()), default=0)
    requests.get(f"{process.url}/api/v3/depth?symbol=BTCUSDT", timeout=30)

    assert [("depth", {"symbol": "BTCUSDT"})] == [
        (line["endpoint"], line["parameters"]) for line in process.log(since=since)
    ]


def test_the_clock_is_turned_forward(process: SandboxProcess) -> None:
    """One that stands stands at the later moment."""
    before = process.control("GET", "clock")

    turned = process.advance(60_000)

    assert {"time": before["time"] + 60_000, "rate": 0.0} == process.control("GET", "clock")
    assert before["time"] + 60_000 == turned
    assert turned == requests.get(f"{process.url}/api/v3/time", timeout=30).json()["serverTime"]


def test_money_is_brought_in_and_taken_out(process: SandboxProcess) -> None:
    """For any account; not more than is there."""
    before = process.deposit("BTC", "0", account="second")
    after = process.deposit("BTC", Decimal("0.5"), account="second")
    process.deposit("BTC", "-0.5", account="second")

    assert Decimal("0.5") == Decimal(after["free"]) - Decimal(before["free"])
    with pytest.raises(SandboxError, match="Not so much BTC is free"):
        process.deposit("BTC", -(10**6))


def test_money_is_locked_from_outside(process: SandboxProcess) -> None:
    """And released again."""
    locked = process.control("POST", "lock", asset="BTC", amount="0.25")
    released = process.control("POST", "lock", asset="BTC", amount="-0.25")

    assert ("0.25000000", "0.00000000") == (locked["locked"], released["locked"])


def test_each_account_has_keys_that_sign(process: SandboxProcess) -> None:
    """The Ed25519 key of the second account opens the second account."""
    second = process.accounts["second"]
    *_, key = second.keys

    told = ask(process, key.api_key, load_pem_private_key(key.private_key.encode(), None), "GET", "account")

    assert ("ED25519", second.uid) == (key.kind, told["uid"])
    assert second.uid != process.accounts["main"].uid
    assert [("HMAC", True), ("HMAC", False), ("ED25519", True)] == [
        (key.kind, "TRADE" in key.permissions) for key in second.keys
    ]


def test_the_first_accounts_keys_are_the_processs_own(process: SandboxProcess) -> None:
    """Who knows one account only need not look further; no secret is in a repr."""
    trading, reading, _ = process.accounts["main"].keys

    assert (process.api_key, process.secret_key) == (trading.api_key, trading.secret_key)
    assert (process.read_only_api_key, process.read_only_secret_key) == (reading.api_key, reading.secret_key)
    shown = repr(process.accounts) + repr(process)
    assert trading.secret_key not in shown
    assert "PRIVATE KEY" not in shown


def test_a_public_key_is_registered_with_what_it_may_do(process: SandboxProcess, tmp_path: Path) -> None:
    """For an account, to read only: reading works, trading does not, and the log says why."""
    (tmp_path / "key.pem").write_text(PUBLIC)
    key = process.register_key(tmp_path / "key.pem", "second", permissions=["USER_DATA"])
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}

    read = ask(process, key.api_key, PRIVATE, "GET", "account")
    refused = ask(process, key.api_key, PRIVATE, "POST", "order", **order)

    assert (process.accounts["second"].uid, -2015) == (read["uid"], refused["code"])
    assert "wrong permission: TRADE is needed, the key has USER_DATA" == process.log()[-1]["reason"]
    assert ("ED25519", ("USER_DATA",), "") == (key.kind, key.permissions, key.secret_key)


def test_a_registered_key_can_get_more_and_be_revoked(process: SandboxProcess) -> None:
    """Registering again changes what it may do; revoked it is unknown."""
    first = process.register_key(PUBLIC, permissions=["USER_DATA"])
    again = process.register_key(PUBLIC)
    may = ask(process, again.api_key, PRIVATE, "GET", "openOrders")
    process.control("DELETE", "keys", api_key=again.api_key)
    gone = ask(process, again.api_key, PRIVATE, "GET", "openOrders")

    assert first.api_key == again.api_key
    assert ([], -2015) == (may, gone["code"])


@pytest.mark.parametrize(
    ("method", "action", "words", "message", "suggestion"),
    [
        ("POST", "faults", {"kind": "execute_then_504"}, "There is no fault 'execute_then_504'.", "execute_then_503"),
        ("GET", "fault", {}, "There is nothing at /sandbox/fault; there are faults, log, clock, ", "faults"),
        ("GET", "", {}, "There is nothing at /sandbox/; there are faults, log, clock, ", None),
        ("POST", "faults", {"kind": "cut", "route": "btcusdt@dpth"}, "No stream has the route", "btcusdt@depth"),
        ("POST", "faults", {"kind": "silence", "route": "executionRep"}, "No stream has the route", "executionReport"),
        ("POST", "faults", {"kind": "429", "route": "session.logn"}, "No call has the route", "session.logon"),
        ("PUT", "faults", {}, "/sandbox/faults takes GET and POST and DELETE.", None),
        ("DELETE", "faults", {"id": "all"}, "id is a whole number, 1 or more.", None),
        ("GET", "log", {"endpoint": "new_ordr"}, "There is no endpoint 'new_ordr'.", "new_order"),
        ("GET", "log", {"acount": "main"}, "There is no 'acount' here.", "account"),
        ("GET", "log", {"account": "mian"}, "There is no account 'mian'.", "main"),
        ("GET", "log", {"since": -1}, "since is a whole number, 0 or more.", None),
        ("POST", "clock", {"advance_ms": -1}, "advance_ms is a whole number, 0 or more.", None),
        ("POST", "clock", {"advance_ms": 10**17}, "A clock is turned forward, and not past the year 9998: ", None),
        ("POST", "deposit", {"asset": "USDTT", "amount": "1"}, "There is no asset 'USDTT'.", "USDT"),
        ("POST", "deposit", {"asset": "usdt", "amount": "1"}, "There is no asset 'usdt'.", "USDT"),
        ("POST", "deposit", {"asset": "USDT", "amount": 1}, "amount is the text of a number with up to eight", None),
        (
            "POST",
            "deposit",
            {"asset": "USDT", "amount": "1e5"},
            "amount is the text of a number with up to eight",
            None,
        ),
        ("POST", "deposit", {"asset": "USDT", "amount": "0.123456789"}, "amount is the text of a number", None),
        ("POST", "keys", {"public_key": "-----BEGIN"}, "A public key is PEM text with a first line", None),
        ("POST", "keys", {"public_key": "/etc/passwd"}, "public_key is PEM text with a first line", None),
        ("POST", "keys", {"public_key": PUBLIC, "permissions": []}, "permissions is a list of", None),
        ("POST", "keys", {"public_key": PUBLIC, "permissions": ["TRAD"]}, "There is no permission 'TRAD'.", "TRADE"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    process: SandboxProcess, method: str, action: str, words: dict[str, Any], message: str, suggestion: str | None
) -> None:
    """With the nearest word that can be, as a hint."""
    with pytest.raises(SandboxError) as caught:
        process.control(method, action, **words)

    assert caught.value.message.startswith(message)
    assert suggestion == caught.value.suggestion
    assert (caught.value.hint or "") == (f"Did you mean {suggestion}?" if suggestion else "")
    assert caught.value.culprit


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"kind": NaN}', b"{}" * 10])
def test_what_is_no_json_object_is_refused(process: SandboxProcess, body: bytes) -> None:
    """Broken, deep, of another sort."""
    reply = requests.post(f"{process.url}/sandbox/faults", body, timeout=30)

    assert 400 == reply.status_code
    assert reply.json()["message"]


def test_a_sandbox_that_is_gone_says_so() -> None:
    """And what to do."""
    process = start(frozen=0)
    handle = process.faults(kind="429")
    process.stop()

    handle.clear()
    with pytest.raises(SandboxError, match="does not answer") as caught:
        process.log()
    assert caught.value.hint
