from __future__ import annotations

import base64
import threading
from decimal import Decimal
from typing import Any

import pytest

from binance_nb import connect
from binance_nb.rendering.form_sheets import sentence_html
from binance_nb.rendering.pictures import picture_size
from binance_nb.trading.arming.arming import Arming, Limits
from binance_nb.widgets import Gauge

VIEW = "application/vnd.jupyter.widget-view+json"


class Standings:
    """Facts as a session gives them, to be changed between two looks."""

    def __init__(self) -> None:
        with connect("market") as session:
            self.facts: dict[str, Any] | None = session.status() | {"weight_used": 0}
        self.looks = 0

    def read(self) -> dict[str, Any] | None:
        self.looks += 1
        return self.facts


@pytest.fixture
def standings() -> Standings:
    return Standings()


@pytest.fixture
def gauge(standings: Standings) -> Gauge:
    return Gauge(standings.read)


def bar_and_texts(gauge: Gauge) -> tuple[Any, list[str]]:
    place, row, _, clock, _ = gauge.content.children
    bar, weight = row.children
    return bar, [place.value, weight.value, clock.value]


def test_the_gauge_shows_weight_clock_and_environment(gauge: Gauge) -> None:
    """A bar with its numbers beside it, so that nothing hangs on a colour."""
    bar, texts = bar_and_texts(gauge)

    assert (bar.value, bar.max) == (0, 6000)
    assert texts == [
        "<strong>market</strong>",
        sentence_html("weight 0 of 6,000 used this minute"),
        sentence_html("clock not asked yet"),
    ]


def test_the_gauge_shows_the_band_while_armed_and_nothing_else(gauge: Gauge, standings: Standings) -> None:
    """Nobody who watches it overlooks that orders are allowed."""
    armed = gauge.content.children[4]
    before = armed.value
    assert standings.facts is not None
    limits = Limits(Decimal(50), Decimal(50), "USDT", (), 1800.0)
    standings.facts |= {"arming": Arming(limits, Decimal(20), 720.0, False), "armed_until_ms": None}
    gauge.refresh()
    during = armed.value
    standings.facts |= {"arming": None}
    gauge.refresh()

    assert ("", "") == (before, armed.value)
    assert "ARMED" in during
    assert "30 of 50 USDT left" in during


def test_refreshing_changes_the_same_widget_in_place(gauge: Gauge, standings: Standings) -> None:
    """Nothing is drawn anew, so the output does not flicker or grow."""
    before, _ = bar_and_texts(gauge)
    assert standings.facts is not None
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
    assert standings.facts is not None
    standings.facts |= changes
    gauge.refresh()

    assert bar_and_texts(gauge)[0].bar_style == style


def test_a_ban_is_told_with_its_end(gauge: Gauge, standings: Standings) -> None:
    """In words, beside the clock."""
    assert standings.facts is not None
    standings.facts |= {"banned_until_ms": 1_717_243_260_000}
    gauge.refresh()

    assert bar_and_texts(gauge)[1][2] == sentence_html("clock not asked yet; banned until 2024-06-01 12:01:00 UTC")


def test_the_bundle_has_the_widget_and_its_static_twins(gauge: Gauge) -> None:
    """Where no widgets work, a table or text stands in its place."""
    bundle, metadata = gauge._repr_mimebundle_()

    assert bundle[VIEW] == {"version_major": 2, "version_minor": 0, "model_id": gauge.box.model_id}
    assert str(bundle["text/html"]).startswith("<div")
    assert bundle["text/plain"] == repr(gauge)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["width"] == 640
    assert repr(gauge).splitlines()[:2] == ["market", f"  weight  {'▱' * 12} 0 of 6,000 used this minute"]


def test_a_closed_gauge_no_longer_follows(gauge: Gauge, standings: Standings) -> None:
    """It asks for nothing and keeps what it showed last."""
    gauge.close()
    gauge.close()
    looks = standings.looks
    gauge.refresh()

    assert standings.looks == looks
    assert VIEW not in gauge._repr_mimebundle_()[0]
    assert "of 6,000" in repr(gauge)


def test_it_follows_by_itself_until_it_is_closed(gauge: Gauge, standings: Standings) -> None:
    """New facts reach the widget without a cell; afterwards no thread is left."""
    seen = threading.Event()
    _, weight = gauge.content.children[1].children
    weight.observe(lambda change: seen.set(), "value")
    gauge.follow()
    assert standings.facts is not None
    standings.facts = standings.facts | {"weight_used": 1234}
    assert seen.wait(30)
    gauge.close()

    assert weight.value == sentence_html("weight 1,234 of 6,000 used this minute")
    assert not gauge.is_following


def test_stopped_it_stays_on_the_screen_as_it_is(gauge: Gauge) -> None:
    """Its view is still there, and displaying it does not undo what a person stopped."""
    gauge.follow()
    gauge.stop()
    gauge._repr_mimebundle_()

    assert (gauge.is_following, gauge.is_closed) == (False, False)
    assert VIEW in gauge._repr_mimebundle_()[0]


def test_without_a_kernel_nothing_follows(gauge: Gauge) -> None:
    """A terminal draws no widget, so no thread is spent on it."""
    gauge._repr_mimebundle_()

    assert not gauge.is_following


def test_where_there_is_no_session_it_keeps_what_it_showed(gauge: Gauge, standings: Standings) -> None:
    """And one that was made without any says so."""
    standings.facts = None
    gauge.refresh()

    assert "of 6,000" in repr(gauge)
    assert repr(Gauge(lambda: None)) == "No session is open, so there is nothing to follow."


def test_a_running_clock_shows_the_time_there(gauge: Gauge, standings: Standings) -> None:
    """In the widget alone: what is stored in a notebook has no time of day."""
    moving = {"is_synchronised": True, "server_ms": 1_717_243_200_999, "clock_rate": 60.0, "clock_offset_ms": 0.0}
    assert standings.facts is not None
    standings.facts |= moving
    gauge.refresh()

    assert "clock runs 60 times as fast as here; there it is 2024-06-01 12:00:00 UTC" in bar_and_texts(gauge)[1][2]
    assert "12:00" not in repr(gauge)


def test_orders_stand_beside_the_weight_once_any_was_placed(gauge: Gauge, standings: Standings) -> None:
    """With their limits, in the widget and in its twins."""
    orders = gauge.content.children[2]
    before = orders.value
    assert standings.facts is not None
    standings.facts |= {"order_counts": {"10S": 95, "1D": 3}}
    gauge.refresh()

    assert ("", sentence_html("orders 95 of 100 in 10 s; 3 of 200,000 in a day")) == (before, orders.value)
    assert "orders  3 of 200,000 in a day" in repr(gauge)
    assert picture_size(gauge.picture())["height"] > 120


def test_facts_that_cannot_be_read_are_a_stated_problem(standings: Standings) -> None:
    """The widget says so, instead of standing still without a word."""
    gauge = Gauge(standings.read)
    standings.facts = {"label": "SANDBOX"}
    gauge.refresh()

    assert "KeyError" in gauge.problem
