"""Who signs: key pairs and where they come from, and how neither is ever shown."""

from __future__ import annotations

from binance_nb.keys.credentials import Credentials, credentials, from_environment_variables
from binance_nb.keys.pem import public_half
from binance_nb.keys.secrets import Secret, conceal, redact
from binance_nb.keys.signing import encode

__all__ = [
    "Credentials",
    "Secret",
    "conceal",
    "credentials",
    "encode",
    "from_environment_variables",
    "public_half",
    "redact",
]
