"""The one place that holds secrets, and the one that takes them out of texts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import NoReturn

from binance_nb.client.environment import Environment
from binance_nb.errors import CredentialsError

__all__ = ["Credentials", "Secret", "credentials", "from_environment_variables", "redact"]

_SIGNATURE = re.compile(r"(signature=)[^&\s\"']+", re.IGNORECASE)
_MASK = "••••"


class Secret:
    """A text that never shows itself.

    Args:
        text: The secret text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Only the signer and the request's headers have a reason to call this."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")


@dataclass(frozen=True)
class Credentials:
    """A key pair, bound to the one host it was made for.

    Attributes:
        api_key: The public half; it travels in ``X-MBX-APIKEY``.
        secret_key: The half that signs and never travels.
        host: The host it belongs to.
        source: Where it came from: ``explicit``, ``prompt``, ``environment variables`` or ``sandbox``.
    """

    api_key: Secret
    secret_key: Secret
    host: str
    source: str = "explicit"

    @property
    def masked(self) -> str:
        """The key's last four characters behind a mask, enough to tell two keys apart."""
        text = self.api_key.reveal()
        return f"{_MASK}{text[-4:]}" if len(text) >= 16 else _MASK

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


def credentials(api_key: str, secret_key: str, host: str, source: str = "explicit") -> Credentials:
    """Return a key pair, checked for the slips of copying.

    Args:
        api_key: Key as the exchange shows it; case matters.
        secret_key: Its secret.
        host: The host it belongs to.
        source: Where it came from.

    Returns:
        The credentials.

    Raises:
        CredentialsError: One is empty, or holds spaces or other characters that no key has.
    """
    for name, text in (("API key", api_key), ("secret key", secret_key)):
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise CredentialsError(
                f"The {name} is empty or holds characters that no key has.",
                hint="Copy it again, without quotes and spaces around it.",
                culprit=name,
            )
    return Credentials(Secret(api_key), Secret(secret_key), host, source)


def from_environment_variables(environment: Environment) -> Credentials | None:
    """Return the key pair that environment variables hold for an environment.

    ``BINANCE_API_KEY`` and ``BINANCE_SECRET_KEY`` belong to ``live``; other environments have their name in the middle:
    ``BINANCE_TESTNET_API_KEY``. The market data host takes no key.

    Args:
        environment: Where the key is to be used.

    Returns:
        The credentials, or None when the variables are not set.

    Raises:
        CredentialsError: Only one of the two is set, or a text is no key.
    """
    if environment.has_market_data_only or environment.name not in ("live", "testnet", "demo"):
        return None
    infix = "" if environment.name == "live" else f"{environment.name.upper()}_"
    names = (f"BINANCE_{infix}API_KEY", f"BINANCE_{infix}SECRET_KEY")
    texts = [os.environ.get(name, "") for name in names]
    if not any(texts):
        return None
    if not all(texts):
        there, missing = names if texts[0] else names[::-1]
        raise CredentialsError(f"{there} is set but {missing} is not.", hint=f"Set {missing} too.", culprit=missing)
    return credentials(texts[0], texts[1], environment.host, "environment variables")


def redact(text: str, holder: Credentials | None = None) -> str:
    """Take signatures, and the keys of a holder, out of a text.

    Args:
        text: Any text that is about to be shown or stored.
        holder: Whose keys to take out too.

    Returns:
        The text with masks in their place.
    """
    masked = _SIGNATURE.sub(rf"\g<1>{_MASK}", text)
    if holder is not None:
        masked = masked.replace(holder.secret_key.reveal(), _MASK).replace(holder.api_key.reveal(), holder.masked)
    return masked
