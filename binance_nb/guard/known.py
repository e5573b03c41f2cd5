"""Keys that this machine has: they are found wherever they stand, whatever they look like."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from binance_nb.guard.shapes import Found
from binance_nb.keys import Credentials, all_credentials, living_credentials

__all__ = ["KnownKey", "find_known", "known_keys"]

# A shorter text stands in many a file by chance.
_SHORTEST = 16
_FILLING = dict.fromkeys(map(ord, " \t\r\n\"'`+,\\()"))


@dataclass(frozen=True)
class KnownKey:
    """A text that must stand nowhere.

    Attributes:
        what: Which key it is, in words that show nothing but its last characters.
        forms: The text as it may be written: as it is, escaped, in base64.
        bare: The text without what may stand between its pieces.
    """

    what: str
    forms: tuple[str, ...] = field(repr=False)
    bare: str = field(repr=False)


def known_keys(*, with_keyring: bool = True) -> list[KnownKey]:
    """Return the keys of this machine: those in use, in variables, in the keyring. A sandbox's are no secrets.

    Args:
        with_keyring: Whether to ask the keyring, where something was put into it.

    Returns:
        The keys, and each line of a private one.
    """
    held = [*all_credentials(with_keyring=with_keyring), *living_credentials()]
    found = {text: known for one in held if one.source != "sandbox" for text, known in _keys_of(one)}
    return list(found.values())


def _keys_of(held: Credentials) -> Iterator[tuple[str, KnownKey]]:
    api_key = held.api_key.reveal()
    for text in held.concealed:
        if len(text) < _SHORTEST or "\n" in text:
            continue  # of a private key each line is there by itself
        half = "the API key" if text == api_key else "the secret of the API key"
        yield text, KnownKey(f"{half} {held.masked} (from {held.source})", _forms(text), text.translate(_FILLING))


def _forms(text: str) -> tuple[str, ...]:
    encoded = (base64.b64encode(b"\0" * shift + text.encode()).decode() for shift in range(3))
    # The first and last characters of base64 depend on what stands beside the text.
    cores = (each.rstrip("=")[4 if shift else 0 : -2] for shift, each in enumerate(encoded))
    return tuple(dict.fromkeys([text, json.dumps(text)[1:-1], quote(text, safe=""), *cores, text[::-1]]))


def find_known(text: str, keys: Iterable[KnownKey]) -> Iterator[Found]:
    """Find known keys.

    Args:
        text: The text.
        keys: What to look for.

    Yields:
        The first place of each.
    """
    keys = list(keys)
    if not keys:
        return
    bare = text.translate(_FILLING)
    places: list[int] = []
    for key in keys:
        starts = [(at, form) for form in key.forms if (at := text.find(form)) >= 0]
        if starts:
            at, form = min(starts)
            yield Found(at, at + len(form), key.what)
        elif (at := bare.find(key.bare)) >= 0:
            places = places or [place for place, letter in enumerate(text) if ord(letter) not in _FILLING]
            yield Found(places[at], places[at + len(key.bare) - 1] + 1, f"{key.what}, in pieces")
