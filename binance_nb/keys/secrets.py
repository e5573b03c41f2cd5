"""The one place that hides secrets, and the one that takes them out of texts."""

from __future__ import annotations

import hmac
import re
import threading
import weakref
from collections.abc import Mapping
from typing import NoReturn, Protocol, Self

from binance_nb.errors import clean_messages_with

__all__ = ["MASK", "Concealing", "Secret", "conceal", "holders", "known_secrets", "redact", "remember"]

MASK = "••••"

# A private key to its end, or as far as it goes where a text was cut; its line breaks may be those of a repr.
_PEM = re.compile(
    r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:.*?(-----END [A-Z ]*PRIVATE KEY-----)|[\w+/=\\\s:,-]*)", re.DOTALL
)
# As a traceback shows an argument or a variable, in colour or not.
_COLOUR = r"(?:\x1b\[[\d;]*m|\s)*"
_NAMES = r"(?:passphrase|(?:api|secret|private)_?key|api_?secret)"
_ARGUMENT = re.compile(
    rf"({_NAMES}[\"']?{_COLOUR}[=:]+{_COLOUR}b?)(['\"])(?:\\.|(?!\2).)*\2", re.IGNORECASE | re.DOTALL
)
# In a URL up to its end, however long; elsewhere as a name with a value that can be one.
_SIGNATURES = (
    re.compile(r"(signature=)[^&\s\"'\\]+", re.IGNORECASE),
    re.compile(r"(\.\.\.)[\w%+/=-]{40,}(?=[\"'])"),  # what is left of a long URL in a traceback's short form of it
    re.compile(rf"(\bsignature[\"']?{_COLOUR}[=:,]+{_COLOUR}b?[\"'])[\w+/=%-]{{16,}}", re.IGNORECASE),
)
_KEY_HEADER = re.compile(rf"(X-MBX-APIKEY[\"']?{_COLOUR}[=:,]+{_COLOUR}b?[\"']?)\w+", re.IGNORECASE)
# A shorter text may be part of an innocent word.
_UNMISTAKABLE = 8
# What is masked wherever it turns up has to be longer than what people write by chance.
_SURE = 16


class Secret:
    """A text that never shows itself.

    Args:
        text: The secret text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Only who signs, keeps or sends it has a reason to call this."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        # In a time that tells nothing of how much of it was right.
        return isinstance(other, Secret) and hmac.compare_digest(_bytes(other._text), _bytes(self._text))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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


# By identity: of two that are equal, one may outlive the other.
_holders: weakref.WeakValueDictionary[int, Concealing] = weakref.WeakValueDictionary()
_guard = threading.Lock()


def remember(holder: Concealing) -> None:
    """Take the secrets of a holder out of every text that is redacted, as long as the holder lives.

    Args:
        holder: Whose secrets.
    """
    with _guard:
        _holders[id(holder)] = holder


def holders() -> list[Concealing]:
    """Return everybody who holds secrets in this process."""
    with _guard:
        return list(_holders.values())


def known_secrets() -> dict[str, str]:
    """Return the texts that must not show, of all holders in this process, and what to show in their place."""
    return {hidden: shown for holder in holders() for hidden, shown in holder.concealed.items() if len(hidden) >= _SURE}


def redact(text: str, holder: Concealing | None = None) -> str:
    """Take signatures, private keys, API keys and the secrets of everybody who holds some out of a text.

    Args:
        text: Any text that is about to be shown or stored.
        holder: Whose secrets to take out down to the shortest.

    Returns:
        The text with masks in their place.
    """
    hidden_texts = {**known_secrets(), **(holder.concealed if holder is not None else {})}
    for hidden in sorted(hidden_texts, key=len, reverse=True):
        text = _without(text, hidden, hidden_texts[hidden])
    for signature in _SIGNATURES:
        text = signature.sub(rf"\g<1>{MASK}", text)
    text = _PEM.sub(rf"\g<1>{MASK}\g<2>", text)
    # What has been masked with its last characters stays readable.
    text = _KEY_HEADER.sub(rf"\g<1>{MASK}", text)
    return _ARGUMENT.sub(_masked_argument, text)


clean_messages_with(redact)


def _masked_argument(found: re.Match[str]) -> str:
    name, quote = found.groups()
    given = found.group()[len(name) :]
    return found.group() if given.startswith(f"{quote}{MASK}") else f"{name}{quote}{MASK}{quote}"


def _without(text: str, hidden: str, shown: str) -> str:
    if len(hidden) >= _UNMISTAKABLE:
        return text.replace(hidden, shown)
    return re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", lambda _: shown, text) if hidden else text
