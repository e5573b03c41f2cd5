"""What it means that one half of a cancel-replace worked, by the half that did."""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog.error_code import Explanation

__all__ = ["HALF_DONE"]

HALF_DONE: Mapping[tuple[str, str], Explanation] = {
    ("SUCCESS", "FAILURE"): Explanation(
        cause="The old order is cancelled, and the new one was refused: neither is in the book now.",
        remedy="Place the new order by itself, put right as its refusal asks, if it is still wanted.",
        look="open_orders",
    ),
    ("FAILURE", "SUCCESS"): Explanation(
        cause="The new order was placed, and the old one was not cancelled: both may be in the book now.",
        remedy="Look whether the old order still stands, and cancel it if so; it may have been filled before.",
        look="open_orders",
    ),
}
"""By ``cancelResult`` and ``newOrderResult``."""
