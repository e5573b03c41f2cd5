"""The names of key pairs: which environment they are for, and which of several."""

from __future__ import annotations

import re

from binance_nb.environment import Environment
from binance_nb.errors import UsageError

__all__ = ["check_profile", "keys_line", "variable_names"]

_PROFILE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_HALVES = ("API_KEY", "SECRET_KEY", "PRIVATE_KEY", "PRIVATE_KEY_PASSPHRASE")
_NAMED = ("live", "testnet", "demo")


def check_profile(name: object) -> str:
    """Return a profile's name as it is kept; ``Bot-2`` and ``bot_2`` are the same.

    Args:
        name: As a person writes it; empty or None for the key pair that has no name.

    Returns:
        The name in lower case; empty for the nameless one.

    Raises:
        UsageError: It is no name. What was written is not repeated: it may be a key.
    """
    if name is None or name == "":
        return ""
    text = str(name).strip().lower().replace("-", "_")
    if _PROFILE.fullmatch(text):
        return text
    raise UsageError(
        "A profile's name is a letter and up to 31 more letters, digits, - or _.",
        hint="A profile is one of several keys for the same environment, such as bot2.",
        culprit="profile",
    )


def variable_names(environment: Environment, profile: str = "") -> tuple[str, str, str, str] | None:
    """Return the variables that may hold a key pair.

    Args:
        environment: Where the key is to be used.
        profile: Which of several.

    Returns:
        Those of API key, secret key, private key and passphrase. None where no variable can: their names hold the
        name of an environment, and a bare address has none.
    """
    if environment.has_market_data_only or environment.name not in _NAMED:
        return None
    # A named key of live spells it out: BINANCE_TESTNET_API_KEY can then be nobody's but the testnet's.
    place = "" if environment.name == "live" and not profile else f"{environment.name}_"
    prefix = f"BINANCE_{place}{f'{profile}_' if profile else ''}".upper()
    api_key, secret_key, private_key, passphrase = (prefix + half for half in _HALVES)
    return api_key, secret_key, private_key, passphrase


def keys_line(environment: Environment, profile: str = "", option: str = "") -> str:
    """Return the line that asks for a key.

    Args:
        environment: Where the key is to be used.
        profile: Which of several.
        option: A flag to add.

    Returns:
        Such as ``%binance keys --env testnet --profile bot2 --store``.
    """
    place = environment.name if environment.name in _NAMED else environment.url
    named = f" --profile {profile}" if profile else ""
    return f"%binance keys --env {place}{named}{f' --{option}' if option else ''}"
