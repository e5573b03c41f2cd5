"""Registered public keys: which are taken, and what counts as their owner's signature."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from binance_nb.catalog import Security
from binance_nb.errors import SandboxError
from binance_nb.sandbox.door.keys import registered
from binance_nb.sandbox.door.public_keys import PublicKey, read_public_key
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.sandbox.desk import NOW_MS, Desk, encoded, signed
from tests.sandbox_fixture import FROZEN_AT

ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
BAD_SIGNATURE = (400, -1022, "Signature for this request is not valid.")


def pem(key: PublicKeyTypes) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def by_ed25519(text: str) -> str:
    return base64.b64encode(ED25519.sign(text.encode())).decode()


def by_rsa(text: str) -> str:
    return base64.b64encode(RSA.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()


@pytest.mark.parametrize(("text", "kind"), [(pem(ED25519.public_key()), "ED25519"), (pem(RSA.public_key()), "RSA")])
def test_a_public_key_is_read_from_text_or_file(tmp_path: Path, text: str, kind: str) -> None:
    """Both give the same key, and the same seed always the same API key for it."""
    (tmp_path / "key.pub").write_text(text)

    keys = [registered(1, read_public_key(given)) for given in (text, str(tmp_path / "key.pub"))]
    elsewhere = registered(2, read_public_key(text))

    assert [kind] * 2 == [key.kind for key in keys]
    assert keys[0].api_key == keys[1].api_key != elsewhere.api_key
    assert set(Security) - {Security.NONE} == keys[0].permissions


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (PRIVATE, "a private key"),
        (pem(ec.generate_private_key(ec.SECP256R1()).public_key()), "neither"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()), "1024 bits"),
        ("-----BEGIN PUBLIC KEY-----", "PEM text"),
        ("missing.pub", r"missing\.pub cannot be read: No such file"),
    ],
)
def test_other_keys_are_refused(given: str, words: str) -> None:
    """What the exchange would not register is not registered here."""
    with pytest.raises(ValueError, match=words):
        read_public_key(given)


def test_vectors_made_with_a_known_key_are_accepted(spec_folder: Path) -> None:
    """The signatures that were made outside the project verify over their payloads, and over no others."""
    made = json.loads((spec_folder / "signing.json").read_text(encoding="utf-8"))["generated_vectors"]
    key = PublicKey(Ed25519PublicKey.from_public_bytes(bytes.fromhex(made["ed25519_public_hex"])))
    vectors = [vector for vector in made["vectors"] if vector["algorithm"] == "ED25519"]

    assert len(vectors) >= 2
    for vector in vectors:
        payload = vector["payload"].encode()
        assert key.has_signed(payload, vector["signature"])
        assert not key.has_signed(payload + b" ", vector["signature"])


class Counter:
    """A desk's exchange with one more key, and how its calls are signed."""

    def __init__(self, desk: Desk, key: Ed25519PrivateKey | RSAPrivateKey) -> None:
        self.desk = desk
        self.key = registered(1, PublicKey(key.public_key()))
        self.exchange = Exchange(desk.venue, (desk.trading, self.key), desk.clock, "test")
        desk.exchange = self.exchange

    def send(self, signature: Callable[[str], str], symbol: str = "BTCUSDT") -> tuple[int, int | None]:
        text = encoded({"symbol": symbol, "timestamp": NOW_MS})
        sent = f"{text}&signature={signature(text)}"
        reply = self.desk.send("GET", "/api/v3/openOrders", sent, x_mbx_apikey=self.key.api_key)
        return reply.status, None if reply.status == 200 else reply.json["code"]


def travelling(sign: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: quote(sign(text), safe="")


def with_unused_bits(signature: str) -> str:
    """Another spelling of the same bytes: the last digit before the padding has bits that nobody reads."""
    digits = signature.rstrip("=")
    other = f"{digits[:-1]}{chr(ord(digits[-1]) + 1)}{signature[len(digits) :]}"
    assert base64.b64decode(other) == base64.b64decode(signature)
    return other


@pytest.mark.parametrize(("key", "sign"), [(ED25519, by_ed25519), (RSA, by_rsa)], ids=["ED25519", "RSA"])
def test_the_owners_signature_opens_and_no_other_does(
    desk: Desk, key: Ed25519PrivateKey | RSAPrivateKey, sign: Callable[[str], str]
) -> None:
    """Another kind's signature, another case, missing padding, a stray character or an HMAC does not do."""
    counter = Counter(desk, key)
    other = by_rsa if sign is by_ed25519 else by_ed25519
    wrong: list[Callable[[str], str]] = [
        travelling(other),
        travelling(lambda text: sign(text + "&a=1")),
        travelling(lambda text: sign(text).swapcase()),
        travelling(lambda text: sign(text).rstrip("=")),
        travelling(lambda text: sign(text)[:-4]),
        travelling(lambda text: with_unused_bits(sign(text))),
        travelling(lambda text: f" {sign(text)}"),
        travelling(lambda text: sign(text) + "\n"),
        lambda text: signed(text, ""),
        lambda text: signed(text, desk.trading.secret_key),
        lambda text: "é",
    ]

    assert (200, None) == counter.send(travelling(sign))
    assert [(400, -1022)] * len(wrong) == [counter.send(signature) for signature in wrong]


def test_an_hmac_key_is_not_opened_by_a_registered_one(desk: Desk) -> None:
    """Each API key has its own way of signing."""
    text = encoded({"timestamp": NOW_MS})

    reply = desk.send(
        "GET", "/api/v3/account", f"{text}&signature={quote(by_ed25519(text))}", x_mbx_apikey=desk.trading.api_key
    )

    assert BAD_SIGNATURE == reply.refusal


def test_a_plus_that_was_not_percent_encoded_is_a_space(desk: Desk) -> None:
    """A signature is decoded like any parameter, so base64 may not travel as it is."""
    counter = Counter(desk, ED25519)
    symbol = next(
        symbol
        for symbol in ("BTCUSDT", "ETHUSDT", "BNBUSDT", "LTCBTC", "ETHBTC")
        if "+" in by_ed25519(encoded({"symbol": symbol, "timestamp": NOW_MS}))
    )

    assert [(200, None), (400, -1022)] == [
        counter.send(signature, symbol) for signature in (travelling(by_ed25519), by_ed25519)
    ]


def test_a_sandbox_says_what_it_registered(
    start_sandbox: Callable[..., SandboxProcess], sandbox: SandboxProcess, tmp_path: Path
) -> None:
    """In the order given, from a path and from a text; without any, it registers none."""
    (tmp_path / "key.pub").write_text(pem(RSA.public_key()))

    process = start_sandbox(frozen=FROZEN_AT, public_keys=[tmp_path / "key.pub", pem(ED25519.public_key())])

    assert ["RSA", "ED25519"] == [key.kind for key in process.registered_keys]
    assert process.registered_keys[1].api_key == registered(1, PublicKey(ED25519.public_key())).api_key
    assert () == sandbox.registered_keys


@pytest.mark.parametrize(
    ("given", "words"),
    [("missing.pub", r"missing\.pub cannot be read"), (PRIVATE, "private key")],
    ids=["file", "text"],
)
def test_an_unusable_public_key_is_named(given: str, words: str) -> None:
    """The error names the option; a private key does not reach the command line of another process."""
    with pytest.raises(SandboxError, match=words) as caught:
        start(public_keys=[given])

    assert "public_keys" == caught.value.culprit
    assert caught.value.hint
    assert PRIVATE.splitlines()[1] not in repr(caught.value.details)
