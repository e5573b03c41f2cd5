"""What a magic line does: the session it goes to, and the answer that comes back."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from numbers import Integral
from typing import Any, Protocol

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.connecting import connect
from binance_nb.environment import ENVIRONMENT_NAMES
from binance_nb.errors import BinanceError, UsageError
from binance_nb.grammar import Bound, Token, bind, tokenise
from binance_nb.notebook.keys import refuse_keys
from binance_nb.notebook.next_lines import next_line
from binance_nb.notebook.sessions import Sessions
from binance_nb.notebook.verbs import CELL, LINE_OPTIONS, OWN_VERBS, command_for, unknown_verb, verb_of
from binance_nb.reading import options_of
from binance_nb.rendering import (
    Place,
    Sheet,
    code_card,
    code_list,
    dry_run_sheet,
    ejected_words,
    endpoint_help,
    error_card,
    help_overview,
    own_verb_help,
    plan_sheet,
    standing_line,
)
from binance_nb.session import Session
from binance_nb.together import Later

__all__ = ["Desk", "Settings"]

_CELL = "%%binance"  # how help calls it


class Settings(Protocol):
    """What the person configured."""

    environment: str
    max_wait_seconds: float
    time_zone: str
    progress_bar: bool


class Desk:
    """Runs magic lines, one session at a time.

    Args:
        settings: What the person configured.
        on_wait: Told the seconds and the reason before a wait.
        ask: Asks for a secret.

    Attributes:
        ask: Asks for a secret, without showing it.
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
        self.ask = ask or getpass.getpass
        self._sessions = Sessions(self._connect)
        self._gauges: list[Any] = []  # Any: ipywidgets has no types, and is loaded only for a gauge
        self._place: Place | None = None
        self.last_error: BinanceError | None = None

    @property
    def session(self) -> Session:
        """The session that lines go to; opened where the configuration says when there is none."""
        return self._sessions.current or self._sessions.use(self._settings.environment, {})

    @property
    def open_session(self) -> Session | None:
        """The session that lines go to, or None: asking opens none."""
        return self._sessions.current

    @property
    def is_on_sandbox(self) -> bool:
        """Whether lines that name no place go to a sandbox."""
        return self.open_session is not None and self.open_session.environment.is_sandbox

    @property
    def shows_progress(self) -> bool:
        """Whether what takes long may show a bar."""
        return self._settings.progress_bar

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
            error.suggestion = next_line(line, error, is_on_sandbox=self.is_on_sandbox)
            raise

    def _run(self, tokens: Sequence[Token], namespace: Mapping[str, Any]) -> Any:  # Any: see run
        if not tokens:
            return self._own(Bound("status", {}, {}))
        verb = verb_of(tokens[0])
        if any(token.kind == "option" and token.name == "help" for token in tokens):
            return self.page(verb)
        command = command_for(verb)
        assert command is not None
        bound = bind(tokens[1:], command, namespace)
        if verb in OWN_VERBS:
            return self._own(bound)
        return self._call(bound)

    def _own(self, bound: Bound) -> Any:  # Any: a frame, a sheet or a widget
        handler = OWN_VERBS[bound.verb].run
        assert handler is not None
        return handler(self, bound)

    def _call(self, bound: Bound) -> Any:  # Any: a frame, raw JSON or a sheet
        session, words = self.session_for(bound), self.words_of(bound)
        if bound.options.get("dry_run"):
            return dry_run_sheet(session.prepare(bound.verb, **words), session.client.credentials, words)
        if bound.options.get("plan"):
            return plan_sheet(session.plan(bound.verb, **words))
        return session.call(bound.verb, **words)

    def session_for(self, bound: Bound) -> Session:
        """Return the session that a line goes to.

        Args:
            bound: The line.

        Returns:
            The one of its ``--env``, which is opened when there is none, or the current one.

        Raises:
            UsageError: There is no such environment.
        """
        environment = bound.options.get("env")
        is_first = self.open_session is None and environment == self._settings.environment
        if environment is None or is_first:
            return self.session
        if not isinstance(environment, str):
            raise UsageError(
                "--env needs the name of an environment.",
                hint=f"Choose one of {', '.join(ENVIRONMENT_NAMES)}, or give a base URL.",
                operation=bound.verb,
            )
        return self._sessions.at(environment)

    def words_of(self, bound: Bound) -> dict[str, Any]:  # Any: parameters are open
        """Return what a line gives a call: parameters, and reading options as written or configured.

        Args:
            bound: The line.

        Returns:
            The words by name.
        """
        options = self._wishes(bound.verb)
        options |= {name: value for name, value in bound.options.items() if name not in LINE_OPTIONS}
        rows = options.get("max_rows")
        if isinstance(rows, Later):
            options["max_rows"] = Later(*rows.names, then=lambda *answers: _whole("max_rows", rows.then(*answers)))
        elif rows is not None:
            options["max_rows"] = _whole("max_rows", rows)
        return {**bound.words, **options}

    def _wishes(self, verb: str) -> dict[str, Any]:  # Any: reading options have several types
        """Return the reading options that the person configured, as far as they make sense for an endpoint."""
        wished: dict[str, Any] = {} if self._settings.time_zone == "UTC" else {"tz": self._settings.time_zone}
        if not self._settings.progress_bar:
            wished["quiet"] = True
        return {name: value for name, value in wished.items() if name in options_of(ENDPOINTS[verb])}

    def use(self, bound: Bound) -> Sheet:
        """Go to an environment.

        Args:
            bound: A line of the verb ``use``.

        Returns:
            Where you stand now.

        Raises:
            BinanceError: It cannot be opened; then nothing has changed.
        """
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
        former = self.open_session
        reel = None if former is None else former.tape
        standing = standing_line(self._sessions.use(environment, options).status())
        return standing if reel is None else Sheet(f"{standing.title} {ejected_words(reel)}", is_framed=False)

    def page(self, verb: str | None) -> Sheet:
        """Return a page of help.

        Args:
            verb: What it is about: a verb, a code or a filter; None for the list of all verbs.

        Raises:
            UsageError: There is none about that.
        """
        if verb is None:
            return help_overview({name: own.about for name, own in (*OWN_VERBS.items(), (_CELL, CELL))})
        return _help_on(verb)

    def gauge(self) -> Any:  # Any: see _gauges
        """Return the widget that follows the calls; a closed one is replaced."""
        from binance_nb.widgets import Gauge

        self.session.status()  # opens a session now, if there is none
        # One that follows is enough: asked for again, it is shown in a second place.
        if not self._gauges or self._gauges[-1].is_closed:
            self._gauges.append(Gauge(self._standing))
        return self._gauges[-1]

    def _standing(self) -> dict[str, Any] | None:  # Any: see Session.status
        # A gauge must not open a session, and less so from its own thread.
        return self._sessions.current.status() if self._sessions.current else None

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
        if self._sessions.current is None:
            return error_card(error, place=self._place)
        client = self._sessions.current.client
        # A sandbox's clock that stands still, or runs fast, has nothing to do with the one on the wall.
        zone = datetime.now().astimezone().tzinfo if client.clock.rate == 1 else None
        return error_card(
            error,
            place=self._place,
            holder=client.credentials,
            seconds_until=client.clock.seconds_until,
            zone=zone,
        )

    def refresh_gauges(self) -> None:
        """Bring the gauges up to date, and forget those that were closed."""
        self._gauges = [gauge for gauge in self._gauges if not gauge.is_closed]
        if self._sessions.current is None:
            return  # nothing to show, and no reason to go anywhere
        for gauge in self._gauges:
            gauge.refresh()

    def wait_at_most(self, seconds: float) -> None:
        """Let reads wait longer, or not as long, for a rate limit.

        Args:
            seconds: How long at most.
        """
        self._sessions.wait_at_most(seconds)

    def close(self) -> None:
        """Close all sessions; the next line opens another. Gauges stay on the screen as they are."""
        for gauge in self._gauges:
            gauge.stop()
        self._gauges.clear()
        self._sessions.close()

    def _connect(self, environment: str, options: Mapping[str, Any]) -> Session:  # Any: checked by connect
        return connect(environment, max_wait_seconds=self._settings.max_wait_seconds, on_wait=self._on_wait, **options)


def _help_on(verb: str) -> Sheet:
    if own := CELL if verb == _CELL else OWN_VERBS.get(verb):
        return own_verb_help(verb, own.about, own.usage, own.options, own.example, own.python)
    if verb == "errors":
        return code_list()
    if verb.lstrip("-").isdecimal():
        return code_card(int(verb))
    if verb.isupper() or verb in TRANSPORT_FAILURES:  # LOT_SIZE, INVALID_TIMESTAMP, certificate
        return code_card(verb)
    if verb not in ENDPOINTS:
        raise unknown_verb(verb)
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
