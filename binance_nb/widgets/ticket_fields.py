"""The controls of an order form: they hold texts, show what a kind of order needs, and are read as an `OrderForm`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from binance_nb.catalog.orders import TIMES_IN_FORCE
from binance_nb.rendering.form_sheets import note_html
from binance_nb.widgets.ticket_market import SymbolFacts
from binance_nb.widgets.ticket_order import KINDS, OrderForm, kinds_allowed, stepped

__all__ = ["TicketFields"]

_Callback = Callable[..., None]
_STYLE = {"description_width": "7.5em"}
_SHOWN, _HIDDEN = "flex", "none"
_SIDES = (("Buy", "BUY"), ("Sell", "SELL"))
_STEPPED = ("price", "stop")
_LABELS = {
    "price": "Limit price",
    "stop": "Stop price",
    "trail": "Distance in %",
    "time_in_force": "Stays",
    "iceberg": "Shows only",
}
_STAYS = (
    ("until cancelled (GTC)", ""),
    ("for what fills at once (IOC)", "IOC"),
    ("whole at once, or not (FOK)", "FOK"),
)
_NOTES = {"iceberg": "how much of it the book shows; all of it when left out"}
# Which field a parameter of the call came from.
_FIELDS = {"price": "price", "stopPrice": "stop", "icebergQty": "iceberg", "trailingDelta": "trail"}
_BASIS_POINTS = 100


class TicketFields:
    """The controls, and what stands in them.

    Args:
        changed: Called when something else stands there.
        symbol_changed: Called when it is another symbol.

    Attributes:
        box: The ipywidget that holds them.
    """

    def __init__(self, changed: _Callback, symbol_changed: _Callback) -> None:
        assert {value for _, value in _STAYS} - {""} <= set(TIMES_IN_FORCE)
        self.facts = SymbolFacts("")
        self.last = ""
        self.symbol = _text("Symbol", "such as BTCUSDT", is_live=False)
        self.side = _choice(_SIDES)
        self.kind = ipywidgets.Dropdown(description="Type", style=_STYLE, layout=_wide())
        self.amount = _text("Amount", "such as 0.01")
        self.unit = ipywidgets.Dropdown(description="in", style={"description_width": "1.5em"}, layout=_wide("13em"))
        self.texts = {name: self._control(name) for name in _LABELS}
        self._notes = {name: ipywidgets.HTML() for name in (*_LABELS, "amount")}
        self._steps = {name: (ipywidgets.Button(), ipywidgets.Button()) for name in _STEPPED}
        self._rows = {name: self._row(name) for name in _LABELS}
        amount = _line(self.amount, self.unit, self._notes["amount"])
        self.box = ipywidgets.VBox(
            [_line(self.symbol), _line(_name("Side"), self.side), _line(self.kind), amount, *self._rows.values()]
        )
        self._set_options()
        self._show()
        for control in (self.side, self.kind, self.amount, self.unit, *self.texts.values()):
            control.observe(changed, "value")
        self.symbol.observe(symbol_changed, "value")

    @staticmethod
    def _control(name: str) -> Any:  # Any: ipywidgets has no types
        if name == "time_in_force":
            return ipywidgets.Dropdown(description=_LABELS[name], options=_STAYS, style=_STYLE, layout=_wide())
        return _text(_LABELS[name], "")

    def _row(self, name: str) -> Any:  # Any: see above
        buttons = self._steps.get(name, ())
        for button in buttons:
            button.layout = ipywidgets.Layout(width="auto")
        return _line(self.texts[name], *buttons, self._notes[name])

    def listen(self, stepped_by: _Callback) -> None:
        """Have the buttons that step a price answered.

        Args:
            stepped_by: Called with the button.
        """
        for pair in self._steps.values():
            for button in pair:
                button.on_click(stepped_by)

    # What stands there.

    def form(self) -> OrderForm:
        """Return what stands in the fields."""
        kind = str(self.kind.value or "market")
        texts = {name: str(control.value or "") for name, control in self.texts.items()}
        unit = str(self.unit.value or "base")
        return OrderForm(self.symbol.value.strip().upper(), self.side.value, kind, self.amount.value, unit, texts)

    def fill(self, words: Mapping[str, str]) -> None:
        """Write texts into fields.

        Args:
            words: Texts by the name of the field: ``side``, ``kind``, ``amount``, ``unit``, ``price`` and so on.
        """
        for name in ("side", "kind", "unit", "amount"):
            if name in words:
                getattr(self, name).value = words[name]
        for name, control in self.texts.items():
            if name in words:
                control.value = words[name]

    def take(self, parameter: str, value: str) -> None:
        """Write a value into the field that a parameter of the call came from.

        Args:
            parameter: In the exchange's spelling.
            value: The value.
        """
        if parameter in ("quantity", "quoteOrderQty"):
            self.fill({"unit": "base" if parameter == "quantity" else "quote", "amount": value})
        elif parameter in _FIELDS:
            self.fill({_FIELDS[parameter]: value})

    def can_take(self, parameter: str) -> bool:
        """Return whether a parameter of the call came from a field whose value can simply be replaced.

        Args:
            parameter: In the exchange's spelling.
        """
        return parameter in ("quantity", "quoteOrderQty", "price", "stopPrice", "icebergQty")

    def step(self, button: Any) -> None:  # Any: see above
        """Move a price by one tick.

        Args:
            button: Which of the buttons was pressed.
        """
        for name, pair in self._steps.items():
            if button in pair:
                control, steps = self.texts[name], 1 if button is pair[1] else -1
                control.value = stepped(control.value, self.facts.tick, steps, self.last)

    # What is shown.

    def use(self, facts: SymbolFacts) -> None:
        """Offer what a symbol allows.

        Args:
            facts: Of the symbol.
        """
        self.facts = facts
        self._set_options()
        self._show()

    def refresh(self) -> None:
        """Show the fields that the kind of order needs."""
        self._set_options()
        self._show()

    def enable(self, *, is_on: bool) -> None:
        """Let the fields be changed, or not.

        Args:
            is_on: Whether they can be.
        """
        buttons = [button for pair in self._steps.values() for button in pair]
        for control in (self.symbol, self.side, self.kind, self.amount, self.unit, *self.texts.values()):
            control.disabled = not is_on
        for button in buttons:
            button.disabled = not is_on or not self.facts.tick

    def _set_options(self) -> None:
        kinds = kinds_allowed(self.facts.order_types, self.facts.flags or {})
        _offer(self.kind, [(KINDS[name].label, name) for name in kinds])
        _offer(self.unit, self._units())

    def _units(self) -> list[tuple[str, str]]:
        base, quote = self.facts.base or "base asset", self.facts.quote or "quote asset"
        is_buy = self.side.value == "BUY"
        units = [(base, "base"), (f"% of free {quote if is_buy else base}", "share")]
        allowed = (self.facts.flags or {}).get("quoteOrderQtyMarketAllowed", True)
        if self.kind.value == "market" and allowed:
            units.append((f"{quote} to {'spend' if is_buy else 'receive'}", "quote"))
        return units

    def _show(self) -> None:
        shown = KINDS[str(self.kind.value or "market")].fields
        for name, row in self._rows.items():
            row.layout.display = _SHOWN if name in shown else _HIDDEN
            note = _NOTES.get(name, "")
            if name in _STEPPED and self.facts.tick:
                note = f"{self.facts.quote}, in steps of {self.facts.tick}"
            elif name == "stop" and self.kind.value == "trail":
                note = "from where it follows; at once when left out"
            self._notes[name].value = note_html(note)
        for pair in self._steps.values():
            for sign, button in zip("−+", pair, strict=True):
                button.description = f"{sign} {self.facts.tick}" if self.facts.tick else sign
                button.disabled = not self.facts.tick or bool(self.symbol.disabled)
        step = self.facts.step if self.unit.value == "base" else ""
        self._notes["amount"].value = note_html(f"in steps of {step}" if step else "")


def _offer(control: Any, options: Sequence[tuple[str, str]]) -> None:  # Any: see above
    """Replace the options of a dropdown, and keep what was chosen where it still can be."""
    chosen = control.value
    if list(control.options) != list(options):
        control.options = options
        control.value = chosen if chosen in [value for _, value in options] else options[0][1]


def _name(text: str) -> Any:  # Any: see above
    # Where radio buttons have a description of their own, they stand in the line below it.
    layout = ipywidgets.Layout(width=_STYLE["description_width"], justify_content="flex-end", margin="2px 8px 2px 2px")
    return ipywidgets.Label(text, layout=layout)


def _choice(options: Sequence[tuple[str, str]]) -> Any:  # Any: see above
    # Toggle buttons tell nobody but the eye which of them is pressed. In a row radio buttons stand since ipywidgets 8.
    is_in_row = "orientation" in ipywidgets.RadioButtons.class_trait_names()
    more = {"orientation": "horizontal"} if is_in_row else {}
    return ipywidgets.RadioButtons(options=options, value=options[0][1], layout=_wide("auto"), **more)


def _text(label: str, example: str, *, is_live: bool = True) -> Any:  # Any: see above
    return ipywidgets.Text(
        description=label, placeholder=example, continuous_update=is_live, style=_STYLE, layout=_wide()
    )


def _wide(width: str = "22em") -> Any:  # Any: see above
    # Its margins are not in the width.
    return ipywidgets.Layout(width=width, max_width="calc(100% - 4px)")


def _line(*children: Any) -> Any:  # Any: see above
    return ipywidgets.Box(list(children), layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center"))
