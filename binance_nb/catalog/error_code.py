"""One error code: the texts that the server uses for it, and what a person should know about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

__all__ = ["AS_TOLD", "ErrorCode", "Explanation", "ServerMessage"]

AS_TOLD = "as long as Retry-After says"
"""How a remedy says until when to wait; a card that knows the time says it instead."""


# %s and %d are the documentation's own slots; one template writes its slot as {param}.
_SLOT = re.compile(r"%[sd]|\{param\}")
_BAD_REQUEST = 400


@dataclass(frozen=True)
class Explanation:
    """What an error card says under the server's own message.

    Attributes:
        cause: What happened and why.
        remedy: What to do about it.
        look: The endpoint that shows more, where the remedy does not name it in a word of its own.
    """

    cause: str
    remedy: str
    look: str = ""


@dataclass(frozen=True)
class ServerMessage:
    """One literal text of the server, in which ``%s`` stands for a value that it puts in.

    Attributes:
        template: The text as documented.
        cause: Why the server says it, where the code alone does not tell; ``{0}`` repeats its first value.
        remedy: What to do then.
        http_status: The status that comes with it; None where only the code decides.
        seen_with: Of the codes that share this text, those that the documentation shows it with.
        symbol_flag: The field of exchange_info that says beforehand whether the symbol offers what was asked.
        look: The endpoint that shows more, where the remedy does not name it in a word of its own.
    """

    template: str
    cause: str = ""
    remedy: str = ""
    http_status: int | None = None
    seen_with: tuple[int, ...] = ()
    symbol_flag: str | None = None
    look: str = ""

    @cached_property
    def slots(self) -> int:
        """How many values the text takes."""
        return len(_SLOT.findall(self.template))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # The documentation is not sure of its full stops, so neither are we.
        parts = (re.escape(part) for part in _SLOT.split(self.template.rstrip(".")))
        return re.compile("(.*?)".join(parts) + r"\.?", re.DOTALL)

    def fill(self, *values: object) -> str:
        """Return the text as the server sends it.

        Args:
            *values: What goes into the slots, in order.

        Returns:
            The literal message.

        Raises:
            ValueError: There are more or fewer values than slots.
        """
        if len(values) != self.slots:
            raise ValueError(f"{self.template!r} takes {self.slots} value(s), not {len(values)}")
        rest = iter(values)
        return _SLOT.sub(lambda _: str(next(rest)), self.template)

    def read(self, message: str) -> tuple[str, ...] | None:
        """Return the values in a message, or None when it is not this text.

        Args:
            message: What the server sent.

        Returns:
            The values in the order of the slots; an empty tuple for a text without any.
        """
        found = self._pattern.fullmatch(message)
        return None if found is None else found.groups()

    def explain(self, values: tuple[str, ...]) -> Explanation | None:
        """Return this text's own explanation, or None when its code's will do.

        Args:
            values: What `read` returned.

        Returns:
            The explanation with the values in their places.
        """
        if not self.cause:
            return None
        return Explanation(self.cause.format(*values), self.remedy.format(*values), self.look)


@dataclass(frozen=True)
class ErrorCode:
    """One code of ``{"code": ..., "msg": ...}``.

    Attributes:
        code: The number, such as -1121.
        name: The documentation's name for it, such as ``BAD_SYMBOL``.
        cause: What happened and why.
        remedy: What to do about it.
        said: The server's texts for it; -1010, -2010, -2011 and -2038 share the matching engine's.
        category: ``general``, ``request``, ``processing``, ``order_rejection`` or ``cancel_replace``.
        topic: What it is about, such as ``auth`` or ``rate_limit``; None for nothing in particular.
        surfaces: Where it appears: ``rest``, ``ws_api``, ``fix``, ``sbe``, or ``legacy``.
        http_statuses: The HTTP statuses that the documentation ties to it; empty where it names none.
        is_execution_unknown: Whether the call may have taken effect in spite of it.
        is_documented: False for a code met in the wild that the documentation does not list.
    """

    code: int
    name: str
    cause: str
    remedy: str
    said: tuple[ServerMessage, ...]
    category: str
    topic: str | None = None
    surfaces: tuple[str, ...] = ("rest", "ws_api")
    http_statuses: tuple[int, ...] = ()
    is_execution_unknown: bool = False
    is_documented: bool = True

    @property
    def messages(self) -> tuple[str, ...]:
        """The literal texts, ``%s`` where a value goes."""
        return tuple(message.template for message in self.said)

    def message(self, which: int | str = 0) -> ServerMessage:
        """Return one of the server's texts.

        Args:
            which: Its place in `messages`, or words that appear in this one only.

        Returns:
            The text.

        Raises:
            LookupError: There is no such text, or the words appear in several.
        """
        if isinstance(which, int):
            return self.said[which]
        found = [message for message in self.said if which in message.template]
        if len(found) != 1:
            raise LookupError(f"{len(found)} messages of {self.code} contain {which!r}, not one: {list(self.messages)}")
        return found[0]

    def say(self, which: int | str = 0, *values: object) -> str:
        """Return a message as the server sends it: ``ERROR_CODES[-1102].say("Mandatory", "symbol")``.

        Args:
            which: Place of the text in `messages`, or words that appear in this one only.
            *values: What goes into its slots.

        Returns:
            The literal message.

        Raises:
            LookupError: There is no such text, or the words appear in several.
            ValueError: There are more or fewer values than slots.
        """
        return self.message(which).fill(*values)

    def status(self, which: int | str = 0) -> int:
        """Return the HTTP status with which the server sends a message.

        Args:
            which: As for `say`.

        Returns:
            The documented status, or 400 where none is documented.
        """
        own = self.message(which).http_status
        return own or next(iter(self.http_statuses), _BAD_REQUEST)

    def read(self, message: str) -> tuple[ServerMessage, tuple[str, ...]] | None:
        """Find out which text a message is, the reverse of `say`.

        Args:
            message: What the server sent.

        Returns:
            The text and its values, or None for a text the documentation does not have.
        """
        for known in self.said:
            values = known.read(message)
            if values is not None:
                return known, values
        return None

    def explain(self, message: str = "") -> Explanation:
        """Explain the code, by the message where that says more.

        Args:
            message: What the server sent with it.

        Returns:
            Cause and remedy.
        """
        found = self.read(message)
        own = None if found is None else found[0].explain(found[1])
        return own or Explanation(self.cause, self.remedy, found[0].look if found else "")
