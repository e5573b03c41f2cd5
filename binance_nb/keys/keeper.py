"""The operating system's keyring: where key pairs can be kept. What cannot work with it is said, and nothing crashes.

A keyring cannot be asked what it holds, so the names of what was put there, and nothing else, stand in a file of the
data folder. Where nothing was put, the keyring is not even loaded: some unlock themselves with a question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError
from binance_nb.folders import data_folder, make_private
from binance_nb.keys.credentials import Credentials, credentials
from binance_nb.keys.profiles import keys_line, variable_names
from binance_nb.keys.secrets import Secret

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KEYRING_SOURCE", "forget", "from_keyring", "keyring_name", "names_kept", "store"]

KEYRING_SOURCE = "keyring"
"""How a key pair from there names its source."""

_SERVICE = "binance_nb"
# Windows keeps 1280 characters an entry; an RSA key is longer.
_PIECE = 1000
_MOST_PIECES = 40

_Answer = TypeVar("_Answer")


def store(held: Credentials, environment: Environment, profile: str = "") -> str:
    """Put a key pair into the keyring.

    Args:
        held: The key pair.
        environment: Where it belongs.
        profile: Which of several.

    Returns:
        What keeps it, as a person knows it.

    Raises:
        CredentialsError: There is no keyring, or it refuses; the hint says what else works.
    """
    held.check_host(environment)
    entry = {"api_key": held.api_key.reveal(), "secret_key": held.secret_key.reveal()}
    if held.passphrase is not None:
        entry["passphrase"] = held.passphrase.reveal()
    text = Secret(json.dumps(entry))
    del entry
    pieces = -(-len(text.reveal()) // _PIECE)

    def put(keyring: Any) -> str:  # Any: the module, which loads here alone
        for number in range(pieces):
            piece = text.reveal()[number * _PIECE : (number + 1) * _PIECE]
            # The first says how many there are, and goes last: half a key is none.
            if number:
                keyring.set_password(_SERVICE, _entry(environment, profile, number), piece)
        head = f"{pieces}:{text.reveal()[:_PIECE]}"
        keyring.set_password(_SERVICE, _entry(environment, profile), head)
        _take_pieces(keyring, environment, profile, pieces)  # of a longer key that was there before
        return _name_of(keyring)

    name = _asked(put, environment, profile, "keep the key")
    _write_names({**_names(), environment.host: sorted({*names_kept(environment), profile})})
    return name


def from_keyring(environment: Environment, profile: str = "") -> Credentials | None:
    """Return the key pair that the keyring keeps.

    Args:
        environment: Where it is to be used.
        profile: Which of several.

    Returns:
        The credentials, or None when nothing was put there.

    Raises:
        CredentialsError: Something was put there, and the keyring does not give it.
    """
    if profile not in names_kept(environment):
        return None
    text = _asked(lambda keyring: _read(keyring, environment, profile), environment, profile, "give the key")
    if text is None:
        return None  # taken out by somebody else
    try:
        entry = json.loads(text.reveal())
        halves = Secret(entry["api_key"]), Secret(entry["secret_key"]), entry.get("passphrase")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CredentialsError(
            f"What the keyring holds for {_place(environment, profile)} is no key.",
            hint="Store it again.",
            suggestion=keys_line(environment, profile, "store"),
        ) from None
    api_key, secret_key, passphrase = halves
    is_pem = "-----BEGIN" in secret_key.reveal()
    return credentials(
        api_key,
        None if is_pem else secret_key,
        environment.host,
        KEYRING_SOURCE,
        private_key=secret_key if is_pem else None,
        passphrase=passphrase,
        profile=profile,
    )


def forget(environment: Environment, profile: str = "") -> bool:
    """Take a key pair out of the keyring.

    Args:
        environment: Where it belongs.
        profile: Which of several.

    Returns:
        Whether it was there.

    Raises:
        CredentialsError: The keyring refuses.
    """
    if profile not in names_kept(environment):
        return False

    was_there = (
        _asked(lambda keyring: _take_pieces(keyring, environment, profile), environment, profile, "let go of the key")
        > 0
    )
    left = [name for name in names_kept(environment) if name != profile]
    others = {host: names for host, names in _names().items() if host != environment.host}
    _write_names({**others, environment.host: left} if left else others)
    return was_there


def names_kept(environment: Environment) -> list[str]:
    """Return the profiles whose keys were put into the keyring, without asking it.

    Args:
        environment: The environment.

    Returns:
        Names as `check_profile` returns them.
    """
    return _names().get(environment.host, [])


def keyring_name() -> str | None:
    """Return what would keep keys here, as a person knows it; None where nothing does."""
    try:
        return _asked(_name_of, None, "", "")
    except CredentialsError:
        return None


def _entry(environment: Environment, profile: str, number: int = 0) -> str:
    return f"{environment.host} {profile or 'default'}{f' part {number + 1}' if number else ''}"


def _place(environment: Environment, profile: str) -> str:
    return f"{environment.name}, profile {profile}" if profile else environment.name


def _take_pieces(keyring: Any, environment: Environment, profile: str, since: int = 0) -> int:  # Any: see store
    for number in range(since, _MOST_PIECES):
        entry = _entry(environment, profile, number)
        if keyring.get_password(_SERVICE, entry) is None:
            return number - since
        keyring.delete_password(_SERVICE, entry)
    return _MOST_PIECES - since


def _read(keyring: Any, environment: Environment, profile: str) -> Secret | None:  # Any: see store
    head = keyring.get_password(_SERVICE, _entry(environment, profile))
    count, colon, first = (head or "").partition(":")
    if not colon or not count.isdecimal():
        return Secret(head) if head else None
    rest = [keyring.get_password(_SERVICE, _entry(environment, profile, n)) or "" for n in range(1, int(count))]
    return Secret("".join([first, *rest]))


def _name_of(keyring: Any) -> str:  # Any: see store
    backend = keyring.get_keyring()
    if backend.priority <= 0:
        raise keyring.errors.NoKeyringError("no backend is recommended here")
    return str(backend.name)


def _asked(ask: Callable[[Any], _Answer], environment: Environment | None, profile: str, purpose: str) -> _Answer:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise _refusal("is not installed: pip install keyring", environment, profile, purpose) from None
    try:
        return ask(keyring)
    except keyring.errors.NoKeyringError:
        raise _refusal("has nothing that keeps passwords", environment, profile, purpose) from None
    except keyring.errors.KeyringLocked:
        raise _refusal("is locked, and was not opened", environment, profile, purpose) from None
    except Exception as error:  # noqa: BLE001  # a backend is anybody's plug-in, and raises what it likes
        # Its text may hold what it was given, so the kind has to do.
        raise _refusal(f"failed ({type(error).__name__})", environment, profile, purpose) from None


def _refusal(state: str, environment: Environment | None, profile: str, purpose: str) -> CredentialsError:
    if environment is None:
        return CredentialsError(f"The keyring of this computer {state}.")
    names = variable_names(environment, profile)
    variables = f"environment variables ({names[0]} and {names[1]}, or {names[2]}), or a file " if names else "a file "
    return CredentialsError(
        f"The keyring of this computer {state}: it does not {purpose} of {_place(environment, profile)}.",
        hint=f"Without it, these work: the question, each time the kernel starts; {variables}that you name with "
        "--keys-file.",
        suggestion=keys_line(environment, profile),
    )


def _names_path() -> Path:
    return data_folder() / "keyring-names.json"


def _names() -> dict[str, list[str]]:
    try:
        read: Mapping[str, Any] = json.loads(_names_path().read_bytes())  # Any: JSON
        return {str(host): [str(name) for name in names] for host, names in read.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # a file that is not there, or is no longer one of ours: nothing is known to be kept


def _write_names(names: Mapping[str, list[str]]) -> None:
    path = _names_path()
    fresh = path.with_suffix(".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    try:
        make_private(path.parent)
        fresh.write_text(json.dumps(names, indent=1, sort_keys=True), "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise CredentialsError(
            f"The keyring has done its part, but its list of names {path} cannot be written: "
            f"{error.strerror or type(error).__name__}.",
            hint="BINANCE_NB_DATA names another folder to write to.",
            culprit=str(path),
        ) from None
