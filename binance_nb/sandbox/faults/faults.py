"""Faults that are set, and the dice that decide whom they meet."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.sandbox.faults.kinds import KINDS, REST, STREAMS, WrongWord, nearest

__all__ = ["Fault", "Faults"]

_METHODS = ("*", "GET", "POST", "PUT", "DELETE")
_OPTIONS = ("kind", "route", "method", "probability", "count", "skip", "seed")
# What requests of the WebSocket API go by that call no endpoint.
_WS_API = "/ws-api/v3"
_MOST = 10**9
_MOST_FAULTS = 1_000


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for whoever draws it.

    Attributes:
        number: What tells it from the others.
        kind: What goes wrong; see `KINDS`.
        route: Whom it may meet: an endpoint's name, a path, a stream's or file's name, or a pattern with ``*``.
        method: The HTTP method it may meet; ``*`` for any.
        probability: How likely it is each time.
        count: How many times in all; None for as long as it is set.
        skip: How many it lets pass first.
        seed: What the dice are thrown from.
        details: What else is known about it, by name; complete.
    """

    number: int
    kind: str
    route: str = "*"
    method: str = "*"
    probability: float = 1.0
    count: int | None = None
    skip: int = 0
    seed: int = 0
    details: Mapping[str, int] = field(default_factory=dict)

    def meets(self, names: Collection[str], method: str) -> bool:
        """Tell whether it may meet something.

        Args:
            names: Everything it is called.
            method: Its HTTP method; empty for what has none.

        Returns:
            True if route and method fit.
        """
        if method and self.method not in ("*", method):
            return False
        return self.route == "*" or any(fnmatchcase(name, self.route) for name in names)

    def as_json(self) -> dict[str, Any]:  # Any: JSON leaves here
        """Return it as the control desk prints it."""
        plain = {name: value for name, value in vars(self).items() if name not in ("number", "details")}
        return {"id": self.number, **plain, **self.details}


class _Set:
    """A fault that is set: how many it has let pass, how many it has met."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.passed = 0
        self.met = 0
        self._dice = random.Random(f"fault {fault.kind} of {fault.seed}")

    def strikes(self) -> bool:
        if self.is_over:
            return False
        if self.passed < self.fault.skip:
            self.passed += 1
            return False
        # The dice are thrown also where they cannot matter: the same seed strikes the same calls at any count.
        if self._dice.random() >= self.fault.probability:
            return False
        self.met += 1
        return True

    @property
    def is_over(self) -> bool:
        return self.fault.count is not None and self.met >= self.fault.count


class Faults:
    """The faults that are set.

    Args:
        methods: Methods of the WebSocket API that call no endpoint; a route may name them too.
        streams: What streams are called; without any, whatever a route of theirs says is believed.
    """

    def __init__(self, methods: Iterable[str] = (), streams: Iterable[str] = ()) -> None:
        endpoints = {name for endpoint in ENDPOINTS.values() for name in _names(endpoint)}
        self._calls = sorted({_WS_API, *methods, *endpoints})
        self._streams = sorted(streams)
        self._set: list[_Set] = []
        self._numbers = count(1)

    @property
    def is_any(self) -> bool:
        """Whether any is set."""
        return bool(self._set)

    def draw(self, kinds: str | Collection[str], *names: str, method: str = "") -> Fault | None:
        """Return the fault that strikes, if one does; asking uses it up.

        Args:
            kinds: Which kinds can strike here.
            *names: Everything that the call, stream or file is called.
            method: Its HTTP method; empty for what has none.

        Returns:
            The one that was set first among those that strike, or None.
        """
        if not self._set:
            return None
        wanted = (kinds,) if isinstance(kinds, str) else kinds
        for chance in self._set:
            if chance.fault.kind in wanted and chance.fault.meets(names, method) and chance.strikes():
                if chance.is_over:
                    self._set.remove(chance)
                return chance.fault
        return None

    def put(self, asked: Mapping[str, Any]) -> Fault:  # Any: JSON enters here
        """Set a fault.

        Args:
            asked: ``kind``, and what else `Fault` has; details by their own names.

        Returns:
            The fault.

        Raises:
            WrongWord: A word or a value does not fit.
        """
        if len(self._set) >= _MOST_FAULTS:
            raise WrongWord(f"{_MOST_FAULTS} faults are set already; clear some.", "kind")
        fault = _fault(next(self._numbers), asked)
        self._check_route(fault)
        self._set.append(_Set(fault))
        return fault

    def _check_route(self, fault: Fault) -> None:
        """Refuse a route that no call and no stream has, for it would never strike. Files are not known here."""
        known = self._calls if fault.kind in REST else self._streams if fault.kind in STREAMS else []
        if known and not any(fnmatchcase(name, fault.route) for name in known):
            whose = "call" if fault.kind in REST else "stream"
            said = fault.route[:80]
            raise WrongWord(f"No {whose} has the route {said!r}.", said, nearest(said, known))

    def clear(self, number: int | None = None) -> int:
        """Take a fault back.

        Args:
            number: Which; None for all.

        Returns:
            How many were still set.
        """
        before = len(self._set)
        self._set = [] if number is None else [chance for chance in self._set if chance.fault.number != number]
        return before - len(self._set)

    def as_json(self) -> list[dict[str, Any]]:  # Any: JSON leaves here
        """Return what is set, with how often each has struck."""
        return [{**chance.fault.as_json(), "met": chance.met, "skipped": chance.passed} for chance in self._set]


def _fault(number: int, asked: Mapping[str, Any]) -> Fault:  # Any: JSON enters here
    kind = KINDS.get(str(asked.get("kind")))
    if kind is None:
        said = asked.get("kind")
        if said is None:
            raise WrongWord(f"A fault needs a kind: {', '.join(KINDS)}.", "kind")
        raise WrongWord(f"There is no fault {str(said)[:40]!r}.", str(said)[:40], nearest(str(said)[:40], KINDS))
    for name in asked:
        if name not in _OPTIONS and name not in kind.details:
            known = (*_OPTIONS, *kind.details)
            raise WrongWord(f"The fault {kind.name} has no {name[:40]!r}.", name[:40], nearest(name[:40], known))
    for name, detail in kind.details.items():
        wrong = detail.problem(asked.get(name, detail.default))
        if wrong:
            raise WrongWord(f"{name} {wrong}.", name)
    return Fault(
        number,
        kind.name,
        route=_route(asked.get("route", "*")),
        method=_method(asked.get("method", "*")),
        probability=_probability(asked.get("probability", 1.0)),
        count=None if asked.get("count") is None else _whole(asked, "count", 1),
        skip=_whole(asked, "skip", 0),
        seed=_whole(asked, "seed", -_MOST),
        details={name: asked.get(name, detail.default) for name, detail in kind.details.items()},
    )


def _whole(asked: Mapping[str, Any], name: str, lowest: int) -> int:  # Any: JSON enters here
    value = asked.get(name, 0)
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= _MOST:
        return value
    raise WrongWord(f"{name} is a whole number from {lowest} to {_MOST}.", name)


def _probability(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise WrongWord("probability is a number from 0 to 1.", "probability")


def _method(value: object) -> str:
    if isinstance(value, str) and value.upper() in _METHODS:
        return value.upper()
    raise WrongWord(f"method is one of {', '.join(_METHODS)}.", "method")


def _route(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise WrongWord("route is an endpoint's name, a path, or a pattern such as *.", "route")
    return value


def _names(endpoint: Endpoint) -> tuple[str, ...]:
    return (endpoint.name, endpoint.path, *filter(None, [endpoint.ws_method]))
