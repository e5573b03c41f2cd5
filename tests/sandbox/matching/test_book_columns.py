"""What users did, laid over the market's levels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.sandbox.matching.book_columns import overlaid

PRICES = st.integers(1, 40)
AMOUNTS = st.integers(1, 9)


def plainly(
    rows: dict[int, int], direction: int, taken: dict[int, int], across: int, shown: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The same by hand."""
    seen = {price: amount - taken.get(price, 0) for price, amount in rows.items()}
    seen = {price: amount for price, amount in seen.items() if amount > 0}
    if across:
        seen = {price: amount for price, amount in seen.items() if direction * (price - across) > 0}
    for price, amount in shown:
        seen[price] = seen.get(price, 0) + amount
    return sorted(seen.items(), key=lambda row: direction * row[0])


@given(
    st.dictionaries(PRICES, AMOUNTS),
    st.sampled_from([1, -1]),
    st.dictionaries(PRICES, AMOUNTS),
    st.just(0) | PRICES,
    st.lists(st.tuples(PRICES, AMOUNTS)),
)
def test_it_is_what_one_would_count(
    rows: dict[int, int], direction: int, taken: dict[int, int], across: int, shown: list[tuple[int, int]]
) -> None:
    """Taken amounts are gone, crossed levels are not there, orders are added to their price."""
    drawn = sorted(rows, key=lambda price: direction * price)
    columns = np.array(drawn, dtype=np.int64), np.array([rows[price] for price in drawn], dtype=np.int64)

    prices, amounts = overlaid(columns, direction, taken=taken, across_e8=across, shown=shown)

    expected = plainly(rows, direction, taken, across, shown)
    assert expected == list(zip(prices.tolist(), amounts.tolist(), strict=True))


def test_sums_past_64_bits_are_kept() -> None:
    """Two orders, each as large as one may be."""
    half = 5 * 10**18
    columns = np.array([7], dtype=np.int64), np.array([1], dtype=np.int64)

    prices, amounts = overlaid(columns, 1, taken={}, across_e8=0, shown=[(5, half), (5, half)])

    assert ([5, 7], [2 * half, 1]) == (prices.tolist(), amounts.tolist())
