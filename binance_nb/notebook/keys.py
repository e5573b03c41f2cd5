"""Keys: asked for where nobody sees them, refused on a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from IPython.core.error import StdinNotImplementedError

from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError
from binance_nb.keys import Credentials, credentials

__all__ = ["ask_keys", "hide_keys", "refuse_keys"]

_MASK = "••••"
# The exchange's keys have 64 letters and digits; nothing else that belongs on a line has 48 in a row.
_KEY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{48,}(?![A-Za-z0-9])|-+BEGIN[A-Z ]*PRIVATE KEY")
# With a prefix too, as in the names of environment variables.
_NAMES = r"(?:\w+_)?(?:(?:api|secret|private)[-_]?key|api[-_]?secret|secret|passphrase|password)"
_NAMED = re.compile(rf"(?:^|\s)(?:--)?(?:{_NAMES})(?:=|\s|$)", re.IGNORECASE)
_GIVEN = re.compile(
    rf"((?:\b(?:{_NAMES})[\"']?\s*[=:\s]|binance\s+keys\s)\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,)]+)", re.IGNORECASE
)


def refuse_keys(line: str) -> None:
    """Refuse a line that seems to hold a key, without repeating any of it.

    Args:
        line: What was written behind ``%binance``.

    Raises:
        CredentialsError: It does.
    """
    verb, _, rest = line.strip().partition(" ")
    if not (_KEY.search(line) or _NAMED.search(line) or (verb == "keys" and rest.strip())):
        return
    raise CredentialsError(
        "A key does not belong on a line: it would stay in the notebook and in its history.",
        hint="Take it off the line; %binance keys asks for it without showing it. A key that was shown should be "
        "replaced at the exchange. Anything else that looks like one can be given as a variable: $name.",
        suggestion="%binance keys",
    )


def hide_keys(text: str) -> str:
    """Mask what looks like a key, and what is given as one.

    Args:
        text: Any text, such as a line of a cell.

    Returns:
        The text with masks.
    """
    return _KEY.sub(_MASK, _GIVEN.sub(rf"\g<1>{_MASK}", text))


def ask_keys(environment: Environment, ask: Callable[[str], str]) -> Credentials:
    """Ask the person for a key pair: an HMAC secret, or the file of an RSA or Ed25519 key.

    Args:
        environment: Where it belongs.
        ask: Asks a question without showing the answer, as `getpass.getpass` does.

    Returns:
        The credentials.

    Raises:
        CredentialsError: The environment takes no key, nobody can be asked, or the answer is no key.
    """
    if environment.has_market_data_only:
        raise CredentialsError(
            f"{environment.name} takes no key.",
            hint="Go first where the key belongs: testnet, demo or live.",
            suggestion="%binance use testnet",
            culprit=environment.name,
        )
    try:
        api_key = ask(f"API key of {environment.host}: ").strip()
        secret = ask("Its secret key, or the path of its private key (.pem): ").strip()
        private_key = secret if secret.endswith(".pem") else None
        passphrase = ask("The file's passphrase, or nothing: ") if private_key else ""
    except (StdinNotImplementedError, EOFError):
        raise CredentialsError(
            "Nobody can be asked for a key here.",
            hint="A notebook that runs by itself takes keys from environment variables: BINANCE_TESTNET_API_KEY and "
            "BINANCE_TESTNET_SECRET_KEY (or BINANCE_TESTNET_PRIVATE_KEY), for one.",
        ) from None
    if private_key:
        return credentials(
            api_key, None, environment.host, "prompt", private_key=Path(private_key), passphrase=passphrase or None
        )
    return credentials(api_key, secret, environment.host, "prompt")
