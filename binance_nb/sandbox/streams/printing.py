"""How messages are printed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from binance_nb.sandbox.streams.payloads import Payload, in_microseconds

__all__ = ["Manner", "printed"]


@dataclass(frozen=True)
class Manner:
    """How a connection is spoken to.

    Attributes:
        is_combined: Whether events come in an envelope that names their stream.
        in_us: Whether times are in microseconds.
    """

    is_combined: bool
    in_us: bool

    def printed(self, name: str, payload: Payload | list[Payload]) -> str:
        """Print a message of a stream.

        Args:
            name: The stream's name.
            payload: What it holds, in milliseconds.

        Returns:
            The text.
        """
        event = in_microseconds(payload) if self.in_us else payload
        return printed({"stream": name, "data": event} if self.is_combined else event)


def printed(message: object) -> str:
    """Print a message as JSON.

    Args:
        message: What it says.

    Returns:
        The text; what no text can hold, half a character, becomes a question mark.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() else text.encode(errors="replace").decode()
