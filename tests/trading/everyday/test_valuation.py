from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from binance_nb.trading.everyday.valuation import Balance, Price, value

amounts = st.decimals(0, 10**9, places=8, allow_nan=False, allow_infinity=False)


def balance(asset: str, free: str, locked: str = "0") -> Balance:
    return Balance(asset, Decimal(free), Decimal(locked))


def price(last: str, before: str | None = None) -> Price:
    return Price(Decimal(last), None if before is None else Decimal(before))


PRICES = {
    "BTCUSDT": price("60000", "50000"),
    "ETHBTC": price("0.05", "0.05"),
    "USDTTRY": price("40", "32"),
    "SHIBUSDT": price("0.00001", None),
}


def test_assets_are_valued_directly_through_another_and_the_other_way_round() -> None:
    """With the symbols that say so, the dearest first."""
    valued = value(
        [balance("TRY", "400"), balance("ETH", "1", "1"), balance("BTC", "0.5"), balance("USDT", "7")], PRICES, "USDT"
    )

    found = [(each.balance.asset, each.worth, each.at) for each in valued.positions]

    assert found == [
        ("BTC", Decimal(30_000), "BTCUSDT"),
        ("ETH", Decimal(6_000), "ETHBTC × BTCUSDT"),
        ("TRY", Decimal(10), "1/USDTTRY"),
        ("USDT", Decimal(7), ""),
    ]
    assert (valued.total, valued.symbols) == (Decimal(36_017), ("BTCUSDT", "ETHBTC", "USDTTRY"))


def test_what_has_no_price_is_named_and_never_nought() -> None:
    """It stands last, outside of the sum and of the shares."""
    valued = value([balance("NOPE", "5"), balance("USDT", "10")], PRICES, "USDT")
    usdt, nope = valued.positions

    assert (valued.total, valued.unpriced) == (Decimal(10), ("NOPE",))
    assert (nope.worth, nope.share, nope.change, usdt.share) == (None, None, None, Decimal(1))


def test_changes_are_those_of_the_prices_for_what_is_held_now() -> None:
    """Of each asset and of the sum; the asset that is counted in has none."""
    valued = value([balance("BTC", "1"), balance("USDT", "50000")], PRICES, "USDT")

    changes = [each.change for each in valued.positions]

    assert changes == [Decimal("0.2"), None]
    assert valued.change == Decimal("0.1")


def test_a_price_of_yesterday_that_is_missing_leaves_the_change_untold() -> None:
    """Of the asset and of the sum: half a sum would be a wrong one."""
    valued = value([balance("SHIB", "1000000"), balance("BTC", "1")], PRICES, "USDT")

    assert [each.change for each in valued.positions] == [Decimal("0.2"), None]
    assert valued.change is None


def test_nothing_is_worth_nothing() -> None:
    """An empty account, and one with empty balances."""
    valued = value([balance("BTC", "0")], PRICES, "USDT")

    assert (valued.positions, valued.total, valued.change) == ((), Decimal(0), None)


@given(st.lists(amounts, min_size=1, max_size=30))
def test_sums_are_exact(held: list[Decimal]) -> None:
    """Not a digit of any amount is lost on the way."""
    balances = [Balance(f"A{at}", amount, amount) for at, amount in enumerate(held)]
    prices = {f"A{at}USDT": price("1.00000001") for at in range(len(held))}

    valued = value(balances, prices, "USDT")

    assert valued.total == sum(held, Decimal(0)) * 2 * Decimal("1.00000001")
