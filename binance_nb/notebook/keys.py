"""Keys: asked for where nobody sees them, refused on a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from IPython.core.error import StdinNotImplementedError

from binance_nb.environment import ENVIRONMENT_NAMES, Environment
from binance_nb.errors import CredentialsError
from binance_nb.keys import PROMPT_SOURCE, Credentials, conceal, credentials, variable_names

__all__ = ["ask_keys", "hide_keys", "refuse_keys"]

_MASK = "••••"
# The exchange's keys have 64 letters and digits; nothing else that belongs on a line has 48 in a row.
_KEY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{48,}(?![A-Za-z0-9])|-+BEGIN[A-Z ]*PRIVATE KEY")
# With a prefix too, as in the names of environment variables.
_NAMES = r"(?:\w+_)?(?:(?:api|secret|private)[-_]?key|api[-_]?secret|secret|passphrase|password)"
_NAMED = re.compile(rf"(?:^|\s)(?:--)?(?:{_NAMES})(?:=|\s|$)", re.IGNORECASE)
# Whose key it is may stand there; a plain word behind keys is more likely the key itself.
_ENV = rf"--env[=\s]\s*(?:{'|'.join(ENVIRONMENT_NAMES)}|https?://[\w.:/-]+|\$\w+)"
_PROFILE = r"--profile[=\s]\s*(?:\$\w+|[A-Za-z][\w-]{0,31})"
_FILE = r"--keys-file[=\s]\s*(?:\$\w+|[\w./~\\:-]*[./~\\][\w./~\\:-]*)"
# A flag may be misspelt, and is told so; none has a value.
_OPTION = rf"(?:{_ENV}|{_PROFILE}|{_FILE}|--(?!(?:env|profile|keys-file)\b(?!\s*$))[a-z-]{{1,12}})(?=\s|$)"
_PLACE = rf"{_OPTION}(?:\s+{_OPTION})*\s*$"
_GIVEN = re.compile(rf"(\b(?:{_NAMES})[\"']?\s*[=:\s]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,)]+)", re.IGNORECASE)
# Of keys = klines ... the name is an answer's.
_BEHIND_VERB = re.compile(rf"((?:^|binance\s|=)\s*keys\s+)(?!=|{_PLACE})\S.*$", re.MULTILINE)


def refuse_keys(line: str) -> None:
    """Refuse a line that seems to hold a key, without repeating any of it.

    Args:
        line: What was written behind ``%binance``.

    Raises:
        CredentialsError: It does.
    """
    verb, _, rest = line.strip().partition(" ")
    is_key = verb == "keys" and rest.strip() and not re.match(_PLACE, rest.strip())
    if not (is_key or _KEY.search(line) or _NAMED.search(line)):
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
    for given in (_BEHIND_VERB, _GIVEN):
        text = given.sub(rf"\g<1>{_MASK}", text)
    return _KEY.sub(_MASK, text)


def ask_keys(environment: Environment, ask: Callable[[str], str], profile: str = "") -> Credentials:
    """Ask the person for a key pair: an HMAC secret, or the file of an RSA or Ed25519 key.

    Args:
        environment: Where it belongs.
        ask: Asks a question without showing the answer, as `getpass.getpass` does.
        profile: Which of several.

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
    named = f", profile {profile}" if profile else ""
    try:
        api_key = conceal(ask(f"API key of {environment.host}{named}: ").strip())
        secret = conceal(ask("Its secret key, or the path of its private key (.pem): ").strip())
        is_file = secret.reveal().endswith(".pem")
        passphrase = conceal(ask("The file's passphrase, or nothing: ") if is_file else "")
    except (StdinNotImplementedError, EOFError):
        raise _nobody_to_ask(environment, profile) from None
    return credentials(
        api_key,
        None if is_file else secret,
        environment.host,
        PROMPT_SOURCE,
        private_key=Path(secret.reveal()) if is_file else None,
        passphrase=passphrase if passphrase.reveal() else None,
        profile=profile,
    )


def _nobody_to_ask(environment: Environment, profile: str) -> CredentialsError:
    names = variable_names(environment, profile)
    variables = f"{names[0]} and {names[1]} (or {names[2]})" if names else "api_key and secret_key of connect()"
    where = "environment variables, or a file of them that --keys-file names" if names else "Python"
    return CredentialsError(
        "Nobody can be asked for a key here.",
        hint=f"A notebook that runs by itself takes keys from {where}: {variables}.",
    )
