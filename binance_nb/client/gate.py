"""The live gate: what changes state where money is real passes only when somebody has opened it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from binance_nb.catalog import Endpoint
from binance_nb.environment import Environment
from binance_nb.errors import NotArmedError

__all__ = ["Gate", "ShutGate", "armed_line", "guards", "not_armed"]


class Gate(Protocol):
    """Whatever decides whether a call may change state on a live host."""

    def check_open(self, environment: Environment, endpoint: Endpoint) -> None:
        """Refuse a call as soon as it is bound, when it could never pass.

        Args:
            environment: Where it would go.
            endpoint: What would be called.

        Raises:
            NotArmedError: It will not pass, whatever it says.
        """
        ...

    def check(self, environment: Environment, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse a call at the last moment before it is sent.

        Args:
            environment: Where it would go.
            endpoint: What would be called.
            sent: Its wire texts.

        Raises:
            NotArmedError: Nobody has cleared this very call.
        """
        ...


class ShutGate:
    """The gate of a client that nobody can arm: nothing that changes state leaves for a live host."""

    def check_open(self, environment: Environment, endpoint: Endpoint) -> None:
        """Refuse what changes state on a live host; see `Gate.check_open`."""
        self.check(environment, endpoint, {})

    def check(self, environment: Environment, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Refuse what changes state on a live host; see `Gate.check`."""
        if guards(environment, endpoint):
            raise not_armed(environment, endpoint, sent)


def guards(environment: Environment, endpoint: Endpoint) -> bool:
    """Return whether a call is one that the gate is for.

    Args:
        environment: Where it would go.
        endpoint: What would be called.

    Returns:
        True for what changes state on a live host.
    """
    return endpoint.changes_state and environment.is_live


def not_armed(
    environment: Environment, endpoint: Endpoint, sent: Mapping[str, str], *, worth: str = "", arm_with: str = ""
) -> NotArmedError:
    """Return the refusal of a call that nobody has armed for.

    Args:
        environment: Where it would go.
        endpoint: What would be called.
        sent: Its wire texts.
        worth: What it is worth, in words, where that is known.
        arm_with: The line that would allow it.

    Returns:
        The error, which shows what would have been sent.
    """
    shown = {"would send": f"{endpoint.method} {endpoint.path}", **({"worth": worth} if worth else {})}
    if sent:
        shown["would send"] += f" {' '.join(f'{name}={text}' for name, text in sent.items())}"
    return NotArmedError(
        f"{endpoint.name} changes state and {environment.host} counts as live, where nothing is armed: nothing was "
        "sent.",
        hint="Arm this session first, with the most that an order may be worth, or try the order where no money moves: "
        "%binance use sandbox",
        suggestion=arm_with or armed_line("50", sent),
        operation=endpoint.name,
        details=shown,
    )


def armed_line(amount: str, sent: Mapping[str, str]) -> str:
    """Return a line that arms.

    Args:
        amount: The most that an order may be worth.
        sent: Wire texts of the call that it is for.

    Returns:
        The line, for half an hour and for the symbol of the call.
    """
    only = f" --symbols {sent['symbol']}" if "symbol" in sent else ""
    return f"%binance arm --max-notional {amount} --for 30min{only}"
