from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.frames import describe, seal
from binance_nb.rendering import table_html, table_text
from binance_nb.rendering.cells import cells_of

PLACE = "SANDBOX seed 1"
OF_CANDLES = f"derived from klines BTCUSDT 1h · {PLACE} · made-up prices"


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    """Room for every column; and whatever a test sets, the next does not see."""
    with pd.option_context(
        "display.width", 400, "display.max_columns", 40, "display.max_rows", 60, "display.min_rows", 10
    ):
        yield


@pytest.fixture(scope="module")
def candles(session: Session) -> pd.DataFrame:
    """Six hours of BTCUSDT; the last is not over."""
    frame: pd.DataFrame = session.klines("BTCUSDT", "1h", start="2024-06-01T07:00", end="2024-06-01T13:00")
    return frame


def header(frame: pd.DataFrame) -> str:
    """The line above the table, without the table."""
    return table_text(frame).splitlines()[0]


def made(data: dict[str, list[Any]], index: pd.Index | None = None, **facts: Any) -> pd.DataFrame:
    """A frame as if it had come from the testnet."""
    frame = pd.DataFrame(data, index=index)
    known: dict[str, Any] = {
        "operation": "klines",
        "environment": "testnet",
        "server_time": 1_717_243_200_000,
        "weight": 2,
    }
    return seal(describe(frame, **(known | facts)))


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """The table's cells as they are read, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", str(table_html(frame)).partition("<tbody>")[2], re.S)
    return [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in rows]


def test_the_line_says_what_where_when_and_how_much(candles: pd.DataFrame) -> None:
    """Everything a reader of somebody else's notebook asks first."""
    assert header(candles) == (
        f"klines BTCUSDT 1h · {PLACE} · made-up prices · at 2024-06-01 12:00:00 UTC · "
        "6 rows, 2024-06-01 07:00 to 2024-06-01 12:00 UTC · weight 2 · last candle unfinished"
    )


def test_html_says_the_same_and_stresses_the_sandbox(candles: pd.DataFrame) -> None:
    """In words, not in a colour."""
    line = str(table_html(candles)).splitlines()[0]

    assert re.sub(r"<[^>]*>", "", line).replace("\u00a0", " ") == header(candles)
    assert f"<strong>{PLACE}</strong>" in line


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.tail(2),
        lambda frame: frame[["close"]],
        lambda frame: frame.assign(mine=1),
        lambda frame: frame.sort_values("close"),
        lambda frame: frame.rename_axis("when"),
        lambda frame: frame.assign(close=frame["close"] * 2),
        lambda frame: frame.resample("3h")[["volume"]].sum(),
    ],
    ids=["rows", "columns", "a new column", "order", "index name", "values", "resampled"],
)
def test_of_a_changed_frame_it_says_only_where_it_comes_from(candles: pd.DataFrame, change: Any) -> None:
    """Rows, span and weight are those of another frame; the sandbox is still a sandbox."""
    assert header(change(candles)) == f"{OF_CANDLES} · times in UTC"


def test_other_clocks_make_no_other_frame(candles: pd.DataFrame) -> None:
    """The same moments in another zone are the same candles."""
    assert "6 rows, 2024-06-01 16:00 to 2024-06-01 21:00 Asia/Tokyo" in header(candles.tz_convert("Asia/Tokyo"))


def test_a_copy_from_parquet_is_still_the_frame(candles: pd.DataFrame, tmp_path: Any) -> None:
    """The seal is plain JSON, and the numbers come back as they were."""
    pytest.importorskip("pyarrow")
    candles.to_parquet(tmp_path / "candles.parquet")

    assert header(pd.read_parquet(tmp_path / "candles.parquet")) == header(candles)


def test_a_frame_without_a_seal_counts_as_derived() -> None:
    """Nobody knows what was delivered."""
    frame = describe(pd.DataFrame({"price": [1.0]}), operation="avg_price", environment="market")

    assert header(frame) == "derived from avg_price · market"


def test_text_is_free_of_the_time_of_day_and_html_is_not() -> None:
    """A stored notebook compares; the live exchange's clock would differ on each run."""
    frame = made({"price": [1.0]})

    assert header(frame) == "klines · testnet · 1 row · weight 2"
    assert "· at 2024-06-01 12:00:00 UTC" in str(table_html(frame))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"parameters": {"symbols": '["A","B","C","D","E"]'}}, "klines A B C and 2 more"),
        ({"parameters": {"symbol": "A", "side": "BUY", "price": "1"}}, "klines A BUY price=1"),
        ({"part": "fills"}, "klines --part fills"),
        ({"requests": 5}, "weight 2 in 5 requests"),
        ({"weight": 1056, "requests": 1200}, "weight 1,056 in 1,200 requests"),
        ({"source": "archive"}, "from archive"),
        ({"made_of": "recorded"}, "recorded prices"),
    ],
    ids=str,
)
def test_what_tells_frames_apart_is_said(facts: dict[str, Any], words: str) -> None:
    """Several symbols, an order's size, a part, several requests, another source."""
    assert words in header(made({"price": [1.0]}, **facts))


def test_text_from_outside_is_escaped() -> None:
    """A symbol is whatever a server says it is."""
    frame = made({"price": [1.0]}, parameters={"symbol": "<b>\nX"}, environment="SANDBOX <i>")

    line = str(table_html(frame)).partition("</div>")[0]

    assert "klines &lt;b&gt;" in line
    assert "<strong>SANDBOX &lt;i&gt;</strong>" in line
    assert header(frame).startswith("klines <b> X · SANDBOX <i> ·")


def test_without_rules_the_data_tell_the_decimals(candles: pd.DataFrame) -> None:
    """As many as show every number exactly; a whole candle's turnover in eight digits, never with an exponent."""
    frame = made({"open": [1.5, 2.25], "volume": [1.0, 0.00012], "quote_volume": [8503329.123456, 1.0]})

    assert cells(frame) == [["0", "1.50", "1.00000", "8503329.12"], ["1", "2.25", "0.00012", "1.00"]]


def test_a_tiny_price_is_not_rounded_to_nothing(session: Session) -> None:
    """pandas alone shows 0.000032 of SHIBUSDT."""
    frame = session.klines("SHIBUSDT", "1h", limit=3)
    shown = cells(frame)

    assert [row[1] for row in shown] == [f"{value:.8f}" for value in frame["open"]]
    assert len({row[1] for row in shown}) == 3


def test_known_ticks_and_steps_set_the_decimals(fresh_sandbox: Session) -> None:
    """Once the exchange has told its rules, 60000 is shown as it is traded: 60000.00."""
    fresh_sandbox.exchange_info()
    order = fresh_sandbox.new_order("BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity="0.01", price="60000")
    shown = dict(zip(order.columns, cells(order)[0][1:], strict=True))

    assert order.attrs["binance"]["digits"] == {"price": 2, "quantity": 5}
    assert (shown["price"], shown["orig_qty"]) == ("60000.00", "0.01000")


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("price", [60000.0, 59999.5], ["60000.00", "59999.50"]),
        ("price", [60000.125], ["60000.125"]),
        ("price", [200 / 3], ["66.666667"]),
        ("price", [2e-7 / 3], ["0.000000066667"]),
        ("price", [1e300, float("nan"), float("inf")], ["1e+300", "NaN", "inf"]),
        ("volume", [3.0], ["3"]),
        ("volume", [1234567.1, 0.3 - 0.1], ["1234567.10", "0.20"]),
        ("quote_volume", [1e9 / 3, 1e-9], ["333333333.33", "0.000000001"]),
        ("mine", [200 / 3], ["66.666667"]),
    ],
    ids=str,
)
def test_no_number_is_shown_as_less_than_it_is(name: str, values: list[float], expected: list[str]) -> None:
    """Never fewer decimals than the tick has, all that are there, eight digits of what was computed."""
    shown = cells(made({name: values}, digits={"price": 2, "quantity": 0}))

    assert [row[1] for row in shown] == expected


def test_each_symbol_of_several_has_its_own_decimals() -> None:
    """59795.32000000 beside 0.00003120 would help nobody."""
    frame = made({"price": [59795.32, 0.0000312]}, pd.Index(["BTCUSDT", "SHIBUSDT"], name="symbol"))

    assert cells(frame) == [["BTCUSDT", "59795.32"], ["SHIBUSDT", "0.0000312"]]


@pytest.mark.parametrize(("option", "value"), [("display.float_format", "{:.1f}".format), ("display.precision", 1)])
def test_a_persons_own_number_format_holds(option: str, value: Any) -> None:
    """Who told pandas how to write numbers is not overruled."""
    with pd.option_context(option, value):
        assert cells(made({"price": [1.25]})) == [["0", "1.2"]]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-06-01", "2024-06-02"], ["2024-06-01", "2024-06-02"]),
        (["2024-06-01", "2024-06-01 08:00"], ["2024-06-01 00:00", "2024-06-01 08:00"]),
        (["2024-06-01 08:00:01", None], ["2024-06-01 08:00:01", "NaT"]),
        (["2024-06-01 08:00:00.120"], ["2024-06-01 08:00:00.120"]),
        (["2024-06-01 08:00:00.120034"], ["2024-06-01 08:00:00.120034"]),
    ],
    ids=str,
)
def test_times_show_the_precision_they_have(times: list[str], expected: list[str]) -> None:
    """No +00:00 and no .000 on every line; the line above names the zone."""
    frame = made({"time": list(pd.DatetimeIndex(times, tz="UTC"))})

    assert [row[1] for row in cells(frame)] == expected
    assert "UTC" in header(frame)


def test_dates_have_room(candles: pd.DataFrame) -> None:
    """A browser would break 2024-06-01 at a hyphen; the head, which keeps its style in untrusted notebooks, is wide.

    In em: in ch JupyterLab would take it away.
    """
    head = str(table_html(candles)).partition("<tbody>")[0]

    assert re.findall(r'<th style="min-width: (\d+)em;">(\w*)</th>', head) == [
        ("14", "close_time"),
        ("10", "open_time"),
    ]


def test_an_hour_that_is_there_twice_keeps_its_offset() -> None:
    """When clocks are put back, 02:30 alone says nothing."""
    moments = pd.DatetimeIndex(["2024-10-27 00:30", "2024-10-27 01:30"], tz="UTC").tz_convert("Europe/Berlin")
    frame = made({"time": list(moments)})

    assert [row[1] for row in cells(frame)] == ["2024-10-27 02:30:00+02:00", "2024-10-27 02:30:00+01:00"]


def test_a_second_zone_stands_with_its_times() -> None:
    """The line above names one zone; times of another bring theirs."""
    moments = pd.DatetimeIndex(["2024-06-01 08:00"], tz="UTC")
    frame = made({"time": list(moments), "mine": list(moments.tz_convert("Asia/Tokyo"))})

    assert cells(frame) == [["0", "2024-06-01 08:00", "2024-06-01 17:00:00+09:00"]]


def test_only_visible_rows_decide() -> None:
    """A million rows are shown as fast as ten, and a hidden one changes nothing."""
    frame = made({"price": [1.5] * 100 + [0.00001] + [1.5] * 100})

    assert {row[1] for row in cells(frame)} == {"1.5", "..."}


@pytest.mark.parametrize("rows", [0, 1, 60, 61, 500])
@pytest.mark.parametrize("most", [None, 0, 1, 7, 60])
def test_apart_from_cells_the_table_is_pandas_own(rows: int, most: int | None) -> None:
    """Where nothing needs other writing, not a letter differs, whatever is truncated."""
    frame = made({"name": [f"n{number}" for number in range(rows)], "more": list(range(rows))})
    with pd.option_context("display.max_rows", most):
        html, text = str(table_html(frame)), table_text(frame)
        expected: Any = frame

        assert html.partition("\n")[2] == expected._repr_html_()
        assert text.partition("\n")[2] == repr(frame)


def test_columns_behind_a_cut_keep_their_digits(session: Session) -> None:
    """Each column is written by its own writer, wherever pandas puts its dots."""
    frame = session.ticker_24hr("BTCUSDT")
    with pd.option_context("display.max_columns", 6):
        written = cells(frame)[0]
        text = table_text(frame).splitlines()[3].split()

    bid, price, ask = (float(frame[name].iloc[0]) for name in ("bid_qty", "ask_price", "ask_qty"))
    assert [f"{bid:.5f}", f"{price:.2f}", f"{ask:.5f}"] == written[-3:] == text[-3:]


def test_columns_behind_the_cut_of_a_narrow_terminal_keep_their_digits(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There pandas finds out while it writes how many columns there is room for."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    frame = session.ticker_24hr("BTCUSDT")
    with pd.option_context("display.max_columns", 0, "display.max_rows", 0):
        text = table_text(frame).splitlines()[3].split()

    assert "..." in text
    assert [f"{frame['ask_price'].iloc[0]:.2f}", f"{frame['ask_qty'].iloc[0]:.5f}"] == text[-2:]


def test_every_time_that_is_seen_is_written(candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the terminal's height says how many rows are seen, too."""
    monkeypatch.setenv("LINES", "10")
    long = pd.concat([candles] * 5)
    with pd.option_context("display.max_rows", 0):
        rows = table_text(long).splitlines()[3:-2]

    assert [row.startswith("2024-06-01 ") for row in rows] == [not row.startswith("...") for row in rows]
    assert {True, False} == {row.startswith("2024-06-01 ") for row in rows}


def test_pandas_options_for_the_whole_table_hold() -> None:
    """No HTML where none is wanted, and a summary where that is."""
    frame = made({"price": [1.0] * 100})
    with pd.option_context("display.notebook_repr_html", False):
        assert table_html(frame) is None
    with pd.option_context("display.large_repr", "info"):
        assert "RangeIndex: 100 entries" in str(table_html(frame))
        assert "RangeIndex: 100 entries" in table_text(frame)


def test_columns_that_bear_the_same_name_are_left_to_pandas() -> None:
    """concat makes them."""
    frame = made({"price": [0.125]})
    twice = pd.concat([frame, frame], axis=1)
    twice.attrs = frame.attrs

    assert cells(twice) == [["0", "0.125", "0.125"]]


def test_showing_changes_nothing(candles: pd.DataFrame) -> None:
    """Neither values nor attributes."""
    before, facts = candles.copy(deep=True), dict(candles.attrs["binance"])
    table_html(candles)
    table_text(candles)

    pd.testing.assert_frame_equal(before, candles)
    assert facts == candles.attrs["binance"]


def test_every_read_has_its_line(session: Session) -> None:
    """The frames of every room of the exchange, dull or odd; none falls back to pandas alone."""
    frames = [
        session.account(),
        session.agg_trades("BTCUSDT", limit=3, exact=True),
        session.depth("BTCUSDT", limit=5),
        session.exchange_info(),
        session.klines("BTCUSDT", "1h", start="1990-01-01", end="1990-01-02"),
        session.my_trades("BTCUSDT"),
        session.ping(),
        session.ticker_24hr(symbols=["BTCUSDT", "SHIBUSDT"]),
        session.ticker_price(),
        session.trades("BTCUSDT", limit=3),
    ]

    assert [PLACE in header(frame) and "derived" not in header(frame) for frame in frames] == [True] * len(frames)
    assert all(PLACE in str(table_html(frame)) for frame in frames)


def test_exact_decimals_are_written_out() -> None:
    """A zero with eight places is not an exponent."""
    frame = pd.DataFrame({"volume": [Decimal("0E-8"), Decimal("1.50000000")]}, dtype=object)

    cells = cells_of(frame, None, {})

    assert ["0.00000000", "1.50000000"] == [cells.writers["volume"](cell) for cell in frame["volume"]]


def test_events_of_streams_say_what_was_listened_to_and_what_went() -> None:
    """Without weight, which they have none of, and without the moment at which they were read."""
    moments = pd.DatetimeIndex(["2024-06-01T12:00:00Z", "2024-06-01T12:00:01Z"], name="event_time").as_unit("ms")
    frame = describe(
        pd.DataFrame({"price": [1.0, 2.0]}, index=moments),
        operation="stream",
        streams="BTCUSDT@trade ETHUSDT@trade BNBUSDT@trade BNBBTC@trade",
        environment="SANDBOX seed 1",
        events=1,
        dropped=1234,
        note="Interrupted after 3 s of 10 s.",
    )
    seal(frame)
    said = (
        "stream BTCUSDT@trade ETHUSDT@trade BNBUSDT@trade and 1 more · SANDBOX seed 1 · 2 rows, "
        "2024-06-01 12:00:00 to 2024-06-01 12:00:01 UTC · of 1 event · 1,234 older dropped"
    )

    assert [said, "Interrupted after 3 s of 10 s."] == table_text(frame).splitlines()[:2]
    assert " at 1970" not in str(table_html(frame))
