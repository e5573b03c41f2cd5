"""How an answer becomes what a person asked for: a frame that knows where it comes from, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import Endpoint
from binance_nb.client import Client
from binance_nb.errors import ReplyError
from binance_nb.history import Gather, Pulled
from binance_nb.history.long import count_breaks
from binance_nb.reading import Reading
from binance_nb.trading.trader import Carried

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.frames.attributes import Fact
    from binance_nb.frames.gathering import Gathering

__all__ = ["deliver", "deliver_carried", "deliver_halves", "gathering_of"]

# A time in microseconds has sixteen digits; no other number of a reply about orders has as many.
_IN_US = re.compile(rb'"(?:transactTime|transactionTime|time)":\s*\d{16}\b')


def deliver(
    client: Client,
    endpoint: Endpoint,
    pulled: Pulled,
    sent: Mapping[str, str],
    reading: Reading,
    more: Mapping[str, Fact] | None = None,
) -> Any:  # Any: a frame, or raw JSON
    """Return an answer as it was asked for.

    Args:
        client: Who got it.
        endpoint: What was called.
        pulled: What came.
        sent: Wire texts.
        reading: How it is wanted.
        more: What else a frame is to know of itself.

    Returns:
        A frame; the decoded JSON where that is wanted.

    Raises:
        ReplyError: It is not what the endpoint promises.
    """
    from binance_nb import frames

    if reading.raw:
        return _raw(endpoint, pulled.body)
    if pulled.gathered is not None:
        frame = pulled.gathered.finish(parameters=sent, now_ms=pulled.server_ms)
    else:
        frame = frames.decode(
            endpoint,
            pulled.body,
            parameters=sent,
            now_ms=pulled.server_ms,
            exact=reading.exact,
            time_unit="us" if reading.is_in_us else "ms",
            part=reading.part,
        )
    made_of = {"made_of": pulled.made_of} if pulled.made_of else {}
    facts: dict[str, Fact] = {
        "server_time": pulled.server_ms,
        "weight": pulled.weight,
        "requests": pulled.requests,
        **made_of,
        # All of what was asked for has come; what the exchange itself does not have are the holes.
        **({"whole": True, "holes": count_breaks(frame)} if endpoint.rows.index == "open_time" else {}),
        **(more or {}),
    }
    return _finished(client, frame, sent, reading, facts)


def deliver_carried(client: Client, done: Carried, sent: Mapping[str, str], reading: Reading) -> Any:  # Any: see above
    """Return what a call that changes state came to, as it was asked for.

    Args:
        client: Who made it.
        done: What it came to: its own answer, one that was looked up, or that of an earlier run.
        sent: Wire texts.
        reading: How it is wanted. A look-up brings no parts, and the order whole instead.

    Returns:
        As of `deliver`. The frame's attributes say how it was come by, where not by the call itself.

    Raises:
        ReplyError: As of `deliver`.
    """
    facts: dict[str, Fact] = {"outcome": done.outcome, "note": done.note, **done.facts}
    reply = done.reply
    if done.outcome:
        reading = replace(
            reading,
            part=reading.part if reading.part in done.endpoint.rows.parts else None,
            time_unit="us" if _IN_US.search(reply.body) else None,
        )
    pulled = Pulled(reply.body, reply.weight, reply.server_ms, 0 if done.earlier else 1)
    known = {name: fact for name, fact in facts.items() if fact}
    return deliver(client, done.endpoint, pulled, {**sent, **reply.sent}, reading, known)


def deliver_halves(
    client: Client,
    endpoint: Endpoint,
    data: Any,  # error data is free-form JSON
    sent: Mapping[str, str],
    reading: Reading,
) -> dict[str, pd.DataFrame]:
    """Return the half of a cancel-replace that worked, as the part of an answer it would have been.

    Args:
        client: Who made it.
        endpoint: What was called.
        data: What the refusal says of both halves.
        sent: Wire texts.
        reading: How it is wanted.

    Returns:
        The half by the name of its part.
    """
    from binance_nb import frames

    halves: dict[str, pd.DataFrame] = {}
    for part, rows in endpoint.rows.parts.items():
        order = data.get(rows.at) if isinstance(data, dict) else None
        if not isinstance(order, dict) or "code" in order:
            continue  # refused or not attempted: details say so
        try:
            frame = frames.decode(
                endpoint,
                json.dumps(data).encode(),
                parameters=sent,
                exact=reading.exact,
                time_unit="us" if reading.is_in_us else "ms",
                part=part,
            )
        except ReplyError:
            continue  # that one half worked weighs more than an odd field in it; details hold it as it came
        halves[part] = _finished(client, frame, sent, reading, {"server_time": client.clock.estimate_ms()})
    return halves


def gathering_of(endpoint: Endpoint, reading: Reading) -> Gather | None:
    """Return what makes a reader of pages as they come.

    Args:
        endpoint: What is called.
        reading: How it is wanted.

    Returns:
        The maker; None where their text is wanted whole.
    """
    if reading.raw or reading.exact or reading.part:
        return None

    def gather(rooms: Sequence[int]) -> Gathering:
        from binance_nb import frames

        return frames.Gathering(endpoint, rooms, time_unit="us" if reading.is_in_us else "ms")

    return gather


def _finished(
    client: Client, frame: pd.DataFrame, sent: Mapping[str, str], reading: Reading, facts: Mapping[str, Fact]
) -> pd.DataFrame:
    from binance_nb import frames

    digits = client.symbols.digits.get(sent.get("symbol", ""))
    finished = frames.describe(
        reading.finish(frame),
        environment=client.environment.label or client.environment.name,
        source=client.source,
        **facts,
        **({"digits": digits} if digits else {}),
    )
    return frames.seal(finished)


def _raw(endpoint: Endpoint, body: bytes) -> Any:  # Any: JSON
    try:
        return json.loads(body)
    except ValueError:
        raise ReplyError(f"The answer of {endpoint.name} is not JSON.", operation=endpoint.name) from None
