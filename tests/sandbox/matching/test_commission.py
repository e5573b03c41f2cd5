"""What trades cost."""

from __future__ import annotations

from binance_nb.sandbox.amounts import E8, e8_of
from binance_nb.sandbox.matching.commission import (
    STANDARD,
    Commission,
    Rates,
    commission_for_order,
    commission_of,
    share_of,
)
from tests.sandbox.matching.pit import Pit

DOCUMENTED = Commission(
    standard=Rates(maker_e8=10, taker_e8=20, buyer_e8=30, seller_e8=40),
    special=Rates(maker_e8=1_000_000, taker_e8=2_000_000, buyer_e8=3_000_000, seller_e8=4_000_000),
    tax=Rates(maker_e8=112, taker_e8=114, buyer_e8=118, seller_e8=116),
)


def test_the_documented_example_comes_out_to_the_last_digit() -> None:
    """A market order that sells 0.49975 at 35000: each kind of commission is the documentation's."""
    brings_e8 = e8_of("17491.25")
    kinds = [
        share_of(brings_e8, rates.of(is_maker=False, is_buy=False))
        for rates in (DOCUMENTED.standard, DOCUMENTED.tax, DOCUMENTED.special)
    ]

    assert [e8_of("0.01049475"), e8_of("0.04022988"), e8_of("1049.475")] == kinds
    assert sum(kinds) == DOCUMENTED.on(brings_e8, is_maker=False, is_buy=False)


def test_the_discount_is_on_the_standard_commission_only() -> None:
    """Three quarters of it are left; special and tax stay."""
    full = DOCUMENTED.on(10**12, is_maker=True, is_buy=True)
    discounted = DOCUMENTED.on(10**12, is_maker=True, is_buy=True, is_discounted=True)

    assert 10**12 * 40 // E8 // 4 == full - discounted


def test_an_account_can_pay_other_rates_on_one_symbol() -> None:
    """The maker pays as a maker and the buyer as a buyer, each at his own account's rates."""
    pit = Pit()
    pit.account("second").symbol_commission["BTCUSDT"] = DOCUMENTED
    price_e8 = pit.alone("SELL")
    maker = pit.place("SELL", price_e8=price_e8, who="second")
    taker = pit.place("BUY", price_e8=price_e8)

    (sold,), (bought,) = maker.fills, taker.fills

    assert share_of(100_000, 100_000) == bought.commission_e8
    assert DOCUMENTED.on(sold.quote_e8, is_maker=True, is_buy=False) == sold.commission_e8


def test_commission_in_bnb_is_discounted_and_leaves_what_was_received_alone() -> None:
    """It is taken at BNB's last price in the asset received; all of that arrives."""
    pit = Pit()
    pit.account().pays_with_bnb = True
    bnb_e8 = pit.market.last_price_e8("BNBUSDT", pit.now_ms)

    (sold,) = pit.place("SELL", "MARKET", "0.001").fills

    assert ("BNB", share_of(share_of(sold.quote_e8, 100_000), 75_000_000) * E8 // bnb_e8) == (
        sold.commission_asset,
        sold.commission_e8,
    )
    assert 100 * E8 - sold.commission_e8 == pit.balance("BNB")[0]
    assert 100_000 * E8 + sold.quote_e8 == pit.balance("USDT")[0]


def test_without_enough_bnb_the_full_commission_is_taken_from_what_comes_in() -> None:
    """There is no discount then."""
    pit = Pit()
    pit.account().pays_with_bnb = True
    pit.account().ledger.book("BNB", -100 * E8)

    (bought,) = pit.place("BUY", "MARKET", "0.001").fills

    assert ("BTC", 100) == (bought.commission_asset, bought.commission_e8)


def test_bnb_is_priced_over_dollars_where_it_has_no_market() -> None:
    """ETH has none with BNB here; both are worth something in USDT."""
    pit = Pit(symbol="ETHUSDT")
    pit.account().pays_with_bnb = True
    eth_e8, bnb_e8 = (pit.market.last_price_e8(symbol, pit.now_ms) for symbol in ("ETHUSDT", "BNBUSDT"))

    (bought,) = pit.place("BUY", "MARKET", "0.01").fills

    assert ("BNB", share_of(1000, 75_000_000) * eth_e8 // bnb_e8) == (bought.commission_asset, bought.commission_e8)


def test_rates_are_printed_by_party() -> None:
    """All four of a symbol; a tested order is told maker and taker, with what its side costs besides."""
    account = Pit().account()
    account.symbol_commission["BTCUSDT"] = Commission(STANDARD.standard, tax=Rates(seller_e8=1))

    symbol = commission_of(account, "BTCUSDT")
    order, purchase = (commission_for_order(account, "BTCUSDT", is_buy=is_buy) for is_buy in (False, True))

    rates = {"maker": "0.00100000", "taker": "0.00100000"}
    assert {**rates, "buyer": "0.00000000", "seller": "0.00000000"} == symbol["standardCommission"]
    assert "0.00000001" == symbol["taxCommission"]["seller"]
    assert (rates, "0.75000000") == (order["standardCommissionForOrder"], order["discount"]["discount"])
    assert {"maker": "0.00000001", "taker": "0.00000001"} == order["taxCommissionForOrder"]
    assert {"maker": "0.00000000", "taker": "0.00000000"} == purchase["taxCommissionForOrder"]
