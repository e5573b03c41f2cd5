from __future__ import annotations

from pathlib import Path

import pytest

from binance_nb.errors import RequestError
from binance_nb.widgets.bundles import bundle

SOURCES = Path(__file__).resolve().parents[2] / "binance_nb" / "widgets" / "js"


def test_every_source_has_become_a_bundle() -> None:
    """What stands in js/ under a name of its own is there to be run in a browser."""
    names = [
        each.name for each in SOURCES.iterdir() if each.suffix in (".js", ".css") and not each.name.startswith("_")
    ]

    assert names
    assert all(bundle(name) for name in names)


def test_nothing_in_a_bundle_is_fetched() -> None:
    """A bundle is whole: it imports nothing, and asks for no script, font or sheet elsewhere."""
    texts = [bundle(each.name) for each in SOURCES.iterdir() if each.suffix in (".js", ".css") and each.name[0] != "_"]

    assert [] == [text[:80] for text in texts if "@import" in text or "url(http" in text or 'from"http' in text]


def test_the_licence_of_the_charts_stays_in_their_bundle() -> None:
    """The Apache licence asks that the notice goes where the code goes."""
    text = bundle("chart")

    assert "@license" in text
    assert "TradingView, Inc." in text


def test_a_missing_bundle_says_what_to_run(tmp_path: Path) -> None:
    """A checkout that was never installed has none."""
    with pytest.raises(RequestError, match=r"chart\.js, was not built") as caught:
        bundle("chart", tmp_path)

    assert "make js" == caught.value.suggestion
    assert "restart the kernel" in str(caught.value.hint)
