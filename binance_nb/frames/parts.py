"""The other tables of a reply, by name. Needs no pandas, so a wrong name is refused before anything is sent."""

from __future__ import annotations

from binance_nb.catalog import Endpoint, Rows
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean, nearest

__all__ = ["part_of"]


def part_of(endpoint: Endpoint, part: str) -> Rows:
    """Return how a part of a reply becomes a frame.

    Args:
        endpoint: What is called.
        part: Name of the part, such as ``fills``.

    Returns:
        Its declaration.

    Raises:
        UsageError: The reply has no such part.
    """
    parts = endpoint.rows.parts
    if part in parts:
        return parts[part]
    near = nearest(part, parts, limit=1)
    raise UsageError(
        f"{endpoint.name} has no part {part!r}.",
        hint=did_you_mean(part, parts) or (f"Its parts: {', '.join(parts)}." if parts else "It has no parts at all."),
        suggestion=near[0] if near else None,
        culprit=part,
        operation=endpoint.name,
        details={"parts": list(parts)},
    )
