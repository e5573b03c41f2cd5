"""The bundle of the chart in a blank page, with a model that is nobody's."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.blank import Rendered

Draw = Callable[..., Rendered]
START = 1_717_200_000
HOUR = 3_600


def packed(*rows: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(f"<{len(row)}d", *row) for row in rows)


def candles(count: int = 100, start: int = START) -> bytes:
    return packed(
        *((start + at * HOUR, 100 + at, 102 + at, 99 + at, 101 + at, 5 + at % 7) for at in range(count)),
    )


@pytest.fixture
def draw(blank_page: Draw) -> Draw:
    """A function that draws a chart of 100 candles; its keywords change the traits."""

    def drawn(*, dark: bool = False, width: int = 900, **traits: Any) -> Rendered:
        whole = {
            "candles": candles(),
            "latest": [],
            "overlays": [],
            "marks": [],
            "symbol": "BTCUSDT",
            "interval": "1h",
            "symbols": ["BTCUSDT", "ETHUSDT"],
            "intervals": ["1m", "1h", "1d"],
            "digits": 2,
            "tick": 0.01,
            "place": "SANDBOX",
            "state": {"word": "live", "text": "live"},
            "busy": "",
            "fit": False,
            "has_older": True,
            "local_time": False,
        }
        return blank_page("chart", dark=dark, width=width, **(whole | traits))

    return drawn


def legend(drawn: Rendered) -> str:
    return " ".join(drawn.find(".bn-chart-legend").inner_text().split())


_INKS = """() => {
    const seen = {};
    for (const canvas of document.querySelectorAll("canvas")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            const name = `${data[at]},${data[at + 1]},${data[at + 2]}`;
            if (data[at + 3] === 255) seen[name] = (seen[name] ?? 0) + 1;
        }
    }
    return Object.keys(seen).filter((name) => seen[name] > 50);
}"""


def inks(drawn: Rendered, wanted: str) -> set[str]:
    """The colours that stand on the canvas, without the blended ones; a wanted one is waited for, half a minute."""
    found: list[str] = []
    for _ in range(600):
        found = drawn.page.evaluate(_INKS)
        if wanted in found:
            break
        drawn.page.wait_for_timeout(50)
    return set(found)


def test_it_draws_and_leaves_nothing_behind(draw: Draw) -> None:
    """Canvases are there while it is shown; after the clean-up neither they nor its listeners are."""
    drawn = draw()
    before = drawn.count("canvas"), drawn.listeners > 0
    drawn.clean_up()

    assert before[0] > 3
    assert before[1]
    assert (0, 0) == (drawn.count("canvas"), drawn.listeners)


def test_the_legend_tells_the_last_candle(draw: Draw) -> None:
    """With the digits of the tick, its change against the candle before, and its time in UTC."""
    drawn = draw(digits=4)

    assert "2024-06-05 03:00 UTC O 199.0000 H 201.0000 L 198.0000 C 200.0000 +0.50 % V 6" == legend(drawn)


def test_a_candle_that_changes_changes_the_legend(draw: Draw) -> None:
    """One trait brings the last candle up to date, or begins the next."""
    drawn = draw()
    drawn.set(latest=[[START + 99 * HOUR, 199, 300, 198, 150, 50], [START + 100 * HOUR, 150, 151, 149, 150.5, 1]])

    assert legend(drawn).startswith("2024-06-05 04:00 UTC O 150.00 H 151.00 L 149.00 C 150.50 +0.33 %")


def test_arrow_keys_read_candle_by_candle(draw: Draw) -> None:
    """What the mouse can ask, the keyboard can."""
    drawn = draw()
    drawn.find(".bn-chart-canvas").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft"):
        drawn.page.keyboard.press(key)
    pointed = legend(drawn)
    drawn.page.keyboard.press("Escape")

    assert pointed.startswith("2024-06-05 01:00 UTC")
    assert legend(drawn).startswith("2024-06-05 03:00 UTC")


def test_controls_are_labelled_and_ask_once(draw: Draw) -> None:
    """The kernel is told what a person wants, and decides; nothing is asked that is shown already."""
    drawn = draw()
    drawn.page.get_by_label("Symbol").fill("ethusdt")
    drawn.page.keyboard.press("Enter")
    drawn.page.keyboard.press("Tab")
    drawn.page.get_by_label("Interval").select_option("1d")

    asks = [said for said in drawn.sent if said["ask"] == "show"]
    assert ["ETHUSDT 1h", "ETHUSDT 1d"] == [f"{said['symbol']} {said['interval']}" for said in asks]


@pytest.mark.parametrize("narrow", [10, 120])
def test_what_began_narrow_fills_the_width_it_is_given(draw: Draw, narrow: int) -> None:
    """An output is often nothing yet when it is drawn first: the candles are not squeezed into a corner afterwards."""
    drawn = draw(candles=candles(300), width=narrow)
    drawn.page.set_viewport_size({"width": 900, "height": 700})
    drawn.page.wait_for_function("() => document.querySelector('.bn-chart canvas').clientWidth > 700")
    drawn.set(candles=candles(301))  # as when what was missed is there
    box = drawn.find(".bn-chart-canvas").bounding_box()
    assert box is not None
    last = legend(drawn)
    drawn.page.mouse.move(box["x"] + 30, box["y"] + 80)
    drawn.page.wait_for_function(
        "last => document.querySelector('.bn-chart-legend').innerText.split(/\\s+/).join(' ') !== last", arg=last
    )

    assert legend(drawn) < last  # an earlier candle stands at the left edge


def test_older_candles_do_not_move_the_picture(draw: Draw) -> None:
    """They are asked for when a person goes left, and what was under the eyes stays there."""
    drawn = draw()
    before_asking = [said["ask"] for said in drawn.sent]
    drawn.find(".bn-chart-canvas").focus()
    for _ in range(3):
        drawn.page.keyboard.press("-")
    drawn.page.wait_for_function("() => window.model.sent.some((said) => said.ask === 'older')")
    for _ in range(3):
        drawn.page.keyboard.press("ArrowLeft")
    pointed = legend(drawn)
    drawn.set(candles=candles(150, START - 50 * HOUR))
    drawn.page.keyboard.press("ArrowLeft")

    assert ["all"] == before_asking
    assert pointed.startswith("2024-06-05 01:00")
    assert legend(drawn).startswith("2024-06-05 00:00")  # one further, not fifty
    assert 1 == len([said for said in drawn.sent if said["ask"] == "older"])


def test_lines_and_marks_are_named_and_drawn(draw: Draw) -> None:
    """A line over the prices, one in a pane of its own, and what was traded."""
    line = {"name": "mean", "colour": "#9467bd", "pane": 0, "points": packed((START + 99 * HOUR, 150.0))}
    other = {"name": "RSI", "colour": "#009e73", "pane": 1, "points": packed((START, 1.0), (START + 99 * HOUR, 64.25))}
    drawn = draw()
    plain = drawn.count("canvas")
    drawn.set(overlays=[line, other], marks=[[START + 98 * HOUR, True, "0.01"]])

    assert legend(drawn).endswith("mean 150.00 RSI 64.25")
    assert drawn.count("canvas") > plain


def test_it_says_how_it_stands(draw: Draw) -> None:
    """Live, lost, or what it is doing: in words, for eyes and for screen readers."""
    drawn = draw()
    state = drawn.page.get_by_role("status")
    live = state.inner_text()
    drawn.set(state={"word": "lost", "text": "feed lost"})
    lost = state.inner_text()
    drawn.set(busy="loading ETHUSDT 1h")

    assert ["live", "feed lost", "loading ETHUSDT 1h"] == [live, lost, state.inner_text()]
    assert "true" == drawn.find(".bn-chart-canvas").get_attribute("aria-busy")
    name = str(drawn.find(".bn-chart-canvas").get_attribute("aria-label"))
    assert name.startswith("Candles of BTCUSDT, 1h: last price 200.00.")


@pytest.mark.parametrize(("dark", "paper"), [(False, "255,255,255"), (True, "13,17,23")])
def test_it_goes_by_what_the_reader_prefers(draw: Draw, dark: bool, paper: str) -> None:
    """A page without a theme of its own is light or dark as the system is."""
    drawn = draw(dark=dark)

    assert paper in inks(drawn, paper)


def test_a_theme_that_changes_is_followed_at_once(draw: Draw) -> None:
    """The canvas is no sheet of CSS: it is drawn again in the new colours."""
    drawn = draw()
    drawn.page.evaluate("""() => {
        document.body.style.setProperty("--jp-layout-color1", "#123456");
        document.body.dataset.jpThemeLight = "false";
    }""")

    assert "18,52,86" in inks(drawn, "18,52,86")


def test_on_a_narrow_screen_nothing_sticks_out(draw: Draw) -> None:
    """At 400 pixels the legend wraps, and all is inside."""
    drawn = draw(
        width=400, overlays=[{"name": "a rather long name of a line", "colour": "red", "pane": 0, "points": b""}]
    )

    assert 400 >= drawn.page.evaluate("() => document.documentElement.scrollWidth")


def test_the_makers_of_the_charts_are_named_without_a_trace(draw: Draw) -> None:
    """The licence asks for a link; theirs would tell them which notebook it was followed from."""
    link = draw().find("a")

    assert "https://www.tradingview.com/" == link.get_attribute("href")
    assert "noreferrer" in str(link.get_attribute("rel"))


def test_no_candles_are_said_and_do_no_harm(draw: Draw) -> None:
    """A symbol that has just been listed has none."""
    drawn = draw(candles=b"")
    drawn.find(".bn-chart-canvas").focus()
    drawn.page.keyboard.press("ArrowLeft")

    assert "There are no candles to show." == legend(drawn)


_THREE_PICTURES = """async () => {
    for (let at = 0; at < 3; at++) await new Promise((done) => requestAnimationFrame(done));
}"""


def leftmost(drawn: Rendered) -> float:
    """Where the first candle stands, as a share of the picture's width."""
    share: float = drawn.page.evaluate(
        """() => {
            const canvas = [...document.querySelectorAll("canvas")].sort((a, b) => b.width - a.width)[0];
            const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const isInk = (at) => {
                const colours = data.slice(at, at + 3);
                return Math.max(...colours) - Math.min(...colours) > 90;
            };
            for (let x = 0; x < width; x++) {
                let inked = 0; // the line of the last price has one in a column, or two
                for (let y = 0; y < height; y++) inked += isInk(4 * (y * width + x));
                if (inked > 3) return x / width;
            }
            return 1;
        }"""
    )
    return share


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_chart_drawn_without_room_fills_it_when_there_is_some(draw: Draw, is_moved: bool) -> None:
    """An output is often narrow when its chart is drawn; what a person has chosen to see stays."""
    drawn = draw(width=80, fit=True)
    if is_moved:
        drawn.find(".bn-chart-canvas").press("-")
    drawn.page.set_viewport_size({"width": 900, "height": 700})
    drawn.page.evaluate(_THREE_PICTURES)

    assert is_moved == (leftmost(drawn) > 0.3)
