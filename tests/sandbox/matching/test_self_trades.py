"""Orders of one account that meet in the book."""

from __future__ import annotations

import pytest

from tests.sandbox.matching.pit import Pit

LOT = 100_000  # 0.001 BTC


@pytest.mark.parametrize(
    ("mode", "effective", "maker", "taker", "lost"),
    [
        ("EXPIRE_MAKER", "EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW", {"makerPreventedQuantity": 5 * LOT}),
        ("EXPIRE_TAKER", "EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH", {"takerPreventedQuantity": 3 * LOT}),
        (
            "EXPIRE_BOTH",
            "EXPIRE_BOTH",
            "EXPIRED_IN_MATCH",
            "EXPIRED_IN_MATCH",
            {"takerPreventedQuantity": 3 * LOT, "makerPreventedQuantity": 5 * LOT},
        ),
        (
            "DECREMENT",
            "DECREMENT",
            "NEW",
            "EXPIRED_IN_MATCH",
            {"takerPreventedQuantity": 3 * LOT, "makerPreventedQuantity": 3 * LOT},
        ),
        (
            "TRANSFER",
            "DECREMENT",
            "NEW",
            "EXPIRED_IN_MATCH",
            {"takerPreventedQuantity": 3 * LOT, "makerPreventedQuantity": 3 * LOT},
        ),
    ],
)
@pytest.mark.parametrize("iceberg_e8", [0, LOT])
def test_a_mode_decides_who_loses(
    mode: str, effective: str, maker: str, taker: str, lost: dict[str, int], iceberg_e8: int
) -> None:
    """The taker's mode counts, all of an iceberg is looked at once, and what is lost is locked no longer."""
    pit = Pit()
    price_e8 = pit.alone("BUY")
    waiting = pit.place("BUY", quantity="0.005", price_e8=price_e8, iceberg_e8=iceberg_e8, stp_mode="EXPIRE_MAKER")
    coming = pit.place("SELL", quantity="0.003", price_e8=price_e8, stp_mode=mode)

    (match,) = pit.engine.prevented_matches(pit.account(), "BTCUSDT")

    assert (maker, taker, effective) == (waiting.status, coming.status, match.mode)
    assert (lost, 3 * LOT, price_e8) == (match.lost_e8, match.quantity_e8, match.price_e8)
    left = waiting.left_e8 if waiting.is_open else 0
    assert price_e8 * left // 10**8 == pit.balance("USDT")[1]
    assert [] == waiting.fills == coming.fills


def test_accounts_are_not_kept_from_each_other() -> None:
    """Prevention looks at one account only: another's order between two own ones trades."""
    pit = Pit()
    price_e8 = pit.alone("BUY")
    own = pit.place("BUY", price_e8=price_e8)
    other = pit.place("BUY", price_e8=price_e8, who="second")

    taker = pit.place("SELL", quantity="0.002", price_e8=price_e8, stp_mode="DECREMENT")

    assert ("EXPIRED_IN_MATCH", "FILLED") == (own.status, other.status)
    assert (LOT, LOT) == (taker.prevented_e8, taker.executed_e8)


def test_a_fill_or_kill_order_counts_no_order_of_its_own() -> None:
    """What prevention would expire cannot fill it."""
    pit = Pit()
    price_e8 = pit.alone("BUY")
    own = pit.place("BUY", quantity="0.005", price_e8=price_e8)

    taker = pit.place("SELL", quantity="0.005", price_e8=price_e8, time_in_force="FOK", stp_mode="EXPIRE_MAKER")

    assert ("EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED", "NEW") == (taker.status, taker.expiry_reason, own.status)


def test_listeners_are_shown_the_match() -> None:
    """Each order that loses something is told as a prevented trade."""
    pit = Pit()
    price_e8 = pit.alone("BUY")
    maker = pit.place("BUY", quantity="0.002", price_e8=price_e8)
    pit.ear.orders.clear()

    taker = pit.place("SELL", price_e8=price_e8, stp_mode="DECREMENT")

    assert [
        (taker.order_id, "NEW", "NEW"),
        (maker.order_id, "TRADE_PREVENTION", "NEW"),
        (taker.order_id, "TRADE_PREVENTION", "EXPIRED_IN_MATCH"),
    ] == pit.ear.orders


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_BOTH"])
def test_an_order_sized_by_a_budget_loses_what_it_would_have_bought(mode: str) -> None:
    """It ends once, by the prevention, with what it met of the own order as its loss."""
    pit = Pit()
    price_e8 = pit.alone("SELL")
    pit.place("SELL", quantity="0.001", price_e8=price_e8, who="second")
    own = pit.place("SELL", quantity="0.002", price_e8=price_e8)
    pit.ear.orders.clear()

    taker = pit.place("BUY", "MARKET", quantity="0", budget_e8=price_e8 // 100, stp_mode=mode)

    assert ("EXPIRED_IN_MATCH", LOT, 2 * LOT) == (taker.status, taker.executed_e8, taker.prevented_e8)
    assert 3 * LOT == taker.quantity_e8
    (match,) = taker.prevented_matches
    assert (own.order_id, 2 * LOT) == (match.maker_order_id, match.lost_e8["takerPreventedQuantity"])
    told = [(kind, status) for number, kind, status in pit.ear.orders if number == taker.order_id]
    assert [("NEW", "NEW"), ("TRADE", "PARTIALLY_FILLED"), ("TRADE_PREVENTION", "EXPIRED_IN_MATCH")] == told
