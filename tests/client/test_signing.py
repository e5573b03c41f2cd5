"""What travels is what was signed, and what was signed is what the documentation signs."""

from __future__ import annotations

import base64
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.keys import Secret
from binance_nb.keys.signing import Ed25519Signer, HmacSigner, RsaSigner, Signer, encode
from tests.client.scripted import Answer

Start = Callable[..., Any]
SPEC = Path(os.environ.get("BINANCE_NB_SPEC") or Path(__file__).resolve().parents[3] / "shared" / "spec")


def documented_vectors() -> list[dict[str, Any]]:
    """The REST vectors for HMAC that the documentation gives, or that were made by hand from its rules."""
    if not SPEC.is_dir():
        return []
    signing = json.loads((SPEC / "signing.json").read_text(encoding="utf-8"))
    return [v for v in signing["vectors"] if v["api"] == "rest" and v["algorithm"] == "HMAC" and v["usable_as_test"]]


@pytest.mark.skipif(not SPEC.is_dir(), reason="no spec data: set BINANCE_NB_SPEC")
@pytest.mark.parametrize("vector", documented_vectors(), ids=lambda vector: vector["id"])
def test_documented_signatures_are_reproduced(vector: dict[str, Any]) -> None:
    """Payload and signature of the documentation come out, non-ASCII symbols included."""
    payload = encode([(name, str(value)) for name, value in vector["params"]])

    assert vector["payload"] == payload
    assert vector["signature"] == HmacSigner(Secret(vector["secret_key"])).sign(payload)


@pytest.mark.skipif(not SPEC.is_dir(), reason="no spec data: set BINANCE_NB_SPEC")
def test_query_and_body_are_signed_with_nothing_between() -> None:
    """The rule for mixed parameters gives the signature that was made for it."""
    signing = json.loads((SPEC / "signing.json").read_text(encoding="utf-8"))["generated_vectors"]
    vector = next(v for v in signing["vectors"] if v["id"] == "gen-rest-hmac-query-plus-body")

    signature = HmacSigner(Secret(signing["hmac_secret_key"])).sign(vector["query"] + vector["body"])

    assert vector["signature"] == signature


@pytest.mark.skipif(not SPEC.is_dir(), reason="no spec data: set BINANCE_NB_SPEC")
def test_ed25519_signs_the_message_itself() -> None:
    """Each vector made with the key of RFC 8032 comes out, percent-encoded as it has to travel."""
    signing = json.loads((SPEC / "signing.json").read_text(encoding="utf-8"))["generated_vectors"]
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(signing["ed25519_seed_hex"])))
    vectors = [vector for vector in signing["vectors"] if vector["algorithm"] == "ED25519"]

    signatures = {vector["id"]: signer.sign(vector["payload"]) for vector in vectors}

    assert {vector["id"]: vector["signature"] for vector in vectors} == signatures
    assert {"gen-rest-ed25519-ascii", "gen-rest-ed25519-non-ascii"} <= set(signatures)
    for vector in vectors:
        encoded = vector["signature_percent_encoded"]
        assert encoded in (None, quote(signatures[vector["id"]], safe=""))


def test_rsa_signs_as_the_exchange_verifies() -> None:
    """The public key accepts the signature of this payload, and of no other."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = base64.b64decode(RsaSigner(key).sign("symbol=%E8%BF%99&timestamp=1"), validate=True)
    public = key.public_key()

    public.verify(signed, b"symbol=%E8%BF%99&timestamp=1", padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signed, b"symbol=%E8%BF%99&timestamp=2", padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    "signer",
    [
        HmacSigner(Secret("s" * 64)),
        Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32))),
        RsaSigner(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ],
    ids=lambda signer: signer.kind,
)
def test_a_signer_repeats_itself_and_stays_here(signer: Signer) -> None:
    """One signer serves every call: a payload has one signature, another payload another; no pickle takes it away."""
    assert signer.sign("a=1") == signer.sign("a=1") != signer.sign("a=2")
    with pytest.raises(TypeError):
        pickle.dumps(signer)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=6))
def test_any_text_survives_the_journey(pairs: list[tuple[str, str]]) -> None:
    """Percent-encoding is undone by the standard library to the very same texts."""
    travelled = encode(pairs)

    assert pairs == parse_qsl(travelled, keep_blank_values=True)
    assert travelled.isascii()


def test_a_get_travels_in_the_query_with_key_in_the_header(peer: Start) -> None:
    """A signed GET has everything in its query, the signature last, and no body."""
    there = peer(Answer(body=b"[]"))

    there.client.call("my_trades", symbol="这是测试币456")

    heard = there.server.heard[-1]
    payload, _, signature = heard.query.partition("&signature=")
    assert "GET" == heard.method
    assert "" == heard.body
    assert payload.startswith("symbol=%E8%BF%99")
    assert HmacSigner(Secret("s" * 64)).sign(payload) == signature
    assert "k" * 60 + "LAST" == heard.headers["X-MBX-APIKEY"]


def test_an_order_travels_in_the_body(peer: Start) -> None:
    """A signed POST has everything in its form body, and nothing in its query."""
    there = peer(Answer())

    there.client.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity=1e-05)

    heard = there.server.heard[-1]
    payload, _, signature = heard.body.partition("&signature=")
    assert "" == heard.query
    assert "quantity=0.00001&" in payload
    assert HmacSigner(Secret("s" * 64)).sign(payload) == signature
    assert "application/x-www-form-urlencoded" == heard.headers["Content-Type"]


def test_an_open_call_carries_no_key(peer: Start) -> None:
    """Public data are asked for without showing who asks."""
    there = peer(Answer(body=b"[]"))

    there.client.call("klines", symbol="BTCUSDT", interval="1m")

    assert "X-MBX-APIKEY" not in there.server.heard[-1].headers
