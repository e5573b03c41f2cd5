"""Which files exist when."""

from __future__ import annotations

import pytest

from binance_nb.archive import ArchiveName
from binance_nb.sandbox.bulk.published import files_of, is_published, published_ms
from binance_nb.sandbox.clock import moment_ms
from binance_nb.sandbox.listings import LISTINGS


@pytest.mark.parametrize(
    ("file", "appears"),
    [
        ("BTCUSDT-1m-2024-05-01", "2024-05-02T00:00"),
        ("BTCUSDT-trades-2024-12-31", "2025-01-01T00:00"),
        ("BTCUSDT-1m-2024-05", "2024-06-03T00:00"),
        ("BTCUSDT-aggTrades-2024-06", "2024-07-01T00:00"),  # a month that begins with a Monday
        ("BTCUSDT-1mo-2024-12", "2025-01-06T00:00"),
        ("BTCUSDT-1w-2024-05", "2024-06-03T00:00"),  # its last week ends with the day before
        ("BTCUSDT-3d-2024-03", "2024-04-02T00:00"),  # its last candle is not closed on that Monday
    ],
)
def test_a_file_appears_on_its_day(file: str, appears: str) -> None:
    """A day's file the next day, a month's on the first Monday or when its last candle has closed."""
    name = ArchiveName.parse(f"{file}.zip")
    moment = moment_ms(appears)

    assert published_ms(name) == moment
    assert [False, True] == [is_published(name, LISTINGS, now_ms) for now_ms in (moment - 1, moment)]


@pytest.mark.parametrize(
    ("file", "exists"),
    [
        ("BTCUSDT-1m-2017-08-16", False),
        ("BTCUSDT-1m-2017-08-17", True),
        ("BTCUSDT-1m-2017-07", False),
        ("BTCUSDT-1m-2017-08", True),
        ("BTCUSDT-1d-2024-05-01", True),
        ("BTCUSDT-3d-2024-05-01", False),
        ("BTCUSDT-1w-2024-05-06", False),
        ("BTCUSDT-3d-2024-05", True),
        ("NOPE-1m-2024-05-01", False),
        ("XRPETH-trades-2023-01-31", True),  # it stopped with February
        ("XRPETH-trades-2023-02-01", False),
        ("XRPETH-trades-2023-02", False),
        ("BTCUSDT-1m-9999-12", False),
    ],
)
def test_only_what_was_traded_has_files(file: str, exists: bool) -> None:
    """From the first day of a symbol to its last; intervals longer than a day by the month only."""
    name = ArchiveName.parse(f"{file}.zip")

    assert is_published(name, LISTINGS, moment_ms("2025-01-01")) is exists


def test_a_folder_lists_every_file_once_and_no_other() -> None:
    """A symbol that stopped has the months from its first to its last."""
    names = list(files_of(LISTINGS["XRPETH"], "monthly", "klines", "1h", moment_ms("2025-01-01")))

    assert ("XRPETH-1h-2018-05", "XRPETH-1h-2023-01") == (names[0].stem, names[-1].stem)
    assert len(names) == len({name.stem for name in names}) == 5 * 12 - 3
