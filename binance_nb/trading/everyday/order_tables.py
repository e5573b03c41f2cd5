"""Orders as a person reads them: what is open, or what there was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from binance_nb.errors import UsageError
from binance_nb.grammar import parse_time

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.trading.everyday.everyday import Exchange

__all__ = ["orders_of"]

# The id leads, for `cancel` and `replace` want it.
_FIRST = (
    *("order_id", "symbol", "side", "type", "status", "price", "stop_price", "orig_qty", "executed_qty", "time"),
    "client_order_id",
)
_MOST = 1000
_DAY_MS = 86_400_000
_LONGEST_DAYS = 90


def orders_of(exchange: Exchange, symbol: str | None, *, is_all: bool, since: object) -> pd.DataFrame:
    """Return orders, the columns that are read first in front.

    Args:
        exchange: Where.
        symbol: The symbol; None for the open orders of all.
        is_all: Whether orders that are done are listed too.
        since: The earliest time, for orders that are done too.

    Returns:
        The frame, oldest first.

    Raises:
        UsageError: The orders of all symbols are wanted that are done, or of too long a time.
    """
    if not is_all and since is None:
        return _arranged(exchange.call("open_orders", **({"symbol": symbol} if symbol is not None else {})))
    if symbol is None:
        raise UsageError(
            "Orders that are done are listed of one symbol at a time.",
            hint="Such as: %binance orders BTCUSDT --all. Open orders are listed of all symbols.",
            operation="orders",
            culprit="--all" if is_all else "--since",
        )
    if since is None:
        return _latest(exchange, symbol)
    return _arranged(_joined(list(_since(exchange, symbol, since))))


def _latest(exchange: Exchange, symbol: str) -> pd.DataFrame:
    from binance_nb import frames

    frame = exchange.call("all_orders", symbol=symbol, limit=_MOST)
    if len(frame) == _MOST:
        frames.describe(frame, also=f"the latest {_MOST:,}; --since asks for more")
    return _arranged(frame)


def _since(exchange: Exchange, symbol: str, since: object) -> Iterator[pd.DataFrame]:
    now_ms = exchange.client.clock.moment_ms()
    start = parse_time(since, now_ms=lambda: now_ms)
    if start > now_ms:
        raise UsageError(f"{since} lies ahead.", hint="--since goes back: -7d.", culprit=str(since), operation="orders")
    if now_ms - start > _LONGEST_DAYS * _DAY_MS:
        raise UsageError(
            f"{since} is more than {_LONGEST_DAYS} days ago, and the exchange tells a day of orders at a time.",
            hint="For a longer time take all_orders from an order id on: %binance all_orders SYMBOL --order-id 1.",
            culprit=str(since),
            operation="orders",
        )
    while start <= now_ms:
        yield from _between(exchange, symbol, start, min(start + _DAY_MS - 1, now_ms))
        start += _DAY_MS


def _between(exchange: Exchange, symbol: str, start: int, end: int) -> Iterator[pd.DataFrame]:
    """Yield the orders of a time, in halves where there are too many for one answer."""
    frame = exchange.call("all_orders", symbol=symbol, start_time=start, end_time=end, limit=_MOST)
    if len(frame) < _MOST or start == end:
        yield frame
        return
    middle = (start + end) // 2
    yield from _between(exchange, symbol, start, middle)
    yield from _between(exchange, symbol, middle + 1, end)


def _joined(pages: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    from binance_nb import frames

    full = [page for page in pages if len(page)] or [pages[-1]]
    facts = [page.attrs["binance"] for page in pages]
    joined = pd.concat([page.set_axis(page.columns) for page in full], ignore_index=True) if len(full) > 1 else full[0]
    # An order that changed between two answers may stand in both; the later answer knows better.
    joined = joined.drop_duplicates("order_id", keep="last", ignore_index=True)
    joined.attrs = {"binance": dict(facts[-1])}
    asked = {name: text for name, text in facts[-1]["parameters"].items() if name not in ("startTime", "limit")}
    return frames.describe(
        joined,
        parameters={**asked, "startTime": facts[0]["parameters"]["startTime"]},
        weight=sum(each["weight"] for each in facts),
        requests=sum(each["requests"] for each in facts),
    )


def _arranged(frame: pd.DataFrame) -> pd.DataFrame:
    from binance_nb import frames

    first = [name for name in _FIRST if name in frame.columns]
    arranged = frame[[*first, *(name for name in frame.columns if name not in first)]]
    return frames.seal(frames.describe(arranged, leading=len(first)))
