"""The one object a person holds: every endpoint is a method that returns a frame.

Type checkers and editors read ``session.pyi``, which ``tools/make_stub.py`` writes from the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.client import ClockReport
from binance_nb.errors import TransportError
from binance_nb.histories import Histories
from binance_nb.ordering import Ordering
from binance_nb.signatures import arguments_of, describe_method, signature_of
from binance_nb.streaming import Streaming
from binance_nb.taping import Taping
from binance_nb.together import Answers, Call, Together, name_calls
from binance_nb.trading.accounts import account_of
from binance_nb.trading.arming.arming import DEFAULT_ASSET, Arming, read_limits
from binance_nb.trading.journal.entries import Entry
from binance_nb.trading.journal.reading import LAST, read_entries

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Session"]


class Session(Taping, Ordering, Histories, Streaming):
    """A place on the exchange, with a method for each endpoint.

    Every method takes the endpoint's parameters by their snake-case names, and the reading options of
    `binance_nb.signatures.READING_OPTIONS`. Nothing is contacted before the first call.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    def together(
        self,
        calls: Mapping[str, Call] | Iterable[Call],
        *,
        on_answer: Callable[[str, Any], None] | None = None,  # Any: see Calls.call
    ) -> Answers:
        """Make several calls, the reads among them at the same time and within the weight budget.

            answers = session.together({
                "top": Call("ticker_24hr", "BTCUSDT"),
                "hours": Call("klines", "BTCUSDT", "1h", start="-30d"),
                "minutes": Call("klines", "BTCUSDT", "1m", start=Later("hours", then=lambda hours: hours.index[-2])),
            })

        All calls are checked before the first is sent. A call that may place or cancel something goes alone, in the
        order given, and not at all once one before it has failed. A call may go elsewhere: ``Call(...).at(other)``.

        Args:
            calls: What to call, by the names of the answers; without names, verbs name them: ``klines``, ``klines_2``.
            on_answer: Told each name and answer as it comes, so that an interrupt loses nothing.

        Returns:
            The answers by name.

        Raises:
            TogetherError: Some failed: it names them, and holds the answers of the others. Or some cannot be made at
                all; then nothing was sent.
        """
        named = calls if isinstance(calls, Mapping) else name_calls(calls)
        placed = {name: call if call.session is not None else call.at(self) for name, call in named.items()}
        return Together(placed, on_answer).run()

    def arm(
        self,
        max_notional: Decimal | str | float | None = None,
        for_: str | timedelta | None = None,
        *,
        total: Decimal | str | float | None = None,
        symbols: str | Iterable[str] | None = None,
        asset: str = DEFAULT_ASSET,
    ) -> Arming:
        """Allow orders for a while: on a live host nothing that changes state leaves before.

        It ends with its time, with `disarm`, with the session and with the kernel. Cancels and amendments need it too,
        but count nothing; what was counted stays so, even when the order is cancelled. Where no money moves it is a
        rehearsal: orders need nothing there, but the limits hold until it ends.

        Args:
            max_notional: The most that one order may be worth, counted as `binance_nb.trading.arming.worth` says.
            for_: For how long: ``30min``, ``2h``, a timedelta; at most a day.
            total: The most that all orders may be worth together; as much as one when left out.
            symbols: The only symbols allowed, as a list or separated by commas; all when left out.
            asset: What amounts are counted in.

        Returns:
            What is allowed now.

        Raises:
            UsageError: An amount, a time or a symbol is missing or not plain; then all stays as it was.
        """
        return self.interlock.arm(
            read_limits(self.client, max_notional=max_notional, for_=for_, total=total, symbols=symbols, asset=asset)
        )

    def disarm(self) -> bool:
        """Allow no orders any more.

        Returns:
            Whether any were allowed until now.
        """
        return self.interlock.disarm()

    def clock_report(self, samples: int = 8) -> ClockReport:
        """Compare the exchange's clock with this computer's, and go by the exchange's; the computer's is not touched.

        Args:
            samples: How many times to look, a tenth of a second apart. Each has the weight of ``time``.

        Returns:
            How far they are apart and how surely, how fast they part, and how near -1021 is.

        Raises:
            BinanceError: As of `call`.
        """
        try:
            report = self.client.clock.examine(samples)
        except TransportError as error:
            raise self.explained(error) from None
        window_ms = self.client.recv_window_ms
        return report if window_ms is None else replace(report, recv_window_ms=float(window_ms))

    def journal(self, which: int | str | None = None, *, all: bool = False, last: int = LAST) -> pd.DataFrame:
        """Return the orders that were sent from this computer, and what became of each.

        Args:
            which: The only one wanted, wherever it went: its number in the journal, or a client order id.
            all: Whether those of every account and sandbox are wanted, not only of this session's.
            last: How many at most, of the newest. Those without known outcome come in any case.

        Returns:
            A row for each call that changes state, oldest first. Index ``number``, int64, growing from call to call.
            ``time`` is the time stamp it was sent with, ``valid_until`` when the exchange would have refused it for its
            age, ``server_time`` when its outcome held; ``written`` and ``concluded`` are by this computer's clock; all
            datetime64[ms, UTC], NaT where missing. ``code`` and ``order_id`` are Int64, ``ordinal`` (its turn among its
            kind in a run of the cell) int64. Text in pandas' default string type: ``place``, ``operation``,
            ``symbol``, ``side``, ``type``, ``quantity``, ``quote_order_qty`` and ``price`` with the digits that were
            sent, ``verdict`` (missing: nobody wrote down what became of it), ``message``, ``client_order_id``,
            ``cell``, ``run``, ``kernel``, ``told``, ``sent`` and ``reply`` as JSON. Empty, it has the same columns.

        Raises:
            UsageError: There is no such call.
            JournalError: The journal cannot be read; nothing in it is changed.
        """
        from binance_nb.trading.journal.frame import journal_frame

        return journal_frame(self.journal_entries(which, all=all, last=last))

    def journal_entries(self, which: int | str | None = None, *, all: bool = False, last: int = LAST) -> list[Entry]:
        """Return what `journal` returns, as objects.

        Args:
            which: As there.
            all: As there.
            last: As there.

        Returns:
            The calls, oldest first.
        """
        whose = None if all else partial(account_of, self.environment, self.client.credentials, self.sandbox)
        return read_entries(self.order_journal, whose, which=which, last=last)


def _method(endpoint: Endpoint) -> Callable[..., Any]:
    name = endpoint.name

    def method(self: Session, *args: object, **words: object) -> Any:  # Any: a frame, or raw JSON
        return self.call(name, **arguments_of(endpoint, signature.bind, args, words))

    signature = signature_of(endpoint)
    method.__name__ = name
    method.__qualname__ = f"Session.{name}"
    method.__doc__ = describe_method(endpoint)
    method.__signature__ = signature  # type: ignore[attr-defined]  # inspect reads it, typing does not know it
    return method


for _endpoint in ENDPOINTS.values():
    setattr(Session, _endpoint.name, _method(_endpoint))
