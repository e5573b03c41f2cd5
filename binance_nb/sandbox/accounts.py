"""The accounts and keys of a sandbox, as the process that started it knows them.

Standard library only (and the errors, which are too), like the launcher.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from binance_nb.errors import SandboxError

__all__ = [
    "PUBLIC_KEY_HINT",
    "RegisteredKey",
    "SandboxAccount",
    "SandboxKey",
    "account_from",
    "key_from",
    "public_key_in",
    "public_key_text",
]

PUBLIC_KEY_HINT = "Give the file that openssl pkey -in key.pem -pubout writes."
"""What to do about a public key that is none."""


@dataclass(frozen=True)
class RegisteredKey:
    """What the sandbox gave for a public key.

    Attributes:
        api_key: The API key to send; it may trade and read.
        kind: ``RSA`` or ``ED25519``.
    """

    api_key: str
    kind: str


@dataclass(frozen=True)
class SandboxKey:
    """A key of an account, drawn from the seed or given for a public key.

    Attributes:
        kind: ``HMAC``, ``RSA`` or ``ED25519``.
        permissions: What it may do.
        api_key: The API key to send.
        secret_key: Its HMAC secret; empty where it has none.
        private_key: Its private key as PEM text; empty where the sandbox did not draw it.
    """

    kind: str
    permissions: tuple[str, ...]
    api_key: str
    secret_key: str = ""
    private_key: str = ""

    def __repr__(self) -> str:
        return f"SandboxKey({self.kind}, {'/'.join(self.permissions)}, {self.api_key[:4]}…)"


@dataclass(frozen=True)
class SandboxAccount:
    """An account of the sandbox.

    Attributes:
        name: What it is called.
        uid: Its number.
        keys: An HMAC key that may trade, one that may only read, and an Ed25519 key that may trade.
    """

    name: str
    uid: int
    keys: tuple[SandboxKey, ...]


def account_from(told: dict[str, Any]) -> SandboxAccount:  # Any: JSON
    """Return an account as the sandbox tells of it.

    Args:
        told: What it said.

    Returns:
        The account.
    """
    return SandboxAccount(told["name"], told["uid"], tuple(map(key_from, told["keys"])))


def key_from(told: dict[str, Any]) -> SandboxKey:  # Any: JSON
    """Return a key as the sandbox tells of it.

    Args:
        told: What it said.

    Returns:
        The key.
    """
    secrets = told.get("secret_key", ""), told.get("private_key", "")
    return SandboxKey(told["kind"], tuple(told["permissions"]), told["api_key"], *secrets)


def public_key_in(path: str) -> str:
    """Return the text of a file with a public key.

    Args:
        path: The file.

    Returns:
        Its text.

    Raises:
        SandboxError: It cannot be read.
    """
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SandboxError(f"{path} cannot be read.", hint=PUBLIC_KEY_HINT, culprit="public_key") from error


def public_key_text(given: str | Path) -> str:
    """Look at a public key before it goes to the sandbox.

    Args:
        given: PEM text, or the path of a file.

    Returns:
        The text, or the whole path.

    Raises:
        SandboxError: It is a private key.
    """
    if isinstance(given, str) and "-----" in given:
        if "PRIVATE KEY-----" in given:
            # Here, not in the child: what is on a command line everybody on the machine can read.
            raise SandboxError(
                "A private key was given where the public one is registered.",
                hint=PUBLIC_KEY_HINT,
                culprit="public_keys",
            )
        return given
    return str(Path(given).expanduser().absolute())
