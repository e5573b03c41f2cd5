"""Write binance_nb/session.pyi from the catalog, so that type checkers and editors see the generated methods."""

from __future__ import annotations

import sys
from pathlib import Path

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.signatures import signature_of

HERE = Path(__file__).resolve().parent.parent / "binance_nb" / "session.pyi"
HEAD = """\
# Written by tools/make_stub.py from the catalog: change that, not this.
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any

from pandas import DataFrame

from binance_nb.client import ClockReport
from binance_nb.histories import Histories
from binance_nb.ordering import Ordering
from binance_nb.streaming import Streaming
from binance_nb.taping import Taping
from binance_nb.together import Answers, Call
from binance_nb.trading.arming.arming import Arming
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.journal.journal import Journal

__all__ = ["Session"]

class Session(Taping, Ordering, Histories, Streaming):
    def together(
        self,
        calls: Mapping[str, Call] | Iterable[Call],
        *,
        on_answer: Callable[[str, Any], None] | None = ...,
    ) -> Answers: ...
    def arm(
        self,
        max_notional: Decimal | str | float | None = ...,
        for_: str | timedelta | None = ...,
        *,
        total: Decimal | str | float | None = ...,
        symbols: str | Iterable[str] | None = ...,
        asset: str = ...,
    ) -> Arming: ...
    def disarm(self) -> bool: ...
    def clock_report(self, samples: int = ...) -> ClockReport: ...
    def journal(self, which: int | str | None = ..., *, all: bool = ..., last: int = ...) -> DataFrame: ...
    def journal_entries(self, which: int | str | None = ..., *, all: bool = ..., last: int = ...) -> list[Entry]: ...
    @cached_property
    def order_journal(self) -> Journal: ...
"""


def method(endpoint: Endpoint) -> str:
    """Return the stub of one method, an argument a line."""
    written, by_keyword = ["self"], False
    for argument in list(signature_of(endpoint).parameters.values())[1:]:
        if argument.kind is argument.KEYWORD_ONLY and not by_keyword:
            by_keyword = True
            written.append("*")
        default = "" if argument.default is argument.empty else " = ..."
        written.append(f"{argument.name}: {argument.annotation}{default}")
    arguments = "".join(f"        {line},\n" for line in written)
    return f"    def {endpoint.name}(\n{arguments}    ) -> DataFrame: ...\n"


def stub() -> str:
    """Return the whole stub."""
    return HEAD + "".join(method(endpoint) for endpoint in ENDPOINTS.values())


if __name__ == "__main__":
    HERE.write_text(stub(), encoding="utf-8")
    print(f"{HERE.name}: {len(ENDPOINTS)} methods", file=sys.stderr)
