"""The gallery of failures leaves none out."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from binance_nb.catalog.error_codes import ERROR_CODES
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES

GALLERY = Path(__file__).resolve().parents[2] / "notebooks" / "05-when-things-go-wrong.ipynb"


@pytest.fixture(scope="module")
def shown() -> list[str]:
    """The outputs of the gallery as plain text, in order."""
    notebook = nbformat.read(GALLERY, as_version=4)  # type: ignore[no-untyped-call]  # not typed
    outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    return [output["data"]["text/plain"] for output in outputs if "data" in output]


def test_its_list_holds_every_code_filter_and_failure_on_the_way(shown: list[str]) -> None:
    """A new one in the catalog makes the stored list old."""
    names = [*(str(code) for code in ERROR_CODES), *FILTERS, *(name.replace("_", " ") for name in TRANSPORT_FAILURES)]

    assert [] == [name for name in names if name not in shown[-1]]


def test_what_the_sandbox_can_provoke_is_provoked(shown: list[str]) -> None:
    """Real failures, each with its card."""
    cards = "\n".join(shown[:-1])
    provoked = ("-1021", "-1121", "-2010", "-2011", "-2021", "403,", "418,", "429,", "451,")
    # What would have been -1013 is found before it is sent, and what 503 leaves open is looked up.
    kept_from_harm = ("breaks PRICE_FILTER", "no verdict (HTTP 503) and was looked up: NEW")

    assert [] == [words for words in (*provoked, *kept_from_harm) if words not in cards]
    assert "? UNKNOWN" in cards
    assert "nearest" in cards
