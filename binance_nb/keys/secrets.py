"""The one place that hides secrets, and the one that takes them out of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn, Protocol

__all__ = ["MASK", "Concealing", "Secret", "conceal", "redact"]

MASK = "••••"

_SIGNATURE = re.compile(r"(signature=)[^&\s\"']+", re.IGNORECASE)
# A private key to its end, or as far as it goes where a text was cut; its line breaks may be those of a repr.
_PEM = re.compile(
    r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:.*?(-----END [A-Z ]*PRIVATE KEY-----)|[\w+/=\\\s:,-]*)", re.DOTALL
)
# As a traceback shows an argument or a variable, in colour or not.
_COLOUR = r"(?:\x1b\[[\d;]*m|\s)*"
_ARGUMENT = re.compile(rf"((?:passphrase|secret_key){_COLOUR}=+{_COLOUR}b?)(['\"])(?:\\.|(?!\2).)*\2")
# A shorter text may be part of an innocent word.
_UNMISTAKABLE = 8


class Secret:
    """A text that never shows itself.

    Args:
        text: The secret text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Only who signs, and the request's headers, have a reason to call this."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")


class Concealing(Protocol):
    """What knows texts that must not show."""

    @property
    def concealed(self) -> Mapping[str, str]:
        """Each such text, and what to show in its place."""


def conceal(given: str | bytes | Secret) -> Secret:
    """Hide a text that came in the open, so that no traceback with variables shows it.

    Args:
        given: The text; bytes that are not ASCII become texts that are no key.

    Returns:
        The secret.
    """
    if isinstance(given, Secret):
        return given
    return Secret(given.decode("ascii", "replace") if isinstance(given, bytes) else given)


def redact(text: str, holder: Concealing | None = None) -> str:
    """Take signatures, private keys and the secrets of a holder out of a text.

    Args:
        text: Any text that is about to be shown or stored.
        holder: Whose secrets to take out too.

    Returns:
        The text with masks in their place.
    """
    masked = _SIGNATURE.sub(rf"\g<1>{MASK}", text)
    masked = _PEM.sub(rf"\g<1>{MASK}\g<2>", masked)
    masked = _ARGUMENT.sub(rf"\g<1>\g<2>{MASK}\g<2>", masked)
    for hidden, shown in holder.concealed.items() if holder is not None else ():
        masked = _without(masked, hidden, shown)
    return masked


def _without(text: str, hidden: str, shown: str) -> str:
    if len(hidden) >= _UNMISTAKABLE:
        return text.replace(hidden, shown)
    return re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", lambda _: shown, text) if hidden else text
