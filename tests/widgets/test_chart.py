from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.errors import UsageError
from binance_nb.rendering import table_text
from binance_nb.widgets import Chart
from binance_nb.widgets.chart_candles import Candles
from binance_nb.widgets.chart_market import Loaded, Wanted
from tests.sandbox_fixture import FROZEN_AT

HOUR_MS = 3_600_000


@pytest.fixture
def chart(session: Session) -> Chart:
    made = Chart(session, "BTCUSDT", "1h", bars=50)
    made.paint_now()
    return made


def asked(chart: Chart, wanted: Callable[[], bool], **content: str) -> None:
    """Send what the browser sends, and wait until the worker is done with it."""
    chart.view._handle_custom_msg(content, [])
    chart._worker.join(30)
    chart.paint_now()

    assert wanted(), chart.problem


def unpacked(packed: bytes, width: int) -> list[tuple[float, ...]]:
    return list(struct.iter_unpack(f"<{width}d", packed))


def test_the_browser_gets_the_candles_that_klines_gives(chart: Chart, session: Session) -> None:
    """Six float64 each, little-endian: exactly the numbers of the frame."""
    frame = session.klines("BTCUSDT", "1h", limit=50)

    rows = unpacked(chart.view.candles, 6)

    assert frame["close"].tolist() == [row[4] for row in rows]
    assert frame["volume"].tolist() == [row[5] for row in rows]
    assert [time.timestamp() for time in frame.index] == [row[0] for row in rows]


def test_prices_keep_the_digits_of_the_tick(chart: Chart, session: Session) -> None:
    """Two for bitcoin here; as many as the exchange says elsewhere."""
    assert (2, 0.01) == (chart.view.digits, chart.view.tick)
    assert (
        5 == Loaded(Wanted("X", "1h"), Candles(session.klines("BTCUSDT", limit=1, interval="1h")), "0.00001000").digits
    )


def test_the_text_stands_alone(chart: Chart) -> None:
    """Symbol, interval, span and last price, without a widget in sight."""
    text = repr(chart)

    assert text.startswith("Chart(BTCUSDT 1h, 50 candles, 2024-05-30 11:00 to 2024-06-01 12:00 UTC, last ")


def test_the_bundle_of_a_display_has_widget_picture_and_text(chart: Chart) -> None:
    """What a front end without widgets shows is a picture; what one without pictures shows is text."""
    data, metadata = chart._repr_mimebundle_()

    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(data)
    assert repr(chart) == data["text/plain"]
    assert metadata["image/png"]["width"] > 0
    assert metadata["image/png"]["alt"] == data["text/plain"].splitlines()[0]


def test_a_standing_clock_is_said_and_no_feed_is_opened(chart: Chart) -> None:
    """Nobody waits for a candle that cannot come."""
    chart.follow()
    chart.paint_now()

    assert "still" == chart.view.state["word"]
    assert "stands" in chart.view.state["text"]
    assert "" == chart.problem


def test_another_symbol_is_shown_when_asked(session: Session) -> None:
    """The controls send a message; the answer is fetched beside the cell."""
    chart = Chart(session, "BTCUSDT", "1h", bars=20)

    asked(chart, lambda: chart.symbol == "ETHUSDT", ask="show", symbol=" ethusdt ", interval="1d")

    assert ("ETHUSDT", "1d", "") == (chart.view.symbol, chart.view.interval, chart.view.busy)
    assert 20 == len(unpacked(chart.view.candles, 6))


def test_a_symbol_that_is_none_is_stated_and_what_was_shown_stays(session: Session) -> None:
    """The nearest right name stands in the widget, not in a traceback."""
    chart = Chart(session, "BTCUSDT", "1h", bars=20)

    asked(chart, lambda: "ETHUSDT" in chart.problem, ask="show", symbol="ETHUSD", interval="1h")

    assert chart.problem.startswith("ETHUSD 1h could not be shown, this is still BTCUSDT 1h")
    assert ("BTCUSDT", "") == (chart.view.symbol, chart.view.busy)


def test_older_candles_come_before_those_that_are_there(chart: Chart) -> None:
    """Dragging towards the past brings more, without a hole or a candle twice."""
    asked(chart, lambda: len(unpacked(chart.view.candles, 6)) == 250, ask="older")

    times = [row[0] for row in unpacked(chart.view.candles, 6)]

    assert {3600.0} == {later - earlier for earlier, later in itertools.pairwise(times)}


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (lambda close: close.reset_index(drop=True), "indexed by int64, not by time"),
        (lambda close: close.tz_localize(None), "have no time zone"),
        (lambda close: close.map(str).add("x"), "no numbers"),
        (lambda close: [close, close], "Two overlays are called 'close'"),
        (lambda close: close.shift(-10_000, freq="h"), "has no value where the candles are"),
        (lambda close: 7, "7 is no line"),
    ],
)
def test_an_overlay_that_cannot_be_drawn_is_refused(
    session: Session, overlay: Callable[[Any], Any], message: str
) -> None:
    """Before anything is on the screen, with the way to mend it."""
    close = session.klines("BTCUSDT", "1h", limit=50)["close"]

    with pytest.raises(UsageError, match=message) as caught:
        Chart(session, "BTCUSDT", "1h", bars=50, overlays=overlay(close))

    assert caught.value.hint


def test_an_overlay_is_aligned_by_time(session: Session) -> None:
    """A value stands at the candle within which it falls, the last of several; what lies outside is left out."""
    minutes = pd.date_range(FROZEN_AT, periods=240, freq="-1min")
    line = pd.Series(range(240), index=minutes, dtype="float64").rename("age") + 60_000

    chart = Chart(session, "BTCUSDT", "1h", bars=3, overlays=line)
    chart.paint_now()

    (drawn,) = chart.view.overlays
    ages = [(time - 1_717_243_200.0, value - 60_000) for time, value in unpacked(drawn["points"], 2)]
    assert [(-7200.0, 61.0), (-3600.0, 1.0), (0.0, 0.0)] == ages


def test_a_line_that_is_no_price_gets_a_pane_of_its_own(session: Session) -> None:
    """Or an oscillator would press the candles flat."""
    close = session.klines("BTCUSDT", "1h", limit=50)["close"]

    chart = Chart(session, "BTCUSDT", "1h", bars=50, overlays={"mean": close.rolling(5).mean(), "one": close * 0 + 1})
    chart.paint_now()

    assert [("mean", 0), ("one", 1)] == [(line["name"], line["pane"]) for line in chart.view.overlays]


def test_lines_over_one_symbol_are_not_drawn_over_another(session: Session) -> None:
    """They come back with their symbol."""
    close = session.klines("BTCUSDT", "1h", limit=50)["close"]
    chart = Chart(session, "BTCUSDT", "1h", bars=50, overlays=close)

    asked(chart, lambda: chart.view.overlays == [], ask="show", symbol="ETHUSDT", interval="1h")
    asked(chart, lambda: len(chart.view.overlays) == 1, ask="show", symbol="BTCUSDT", interval="1h")


def test_own_trades_are_marked_at_their_candle(fresh_sandbox: Session) -> None:
    """One mark a candle and side, with how much."""
    fresh_sandbox.buy("BTCUSDT", "0.01")
    fresh_sandbox.buy("BTCUSDT", "0.02")
    fresh_sandbox.sell("BTCUSDT", "0.005")

    chart = Chart(fresh_sandbox, "BTCUSDT", "1h", bars=5, trades=True)
    chart.paint_now()

    assert [[1_717_243_200.0, False, "0.005"], [1_717_243_200.0, True, "0.03"]] == chart.view.marks


@pytest.mark.parametrize("trades", [3, pd.DataFrame({"time": []})])
def test_trades_that_are_none_are_refused(session: Session, trades: Any) -> None:
    """A frame without what a mark needs is told what it lacks."""
    with pytest.raises(UsageError, match="trades"):
        Chart(session, trades=trades)


def test_a_candle_that_came_is_sent_alone(chart: Chart) -> None:
    """One short update, not all candles again; a late one changes nothing."""
    before = chart.view.candles
    last = unpacked(before, 6)[-1]
    opened_ms = last[0] * 1000
    with chart._guards_fresh:
        chart._fresh = {
            opened_ms - HOUR_MS: (opened_ms - HOUR_MS, 1.0, 1.0, 1.0, 1.0, 1.0),
            opened_ms: (opened_ms, 1.0, 4.0, 0.5, 2.0, 9.0),
            opened_ms + HOUR_MS: (opened_ms + HOUR_MS, 2.0, 2.0, 2.0, 2.0, 0.0),
        }
    chart.invalidate()
    chart.paint_now()

    assert [[last[0], 1.0, 4.0, 0.5, 2.0, 9.0], [last[0] + 3600, 2.0, 2.0, 2.0, 2.0, 0.0]] == chart.view.latest
    assert before == chart.view.candles
    assert 51 == len(chart.to_frame())
    assert 2.0 == chart.to_frame()["close"].iloc[-1]


@pytest.mark.parametrize(("interval", "bars", "culprit"), [("1hour", 5, "1hour"), ("1h", 0, "0")])
def test_words_that_are_wrong_are_refused_unsent(session: Session, interval: str, bars: int, culprit: str) -> None:
    """Nothing is asked of the exchange for them."""
    with pytest.raises(UsageError) as caught:
        Chart(session, "BTCUSDT", interval, bars=bars)

    assert culprit == caught.value.culprit


def test_from_a_start_on_all_candles_are_shown(session: Session) -> None:
    """However narrow they get; the number of bars is for a chart without a start."""
    chart = Chart(session, "BTCUSDT", "1d", start="2024-01-01")
    chart.paint_now()

    assert chart.view.fit
    assert 153 == len(unpacked(chart.view.candles, 6))
    assert 2_500 == len(Chart(session, "BTCUSDT", "1m", bars=2_500).to_frame())


def test_its_frame_says_what_it_is(session: Session) -> None:
    """And what was computed from it says so."""
    frame = Chart(session, "BTCUSDT", "1h", bars=10).to_frame()

    head, part = (table_text(each).splitlines()[0] for each in (frame, frame.tail(3)))

    assert head.startswith("chart BTCUSDT 1h · ")
    assert "weight" not in head
    assert part.startswith("derived from chart BTCUSDT 1h · ")
