"""Asks a real environment every read endpoint once, and checks each frame against its declaration.

It changes nothing anywhere: only GET requests are made. Without a word it goes to the keyless market data host, and to
the testnet too when BINANCE_TESTNET_API_KEY and BINANCE_TESTNET_SECRET_KEY are set.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from binance_nb import Session, __version__, connect
from binance_nb.catalog import ENDPOINTS, Endpoint, snake_case
from binance_nb.catalog.replies import FIELD_KINDS
from binance_nb.errors import BinanceError, TransportError
from binance_nb.frames import frame_doc

# What to ask with, by parameter; every environment has these.
SAMPLES: Mapping[str, object] = {"symbol": "BTCUSDT", "interval": "1h", "fromId": 1, "limit": 10}
# Not a failure: the symbol has no reference price.
EXPECTED_CODES = {-2043}
FOUND_BY = {"orderId": ("all_orders", "order_id"), "orderListId": ("all_order_list", "order_list_id")}


@dataclass
class Outcome:
    """What came of one endpoint: its verdict is PASS, FAIL or SKIP."""

    name: str
    verdict: str
    note: str = ""
    rows: int = 0
    milliseconds: float = 0.0
    weight: int = 0
    new_fields: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        figures = f"{self.rows:6} {self.milliseconds:8.0f} {self.weight:7}" if self.verdict == "PASS" else " " * 23
        new = f"new fields: {', '.join(self.new_fields)}" if self.new_fields else ""
        return f"{self.verdict}  {self.name:28} {figures}  {self.note or new}".rstrip()


class Skipped(Exception):
    """There is nothing to ask with."""


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make smoke-live", description=__doc__)
    parser.add_argument("places", nargs="*", help="market, testnet, demo or live; read-only everywhere")
    parser.add_argument("--url", action="append", default=[], help="another base URL")
    parser.add_argument("--out", type=Path, help="write the report to this file too")
    asked = parser.parse_args(words)
    places = [*asked.places, *asked.url] or default_places()
    pages, statuses = [], []
    for place in places:
        page, status = visit(place)
        print(page, file=sys.stderr if status == 2 else sys.stdout)
        pages.append(page)
        statuses.append(status)
    if asked.out:
        asked.out.write_text("\n\n".join(pages) + "\n", encoding="utf-8")
    return max(statuses)


def default_places() -> list[str]:
    return ["market"] + ["testnet"] * ("BINANCE_TESTNET_API_KEY" in os.environ)


def visit(place: str) -> tuple[str, int]:
    """Return the report on a place and its exit status; one sentence and 2 where it cannot be reached."""
    try:
        with connect(place) as session:
            session.client.clock.synchronise()
            outcomes = list(smoke(session))
            return report(session, outcomes), int(any(outcome.verdict == "FAIL" for outcome in outcomes))
    except TransportError as error:
        return f"make smoke-live: {place} cannot be reached from here ({error.message})", 2
    except BinanceError as error:
        return f"make smoke-live: {error}", 2


def report(session: Session, outcomes: Sequence[Outcome]) -> str:
    clock, counts = session.client.clock, dict.fromkeys(("PASS", "FAIL", "SKIP"), 0)
    for outcome in outcomes:
        counts[outcome.verdict] += 1
    offset = (
        "made up" if clock.offset_ms is None else f"{clock.offset_ms:+.0f} ms ahead, known to {clock.error_ms:.0f} ms"
    )
    lines = [
        f"binance_nb {__version__}, pandas {pd.__version__}: every read endpoint of {session.environment.url}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC; its clock is {offset}",
        "",
        f"      {'endpoint':28} {'rows':>6} {'ms':>8} {'weight':>7}",
        *map(str, outcomes),
        "",
        f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped; "
        f"weight used in this minute: {session.status()['weight_used']} of {session.status()['weight_limit']}",
    ]
    return "\n".join(lines)


def smoke(session: Session) -> Iterator[Outcome]:
    """Ask every read endpoint of a session's environment once.

    Args:
        session: Where to ask.

    Yields:
        What came of each.
    """
    for endpoint in ENDPOINTS.values():
        if endpoint.method == "GET" and not endpoint.changes_state:
            yield ask(session, endpoint)


def ask(session: Session, endpoint: Endpoint) -> Outcome:
    if session.environment.has_market_data_only and not endpoint.is_on_data_host:
        return Outcome(endpoint.name, "SKIP", "not served here")
    if endpoint.is_signed and session.client.credentials is None:
        return Outcome(endpoint.name, "SKIP", "no key")
    try:
        words = words_for(session, endpoint)
        started = time.monotonic()
        frame = session.call(endpoint.name, **words)
    except Skipped as reason:
        return Outcome(endpoint.name, "SKIP", str(reason))
    except BinanceError as error:
        is_expected = error.code in EXPECTED_CODES
        return Outcome(endpoint.name, "PASS" if is_expected else "FAIL", f"{type(error).__name__}: {error}")
    spent_ms = (time.monotonic() - started) * 1000
    problems, new_fields = compare(endpoint, frame)
    verdict = "FAIL" if problems else "PASS"
    weight = frame.attrs["binance"]["weight"]
    return Outcome(endpoint.name, verdict, "; ".join(problems), len(frame), spent_ms, weight, new_fields)


def words_for(session: Session, endpoint: Endpoint) -> dict[str, object]:
    """Return parameters that the catalog says are needed, and the few that keep an answer short."""
    needed = {parameter.name for parameter in endpoint.parameters if parameter.required}
    needed |= {group[0] for group in endpoint.one_of}
    if needed & {"preventedMatchId"}:
        needed = {"symbol", "orderId"}  # an order may have none, which is an answer too
    useful = {"symbol", "limit"} & set(endpoint.by_name) if "orderId" not in needed else set()
    words: dict[str, object] = {}
    for name in sorted((needed | useful) - {"timestamp"}):
        found = newest(session, *FOUND_BY[name]) if name in FOUND_BY else SAMPLES[name]
        words[endpoint.by_name[name].python_name] = found
    return words


def newest(session: Session, name: str, column: str) -> int:
    endpoint = ENDPOINTS[name]
    found = session.call(name, **words_for(session, endpoint)).reset_index()
    if found.empty:
        raise Skipped("this account has nothing to ask for")
    return int(found[column].iloc[-1])


def compare(endpoint: Endpoint, frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Compare a frame with what is declared.

    Args:
        endpoint: What was asked.
        frame: What came.

    Returns:
        What is wrong, and the names of columns that the catalog does not know.
    """
    index, columns, extra = declared(endpoint)
    came = {str(name): str(dtype) for name, dtype in frame.dtypes.items()}
    if index:
        came |= {str(frame.index.name): str(frame.index.dtype)}
    problems = []
    for name, dtype in (index | columns).items():
        if name not in came:
            problems.append(f"{name} is missing")
        elif not fits(came[name], dtype):
            problems.append(f"{name} is {came[name]} instead of {dtype}")
    # The columns of filters follow from the filters that came; what the catalog knows from elsewhere is no news.
    known = {snake_case(name) for name in FIELD_KINDS} | extra.keys() | index.keys() | columns.keys()
    return problems, [name for name in came if name not in known]


def fits(came: str, dtype: str) -> bool:
    # pandas 2 has no type of its own for text. A flag that nobody can know, as of a candle, is nullable.
    return came == dtype or (dtype, came) in (("str", "object"), ("bool", "boolean"))


def declared(endpoint: Endpoint) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Read dtypes by name from a frame's documentation: of the index, the columns, and those that may come."""
    sections: dict[str, dict[str, str]] = {}
    heading = ""
    for line in frame_doc(endpoint).splitlines():
        if not line.startswith("    "):
            heading = line
        elif len(cells := re.split(r"\s{2,}", line.strip())) > 1:
            sections.setdefault(heading, {})[cells[0]] = cells[1]
    optional = sections.get("Columns that come only when a row has them:", {})
    return sections.get("Index:", {}), sections.get("Columns:", {}), optional


if __name__ == "__main__":
    sys.exit(main())
