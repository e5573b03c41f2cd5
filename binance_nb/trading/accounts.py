"""Whose orders these are: accounts told apart without ever holding a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from binance_nb.environment import Environment, is_loopback
from binance_nb.keys import Credentials

__all__ = ["Account", "RunningSandbox", "account_of", "sandbox_at"]

_ANSWERS_WITHIN_SECONDS = 1.0
# A sandbox may have been told to drop lines, or to answer as somebody else; who it is does not depend on that.
_TRIES = 10
_HASHED_ROUNDS = 1000
_OK = 200


@dataclass(frozen=True)
class Account:
    """An account on the exchange.

    Attributes:
        identity: What tells it from others; a salted hash, from which no key can be had.
        label: How people call the place: ``live``, ``testnet``, ``SANDBOX seed 1``.
        is_sandbox: Whether it ends with a process.
        url: Where it is reached.
        instance: Which sandbox, ``seed/instance``; empty elsewhere.
    """

    identity: str
    label: str
    is_sandbox: bool
    url: str = ""
    instance: str = ""


class RunningSandbox(Protocol):
    """A sandbox, as far as it tells itself from others."""

    seed: int
    instance: str


def account_of(
    environment: Environment, credentials: Credentials | None, sandbox: RunningSandbox | None, salt: bytes
) -> Account:
    """Return the account that calls are made for.

    A real account is a host and an API key. Every sandbox process is an account of its own, frozen or not, also one
    with the seed of another: its orders begin afresh. One that somebody else started is asked who it is.

    Args:
        environment: Where calls go.
        credentials: Whose key they carry.
        sandbox: The sandbox that the session started.
        salt: The journal's salt.

    Returns:
        The account.
    """
    instance = f"{sandbox.seed}/{sandbox.instance}" if sandbox is not None else sandbox_at(environment.url)
    # Without where a sandbox's clock stands: each call has its own time.
    label = environment.label.partition(",")[0] or (f"SANDBOX at {environment.host}" if instance else environment.name)
    place = instance or environment.host
    key = credentials.api_key.reveal() if credentials is not None else ""
    identity = hashlib.pbkdf2_hmac("sha256", f"{place}\n{key}".encode(), salt, _HASHED_ROUNDS).hex()[:32]
    return Account(identity, label, bool(instance), environment.url, instance)


def sandbox_at(url: str, tries: int = _TRIES) -> str:
    """Ask an address on this very computer which sandbox it is.

    Args:
        url: Base URL. Addresses elsewhere are not asked.
        tries: How often to ask where no answer comes.

    Returns:
        Its seed and instance; empty when there is none, or something else.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(url):
        return ""
    from http.client import HTTPConnection, HTTPException

    for _ in range(tries):
        line = HTTPConnection(parts.netloc, timeout=_ANSWERS_WITHIN_SECONDS)
        try:
            line.request("GET", "/api/v3/ping")
            answer = line.getresponse()
            name = answer.getheader("X-SANDBOX") or ""
            if name or answer.status == _OK:
                return name
        except ConnectionRefusedError:
            return ""
        except (OSError, HTTPException):
            continue
        finally:
            line.close()
    return ""
