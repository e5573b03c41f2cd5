"""One line of a tape about a stream.

``event`` says what happened, ``feed`` to whom: feeds are numbered as they are opened. ``at`` is the exchange's time.

- ``open``: a feed was opened; ``streams``. ``add`` and ``remove`` change them, ``close`` ends it.
- ``message``: something came; ``stream``, ``received``, ``body``, and for events of an account ``source``.
- ``state``: the connection stands otherwise.
- ``look``: somebody looked at what had come; ``for``. ``snapshot``, ``renew``, ``refused``: what a book did meanwhile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeAlias

from binance_nb.guard import storable_body
from binance_nb.streams.link import LinkState
from binance_nb.tape.calls import storable_reply

__all__ = ["ACCOUNT", "Fields", "body_of", "private_body_of", "read_state", "state_fields", "without_place"]

Fields: TypeAlias = Mapping[str, Any]
"""What stands on a line; Any: JSON."""

ACCOUNT = "account"
"""What the events of an account are called where streams are."""

# Where a sandbox listens is another port each time, and nobody's business.
_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[?::1\]?)(?:['\"]?\s*[:,]\s*\d+)?")


def body_of(data: Any) -> bytes:  # Any: JSON
    """Return a payload as it stands on a tape.

    Args:
        data: The payload.

    Returns:
        JSON with its keys in the order in which they came.
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def private_body_of(data: Any) -> bytes:  # Any: JSON
    """Return a payload of an account as it stands on a tape, without what says whose it is.

    Args:
        data: The payload.

    Returns:
        As of `body_of`.
    """
    return storable_reply(storable_body(body_of(data)))


def state_fields(state: LinkState) -> dict[str, Any]:
    """Return how a connection stands, for a line.

    Args:
        state: How it stands.

    Returns:
        The fields; nothing in them says where the other end listens.
    """
    return {**asdict(state), "reason": without_place(state.reason)}


def read_state(said: Fields) -> LinkState:
    """Return how a connection stood.

    Args:
        said: What `state_fields` returned.

    Returns:
        The state.
    """
    return LinkState(**{each.name: said[each.name] for each in fields(LinkState) if each.name in said})


def without_place(text: str) -> str:
    """Return a text without addresses on this computer.

    Args:
        text: A sentence for a person.

    Returns:
        The sentence.
    """
    return _LOOPBACK.sub("this computer", text)
