"""The computer's keyring: keys put in, taken, forgotten; and computers that have none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from binance_nb import connect
from binance_nb.environment import resolve
from binance_nb.errors import CredentialsError
from binance_nb.keys import credentials, forget, keyring_name, names_kept, store
from binance_nb.keys.keeper import from_keyring
from tests.keyrings import BrokenKeyring, LockedKeyring, MemoryKeyring

KEY, SECRET = "A1b2C3d4" * 8, "S9t8U7v6" * 8
TESTNET, LIVE = resolve("testnet"), resolve("live")


def test_a_key_that_was_put_in_is_found_again(memory_keyring: MemoryKeyring) -> None:
    """By a new session, for its own environment and profile alone."""
    name = store(credentials(KEY, SECRET, TESTNET.host), TESTNET)
    store(credentials(SECRET, KEY, TESTNET.host), TESTNET, "bot2")

    with connect("testnet") as plain, connect("testnet", profile="Bot2") as named, connect("live") as live:
        found = [session.client.credentials for session in (plain, named)]
        assert live.client.credentials is None

    assert "a keyring for tests" == name
    assert [KEY, SECRET] == [held.api_key.reveal() for held in found if held]
    assert ["keyring", "keyring, profile bot2"] == [held.source for held in found if held]


def test_a_long_private_key_is_kept_in_pieces(memory_keyring: MemoryKeyring) -> None:
    """An encrypted RSA key of 4096 bits comes back with its passphrase, and a short key after it leaves none behind."""
    lock = BestAvailableEncryption(b"sesame opens it")
    pem = rsa.generate_private_key(public_exponent=65537, key_size=4096).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, lock
    )
    held = credentials(KEY, None, TESTNET.host, private_key=pem, passphrase="sesame opens it")
    store(held, TESTNET)
    found = from_keyring(TESTNET)
    pieces = len(memory_keyring.kept)
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET)

    assert found is not None
    assert held.signer.sign("a=1") == found.signer.sign("a=1")
    assert 3 < pieces
    assert 1 == len(memory_keyring.kept)


def test_a_key_is_forgotten(memory_keyring: MemoryKeyring) -> None:
    """From the keyring and from the list of names; there is nothing to forget a second time."""
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET)
    first, second = forget(TESTNET), forget(TESTNET)

    assert (True, False) == (first, second)
    assert ({}, []) == (memory_keyring.kept, names_kept(TESTNET))
    assert from_keyring(TESTNET) is None


def test_a_key_of_another_host_is_not_kept(memory_keyring: MemoryKeyring) -> None:
    """It would be taken for this one's."""
    with pytest.raises(CredentialsError, match="belongs to"):
        store(credentials(KEY, SECRET, LIVE.host), TESTNET)

    assert {} == memory_keyring.kept


def test_the_list_of_names_holds_no_key(memory_keyring: MemoryKeyring, data_of_its_own: Path) -> None:
    """It is a plain file."""
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET, "bot2")

    written = (data_of_its_own / "keyring-names.json").read_text()

    assert "bot2" in written
    assert [] == [text for text in (KEY, SECRET, KEY[:8]) if text in written]


@pytest.mark.parametrize(
    ("backend", "words"),
    [(NoKeyring, "nothing that keeps"), (LockedKeyring, "is locked"), (BrokenKeyring, r"failed \(BusError\)")],
)
def test_a_keyring_that_does_not_work_is_no_crash(
    memory_keyring: MemoryKeyring, backend: type[KeyringBackend], words: str
) -> None:
    """The error says why and what else works, and shows nothing of the key."""
    keyring.set_keyring(backend())

    with pytest.raises(CredentialsError, match=words) as caught:
        store(credentials(KEY, SECRET, TESTNET.host), TESTNET)

    error = caught.value
    assert "BINANCE_TESTNET_API_KEY" in (error.hint or "")
    assert "%binance keys --env testnet" == error.suggestion
    assert [] == [text for text in (KEY, SECRET) if text in f"{error} {error.hint} {error.__cause__}"]
    assert error.__suppress_context__


def test_variables_serve_where_the_keyring_is_shut(
    memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a warning, for it may be another account; without them the error says what is shut."""
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET)
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(CredentialsError, match="is locked"):
        connect("testnet")
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", SECRET)
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", KEY)

    with pytest.warns(UserWarning, match="Taken instead: ••••U7v6|Taken instead: ••••"):
        session = connect("testnet")

    assert session.client.credentials is not None
    assert "environment variables" == session.client.credentials.source


def test_what_the_keyring_holds_may_have_been_changed(memory_keyring: MemoryKeyring) -> None:
    """By another program: taken out, it is gone; overwritten, it is no key."""
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET)
    for entry in memory_keyring.kept:
        memory_keyring.kept[entry] = "something else"
    with pytest.raises(CredentialsError, match="is no key") as caught:
        from_keyring(TESTNET)
    memory_keyring.kept.clear()

    assert "%binance keys --env testnet --store" == caught.value.suggestion
    assert from_keyring(TESTNET) is None


def test_a_damaged_list_of_names_is_an_empty_one(memory_keyring: MemoryKeyring, data_of_its_own: Path) -> None:
    """Storing again makes it new."""
    data_of_its_own.mkdir()
    (data_of_its_own / "keyring-names.json").write_text("[1, 2")
    before = names_kept(TESTNET)
    store(credentials(KEY, SECRET, TESTNET.host), TESTNET)

    assert ([], [""]) == (before, names_kept(TESTNET))


def test_a_keyring_in_which_nothing_was_put_is_not_asked(project_root: Path) -> None:
    """Not even loaded: some of them unlock themselves with a question."""
    script = (
        "import sys, binance_nb\nbinance_nb.connect('testnet').status()\n"
        "print('keyring' in sys.modules, 'cryptography' in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", script], cwd=project_root, check=True, capture_output=True, text=True)

    assert "False False\n" == said.stdout


def test_a_computer_may_have_no_keyring(memory_keyring: MemoryKeyring) -> None:
    """Asked for its name, there is none."""
    with_one = keyring_name()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's

    assert ("a keyring for tests", None) == (with_one, keyring_name())
