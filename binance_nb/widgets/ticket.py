"""The ticket: an order form that knows the rules, asks before it sends, and places each order once."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from binance_nb.errors import (
    ApiError,
    BinanceError,
    ExecutionUnknownError,
    JournalError,
    RequestError,
    TransportError,
)
from binance_nb.rendering import error_card, table_html
from binance_nb.rendering.form_sheets import sentence_html
from binance_nb.rendering.receipts import receipt_of
from binance_nb.trading.everyday.fitting import read_wish
from binance_nb.trading.journal.origins import calling_from
from binance_nb.widgets.live import Live
from binance_nb.widgets.ticket_fields import TicketFields
from binance_nb.widgets.ticket_market import Checked, SymbolFacts, TicketMarket
from binance_nb.widgets.ticket_order import OrderForm, fields_of, python_line
from binance_nb.widgets.ticket_placing import Confirmed, Placing, Stage
from binance_nb.widgets.ticket_view import TicketView
from binance_nb.widgets.ticket_words import arming_rows, field_rows, market_words, missing_words, order_words, stakes

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.session import Session

__all__ = ["Ticket"]

_PAUSE_SECONDS = 0.35
_WAIT_SECONDS = 1.5
_UNARMED = "Nothing is armed, so nothing can be placed"
_CHECK, _SYMBOL, _TEST, _LOOK = "check", "symbol", "test", "look"


class Ticket(Live):
    """An order form: fields, every rule while you type, what it costs, a test, a question, and then the order.

    Showing it places nothing, nor does running its cell again. An order goes the way of ``session.buy`` and
    ``session.sell``: preflight, interlock, journal, look-up of what got no verdict. What is placed is what the question
    showed. In the journal each confirmed order comes from a place of its own, ``ticket-…``, and never from a cell.

    Args:
        session: Where orders go.
        symbol: Of what.
        side: BUY or SELL.
        pause_seconds: How long nobody types before the rules are asked for.
        **words: Words of `Session.buy` or `Session.sell` to fill in: ``quantity``, ``price`` and so on.

    Attributes:
        order: The order that was placed last, as a frame; None before the first.
        error: What the last one ended with, if it was an error.

    Raises:
        UsageError: There is no such word, side or amount.
    """

    kind: ClassVar[str] = "ticket"
    beat_seconds: ClassVar[float | None] = 1.0

    def __init__(
        self,
        session: Session,
        symbol: str = "BTCUSDT",
        side: str = "BUY",
        *,
        pause_seconds: float = _PAUSE_SECONDS,
        **words: object,
    ) -> None:
        filled = fields_of(side, words)
        self._session = session
        self._market = TicketMarket(session)
        self._placing: Placing[Checked] = Placing()
        self._pause_seconds = pause_seconds
        self._typed = 0
        self._is_over = threading.Event()
        self._checked: Checked | None = None
        self._refused = ""
        self._placed = self._told = ""
        self._tested: OrderForm | None = None
        self._armed: object = None
        self.order: pd.DataFrame | None = None
        self.error: Exception | None = None
        self.fields = TicketFields(self.guarded(self._changed), self.guarded(self._symbol_changed))
        self.view = TicketView(self.fields.box, session.environment)
        super().__init__(self.view.box, session=session)
        self.fields.listen(self.guarded(self._step))
        self.view.listen(
            check=self.guarded(self._press_test),
            place=self.guarded(self._press_place),
            yes=self.guarded(self._press_yes),
            no=self.guarded(self._press_no),
            look=self.guarded(self._press_look),
            fix=self.guarded(self._press_fix),
        )
        with self.drawing:
            self.fields.fill(filled)
            self.fields.symbol.value = symbol
            self._review()

    # What is typed.

    def _changed(self, change: object) -> None:
        self.fields.refresh()
        self._review()

    def _symbol_changed(self, change: object) -> None:
        symbol = self.fields.form().symbol
        self._checked = None
        if symbol:
            self.work(partial(self._facts_of, symbol), self._use_symbol, self._refuse, kind=_SYMBOL)

    def _facts_of(self, symbol: str) -> tuple[SymbolFacts, str]:
        facts = self._market.facts(symbol)
        return facts, market_words(self._market.known(facts, self.fields.form().side))

    def _use_symbol(self, found: tuple[SymbolFacts, str]) -> None:
        facts, said = found
        self.fields.use(facts)
        self.view.tell_market(said)
        self._review()

    def _step(self, button: object) -> None:
        self.fields.step(button)

    def _press_fix(self, button: object) -> None:
        for parameter, value in self.view.taken(button):
            self.fields.take(parameter, value)

    def _review(self) -> None:
        """Judge what stands in the fields: at once as far as the words tell, soon as far as the rules do."""
        self._typed += 1
        if self._placing.take_back():
            self.view.ask(None)
        form = self.fields.form()
        self._checked, self._refused = None, ""
        if self._tested is not None and form != self._tested:
            self._tested = None
            self._tell_beside("")  # what was there is about another order
        if form.missing:
            self.view.tell_lines("", "")
            self.view.tell_nothing(sentence_html(f"Still to fill in: {missing_words(form)}."))
        else:
            self._review_words(form)
        self._show()

    def _review_words(self, form: OrderForm) -> None:
        try:
            wish = read_wish(form.side, form.symbol, form.words)
        except BinanceError as error:
            self.view.tell_lines("", "")
            self._refuse(error)
            return
        self.view.tell_lines(wish.line(), python_line(form))
        self.work(partial(self._check_soon, form, self._typed), self._use_checked, self._refuse, kind=_CHECK)

    def _check_soon(self, form: OrderForm, typed: int) -> Checked | None:
        if typed == self._typed:
            self._is_over.wait(self._pause_seconds)
        # Whoever has typed on meanwhile is answered for what stands there now.
        return self._market.check(form) if typed == self._typed and not self._is_over.is_set() else None

    def _use_checked(self, checked: Checked | None) -> None:
        if checked is None:
            return
        self._checked, self._refused = checked, ""
        levels = checked.known.asks if checked.form.side == "BUY" else checked.known.bids
        self.fields.last = format(levels[0][0], "f") if levels else ""
        self.view.tell_checked(checked)
        self.view.offer_of(checked.report, self.fields.can_take)
        self._show()

    def _refuse(self, error: Exception) -> None:
        self._checked, self._refused = None, str(error)
        self.view.tell_nothing(self._card(error))
        self._show()

    # Testing and placing.

    def _press_test(self, button: object) -> None:
        if self._checked is None:
            return
        sent = self._checked.built.parameters
        job = partial(self._session.call, "test_order", **sent, compute_commission_rates=True, raw=True)
        self.work(job, partial(self._use_test, self._checked), partial(self._fail_test, self._checked), kind=_TEST)

    def _use_test(self, checked: Checked, said: object) -> None:
        words = f"✓ The exchange would take {order_words(checked)}. It was a test: nothing was placed."
        self._tell_test(checked, sentence_html(words))

    def _fail_test(self, checked: Checked, error: Exception) -> None:
        self._tell_test(checked, self._card(error))

    def _tell_test(self, checked: Checked, markup: str) -> None:
        if self.fields.form() == checked.form:  # or it is about an order that nobody means any more
            self._tested = checked.form
            self._tell_beside(markup)

    def _use_error(self, error: Exception) -> None:
        self._tell_beside(self._card(error))

    def _tell_beside(self, markup: str) -> None:
        """Show what has not to do with an order on its way: one without a verdict can be looked up as before."""
        self.view.tell_result(markup, is_unknown=self._placing.stage is Stage.UNKNOWN)

    def _press_place(self, button: object) -> None:
        form = self.fields.form()
        if self._why_not() or form.missing:
            return
        # The question shows the market of now, not of when the last letter was typed.
        self.work(partial(self._market.check, form), self._ask, self._refuse, kind=_CHECK)

    def _ask(self, checked: Checked) -> None:
        self._use_checked(checked)
        if checked.report.passed and not self._why_not() and self._placing.ask(checked):
            is_again = checked.errand.told == self._placed
            self.view.ask(checked, "You placed one just like it before." if is_again else "")
            self._show()

    def _press_no(self, button: object) -> None:
        if self._placing.take_back():
            self.view.ask(None)
            self._show()

    def _press_yes(self, button: object) -> None:
        confirmed = self._placing.confirm()
        if confirmed is None:
            return  # the second of two clicks
        self._tested = None
        self._show()
        self.view.tell_result(sentence_html(f"Sending {order_words(confirmed.order)} …"))
        # On a thread of its own: what is on its way is never dropped for a newer job, nor by a widget that closes.
        threading.Thread(target=self._send, args=(confirmed,), name="binance_nb ticket", daemon=True).start()

    def _send(self, confirmed: Confirmed[Checked]) -> None:
        try:
            with calling_from(confirmed.origin()):
                frame = self._session.run_errand(confirmed.order.errand)
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to: the form shows it
            self._sent(confirmed, None, error)
        else:
            self._sent(confirmed, frame, None)

    def _sent(self, confirmed: Confirmed[Checked], frame: pd.DataFrame | None, error: Exception | None) -> None:
        is_known = error is None or _placed_nothing(error)
        with self.drawing:
            self._placing.finish(is_known=is_known)
            self._market.forget_balances()
            self.error = error
            if frame is not None:
                self.order, self._placed = frame, confirmed.order.errand.told
            self._told = _outcome(frame, error)
            if self.is_closed:
                return
            self.view.ask(None)
            markup = self._card(error) if error is not None else table_html(frame) if frame is not None else ""
            self.view.tell_result(markup or "", is_unknown=not is_known)
            self._review()

    def _press_look(self, button: object) -> None:
        self.work(self._looked, self._use_look, self._use_error, kind=_LOOK)

    def _looked(self) -> tuple[str, bool]:
        """Return what became of the order without a verdict, and whether that is known now."""
        details = self.error.details if isinstance(self.error, BinanceError) else {}
        named = str(details.get("client_order_id") or "")
        found = {each.entry.client_order_id: each.verdict for each in self._session.resolve()}
        if named in found and found[named].words:
            return f"{named}: {found[named].state}. {found[named].words}.", not self._is_open(named)
        entries = self._session.journal_entries(named) if named else []
        state = (entries[-1].verdict if entries else None) or "STILL UNKNOWN"
        return f"{named or 'The order'}: {state}.", bool(entries) and not entries[-1].is_unresolved

    def _is_open(self, client_order_id: str) -> bool:
        return any(entry.is_unresolved for entry in self._session.journal_entries(client_order_id))

    def _use_look(self, found: tuple[str, bool]) -> None:
        said, is_known = found
        if is_known:
            self._placing.settle()
        self._told = said
        self.view.tell_result(
            sentence_html(f"{'' if is_known else '? '}{said}", is_strong=True), is_unknown=not is_known
        )
        self._market.forget_balances()
        self._review()

    # What may be pressed.

    def _why_not(self) -> str:
        """Return why nothing can be placed here now; empty when it can."""
        place = self._session.environment
        if place.has_market_data_only:
            return f"{place.name} takes no orders: it has market data only."
        if self._session.client.credentials is None:
            return f"Orders need a key, and {place.name} has none. To give one: %binance keys"
        if self._placing.stage is Stage.UNKNOWN:
            return "Nobody knows yet what became of the last order: look it up first."
        return f"{_UNARMED} on {place.host}." if self._session.interlock.standing is None and place.is_live else ""

    def _show(self) -> None:
        stage, checked = self._placing.stage, self._checked
        is_editing = stage in (Stage.EDITING, Stage.UNKNOWN)
        self.fields.enable(is_on=is_editing)
        is_ready = is_editing and checked is not None
        why = self._why_not()
        broken = ", ".join(dict.fromkeys(line.rule for line in checked.report.broken)) if checked else ""
        self.view.enable(
            # What is said of a test would stand in the place of what is not known.
            can_test=is_ready and stage is Stage.EDITING and self._session.client.credentials is not None,
            can_place=is_ready and not why and not broken,
            why=why or (f"It cannot be placed while it breaks {broken}." if broken else ""),
            how=arming_rows(self.fields.form().symbol, checked) if why.startswith(_UNARMED) else (),
            is_sending=stage is Stage.SENDING,
        )

    def _beat(self) -> None:
        # Arming happens in a cell, and ends with time.
        if (standing := self._why_not()) != self._armed:
            self._armed = standing
            self.invalidate()

    def _paint(self) -> None:
        self._show()

    def _end(self) -> None:
        if self.is_closed:
            self._is_over.set()

    def _card(self, error: Exception) -> str:
        if not isinstance(error, BinanceError):
            return sentence_html(f"{type(error).__name__}: {error}", is_strong=True)
        client = self._session.client
        return error_card(error, holder=client.credentials, seconds_until=client.clock.seconds_until).html()

    # Where no widgets work.

    def words(self) -> str:
        """Return the form as text, as far as it is filled in, with the line that means the same."""
        head, *rest = self._standing()
        fields = (f"{name} {text or '…'}" for name, text in field_rows(self.fields.form()))
        line = self.view.magic.text
        return "\n  ".join([head, ", ".join(fields), *rest, *([line] if line else [])])

    def _standing(self) -> list[str]:
        self._worker.join(_WAIT_SECONDS)  # a picture of a form that is being judged is of no use
        said = [f"Order form · {stakes(self._session.environment)}"]
        if self._checked is not None:
            said.append(repr(self._checked.report).replace("\n", "\n  "))
        return [*said, *filter(None, [self._refused, self._told])]

    def picture(self) -> bytes:
        """Return the form as a picture."""
        from binance_nb.rendering.pictures import form_png

        _, *said = self._standing()
        is_right = self._checked is not None and self._checked.report.passed
        lines = [("ok" if is_right and not at else "note", " ".join(each.split())) for at, each in enumerate(said)]
        if self._refused or (self._checked is not None and not is_right):
            lines[0] = ("wrong", lines[0][1])
        return form_png(
            list(field_rows(self.fields.form())),
            "Order form",
            below=stakes(self._session.environment),
            lines=[*lines, *([("note", self.view.magic.text)] if self.view.magic.text else [])],
            buttons=("Test order", "Place…"),
        )


def _outcome(frame: pd.DataFrame | None, error: Exception | None) -> str:
    if error is not None:
        return f"Last: {error}"
    receipt = receipt_of(frame.attrs["binance"]) if frame is not None else None
    return f"Last: {receipt.title}" if receipt is not None else ""


def _placed_nothing(error: Exception) -> bool:
    """Whether it is certain that no order came of it."""
    if isinstance(error, ExecutionUnknownError):
        return not error.may_stand
    return isinstance(error, RequestError | ApiError | TransportError | JournalError)
