from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from binance_nb import Session
from binance_nb.rendering.pictures import (
    Bar,
    Mark,
    Part,
    bars_png,
    candles_png,
    depth_png,
    form_png,
    marks_of,
    picture_size,
    table_png,
    tables_png,
)
from binance_nb.rendering.pictures.inks import INKS, PAPER
from binance_nb.rendering.pictures.table_layout import lay_out

MOST_BYTES = 60_000
START = pd.Timestamp("2024-05-01", tz="UTC")

prices = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1e-8, 0.00001234, 62_728.63, 1e12]),
)


def candles(count: int = 120, base: float = 60_000.0, step: str = "1h") -> pd.DataFrame:
    """Candles on a path that a seed gives."""
    noise = np.random.default_rng(7).normal(0, base * 0.004, (count, 4))
    close = base + noise[:, 0].cumsum()
    opened = np.concatenate([[base], close[:-1]])
    high, low = np.maximum(opened, close) + abs(noise[:, 1]), np.minimum(opened, close) - abs(noise[:, 2])
    index = pd.date_range(START, periods=count, freq=step).as_unit("ms")
    return pd.DataFrame(
        {"open": opened, "high": high, "low": low, "close": close, "volume": abs(noise[:, 3])}, index=index
    )


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


def ink_dots(png: bytes, ink: str) -> int:
    """How many dots have exactly the colour of an ink."""
    colour = tuple(int(INKS[ink][at : at + 2], 16) for at in (1, 3, 5))
    return int((np.asarray(opened(png).convert("RGB")) == colour).all(axis=2).sum())


def book(count: int = 40) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]:
    bids = [(Decimal("62728.62") - Decimal("0.07") * at, Decimal("0.1") + at) for at in range(count)]
    asks = [(str(Decimal("62728.63") + Decimal("0.09") * at), f"{0.2 + at:.3f}") for at in range(count)]
    return bids, asks


def drawings() -> dict[str, Callable[[], bytes]]:
    frame = candles()
    bids, asks = book()
    path = [float(value) for value in frame["close"][:24]]
    rows = [[f"SYM{at}USDT", f"{at * 1234.5:,.2f}", "+1.20 %", "−0.40 %"] for at in range(60)]
    return {
        "candles": lambda: candles_png(frame, "BTCUSDT 1h", overlays={"mean": frame["close"].rolling(9).mean()}),
        "many candles": lambda: candles_png(candles(5000, step="1min"), "BTCUSDT 1m"),
        "no candles": lambda: candles_png(frame.iloc[:0], "BTCUSDT 1h", problem="The feed was lost."),
        "depth": lambda: depth_png(bids, asks, "BTCUSDT", below="SANDBOX seed 1"),
        "narrow depth": lambda: depth_png(bids, asks, "BTCUSDT", width=400),
        "no depth": lambda: depth_png([], [], "BTCUSDT"),
        "table": lambda: table_png(["symbol", "last", "24 h", "1 h"], rows, "Watch", sparklines=[path] * 60),
        "no rows": lambda: table_png(["symbol", "last"], [], "Watch"),
        "form": lambda: form_png([("side", "BUY")], "Ticket", lines=[("ok", "a"), ("wrong", "b")], buttons=["Test"]),
        "bars": lambda: bars_png([Bar("weight", 0.4, "2,400 of 6,000")], "SANDBOX", lines=[("note", "clock")]),
    }


def checksums() -> str:
    return " ".join(sha256(draw()).hexdigest() for draw in drawings().values())


@pytest.mark.parametrize("name", drawings())
def test_every_picture_is_small_opaque_and_the_same_again(name: str) -> None:
    """A palette PNG of a few kilobytes, whose bytes hang on nothing but what is drawn."""
    draw = drawings()[name]
    first, second = draw(), draw()

    image = opened(first)

    assert first == second
    assert len(first) < MOST_BYTES
    assert (image.mode, "transparency" in image.info) == ("P", False)
    assert picture_size(first) == {"width": image.width // 2, "height": image.height // 2}
    assert image.convert("RGB").getpixel((6, 6)) == tuple(int(PAPER[at : at + 2], 16) for at in (1, 3, 5))


def test_pictures_hang_neither_on_the_process_nor_on_its_country() -> None:
    """Another hash seed, another language and another time zone draw the same bytes."""
    code = (
        "import sys; sys.path[:0] = ['.']\n"
        "from tests.rendering.pictures.test_pictures import checksums\n"
        "print(checksums())"
    )
    elsewhere = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    said = subprocess.run([sys.executable, "-c", code], env=elsewhere, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == checksums()


@settings(max_examples=40)
@given(st.lists(st.tuples(prices, prices, prices, prices, prices), max_size=12), st.integers(1, 40_000))
def test_candles_of_any_numbers_are_drawn(rows: list[tuple[float, ...]], minutes: int) -> None:
    """None, one, flat, huge, tiny, missing: what has no price is left out, and nothing fails."""
    index = pd.date_range(START, periods=len(rows), freq=f"{minutes}min")
    frame = pd.DataFrame(rows, columns=["open", "high", "low", "close", "volume"], index=index)

    png = candles_png(frame, "ANY", overlays=[frame["close"].rename("close")], width=400, height=240)

    assert picture_size(png) == {"width": 400, "height": 240}


def test_a_rising_candle_is_hollow_and_a_falling_one_filled() -> None:
    """Direction is told by shape, and not by colour alone."""
    frame = candles(2).assign(open=[1.0, 2.0], close=[2.0, 1.0], high=[2.0, 2.0], low=[1.0, 1.0]).drop(columns="volume")
    png = candles_png(frame, "X", width=400, height=300)

    rising, falling = ink_dots(png, "up"), ink_dots(png, "down")

    assert 0 < rising * 2 < falling


def test_candles_that_have_no_room_are_merged_and_it_is_said() -> None:
    """A picture of many candles keeps their extremes: the highest stands in it."""
    frame = candles(6000)
    spiked = frame.copy()
    spiked["high"] = [high * (3 if at == 3001 else 1) for at, high in enumerate(frame["high"])]

    assert candles_png(frame, "X", below="") != candles_png(spiked, "X", below="")
    assert picture_size(candles_png(frame, "X"))["width"] == 900


def test_marks_are_drawn_where_they_were_and_nowhere_else() -> None:
    """A trade outside of the candles leaves the picture as it is."""
    frame = candles()
    plain = candles_png(frame, "X")
    inside = Mark(int(frame.index[30].timestamp() * 1000), float(frame["close"].iloc[30]), True)
    outside = Mark(0, 60_000.0, False)

    assert candles_png(frame, "X", marks=[outside]) == plain
    assert candles_png(frame, "X", marks=[inside]) != plain


def test_own_trades_become_marks(session: Session) -> None:
    """Side, price and time as `my_trades` has them."""
    session.buy("BTCUSDT", "0.001")
    marks = marks_of(session.my_trades("BTCUSDT"))

    assert {(mark.is_buy, mark.time_ms) for mark in marks} == {(True, 1_717_243_200_000)}
    assert all(50_000 < mark.price < 80_000 for mark in marks)


def test_overlays_lie_on_their_times_or_on_the_candles() -> None:
    """A Series with times of its own, and values as long as the frame, draw the same line."""
    frame = candles()
    mean = frame["close"].rolling(5).mean()
    shuffled = mean.sample(frac=1, random_state=1)

    assert (
        candles_png(frame, "X", overlays={"mean": mean})
        == candles_png(frame, "X", overlays={"mean": mean.to_numpy()})
        == candles_png(frame, "X", overlays={"mean": shuffled})
        != candles_png(frame, "X")
    )


def test_a_line_far_away_leaves_the_candles_their_room() -> None:
    """Volume drawn over prices by mistake does not squeeze them flat."""
    frame = candles()
    png = candles_png(frame, "X", overlays={"far": frame["close"] * 100})

    assert ink_dots(png, "down") > 1_000


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)), max_size=30))
def test_any_book_is_drawn(levels: list[tuple[float, float]]) -> None:
    """One side, crossed, flat, empty: it is a picture of the size that was asked for."""
    png = depth_png(levels, levels[::2], "ANY", width=700, height=300)

    assert picture_size(png) == {"width": 700, "height": 300}


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=6),
    st.text(max_size=60),
    st.sampled_from([None, 360, 500]),
)
def test_a_table_of_any_letters_is_drawn(rows: list[list[str]], title: str, width: int | None) -> None:
    """Letters that the font lacks, and rows of different lengths, too."""
    png = table_png(["a", "b"], rows, title, width=width, sparklines=[[1.0, 2.0]])

    assert 360 <= picture_size(png)["width"] <= 900


def test_letters_without_a_sign_in_the_font_stay_apart() -> None:
    """A box with its number stands for each, so two symbols do not look the same."""
    one, other = (table_png(["symbol"], [[name]], "Watch", width=400) for name in ("这是测试币", "币试测是这"))

    assert one != other


def test_figures_are_never_cut() -> None:
    """A table without room leaves columns out, and says how many."""
    rows = [["LONGNAMEDUSDT", *["123,456,789.12345678"] * 6]]
    narrow, wide = (tables_png([Part(["x"] * 7, rows)], "T", width=width) for width in (360, 1200))

    assert picture_size(narrow)["height"] > picture_size(wide)["height"]


def test_pillow_loads_with_the_first_picture_only() -> None:
    """Whoever draws none does not wait for it."""
    code = (
        "import sys, binance_nb.rendering.pictures as pictures\n"
        "assert 'PIL' not in sys.modules\n"
        "pictures.table_png(['a'], [['b']], 'T')\n"
        "assert 'PIL' in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_amounts_with_their_asset_are_set_right() -> None:
    """A column of volumes is one of numbers, however they are abbreviated; names with digits are not."""
    rows = [["BTCUSDT", "140.04 M USDT"], ["1000SATSUSDT", "9.10 k USDT"]]

    assert (False, True) == lay_out(Part(["symbol", "volume"], rows), 600).are_numbers
