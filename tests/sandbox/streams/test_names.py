"""What names mean."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.streams.names import Stream, stream_names, stream_of

CHOICES = {
    "symbol": ["btcusdt", "这是测试币456"],
    "interval": ["1s", "1m", "1M", "3d", "12h"],
    "window_size": ["1h", "4h", "1d"],
    "levels": ["5", "10", "20"],
}


def names_of(template: str) -> list[str]:
    """Every name that a documented template stands for."""
    blanks = [blank for blank in CHOICES if f"<{blank}>" in template]
    names = []
    for chosen in product(*(CHOICES[blank] for blank in blanks)):
        name = template
        for blank, value in zip(blanks, chosen, strict=True):
            name = name.replace(f"<{blank}>", value)
        names.append(name)
    return names


def test_every_documented_template_is_a_stream(spec_folder: Path) -> None:
    """Alternate speeds included, with the documented speed."""
    streams = json.loads((spec_folder / "ws_streams.json").read_text())["market_streams"]["streams"]
    checked = 0
    for declared in streams:
        for variant in [declared, *declared.get("alternate_templates", [])]:
            for name in names_of(variant["template"]):
                stream = stream_of(name, LISTINGS)
                speed = variant["update_speed_ms"]
                if isinstance(speed, dict):
                    speed = speed["1s" if stream and stream.window == "1s" else "*"]

                assert stream is not None, name
                assert (speed or 0) == stream.every_ms, name
                checked += 1
    assert 60 < checked


def test_a_fault_may_name_every_stream_that_there_is(spec_folder: Path) -> None:
    """Each name is a stream's, or the part of one that no symbol stands in; no documented one is missing."""
    streams = json.loads((spec_folder / "ws_streams.json").read_text())["market_streams"]["streams"]
    variants = (variant for one in streams for variant in [one, *one.get("alternate_templates", [])])
    documented = {name for variant in variants for name in names_of(variant["template"])}
    names = list(stream_names(LISTINGS))

    assert documented <= set(names)
    assert all(stream_of(name, LISTINGS) for name in names if name.count("@") and name[0] not in "dk")
    assert all(stream_of(f"btcusdt@{name}", LISTINGS) for name in names if name[0] in "dk" and "usdt" not in name)


def test_a_name_says_what_is_wanted() -> None:
    """Interval, offset and speed are read from it; 1m and 1M differ."""
    stream = stream_of("btcusdt@kline_1M@+08:00", LISTINGS)

    assert Stream("btcusdt@kline_1M@+08:00", "kline", "BTCUSDT", 2000, window="1M", offset_ms=28_800_000) == stream


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@",
        "btcusdt",
        "BTCUSDT@trade",
        "Btcusdt@trade",
        "nosuch@trade",
        "btcusdt@Trade",
        "btcusdt@kline_7m",
        "btcusdt@kline_1m@+09:00",
        "btcusdt@kline_1m@ 08:00",
        "btcusdt@depth7",
        "btcusdt@depth@250ms",
        "btcusdt@ticker_2h",
        "btcusdt@trade@100ms",
        "btcusdt@trade\n",
        "!ticker@arr",
        "!ticker_2h@arr",
        "!bookTicker",
        "!serverShutdown",
    ],
)
def test_other_names_are_no_streams(name: str) -> None:
    """Undocumented ones, misspelt ones, and symbols that are not lower case."""
    assert stream_of(name, LISTINGS) is None
