"""The filters decide as the independent checker does, rule by rule, and show the numbers they decided on."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import Kind
from binance_nb.catalog.filters import FILTERS, Filter, Relation, reference_price

NAMES = sorted(FILTERS)
EXACT = Context(prec=200)
LOT_SIZE = {"filterType": "LOT_SIZE", "minQty": "0.00100000", "maxQty": "100", "stepSize": "0.00100000"}

WORDS = {
    "side": st.sampled_from(["BUY", "SELL"]),
    "type": st.sampled_from(
        ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER"]
    ),
    "asset": st.sampled_from(["USDC", "BNB"]),
    "baseAsset": st.sampled_from(["USDC", "BNB", "BTC"]),
    "quoteAsset": st.sampled_from(["USDC", "BNB", "BTC"]),
}
# Few digits, so that sums, products and multiples meet their bounds often; zero among them, which may switch rules off.
FEW_DIGITS = st.builds(
    lambda digits, places: f"{Decimal(digits).scaleb(-places):f}", st.integers(0, 40), st.integers(0, 2)
)
WIRE = st.builds(lambda whole, part: f"{whole}.{part:030}", st.integers(0, 10**30 - 1), st.integers(0, 10**30 - 1))
NUMBERS = FEW_DIGITS | WIRE
COUNTS = st.integers(0, 6)


def config_of(item: Filter) -> st.SearchStrategy[dict[str, Any]]:
    """Any configuration of a filter, as exchange_info writes it."""
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {Kind.DECIMAL: NUMBERS, Kind.INT: COUNTS, Kind.BOOLEAN: st.booleans()}
    values = {name: WORDS[name] if name in WORDS else by_kind[kind] for name, kind in item.fields.items()}
    return st.fixed_dictionaries(values)


def inputs_of(item: Filter) -> st.SearchStrategy[dict[str, Any]]:
    """Any order, as the texts or numbers that a filter is asked about."""
    numbers = FEW_DIGITS | WIRE.map(Decimal) | COUNTS
    return st.fixed_dictionaries({name: WORDS.get(name, numbers) for name in item.inputs})


@pytest.fixture(scope="module")
def documented(spec_data: Any) -> dict[str, dict[str, Any]]:
    """The spec's filters by name."""
    return {entry["name"]: entry for entry in spec_data("filters.json")["filters"]}


def test_names_are_those_of_the_documentation(documented: dict[str, Any]) -> None:
    """All twenty filters are declared, in the documentation's order, and no other."""
    assert list(documented) == list(FILTERS)


@pytest.mark.parametrize("name", NAMES)
def test_facts_agree(name: str, documented: dict[str, Any]) -> None:
    """Fields with their types, scope, inputs, failure message and code are the documented ones."""
    item, entry = FILTERS[name], documented[name]
    said = {
        "scope": item.scope,
        "seen_in": list(item.seen_in),
        "fields": [{"name": field, "type": kind.value} for field, kind in item.fields.items()],
        "applies_to": list(item.applies_to),
        "error_message": item.message,
        "error_code": item.code,
        "error_message_documented": item.is_message_documented,
    }

    assert {key: entry[key] for key in said} == said
    assert list(entry["inputs"]) == list(item.inputs)
    assert len(entry["rules"]) == len(item.rules)


@pytest.mark.parametrize("name", NAMES)
def test_documented_cases_agree(name: str, documented: dict[str, Any]) -> None:
    """Every documented case passes or fails as it says."""
    entry = documented[name]

    assert [case["pass"] for case in entry["cases"]] == [
        FILTERS[name].broken(entry["example"], case["inputs"]) is None for case in entry["cases"]
    ]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_rule_decides_as_the_checker(
    name: str, data: st.DataObject, documented: dict[str, Any], spec_check: Any
) -> None:
    """On any configuration and any order each rule, and so the filter, gives the checker's verdict."""
    item, entry = FILTERS[name], documented[name]
    config, inputs = data.draw(config_of(item)), data.draw(inputs_of(item))
    found = [rule.check({**config, **inputs}) for rule in item.rules]
    with localcontext(EXACT):
        expected = [spec_check.filter_passes({**entry, "rules": [rule]}, inputs, config) for rule in entry["rules"]]

    assert expected == [check is None or check.passed for check in found]
    assert all(expected) == (item.broken(config, inputs) is None)


def test_the_first_broken_rule_is_named() -> None:
    """The rule says in words what it demands, and stands for the filter's failure."""
    rule = FILTERS["LOT_SIZE"].broken(LOT_SIZE, {"value": "0.0001"})

    assert rule is FILTERS["LOT_SIZE"].rules[0]
    assert rule.about == "value at least minQty"
    assert FILTERS["NOTIONAL"].rules[0].about == "price × quantity at least minNotional"


def test_a_report_shows_what_was_sent_and_the_bound() -> None:
    """Each rule that concerns the order comes with both numbers and its verdict, broken or not."""
    checks = FILTERS["LOT_SIZE"].checks(LOT_SIZE, {"value": Decimal("0.00012345")})

    assert [(check.rule.relation, check.bound, check.passed) for check in checks] == [
        (Relation.AT_LEAST, Decimal("0.001"), False),
        (Relation.AT_MOST, Decimal(100), True),
        (Relation.MULTIPLE_OF, Decimal("0.001"), False),
    ]
    assert {Decimal("0.00012345")} == {check.sent for check in checks}


def test_a_bound_of_zero_is_no_rule() -> None:
    """Prices have no bound and no raster where the exchange writes zero, and a quantity no raster."""
    free = {"minPrice": "0.00", "maxPrice": "0", "tickSize": "0.00000000"}

    assert () == FILTERS["PRICE_FILTER"].checks(free, {"value": "0.123456789"})
    assert FILTERS["LOT_SIZE"].broken({**LOT_SIZE, "stepSize": "0.00000000"}, {"value": "0.0012345"}) is None


def test_only_what_concerns_the_order_is_needed() -> None:
    """A LIMIT order is judged without a reference price; a number that is needed and missing is named."""
    config = {"minNotional": "10", "maxNotional": "100", "applyMinToMarket": True, "applyMaxToMarket": False}
    limit = {"type": "LIMIT", "price": "5", "quantity": "2"}
    notional = FILTERS["NOTIONAL"]

    assert notional.broken(config, limit) is None
    assert len(notional.checks(config, {"type": "MARKET", "quantity": "1", "ref": "50"})) == 1
    with pytest.raises(KeyError, match="ref"):
        notional.broken(config, {"type": "MARKET", "quantity": "1"})


def test_long_numbers_are_compared_exactly() -> None:
    """Neither a product nor a remainder is rounded, however many digits the wire brings."""
    raster = {**LOT_SIZE, "maxQty": "9" * 30, "stepSize": "0." + "0" * 29 + "1"}
    just_over = {"type": "LIMIT", "price": "10000000000.00000000000000000001", "quantity": "10000000000"}
    most = {"minNotional": "0", "maxNotional": "1" + "0" * 20}

    assert FILTERS["LOT_SIZE"].broken(raster, {"value": "1" + "0" * 25 + "." + "0" * 29 + "1"}) is None
    assert FILTERS["NOTIONAL"].broken(most, just_over) is FILTERS["NOTIONAL"].rules[1]


@pytest.mark.parametrize("name", ["PERCENT_PRICE", "PERCENT_PRICE_BY_SIDE", "MIN_NOTIONAL", "NOTIONAL"])
@pytest.mark.parametrize("reference", [None, Decimal(7)])
@pytest.mark.parametrize("minutes", [0, 5])
def test_prices_are_compared_with_the_documented_reference(
    name: str, reference: Decimal | None, minutes: int, documented: dict[str, Any]
) -> None:
    """The reference price goes first, then the average, and over no minutes at all the last price."""
    facts = {"referencePrice": reference, "lastPrice": Decimal(3), "avgPriceMins": minutes}
    (definition,) = documented[name]["definitions"]
    expected = eval(definition.removeprefix("ref = "), {"vwap": lambda over: Decimal(100 + over)}, facts)

    assert expected == reference_price(
        {"avgPriceMins": minutes},
        reference=reference,
        last=lambda: Decimal(3),
        average=lambda over: Decimal(100 + over),
    )
