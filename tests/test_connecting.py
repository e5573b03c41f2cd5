"""Sessions that sign with RSA and Ed25519 keys, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from binance_nb import Session, connect
from binance_nb.errors import AuthenticationError, CredentialsError
from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.sandbox_fixture import FROZEN_AT

KEYS: dict[str, Ed25519PrivateKey | rsa.RSAPrivateKey] = {
    "ED25519": Ed25519PrivateKey.generate(),
    "RSA": rsa.generate_private_key(public_exponent=65537, key_size=2048),
}
NON_ASCII = "这是测试币456"
PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def registering() -> Iterator[SandboxProcess]:
    """A sandbox that knows both public keys."""
    public = [key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in KEYS.values()]
    process = start(seed=1, frozen=FROZEN_AT, public_keys=[text.decode() for text in public])
    yield process
    process.stop()


def api_key_of(process: SandboxProcess, kind: str) -> str:
    return next(key.api_key for key in process.registered_keys if key.kind == kind)


@pytest.mark.parametrize("kind", KEYS)
def test_a_session_trades_with_a_private_key(registering: SandboxProcess, tmp_path: Path, kind: str) -> None:
    """An encrypted file signs orders, of a symbol that is not ASCII too, and both keys share one account."""
    lock = BestAvailableEncryption(PASSPHRASE.encode())
    file = tmp_path / "key.pem"
    file.write_bytes(KEYS[kind].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))

    with connect(
        registering.url, api_key=api_key_of(registering, kind), private_key=file, passphrase=PASSPHRASE
    ) as session:
        market = {"side": "BUY", "type": "MARKET", "raw": True}
        bought = session.call("new_order", symbol="BTCUSDT", quantity="0.001", **market)
        other = session.call("new_order", symbol=NON_ASCII, quantity="5", **market)
        trades = session.call("my_trades", symbol=NON_ASCII, raw=True)
        standing = session.status()
    with connect(
        registering.url, api_key=registering.read_only_api_key, secret_key=registering.read_only_secret_key
    ) as owner:
        orders = owner.call("all_orders", symbol="BTCUSDT", raw=True)

    assert kind == standing["key_kind"]
    assert ["FILLED", "FILLED"] == [bought["status"], other["status"]]
    assert NON_ASCII == other["symbol"]
    assert other["orderId"] in {trade["orderId"] for trade in trades}
    assert bought["orderId"] in {order["orderId"] for order in orders}


def test_a_signature_of_the_wrong_kind_is_refused(registering: SandboxProcess) -> None:
    """The Ed25519 key's owner cannot speak for the RSA key."""
    text = KEYS["ED25519"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    with (
        connect(registering.url, api_key=api_key_of(registering, "RSA"), private_key=text) as session,
        pytest.raises(AuthenticationError) as caught,
    ):
        session.call("account")

    assert -1022 == caught.value.code


@pytest.mark.parametrize("kind", KEYS)
def test_the_sandbox_takes_a_private_key_of_ones_own(kind: str) -> None:
    """A person practises with the key they have: its public half is registered, and the rest goes as elsewhere."""
    lock = BestAvailableEncryption(PASSPHRASE.encode())
    text = KEYS[kind].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    with connect("sandbox", frozen=FROZEN_AT, private_key=text, passphrase=PASSPHRASE) as session:
        account = session.call("account", raw=True)
        standing = session.status()

    assert account["balances"]
    assert (kind, "sandbox") == (standing["key_kind"], standing["key_source"])


def test_the_sandbox_gives_a_private_key_its_api_key() -> None:
    """An API key from elsewhere would be unknown there, and is refused before anything starts."""
    text = KEYS["ED25519"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    with pytest.raises(CredentialsError) as caught:
        connect("sandbox", api_key="k" * 64, private_key=text)

    assert "api_key" == caught.value.culprit


def test_a_session_goes_by_the_clock_of_its_sandbox_after_it_was_turned(fresh_sandbox: Session) -> None:
    """Distances from now, what is closed, and the line above a frame are those of the later hour."""
    assert fresh_sandbox.sandbox is not None
    turned_ms = fresh_sandbox.sandbox.advance(3_600_000)

    hours = fresh_sandbox.klines("BTCUSDT", "1h", start="-2h")

    assert turned_ms == fresh_sandbox.client.clock.now_ms() == hours.attrs["binance"]["server_time"]
    assert [True, True, False] == hours["closed"].to_list()
    assert fresh_sandbox.environment.label == "SANDBOX seed 1, clock stands at 2024-06-01 13:00:00 UTC"
