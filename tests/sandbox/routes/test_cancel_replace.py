"""Taking an order back and placing another in one call."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from binance_nb.catalog.limits import DEFAULT_LIMITS
from tests.sandbox.desk import Desk, Reply

BTC = {"symbol": "BTCUSDT"}
RESTING = {"quantity": "0.001", "price": "50000"}
MODES = ("STOP_ON_FAILURE", "ALLOW_FAILURE")
LIMIT = min(limit.limit for limit in DEFAULT_LIMITS if limit.kind == "ORDERS")


def replace(desk: Desk, *, can_cancel: bool, can_place: bool, **more: object) -> Reply:
    """Replace order 1, or one that does not exist, by one that is accepted, or by one that would take."""
    price = "51000" if can_place else "90000"
    new = {"side": "BUY", "type": "LIMIT_MAKER", "quantity": "0.001", "price": price}
    return desk.ask("POST", "order/cancelReplace", **BTC, cancelOrderId=1 if can_cancel else 99, **new, **more)


def outcomes(spec_folder: Path) -> dict[tuple[object, ...], int | None]:
    endpoints = json.loads((spec_folder / "rest_endpoints.json").read_text(encoding="utf-8"))
    (declared,) = (one for one in endpoints if one["name"] == "cancel_replace")
    names = (
        "cancelReplaceMode",
        "orderRateLimitExceededMode",
        "within_unfilled_limit",
        "cancelResult",
        "newOrderResult",
    )
    return {tuple(row[name] for name in names): row["http_status"] for row in declared["outcome_matrix"]}


def use_up(desk: Desk) -> None:
    """Place orders until no more are allowed."""
    desk.venue.accounts["main"].order_limits.placed(LIMIT, desk.clock.now_ms())


@pytest.mark.parametrize("is_within", [True, False])
@pytest.mark.parametrize("over_mode", ["DO_NOTHING", "CANCEL_ONLY"])
@pytest.mark.parametrize(
    ("mode", "can_cancel", "can_place"), [(mode, *able) for mode in MODES for able in product((True, False), repeat=2)]
)
def test_every_outcome_has_the_documented_status(
    moving_desk: Desk, spec_folder: Path, mode: str, over_mode: str, is_within: bool, can_cancel: bool, can_place: bool
) -> None:
    """Code, status and the results of both halves agree with the table; past the limit DO_NOTHING does nothing."""
    moving_desk.order(**RESTING)
    if not is_within:
        use_up(moving_desk)

    reply = replace(
        moving_desk,
        can_cancel=can_cancel,
        can_place=can_place,
        cancelReplaceMode=mode,
        orderRateLimitExceededMode=over_mode,
    )

    if not is_within and over_mode == "DO_NOTHING":
        assert (429, -1015) == reply.refusal[:2]
        assert "data" not in reply.json
        return
    results = reply.json.get("data", reply.json)
    outcome = (mode, over_mode, is_within, results["cancelResult"], results["newOrderResult"])
    assert outcomes(spec_folder)[outcome] == reply.status
    assert (results["cancelResult"] == "SUCCESS") is can_cancel
    assert_consistent(reply, results, can_place=can_place and is_within)


def assert_consistent(reply: Reply, results: dict[str, Any], *, can_place: bool) -> None:
    """What both halves say agrees with the code above them."""
    cancelled, placed = results["cancelResult"], results["newOrderResult"]
    if placed != "NOT_ATTEMPTED":
        assert (placed == "SUCCESS") is can_place
    assert (placed == "NOT_ATTEMPTED") is (results["newOrderResponse"] is None)
    assert ("code" in results["cancelResponse"]) is (cancelled == "FAILURE")
    if cancelled == placed == "SUCCESS":
        assert "code" not in reply.json
    elif "SUCCESS" in (cancelled, placed):
        assert (-2021, "Order cancel-replace partially failed.") == reply.refusal[1:]
    else:
        assert (-2022, "Order cancel-replace failed.") == reply.refusal[1:]


def test_both_halves_answer_like_their_own_endpoints(desk: Desk) -> None:
    """The cancel as a cancel, under its own id; the order as an order, as long as its type makes it."""
    desk.order(**RESTING, newClientOrderId="old")

    reply = desk.ask(
        "POST",
        "order/cancelReplace",
        **BTC,
        side="BUY",
        type="LIMIT",
        timeInForce="GTC",
        quantity="0.002",
        price="51000",
        cancelOrigClientOrderId="old",
        cancelNewClientOrderId="cancel",
        newClientOrderId="new",
        cancelReplaceMode="STOP_ON_FAILURE",
    ).json

    cancelled, placed = reply["cancelResponse"], reply["newOrderResponse"]
    assert ("old", "cancel", "CANCELED") == tuple(
        cancelled[name] for name in ("origClientOrderId", "clientOrderId", "status")
    )
    assert ("new", "NEW", []) == tuple(placed[name] for name in ("clientOrderId", "status", "fills"))
    assert ["new"] == [row["clientOrderId"] for row in desk.ask("GET", "openOrders").json]


def test_the_freed_balance_pays_for_the_new_order(desk: Desk) -> None:
    """The cancel comes first."""
    desk.order(quantity="1.9", price="50000")

    reply = desk.ask(
        "POST",
        "order/cancelReplace",
        **BTC,
        side="BUY",
        type="LIMIT_MAKER",
        quantity="1.95",
        price="51000",
        cancelOrderId=1,
        cancelReplaceMode="STOP_ON_FAILURE",
    )

    assert 200 == reply.status


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"price": "50000.001"}, (400, -1013, "Filter failure: PRICE_FILTER")),
        ({"symbol": "NOSUCH"}, (400, -1121, "Invalid symbol.")),
        ({"cancelRestrictions": "NEVER"}, (400, -1145, "Invalid cancelRestrictions")),
        ({"cancelOrderId": None}, (400, -1102, None)),
        ({"symbol": "ADAUSDT"}, (400, -2010, "Order cancel-replace is not supported for this symbol.")),
    ],
)
def test_what_is_wrong_beforehand_stops_both(
    desk: Desk, params: dict[str, object], refusal: tuple[int, int, str | None]
) -> None:
    """Parameters and filters are looked at before either half runs."""
    desk.order(**RESTING)
    sent: dict[str, object] = {**BTC, "side": "BUY", "type": "LIMIT_MAKER", "cancelReplaceMode": "ALLOW_FAILURE"}
    sent = {**sent, **RESTING, "cancelOrderId": 1, **params}

    reply = desk.ask("POST", "order/cancelReplace", **{name: value for name, value in sent.items() if value})

    assert (*refusal[:2], refusal[2] or reply.refusal[2]) == reply.refusal
    assert "data" not in reply.json
    assert [1] == [row["orderId"] for row in desk.ask("GET", "openOrders").json]


def test_a_cancel_restricted_to_another_state_fails(desk: Desk) -> None:
    """The restriction is the cancel's failure, not the call's."""
    desk.order(**RESTING)

    reply = replace(
        desk,
        can_cancel=True,
        can_place=True,
        cancelReplaceMode="STOP_ON_FAILURE",
        cancelRestrictions="ONLY_PARTIALLY_FILLED",
    )

    assert (400, -2022) == reply.refusal[:2]
    restricted = {"code": -2011, "msg": "Order was not canceled due to cancel restrictions."}
    assert restricted == reply.json["data"]["cancelResponse"]


def test_an_order_that_was_not_attempted_counts(moving_desk: Desk) -> None:
    """The unfilled count rises as if it had been placed; a refused order does not raise it."""
    replace(moving_desk, can_cancel=False, can_place=True, cancelReplaceMode="STOP_ON_FAILURE")
    after_skip = moving_desk.ask("GET", "rateLimit/order").json[0]["count"]
    replace(moving_desk, can_cancel=False, can_place=False, cancelReplaceMode="ALLOW_FAILURE")

    assert [1, 1] == [after_skip, moving_desk.ask("GET", "rateLimit/order").json[0]["count"]]


def test_only_a_call_that_works_costs_nothing(moving_desk: Desk) -> None:
    """Half a success is a failure in weight."""
    moving_desk.order(**RESTING)
    weights = [
        replace(moving_desk, can_cancel=can, can_place=True, cancelReplaceMode="ALLOW_FAILURE").weight
        for can in (True, False)
    ]

    assert [0, 1] == weights


def test_a_new_order_counts_in_the_headers_even_where_the_cancel_failed(desk: Desk) -> None:
    """Whoever counts by the headers learns of every order that was placed, and of no other."""
    placed = replace(desk, can_cancel=False, can_place=True, cancelReplaceMode="ALLOW_FAILURE")
    refused = replace(desk, can_cancel=False, can_place=False, cancelReplaceMode="ALLOW_FAILURE")

    assert (409, "1") == (placed.status, placed.headers["X-MBX-ORDER-COUNT-10S"])
    assert (400, False) == (refused.status, "X-MBX-ORDER-COUNT-10S" in refused.headers)
