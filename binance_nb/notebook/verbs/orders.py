"""Verbs of trading in everyday words; each becomes a call of the catalog, and its receipt says which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from binance_nb.errors import UsageError
from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import Handler, OwnVerb
from binance_nb.rendering import Sheet, dry_run_sheet
from binance_nb.trading.everyday.wishes import AMOUNT_WORDS, FLAGS, ORDER_WORDS

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk
    from binance_nb.session import Session

__all__ = ["VERBS"]

_CHECK, _DRY, _AGAIN = "check", "dry_run", "again"
_GUARDS: Mapping[str, str] = {
    _CHECK: "which rules it would pass, and the nearest values that do; nothing is placed",
    _DRY: "the request that it would be; nothing is placed",
    _AGAIN: "place it even if this cell has placed it before",
}
_ENV: Mapping[str, str] = {"env": "where this one line goes: live, testnet, demo, sandbox, or a base URL"}
# What an order's words are called elsewhere; nothing here means anything else there.
_KNOWN_AS: Mapping[str, str] = {
    "limit": "price",
    "limit_price": "price",
    "at": "price",
    "stop_price": "stop",
    "trailing_stop": "trail",
    "tp": "take_profit",
    "sl": "stop_loss",
    "tif": "time_in_force",
    "maker": "post_only",
    "qty": "quantity",
    "size": "quantity",
}
# The amount in the quote asset, which a buy spends and a sell receives.
_AMOUNTS = ("spend", "receive", "quote_order_qty", "quote")
# Options that say nothing of the order, and so stand on any line that is suggested for it.
_ASIDES = (_CHECK, _DRY, _AGAIN)


def _order(desk: Desk, bound: Bound) -> Any:  # Any: a frame, a report or a sheet
    words = _words_of(bound)
    symbol = words.pop("symbol", None)
    asides = tuple(f"--{name.replace('_', '-')}" for name in _ASIDES if bound.options.get(name))
    return _errand(desk.session_for(bound), bound, symbol, None, asides=asides, **words)


def _cancel(desk: Desk, bound: Bound) -> Any:  # Any: a frame or a sheet
    words = _words_of(bound)
    order_list = words.pop("list", None)
    symbol, order = words.pop("symbol", None), words.pop("order", None)
    return _errand(desk.session_for(bound), bound, symbol, order, order_list=order_list, **words)


def _replace(desk: Desk, bound: Bound) -> Any:  # Any: a frame, a report or a sheet
    words = _words_of(bound)
    return _errand(desk.session_for(bound), bound, words.pop("symbol", None), words.pop("order", None), **words)


def _errand(session: Session, bound: Bound, symbol: Any, order: Any, **words: Any) -> Any:  # Any: values of a line
    errand = session.errand(bound.verb, symbol, order, **words)
    if bound.options.get(_DRY):
        built = errand.build()
        return _dry(session, built.operation, built.parameters)
    options = {name: bool(bound.options.get(name)) for name in (_CHECK, _AGAIN)}
    return session.run_errand(errand, **options)


def _dry(session: Session, operation: str, parameters: Mapping[str, str | int]) -> Sheet:
    return dry_run_sheet(session.prepare(operation, **parameters), session.client.credentials, parameters)


def _orders(desk: Desk, bound: Bound) -> Any:  # Any: a frame
    return desk.session_for(bound).orders(**_words_of(bound))


def _balances(desk: Desk, bound: Bound) -> Any:  # Any: a frame
    words = _words_of(bound)
    return desk.session_for(bound).balances(worth_in=words.pop("in", None), **words)


def _words_of(bound: Bound) -> dict[str, Any]:  # Any: values of a line
    words = {name: value for name, value in bound.options.items() if name not in (*_ASIDES, "env")}
    symbol = words.get("symbol")
    if symbol is not None and not isinstance(symbol, str):
        raise UsageError(
            f"{symbol!r} is no symbol.", hint="Such as BTCUSDT.", culprit=str(symbol), operation=bound.verb
        )
    return words


def _placing(side: str, usage: str, example: str, python: str) -> OwnVerb:
    quote_words = dict(AMOUNT_WORDS[side])
    words = {name: about for name, about in ORDER_WORDS.items() if name != "quantity"}
    verb = side.capitalize()
    return OwnVerb(
        f"{verb}s with the kind of order that follows from what is given, and shows the order that it became.",
        usage,
        example,
        python,
        places=("symbol", "quantity"),
        options={"quantity": ORDER_WORDS["quantity"], **quote_words, **words, **_GUARDS, **_ENV},
        flags=(*FLAGS, *_ASIDES),
        known_as={**_KNOWN_AS, **dict.fromkeys(_AMOUNTS, next(iter(quote_words)))},
        spare="price",
        run=_order,
    )


def _own(run: Handler, about: str, usage: str, example: str, python: str, **more: Any) -> OwnVerb:  # Any: see OwnVerb
    return OwnVerb(about, usage, example, python, run=run, **more)


VERBS: Mapping[str, OwnVerb] = {
    "buy": _placing(
        "BUY",
        "%binance buy SYMBOL QUANTITY [--price P] [--option value]",
        "%binance buy BTCUSDT 0.01 --price 60000",
        'session.buy("BTCUSDT", "0.01", price="60000")',
    ),
    "sell": _placing(
        "SELL",
        "%binance sell SYMBOL QUANTITY [--price P] [--option value]",
        "%binance sell BTCUSDT 10% --take-profit 80000 --stop-loss 50000",
        'session.sell("BTCUSDT", "10%", take_profit="80000", stop_loss="50000")',
    ),
    "orders": _own(
        _orders,
        "Lists open orders; of one symbol also those that are done.",
        "%binance orders [SYMBOL] [--all] [--since -7d]",
        "%binance orders",
        "session.orders()",
        places=("symbol",),
        options={
            "all": "the latest 1000 orders of the symbol, whatever became of them",
            "since": "its orders from a time on, whatever became of them: a date, -7d, a Timestamp, or ms",
            **_ENV,
        },
        flags=("all",),
    ),
    "replace": _own(
        _replace,
        "Gives an open order another price, quantity or stop; a smaller quantity alone keeps its place in the book.",
        "%binance replace SYMBOL ORDER [--price P] [--quantity Q] [--stop S]",
        "order = %binance buy BTCUSDT 0.01 --price 60000\n"
        "%binance replace BTCUSDT {order.order_id[0]} --quantity 0.005",
        'order = session.buy("BTCUSDT", "0.01", price="60000")\n'
        'session.replace("BTCUSDT", order.order_id[0], quantity="0.005")',
        places=("symbol", "order"),
        options={
            "price": "the new limit price",
            "quantity": "the new quantity of the whole order, what is filled included",
            "stop": "the new stop price",
            **_GUARDS,
            **_ENV,
        },
        flags=_ASIDES,
    ),
    "cancel": _own(
        _cancel,
        "Takes an order back, a list of orders, or all open orders of a symbol.",
        "%binance cancel SYMBOL ORDER | --list ID | --all",
        "order = %binance buy BTCUSDT 0.01 --price 60000\n%binance cancel BTCUSDT {order.order_id[0]}",
        'order = session.buy("BTCUSDT", "0.01", price="60000")\nsession.cancel("BTCUSDT", order.order_id[0])',
        places=("symbol", "order"),
        options={
            "list": "the id of a list of orders, the exchange's or your own",
            "all": "all open orders of the symbol",
            _DRY: _GUARDS[_DRY],
            **_ENV,
        },
        flags=("all", _DRY),
    ),
    "balances": _own(
        _balances,
        "Lists what the account holds: free, locked, and both together.",
        "%binance balances [--all] [--in ASSET]",
        "%binance balances --in USDT",
        'session.balances(worth_in="USDT")',
        options={
            "all": "assets of which there is nothing, too",
            "in": "what each is worth in this asset, at the last prices",
            "exact": "Decimal instead of float64",
            **_ENV,
        },
        flags=("all", "exact"),
    ),
}
