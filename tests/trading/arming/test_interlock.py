"""The interlock: what it lets through, how much, for how long, and what it says against the rest."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.environment import Environment
from binance_nb.errors import (
    ApiError,
    ExecutionUnknownError,
    JournalError,
    NotArmedError,
    PartialReplaceError,
    PreflightError,
    TransportError,
    UsageError,
)
from binance_nb.trading.arming.arming import Limits
from binance_nb.trading.arming.interlock import Interlock

LIVE = Environment("live", "https://api.binance.com", is_live=True)
TESTNET = Environment("testnet", "https://testnet.binance.vision")
ORDER, CANCEL, AMEND = (ENDPOINTS[name] for name in ("new_order", "cancel_order", "amend_keep_priority"))
CANCEL_ALL = {"symbol": "BTCUSDT"}


def limits(most: str = "50", total: str | None = None, seconds: float = 60.0, *symbols: str) -> Limits:
    """What is allowed."""
    return Limits(Decimal(most), Decimal(total or most), "USDT", symbols, seconds)


def order(symbol: str = "BTCUSDT", number: int = 1) -> dict[str, str]:
    """Wire texts of a placement."""
    return {"symbol": symbol, "side": "BUY", "type": "MARKET", "quoteOrderQty": "10", "newClientOrderId": f"n{number}"}


def worth(amount: str) -> Callable[[], Decimal]:
    """What finds out that an order is worth so much."""
    return lambda: Decimal(amount)


class Watch:
    """An interlock whose time passes when the test says so."""

    def __init__(self, place: Environment = LIVE) -> None:
        self.now = 1000.0
        self.interlock = Interlock(place, ticks=lambda: self.now)

    def left(self) -> Decimal:
        """What orders may still be worth."""
        standing = self.interlock.standing
        assert standing is not None
        return standing.left


def test_nothing_passes_before_it_is_armed() -> None:
    """Placements, cancels and amendments are refused, and reads are not."""
    watch = Watch()

    for endpoint in (ORDER, CANCEL, AMEND):
        with pytest.raises(NotArmedError), watch.interlock.clear(endpoint, order(), worth("10")):
            pytest.fail("it was let through")
    with watch.interlock.clear(ENDPOINTS["klines"], {}, worth("10")):
        assert watch.interlock.standing is None


def test_an_unarmed_order_shows_what_it_would_send_and_the_line_that_allows_it() -> None:
    """Method, parameters and worth; the line allows just that, rounded up to two digits."""
    with pytest.raises(NotArmedError) as caught, Watch().interlock.clear(ORDER, order(), worth("61.23")):
        pytest.fail("it was let through")

    error = caught.value
    assert error.details["would send"].startswith("POST /api/v3/order symbol=BTCUSDT side=BUY type=MARKET")
    assert "61.23 USDT" == error.details["worth"]
    assert "%binance arm --max-notional 62 --for 30min --symbols BTCUSDT" == error.suggestion
    assert "61.23 USDT" in "\n".join(error._render_traceback_())


def test_what_cannot_be_valued_is_refused_all_the_same() -> None:
    """Unarmed, an order whose worth nobody knows is refused for being unarmed."""

    def unknown() -> Decimal:
        raise TransportError("The exchange did not answer.")

    with pytest.raises(NotArmedError) as caught, Watch().interlock.clear(ORDER, order(), unknown):
        pytest.fail("it was let through")

    assert "not known: The exchange did not answer." == caught.value.details["worth"]


def test_armed_but_unvalued_nothing_passes() -> None:
    """An order whose worth cannot be found out counts as too dear."""
    watch = Watch()
    watch.interlock.arm(limits())

    def unknown() -> Decimal:
        raise UsageError("It is priced in something else.")

    with pytest.raises(UsageError), watch.interlock.clear(ORDER, order(), unknown):
        pytest.fail("it was let through")
    assert Decimal(50) == watch.left()


@pytest.mark.parametrize(("amount", "passes"), [("50", True), ("50.00000000", True), ("50.00000001", False)])
def test_an_order_may_be_worth_the_limit_and_not_a_satoshi_more(amount: str, passes: bool) -> None:
    """Decimals are compared, not floats."""
    watch = Watch()
    watch.interlock.arm(limits("50", "200"))
    passed = []
    with suppress(NotArmedError), watch.interlock.clear(ORDER, order(), worth(amount)):
        passed.append(amount)

    assert passes is bool(passed)


def test_all_orders_together_stay_within_the_total() -> None:
    """What was ordered before counts, and the refusal says what is left."""
    watch = Watch()
    watch.interlock.arm(limits("50", "80"))
    with watch.interlock.clear(ORDER, order(), worth("45.5")):
        pass

    with pytest.raises(NotArmedError) as caught, watch.interlock.clear(ORDER, order(number=2), worth("34.51")):
        pytest.fail("it was let through")

    assert Decimal("34.5") == watch.left()
    assert "34.5 of 80" in caught.value.message


def test_the_total_is_that_of_one_order_when_none_is_named() -> None:
    """Half an hour of orders of 50 each was not what somebody allowed who wrote 50."""
    watch = Watch()
    watch.interlock.arm(limits("50"))
    with watch.interlock.clear(ORDER, order(), worth("30")):
        pass

    with pytest.raises(NotArmedError), watch.interlock.clear(ORDER, order(number=2), worth("30")):
        pytest.fail("it was let through")


def test_cancels_and_amendments_count_nothing() -> None:
    """They need arming, cost nothing, and give nothing back."""
    watch = Watch()
    watch.interlock.arm(limits("50"))
    with watch.interlock.clear(ORDER, order(), worth("50")):
        pass
    for endpoint in (CANCEL, AMEND, ENDPOINTS["cancel_order_list"], ENDPOINTS["cancel_open_orders"]):
        with watch.interlock.clear(endpoint, CANCEL_ALL, worth("1000")) as leave:
            watch.interlock.check(LIVE, endpoint, CANCEL_ALL)

        assert leave.worth is None

    assert Decimal(0) == watch.left()


@pytest.mark.parametrize("endpoint", [ORDER, CANCEL], ids=lambda each: each.name)
def test_other_symbols_are_refused(endpoint: object) -> None:
    """The line in the refusal keeps the limits and adds the symbol."""
    watch = Watch()
    watch.interlock.arm(limits("50", None, 90.0, "BTCUSDT"))

    with pytest.raises(NotArmedError) as caught, watch.interlock.clear(endpoint, order("ETHUSDT"), worth("1")):  # type: ignore[arg-type]  # an id function needs object
        pytest.fail("it was let through")

    assert "ETHUSDT" == caught.value.culprit
    assert "%binance arm --max-notional 50 --for 90s --symbols BTCUSDT,ETHUSDT" == caught.value.suggestion


@given(seconds=st.floats(1, 86_400), before=st.floats(0, 1, exclude_max=True))
def test_it_is_armed_until_the_time_is_over_and_not_longer(seconds: float, before: float) -> None:
    """At the very edge it is over; just before it is not."""
    watch = Watch()
    began = watch.now
    watch.interlock.arm(limits(seconds=seconds))
    end = began + seconds
    watch.now = began + seconds * before
    was_armed = watch.interlock.standing is not None
    watch.now = end

    assert was_armed is (began + seconds * before < end)
    assert watch.interlock.standing is None


def test_time_over_between_leave_and_sending_refuses_the_order() -> None:
    """What was cleared in time and is sent late does not leave."""
    watch = Watch()
    watch.interlock.arm(limits(seconds=60))

    with watch.interlock.clear(ORDER, order(), worth("10")):
        watch.now += 60
        with pytest.raises(NotArmedError):
            watch.interlock.check(LIVE, ORDER, order())


def test_time_over_while_the_worth_was_asked_for_refuses_the_order() -> None:
    """Finding out what an order is worth takes time, in which the leave may end."""
    watch = Watch()
    watch.interlock.arm(limits(seconds=60))

    def slowly() -> Decimal:
        watch.now += 60
        return Decimal(1)

    with pytest.raises(NotArmedError), watch.interlock.clear(ORDER, order(), slowly):
        pytest.fail("it was let through")


def test_arming_anew_or_disarming_ends_the_leave_of_the_former() -> None:
    """An order cleared under other limits does not leave under new ones."""
    for end in (Interlock.disarm, lambda interlock: interlock.arm(limits("1"))):
        watch = Watch()
        watch.interlock.arm(limits("50"))
        with watch.interlock.clear(ORDER, order(), worth("10")):
            end(watch.interlock)
            with pytest.raises(NotArmedError):
                watch.interlock.check(LIVE, ORDER, order())


def test_only_the_very_call_that_was_cleared_passes() -> None:
    """Another quantity, another verb, or the same call once the block is over: refused."""
    watch = Watch()
    watch.interlock.arm(limits("50"))
    with watch.interlock.clear(ORDER, order(), worth("10")):
        watch.interlock.check(LIVE, ORDER, order())
        with pytest.raises(NotArmedError):
            watch.interlock.check(LIVE, ORDER, order() | {"quoteOrderQty": "11"})
        with pytest.raises(NotArmedError):
            watch.interlock.check(LIVE, ENDPOINTS["sor_order"], order())

    with pytest.raises(NotArmedError):
        watch.interlock.check(LIVE, ORDER, order())


@pytest.mark.parametrize(
    ("error", "is_free"),
    [
        (PreflightError("a rule"), True),
        (ApiError("refused"), True),
        (TransportError("no line"), True),
        (JournalError("full disk"), False),
        (ExecutionUnknownError("503"), False),
        (PartialReplaceError("409", details={"data": {"newOrderResult": "SUCCESS"}}), False),
        (PartialReplaceError("409", details={"data": {"newOrderResult": "FAILURE"}}), True),
        (PartialReplaceError("409", details={"data": {"newOrderResult": "NOT_ATTEMPTED"}}), True),
        (PartialReplaceError("409"), False),
        (KeyboardInterrupt(), False),
        (ValueError("a defect of ours"), False),
    ],
    ids=lambda each: (
        f"{type(each).__name__} {getattr(each, 'details', '')}" if isinstance(each, BaseException) else None
    ),
)
def test_the_worth_is_free_again_only_where_nothing_was_placed(error: BaseException, is_free: bool) -> None:
    """After an error that leaves a doubt it stays counted."""
    watch = Watch()
    watch.interlock.arm(limits("50"))

    with pytest.raises(type(error)), watch.interlock.clear(ORDER, order(), worth("20")):
        raise error

    assert Decimal(50 if is_free else 30) == watch.left()


def test_an_order_that_was_looked_up_and_not_found_is_free_again() -> None:
    """NOT PLACED is a verdict, STILL UNKNOWN is none."""
    for verdict, left in (("NOT PLACED", 50), ("STILL UNKNOWN", 30)):
        watch = Watch()
        watch.interlock.arm(limits("50"))
        error = ExecutionUnknownError("503")
        error.verdict = verdict
        with pytest.raises(ExecutionUnknownError), watch.interlock.clear(ORDER, order(), worth("20")):
            raise error

        assert Decimal(left) == watch.left()


def test_giving_back_twice_gives_back_once() -> None:
    """Whoever says that nothing was placed and then fails does not gain an order by it."""
    watch = Watch()
    watch.interlock.arm(limits("50"))
    with suppress(ApiError), watch.interlock.clear(ORDER, order(), worth("20")) as leave:
        leave.give_back()
        leave.give_back()
        raise ApiError("refused")

    assert Decimal(50) == watch.left()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_is_not_armed() -> None:
    """It would count its own orders only."""
    watch = Watch()
    watch.interlock.arm(limits("50"))
    child = os.fork()
    if not child:
        os._exit(watch.interlock.standing is not None)
    _, status = os.waitpid(child, 0)

    assert 0 == os.waitstatus_to_exitcode(status)
    assert watch.interlock.standing is not None


def test_four_threads_together_stay_within_the_total() -> None:
    """Of 400 orders of 1 that four threads try at once exactly 100 pass a total of 100."""
    watch = Watch()
    watch.interlock.arm(limits("50", "100"))
    begin, passed = threading.Barrier(4), []

    def trade(thread: int) -> None:
        begin.wait(30)
        for number in range(100):
            sent = order(number=thread * 1000 + number)
            try:
                with watch.interlock.clear(ORDER, sent, worth("1")):
                    watch.interlock.check(LIVE, ORDER, sent)
                    passed.append(sent["newClientOrderId"])
            except NotArmedError:
                continue

    threads = [threading.Thread(target=trade, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert 100 == len(set(passed)) == len(passed)
    assert Decimal(0) == watch.left()


def test_where_no_money_moves_everything_passes_until_it_is_rehearsed() -> None:
    """Unarmed nothing is asked or counted; armed the limits hold; afterwards it is as before."""
    watch = Watch(TESTNET)
    with watch.interlock.clear(ORDER, order(), lambda: pytest.fail("nobody needs the worth")):
        watch.interlock.check(TESTNET, ORDER, order())
    arming = watch.interlock.arm(limits("50"))
    with pytest.raises(NotArmedError), watch.interlock.clear(ORDER, order(), worth("51")):
        pytest.fail("it was let through")
    with pytest.raises(NotArmedError):
        watch.interlock.check(TESTNET, ORDER, order())
    watch.now += 60
    watch.interlock.check(TESTNET, ORDER, order())

    assert arming.is_rehearsal
    assert not Watch().interlock.arm(limits()).is_rehearsal


def test_disarming_tells_whether_anything_was_armed() -> None:
    """Also when the time was over before."""
    watch = Watch()
    told = [watch.interlock.disarm()]
    watch.interlock.arm(limits(seconds=60))
    told.append(watch.interlock.disarm())
    watch.interlock.arm(limits(seconds=60))
    watch.now += 60
    told.append(watch.interlock.disarm())

    assert [False, True, False] == told
