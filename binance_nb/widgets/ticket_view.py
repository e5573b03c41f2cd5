"""The parts of an order form that tell rather than ask: where it sends, rules, estimate, question, result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets

from binance_nb.environment import Environment
from binance_nb.rendering.form_sheets import facts_html, report_html, sentence_html
from binance_nb.rules import RuleReport
from binance_nb.widgets.clipboard import CopyLine
from binance_nb.widgets.ticket_market import Checked
from binance_nb.widgets.ticket_words import estimate_rows, market_words, place_name, question_rows, stakes

__all__ = ["TicketView"]

_Press = Callable[..., None]
_MOST_FIXES = 6
_SHOWN, _HIDDEN = "flex", "none"


class TicketView:
    """What an order form shows beside its fields, and its buttons.

    Args:
        fields: The box of the fields.
        place: Where orders go.

    Attributes:
        box: All of it, with the fields.
        check: Tests the order with the exchange.
        place: Asks whether to place it.
        yes: Places it.
        no: Goes back.
        look: Finds out what became of an order.
        fixes: Take a value that would do; each knows which.
    """

    def __init__(self, fields: Any, place: Environment) -> None:  # Any: ipywidgets has no types
        self._environment = place
        self._taken: dict[Any, tuple[tuple[str, str], ...]] = {}
        self._head, self._market, self._report, self._estimate, self._why, self._question, self._result = (
            ipywidgets.HTML() for _ in range(7)
        )
        self.magic, self.python = CopyLine("The same as a line"), CopyLine("The same in Python")
        self.fixes = [_button("") for _ in range(_MOST_FIXES)]
        self._fix_row = _row(*self.fixes)
        self.check, self.place = _button("Test order"), _button("Place…", "primary")
        self.yes = _button(f"Yes, place it: {place_name(place)}", "danger" if place.is_live else "success")
        self.no, self.look = _button("No, go back"), _button("Look it up", "primary")
        self._asking = ipywidgets.VBox([self._question, _row(self.yes, self.no)])
        self._head.value = sentence_html(f"Order on {stakes(place)}", is_strong=True)
        told = [self._market, fields, self._report, self._fix_row, self._estimate]
        pressed = [_row(self.check, self.place), self._why, self._asking, self._result, _row(self.look)]
        self.box = ipywidgets.VBox([self._head, *told, *pressed, self.magic, self.python])
        self.box.layout.max_width = "56em"
        self.offer(())
        self.ask(None)
        self.look.layout.display = _HIDDEN

    def listen(self, *, check: _Press, place: _Press, yes: _Press, no: _Press, look: _Press, fix: _Press) -> None:
        """Have the buttons answered.

        Args:
            check: Of the button of that name.
            place: As above.
            yes: As above.
            no: As above.
            look: As above.
            fix: Called with one of `fixes`.
        """
        for button, press in ((self.check, check), (self.place, place), (self.yes, yes), (self.no, no)):
            button.on_click(press)
        self.look.on_click(look)
        for button in self.fixes:
            button.on_click(fix)

    def tell_lines(self, magic: str, python: str) -> None:
        """Show the lines that mean the same; none where there is no order yet."""
        self.magic.show(magic)
        self.python.show(python)

    def tell_checked(self, checked: Checked) -> None:
        """Show how an order stands, and what it comes to."""
        self._market.value = sentence_html(market_words(checked.known))
        self._report.value = report_html(checked.report, checked.built.why)
        self._estimate.value = facts_html(estimate_rows(checked))

    def tell_nothing(self, why: str) -> None:
        """Show that there is no order to judge yet.

        Args:
            why: What is missing, or the markup of an error.
        """
        self._report.value, self._estimate.value = why, ""
        self.offer(())

    def tell_market(self, text: str) -> None:
        """Show what the market and the account say."""
        self._market.value = sentence_html(text)

    def offer_of(self, report: RuleReport, can_take: Callable[[str], bool]) -> None:
        """Offer the values that a report names.

        Args:
            report: The report.
            can_take: Whether a parameter's value can be taken over.
        """
        offers: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        mend = tuple((name, value) for name, value in report.mend.items() if can_take(name))
        if len(mend) > 1 and len(mend) == len(report.mend):
            offers.append((f"Take {', '.join(f'{name} {value}' for name, value in mend)}", mend))
        for line in report.broken:
            near = [value for value in (line.below, line.above) if value is not None and can_take(line.of)]
            offers += [(f"Take {line.of} {value}", ((line.of, value),)) for value in near]
        if len(mend) == 1:
            offers.insert(0, (f"Take {mend[0][0]} {mend[0][1]}", mend))
        self.offer(tuple(dict(offers).items()))

    def offer(self, offers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> None:
        """Show buttons that take values.

        Args:
            offers: What each says, and the parameters with the values that it takes.
        """
        self._taken = {}
        for number, button in enumerate(self.fixes):
            is_shown = number < len(offers)
            button.layout.display = _SHOWN if is_shown else _HIDDEN
            if is_shown:
                button.description, self._taken[button] = offers[number]
        self._fix_row.layout.display = _SHOWN if offers else _HIDDEN

    def taken(self, button: Any) -> tuple[tuple[str, str], ...]:  # Any: see above
        """Return what a button of `fixes` takes."""
        return self._taken.get(button, ())

    def ask(self, checked: Checked | None, remark: str = "") -> None:
        """Show the question whether to place an order, or none.

        Args:
            checked: The order.
            remark: What else to think of.
        """
        self._asking.layout.display = _SHOWN if checked else _HIDDEN
        # The question says what it comes to, and once is enough.
        self._estimate.layout.display = _HIDDEN if checked else ""
        if checked is None:
            self._question.value = ""
            return
        facts = facts_html(question_rows(checked, self._environment))
        self._question.value = sentence_html("Place this order?", is_strong=True, more=remark) + facts

    def tell_result(self, markup: str, *, is_unknown: bool = False) -> None:
        """Show what became of an order.

        Args:
            markup: The receipt, the card of an error, or what a test said.
            is_unknown: Whether it has to be looked up.
        """
        self._result.value = markup
        self.look.layout.display = _SHOWN if is_unknown else _HIDDEN

    def enable(
        self, *, can_test: bool, can_place: bool, why: str, how: Iterable[tuple[str, str]], is_sending: bool
    ) -> None:
        """Let buttons be pressed, or not.

        Args:
            can_test: Whether the exchange can be asked what it would say.
            can_place: Whether an order can be placed.
            why: Why not, in words.
            how: How it could be, as names and what to run.
            is_sending: Whether one is on its way.
        """
        self.check.disabled, self.place.disabled = not can_test, not can_place
        self.yes.disabled = self.no.disabled = is_sending
        self._why.value = sentence_html(why) + facts_html(how)


def _button(text: str, style: str = "") -> Any:  # Any: see above
    return ipywidgets.Button(description=text, button_style=style, layout=ipywidgets.Layout(width="auto"))


def _row(*children: Any) -> Any:  # Any: see above
    return ipywidgets.Box(list(children), layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center"))
