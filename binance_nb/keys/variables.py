"""Key pairs that stand in variables: those of the environment, or those of a file that was named."""

from __future__ import annotations

import os
from collections.abc import Mapping

from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError
from binance_nb.keys.credentials import Credentials, credentials
from binance_nb.keys.profiles import variable_names
from binance_nb.keys.secrets import Secret

__all__ = ["VARIABLES_SOURCE", "from_environment_variables", "from_values", "profiles_among"]

VARIABLES_SOURCE = "environment variables"
"""How a key pair from there names its source."""


def from_environment_variables(environment: Environment, profile: str = "") -> Credentials | None:
    """Return the key pair that environment variables hold for an environment.

    ``BINANCE_API_KEY`` and ``BINANCE_SECRET_KEY`` belong to ``live``; other environments have their name in the middle:
    ``BINANCE_TESTNET_API_KEY``. A named pair has environment and name there: ``BINANCE_TESTNET_BOT2_API_KEY``,
    ``BINANCE_LIVE_BOT2_API_KEY``. Instead of the secret, ``BINANCE_PRIVATE_KEY`` holds an RSA or Ed25519 key, as PEM
    text or the path of a file, and ``BINANCE_PRIVATE_KEY_PASSPHRASE`` opens it. The market data host takes no key.

    Args:
        environment: Where the key is to be used.
        profile: Which of several.

    Returns:
        The credentials, or None when the variables are not set.

    Raises:
        CredentialsError: One that belongs to the others is missing, two exclude each other, or a text is no key.
    """
    names = variable_names(environment, profile) or ()
    values = {name: Secret(os.environ[name]) for name in names if os.environ.get(name)}
    return from_values(values, environment, profile, VARIABLES_SOURCE)


def from_values(
    values: Mapping[str, Secret], environment: Environment, profile: str, source: str
) -> Credentials | None:
    """Return the key pair that variables hold.

    Args:
        values: What they hold, by name.
        environment: Where the key is to be used.
        profile: Which of several.
        source: Where the variables stand.

    Returns:
        The credentials, or None when none of the variables is there.

    Raises:
        CredentialsError: As of `from_environment_variables`.
    """
    names = variable_names(environment, profile)
    if names is None or not any(values.get(name) for name in names):
        return None
    api_key, secret_key, private_key, passphrase = names
    found = {name: values[name] for name in names if values.get(name)}
    _check(found, api_key, secret_key, private_key)
    return credentials(
        found[api_key],
        found.get(secret_key),
        environment.host,
        source,
        private_key=found.get(private_key),
        passphrase=found.get(passphrase),
        profile=profile,
    )


def profiles_among(names: Mapping[str, object], environment: Environment) -> list[str]:
    """Return the profiles that variables name for an environment, the nameless one first.

    Args:
        names: Variables by name.
        environment: The environment.

    Returns:
        Names as `check_profile` returns them.
    """
    plain = variable_names(environment)
    if plain is None:
        return []
    first, end = f"BINANCE_{environment.name.upper()}_", "_API_KEY"
    named = {
        name[len(first) : -len(end)].lower()
        for name in names
        if name.startswith(first) and name.endswith(end) and len(name) > len(first) + len(end)
    }
    return [*([""] if any(name in names for name in plain[:3]) else []), *sorted(named)]


def _check(found: Mapping[str, Secret], api_key: str, secret_key: str, private_key: str) -> None:
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
