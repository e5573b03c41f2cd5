"""Who signs: key pairs and where they come from, and how neither is ever shown."""

from __future__ import annotations

from binance_nb.keys.credentials import Credentials, credentials
from binance_nb.keys.keeper import forget, keyring_name, names_kept, store
from binance_nb.keys.pem import public_half
from binance_nb.keys.profiles import check_profile, keys_line, variable_names
from binance_nb.keys.secrets import Secret, conceal, known_secrets, redact, remember
from binance_nb.keys.signing import encode
from binance_nb.keys.sources import (
    KEYS_FILE_VARIABLE,
    PROMPT_SOURCE,
    HeldKey,
    all_credentials,
    find_key,
    forget_answers,
    held_keys,
    living_credentials,
    remember_answer,
)
from binance_nb.keys.variables import from_environment_variables

__all__ = [
    "KEYS_FILE_VARIABLE",
    "PROMPT_SOURCE",
    "Credentials",
    "HeldKey",
    "Secret",
    "all_credentials",
    "check_profile",
    "conceal",
    "credentials",
    "encode",
    "find_key",
    "forget",
    "forget_answers",
    "from_environment_variables",
    "held_keys",
    "keyring_name",
    "keys_line",
    "known_secrets",
    "living_credentials",
    "names_kept",
    "public_half",
    "redact",
    "remember",
    "remember_answer",
    "store",
    "variable_names",
]
