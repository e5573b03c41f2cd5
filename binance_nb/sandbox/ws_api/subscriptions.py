"""Whose events one connection follows, and under which numbers."""

from __future__ import annotations

from dataclasses import dataclass

from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.refusals import Refusal

__all__ = ["MOST_ACTIVE", "MOST_IN_ALL", "Subscription", "Subscriptions"]

MOST_ACTIVE = 1_000
"""How many subscriptions of a connection may be active at once."""

MOST_IN_ALL = 65_535
"""How many a connection may make before it has to be replaced."""


@dataclass(frozen=True)
class Subscription:
    """One subscription.

    Attributes:
        number: The id that tags its events.
        account: Whose events they are.
        is_of_session: Whether it ends with the session's log-on.
    """

    number: int
    account: Account
    is_of_session: bool


class Subscriptions:
    """The subscriptions of one connection."""

    def __init__(self) -> None:
        self._made = 0
        self._active: dict[int, Subscription] = {}

    @property
    def active(self) -> list[Subscription]:
        """Those that have not ended, oldest first."""
        return list(self._active.values())

    def follow(self, account: Account, *, is_of_session: bool) -> Subscription:
        """Subscribe.

        Args:
            account: Whose events are wanted.
            is_of_session: Whether the subscription ends with the session's log-on.

        Returns:
            The subscription.

        Raises:
            Refusal: -2035 if this connection follows the account already, -2042 if it may make no more.
        """
        if any(one.account is account for one in self._active.values()):
            raise Refusal(-2035)
        # No code is documented for too many active ones, so they share the one for too many in all.
        if self._made >= MOST_IN_ALL or len(self._active) >= MOST_ACTIVE:
            raise Refusal(-2042)
        made = Subscription(self._made, account, is_of_session)
        self._made += 1
        self._active[made.number] = made
        return made

    def end(self, number: int) -> Subscription:
        """Unsubscribe.

        Args:
            number: Its id.

        Returns:
            What has ended.

        Raises:
            Refusal: -2036 if there is none.
        """
        ended = self._active.pop(number, None)
        if ended is None:
            raise Refusal(-2036)
        return ended
