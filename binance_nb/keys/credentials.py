"""Who signs: an API key, what signs for it, and the host they belong to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError
from binance_nb.keys.pem import is_pem, open_private_key, read_pem
from binance_nb.keys.secrets import MASK, Secret, conceal
from binance_nb.keys.signing import HmacSigner, KeyKind, Signer

__all__ = ["Credentials", "credentials", "from_environment_variables"]

# A shorter line, as a PEM's last one may be, could be part of any text, and gives nothing away.
_PEM_LINE = 16


@dataclass(frozen=True)
class Credentials:
    """A key pair, bound to the one host it was made for.

    Attributes:
        api_key: The half that names the account; it travels in ``X-MBX-APIKEY``.
        secret_key: The half that signs and never travels: an HMAC secret, or a private key as PEM text.
        host: The host it belongs to.
        source: Where it came from: ``explicit``, ``prompt``, ``environment variables`` or ``sandbox``.
        passphrase: What opens the private key, if it is encrypted.
    """

    api_key: Secret
    secret_key: Secret
    host: str
    source: str = "explicit"
    passphrase: Secret | None = None

    @cached_property
    def signer(self) -> Signer:
        """What signs; made once, as opening a private key takes longer than signing."""
        if is_pem(self.secret_key):
            return open_private_key(self.secret_key, self.passphrase)
        return HmacSigner(self.secret_key)

    @property
    def key_kind(self) -> KeyKind:
        """How it signs: ``HMAC``, ``RSA`` or ``ED25519``."""
        return self.signer.kind

    @property
    def masked(self) -> str:
        """The key's last four characters behind a mask, enough to tell two keys apart."""
        text = self.api_key.reveal()
        return f"{MASK}{text[-4:]}" if len(text) >= 16 else MASK

    @property
    def concealed(self) -> Mapping[str, str]:
        """Each text that must not show, and what to show in its place; the longer come first."""
        secrets = [self.secret_key, self.passphrase] if self.passphrase else [self.secret_key]
        lines = [line for secret in secrets for line in (secret.reveal(), *_body(secret))]
        return {**dict.fromkeys(lines, MASK), self.api_key.reveal(): self.masked}

    def check_host(self, environment: Environment) -> None:
        """Refuse to serve another host than the one the key belongs to.

        Args:
            environment: Where the call is about to go.

        Raises:
            CredentialsError: The key belongs elsewhere.
        """
        if self.host != environment.host:
            raise CredentialsError(
                f"This key belongs to {self.host}, not to {environment.host}: nothing was sent.",
                hint=f"Give the key of {environment.name}: %binance keys",
                culprit=environment.name,
            )


def _body(secret: Secret) -> list[str]:
    lines = secret.reveal().splitlines() if is_pem(secret) else []
    return [line for line in lines if len(line) >= _PEM_LINE and not line.startswith("-----")]


def credentials(
    api_key: str | Secret,
    secret_key: str | Secret | None,
    host: str,
    source: str = "explicit",
    *,
    private_key: str | bytes | Path | Secret | None = None,
    passphrase: str | Secret | None = None,
) -> Credentials:
    """Return a key pair, checked for the slips of copying.

    Args:
        api_key: Key as the exchange shows it; case matters.
        secret_key: Its HMAC secret.
        host: The host it belongs to.
        source: Where it came from.
        private_key: Instead of a secret, an RSA or Ed25519 private key: PEM text, or the path of a file.
        passphrase: What opens the private key, if it is encrypted.

    Returns:
        The credentials.

    Raises:
        CredentialsError: One is missing, or holds characters that no key has, or the private key cannot be used.
    """
    # Rebound at once: a traceback with variables then shows none of them.
    api_key, secret_key = conceal(api_key), conceal("" if secret_key is None else secret_key)
    passphrase = conceal(passphrase) if passphrase else None
    if private_key is None:
        if passphrase is not None:
            raise CredentialsError(
                "A passphrase was given without a private key.", hint="An HMAC secret has none.", culprit="passphrase"
            )
        _check_text("API key", api_key)
        _check_text("secret key", secret_key)
        return Credentials(api_key, secret_key, host, source)
    private_key = private_key if isinstance(private_key, Path) else conceal(private_key)
    if secret_key.reveal():
        raise CredentialsError(
            "Both a secret key and a private key were given.", hint="Give the one that belongs to the API key."
        )
    _check_text("API key", api_key)
    held = Credentials(api_key, read_pem(private_key), host, source, passphrase)
    _ = held.signer  # a key that cannot be opened is refused now, not at the first order
    return held


def _check_text(name: str, text: Secret) -> None:
    if is_pem(text):
        raise CredentialsError(
            f"The {name} is PEM text.", hint="An RSA or Ed25519 private key is given as private_key.", culprit=name
        )
    if not _is_plain(text.reveal()):
        raise CredentialsError(
            f"The {name} is empty or holds characters that no key has.",
            hint="Copy it again, without quotes and spaces around it.",
            culprit=name,
        )


def _is_plain(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def from_environment_variables(environment: Environment) -> Credentials | None:
    """Return the key pair that environment variables hold for an environment.

    ``BINANCE_API_KEY`` and ``BINANCE_SECRET_KEY`` belong to ``live``; other environments have their name in the middle:
    ``BINANCE_TESTNET_API_KEY``. Instead of the secret, ``BINANCE_PRIVATE_KEY`` holds an RSA or Ed25519 key, as PEM text
    or the path of a file, and ``BINANCE_PRIVATE_KEY_PASSPHRASE`` opens it. The market data host takes no key.

    Args:
        environment: Where the key is to be used.

    Returns:
        The credentials, or None when the variables are not set.

    Raises:
        CredentialsError: One that belongs to the others is missing, two exclude each other, or a text is no key.
    """
    if environment.has_market_data_only or environment.name not in ("live", "testnet", "demo"):
        return None
    prefix = "BINANCE_" if environment.name == "live" else f"BINANCE_{environment.name.upper()}_"
    names = [prefix + half for half in ("API_KEY", "SECRET_KEY", "PRIVATE_KEY", "PRIVATE_KEY_PASSPHRASE")]
    found = {name: Secret(os.environ[name]) for name in names if os.environ.get(name)}
    if not found:
        return None
    api_key, secret_key, private_key, passphrase = names
    _check_variables(found, api_key, secret_key, private_key)
    return credentials(
        found[api_key],
        found.get(secret_key),
        environment.host,
        "environment variables",
        private_key=found.get(private_key),
        passphrase=found.get(passphrase),
    )


def _check_variables(found: Mapping[str, Secret], api_key: str, secret_key: str, private_key: str) -> None:
    if secret_key in found and private_key in found:
        raise CredentialsError(
            f"Both {secret_key} and {private_key} are set.",
            hint=f"Unset the one that does not belong to {api_key}.",
            culprit=private_key,
        )
    if api_key not in found:
        raise CredentialsError(
            f"{next(iter(found))} is set but {api_key} is not.", culprit=api_key, hint=f"Set {api_key} too."
        )
    if secret_key not in found and private_key not in found:
        raise CredentialsError(
            f"{api_key} is set but {secret_key} is not.",
            hint=f"Set {secret_key} too, or {private_key} for an RSA or Ed25519 key.",
            culprit=secret_key,
        )
