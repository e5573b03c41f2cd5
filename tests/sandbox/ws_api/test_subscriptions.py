"""How many subscriptions a connection may have."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from binance_nb.sandbox.limits import OrderLimits
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.ledger import Ledger
from binance_nb.sandbox.refusals import Refusal
from binance_nb.sandbox.ws_api.subscriptions import MOST_ACTIVE, MOST_IN_ALL, Subscriptions


def an_account() -> Account:
    """An account that nobody has heard of."""
    return Account("somebody", 1, Ledger({}), OrderLimits(binds=False))


def fill_up(subscriptions: Subscriptions) -> None:
    """Have as many at once as may be."""
    for _ in range(MOST_ACTIVE):
        subscriptions.follow(an_account(), is_of_session=False)


def use_up(subscriptions: Subscriptions) -> None:
    """Make as many one after another as may be."""
    account = an_account()
    for _ in range(MOST_IN_ALL):
        subscriptions.end(subscriptions.follow(account, is_of_session=False).number)


@pytest.mark.parametrize("exhaust", [fill_up, use_up])
def test_there_is_a_most(exhaust: Callable[[Subscriptions], None]) -> None:
    """1,000 at once, 65,535 in the life of a connection; one more is refused."""
    subscriptions = Subscriptions()
    exhaust(subscriptions)

    with pytest.raises(Refusal, match="Maximum subscription ID reached"):
        subscriptions.follow(an_account(), is_of_session=False)


def test_an_ended_one_makes_room_but_leaves_its_number() -> None:
    """After the end of one of a thousand there is room for another, which gets a new number."""
    subscriptions = Subscriptions()
    fill_up(subscriptions)
    subscriptions.end(0)

    assert MOST_ACTIVE == subscriptions.follow(an_account(), is_of_session=False).number
