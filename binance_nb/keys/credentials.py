"""Who signs: an API key, what signs for it, and the host they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError
from binance_nb.keys.pem import is_pem, open_private_key, read_pem
from binance_nb.keys.profiles import keys_line
from binance_nb.keys.secrets import MASK, Secret, conceal, remember
from binance_nb.keys.signing import HmacSigner, KeyKind, Signer

__all__ = ["Credentials", "credentials"]

# A shorter line, as a PEM's last one may be, could be part of any text, and gives nothing away.
_PEM_LINE = 16


@dataclass(frozen=True)
class Credentials:
    """A key pair, bound to the one host it was made for.

    Attributes:
        api_key: The half that names the account; it travels in ``X-MBX-APIKEY``.
        secret_key: The half that signs and never travels: an HMAC secret, or a private key as PEM text.
        host: The host it belongs to.
        source: Where it came from: ``explicit``, ``prompt``, ``keyring``, ``environment variables``, a file or
            ``sandbox``, and which profile it is.
        passphrase: What opens the private key, if it is encrypted.
        profile: Which of several for its host; empty for the nameless one.
    """

    api_key: Secret
    secret_key: Secret
    host: str
    source: str = "explicit"
    passphrase: Secret | None = None
    profile: str = ""

    def __post_init__(self) -> None:
        remember(self)

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
        # Made each time: kept, it would stand in the open among this object's attributes.
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
                hint=f"Give the key of {environment.name}.",
                suggestion=keys_line(environment),
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
    profile: str = "",
) -> Credentials:
    """Return a key pair, checked for the slips of copying.

    Args:
        api_key: Key as the exchange shows it; case matters.
        secret_key: Its HMAC secret.
        host: The host it belongs to.
        source: Where it came from.
        private_key: Instead of a secret, an RSA or Ed25519 private key: PEM text, or the path of a file.
        passphrase: What opens the private key, if it is encrypted.
        profile: Which of several.

    Returns:
        The credentials.

    Raises:
        CredentialsError: One is missing, or holds characters that no key has, or the private key cannot be used.
    """
    # Rebound at once: a traceback with variables then shows none of them.
    api_key, secret_key = conceal(api_key), conceal("" if secret_key is None else secret_key)
    passphrase = conceal(passphrase) if passphrase else None
    source = f"{source}, profile {profile}" if profile else source
    if private_key is None:
        if passphrase is not None:
            raise CredentialsError(
                "A passphrase was given without a private key.", hint="An HMAC secret has none.", culprit="passphrase"
            )
        _check_text("API key", api_key)
        _check_text("secret key", secret_key)
        return Credentials(api_key, secret_key, host, source, profile=profile)
    private_key = private_key if isinstance(private_key, Path) else conceal(private_key)
    if secret_key.reveal():
        raise CredentialsError(
            "Both a secret key and a private key were given.", hint="Give the one that belongs to the API key."
        )
    _check_text("API key", api_key)
    held = Credentials(api_key, read_pem(private_key), host, source, passphrase, profile)
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
