"""What is listed, by which rules, and how it is chosen."""

from __future__ import annotations

import pytest

from tests.sandbox.desk import Desk

ORDINARY = 12


def names(desk: Desk, **params: object) -> list[str]:
    return [row["symbol"] for row in desk.get("exchangeInfo", **params).json["symbols"]]


def test_exchange_info_is_chosen_by_name(desk: Desk) -> None:
    """One symbol or several, whatever their state and whoever may trade them."""
    assert ["ETHBTC"] == names(desk, symbol="ETHBTC")
    assert ["ADABTC"] == names(desk, symbol="ADABTC")
    assert ["ETHBTC", "XRPETH"] == names(desk, symbols='["ETHBTC","XRPETH"]')


@pytest.mark.parametrize("params", [{"symbol": "NOSUCH"}, {"symbols": '["BTCUSDT","NOSUCH"]'}])
def test_one_unknown_symbol_fails_the_whole_call(desk: Desk, params: dict[str, str]) -> None:
    """Nothing is left out silently."""
    assert (400, -1121, "Invalid symbol.") == desk.get("exchangeInfo", **params).refusal


@pytest.mark.parametrize(
    ("params", "count", "special"),
    [
        ({}, ORDINARY + 2, {"SOLETH", "XRPETH"}),
        ({"permissions": "SPOT"}, ORDINARY + 2, {"SOLETH", "XRPETH"}),
        ({"permissions": '["MARGIN","SPOT"]'}, ORDINARY + 2, {"SOLETH", "XRPETH"}),
        ({"permissions": "MARGIN"}, 0, set()),
        ({"permissions": "TRD_GRP_005"}, 1, {"ADABTC"}),
        ({"permissions": '["TRD_GRP_004","SPOT"]'}, ORDINARY + 3, {"ADABTC", "SOLETH", "XRPETH"}),
        ({"symbolStatus": "TRADING"}, ORDINARY, set()),
        ({"symbolStatus": "HALT"}, 1, {"SOLETH"}),
        ({"symbolStatus": "BREAK"}, 1, {"XRPETH"}),
        ({"symbolStatus": "TRADING", "permissions": "TRD_GRP_004"}, 1, {"ADABTC"}),
    ],
)
def test_exchange_info_is_chosen_by_permission_and_state(
    desk: Desk, params: dict[str, str], count: int, special: set[str]
) -> None:
    """Unasked, what only some groups may trade stays out; symbols that have stopped are listed."""
    found = names(desk, **params)

    assert count == len(found)
    assert special == {"ADABTC", "SOLETH", "XRPETH"} & set(found)


@pytest.mark.parametrize(
    "params",
    [
        {"symbol": "BTCUSDT", "symbols": '["ETHUSDT"]'},
        {"symbol": "BTCUSDT", "permissions": "SPOT"},
        {"symbols": '["BTCUSDT"]', "permissions": "SPOT"},
        {"symbol": "BTCUSDT", "symbolStatus": "TRADING"},
        {"symbols": '["BTCUSDT"]', "symbolStatus": "TRADING"},
    ],
)
def test_names_do_not_go_with_other_choices(desk: Desk, params: dict[str, str]) -> None:
    """A symbol is chosen by its name or by what it is."""
    assert (400, -1128, "Combination of optional parameters invalid.") == desk.get("exchangeInfo", **params).refusal


def test_permission_sets_can_be_left_out(desk: Desk) -> None:
    """The field stays, empty."""
    rows = [
        desk.get("exchangeInfo", symbol="ADABTC", **params).json["symbols"][0]["permissionSets"]
        for params in ({}, {"showPermissionSets": "true"}, {"showPermissionSets": "false"})
    ]

    assert [[["TRD_GRP_004", "TRD_GRP_005"]], [["TRD_GRP_004", "TRD_GRP_005"]], []] == rows


def test_exchange_info_states_the_limits_that_bind(desk: Desk) -> None:
    """Weight, both order windows and raw requests."""
    limits = desk.get("exchangeInfo").json["rateLimits"]

    assert [
        ("REQUEST_WEIGHT", 1, "MINUTE", 6000),
        ("ORDERS", 10, "SECOND", 100),
        ("ORDERS", 1, "DAY", 200_000),
        ("RAW_REQUESTS", 5, "MINUTE", 300_000),
    ] == [(row["rateLimitType"], row["intervalNum"], row["interval"], row["limit"]) for row in limits]


@pytest.mark.parametrize(
    ("params", "symbols", "weight"),
    [
        ({}, ["BNBUSDT", "LTCUSDT", "DOGEUSDT"], 40),
        ({"symbol": "BNBUSDT"}, ["BNBUSDT"], 2),
        ({"symbol": "BTCUSDT"}, [], 2),
        ({"symbols": '["DOGEUSDT","BTCUSDT"]'}, ["DOGEUSDT"], 4),
        ({"symbolStatus": "HALT"}, [], 40),
    ],
)
def test_execution_rules_of_the_symbols_that_have_any(
    desk: Desk, params: dict[str, str], symbols: list[str], weight: int
) -> None:
    """A symbol without rules has no row."""
    reply = desk.get("executionRules", **params)

    assert weight == reply.weight
    assert set(symbols) == {row["symbol"] for row in reply.json["symbolRules"]}
    assert all(rule["ruleType"] == "PRICE_RANGE" for row in reply.json["symbolRules"] for rule in row["rules"])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"symbol": "BNBUSDT", "symbols": '["BNBUSDT"]'}, -1128),
        ({"symbol": "BNBUSDT", "symbolStatus": "TRADING"}, -1128),
        ({"symbols": '["BNBUSDT"]', "symbolStatus": "TRADING"}, -1128),
        ({"symbol": "NOSUCH"}, -1121),
        ({"symbolStatus": "CANCEL_ONLY"}, -1122),
    ],
)
def test_execution_rules_take_one_choice(desk: Desk, params: dict[str, str], code: int) -> None:
    """At most one of its three parameters."""
    assert code == desk.get("executionRules", **params).json["code"]
