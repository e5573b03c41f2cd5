"""Where a key pair comes from: the first source that has one wins.

1. what the caller gives: a key, or the file that it names for this very call
2. what a person typed when asked, as long as the process lives
3. the operating system's keyring
4. environment variables
5. the file that ``BINANCE_NB_KEYS_FILE`` names, once for all
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from binance_nb.environment import ENVIRONMENT_NAMES, Environment, resolve
from binance_nb.errors import BinanceError, CredentialsError
from binance_nb.keys.credentials import Credentials
from binance_nb.keys.keeper import KEYRING_SOURCE, from_keyring, names_kept
from binance_nb.keys.keys_file import KeysFile, read_keys_file
from binance_nb.keys.profiles import check_profile, keys_line, variable_names
from binance_nb.keys.secrets import MASK, holders
from binance_nb.keys.variables import VARIABLES_SOURCE, from_environment_variables, from_values, profiles_among

__all__ = [
    "KEYS_FILE_VARIABLE",
    "PROMPT_SOURCE",
    "HeldKey",
    "all_credentials",
    "find_key",
    "forget_answers",
    "held_keys",
    "living_credentials",
    "remember_answer",
]

KEYS_FILE_VARIABLE = "BINANCE_NB_KEYS_FILE"
"""The environment variable that names a file of keys once for all."""

PROMPT_SOURCE = "prompt"
"""How a key pair that a person typed names its source."""

_answers: dict[tuple[str, str], Credentials] = {}
_guard = threading.Lock()


@dataclass(frozen=True)
class HeldKey:
    """A key pair that could be used, and where it stands.

    Attributes:
        environment: Name or address of where it belongs.
        profile: Which of several; empty for the nameless one.
        key: The key's last characters behind a mask; empty where it cannot be used.
        kind: How it signs.
        source: Where it comes from.
        passed_over: The sources that have one too, and did not come first.
        problem: Why the first source that should have one gives none; empty for nothing.
    """

    environment: str
    profile: str
    key: str
    kind: str
    source: str
    passed_over: tuple[str, ...] = ()
    problem: str = ""


def remember_answer(held: Credentials, profile: str = "") -> None:
    """Keep what a person typed until the process ends.

    Args:
        held: The key pair.
        profile: Which of several.
    """
    with _guard:
        _answers[held.host, profile] = held


def forget_answers(environment: Environment | None = None, profile: str = "") -> bool:
    """Forget what a person typed.

    Args:
        environment: Where the key belongs; None for all that was typed.
        profile: Which of several.

    Returns:
        Whether there was something.
    """
    with _guard:
        if environment is not None:
            return _answers.pop((environment.host, profile), None) is not None
        had_some = bool(_answers)
        _answers.clear()
        return had_some


def find_key(
    environment: Environment, profile: object = None, keys_file: str | os.PathLike[str] | None = None
) -> Credentials | None:
    """Return the key pair for an environment, from the first source that has one.

    Args:
        environment: Where it is to be used.
        profile: Which of several, by name.
        keys_file: A file of variables to take it from, and from nowhere else.

    Returns:
        The credentials; None when there are none and neither profile nor file was named.

    Raises:
        CredentialsError: The profile or file that was named has no key, or a source holds half of one.
        UsageError: The profile's name is none.
    """
    name = check_profile(profile)
    if environment.has_market_data_only:
        if name or keys_file:
            raise CredentialsError(
                f"{environment.name} takes no key.", hint="Name the environment the key belongs to.", culprit="profile"
            )
        return None
    if keys_file is not None:
        return _of_named_file(read_keys_file(keys_file), environment, name)
    held = _first(environment, name)
    if held is None and name:
        raise CredentialsError(
            f"There is no key {name} for {environment.name}.",
            hint=_other_profiles(environment) or "The line below asks for it; with --store it is kept in the keyring.",
            suggestion=keys_line(environment, name),
            culprit=name,
        )
    return held


def _first(environment: Environment, name: str) -> Credentials | None:
    failure: CredentialsError | None = None
    for source, look in _sources(environment, name):
        try:
            held = look()
        except CredentialsError as error:
            if source != KEYRING_SOURCE:
                raise
            failure = error  # a keyring that is shut where a job runs by itself; its variables may serve
            continue
        if held is not None:
            if failure is not None:
                warnings.warn(f"{failure.message} Taken instead: {held.masked} from {held.source}.", stacklevel=2)
            return held
    if failure is not None:
        raise failure
    return None


def _sources(environment: Environment, name: str) -> Iterator[tuple[str, Callable[[], Credentials | None]]]:
    with _guard:
        answer = _answers.get((environment.host, name))
    yield PROMPT_SOURCE, lambda: answer
    yield KEYRING_SOURCE, lambda: from_keyring(environment, name)
    yield VARIABLES_SOURCE, lambda: from_environment_variables(environment, name)
    if path := os.environ.get(KEYS_FILE_VARIABLE):
        yield f"file {path}", lambda: _of_file(read_keys_file(path), environment, name)


def _of_file(file: KeysFile, environment: Environment, name: str) -> Credentials | None:
    held = from_values(file.values, environment, name, f"file {file.path}")
    if held is not None and file.note:
        warnings.warn(file.note, stacklevel=2)
    return held


def _of_named_file(file: KeysFile, environment: Environment, name: str) -> Credentials:
    held = _of_file(file, environment, name)
    if held is not None:
        return held
    names = variable_names(environment, name)
    if names is None:
        raise CredentialsError(
            f"A file of keys holds those of live, testnet and demo, not of {environment.name}.",
            hint="Give this one as api_key and secret_key.",
            suggestion=keys_line(environment, name),
            culprit=environment.name,
        )
    raise CredentialsError(
        f"{file.path} holds no key for {environment.name}{f', profile {name}' if name else ''}.",
        hint=f"It is looked for as {names[0]} with {names[1]}, or with {names[2]}.",
        culprit=str(file.path),
    )


def _other_profiles(environment: Environment) -> str:
    there = ", ".join(name or "the nameless one" for name in _profiles(environment))
    return f"There are: {there}." if there else ""


def _profiles(environment: Environment) -> list[str]:
    with _guard:
        typed = [name for host, name in _answers if host == environment.host]
    found = [*typed, *names_kept(environment), *profiles_among(os.environ, environment)]
    if path := os.environ.get(KEYS_FILE_VARIABLE):
        with suppress(CredentialsError):  # using it says what is wrong with it
            found += profiles_among(read_keys_file(path).values, environment)
    return sorted(set(found))


def all_credentials(*, with_keyring: bool = True) -> list[Credentials]:
    """Return every key pair that a source has for an environment that has a name; those that fail are left out.

    Args:
        with_keyring: Whether to ask the keyring, where something was put into it.

    Returns:
        The key pairs, of all sources.
    """
    found = []
    for place in (resolve(name) for name in ENVIRONMENT_NAMES if name != "sandbox"):
        for name in _profiles(place):
            for source, look in _sources(place, name):
                if source != KEYRING_SOURCE or with_keyring:
                    with suppress(BinanceError), warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        found.append(look())
    return [held for held in found if held is not None]


def living_credentials() -> list[Credentials]:
    """Return every key pair that this process holds, a session's own among them."""
    return [holder for holder in holders() if isinstance(holder, Credentials)]


def held_keys(current: Environment | None = None) -> list[HeldKey]:
    """Return every key pair that is there for an environment, whichever source has it.

    Args:
        current: An environment to look at besides those that have names.

    Returns:
        One for each environment and profile.
    """
    places = [resolve(name) for name in ENVIRONMENT_NAMES if name != "sandbox"]
    if current is not None and all(place.host != current.host for place in places):
        places.append(current)
    return [_looked_at(place, name) for place in places for name in _profiles(place)]


def _looked_at(environment: Environment, name: str) -> HeldKey:
    winner: Credentials | None = None
    problem, passed_over = "", list[str]()
    for source, look in _sources(environment, name):
        try:
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                held = look()
            kind = held.key_kind if held else ""
        except BinanceError as error:
            problem = problem or f"{source}: {error.message}"
            continue
        if held is None:
            continue
        if winner is not None:
            passed_over.append(source)
            continue
        winner, won_kind = held, kind
        problem = problem or " ".join(str(each.message) for each in said)
    if winner is None:
        return HeldKey(environment.name, name, "", "", "none can be used", (), problem)
    return HeldKey(environment.name, name, winner.masked or MASK, won_kind, winner.source, tuple(passed_over), problem)
