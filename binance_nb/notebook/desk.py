"""What a magic line does: the session it goes to, and the answer that comes back."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from numbers import Integral
from typing import Any, NoReturn, Protocol

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import ENVIRONMENT_NAMES
from binance_nb.connecting import connect
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import Bound, Token, bind, did_you_mean, mended_line, nearest, tokenise
from binance_nb.notebook.keys import ask_keys, refuse_keys
from binance_nb.notebook.verbs import LINE_OPTIONS, OWN_VERBS, command_for
from binance_nb.rendering import (
    Place,
    Sheet,
    dry_run_sheet,
    endpoint_help,
    error_card,
    help_overview,
    own_verb_help,
    plan_sheet,
    standing_line,
    status_sheet,
)
from binance_nb.session import Session

__all__ = ["Desk", "Settings"]


class Settings(Protocol):
    """What the person configured."""

    environment: str
    max_wait_seconds: float


class Desk:
    """Runs magic lines, one session at a time.

    Args:
        settings: What the person configured.
        on_wait: Told the seconds and the reason before a wait.
        ask: Asks for a secret.

    Attributes:
        last_error: The last error that a cell ended with.
    """

    def __init__(
        self,
        settings: Settings,
        on_wait: Callable[[float, str], None] | None = None,
        ask: Callable[[str], str] | None = None,
    ) -> None:
        self._settings = settings
        self._on_wait = on_wait
        self._ask = ask
        self._session: Session | None = None
        self._gauges: list[Any] = []  # Any: ipywidgets has no types, and is loaded only for a gauge
        self._place: Place | None = None
        self.last_error: BinanceError | None = None

    @property
    def session(self) -> Session:
        """The session that lines go to; opened where the configuration says when there is none."""
        if self._session is None:
            self._session = self._connect(self._settings.environment, {})
        return self._session

    def run(self, line: str, namespace: Mapping[str, Any]) -> Any:  # Any: a frame, raw JSON, a sheet or a widget
        """Run a line.

        Args:
            line: What was written behind ``%binance``.
            namespace: The variables it may use.

        Returns:
            A frame for a call; the decoded JSON with ``--raw``; a sheet or a widget for the verbs of our own.

        Raises:
            BinanceError: With the corrected line as its suggestion, where one can be given.
        """
        refuse_keys(line)
        try:
            return self._run(tokenise(line), namespace)
        except BinanceError as error:
            error.suggestion = mended_line(line, error) or error.suggestion
            raise

    def _run(self, tokens: Sequence[Token], namespace: Mapping[str, Any]) -> Any:  # Any: see run
        if not tokens:
            return self._status(Bound("status", {}, {}))
        verb = _verb(tokens[0])
        if any(token.kind == "option" and token.name == "help" for token in tokens):
            return _help_on(verb)
        command = command_for(verb)
        assert command is not None
        bound = bind(tokens[1:], command, namespace)
        if verb in OWN_VERBS:
            return getattr(self, f"_{verb}")(bound)
        return self._call(bound)

    def _call(self, bound: Bound) -> Any:  # Any: a frame, raw JSON or a sheet
        options = {name: value for name, value in bound.options.items() if name not in LINE_OPTIONS}
        if "max_rows" in options:
            options["max_rows"] = _whole("max_rows", options["max_rows"])
        if bound.options.get("dry_run"):
            prepared = self.session.prepare(bound.verb, **bound.words, **options)
            return dry_run_sheet(prepared, self.session.client.credentials)
        if bound.options.get("plan"):
            return plan_sheet(self.session.plan(bound.verb, **bound.words, **options))
        return self.session.call(bound.verb, **bound.words, **options)

    def _use(self, bound: Bound) -> Sheet:
        options = dict(bound.options)
        environment = options.pop("environment", None)
        if not isinstance(environment, str):
            raise UsageError(
                "use needs the name of an environment.",
                hint=f"Choose one of {', '.join(ENVIRONMENT_NAMES)}, or give a base URL.",
                suggestion="%binance use sandbox",
                operation="use",
            )
        for name, read in (("seed", _whole), ("port", _whole), ("speed", _number)):
            if name in options:
                options[name] = read(name, options[name])
        former = self._session
        # Two sandboxes cannot share a port. Otherwise the former stays until the new one is there: a failed line
        # changes nothing.
        if former is not None and "port" in options and former.environment.url.endswith(f":{options['port']}"):
            self.close()
            former = None
        self._session = self._connect(environment, options)
        if former is not None:
            former.close()
        return standing_line(self._session.status())

    def _status(self, bound: Bound) -> Sheet:
        return status_sheet(self.session.status())

    def _help(self, bound: Bound) -> Sheet:
        verb = bound.options.get("verb")
        if verb is None:
            return help_overview({name: own.about for name, own in OWN_VERBS.items()})
        return _help_on(str(verb))

    def _keys(self, bound: Bound) -> Sheet:
        session = self.session
        session.use_keys(ask_keys(session.environment, self._ask or getpass.getpass))
        return standing_line(session.status())

    def _gauge(self, bound: Bound) -> Any:  # Any: see _gauges
        from binance_nb.widgets import Gauge

        self._gauges.append(Gauge(lambda: self.session.status()))
        return self._gauges[-1]

    def _lasterror(self, bound: Bound) -> Sheet:
        return self.card() if self.last_error else Sheet("No error so far.", is_framed=False)

    def remember(self, error: BinanceError, place: Place | None) -> None:
        """Keep the error that a cell ended with.

        Args:
            error: The error.
            place: Where in the cell it came up.
        """
        self.last_error, self._place = error, place

    def card(self) -> Sheet:
        """Return the card of the last error."""
        error = self.last_error
        assert error is not None
        client = self._session.client if self._session else None
        left = client.clock.seconds_until(error.retry_at) if client and error.retry_at else None
        return error_card(error, place=self._place, seconds_left=left, holder=client.credentials if client else None)

    def refresh_gauges(self) -> None:
        """Bring the gauges up to date, and forget those that were closed."""
        self._gauges = [gauge for gauge in self._gauges if not gauge.is_closed]
        if self._session is None:
            return  # nothing to show, and no reason to go anywhere
        for gauge in self._gauges:
            gauge.refresh()

    def wait_at_most(self, seconds: float) -> None:
        """Let reads wait longer, or not as long, for a rate limit.

        Args:
            seconds: How long at most.
        """
        if self._session is not None:
            self._session.client.max_wait_seconds = seconds

    def close(self) -> None:
        """Close the session; the next line opens another."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _connect(self, environment: str, options: dict[str, Any]) -> Session:  # Any: checked by connect
        return connect(environment, max_wait_seconds=self._settings.max_wait_seconds, on_wait=self._on_wait, **options)


def _verb(token: Token) -> str:
    if token.kind == "word" and token.is_literal and command_for(token.value) is not None:
        return token.value
    _refuse_verb(token.text)


def _refuse_verb(said: str) -> NoReturn:
    verbs = [*OWN_VERBS, *ENDPOINTS]
    raise UsageError(
        f"There is no verb {said!r}.",
        hint=did_you_mean(said, verbs) or "%binance help lists them all.",
        suggestion=next(iter(nearest(said, verbs)), None) or "%binance help",
        culprit=said,
    )


def _help_on(verb: str) -> Sheet:
    if own := OWN_VERBS.get(verb):
        return own_verb_help(verb, own.about, own.usage, own.options, own.example)
    if verb not in ENDPOINTS:
        _refuse_verb(verb)
    return endpoint_help(ENDPOINTS[verb], LINE_OPTIONS)


def _whole(name: str, value: object) -> int:
    if isinstance(value, Integral):
        return int(value)
    text = str(value).replace("_", "").replace(",", "")
    if not text.isdecimal():
        raise UsageError(f"{name} is a whole number, not {str(value)!r}.", culprit=str(value))
    return int(text)


def _number(name: str, value: object) -> float:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise UsageError(f"{name} is a number of 0 or more, not {str(value)!r}.", culprit=str(value))
    return float(number)
