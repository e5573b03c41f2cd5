"""``%binance``, its options in ``%config BinanceMagics``, and the card under a failed cell."""

from __future__ import annotations

import os
import warnings
from collections import ChainMap
from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from traitlets import Bool, Float, TraitError, Unicode, default, observe, validate
from traitlets.config import Config

from binance_nb.errors import BinanceError, UsageError

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk
    from binance_nb.session import Session

__all__ = ["BinanceMagics", "install"]

_ENVIRONMENT_VARIABLE = "BINANCE_NB_ENVIRONMENT"
_DEFAULT = "market"


@magics_class
class BinanceMagics(Magics):
    """The Binance Spot exchange, a line at a time."""

    environment = Unicode(
        help=f"""Where the first line connects: market (real prices, no key), live, testnet, demo, sandbox, or a base
        URL. The variable {_ENVIRONMENT_VARIABLE} sets the default. Later, %binance use goes elsewhere."""
    ).tag(config=True)
    max_wait_seconds = Float(
        10.0, min=0, help="How many seconds a read may wait for a rate limit by itself; beyond that it fails."
    ).tag(config=True)
    full_tracebacks = Bool(
        False, help="Whether errors of this package show Python's whole traceback instead of a few lines."
    ).tag(config=True)
    table_header = Bool(
        True, help="Whether a line above frames says what they are, and numbers show the digits that are traded."
    ).tag(config=True)

    sparklines = Bool(
        True, help="Whether the line above candles and trades ends with a small picture of their prices."
    ).tag(config=True)
    time_zone = Unicode(
        "UTC",
        help="""The zone in which lines show times, and read those that name none: UTC, an offset such as +02:00, or a
        name such as Europe/Berlin. --tz on a line goes first; calls from Python have tz= of their own.""",
    ).tag(config=True)
    progress_bar = Bool(
        True, help="Whether a pull that takes long shows a progress bar. --quiet on a line hides it once."
    ).tag(config=True)

    @default("environment")
    def _environment_default(self) -> str:
        return os.environ.get(_ENVIRONMENT_VARIABLE) or _DEFAULT

    @validate("environment")
    def _check_environment(self, proposal: dict[str, Any]) -> str:
        name = str(proposal["value"])
        if name in (_DEFAULT, "sandbox"):
            return name
        from binance_nb.environment import resolve

        try:
            resolve(name)
        except UsageError as error:
            raise TraitError(f"{error.message} {error.hint}") from None
        return name

    @validate("time_zone")
    def _check_time_zone(self, proposal: dict[str, Any]) -> str:
        from binance_nb.grammar import find_zone

        name = str(proposal["value"])
        try:
            find_zone(name)
        except UsageError as error:
            near = f" Did you mean {error.suggestion}?" if error.suggestion else ""
            raise TraitError(f"{error.message} {error.hint}{near}") from None
        return name

    @observe("max_wait_seconds")
    def _tell_session(self, change: dict[str, Any]) -> None:
        if self._has_desk:
            self.desk.wait_at_most(change["new"])

    @observe("full_tracebacks")
    def _choose_tracebacks(self, change: dict[str, Any]) -> None:
        from binance_nb.notebook.tracebacks import show_full, show_short

        if change["new"]:
            show_full(self._shell)
        else:
            show_short()

    @observe("table_header", "sparklines")
    def _choose_headers(self, change: dict[str, Any]) -> None:
        from binance_nb.notebook.formatters import hide_headers, show_headers

        hide_headers(self._shell)
        if self.table_header:
            show_headers(self._shell, has_path=self.sparklines)

    @property
    def _shell(self) -> InteractiveShell:
        assert self.shell is not None
        return self.shell

    @property
    def _has_desk(self) -> bool:
        return "desk" in vars(self)

    @cached_property
    def desk(self) -> Desk:
        """What runs the lines; made for the first one, because loading an extension must cost nothing."""
        from binance_nb.notebook.desk import Desk
        from binance_nb.notebook.waiting import WaitNotice

        self._notice = WaitNotice(self._shell)
        return Desk(self, self._notice)

    @property
    def session(self) -> Session:
        """The session that ``%binance`` lines go to; opened when there is none."""
        return self.desk.session

    @property
    def open_session(self) -> Session | None:
        """The session that ``%binance`` lines go to, or None: asking opens none."""
        return self.desk.open_session if self._has_desk else None

    @line_magic
    @no_var_expand
    @needs_local_scope
    def binance(self, line: str, local_ns: dict[str, Any] | None = None) -> Any:  # Any: see Desk.run
        """Work with the Binance Spot exchange: ``%binance VERB words --option value name=value``.

        The answer of a call is a DataFrame; what goes wrong is raised, and shown as a card.

            %binance                                     where you stand: environment, key, clock, weight used
            %binance use sandbox                         go elsewhere: market, live, testnet, demo, sandbox, a URL
            btc = %binance klines BTCUSDT 1h --start -30d
            %binance depth $symbol limit={2 * n}         Python values: $name and {expression}
            %binance depth BTCUSDT --dry-run             what it would send; --plan: what it would take

            %binance help                                every verb
            %binance help klines, or %binance klines?    all about one: parameters, weight, columns, examples
            %config BinanceMagics                        the options of this notebook

        In plain Python the same calls are methods: ``binance_nb.connect("sandbox").klines("BTCUSDT", "1h")``.

        Args:
            line: What stands behind ``%binance``.
            local_ns: Variables of the scope it stands in.

        Returns:
            A frame, decoded JSON, or something to look at.
        """
        namespace = ChainMap(local_ns or {}, self._shell.user_ns)
        try:
            return self.desk.run(line, namespace)
        except KeyboardInterrupt as interrupt:
            raise self._shortened(interrupt, "Of this line nothing is kept.") from None

    @cell_magic("binance")  # type: ignore[arg-type]  # IPython's types do not know the form with a name
    @no_var_expand
    @needs_local_scope
    def binance_cell(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:  # Any: see run_cell
        """Make several calls of the Binance Spot exchange, a line each: ``%%binance [NAME]``.

        Reads are under way at the same time. A line that uses the answer of one above it, as ``$name`` or in an
        ``{expression}``, waits for it. A line that may place or cancel something goes alone, in the order written, and
        not at all once one above it has failed. All lines are checked before the first is sent.

            %%binance market
            hours = klines BTCUSDT 1h --start -30d
            minutes = klines BTCUSDT 1m --start {hours.index[-2]}
            ticker_24hr

        Each ``name =`` becomes a variable. NAME becomes the mapping of all answers, in which a line without a name goes
        by its verb: ``market["ticker_24hr"]``.

        Args:
            line: What stands behind ``%%binance``.
            cell: The lines below.
            local_ns: Variables of the scope it stands in.

        Returns:
            The answers by name, shown as a table of what became of each line.
        """
        from IPython.display import display

        from binance_nb.notebook.cell import run_cell

        shell: Any = self._shell  # Any: IPython does not type push
        namespace = ChainMap(local_ns or {}, shell.user_ns)
        try:
            return run_cell(self.desk, line, cell, namespace, lambda name, value: shell.push({name: value}), display)
        except KeyboardInterrupt as interrupt:
            raise self._shortened(interrupt, "Nothing was sent.") from None

    def _shortened(self, interrupt: KeyboardInterrupt, kept: str) -> KeyboardInterrupt:
        """Whoever presses the button knows where it stopped; the inside of a socket is no news."""
        from binance_nb.notebook.interrupts import read_shortly

        if not hasattr(interrupt, "__notes__"):
            interrupt.add_note(kept)
        if not self.full_tracebacks:
            read_shortly(interrupt)
        return interrupt.with_traceback(None)

    def after_cell(self, result: ExecutionResult) -> None:
        """Show the card of a failed cell, and bring the gauges up to date; IPython calls this after each cell.

        Args:
            result: The cell and its outcome.
        """
        error = result.error_in_exec
        if not self._has_desk and not isinstance(error, BinanceError):
            return
        if isinstance(error, BinanceError):
            self._show(error, result)
        desk = self.desk
        self._notice.done()
        desk.refresh_gauges()
        self._show_armed()

    def _show_armed(self) -> None:
        """Show the band, as long as the cell's session is armed: whoever can lose money is to see it at each step."""
        session = self.open_session
        if session is None or session.interlock.standing is None:
            return
        from IPython.display import display

        from binance_nb.rendering import armed_band

        display(armed_band(session.status()))  # type: ignore[no-untyped-call]  # IPython's

    def _show(self, error: BinanceError, result: ExecutionResult) -> None:
        from IPython.display import display

        from binance_nb.notebook.places import place_of

        self.desk.remember(error, place_of(self._shell, result, error))
        # A terminal has printed the same words already.
        if getattr(self._shell, "kernel", None) is not None:
            display(self.desk.card())  # type: ignore[no-untyped-call]  # IPython's

    def close(self) -> None:
        """Close the session and let go of what loading took."""
        self.full_tracebacks = False
        if self._has_desk:
            self.desk.close()


def install(shell: InteractiveShell) -> BinanceMagics:
    """Make the magics and register them; what is wrong in their configuration is reported and left aside.

    Args:
        shell: The shell.

    Returns:
        The registered magics.
    """
    try:
        magics = BinanceMagics(shell)
    except TraitError:
        # %config leaves a refused value behind, and it must not keep the extension from loading again.
        shell.configurables[:] = [each for each in shell.configurables if not isinstance(each, BinanceMagics)]
        magics = BinanceMagics(shell, config=Config())
        for name, value in shell.config["BinanceMagics"].items():
            _set(magics, name, value)
    try:
        magics.environment = magics.environment  # a default is not validated until it is set
    except TraitError as error:
        warnings.warn(f"{_ENVIRONMENT_VARIABLE} is left aside: {error}", stacklevel=3)
        magics.environment = _DEFAULT
    shell.register_magics(magics)
    return magics


def _set(magics: BinanceMagics, name: str, value: object) -> None:
    try:
        setattr(magics, name, value)
    except TraitError as error:
        warnings.warn(f"BinanceMagics.{name} is left aside: {error}", stacklevel=4)
