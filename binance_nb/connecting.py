"""How a session is opened."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from binance_nb.client import Client, ClockReading, OrderIds, Prepared, Reply, forget_budget
from binance_nb.environment import Environment, resolve
from binance_nb.errors import CredentialsError, UsageError
from binance_nb.grammar import parse_time
from binance_nb.keys import Credentials, conceal, credentials, find_key, public_half
from binance_nb.sandbox.launcher import SandboxProcess, start
from binance_nb.session import Session
from binance_nb.streams.dials import forget_dials

__all__ = ["connect", "replay"]


def connect(
    environment: str = "market",
    *,
    api_key: str | None = None,
    secret_key: str | None = None,
    private_key: str | bytes | Path | None = None,
    passphrase: str | None = None,
    profile: str | None = None,
    keys_file: str | Path | None = None,
    seed: int | None = None,
    frozen: object = None,
    speed: float | None = None,
    archives: str | Path | None = None,
    port: int | None = None,
    max_wait_seconds: float = 10.0,
    timeout_seconds: float | None = None,
    recv_window_ms: float | None = None,
    on_wait: Callable[[float, str], None] | None = None,
) -> Session:
    """Open a session. Nothing is contacted, except that ``sandbox`` starts its own process.

    Args:
        environment: ``market`` (real prices, no key), ``live``, ``testnet``, ``demo``, ``sandbox``, or a base URL.
        api_key: Key of that environment. When it is left out, the first of these that has one gives it: what was
            typed for ``%binance keys``, the computer's keyring, environment variables such as
            ``BINANCE_TESTNET_API_KEY``, the file that ``BINANCE_NB_KEYS_FILE`` names.
        secret_key: Its HMAC secret.
        private_key: Instead of a secret, an RSA or Ed25519 private key: PEM text, or the path of a file. The sandbox
            registers its public half, and gives the API key itself.
        passphrase: What opens the private key, if it is encrypted.
        profile: Which of several keys for that environment, by name.
        keys_file: A file of variables (``BINANCE_TESTNET_API_KEY=...``) to take the key from, and from nowhere else.
        seed: Sandbox only: which made-up market.
        frozen: Sandbox only: the moment at which its clock stands: a date, ``yesterday``, a Timestamp, or ms.
        speed: Sandbox only: how fast its clock runs.
        archives: Sandbox only: folder of bulk files whose recorded candles it serves.
        port: Sandbox only: port to listen on.
        max_wait_seconds: How long a read may wait for a rate limit by itself.
        timeout_seconds: How long to wait for an answer.
        recv_window_ms: How long a signed request stays valid.
        on_wait: Told the seconds and the reason before a wait.

    Returns:
        The session.

    Raises:
        UsageError: The environment is unknown, or an option does not belong to it.
        CredentialsError: Only half a key pair was given, it is no key, the private key cannot be opened, or the profile
            or file that was named has no key.
        SandboxError: The sandbox did not start.
    """
    keys = _hidden(api_key=api_key, secret_key=secret_key, private_key=private_key, passphrase=passphrase)
    api_key = secret_key = private_key = passphrase = None  # a traceback with variables shows nothing
    more: dict[str, Any] = {"max_wait_seconds": max_wait_seconds, "recv_window_ms": recv_window_ms, "on_wait": on_wait}
    if timeout_seconds is not None:
        more["timeout_seconds"] = timeout_seconds
    for_sandbox = {"seed": seed, "frozen": frozen, "speed": speed, "archives": archives, "port": port}
    given = {name: value for name, value in for_sandbox.items() if value is not None}
    if environment == "sandbox":
        _check_own_keys(profile, keys_file)
        return _connect_sandbox(given, keys, more)
    if given:
        raise UsageError(
            f"For the sandbox alone, not for {environment}: {', '.join(given)}.",
            suggestion="%binance use sandbox",
            culprit=next(iter(given)),
        )
    place = resolve(environment)
    if keys and (profile or keys_file):
        raise CredentialsError(
            "A key was given, and a profile or a file to take it from.", hint="Give the one or the other."
        )
    held = _credentials(place, keys) or find_key(place, profile, keys_file)
    return Session(Client(place, held, **more))


def replay(path: str | Path, *, pace: float | None = None) -> Session:
    """Open a session that answers from a tape: the same frames with no key, no network and no account.

        with binance_nb.replay("study.jsonl") as session:
            session.klines("BTCUSDT", "1h", start="-30d")

    Nothing is ever sent. When the tape is taken out, the session has nowhere else to go.

    Args:
        path: The tape's file.
        pace: How fast its streams go by, 1 as they did; all at once when left out.

    Returns:
        The session.

    Raises:
        TapeError: There is no such tape, or it cannot be read.
        UsageError: The pace is none.
    """
    session = Session(Client(Environment("tape", "http://tape.invalid", label="NO TAPE"), transport=_Nowhere()))
    session.client.clock.follow(ClockReading(0, rate=0.0))
    session.replay(path, pace=pace)
    return session


class _Nowhere:
    """Where calls go when the tape of a session that has nothing else was taken out."""

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        raise UsageError(
            "The tape was taken out, and this session has nowhere else to go: nothing was sent.",
            hint="Put it on again: session.replay(...). Or open another session: binance_nb.connect(...).",
            operation=prepared.operation,
        )

    def close(self) -> None:
        """There is nothing to let go of."""


def _check_own_keys(profile: str | None, keys_file: str | Path | None) -> None:
    if profile or keys_file:
        raise CredentialsError(
            "The sandbox brings keys of its own, and has no profiles.",
            hint="Leave profile and keys_file out, or go where the key belongs.",
            suggestion="%binance use sandbox",
            culprit="profile" if profile else "keys_file",
        )


def _hidden(**given: str | bytes | Path | None) -> dict[str, Any]:  # Any: a path for private_key alone, else secrets
    return {
        name: value if isinstance(value, Path) else conceal(value) for name, value in given.items() if value is not None
    }


def _credentials(place: Environment, keys: Mapping[str, Any]) -> Credentials | None:  # Any: from _hidden
    if not keys:
        return None
    if place.has_market_data_only:
        raise CredentialsError(
            f"{place.name} takes no key.", hint="Name the environment the key belongs to.", culprit=place.name
        )
    return credentials(**{"api_key": "", "secret_key": None, **keys}, host=place.host)


def _own_key(keys: Mapping[str, Any]) -> Credentials | None:  # Any: from _hidden
    """Open the private key whose public half a sandbox is to register; its API key comes from there."""
    if "private_key" not in keys:
        return None
    if "api_key" in keys:
        raise CredentialsError(
            "The sandbox gives a private key its API key itself.", hint="Leave api_key out.", culprit="api_key"
        )
    return credentials(**{"api_key": "unknown", "secret_key": None, **keys}, host="", source="sandbox")


def _sandbox_credentials(
    process: SandboxProcess, place: Environment, keys: Mapping[str, Any], own: Credentials | None
) -> Credentials:
    if own is not None:
        return replace(own, api_key=conceal(process.registered_keys[0].api_key), host=place.host)
    given = _credentials(place, keys)
    return given or credentials(process.api_key, process.secret_key, place.host, "sandbox")


def _connect_sandbox(given: dict[str, Any], keys: Mapping[str, Any], more: dict[str, Any]) -> Session:
    own = _own_key(keys)
    if "frozen" in given:
        given = {**given, "frozen": parse_time(given["frozen"], now_ms=int(time.time() * 1000))}
    process = start(**given, public_keys=[public_half(own.secret_key, own.passphrase)] if own else [])
    place = Environment(
        "sandbox",
        process.url,
        is_sandbox=True,
        label=f"SANDBOX seed {process.seed}",
        archives_url=process.archive_url,
        listing_url=f"{process.archive_url}/",
        stream_url=process.ws_url,
        ws_api_url=f"{process.ws_url}/ws-api/v3",
    )
    if process.clock_rate == 0:
        place = place.standing_at(process.clock_origin_ms)
    held = _sandbox_credentials(process, place, keys, own)
    forget_budget(place.host)
    forget_dials(place.host)
    client = Client(place, held, order_ids=OrderIds(process.seed if process.clock_rate == 0 else None), **more)
    session = Session(client, process)
    if process.clock_rate == 0:
        # Its clock stands: the ready line said where, so no call is needed to learn it, nor where it is turned to.
        client.clock.follow(ClockReading(process.clock_origin_ms, rate=0.0))
        process.when_turned = _telling(session)
    return session


def _telling(session: Session) -> Callable[[int], None]:
    held = weakref.ref(session)  # a session that nobody holds any more goes, and its sandbox with it

    def tell(now_ms: int) -> None:
        here = held()
        if here is not None:
            if here.tape is None or not here.tape.is_playing:  # a tape that is played has turned its own
                here.client.clock.follow(ClockReading(now_ms, rate=0.0))
            here.client.environment = here.client.environment.standing_at(now_ms)

    return tell
