from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from binance_nb import connect
from binance_nb.client import ClockReading
from binance_nb.rendering import Sheet, dry_run_sheet

KEY, SECRET = "k" * 60 + "1234", "s" * 64
ORDER: dict[str, Any] = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": 1}


def drawn(name: str, words: dict[str, Any], **keys: Any) -> tuple[Any, Sheet]:
    """The request and its sheet, on a testnet whose clock stands."""
    with connect("testnet", **keys) as session:
        session.client.clock.follow(ClockReading(1_717_243_200_000, rate=0.0))
        prepared = session.prepare(name, **words)
        return prepared, dry_run_sheet(prepared, session.client.credentials, words)


def test_a_signed_request_is_shown_without_key_and_signature() -> None:
    """Method, URL, headers, body, the text signed, how, and the weight; masks where secrets stand."""
    prepared, sheet = drawn("new_order", ORDER, api_key=KEY, secret_key=SECRET)
    signature = prepared.body.decode().partition("&signature=")[2]

    text = sheet.text()

    assert signature == hmac.new(SECRET.encode(), prepared.signed_payload.encode(), hashlib.sha256).hexdigest()
    assert "nothing was sent" in text
    assert "POST https://testnet.binance.vision/api/v3/order" in text
    assert "X-MBX-APIKEY: ••••1234" in text
    assert "Content-Type: application/x-www-form-urlencoded" in text
    assert "HMAC-SHA-256 of the text below with the secret key, in hexadecimal digits" in text
    assert f"Signed text: {prepared.signed_payload}" in text
    assert "timestamp=1717243200000&signature=••••" in text
    assert 'session.new_order("BTCUSDT", "BUY", "MARKET", quantity=1)' in text
    assert [secret for secret in (KEY, SECRET, signature) if secret in text + sheet.html()] == []


def test_without_a_key_the_request_is_shown_without_one() -> None:
    """Nothing would be sent, so nothing is missing: the key and the signature are left out, and it says so."""
    prepared, sheet = drawn("new_order", ORDER)

    text = sheet.text()

    assert "none is held for that place: it and the signature are left out" in text
    assert "Text to sign: symbol=BTCUSDT&side=BUY" in text
    assert "timestamp=1717243200000" in text
    assert "X-MBX-APIKEY" not in prepared.headers
    assert b"signature" not in (prepared.body or b"")


def test_how_it_was_signed_is_true_of_another_kind_of_key(tmp_path: Path) -> None:
    """Ed25519 signs the text itself, and its base64 is percent-encoded where it travels."""
    key = Ed25519PrivateKey.generate()
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    prepared, sheet = drawn("new_order", ORDER, api_key=KEY, private_key=path)
    sent = prepared.body.decode().partition("&signature=")[2]
    signature = base64.b64encode(key.sign(prepared.signed_payload.encode())).decode()

    assert sent == signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert "Ed25519 over the text below, in base64, percent-encoded" in sheet.text()
    assert [secret for secret in (KEY, sent, signature) if secret in sheet.text() + sheet.html()] == []


def test_a_plain_request_has_nothing_signed() -> None:
    """Market data shows its URL, its weight and its Python."""
    with connect("market") as session:
        text = dry_run_sheet(session.prepare("klines", symbol="BTCUSDT", interval="1h")).text()

    assert text == (
        "Dry run: nothing was sent\n"
        "  call    klines\n"
        "  weight  2\n"
        "  Request: GET https://data-api.binance.vision/api/v3/klines?symbol=BTCUSDT&interval=1h\n"
        '  The same in Python: session.klines("BTCUSDT", "1h")'
    )


@pytest.mark.parametrize(("given", "shown"), [({"start": "-30d", "tz": "Asia/Tokyo"}, 'start="-30d", tz="Asia/Tokyo"')])
def test_the_python_says_what_the_person_said(given: dict[str, Any], shown: str) -> None:
    """Not the milliseconds that were made of it."""
    _, sheet = drawn("klines", {"symbol": "BTCUSDT", "interval": "1h", **given})

    assert f'session.klines("BTCUSDT", "1h", {shown})' in sheet.text()


def test_what_is_given_back_is_not_told_as_spent() -> None:
    """An order that is placed weighs nothing; what it is charged first is still told."""
    _, order = drawn("new_order", ORDER, api_key=KEY, secret_key=SECRET)
    _, book = drawn("depth", {"symbol": "BTCUSDT"})

    assert "1, which the exchange gives back when the call works" in order.text()
    assert "gives back" not in book.text()
