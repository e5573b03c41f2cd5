"""A book as the frame that ``depth`` gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from binance_nb.client import Client, endpoint_of

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.frames.attributes import Fact
    from binance_nb.streams.book.ladder import Level

__all__ = ["book_frame"]


def book_frame(
    client: Client,
    symbol: str,
    update_id: int,
    levels: tuple[Sequence[Level], Sequence[Level]],
    facts: Mapping[str, Fact],
    *,
    exact: bool,
) -> pd.DataFrame:
    """Build the frame that ``depth`` would give of these levels.

    Args:
        client: Whose environment it is.
        symbol: The symbol.
        update_id: Of the book.
        levels: Bids and asks, each the best first.
        facts: What the frame is to know of itself besides.
        exact: Whether prices and quantities are Decimals with the exchange's digits.

    Returns:
        As of ``Session.depth``: index ``level``, columns ``bid_quantity``, ``bid_price``, ``ask_price``,
        ``ask_quantity``.
    """
    from binance_nb import frames

    bids, asks = levels
    # Through the decoder of the call itself, so that the two can never come to look different.
    body = json.dumps({"lastUpdateId": update_id, "bids": bids, "asks": asks}, separators=(",", ":")).encode()
    frame = frames.decode(endpoint_of("depth"), body, parameters={"symbol": symbol}, exact=exact)
    digits = client.symbols.digits.get(symbol)
    described = frames.describe(
        frame,
        environment=client.environment.label or client.environment.name,
        source="stream",
        **facts,
        **({"digits": digits} if digits else {}),
    )
    return frames.seal(described)
