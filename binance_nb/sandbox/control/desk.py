"""The control desk: ``/sandbox/...``, where the owner of the sandbox sets faults, reads the log and turns the clock.

It speaks JSON and is no part of the exchange: it weighs nothing, takes no key, and stands in no log. What it refuses,
it refuses with 400 and one sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from aiohttp import web

from binance_nb.catalog import ENDPOINTS, Security
from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.control.log import LOG_LENGTH
from binance_nb.sandbox.door.body import UnreadableError, body_of
from binance_nb.sandbox.door.keys import PERMISSIONS, registered
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.faults.faults import Faults
from binance_nb.sandbox.faults.kinds import KINDS, WrongWord, nearest
from binance_nb.sandbox.faults.postponed import Postponed
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.venue import Venue
from binance_nb.sandbox.ws_api.session_methods import SESSION_METHODS

__all__ = ["ControlDesk"]

_Asked: TypeAlias = Mapping[str, Any]  # Any: JSON enters here
_BAD, _NOT_FOUND, _WRONG_METHOD = 400, 404, 405
_DEEPEST_COUNT = 18
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
# What a fault is told in words, which may be numbers too.
_NAMING = ("kind", "route", "method")


class ControlDesk:
    """Answers below ``/sandbox``.

    Args:
        exchange: The exchange.
        venue: What its answers are made of.
        clock: Its time.
        faults: Its faults.
        postponed: What a fault has put off.
    """

    def __init__(self, exchange: Exchange, venue: Venue, clock: Clock, faults: Faults, postponed: Postponed) -> None:
        self._exchange = exchange
        self._venue = venue
        self._clock = clock
        self._faults = faults
        self._postponed = postponed

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a request.

        Args:
            request: The request.

        Returns:
            JSON.
        """
        try:
            body = await body_of(request)
        except UnreadableError as error:
            return _refused(WrongWord("The body cannot be read.", "body"), error.status)
        path = request.path.removeprefix("/sandbox").strip("/")
        methods = _ACTIONS.get(path)
        if methods is None:
            said = f"/sandbox/{path[:80]}"
            message = f"There is nothing at {said}; there are {', '.join(_ACTIONS)}."
            return _refused(WrongWord(message, path[:80] or said, nearest(path[:80], _ACTIONS)), _NOT_FOUND)
        if request.method not in methods:
            return _refused(WrongWord(f"/sandbox/{path} takes {' and '.join(methods)}.", request.method), _WRONG_METHOD)
        try:
            return _printed(methods[request.method](self, _asked(request, body)))
        except WrongWord as error:
            return _refused(error)

    def _faults_set(self, asked: _Asked) -> Any:
        _only(asked, ())
        kinds = {kind.name: {"about": kind.about, "details": sorted(kind.details)} for kind in KINDS.values()}
        return {"faults": self._faults.as_json(), "kinds": kinds}

    def _set_fault(self, asked: _Asked) -> Any:
        return self._faults.put({name: _number(name, value) for name, value in asked.items()}).as_json()

    def _clear_faults(self, asked: _Asked) -> Any:
        _only(asked, ("id",))
        return {"cleared": self._faults.clear(_whole(asked, "id", 1) if "id" in asked else None)}

    def _log(self, asked: _Asked) -> Any:
        _only(asked, ("since", "endpoint", "account", "limit"))
        if "endpoint" in asked:
            _one_of(asked, "endpoint", (*ENDPOINTS, *SESSION_METHODS))
        if "account" in asked:
            self._account(asked)
        self._postponed.catch_up()
        self._exchange.log.settled(self._clock.now_us())
        calls = self._exchange.log.entries(
            since=_whole({"since": 0, **asked}, "since", 0),
            endpoint=asked.get("endpoint"),
            account=asked.get("account"),
            limit=_whole({"limit": LOG_LENGTH, **asked}, "limit", 0),
        )
        return {"calls": list(calls)}

    def _clock_shown(self, asked: _Asked) -> Any:
        _only(asked, ())
        return {"time": self._clock.now_ms(), "rate": self._clock.rate}

    def _advance(self, asked: _Asked) -> Any:
        _only(asked, ("advance_ms",))
        by_ms = _whole(asked, "advance_ms", 0)
        try:
            self._clock.advance(by_ms)
        except ValueError as error:
            raise _wrong(error, "advance_ms") from None
        self._postponed.catch_up()
        now_us = self._clock.now_us()
        self._venue.engine.settle(now_us // 1000)
        self._exchange.log.settled(now_us)
        return self._clock_shown({})

    def _deposit(self, asked: _Asked) -> Any:
        _only(asked, ("account", "asset", "amount"))
        return self._moved(asked, self._venue.deposit)

    def _lock(self, asked: _Asked) -> Any:
        _only(asked, ("account", "asset", "amount"))
        return self._moved(asked, self._venue.lock_externally)

    def _moved(self, asked: _Asked, move: Callable[[Account, str, int, int], None]) -> Any:
        account, asset = self._account(asked), _one_of(asked, "asset", self._venue.assets)
        amount_e8 = _amount_e8(asked)
        try:
            move(account, asset, amount_e8, self._clock.now_ms())
        except ValueError as error:
            raise _wrong(error, "amount") from None
        (balance,) = [row for row in account.ledger.balances(with_zeros=True) if row["asset"] == asset]
        return {"account": account.name, **balance}

    def _register_key(self, asked: _Asked) -> Any:
        # Loaded with cryptography, by those who register a key.
        from binance_nb.sandbox.door.public_keys import read_public_key

        _only(asked, ("account", "public_key", "permissions"))
        account, pem = self._account(asked), asked.get("public_key")
        permissions = asked.get("permissions", sorted(PERMISSIONS))
        if not isinstance(permissions, list) or not permissions:
            raise WrongWord(f"permissions is a list of {', '.join(sorted(PERMISSIONS))}.", "permissions")
        for permission in permissions:
            _one_of({"permission": permission}, "permission", sorted(PERMISSIONS))
        if not isinstance(pem, str) or "-----" not in pem:
            raise WrongWord("public_key is PEM text with a first line -----BEGIN PUBLIC KEY-----.", "public_key")
        try:
            public_key = read_public_key(pem)
        except ValueError as error:
            raise _wrong(error, "public_key") from None
        key = registered(self._venue.seed, public_key, account.name, map(Security, permissions))
        self._exchange.gate.register(key)
        return {"account": account.name, **key.as_json()}

    def _revoke_key(self, asked: _Asked) -> Any:
        _only(asked, ("api_key",))
        api_key = asked.get("api_key")
        return {"revoked": isinstance(api_key, str) and self._exchange.gate.revoke(api_key)}

    def _account(self, asked: _Asked) -> Account:
        accounts = self._venue.accounts
        return accounts[_one_of({"account": "main", **asked}, "account", accounts)]


_Action: TypeAlias = Callable[[ControlDesk, _Asked], Any]  # Any: JSON leaves here

_ACTIONS: Mapping[str, Mapping[str, _Action]] = {
    "faults": {
        "GET": ControlDesk._faults_set,
        "POST": ControlDesk._set_fault,
        "DELETE": ControlDesk._clear_faults,
    },
    "log": {"GET": ControlDesk._log},
    "clock": {"GET": ControlDesk._clock_shown, "POST": ControlDesk._advance},
    "deposit": {"POST": ControlDesk._deposit},
    "lock": {"POST": ControlDesk._lock},
    "keys": {"POST": ControlDesk._register_key, "DELETE": ControlDesk._revoke_key},
}


def _asked(request: web.BaseRequest, body: bytes) -> _Asked:
    """Return what is asked: the JSON object in the body, or the words of the query."""
    if not body.strip():
        return dict(request.query)
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise WrongWord("The body is no JSON.", "body") from None
    if not isinstance(asked, dict):
        raise WrongWord("The body is no JSON object.", "body")
    return asked


def _only(asked: _Asked, names: Iterable[str]) -> None:
    known = tuple(names)
    for name in asked:
        if name not in known:
            raise WrongWord(f"There is no {name[:40]!r} here.", name[:40], nearest(name[:40], known))


def _one_of(asked: _Asked, name: str, known: Iterable[str]) -> str:
    value = asked.get(name)
    words = list(known)
    if isinstance(value, str) and value in words:
        return value
    said = str(value)[:40]
    raise WrongWord(f"There is no {name} {said!r}.", said, nearest(said, words))


def _whole(asked: _Asked, name: str, lowest: int) -> int:
    value = asked.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _DEEPEST_COUNT:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value < 10**_DEEPEST_COUNT:
        return value
    raise WrongWord(f"{name} is a whole number, {lowest} or more.", name)


def _number(name: str, value: object) -> object:
    """Return the number in a word of the query; what is no number is left to whoever refuses it."""
    if name in _NAMING or not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def _amount_e8(asked: _Asked) -> int:
    text = asked.get("amount")
    sign = -1 if isinstance(text, str) and text.startswith("-") else 1
    whole, _, part = text.removeprefix("-").partition(".") if isinstance(text, str) else ("", "", "")
    is_number = whole.isdecimal() and whole.isascii() and (not part or (part.isdecimal() and part.isascii()))
    if not is_number or len(whole) > _DEEPEST_COUNT or len(part) > 8:
        raise WrongWord('amount is the text of a number with up to eight decimals, such as "0.5".', "amount")
    return sign * e8_of(f"{whole}.{part or 0}")


def _wrong(error: ValueError, culprit: str) -> WrongWord:
    said = str(error)
    return WrongWord(f"{said[:1].upper()}{said[1:]}.", culprit)


def _refused(error: WrongWord, status: int = _BAD) -> web.Response:
    told = {"message": error.message, "culprit": error.culprit, "suggestion": error.suggestion}
    return _printed({name: value for name, value in told.items() if value is not None}, status)


def _printed(reply: Any, status: int = 200) -> web.Response:  # Any: JSON leaves here
    # Escaped, for what was received may hold bytes that are no text.
    return web.Response(status=status, body=json.dumps(reply).encode(), content_type="application/json")
