from __future__ import annotations

from typing import Any

import pytest

from binance_nb import connect
from binance_nb.widgets import Gauge

VIEW = "application/vnd.jupyter.widget-view+json"


class Standings:
    """Facts as a session gives them, to be changed between two looks."""

    def __init__(self) -> None:
        with connect("market") as session:
            self.facts: dict[str, Any] = session.status() | {"weight_used": 0}
        self.looks = 0

    def read(self) -> dict[str, Any]:
        self.looks += 1
        return self.facts


@pytest.fixture
def standings() -> Standings:
    return Standings()


@pytest.fixture
def gauge(standings: Standings) -> Gauge:
    return Gauge(standings.read)


def bar_and_texts(gauge: Gauge) -> tuple[Any, list[str]]:
    place, row, clock = gauge.box.children
    bar, weight = row.children
    return bar, [place.value, weight.value, clock.value]


def test_the_gauge_shows_weight_clock_and_environment(gauge: Gauge) -> None:
    """A bar with its numbers beside it, so that nothing hangs on a colour."""
    bar, texts = bar_and_texts(gauge)

    assert (bar.value, bar.max) == (0, 6000)
    assert texts == [
        "<strong>market</strong>",
        "<span>weight 0 of 6,000 used this minute</span>",
        "<span>clock not asked yet</span>",
    ]


def test_refreshing_changes_the_same_widget_in_place(gauge: Gauge, standings: Standings) -> None:
    """Nothing is drawn anew, so the output does not flicker or grow."""
    before, _ = bar_and_texts(gauge)
    standings.facts |= {"weight_used": 9000, "weight_limit": 12_000, "label": "a <b>"}
    gauge.refresh()

    bar, texts = bar_and_texts(gauge)

    assert (bar is before, bar.value, bar.max) == (True, 9000, 12_000)
    assert texts[0] == "<strong>a &lt;b&gt;</strong>"


@pytest.mark.parametrize(
    ("changes", "style"),
    [
        ({"weight_used": 100}, "info"),
        ({"weight_used": 3600}, "warning"),
        ({"weight_used": 5400}, "danger"),
        ({"banned_until_ms": 1_717_243_260_000}, "danger"),
    ],
)
def test_the_bar_warns_before_the_limit(
    gauge: Gauge, standings: Standings, changes: dict[str, Any], style: str
) -> None:
    """From 60 % on, from 90 % on, and when banned."""
    standings.facts |= changes
    gauge.refresh()

    assert bar_and_texts(gauge)[0].bar_style == style


def test_a_ban_is_told_with_its_end(gauge: Gauge, standings: Standings) -> None:
    """In words, beside the clock."""
    standings.facts |= {"banned_until_ms": 1_717_243_260_000}
    gauge.refresh()

    assert bar_and_texts(gauge)[1][2] == "<span>clock not asked yet; banned until 2024-06-01 12:01:00 UTC</span>"


def test_the_bundle_has_the_widget_and_two_static_twins(gauge: Gauge) -> None:
    """Where no widgets work, a table or text stands in its place."""
    bundle = gauge._repr_mimebundle_()

    assert bundle[VIEW] == {"version_major": 2, "version_minor": 0, "model_id": gauge.box.model_id}
    assert str(bundle["text/html"]).startswith("<div")
    assert bundle["text/plain"] == repr(gauge)
    assert repr(gauge).splitlines()[:2] == ["market", f"  weight  {'▱' * 20} 0 of 6,000 used this minute"]


def test_a_closed_gauge_no_longer_follows(gauge: Gauge, standings: Standings) -> None:
    """It asks for nothing and keeps what it showed last."""
    gauge.close()
    gauge.close()
    looks = standings.looks
    gauge.refresh()

    assert standings.looks == looks
    assert VIEW not in gauge._repr_mimebundle_()
    assert "of 6,000" in repr(gauge)
