"""A call that is made later, with others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cached_property
from typing import Any, Self

from binance_nb.calls import Calls
from binance_nb.catalog import Security
from binance_nb.client import endpoint_of
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import as_python
from binance_nb.signatures import arguments_of, signature_of

__all__ = ["Call", "Later", "name_calls"]


class Later:
    """A value that is worked out when other calls have answered.

    Args:
        *names: The calls that it needs.
        then: Makes the value of their answers, which it gets by position.
    """

    def __init__(self, *names: str, then: Callable[..., object]) -> None:
        self.names = names
        self.then = then

    def resolve(self, answers: Mapping[str, Any]) -> object:  # Any: see Calls.call
        """Return the value.

        Args:
            answers: The answers that have come.

        Returns:
            Whatever was made of them.

        Raises:
            UsageError: It could not be made.
        """
        try:
            return self.then(*(answers[name] for name in self.names))
        except BinanceError:
            raise
        except Exception as error:
            # Whatever the person's own code raises fails this call and not the others. Its text may quote anything.
            needs = " and ".join(self.names)
            raise UsageError(f"A value that needs {needs} cannot be worked out: {type(error).__name__}.") from error


class Call:
    """A call that is made later, with others.

    Args:
        verb: Name of the endpoint, such as ``klines``.
        *args: As of the session's method of that name.
        **words: As of that method; a value may be a `Later`.

    Raises:
        UsageError: There is no such endpoint, or an argument does not fit.
    """

    def __init__(self, verb: str, /, *args: object, **words: object) -> None:
        self.endpoint = endpoint_of(verb)
        # What is missing is said when all calls are checked, and better than Python would.
        self.words = arguments_of(self.endpoint, signature_of(self.endpoint).bind_partial, args, words)
        self.session: Calls | None = None
        self.text, self.label = _written(verb, self.words), ""

    def at(self, session: Calls) -> Self:
        """Return this call for another place.

        Args:
            session: Where it goes.
        """
        other = copy(self)
        other.session = session
        return other

    def labelled(self, label: str, text: str) -> Self:
        """Return this call with texts that tell a person which one it is.

        Args:
            label: Such as the line on which it was written, for errors.
            text: The call alone, for a table.
        """
        other = copy(self)
        other.label, other.text = label, text
        return other

    @property
    def goes_alone(self) -> bool:
        """Whether nothing else may be under way beside it: it may place or cancel something."""
        return self.endpoint.method != "GET" or self.endpoint.security is Security.TRADE

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The calls whose answers it needs."""
        named = (name for value in self.words.values() if isinstance(value, Later) for name in value.names)
        return tuple(dict.fromkeys(named))

    def check(self) -> None:
        """Refuse this call if it cannot work, as far as can be told without asking anybody.

        Raises:
            RequestError: Something does not fit, or a key is missing.
        """
        assert self.session is not None
        known = {name: value for name, value in self.words.items() if not isinstance(value, Later)}
        awaited = [name for name in self.words if name not in known]
        self.session.check(self.endpoint.name, awaited, **known)

    def resolved(self, answers: Mapping[str, Any]) -> dict[str, Any]:  # Any: see Calls.call
        """Return all words, now that the answers it needs are there.

        Args:
            answers: The answers that have come.
        """
        return {
            name: value.resolve(answers) if isinstance(value, Later) else value for name, value in self.words.items()
        }


def _written(verb: str, words: Mapping[str, object]) -> str:
    """Return a call as Python."""
    shown = {name: "…" if isinstance(value, Later) else value for name, value in words.items()}
    return as_python(verb, shown).removeprefix("session.")


def name_calls(calls: Iterable[Call], taken: Iterable[str] = ()) -> dict[str, Call]:
    """Name calls by their verbs: ``klines``, ``klines_2``, ...

    Args:
        calls: The calls.
        taken: Names that belong to others.

    Returns:
        The calls by name, in their order.
    """
    named: dict[str, Call] = {}
    taken = set(taken)
    for call in calls:
        name, number = call.endpoint.name, 1
        while name in named or name in taken:
            number += 1
            name = f"{call.endpoint.name}_{number}"
        named[name] = call
    return named
