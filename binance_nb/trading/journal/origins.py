"""Where a call came from: the cell, the run of it, and the how-manieth of its kind it is there."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binance_nb.catalog import Endpoint

__all__ = [
    "Origin",
    "OriginSource",
    "calling_from",
    "current_origin",
    "fingerprint",
    "give_back_turn",
    "set_origin_source",
    "take_turn",
    "this_kernel",
]

# How long an answer may take, how it looks, and what a request carries to be heard make no other order.
_MAKES_NO_OTHER = frozenset({"apiKey", "newOrderRespType", "recvWindow", "signature", "timestamp"})
_OURS = ("listClientOrderId", "newClientOrderId")
_RUNS_REMEMBERED = 64


@dataclass(frozen=True)
class Origin:
    """The place in a notebook that a call was made from.

    Attributes:
        cell: The cell: its id where the notebook gives one, else a hash of its source. An order form is such a place,
            too: one for each order that was confirmed there.
        run: One execution of it.
    """

    cell: str
    run: str


OriginSource = Callable[[], Origin | None]
"""Tells where the call of this moment comes from."""

_source: OriginSource | None = None
# A tuple, as None is an origin that may be said, too.
_said: ContextVar[tuple[Origin | None] | None] = ContextVar("said", default=None)
_guards_turns = threading.Lock()
_turns: dict[str, dict[tuple[str, str, str], set[int]]] = {}


def set_origin_source(source: OriginSource | None) -> None:
    """Say who knows where calls come from; without anybody, as in a script, no call has an origin.

    Args:
        source: Who knows; None for nobody.
    """
    global _source
    _source = source


def current_origin() -> Origin | None:
    """Return where the call of this moment comes from.

    Returns:
        The origin, or None where no cell is running: in a script, and for a click on a button.
    """
    if (said := _said.get()) is not None:
        return said[0]
    return _source() if _source is not None else None


@contextmanager
def calling_from(origin: Origin | None) -> Iterator[None]:
    """Let calls come from a place of their own, whatever cell happens to run meanwhile.

    Without it, an order that somebody clicks while a cell runs could be taken for one of that cell: the cell, run
    again, would then place one less.

    Args:
        origin: The place; None for nowhere. It holds for this thread or task alone.
    """
    token = _said.set((origin,))
    try:
        yield
    finally:
        _said.reset(token)


def fingerprint(endpoint: Endpoint, sent: Mapping[str, str], told: str | None = None) -> str:
    """Return what two calls share when a person would call them the same.

    Args:
        endpoint: The endpoint.
        sent: Wire texts.
        told: The everyday words that it became of, such as ``sell BTCUSDT 50%``. They stand for what is sent: half of
            what is left is the same wish each time, though never the same quantity.

    Returns:
        A hash of the words, or of operation and parameters without a client order id that this package drew.
    """
    wanted = {
        name: text
        for name, text in sent.items()
        if name not in _MAKES_NO_OTHER and not _is_own_id(endpoint, name, text)
    }
    text = json.dumps([endpoint.name, sorted(wanted.items())] if told is None else told)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_own_id(endpoint: Endpoint, name: str, text: str) -> bool:
    from binance_nb.client.order_ids import is_drawn  # here, as loading the extension needs the rest of this file

    # Of a call that places nothing, such an id names the order that is meant.
    return bool(endpoint.unfilled_orders) and name in _OURS and is_drawn(text)


def take_turn(account: str, origin: Origin, fingerprint: str) -> int:
    """Return how many calls of this kind this run has made that may stand, and count this one.

    A loop of three buys takes turns 0, 1 and 2; the same loop run again takes the same three.

    Args:
        account: Identity of the account.
        origin: Where the call comes from.
        fingerprint: Which kind.

    Returns:
        The lowest turn that is free.
    """
    with _guards_turns:
        taken = _turns.setdefault(origin.run, {}).setdefault((account, origin.cell, fingerprint), set())
        turn = next(number for number in range(len(taken) + 1) if number not in taken)
        taken.add(turn)
        while len(_turns) > _RUNS_REMEMBERED:
            del _turns[next(iter(_turns))]
    return turn


def give_back_turn(account: str, origin: Origin, fingerprint: str, turn: int) -> None:
    """Free the turn of a call that placed nothing, so that a cell that tries again until it works has one order.

    Args:
        account: Identity of the account.
        origin: Where the call came from.
        fingerprint: Which kind.
        turn: The turn it took.
    """
    with _guards_turns:
        _turns.get(origin.run, {}).get((account, origin.cell, fingerprint), set()).discard(turn)


def this_kernel() -> str:
    """Return what tells this process from all others, earlier ones with its number included."""
    return _name_of(os.getpid())  # a fork is a process of its own


@lru_cache(maxsize=1)
def _name_of(pid: int) -> str:
    return f"{pid}-{secrets.token_hex(4)}"
