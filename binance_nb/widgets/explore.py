"""Explore: every call that reads, found, filled in and run without typing; and the lines that make the same frame."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.errors import BinanceError
from binance_nb.reading import options_of
from binance_nb.rendering import error_card, table_html
from binance_nb.rendering.form_sheets import sentence_html
from binance_nb.widgets.clipboard import CopyLine
from binance_nb.widgets.explore_call import (
    ExploreCall,
    groups_of,
    mended_field,
    moment_words,
    texts_of,
    why_fewer,
)
from binance_nb.widgets.explore_controls import ParameterFields, SymbolSearch
from binance_nb.widgets.live import Live

if TYPE_CHECKING:
    import pandas as pd

    from binance_nb.history import Plan
    from binance_nb.session import Session

__all__ = ["Explore"]

_RUN, _PLAN, _NAMES = "run", "plan", "names"
_STYLE = {"description_width": "8.5em"}
_SHOWN, _HIDDEN = "flex", "none"
# A page has a style for tables; a widget is no part of it without this class.
_TABLE_CLASS = "jp-RenderedHTMLCommon"


class Explore(Live):
    """A form for every call that reads: symbol, parameters, range of dates; the frame, and the lines that make it.

    What is filled in is checked at once, and nothing is sent before Run is pressed.

    Args:
        session: Where.
        symbol: What to look at first.
        call: Which call to begin with.
        **words: Its parameters and reading options.

    Attributes:
        frame: The last answer; None before the first.
        error: What the last run ended with, if it was an error.

    Raises:
        UsageError: There is no such call among those that read.
    """

    kind: ClassVar[str] = "explore"
    beat_seconds: ClassVar[float | None] = 1.0

    def __init__(self, session: Session, symbol: str = "BTCUSDT", call: str = "klines", **words: object) -> None:
        self._session = session
        self._groups = groups_of(session)
        self._texts: dict[str, str] = {"interval": "1h", **dict(texts_of(words))}
        self._mend: tuple[str, str] | None = None
        self._is_choosing = False
        self._ran: ExploreCall | None = None
        self._problem_shown = ""
        self.frame: pd.DataFrame | None = None
        self.error: Exception | None = None
        self._fewer = ipywidgets.HTML()
        self.group = ipywidgets.Dropdown(description="about", style=_STYLE, layout=_wide())
        self.call_field = ipywidgets.Dropdown(description="call", style=_STYLE, layout=_wide())
        self._about, self._moments, self._complaint, self._cost, self._state = (ipywidgets.HTML() for _ in range(5))
        self.search = SymbolSearch(
            session.client.symbols, symbol, self.guarded(self._symbol_typed), self.guarded(self._symbol_chosen)
        )
        self.fields = ParameterFields(self.guarded(self._typed))
        self.mend, self.run, self.plan = (ipywidgets.Button(layout=ipywidgets.Layout(width="auto")) for _ in range(3))
        self.run.description, self.run.button_style = "Run", "primary"
        self.plan.description = "What would it take?"
        self.magic, self.python = CopyLine("As a line"), CopyLine("In Python")
        self.table = ipywidgets.HTML(layout=ipywidgets.Layout(overflow="auto", max_width="100%", max_height="28em"))
        self.table.add_class(_TABLE_CLASS)
        super().__init__(ipywidgets.VBox(self._parts()), session=session)
        self.group.observe(self.guarded(self._group_chosen), "value")
        self.call_field.observe(self.guarded(self._call_chosen), "value")
        self.run.on_click(self.guarded(self._press_run))
        self.plan.on_click(self.guarded(self._press_plan))
        self.mend.on_click(self.guarded(self._press_mend))
        with self.drawing:
            self._offer_groups(call)

    def _parts(self) -> list[Any]:  # Any: ipywidgets has no types
        head = ipywidgets.HTML(sentence_html(self._where(), is_strong=True))
        row = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        chosen = ipywidgets.Box([self.group, self.call_field], layout=row)
        pressed = ipywidgets.Box([self.run, self.plan, self._cost], layout=row)
        wrong = ipywidgets.Box([self._complaint, self.mend], layout=row)
        asked = [self._about, self.search.box, self.fields.box, self._moments, wrong, pressed]
        return [head, chosen, self._fewer, *asked, self.magic, self.python, self._state, self.table]

    def _where(self) -> str:
        return f"Explore · {self._place()}"

    def _place(self) -> str:
        place = self._session.environment
        return place.label or place.name

    # What can be called.

    @property
    def endpoint(self) -> Endpoint:
        """The call that is chosen."""
        return ENDPOINTS[str(self.call_field.value)]

    def _offer_groups(self, call: str) -> None:
        self._groups = groups_of(self._session)
        self._fewer.value = sentence_html(why_fewer(self._session))
        names = [endpoint.name for group in self._groups for endpoint in group.endpoints]
        wanted = call if call in names else names[0]
        about = next(group for group in self._groups if wanted in [each.name for each in group.endpoints])
        self._is_choosing = True
        try:
            self.group.options = [group.label for group in self._groups]
            self.group.value = about.label
            self.call_field.options = [endpoint.name for endpoint in about.endpoints]
            self.call_field.value = wanted
        finally:
            self._is_choosing = False
        self._show_call()

    def _group_chosen(self, change: object) -> None:
        if not self._is_choosing:
            group = next(each for each in self._groups if each.label == self.group.value)
            self._offer_groups(group.endpoints[0].name)

    def _call_chosen(self, change: object) -> None:
        if not self._is_choosing:
            self._show_call()

    def _show_call(self) -> None:
        endpoint = self.endpoint
        self._about.value = sentence_html(endpoint.about)
        self.adopt(self.fields.show(endpoint, self._texts))
        self._review()

    # What is typed.

    def call(self) -> ExploreCall:
        """Return the call as it is filled in."""
        symbol = {"symbol": self.search.text} if "symbol" in self.endpoint.by_name else {}
        return ExploreCall(self.endpoint.name, {**symbol, **self.fields.texts()})

    def _typed(self, change: object) -> None:
        # What is said of one call holds for the next, as far as it takes it.
        self._texts |= self.fields.texts()
        self._review()

    def _symbol_typed(self, change: object) -> None:
        known = self._session.client.symbols
        if not known.is_known:
            self.work(partial(self._session.call, "exchange_info", raw=True), self._know_names, kind=_NAMES)
        self._review()

    def _know_names(self, said: object) -> None:
        self._review()

    def _symbol_chosen(self, card: object) -> None:
        self.search.choose(card)

    def _review(self) -> None:
        """Check what is filled in, without asking anybody; show what it means."""
        call, parameter = self.call(), self.endpoint.by_name.get("symbol")
        self.search.show(is_used=parameter is not None, is_required=parameter is not None and parameter.required)
        self._moments.value = sentence_html(" ".join(moment_words(call, self._session.client.clock.estimate_ms())))
        self.plan.layout.display = _SHOWN if call.is_range else _HIDDEN
        try:
            self._session.check(call.name, **call.words)
            weight = self._session.prepare(call.name, **call.words).weight
        except BinanceError as error:
            self._complain(error, call)
            self._cost.value = ""
            self._show_lines("", "")
            self.run.disabled = self.plan.disabled = True
            return
        self._complain(None, call)
        self._show_lines(call.magic(), call.python())
        each = " an answer" if call.is_range else ""
        self._cost.value = sentence_html(f"weight {weight}{each}, of {self._session.client.budget.limit:,} a minute")
        self.run.disabled = self.plan.disabled = False

    def _show_lines(self, magic: str, python: str) -> None:
        self.magic.show(magic)
        self.python.show(python)

    def _complain(self, error: BinanceError | None, call: ExploreCall) -> None:
        self._mend = mended_field(error, call) if error is not None else None
        self._problem_shown = f"{error.message} {error.hint or ''}".strip() if error is not None else ""
        self._complaint.value = sentence_html(f"✕ {self._problem_shown}") if self._problem_shown else ""
        self.mend.layout.display = _SHOWN if self._mend else _HIDDEN
        self.mend.description = f"Take {self._mend[0]} {self._mend[1]}" if self._mend else ""

    def _press_mend(self, button: object) -> None:
        if self._mend is not None:
            name, text = self._mend
            if name == "symbol":
                self.search.field.value = text
            else:
                self.fields.fill({name: text})

    # What is asked.

    def _press_plan(self, button: object) -> None:
        call = self.call()
        if self.plan.disabled:  # a click that came late
            return
        self.work(partial(self._session.plan, call.name, **call.words), self._use_plan, self._failed, kind=_PLAN)
        self._cost.value = sentence_html("Looking …")

    def _use_plan(self, plan: Plan) -> None:
        self._cost.value = sentence_html(str(plan))
        if not plan.is_within_ceiling and plan.rows is not None:
            self._mend = ("max_rows", str(plan.rows))
            self.mend.description, self.mend.layout.display = f"Allow {plan.rows:,} rows", _SHOWN

    def _press_run(self, button: object) -> None:
        call = self.call()
        if self.run.disabled:
            return
        self._state.value = sentence_html(f"Running {call.magic()} …")
        self.work(partial(self._answer, call), self._use_answer, self._failed, kind=_RUN)

    def _answer(self, call: ExploreCall) -> tuple[ExploreCall, pd.DataFrame, float]:
        # A bar would be written under whatever cell runs; it says nothing of how the frame is to be.
        quiet = {"quiet": True} if "quiet" in options_of(call.endpoint) else {}
        began = time.perf_counter()
        frame = self._session.call(call.name, **call.words, **quiet)
        return call, frame, time.perf_counter() - began

    def _use_answer(self, answer: tuple[ExploreCall, pd.DataFrame, float]) -> None:
        self._ran, self.frame, seconds = answer
        self.error = None
        self._state.value = sentence_html(f"{self._spent()}, {seconds:.2f} s. The frame is explore.frame in a cell.")
        self.table.value = table_html(self.frame) or ""
        self._review()

    def _spent(self) -> str:
        assert self.frame is not None
        facts = self.frame.attrs["binance"]
        requests = int(facts.get("requests") or 1)
        many = "requests" if requests != 1 else "request"
        return f"{len(self.frame):,} rows: took weight {facts['weight']:,} in {requests:,} {many}"

    def _failed(self, error: Exception) -> None:
        self.error = error
        self._state.value = ""
        client = self._session.client
        if not isinstance(error, BinanceError):
            self.table.value = sentence_html(f"{type(error).__name__}: {error}", is_strong=True)
            return
        card = error_card(error, holder=client.credentials, seconds_until=client.clock.seconds_until)
        self.table.value = card.html()
        self._review()
        if self._mend is None and (mend := mended_field(error, self.call())):
            self._mend = mend
            self.mend.description, self.mend.layout.display = f"Take {mend[0]} {mend[1]}", _SHOWN

    def _beat(self) -> None:
        # A key may have come, or gone: then other calls can be made.
        if self._groups != groups_of(self._session):
            self.invalidate()

    def _paint(self) -> None:
        if self._groups != groups_of(self._session):
            self._offer_groups(self.endpoint.name)

    # Where no widgets work.

    def words(self) -> str:
        """Return the call as text, with the line that makes it, and what came of the last one."""
        said = [self._where(), self._problem_shown, self.magic.text, self.python.text]
        if self.frame is not None and self._ran is not None:
            said.append(f"{self._ran.magic()}: {self._spent()}")
        return "\n  ".join(filter(None, said))

    def picture(self) -> bytes:
        """Return the form as a picture."""
        from binance_nb.rendering.pictures import form_png

        fields = [(name, text) for name, text in self.call().texts.items() if text]
        lines = [("wrong", self._problem_shown)] if self._problem_shown else []
        if self.frame is not None:
            lines.append(("ok", self._spent()))
        lines += [("note", self.magic.text), ("note", self.python.text)]
        return form_png(
            [("call", self.endpoint.name), *fields], "Explore", below=self._place(), lines=lines, buttons=("Run",)
        )


def _wide() -> Any:  # Any: see above
    return ipywidgets.Layout(width="20em", max_width="calc(100% - 4px)")
