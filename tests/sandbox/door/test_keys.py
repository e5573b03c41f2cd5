"""Keys drawn from the seed."""

from __future__ import annotations

import base64
import itertools
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from binance_nb.catalog import Security
from binance_nb.sandbox.door.keys import account_keys, is_well_formed, keys_of
from binance_nb.sandbox.door.seeded_keys import SeededKey
from binance_nb.sandbox.venue import ACCOUNTS

DRAW_ALL = """
import sys
from binance_nb.sandbox.door.keys import account_keys
print(account_keys(1, "second")[2].as_json()["private_key"].count("PRIVATE KEY"), "cryptography" in sys.modules)
"""


def test_a_seed_always_gives_the_same_keys() -> None:
    """A notebook finds the key it had; another seed has others, and no two texts agree."""
    texts = {text for seed in (1, 2) for key in keys_of(seed) for text in (key.api_key, key.secret_key)}

    assert keys_of(1) == keys_of(1)
    assert len(texts) == 8
    assert all(map(is_well_formed, texts))


def test_the_drawing_never_changes() -> None:
    """What a notebook printed once stays true in the next version."""
    trading, _ = keys_of(1)

    assert trading.api_key.startswith("5Sd06U7DWd0I7r5dU1zY5oYf")


def test_only_the_first_key_may_trade() -> None:
    """The second key reads."""
    trading, reading = keys_of(1)

    assert trading.permissions - reading.permissions == {Security.TRADE}


def test_its_repr_hides_the_secret() -> None:
    """A key in a traceback tells nothing."""
    trading, _ = keys_of(1)

    assert trading.secret_key not in repr(trading)
    assert trading.api_key not in repr(trading)


def test_no_two_accounts_share_a_key() -> None:
    """Three keys an account; each says whose it is, and the first account's are those that stand alone."""
    keys = [key for name in ACCOUNTS for key in account_keys(1, name)]

    assert 3 * len(ACCOUNTS) == len({key.api_key for key in keys})
    assert list(ACCOUNTS) == [name for name, _ in itertools.groupby(key.account for key in keys)]
    assert keys_of(1) == account_keys(1, "main")[:2]


def test_a_drawn_private_key_signs_what_the_door_checks() -> None:
    """The PEM text opens as Ed25519, and what it signs is the key's, and nobody else's."""
    (*_, key), (*_, other) = account_keys(1, "main"), account_keys(1, "second")
    told = key.as_json()["private_key"]
    assert isinstance(told, str)
    private = load_pem_private_key(told.encode(), None)
    assert isinstance(private, Ed25519PrivateKey)
    signature = base64.b64encode(private.sign(b"timestamp=1")).decode()

    assert isinstance(key.public_key, SeededKey)
    assert isinstance(other.public_key, SeededKey)
    assert key.public_key.has_signed(b"timestamp=1", signature)
    assert not key.public_key.has_signed(b"timestamp=2", signature)
    assert not other.public_key.has_signed(b"timestamp=1", signature)


def test_a_drawn_private_key_is_in_no_repr() -> None:
    """Neither the key's nor its half's."""
    *_, key = account_keys(1, "main")
    secret = str(key.as_json()["private_key"]).splitlines()[1]

    assert secret not in repr(key) + repr(key.public_key)
    assert key.api_key not in repr(key)


def test_drawing_keys_does_not_load_cryptography() -> None:
    """It would double the time that a start takes; who signs with such a key loads it."""
    said = subprocess.run([sys.executable, "-c", DRAW_ALL], capture_output=True, text=True, check=True).stdout

    assert ["2", "False"] == said.split()
