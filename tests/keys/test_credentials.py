"""Private keys: opened once, judged in plain words, shown nowhere."""

from __future__ import annotations

import base64
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from binance_nb import connect
from binance_nb.environment import Environment, resolve
from binance_nb.errors import CredentialsError
from binance_nb.keys import credentials, from_environment_variables, redact

KEY = "k" * 60 + "LAST"
PASSPHRASE = "correct horse battery"
TESTNET = resolve("testnet")


def pem(
    key: PrivateKeyTypes, lock: KeySerializationEncryption | None = None, form: PrivateFormat = PrivateFormat.PKCS8
) -> str:
    """The key as the PEM text of a file."""
    return key.private_bytes(Encoding.PEM, form, lock or NoEncryption()).decode()


def public_pem(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LOCK = BestAvailableEncryption(PASSPHRASE.encode())
ENCRYPTED = pem(ED25519, LOCK)


@pytest.mark.parametrize(
    ("text", "passphrase", "kind"),
    [
        (pem(ED25519), None, "ED25519"),
        (pem(ED25519).replace("\n", "\\n"), None, "ED25519"),
        (pem(ED25519).replace("\n", "\r\n"), None, "ED25519"),
        (ENCRYPTED, PASSPHRASE, "ED25519"),
        (pem(RSA), None, "RSA"),
        (pem(RSA, LOCK), PASSPHRASE, "RSA"),
        (pem(RSA, form=PrivateFormat.TraditionalOpenSSL), None, "RSA"),
        (pem(RSA, LOCK, PrivateFormat.TraditionalOpenSSL), PASSPHRASE, "RSA"),
    ],
)
def test_a_key_is_taken_as_text_bytes_or_path(tmp_path: Path, text: str, passphrase: str | None, kind: str) -> None:
    """However it is given, and whether it is encrypted or not, the same key signs."""
    file = tmp_path / "key.pem"
    file.write_text(text, newline="")

    held = [
        credentials(KEY, None, "host", private_key=given, passphrase=passphrase)
        for given in (text, text.encode(), str(file), file)
    ]

    assert [kind] * 4 == [one.key_kind for one in held]
    assert 1 == len({one.signer.sign("a=1") for one in held})


def test_a_key_is_opened_once() -> None:
    """Signing does not read the PEM again."""
    held = credentials(KEY, None, "host", private_key=ENCRYPTED, passphrase=PASSPHRASE)

    assert held.signer is held.signer


def small_rsa() -> str:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))


def cut(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([lines[0], lines[1][:20], lines[-1]])


@pytest.mark.parametrize(
    ("given", "words", "culprit"),
    [
        ({"private_key": "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQ+/"}, "neither PEM text nor the path of a file", "private_key"),
        ({"private_key": "a\0b"}, "neither PEM text nor the path of a file", "private_key"),
        ({"private_key": "----- a line -----"}, "not in PEM form", "private_key"),
        ({"private_key": b"\xff-----"}, "not in PEM form", "private_key"),
        ({"private_key": public_pem(ED25519)}, "a public key", "private_key"),
        ({"private_key": pem(ED25519, form=PrivateFormat.OpenSSH)}, "OpenSSH", "private_key"),
        ({"private_key": cut(pem(ED25519))}, "damaged", "private_key"),
        ({"private_key": pem(ec.generate_private_key(ec.SECP256R1()))}, "kind is EC;", "private_key"),
        ({"private_key": small_rsa()}, "1024 bits", "private_key"),
        ({"private_key": ENCRYPTED}, "no passphrase was given", "passphrase"),
        ({"private_key": ENCRYPTED, "passphrase": "Correct horse battery"}, "does not open", "passphrase"),
        ({"private_key": pem(ED25519), "passphrase": PASSPHRASE}, "is not encrypted", "passphrase"),
        ({"private_key": pem(ED25519), "secret_key": "s" * 64}, "Both", None),
        ({"secret_key": "s" * 64, "passphrase": PASSPHRASE}, "without a private key", "passphrase"),
        ({"secret_key": pem(ED25519)}, "PEM text", "secret key"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_in_plain_words(
    given: dict[str, Any], words: str, culprit: str | None
) -> None:
    """The error says what is wrong and what to do; neither it nor a traceback with variables shows what was given."""
    with pytest.raises(CredentialsError) as caught:
        connect("testnet", api_key=KEY, **given)

    error = caught.value
    assert words in error.message
    assert culprit == error.culprit
    assert error.hint
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert frames.stack.pop(0).filename == __file__
    told = "".join(frames.format()) + error.message + error.hint
    secrets = {line for text in given.values() for line in _texts(text) if len(line) > 8 and "--" not in line}
    assert [] == [secret for secret in secrets if secret in told]


def _texts(given: str | bytes) -> list[str]:
    return (given if isinstance(given, str) else given.decode("latin-1")).splitlines()


@pytest.mark.parametrize(("name", "reason"), [("missing.pem", "No such file"), ("folder.pem", "directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    """A path that looks like one is repeated, with the reason."""
    (tmp_path / "folder.pem").mkdir()
    for given in (tmp_path / name, str(tmp_path / name)):
        with pytest.raises(CredentialsError, match=reason) as caught:
            credentials(KEY, None, "host", private_key=given)

        assert str(tmp_path / name) == caught.value.culprit


@pytest.mark.parametrize(("environment", "infix"), [("live", ""), ("testnet", "TESTNET_"), ("demo", "DEMO_")])
def test_environment_variables_hold_a_private_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: str, infix: str
) -> None:
    """Its text or its path, with a passphrase beside it."""
    (tmp_path / "key.pem").write_text(ENCRYPTED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"BINANCE_{infix}API_KEY", KEY)
    monkeypatch.setenv(f"BINANCE_{infix}PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    signatures = set()

    for text in (ENCRYPTED, ENCRYPTED.replace("\n", "\\n"), "key.pem"):
        monkeypatch.setenv(f"BINANCE_{infix}PRIVATE_KEY", text)
        held = from_environment_variables(resolve(environment))
        assert held is not None
        assert ("ED25519", "environment variables") == (held.key_kind, held.source)
        signatures.add(held.signer.sign("a=1"))

    assert {base64.b64encode(ED25519.sign(b"a=1")).decode()} == signatures


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        (["PRIVATE_KEY"], "BINANCE_TESTNET_API_KEY is not"),
        (["PRIVATE_KEY_PASSPHRASE"], "BINANCE_TESTNET_API_KEY is not"),
        (["API_KEY", "PRIVATE_KEY_PASSPHRASE"], "BINANCE_TESTNET_SECRET_KEY is not"),
        (["API_KEY", "SECRET_KEY", "PRIVATE_KEY"], "Both BINANCE_TESTNET_SECRET_KEY and BINANCE_TESTNET_PRIVATE_KEY"),
    ],
)
def test_environment_variables_that_do_not_fit_together_are_named(
    monkeypatch: pytest.MonkeyPatch, halves: list[str], words: str
) -> None:
    """Which is set and which is not, or which exclude each other."""
    for half in halves:
        monkeypatch.setenv(f"BINANCE_TESTNET_{half}", "x" * 64)

    with pytest.raises(CredentialsError, match=words):
        from_environment_variables(TESTNET)


def test_private_keys_are_taken_out_of_texts() -> None:
    """PEM, whole, cut or in a repr, is masked in any text; its lines and the passphrase in those about its holder."""
    text = pem(RSA, LOCK)
    held = credentials(KEY, None, "host", private_key=text, passphrase=PASSPHRASE)
    lines = text.splitlines()[1:-1]

    whole = [redact(f"a {shown} z") for shown in (text, repr(text), repr(text.encode()))]
    cut_off = redact(f"a {text[:300]}… z")
    of_holder = redact(f"a {' '.join(lines)} {PASSPHRASE} {KEY} z", held)

    assert all(shown.startswith("a ") and shown.endswith(" z") for shown in (*whole, cut_off, of_holder))
    for shown in (*whole, cut_off, of_holder):
        assert "••••" in shown
        assert [] == [line for line in lines if line[:20] in shown]
    assert not any(secret in of_holder for secret in (PASSPHRASE, KEY))
    assert "PRIVATE KEY" in cut_off


@pytest.mark.parametrize(
    "line",
    [
        "connect('testnet', passphrase='it\\'s mine')",
        'passphrase = "it\'s mine"',
        "\x1b[32mpassphrase\x1b[39m\x1b[38;5;241m=\x1b[39m'it is mine'",
        "secret_key='it is mine'",
    ],
)
def test_arguments_of_a_traceback_are_masked(line: str) -> None:
    """A line of code, or a variable that a traceback shows, keeps its name and loses its text."""
    shown = redact(line)

    assert "mine" not in shown
    assert "••••" in shown


def test_a_short_passphrase_is_masked_where_it_stands_alone() -> None:
    """Words that happen to contain it stay whole."""
    lock = BestAvailableEncryption(b"is")
    held = credentials(KEY, None, "host", private_key=pem(ED25519, lock), passphrase="is")

    assert "this •••• a list" == redact("this is a list", held)


def test_no_repr_shows_a_private_key() -> None:
    """Neither the credentials nor their signer."""
    held = credentials(KEY, None, "host", private_key=ENCRYPTED, passphrase=PASSPHRASE)
    told = f"{held!r} {held} {held.signer!r} {vars(held)!r} {vars(held.signer)!r}"

    assert PASSPHRASE not in told
    assert [] == [line for line in ENCRYPTED.splitlines() if line in told]


def test_a_private_key_belongs_to_one_host() -> None:
    """It is bound to a host like any other key."""
    held = credentials(KEY, None, TESTNET.host, private_key=pem(ED25519))

    with pytest.raises(CredentialsError, match="belongs to"):
        held.check_host(Environment("other", "https://other.example"))


def test_only_such_a_key_loads_cryptography(project_root: Path) -> None:
    """A session with an HMAC secret, or with none, comes without it; the sandbox's server does too."""
    script = f"""
import sys, binance_nb.sandbox.exchange, binance_nb.sandbox.server
from binance_nb import connect

connect("testnet", api_key="key", secret_key="secret").status()
print("cryptography" in sys.modules)
connect("testnet", api_key="key", private_key={pem(ED25519)!r})
print("cryptography" in sys.modules)
"""

    said = subprocess.run([sys.executable, "-c", script], cwd=project_root, check=True, capture_output=True, text=True)

    assert ["False", "True"] == said.stdout.split()
