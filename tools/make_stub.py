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
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from pandas import DataFrame

from binance_nb.calls import Calls
from binance_nb.together import Answers, Call

__all__ = ["Session"]

class Session(Calls):
    def together(
        self,
        calls: Mapping[str, Call] | Iterable[Call],
        *,
        on_answer: Callable[[str, Any], None] | None = ...,
    ) -> Answers: ...
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
