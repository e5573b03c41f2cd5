"""The sessions that lines go to: the one of the moment, and those that single lines go to with ``--env``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_nb.session import Session

__all__ = ["Sessions"]

_Options = Mapping[str, Any]  # Any: checked by connect


class Sessions:
    """Opens sessions and keeps them, one for an environment.

    Args:
        connect: Opens one, by an environment's name or base URL and the options of a sandbox.

    Attributes:
        current: Where lines go that say nothing else, once there is one.
    """

    def __init__(self, connect: Callable[[str, _Options], Session]) -> None:
        self._connect = connect
        self._others: dict[str, Session] = {}
        self._sandbox_options: _Options = {}
        self.current: Session | None = None

    def use(self, environment: str, options: _Options) -> Session:
        """Go to an environment for good. When it cannot be opened, all stays as it was.

        Args:
            environment: A name or a base URL.
            options: Those of a sandbox.

        Returns:
            The session, which is the current one now.
        """
        former = self.current
        # Two sandboxes cannot share a port, so there the former has to make room first.
        if former is not None and "port" in options and former.environment.url.endswith(f":{options['port']}"):
            self.leave()
            former = None
        self.current = self._connect(environment, options)
        if environment == "sandbox":
            self._sandbox_options = options
        if former is not None:
            former.close()
        self._forget(self.current.environment.name)
        return self.current

    def at(self, environment: str) -> Session:
        """Return the session of an environment, for single lines; it is opened when there is none.

        Args:
            environment: A name or a base URL. A sandbox is the one that is open, or one as the last that was used.

        Returns:
            The session.
        """
        for session in (self.current, *self._others.values()):
            if session is not None and environment.rstrip("/") in (session.environment.name, session.environment.url):
                return session
        if environment not in self._others:
            options = self._sandbox_options if environment == "sandbox" else {}
            self._others[environment] = self._connect(environment, options)
        return self._others[environment]

    def wait_at_most(self, seconds: float) -> None:
        """Let reads wait so long for a rate limit, wherever they go.

        Args:
            seconds: How long at most.
        """
        for session in (self.current, *self._others.values()):
            if session is not None:
                session.client.max_wait_seconds = seconds

    def leave(self) -> None:
        """Close the current session."""
        session, self.current = self.current, None
        if session is not None:
            session.close()

    def close(self) -> None:
        """Close all sessions."""
        self.leave()
        while self._others:
            self._others.popitem()[1].close()

    def _forget(self, name: str) -> None:
        """Close a session for single lines whose environment is the current one's now."""
        for key in [key for key, session in self._others.items() if session.environment.name == name]:
            self._others.pop(key).close()
