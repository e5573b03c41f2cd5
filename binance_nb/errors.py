"""Everything that can go wrong, as one tree.

    BinanceError
    ├── RequestError                wrong before anything was sent
    │   ├── UsageError              a word, option or value that does not fit
    │   ├── PreflightError          an order that breaks the symbol's rules
    │   ├── NotArmedError           a state-changing call to a live host
    │   └── CredentialsError        a key is missing, or belongs elsewhere
    ├── ApiError                    the exchange answered {code, msg}
    │   ├── AuthenticationError     -1002, -1022, -2008, -2014, -2015
    │   ├── TimestampError          -1021
    │   ├── OrderRejected           -1010, -1013, -2010, -2011, -2038
    │   │   └── FilterViolation     "Filter failure: …"
    │   ├── RateLimitError          429, -1003, -1015
    │   │   └── IpBannedError       418
    │   ├── RegionBlockedError      451
    │   ├── FirewallError           403, an HTML page
    │   └── PartialReplaceError     409, one half of a cancel-replace worked
    ├── ExecutionUnknownError       5XX, -1006, -1007, silence: it may have happened
    ├── TransportError              no answer to a call that changes nothing
    ├── ReplyError                  a 200 that cannot be read
    ├── SandboxError                the embedded exchange did not start, or is gone
    ├── StoreError
    ├── JournalError
    ├── StreamError
    ├── TapeError
    │   └── TapeMissError
    └── TogetherError               some of several calls failed

The tree stands below every room, so that a tokeniser and a transport raise the same kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

__all__ = [
    "ApiError",
    "AuthenticationError",
    "BinanceError",
    "CredentialsError",
    "ExecutionUnknownError",
    "FilterViolation",
    "FirewallError",
    "IpBannedError",
    "JournalError",
    "NotArmedError",
    "OrderRejected",
    "PartialReplaceError",
    "PreflightError",
    "RateLimitError",
    "RegionBlockedError",
    "ReplyError",
    "RequestError",
    "SandboxError",
    "StoreError",
    "StreamError",
    "TapeError",
    "TapeMissError",
    "TimestampError",
    "TogetherError",
    "TransportError",
    "UsageError",
    "clean_messages_with",
]


# Facts without which the few lines under a cell would send a person looking.
_DECISIVE = ("outcome", "until", "broken", "nearest", "would send", "worth")


def _clean(text: str) -> str:
    return _cleaners[-1](text)


_cleaners: list[Callable[[str], str]] = [str]


def clean_messages_with(clean: Callable[[str], str]) -> None:
    """Let messages of errors go through a function that takes out what must not show.

    Args:
        clean: The function; the room that knows the secrets gives it.
    """
    _cleaners[:] = [clean]


class BinanceError(Exception):
    """Base of all errors raised by binance_nb.

    Args:
        message: What happened, in one sentence.
        hint: What to do about it.
        suggestion: A corrected line or word to paste, when there is one.
        culprit: The word, option or value that is wrong, as the person wrote it.
        operation: Catalog name of the call, such as ``klines``.
        code: The exchange's error code, such as -1121.
        http_status: HTTP status of the answer.
        retry_at: Server time in ms from which another try makes sense.
        details: Plain facts for the card: bound broken, clock offset, weight used.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        suggestion: str | None = None,
        culprit: str | None = None,
        operation: str | None = None,
        code: int | None = None,
        http_status: int | None = None,
        retry_at: int | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        # A word that was refused may be a key that somebody gave in the wrong place.
        message = _clean(message)
        super().__init__(message)
        self.message = message
        self.hint = hint and _clean(hint)
        self.suggestion = suggestion
        self.culprit = culprit
        self.operation = operation
        self.code = code
        self.http_status = http_status
        self.retry_at = retry_at
        self.details = details or {}

    def __str__(self) -> str:
        label = "" if self.code is None else f"[{self.code}] "
        return f"{label}{self.message}"

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines instead of a traceback, and stores them as the cell's
        # error; it calls this twice per failed cell, so it has to stay pure.
        lines = [f"{type(self).__name__}: {self}"]
        lines += [f"  {name}: {self.details[name]}" for name in _DECISIVE if name in self.details]
        if self.hint:
            lines.append(f"  {self.hint}")
        if self.suggestion:
            lines.append(f"  try: {self.suggestion}")
        return lines


class RequestError(BinanceError):
    """The call was wrong before anything was sent."""


class UsageError(RequestError, ValueError):
    """A word, an option or a value does not fit the call."""


class PreflightError(RequestError):
    """An order breaks a rule of its symbol; nothing was sent.

    Attributes:
        report: How it stands to every rule: a `binance_nb.rules.RuleReport`. The preflight fills it in.
    """

    report: object | None = None


class NotArmedError(RequestError):
    """A state-changing call to a live host, which stays shut."""


class CredentialsError(RequestError):
    """A key is missing, malformed, or belongs to another environment."""


class ApiError(BinanceError):
    """The exchange refused the call and said why."""


class AuthenticationError(ApiError):
    """The key, its permissions or the signature were not accepted."""


class TimestampError(ApiError):
    """The request's timestamp lay outside the window; nothing was executed."""


class OrderRejected(ApiError):
    """The order or cancel was refused."""


class FilterViolation(OrderRejected):
    """The order breaks a filter of its symbol."""


class RateLimitError(ApiError):
    """Too much request weight or too many orders; ``retry_at`` says when to go on."""


class IpBannedError(RateLimitError):
    """This address is banned until ``retry_at``."""


class RegionBlockedError(ApiError):
    """The exchange does not serve this place (HTTP 451)."""


class FirewallError(ApiError):
    """The web firewall refused the request (HTTP 403); it never reached the exchange."""


class PartialReplaceError(ApiError):
    """One half of a cancel-replace worked; ``details`` holds both halves.

    Attributes:
        parts: The half that worked as a frame, by its name: ``cancelled`` or ``placed``. A session fills it in.
    """

    parts: Mapping[str, Any] = MappingProxyType({})  # Any: pandas stays out of here


class ExecutionUnknownError(BinanceError):
    """A state-changing call got no verdict: it may have been executed.

    Attributes:
        expires_at: Server time in ms after which no copy of the request can be executed any more; None if not known.
        verdict: ``STILL UNKNOWN``, or when it was looked up ``NOT PLACED``: it was not executed and never will be.
    """

    expires_at: int | None = None
    verdict: str = "STILL UNKNOWN"

    @property
    def may_stand(self) -> bool:
        """Whether it may have been executed, or yet be."""
        return self.verdict != "NOT PLACED"


class TransportError(BinanceError):
    """No answer came to a call that changes nothing; trying again is safe."""


class ReplyError(BinanceError):
    """An answer came with status 200 but cannot be read."""


class SandboxError(BinanceError):
    """The embedded sandbox exchange did not start, or is gone."""


class StoreError(BinanceError):
    """The history store cannot be read or written."""


class JournalError(BinanceError):
    """The order journal cannot be written, so no order is sent."""


class StreamError(BinanceError):
    """A stream cannot be opened or kept."""


class TapeError(BinanceError):
    """A tape cannot be read or written."""


class TapeMissError(TapeError):
    """The tape holds no answer to this call."""


class TogetherError(BinanceError):
    """Of several calls that were made together, some failed; what arrived is kept.

    Args:
        message: How many failed.
        failures: What each of them was, as a person reads it, and why it failed.
        answers: The answers that came, by name.

    Attributes:
        failures: As given, in the order of the calls.
        answers: As given; empty when nothing was sent.
    """

    def __init__(
        self,
        message: str,
        failures: Sequence[tuple[str, BinanceError]],
        answers: Mapping[str, Any] = MappingProxyType({}),  # Any: pandas stays out of here
    ) -> None:
        super().__init__(message)
        self.failures = tuple(failures)
        self.answers = answers

    def __str__(self) -> str:
        return "\n".join([self.message, *(line for each in self.failures for line in _failure_lines(*each))])


def _failure_lines(label: str, error: BinanceError) -> list[str]:
    lines = [f"  {label}", f"    {type(error).__name__}: {error}"]
    if error.hint:
        lines.append(f"      {error.hint}")
    if error.suggestion:
        lines.append(f"      try: {error.suggestion}")
    return lines
