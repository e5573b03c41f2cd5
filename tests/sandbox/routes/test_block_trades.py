"""Block trades: rare, large, and the same whoever asks when."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.sandbox.desk import NOW_MS, Desk

HOUR_MS = 3_600_000


def blocks(desk: Desk, from_id: int, **params: object) -> Any:
    return desk.get("historicalBlockTrades", symbol="ETHUSDT", fromId=from_id, **params).json


def test_ids_follow_each_other_from_the_very_one_asked_for(desk: Desk) -> None:
    """Ids rise by one and times with them, the quote amount is price times quantity, and none is a best match."""
    rows = blocks(desk, 4000, limit=20)

    assert list(range(4000, 4020)) == [row["id"] for row in rows]
    assert [row["time"] for row in rows] == sorted({row["time"] for row in rows})
    assert all(Decimal(row["price"]) * Decimal(row["qty"]) == Decimal(row["quoteQty"]) for row in rows)
    assert {"id", "price", "qty", "quoteQty", "time", "isBuyerMaker"} == set(rows[0])
    assert {True, False} == {row["isBuyerMaker"] for row in rows}


def test_a_page_begins_where_the_other_ended(desk: Desk) -> None:
    """However it is cut."""
    assert blocks(desk, 100, limit=7) == blocks(desk, 100, limit=3) + blocks(desk, 103, limit=4)
    assert 500 == len(blocks(desk, 0))


def test_they_are_large_and_near_the_market(desk: Desk) -> None:
    """Hundreds of typical trades each, and close to the candle of their minute."""
    for row in blocks(desk, 9000, limit=5):
        minute = desk.get("klines", symbol="ETHUSDT", interval="1m", startTime=row["time"] // 60_000 * 60_000, limit=1)
        close = Decimal(minute.json[0][4])
        assert abs(Decimal(row["price"]) / close - 1) < Decimal("0.02")
        assert Decimal(row["qty"]) >= 80


def test_what_has_not_happened_is_not_there(desk: Desk) -> None:
    """The newest lies in the past, later ids are empty, and an hour more of clock adds at most one."""
    newest = blocks(desk, 9900, limit=1000)
    later = Desk(now_ms=NOW_MS + HOUR_MS)

    assert newest[-1]["time"] <= NOW_MS < newest[-1]["time"] + 12 * HOUR_MS
    assert [] == blocks(desk, newest[-1]["id"] + 1) == blocks(desk, 10**15)
    assert newest == blocks(later, 9900, limit=1000)[: len(newest)]
    assert len(blocks(later, 9900, limit=1000)) - len(newest) in (0, 1)


def test_before_the_listing_there_are_none() -> None:
    """A clock that stands earlier shows nothing."""
    assert [] == blocks(Desk(now_ms=1_500_000_000_000), 0)


def test_the_first_id_has_to_be_named(desk: Desk) -> None:
    """Without it there is no newest page, and a negative one is no id."""
    missing = desk.get("historicalBlockTrades", symbol="ETHUSDT")
    negative = desk.get("historicalBlockTrades", symbol="ETHUSDT", fromId=-1)

    assert -1102 == missing.json["code"]
    assert "fromId" in missing.json["msg"]
    assert -1100 == negative.json["code"]
