"""What a market order would cost: exact to the last digit, and honest about what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import UsageError
from binance_nb.streams.book import LocalBook, MarketCost
from binance_nb.streams.book.costs import market_cost
from tests.streams.book.true_book import AT_ONCE, ByHand, TrueBook, client_of, event, live

AMOUNTS = st.integers(1, 10**15).map(lambda lots: Decimal(lots).scaleb(-8))
LEVELS = st.dictionaries(st.integers(1, 10**13), st.integers(1, 10**13), min_size=1, max_size=8).map(
    lambda side: [(f"{price / 10**8:.8f}", f"{quantity / 10**8:.8f}") for price, quantity in sorted(side.items())]
)


@pytest.fixture
def book() -> Iterator[LocalBook]:
    """A book with three asks and two bids, and no edge."""
    truth, hub = TrueBook(seed=1, levels=2), ByHand()
    with LocalBook(hub, client_of(truth), "BTCUSDT", limit=100, policy=AT_ONCE) as opened:
        hub.say(live())
        opened.wait_in_sync(30)
        gone = [[(price, "0") for price, _ in side] for side in opened.ladder(9)]
        bids, asks = [("99", "2"), ("98", "10")], [("101", "1"), ("102", "2"), ("110", "5")]
        hub.say(event(truth.update_id + 1, truth.update_id + 1, gone[0] + bids, gone[1] + asks))
        yield opened


def cost_of(wanted: Decimal, levels: list[tuple[str, str]], *, is_quote: bool, has_edge: bool = False) -> MarketCost:
    """The cost of a buy."""
    return market_cost(
        "BUY",
        wanted,
        levels,
        is_quote=is_quote,
        mid=Decimal(1),
        has_edge=has_edge,
        is_in_sync=True,
        update_id=1,
    )


@given(AMOUNTS, LEVELS)
def test_sums_of_a_quantity_are_exact(wanted: Decimal, levels: list[tuple[str, str]]) -> None:
    """What is bought and paid is what fractions say, whatever the sizes."""
    left, paid, used = Fraction(wanted), Fraction(0), 0
    for price, quantity in levels:
        if left:
            here = min(left, Fraction(quantity))
            left, paid, used = left - here, paid + here * Fraction(price), used + 1

    cost = cost_of(wanted, levels, is_quote=False)

    assert (paid, left, used) == (Fraction(cost.quote_quantity), Fraction(cost.missing), cost.levels)
    assert Fraction(wanted) == Fraction(cost.quantity) + left
    assert cost.is_filled == (not left)


@given(AMOUNTS, LEVELS)
def test_sums_of_a_quote_quantity_are_exact(wanted: Decimal, levels: list[tuple[str, str]]) -> None:
    """What is paid is exact; what is bought for it is rounded at the fiftieth digit at most."""
    left, bought = Fraction(wanted), Fraction(0)
    for price, quantity in levels:
        here = min(left, Fraction(price) * Fraction(quantity))
        left, bought = left - here, bought + here / Fraction(price)

    cost = cost_of(wanted, levels, is_quote=True)

    assert Fraction(wanted) - left == Fraction(cost.quote_quantity)
    assert left == Fraction(cost.missing)
    assert abs(bought - Fraction(cost.quantity)) <= bought / 10**48


def test_a_buy_walks_the_asks(book: LocalBook) -> None:
    """Average, worst price, levels and slippage against the middle, which is 100."""
    cost = book.cost("buy", quantity="2.5")

    assert (Decimal("2.5"), Decimal(254)) == (cost.quantity, cost.quote_quantity)
    assert (Decimal("101.6"), Decimal(102), 2) == (cost.average_price, cost.worst_price, cost.levels)
    assert (Decimal(100), Decimal(160)) == (cost.mid, cost.slippage_bps)
    assert (True, Decimal(0), False, True) == (cost.is_filled, cost.missing, cost.is_past_edge, cost.is_in_sync)
    assert "BUY 2.5 for 254; average 101.6, worst 102, levels 2; 160.00 bps worse than the middle" == str(cost)


def test_a_sell_walks_the_bids(book: LocalBook) -> None:
    """Slippage is what is lost, so that it is positive here too."""
    cost = book.cost("SELL", quote_quantity=688)

    assert (Decimal(7), Decimal(688), Decimal(98)) == (cost.quantity, cost.quote_quantity, cost.worst_price)
    assert cost.slippage_bps is not None
    assert "171.43" == f"{cost.slippage_bps:.2f}"


def test_what_the_book_does_not_have_is_missing(book: LocalBook) -> None:
    """Past the whole book the rest is told, in the asset that was asked for."""
    cost = book.cost("BUY", quantity="10")

    assert (False, Decimal(2), Decimal(8), 3) == (cost.is_filled, cost.missing, cost.quantity, cost.levels)
    assert str(cost).endswith("2 not filled: more than the book has")


def test_past_the_edge_nothing_is_counted() -> None:
    """Where more levels may stand that nobody knows, the cost says that it ends there."""
    cost = cost_of(Decimal(5), [("1.0", "3")], is_quote=False, has_edge=True)

    assert (True, Decimal(2)) == (cost.is_past_edge, cost.missing)
    assert str(cost).endswith("2 not filled: past the edge of what is known of the book")


def test_a_cost_counts_levels_before_the_edge_only() -> None:
    """A level beyond the snapshot that happens to be known is no offer to reckon with: better ones may be missing."""
    truth, hub = TrueBook(seed=1, levels=300), ByHand()
    book = LocalBook(hub, client_of(truth), "BTCUSDT", limit=100, policy=AT_ONCE)
    hub.say(live())
    book.wait_in_sync(30)
    hub.say(event(truth.update_id + 1, truth.update_id + 1, [], [("70000", "1000000")]))

    cost = book.cost("BUY", quantity="100000")

    assert (False, True, 100) == (cost.is_filled, cost.is_past_edge, cost.levels)
    assert 101 == len(book.ladder(1000)[1])


def test_an_empty_side_fills_nothing() -> None:
    """Without anybody on the other side there is no price."""
    cost = cost_of(Decimal(5), [], is_quote=False)

    assert (None, None, None, Decimal(5), False) == (
        cost.average_price,
        cost.worst_price,
        cost.slippage_bps,
        cost.missing,
        cost.is_filled,
    )
    assert "BUY: nobody stands on the other side." == str(cost)


@pytest.mark.parametrize(
    ("side", "words", "culprit"),
    [
        ("UP", {"quantity": 1}, "UP"),
        ("BUY", {}, "quantity"),
        ("BUY", {"quantity": 1, "quote_quantity": 1}, "quantity"),
        ("BUY", {"quantity": 0}, "0"),
        ("BUY", {"quantity": "-1"}, "-1"),
        ("BUY", {"quantity": "much"}, "much"),
        ("BUY", {"quantity": float("nan")}, "nan"),
        ("BUY", {"quote_quantity": float("inf")}, "inf"),
    ],
)
def test_amounts_that_do_not_fit_are_refused(
    book: LocalBook, side: str, words: dict[str, float | str], culprit: str
) -> None:
    """The word that is wrong is named, and a right one shown."""
    with pytest.raises(UsageError) as caught:
        book.cost(side, **words)

    assert culprit == caught.value.culprit
    assert caught.value.hint
    assert caught.value.suggestion


def test_a_float_is_read_by_its_shortest_digits(book: LocalBook) -> None:
    """0.1 is a tenth, not the float nearest to it."""
    assert Decimal("0.1") == book.cost("BUY", 0.1).quantity
