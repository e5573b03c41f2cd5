"""What an account holds, is worth and has on order: as HTML for its widget, as a picture, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from binance_nb.grammar.columns import columns_of, set_right
from binance_nb.rendering.pictures import Part, tables_png
from binance_nb.rendering.sheet import Block, Markup, Paragraph, Sheet, Table, tag
from binance_nb.trading.everyday.valuation import Position, Valuation

__all__ = ["OpenOrder", "PortfolioView"]

_CELL = "padding:0.2em 0 0.2em 1.2em; white-space:nowrap; font-variant-numeric:tabular-nums; text-align:"
_FIRST = "padding:0.2em 0; white-space:nowrap; text-align:left"
_TABLE = "border-collapse:collapse; width:auto; font-size:inherit; line-height:1.4"
_SCROLLED = "overflow-x:auto; max-width:100%"
_UP, _DOWN = "color:var(--bn-up, #0072b2)", "color:var(--bn-down, #c4500a)"
_FAINT = "color:var(--bn-faint, inherit)"
_WHOLE = "white-space:nowrap"
# ipywidgets gives every line of HTML the height of a control.
_LINES = "line-height:1.4"
_VIA = f"display:block; font-weight:normal; {_FAINT}"
_TRACK = "width:6em; height:0.7em; background:var(--bn-shade, rgba(128,128,128,0.2))"
_ORDER_HEAD = ("symbol", "side", "type", "price", "quantity", "filled", "to cancel it")
_DIGITS = 60
_MOST_DECIMALS = 8
_NONE = "–"


@dataclass(frozen=True)
class OpenOrder:
    """An order that waits.

    Attributes:
        symbol: Its symbol.
        order_id: Its id.
        side: BUY or SELL.
        type: Its type.
        price: Its limit or stop price, as the exchange writes it; empty where it has none.
        quantity: How much it is of, as the exchange writes it.
        filled: How much of that is done.
    """

    symbol: str
    order_id: int
    side: str
    type: str
    price: str
    quantity: str
    filled: str

    @property
    def cancelling(self) -> str:
        """The line that takes it back."""
        return f"%binance cancel {self.symbol} {self.order_id}"


@dataclass(frozen=True)
class PortfolioView:
    """What there is to show.

    Attributes:
        place: Where: the sandbox's label or the environment.
        valuation: What it is worth; None where nobody may look.
        orders: Open orders, in their order; None where nobody may look.
        problem: What is wrong.
        remedy: What to do about it.
    """

    place: str
    valuation: Valuation | None
    orders: tuple[OpenOrder, ...] | None
    problem: str = ""
    remedy: str = ""

    def head_html(self) -> str:
        """Return the title and the sum as HTML."""
        title = tag("div", tag("strong", "Portfolio"), tag("span", f" · {self.place}", style=_FAINT))
        if self.valuation is None:
            return tag("div", title, tag("div", self.remedy), style=_LINES)
        total = tag("span", f"≈ {self._total()}", style="font-size:1.6em; font-variant-numeric:tabular-nums")
        change = self.valuation.change
        since = tag("span", " in 24 h", style=_FAINT)
        moved = (" ", tag("span", _change_html(change), since, style=_WHOLE)) if change is not None else ()
        return tag("div", title, tag("div", total, *moved), *self._notes_html(), style=_LINES)

    def _notes_html(self) -> list[Markup]:
        return [tag("div", tag("small", note)) for note in self._notes()]

    def balances_html(self) -> str:
        """Return the balances as HTML."""
        if self.valuation is None:
            return ""
        if not self.valuation.positions:
            return tag("div", "The account holds nothing.")
        names = (*self._names()[:5], "", *self._names()[5:])
        head = tag("tr", *(_header(name, is_first=at == 0) for at, name in enumerate(names)))
        rows = (self._row_html(position) for position in self.valuation.positions)
        return _scrolled(tag("table", tag("thead", head), tag("tbody", *rows), style=_TABLE))

    def _row_html(self, position: Position) -> Markup:
        balance = position.balance
        # Under its name, for beside it there would be no room on a narrow page.
        via = tag("small", position.at, style=_VIA) if len(position.symbols) > 1 else ""
        return tag(
            "tr",
            tag("th", balance.asset, via, style=_FIRST),
            _cell(_amount(balance.total)),
            _cell(self._worth(position)),
            tag("td", _change_html(position.change), style=f"{_CELL}right"),
            _cell(_share(position.share)),
            tag("td", _bar(position.share), style=f"{_CELL}left"),
            _cell(_amount(balance.free)),
            _cell(_amount(balance.locked)),
        )

    def orders_html(self) -> str:
        """Return the open orders as HTML, each with the line that takes it back."""
        if self.orders is None:
            return ""
        if not self.orders:
            return tag("div", "No open orders.", style=_FAINT)
        head = tag("tr", *(_header(name, is_first=at == 0) for at, name in enumerate(_ORDER_HEAD)))
        rows = (
            tag(
                "tr",
                tag("th", symbol, style=_FIRST),
                *map(_cell, rest),
                tag("td", tag("code", line), style=f"{_CELL}left"),
            )
            for (symbol, *rest), line in ((_order_cells(order), order.cancelling) for order in self.orders)
        )
        title = tag("strong", _counted(len(self.orders)))
        return tag("div", title, _scrolled(tag("table", tag("thead", head), tag("tbody", *rows), style=_TABLE)))

    def text(self) -> str:
        """Return it all as plain text."""
        return Sheet(f"Portfolio · {self.place}", tuple(self._blocks())).text()

    def _blocks(self) -> list[Block]:
        blocks: list[Block] = [Paragraph(said) for said in (self.problem, self.remedy) if said]
        if self.valuation is None:
            return blocks
        blocks.append(Paragraph(self._summary()))
        blocks += [Paragraph(note) for note in self._notes()]
        if self.valuation.positions:
            head, rows = self._balance_rows()
            blocks.append(Table(head, _right(head, rows)))
        if self.orders:
            order_rows = tuple((*_order_cells(order), order.cancelling) for order in self.orders)
            blocks.append(Table(_ORDER_HEAD, order_rows, _counted(len(self.orders))))
        elif self.orders is not None:
            blocks.append(Paragraph("No open orders."))
        return blocks

    def picture(self, at: str = "") -> bytes:
        """Return it all as a PNG.

        Args:
            at: When this was, in words.
        """
        below = " · ".join(part for part in (self.place, at) if part)
        if self.valuation is None:
            return tables_png([], "Portfolio", below=below, problem=self.problem, notes=[self.remedy], width=640)
        head, rows = self._balance_rows()
        shares = [float(each.share) if each.share is not None else None for each in self.valuation.positions]
        parts = [Part(head, rows, shares=shares)] if rows else []
        notes = self._notes()
        if self.orders:
            orders = [_order_cells(order) for order in self.orders]
            parts.append(Part(_ORDER_HEAD[:-1], orders, lead=_counted(len(orders))))
        elif self.orders is not None:
            notes = [*notes, "No open orders."]
        return tables_png(parts, f"Portfolio: {self._summary()}", below=below, problem=self.problem, notes=notes)

    def _balance_rows(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        assert self.valuation is not None
        return self._names(), [
            (
                each.balance.asset,
                _amount(each.balance.total),
                self._worth(each),
                _change(each.change),
                _share(each.share),
                _amount(each.balance.free),
                _amount(each.balance.locked),
            )
            for each in self.valuation.positions
        ]

    def _names(self) -> tuple[str, ...]:
        assert self.valuation is not None
        # What matters most comes first: a narrow page shows no more.
        return "asset", "total", f"≈ {self.valuation.quote}", "24 h", "share", "free", "locked"

    def _summary(self) -> str:
        assert self.valuation is not None
        moved = f", {_change(self.valuation.change)} in 24 h" if self.valuation.change is not None else ""
        return f"≈ {self._total()}{moved}"

    def _total(self) -> str:
        assert self.valuation is not None
        return f"{_rounded(self.valuation.total, self._decimals())} {self.valuation.quote}"

    def _worth(self, position: Position) -> str:
        return "no price" if position.worth is None else _rounded(position.worth, self._decimals())

    def _decimals(self) -> int:
        """Return how many decimals make eight figures of the sum: cents of dollars, and more of a bitcoin."""
        assert self.valuation is not None
        places = self.valuation.total.adjusted() + 1 if self.valuation.total else 1
        return min(_MOST_DECIMALS, max(2, _MOST_DECIMALS - max(1, places)))

    def _notes(self) -> list[str]:
        assert self.valuation is not None
        if not self.valuation.unpriced:
            return []
        return [f"Not in the sum, for want of a price in {self.valuation.quote}: {', '.join(self.valuation.unpriced)}."]


def _order_row(order: OpenOrder) -> Markup:
    symbol, *rest = _order_cells(order)
    line = tag("td", tag("code", order.cancelling), style=f"{_CELL}left")
    return tag("tr", tag("th", symbol, style=_FIRST), *map(_cell, rest), line)


def _order_cells(order: OpenOrder) -> tuple[str, ...]:
    price = _plain(order.price) if order.price else _NONE
    return order.symbol, order.side, order.type, price, _plain(order.quantity), _plain(order.filled)


def _counted(count: int) -> str:
    return "1 open order" if count == 1 else f"{count:,} open orders"


def _plain(text: str) -> str:
    return _amount(Decimal(text))


def _amount(amount: Decimal) -> str:
    """Write an amount with every digit it has, and no noughts behind them."""
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(amount: Decimal, decimals: int) -> str:
    with localcontext(prec=_DIGITS):
        return f"{amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN):,f}"


def _share(share: Decimal | None) -> str:
    if share is None:
        return _NONE
    return "< 0.1 %" if 0 < share < Decimal("0.001") else f"{share * 100:.1f} %"


def _change(change: Decimal | None) -> str:
    return _NONE if change is None else f"{change * 100:+.2f} %".replace("-", "−")


def _change_html(change: Decimal | None) -> Markup:
    style = "" if not change else _UP if change > 0 else _DOWN
    return tag("span", _change(change), style=style)


def _header(name: str, *, is_first: bool) -> Markup:
    return tag("th", name, style=f"{_FIRST if is_first else f'{_CELL}right'}; {_FAINT}; font-weight:normal")


def _cell(text: str) -> Markup:
    return tag("td", text, style=f"{_CELL}right")


def _bar(share: Decimal | None) -> Markup | str:
    if share is None:
        return ""
    # Shares of sums with debts in them go beyond both ends.
    percent = min(100, max(0, float(share) * 100))
    return tag(
        "div", tag("div", style=f"width:{percent:.1f}%; height:100%; background:var(--bn-up, #0072b2)"), style=_TRACK
    )


def _scrolled(table: Markup) -> Markup:
    return tag("div", table, style=_SCROLLED)


def _right(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Set all columns but the first right."""
    lines = [head, *rows]
    widths = [max(columns_of(line[at]) for line in lines) for at in range(len(head))]
    return tuple(
        (row[0], *(set_right(text, width) for text, width in zip(row[1:], widths[1:], strict=True))) for row in rows
    )
