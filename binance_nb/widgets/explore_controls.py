"""The controls of `Explore`, made from the catalog: one a parameter, with its type, bounds and default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets

from binance_nb.catalog import Endpoint, Kind, Parameter
from binance_nb.reading import READING_OPTIONS, options_of
from binance_nb.rendering.form_sheets import note_html
from binance_nb.rules import SymbolNames
from binance_nb.signatures import describe_parameter
from binance_nb.widgets.explore_call import OPTIONS, controlled, found_symbols
from binance_nb.widgets.models import close_models

__all__ = ["ParameterFields", "SymbolSearch"]

_Callback = Callable[..., None]
_STYLE = {"description_width": "8.5em"}
_SHOWN, _HIDDEN = "flex", "none"
_CARDS = 6
_TYPES = {
    Kind.STRING: "Text",
    Kind.ENUM: "One of these",
    Kind.INT: "Whole number",
    Kind.LONG: "Whole number",
    Kind.DECIMAL: "Decimal number",
    Kind.BOOLEAN: "Yes or no",
    Kind.ARRAY_STRING: "List, separated by commas",
    Kind.ENUM_OR_ARRAY: "One, or several separated by commas",
}
_EXAMPLES = {"start": "-30d", "end": "now", "tz": "UTC"}
_LEFT_OUT = "left out"


class ParameterFields:
    """The controls of one endpoint at a time.

    Args:
        changed: Called when something else stands there.

    Attributes:
        box: The ipywidget that holds them.
    """

    def __init__(self, changed: _Callback) -> None:
        self._changed = changed
        self.box = ipywidgets.VBox()
        self.controls: dict[str, Any] = {}  # Any: ipywidgets has no types

    def show(self, endpoint: Endpoint, texts: Mapping[str, str]) -> Any:
        """Make the controls of an endpoint, in the place of those there were.

        Args:
            endpoint: The endpoint.
            texts: What to write into them.

        Returns:
            The new box.
        """
        before = self.box.children
        self.controls, rows = {}, []
        for parameter in controlled(endpoint):
            control = _control(parameter)
            self.controls[parameter.python_name] = control
            rows.append(_line(control, _note(_about(parameter))))
        for name in OPTIONS:
            if name in options_of(endpoint):
                control = self.controls[name] = _option(name, endpoint)
                rows.append(_line(control, _note(_option_about(name))))
        self.fill(texts)
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self.box.children = rows
        for row in before:
            close_models(row)
        return self.box

    def fill(self, texts: Mapping[str, str]) -> None:
        """Write texts into the controls that there are; a choice that is none stays as it was.

        Args:
            texts: By our name of the parameter or option.
        """
        for name, text in texts.items():
            control = self.controls.get(name)
            if isinstance(control, ipywidgets.Checkbox):
                control.value = text == "true"
            elif isinstance(control, ipywidgets.Dropdown):
                if text in [value for _, value in control.options]:
                    control.value = text
            elif control is not None:
                control.value = text

    def texts(self) -> dict[str, str]:
        """Return what stands in the controls."""
        return {
            name: ("true" if control.value else "") if isinstance(control, ipywidgets.Checkbox) else str(control.value)
            for name, control in self.controls.items()
        }


def _control(parameter: Parameter) -> Any:  # Any: see above
    label = f"{parameter.python_name}{' *' if parameter.required else ''}"
    if parameter.kind is Kind.BOOLEAN:
        return _choice(label, ("true", "false"), parameter)
    if parameter.kind is Kind.ENUM and parameter.values:
        return _choice(label, parameter.values, parameter)
    return _text(label, "" if parameter.default is None else str(parameter.default))


def _choice(label: str, values: Iterable[str], parameter: Parameter) -> Any:  # Any: see above
    default = "" if parameter.default is None else f": {str(parameter.default).lower()}"
    if isinstance(parameter.default, str):
        default = f": {parameter.default}"
    first = ("choose one", "") if parameter.required else (f"{_LEFT_OUT}{default}", "")
    return ipywidgets.Dropdown(
        description=label, options=[first, *((value, value) for value in values)], style=_STYLE, layout=_wide()
    )


def _about(parameter: Parameter) -> str:
    needed = "Required. " if parameter.required else ""
    shown = parameter
    if parameter.kind is Kind.ENUM and parameter.values:
        shown = parameter.but(enum=None, choices=())  # the list itself shows them
    return f"{needed}{_TYPES[parameter.kind]}. {describe_parameter(shown)}"


def _option(name: str, endpoint: Endpoint) -> Any:  # Any: see above
    if name in ("closed", "exact"):
        return ipywidgets.Checkbox(description=name, style=_STYLE, layout=ipywidgets.Layout(width="auto"))
    if name == "part":
        parts = [("the main table", ""), *((part, part) for part in endpoint.rows.parts)]
        return ipywidgets.Dropdown(description=name, options=parts, style=_STYLE, layout=_wide())
    return _text(name, _EXAMPLES.get(name, ""))


def _option_about(name: str) -> str:
    about = READING_OPTIONS[name][1].replace("``", "")
    return f"{about[0].upper()}{about[1:]}."


class SymbolSearch:
    """A field for a symbol, and cards of those that it may mean: assets and status, each a button that takes it.

    Args:
        known: The symbols there are.
        symbol: What stands there first.
        changed: Called when something else stands there.
        chosen: Called with the card that was pressed.

    Attributes:
        box: The ipywidget that holds them.
        field: The field.
    """

    def __init__(self, known: SymbolNames, symbol: str, changed: _Callback, chosen: _Callback) -> None:
        self._known = known
        self._named: dict[Any, str] = {}  # Any: see above
        self.field = _text("symbol", "such as BTCUSDT, or an asset")
        self.field.value = symbol
        self._note = ipywidgets.HTML()
        self.cards = [ipywidgets.Button(layout=ipywidgets.Layout(width="auto")) for _ in range(_CARDS)]
        self._row = _line(*self.cards)
        self.box = ipywidgets.VBox([_line(self.field, self._note), self._row])
        self.field.observe(changed, "value")
        for card in self.cards:
            card.on_click(chosen)

    @property
    def text(self) -> str:
        """What stands in the field, as a symbol is written."""
        return str(self.field.value).strip().upper()

    def choose(self, card: Any) -> None:  # Any: see above
        """Take the symbol of a card."""
        self.field.value = self._named.get(card, self.field.value)

    def show(self, *, is_used: bool, is_required: bool) -> None:
        """Show the cards of what is typed.

        Args:
            is_used: Whether the call takes a symbol at all.
            is_required: Whether it has to have one.
        """
        self.box.layout.display = _SHOWN if is_used else _HIDDEN
        self.field.description = "symbol *" if is_required else "symbol"
        found = found_symbols(self.field.value, self._known, _CARDS) if self._known.is_known else []
        if found == [self.text]:
            found = []  # it is found
        self._named = dict(zip(self.cards, found, strict=False))
        for card in self.cards:
            card.layout.display = _SHOWN if card in self._named else _HIDDEN
            card.description = self.card_words(self._named[card]) if card in self._named else ""
        self._row.layout.display = _SHOWN if found else _HIDDEN
        self._note.value = note_html(self._about(is_required=is_required))

    def card_words(self, symbol: str) -> str:
        """Return what a card says of a symbol."""
        terms = self._known.rules.terms(symbol)
        return f"{symbol} · {terms.base_asset}/{terms.quote_asset} · {terms.status}" if terms else symbol

    def _about(self, *, is_required: bool) -> str:
        if self.text in self._known.names:
            return self.card_words(self.text).partition(" · ")[2]
        if not self.text:
            return "Required." if is_required else "All symbols, or what the call does without one."
        return f"{len(self._known.names):,} symbols here; type a part of one" if self._known.is_known else ""


def _text(label: str, example: str) -> Any:  # Any: see above
    return ipywidgets.Text(description=label, placeholder=example, style=_STYLE, layout=_wide())


def _wide() -> Any:  # Any: see above
    # Its margins are not in the width.
    return ipywidgets.Layout(width="24em", max_width="calc(100% - 4px)")


def _note(text: str) -> Any:  # Any: see above
    # Beside its control where a few words of it have room, else below.
    return ipywidgets.HTML(note_html(text), layout=ipywidgets.Layout(flex="1 1 18em"))


def _line(*children: Any) -> Any:  # Any: see above
    return ipywidgets.Box(list(children), layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center"))
