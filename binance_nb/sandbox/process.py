"""A running sandbox, as the process that started it holds it: its addresses, its keys, and its control desk.

Standard library only (and the errors, which are too), like the launcher.
"""

from __future__ import annotations

import json
import os
import subprocess
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from binance_nb.errors import SandboxError
from binance_nb.sandbox.accounts import (
    RegisteredKey,
    SandboxKey,
    account_from,
    key_from,
    public_key_in,
    public_key_text,
)

__all__ = [
    "Desk",
    "FaultHandle",
    "SandboxProcess",
    "end_process",
]

Desk = Callable[[str, str, dict[str, object]], tuple[int, Any]]  # Any: JSON
"""Answers what is asked of the control desk: HTTP method, what stands behind ``/sandbox/``, and the words.

What it returns is the HTTP status, past 200 where it is a refusal, and the answer.
"""

_END_WITHIN_SECONDS = 3.0
_DESK_WITHIN_SECONDS = 30.0
_OK = 200


class FaultHandle:
    """A fault that was set. As a context manager it takes the fault back at the end.

    Args:
        process: The sandbox.
        told: What the sandbox said about it.

    Attributes:
        number: What tells it from others.
        told: Everything about it, as the sandbox understood it.
    """

    def __init__(self, process: SandboxProcess, told: dict[str, Any]) -> None:  # Any: JSON
        self.number: int = told["id"]
        self.told = told
        self._process = process

    def __repr__(self) -> str:
        return f"FaultHandle({self.told['kind']} on {self.told['route']})"

    def __enter__(self) -> FaultHandle:
        return self

    def __exit__(self, *raised: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take it back; that it is gone already is no error."""
        if self._process.is_running:
            self._process.control("DELETE", "faults", id=self.number)


class SandboxProcess:
    """A running sandbox; it ends with `stop`, with this object, or with this process, whichever comes first.

    Attributes:
        url: Base URL.
        ws_url: Base URL of its WebSockets.
        archive_url: Base URL of its bulk files.
        accounts: Its accounts by name; the keys below are those of ``main``.
        api_key: A key that may trade.
        secret_key: Its secret.
        read_only_api_key: A key that may only read.
        read_only_secret_key: Its secret.
        registered_keys: What was given for the public keys, in their order.
        pid: Process id.
        seed: The seed.
        instance: What tells it from other sandboxes with the same seed.
        clock_origin_ms: The sandbox's time when it became ready.
        clock_rate: Sandbox seconds per real second; 0 stands still.
        archives: The folder of recorded candles, if any.
        when_turned: Told the sandbox's time in ms after each `advance`; None for nobody.
        desk: Answers instead of the control desk, as a tape does; None for the desk itself.
    """

    def __init__(self, process: subprocess.Popen[bytes], ready: dict[str, Any]) -> None:  # Any: its ready line
        self.url: str = ready["url"]
        self.ws_url: str = ready["ws_url"]
        self.archive_url: str = ready["archive_url"]
        self.accounts = {account["name"]: account_from(account) for account in ready["accounts"]}
        self.api_key: str = ready["api_key"]
        self.secret_key: str = ready["secret_key"]
        self.read_only_api_key: str = ready["read_only"]["api_key"]
        self.read_only_secret_key: str = ready["read_only"]["secret_key"]
        self.registered_keys = tuple(RegisteredKey(**key) for key in ready["registered"])
        self.pid: int = ready["pid"]
        self.seed: int = ready["seed"]
        self.instance: str = ready["instance"]
        self.clock_origin_ms: int = ready["clock"]["origin_ms"]
        self.clock_rate: float = ready["clock"]["rate"]
        self.archives: str | None = ready["archives"]
        self.when_turned: Callable[[int], object] | None = None
        self.desk: Desk | None = None
        self._process = process
        self._end = weakref.finalize(self, end_process, process, os.getpid())

    def __repr__(self) -> str:
        return f"SandboxProcess({self.url}, seed={self.seed}, {'running' if self.is_running else 'ended'})"

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process and wait until it is gone; a second time does nothing."""
        self._end()

    def faults(
        self,
        route: str = "*",
        *,
        kind: str | int,
        method: str = "*",
        probability: float = 1.0,
        count: int | None = None,
        skip: int = 0,
        seed: int = 0,
        **details: int,
    ) -> FaultHandle:
        """Let something go wrong from now on; in a ``with`` statement until its end.

        Args:
            route: Whom it may meet: an endpoint's name such as ``new_order``, a path, a stream or file, or a pattern.
            kind: What goes wrong, such as ``execute_then_503``; a wrong word is answered with the nearest right one.
            method: The only HTTP method it may meet.
            probability: How likely it is each time.
            count: How many times in all; None without end.
            skip: How many it lets pass first.
            seed: What the dice are thrown from.
            **details: What else the kind can be told, such as ``ms`` for ``delay``.

        Returns:
            A handle to take it back with.

        Raises:
            SandboxError: There is no such kind, route or detail, or the sandbox is gone.
        """
        chosen = {"route": route, "kind": str(kind), "method": method, "probability": probability}
        return FaultHandle(self, self.control("POST", "faults", **chosen, count=count, skip=skip, seed=seed, **details))

    def clear_faults(self) -> None:
        """Take every fault back."""
        self.control("DELETE", "faults")

    def log(
        self, *, since: int = 0, endpoint: str | None = None, account: str | None = None, limit: int = 10_000
    ) -> list[dict[str, Any]]:  # Any: JSON
        """Return what the sandbox really received and executed, oldest first.

        Args:
            since: The ``id`` of the last line that is known already.
            endpoint: The only endpoint wanted.
            account: The only account wanted.
            limit: How many at most, of the newest.

        Returns:
            A dict a call: ``time``, ``endpoint``, ``parameters``, ``account``, whether it was ``executed`` and
            ``answered``, the ``status`` and ``code`` told, the exchange's own ``verdict``, the ``orders`` changed, and
            for a refused key or signature the ``reason`` and the string ``expected_signed``.

        Raises:
            SandboxError: There is no such endpoint or account, or the sandbox is gone.
        """
        only = {"endpoint": endpoint, "account": account}
        wanted = {name: word for name, word in only.items() if word is not None}
        calls: list[dict[str, Any]] = self.control("GET", "log", since=since, limit=limit, **wanted)["calls"]
        return calls

    def deposit(self, asset: str, amount: object, account: str = "main") -> dict[str, str]:
        """Bring money in from outside.

        Args:
            asset: Which asset.
            amount: How much, as text, int or Decimal; negative to take it out.
            account: Whose.

        Returns:
            The balance after that: ``free`` and ``locked``.

        Raises:
            SandboxError: There is no such asset or account, or not so much is there to be taken out.
        """
        balance: dict[str, str] = self.control("POST", "deposit", account=account, asset=asset, amount=str(amount))
        return balance

    def register_key(
        self, public_key: str | Path, account: str = "main", permissions: Iterable[str] | None = None
    ) -> SandboxKey:
        """Register a public key.

        Args:
            public_key: RSA or Ed25519 public key: PEM text, or the path of a file.
            account: The account it opens.
            permissions: Of ``TRADE``, ``USER_DATA`` and ``USER_STREAM``; all when left out.

        Returns:
            The key, with the API key to send.

        Raises:
            SandboxError: It is no public key, or there is no such account or permission.
        """
        given = public_key_text(public_key)
        pem = given if "-----" in given else public_key_in(given)
        allowed = {} if permissions is None else {"permissions": list(permissions)}
        return key_from(self.control("POST", "keys", account=account, public_key=pem, **allowed))

    def advance(self, by_ms: int) -> int:
        """Turn the sandbox's clock forward; one that stands still stands at the later moment.

        Args:
            by_ms: How far.

        Returns:
            The sandbox's time in ms.

        Raises:
            SandboxError: A clock goes forward only.
        """
        now_ms: int = self.control("POST", "clock", advance_ms=by_ms)["time"]
        if self.when_turned is not None:
            self.when_turned(now_ms)
        return now_ms

    def control(self, method: str, action: str, /, **words: object) -> Any:  # Any: JSON
        """Ask the control desk, below ``/sandbox``.

        Args:
            method: HTTP method.
            action: What stands behind ``/sandbox/``.
            **words: What is asked.

        Returns:
            Its answer.

        Raises:
            SandboxError: It refused, or the sandbox is gone.
        """
        said = {name: word for name, word in words.items() if word is not None}
        status, told = (self.desk or self.ask_desk)(method, action, said)
        if status == _OK:
            return told
        raise _refused(told)

    def ask_desk(self, method: str, action: str, words: dict[str, object]) -> tuple[int, Any]:  # Any: JSON
        """Ask the control desk itself; as of `control`, whatever `desk` is.

        Args:
            method: HTTP method.
            action: What stands behind ``/sandbox/``.
            words: What is asked.

        Returns:
            As of `Desk`.

        Raises:
            SandboxError: The sandbox is gone.
        """
        # Here, for most sandboxes are never asked.
        from http.client import HTTPConnection, HTTPException

        desk = HTTPConnection(self.url.removeprefix("http://"), timeout=_DESK_WITHIN_SECONDS)
        try:
            desk.request(method, f"/sandbox/{action}", json.dumps(words), {"Content-Type": "application/json"})
            answer = desk.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise SandboxError(
                "The sandbox exchange does not answer.",
                hint="Start a new one; its orders and balances begin afresh.",
                details={"cause": str(error)},
            ) from error
        finally:
            desk.close()


def _refused(told: dict[str, Any]) -> SandboxError:  # Any: JSON
    suggestion, culprit = told.get("suggestion"), told.get("culprit")
    return SandboxError(
        str(told.get("message", "The sandbox exchange refused.")),
        hint=f"Did you mean {suggestion}?" if suggestion else None,
        culprit=culprit,
        suggestion=suggestion,
    )


def end_process(process: subprocess.Popen[bytes], owner_pid: int, wait_seconds: float = _END_WITHIN_SECONDS) -> None:
    """End a sandbox and wait until it is gone.

    Args:
        process: The sandbox.
        owner_pid: Who started it; nobody else ends it.
        wait_seconds: How long it may take, before it is killed.
    """
    if os.getpid() != owner_pid:
        return  # a fork of the owner ends, not the owner
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(wait_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
