"""429, then 418; order counts; and a clock that stands, which limits nobody."""

from __future__ import annotations

import pytest

from binance_nb.sandbox.limits import CALLS_BEFORE_BAN, AddressLimits, OrderLimits
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.desk import NOW_MS, Desk, Reply


def refusals_of(desk: Desk, calls: int) -> list[int]:
    return [desk.get("ping").status for _ in range(calls)]


def use_up(desk: Desk) -> Reply:
    """Spend exactly the minute's weight."""
    return [desk.ask("GET", "openOrders") for _ in range(75)][-1]


def test_the_call_past_the_limit_is_told_how_long_to_wait(moving_desk: Desk) -> None:
    """6000 weight a minute pass; the next call gets 429 and the seconds to the end of the minute."""
    moving_desk.seconds = 15.4
    use_up(moving_desk)
    spent = moving_desk.ask("GET", "openOrders", symbol="BTCUSDT")

    reply = moving_desk.get("ping")

    assert spent.weight == 6006
    assert (429, "45") == (reply.status, reply.headers["Retry-After"])
    assert reply.json == {
        "code": -1003,
        "msg": "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket "
        "Streams for live updates to avoid polling the API.",
    }


def test_the_limit_itself_may_be_reached(moving_desk: Desk) -> None:
    """The call that spends the last of the weight is served."""
    last = use_up(moving_desk)

    assert (200, 6000) == (last.status, last.weight)


def test_a_new_minute_starts_from_nothing(moving_desk: Desk) -> None:
    """The count goes with the minute of the sandbox's clock."""
    use_up(moving_desk)
    moving_desk.seconds = 59.999
    before = moving_desk.get("ping")
    moving_desk.seconds = 60.0

    after = moving_desk.get("ping")

    assert (429, 200, 1) == (before.status, after.status, after.weight)


def test_who_goes_on_calling_is_banned(moving_desk: Desk) -> None:
    """After so many ignored 429 comes 418 with the end of the ban, two minutes away, and holds into the next minute."""
    use_up(moving_desk)

    statuses = refusals_of(moving_desk, CALLS_BEFORE_BAN + 1)
    moving_desk.seconds = 60.5
    banned = moving_desk.get("ping")

    assert [429] * CALLS_BEFORE_BAN + [418] == statuses
    assert (418, "60") == (banned.status, banned.headers["Retry-After"])
    assert banned.json == {
        "code": -1003,
        "msg": f"Way too much request weight used; IP banned until {NOW_MS + 120_000}. Please use WebSocket Streams "
        "for live updates to avoid bans.",
    }


def test_a_ban_ends(moving_desk: Desk) -> None:
    """At the moment it named, calls pass again."""
    use_up(moving_desk)
    refusals_of(moving_desk, CALLS_BEFORE_BAN + 1)
    moving_desk.seconds = 120.0

    reply = moving_desk.get("ping")

    assert reply.status == 200


def test_bans_grow_up_to_three_days() -> None:
    """Every further ban is twice as long as the one before."""
    limits, now_ms = AddressLimits(binds=True), 0
    bans: list[int] = []
    while len(bans) < 14:
        with pytest.raises(Refusal) as caught:
            limits.charge(6001, now_ms)
        if caught.value.status == 418:
            bans.append(int(caught.value.headers["Retry-After"]))
            now_ms += bans[-1] * 1000

    assert [120, 240, 480, 960] == bans[:4]
    assert 259_200 == max(bans) == bans[-1]


def test_too_many_requests_are_refused_whatever_they_weigh() -> None:
    """300,000 calls in five minutes pass, and not one more, even where each weighs nothing."""
    limits = AddressLimits(binds=True)
    for _ in range(300_000):
        limits.charge(0, NOW_MS)

    with pytest.raises(Refusal) as caught:
        limits.charge(0, NOW_MS)

    assert (429, -1003, "300") == (caught.value.status, caught.value.code, caught.value.headers["Retry-After"])


def test_on_a_clock_that_stands_nobody_is_refused(desk: Desk) -> None:
    """Windows that never end cannot bind; the weight is counted all the same."""
    for _ in range(80):
        desk.ask("GET", "openOrders")

    reply = desk.get("ping")

    assert (200, 6401) == (reply.status, reply.weight)


def test_addresses_are_counted_apart(moving_desk: Desk) -> None:
    """What one address uses is not charged to another."""
    moving_desk.get("ping")
    moving_desk.address = "127.0.0.2"

    reply = moving_desk.get("ping")

    assert reply.weight == 1


def rest(desk: Desk, **params: object) -> dict[str, str]:
    """Place an order that will wait, and return the counts its answer tells."""
    headers = desk.order(price="50000", quantity="0.0002", **params).headers
    return {name: headers[name] for name in headers if name.startswith("X-MBX-ORDER-COUNT")}


def test_orders_are_counted_in_both_windows(moving_desk: Desk) -> None:
    """Each accepted order tells both counts; after ten seconds the short one starts again."""
    rest(moving_desk)
    second = rest(moving_desk)
    moving_desk.seconds = 10.0
    third = rest(moving_desk)

    assert {"X-MBX-ORDER-COUNT-10S": "2", "X-MBX-ORDER-COUNT-1D": "2"} == second
    assert {"X-MBX-ORDER-COUNT-10S": "1", "X-MBX-ORDER-COUNT-1D": "3"} == third


def test_the_order_past_the_limit_is_refused(moving_desk: Desk) -> None:
    """A hundred unfilled orders in ten seconds pass; the next is refused and weighs what it always weighs."""
    moving_desk.seconds = 3.2
    for _ in range(100):
        rest(moving_desk)

    reply = moving_desk.order(price="50000", quantity="0.0002")

    assert (429, -1015, "Too many new orders; current limit is 100 orders per 10 SECOND.") == reply.refusal
    assert ("7", 1) == (reply.headers["Retry-After"], reply.weight)


def test_cancelling_gives_no_count_back_but_filling_does(moving_desk: Desk) -> None:
    """A cancelled order counts on; one that trades at once counts for nothing."""
    rest(moving_desk)
    moving_desk.ask("DELETE", "openOrders", symbol="BTCUSDT")
    cancelled = moving_desk.ask("GET", "rateLimit/order").json
    moving_desk.order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    filled = moving_desk.ask("GET", "rateLimit/order").json

    assert [1, 1] == [row["count"] for row in cancelled]
    assert [1, 1] == [row["count"] for row in filled]


def test_a_fill_noticed_late_counts_in_the_present_window() -> None:
    """A window that has passed does not come back."""
    limits = OrderLimits(binds=True)
    limits.placed(3, 20_000)

    limits.filled(is_maker=False, now_ms=9_000)

    assert [2, 2] == [row["count"] for row in limits.entries(20_000)]


def test_a_refusal_knows_the_moment_to_try_again() -> None:
    """The end of the window to the millisecond, and in a ban the end of the ban."""
    limits, moments = AddressLimits(binds=True), []
    for _ in range(CALLS_BEFORE_BAN + 1):
        with pytest.raises(Refusal) as caught:
            limits.charge(6001, NOW_MS + 15_400)
        moments.append(caught.value.retry_at_ms)

    assert [NOW_MS + 60_000] * CALLS_BEFORE_BAN + [NOW_MS + 15_400 + 120_000] == moments


def test_the_weight_is_listed_as_the_websocket_api_does() -> None:
    """The limit, and what is used of it."""
    limits = AddressLimits(binds=True)
    limits.charge(25, NOW_MS)

    (entry,) = limits.entries(NOW_MS)

    assert ("REQUEST_WEIGHT", "MINUTE", 1, 6000, 25) == tuple(entry.values())
