"""A range of any length: whole, from any source the same, and never fetched twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.errors import ApiError, StoreError, TransportError, UsageError
from binance_nb.history import Progress
from binance_nb.history.bulk import BulkSite
from binance_nb.history.long import SOURCES, Chronicle, Told
from binance_nb.store import Dataset, Span, Store
from tests.sandbox_fixture import FROZEN_AT_MS

MINUTE, DAY = 60_000, 86_400_000
MAY_30 = 1_717_027_200_000
Tell = Callable[..., Told]


class Desk:
    """A session, a store, and the bulk files of the session's sandbox."""

    def __init__(self, session: Session, folder: Path) -> None:
        assert session.sandbox is not None
        self.session, self.store = session, Store(folder)
        url = session.sandbox.archive_url
        self.site = BulkSite(url, f"{url}/", folder / "parts", sleep=lambda seconds: None)

    def chronicle(self, operation: str, interval: str | None = None, **words: Any) -> Chronicle:
        dataset = Dataset("here", operation, words.pop("symbol", "BTCUSDT"), interval)
        return Chronicle(self.session.client, self.store, dataset, words.pop("site", self.site), **words)

    def tell(self, operation: str, interval: str | None, start_ms: int, end_ms: int, **words: Any) -> Told:
        return self.chronicle(operation, interval, **words).tell(start_ms, end_ms, Progress(operation, 0, False))


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """A desk with an empty store."""
    return Desk(session, tmp_path)


@pytest.fixture
def fresh_desk(fresh_sandbox: Session, tmp_path: Path) -> Desk:
    """A desk on a sandbox that may be told to fail."""
    return Desk(fresh_sandbox, tmp_path)


@pytest.mark.parametrize(
    ("operation", "interval", "length_ms"),
    [
        ("klines", "1m", DAY),
        ("klines", "1h", 2 * DAY),
        ("agg_trades", None, 20 * MINUTE),
        ("historical_trades", None, 5 * MINUTE),
    ],
)
def test_every_source_gives_the_same(
    session: Session, tmp_path: Path, operation: str, interval: str | None, length_ms: int
) -> None:
    """Values, dtypes, index and order of a closed range do not tell where it came from."""
    told: dict[str, Told] = {}
    for source in ("api", "archive", "auto"):
        told[source] = Desk(session, tmp_path / source).tell(
            operation, interval, MAY_30, MAY_30 + length_ms, source=source
        )
    told["store"] = Desk(session, tmp_path / "archive").tell(
        operation, interval, MAY_30, MAY_30 + length_ms, source="store"
    )

    assert set(SOURCES) == set(told)
    for each in told.values():
        pd.testing.assert_frame_equal(told["api"].frame, each.frame, check_exact=True, check_freq=False)
        assert each.is_whole
    assert {"archive"} == told["archive"].report.sources
    assert len(told["api"].frame) > 40


def test_what_is_stored_is_not_fetched_again(desk: Desk) -> None:
    """The second time nothing is asked; a longer range asks for what it has more."""
    first = desk.tell("klines", "1m", MAY_30, MAY_30 + 3000 * MINUTE)

    again = desk.tell("klines", "1m", MAY_30, MAY_30 + 3000 * MINUTE)
    longer = desk.tell("klines", "1m", MAY_30 - 500 * MINUTE, MAY_30 + 3500 * MINUTE)

    pd.testing.assert_frame_equal(first.frame, again.frame, check_exact=True)
    assert (3, 0, 2) == tuple(told.report.requests for told in (first, again, longer))
    assert 4000 == len(longer.frame)


def test_the_running_candle_is_told_but_not_stored(desk: Desk) -> None:
    """The range reaches to now; what is not closed may still change."""
    told = desk.tell("klines", "1h", FROZEN_AT_MS - DAY, FROZEN_AT_MS + DAY)

    assert [*[True] * 24, False] == told.frame["closed"].tolist()
    assert 24 == len(desk.store.read(Dataset("here", "klines", "BTCUSDT", "1h"), 0, FROZEN_AT_MS + DAY))
    assert ["The range ends in the future; it was cut at 2024-06-01 12:00:00 UTC."] == told.report.remarks


def test_a_start_before_the_listing_is_told_not_fetched_page_by_page(desk: Desk) -> None:
    """Ten years too early cost nothing, and it is said when the candles begin."""
    told = desk.tell("klines", "1h", 1_262_304_000_000, 1_504_224_000_000)

    assert 1 == told.report.requests
    assert "has no candles before 2017-08-17" in " ".join(told.report.remarks)
    assert "before listing" == told.holes[0].kind
    assert told.is_whole


def test_what_was_fetched_before_an_interrupt_is_kept(desk: Desk) -> None:
    """Broken off in the middle, the next run asks only for the rest, and the result is as if nothing had been."""

    class Impatient(Progress):
        def step(self) -> None:
            super().step()
            if self._done == 20:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.chronicle("klines", "1m").tell(MAY_30 - 40_000 * MINUTE, MAY_30, Impatient("klines", 0, False))

    again = desk.tell("klines", "1m", MAY_30 - 40_000 * MINUTE, MAY_30)

    assert again.report.requests < 25
    assert 40_000 == len(again.frame)
    assert again.is_whole
    assert () == again.holes


@pytest.mark.parametrize("kind", ["wrong_checksum", "truncated_zip", "missing_file"])
def test_a_bad_file_is_told_and_the_api_asked_instead(fresh_desk: Desk, kind: str) -> None:
    """The rows are the same as from a good one; the store stays sound."""
    sandbox = fresh_desk.session.sandbox
    assert sandbox is not None
    good = fresh_desk.tell("agg_trades", None, MAY_30, MAY_30 + 5 * MINUTE, source="api", symbol="ADABTC")
    with sandbox.faults("ADABTC-aggTrades-2024-05-30.zip*", kind=kind):
        told = fresh_desk.tell("agg_trades", None, MAY_30, MAY_30 + DAY, symbol="ADABTC")

    assert any("ADABTC-aggTrades-2024-05-30.zip" in remark for remark in told.report.remarks)
    assert told.is_whole
    assert {"api", "store"} == told.report.sources
    pd.testing.assert_frame_equal(good.frame, told.frame.iloc[: len(good.frame)], check_exact=True)
    assert [] == list(fresh_desk.store.verify())


def test_from_the_archive_alone_a_bad_file_leaves_a_hole_that_is_told(fresh_desk: Desk) -> None:
    """Nothing is passed over in silence: the day is named, and the frame is not whole."""
    sandbox = fresh_desk.session.sandbox
    assert sandbox is not None
    with sandbox.faults("BTCUSDT-1h-2024-05-30.zip*", kind="wrong_checksum"):
        told = fresh_desk.tell("klines", "1h", MAY_30 - DAY, MAY_30 + 2 * DAY, source="archive")

    assert not told.is_whole
    assert [(MAY_30, MAY_30 + DAY, 24, "not fetched")] == [
        (hole.start_ms, hole.end_ms, hole.candles, hole.kind) for hole in told.holes
    ]
    assert "checksum" in told.report.remarks[0]


def test_rows_that_differ_between_archive_and_api_are_counted(desk: Desk) -> None:
    """What the API said stands, and the difference is told."""
    api = desk.tell("klines", "1h", MAY_30, MAY_30 + DAY, source="api").frame
    wrong = api.copy()
    wrong.loc[wrong.index[5], "close"] += 1.0
    dataset = Dataset("here", "klines", "BTCUSDT", "1h")
    desk.store.write(dataset, wrong, Span(MAY_30, MAY_30 + DAY, "have", "api"))

    told = desk.tell("klines", "1h", MAY_30, MAY_30 + DAY, source="archive")

    assert 1 == told.report.conflicts
    assert "1 rows of the archive differ from those of the api, from 2024-05-30 05:00:00" in told.report.remarks[0]
    assert wrong["close"].tolist() == told.frame["close"].tolist()


def test_an_unknown_symbol_is_refused_by_name(desk: Desk) -> None:
    """Nothing is stored for it."""
    with pytest.raises(ApiError, match="NOSUCH"):
        desk.tell("klines", "1h", MAY_30, MAY_30 + DAY, symbol="NOSUCH")

    assert [] == list(desk.store.holdings())


def test_a_range_without_time_is_refused(desk: Desk) -> None:
    """An end before the start, or a start in the future."""
    for start_ms, end_ms in ((MAY_30, MAY_30 - 1), (FROZEN_AT_MS + 1, FROZEN_AT_MS + DAY)):
        with pytest.raises(UsageError, match=r"The range (ends|begins) at"):
            desk.tell("klines", "1h", start_ms, end_ms)


def test_a_site_that_is_away_is_no_reason_to_fail(desk: Desk, tmp_path: Path) -> None:
    """The API has the same rows; who wants the archive alone is told."""
    gone = BulkSite("http://127.0.0.1:9", "http://127.0.0.1:9", tmp_path, sleep=lambda seconds: None)

    told = desk.tell("agg_trades", None, MAY_30, MAY_30 + DAY, symbol="ADABTC", site=gone)
    with pytest.raises(TransportError):
        desk.tell("klines", "1h", MAY_30, MAY_30 + DAY, source="archive", site=gone)

    assert told.is_whole
    assert "The API was asked instead." in told.report.remarks[0]


def test_the_plan_tells_what_comes_from_where(desk: Desk) -> None:
    """Days of trades come as files, some hours by the API, and what is stored costs nothing."""
    trades = desk.chronicle("agg_trades").plan(MAY_30, MAY_30 + DAY)
    desk.tell("klines", "1m", MAY_30, MAY_30 + 1000 * MINUTE)
    candles = desk.chronicle("klines", "1m").plan(MAY_30, MAY_30 + 3000 * MINUTE)

    assert ["BTCUSDT-aggTrades-2024-05-30.zip"] == [name.file_name for name in trades.files]
    assert () == trades.by_api
    assert (2, 4, 3000) == (candles.requests, candles.weight, candles.rows)
    assert "33% in the store" in str(candles)


def test_a_store_of_a_newer_version_stops_before_anything_is_fetched(desk: Desk) -> None:
    """The error says so; nothing of it is touched."""
    desk.tell("klines", "1h", MAY_30, MAY_30 + DAY)
    [holding] = desk.store.holdings()
    path = holding.folder / "_ledger.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 7'))

    with pytest.raises(StoreError, match="newer version"):
        desk.tell("klines", "1h", MAY_30, MAY_30 + DAY)
