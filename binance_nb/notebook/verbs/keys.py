"""Verbs about API keys: having them, and finding those that got into files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from binance_nb.errors import CredentialsError, UsageError
from binance_nb.grammar import Bound
from binance_nb.keys import (
    Credentials,
    check_profile,
    find_key,
    forget,
    forget_answers,
    held_keys,
    keyring_name,
    remember_answer,
    store,
)
from binance_nb.notebook.keys import ask_keys
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet, standing_line
from binance_nb.rendering.keys_sheet import keys_sheet
from binance_nb.rendering.scan_sheet import scan_sheet

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk
    from binance_nb.session import Session

__all__ = ["VERBS"]

# A line has places, and a scan seldom needs more of them than this; a folder holds any number of files.
_PATHS = ("path", *(f"path_{number}" for number in range(2, 21)))
_DEEDS = ("show", "forget", "store", "new")


def _keys(desk: Desk, bound: Bound) -> Sheet:
    said = {name for name in _DEEDS if bound.options.get(name)}
    if len(said) > 1 and said != {"store", "new"}:
        raise UsageError(
            f"These do not go together: {', '.join(f'--{name}' for name in _DEEDS if name in said)}.",
            hint="One at a time.",
            operation="keys",
        )
    session, profile = desk.session_for(bound), check_profile(bound.options.get("profile"))
    if "show" in said:
        return _shown(session)
    if "forget" in said:
        return _forgotten(session, profile)
    return _given(desk, bound, session, profile, said)


def _shown(session: Session) -> Sheet:
    place = session.environment
    # A sandbox's address is another each time, and its keys are its own.
    known = held_keys(None if place.is_sandbox else place)
    return keys_sheet(known, place, session.client.credentials, keyring_name())


def _forgotten(session: Session, profile: str) -> Sheet:
    place, current = session.environment, session.client.credentials
    was_typed = forget_answers(place, profile)
    was_kept = forget(place, profile)
    if current is not None and current.profile == profile and (was_typed or was_kept):
        session.use_keys(find_key(place) if not profile else None)
    of = f"{place.name}, profile {profile}" if profile else place.name
    where = " and ".join([*(["what was typed"] if was_typed else []), *(["the keyring"] if was_kept else [])])
    done = f"Forgotten: the key of {of}, in {where}." if where else f"Nothing was typed or kept for {of}."
    left = session.client.credentials
    rest = f" Lines go on with {left.masked} from {left.source}." if left is not None and where else ""
    return Sheet(f"{done}{rest}", is_framed=False)


def _given(desk: Desk, bound: Bound, session: Session, profile: str, said: set[str]) -> Sheet:
    place, current = session.environment, session.client.credentials
    file = bound.options.get("keys_file")
    has_one = current is not None and current.profile == profile and "new" not in said and file is None
    if has_one and "store" not in said:
        return _shown(session)
    if "store" in said and (place.is_sandbox or place.name == "sandbox"):
        raise CredentialsError(
            "A sandbox's key is not worth keeping: it ends with the sandbox.", suggestion="%binance keys --show"
        )
    if current is not None and has_one:
        held = current
    elif file is not None:
        held = _taken(session, str(file), profile)
    else:
        held = ask_keys(place, desk.ask, profile)
        remember_answer(held, profile)
    # A named key is for later, where another one is at work.
    is_used = current is None or current.profile == profile
    if is_used:
        session.use_keys(held)
    kept = f" Kept in {store(held, place, profile)}." if "store" in said else ""
    if not is_used:
        line = f"%binance use {place.name} --profile {profile}"
        return Sheet(f"Taken: {held.masked} ({held.key_kind}), profile {profile}.{kept} {line}", is_framed=False)
    if session is not desk.open_session:
        taken = f"Taken: {held.masked} ({held.key_kind}) for lines with --env {place.name}."
        return Sheet(f"{taken}{kept}", is_framed=False)
    return Sheet(f"{standing_line(session.status()).title}{kept}", is_framed=False)


def _taken(session: Session, file: str, profile: str) -> Credentials:
    held = find_key(session.environment, profile, file)
    assert held is not None  # a named file has one, or says why not
    return held


def _scan(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.guard import known_keys, scan_paths

    paths = [str(bound.options[place]) for place in _PATHS if place in bound.options]
    if not paths:
        raise UsageError(
            "scan needs the path of a notebook, a file or a folder.",
            hint="A folder is looked through with all that is in it; . is the one you work in.",
            suggestion="%binance scan .",
            operation="scan",
        )
    return scan_sheet(scan_paths(paths, known_keys()))


VERBS: Mapping[str, OwnVerb] = {
    "keys": OwnVerb(
        "Asks for an API key and its secret without showing them, where there is none yet; --show tells which there "
        "are and where each comes from.",
        "%binance keys [--env NAME] [--profile NAME] [--store | --show | --forget | --new | --keys-file PATH]",
        "%binance keys",
        'session = binance_nb.connect("testnet", api_key=getpass("Key: "), secret_key=getpass("Secret: "))',
        options={
            "env": "whose key it is, for lines that go there with --env; where you are when left out",
            "profile": "which of several keys for the same place; %binance use testnet --profile NAME takes it",
            "show": "every key by its last characters: the source that gives it, and those passed over",
            "store": "keep it in the computer's keyring",
            "forget": "take it out of the keyring, and out of this kernel",
            "new": "ask for another one, though there is one",
            "keys_file": "a file of variables to take it from, such as .env",
        },
        flags=_DEEDS,
        run=_keys,
    ),
    "scan": OwnVerb(
        "Finds keys that got into notebooks and other files, in what was written and in what was shown, and says where "
        "without showing them.",
        "%binance scan PATH [PATH ...]",
        "%binance scan .",
        'scan_paths(["."], known_keys())  # from binance_nb.guard',
        places=_PATHS,
        run=_scan,
    ),
}
