"""No column is declared for nothing: every one of every endpoint holds something, somewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ENDPOINTS, Column, Rows
from tests.sandbox.desk import Desk

Examples = Callable[[str], list[dict[str, Any]]]
Recorded = Callable[[str], bytes]
Decode = Callable[..., pd.DataFrame]
Place = tuple[str, str]

RECORDED = {
    "agg_trades": "agg_trades",
    "avg_price": "avg_price",
    "book_ticker": "ticker_book_ticker",
    "depth": "depth",
    "exchange_info": "exchange_info",
    "historical_trades": "historical_trades",
    "klines": "klines",
    "ticker_price": "ticker_price",
    "time": "time",
    "trades": "trades",
}


def tables(rows: Rows) -> Iterator[tuple[str, Rows]]:
    """An endpoint's own table, named by nothing, and its parts."""
    yield "", rows
    yield from rows.parts.items()


def declared(name: str) -> set[Place]:
    """Every column that an endpoint's frames may have, by part and name."""
    return {
        (part, column.name) for part, rows in tables(ENDPOINTS[name].rows) for column in (*rows.columns, *rows.extra)
    }


@pytest.fixture(scope="module")
def desk() -> Desk:
    """An exchange whose clock stands; nothing is changed on it."""
    return Desk()


def filled(frame: pd.DataFrame, column: Column) -> bool:
    """Whether a column is there and holds anything; an empty list or object is nothing."""
    table = frame if frame.index.name is None else frame.reset_index()
    return column.name in table and any(
        bool(cell) if isinstance(cell, list | dict) else not pd.isna(cell) for cell in table[column.name]
    )


def seen(read: Decode, name: str, body: object) -> set[Place]:
    """The columns that a reply fills."""
    return {
        (part, column.name)
        for part, rows in tables(ENDPOINTS[name].rows)
        for column in (*rows.columns, *rows.extra)
        if filled(read(name, body, part=part or None), column)
    }


_TRAILING = "trailing_time"
_NO_LIST = "order_list_id trailing_time"
# What the documentation shows as -1 only, no recording has and the sandbox does not fill yet.
ONLY_SENTINELS: Mapping[str, str] = {
    "new_order": _NO_LIST,
    "cancel_order": _NO_LIST,
    "cancel_open_orders": _TRAILING,
    "cancel_replace": "cancelled/order_list_id cancelled/trailing_time placed/order_list_id placed/trailing_time",
    "amend_keep_priority": _TRAILING,
    "sor_order": f"{_NO_LIST} fills/trade_id",
    "new_oco": _TRAILING,
    "order_list_oco": _TRAILING,
    "order_list_oto": _TRAILING,
    "order_list_otoco": _TRAILING,
    "order_list_opo": _TRAILING,
    "order_list_opoco": _TRAILING,
    "cancel_order_list": _TRAILING,
    "get_order": _NO_LIST,
    "open_orders": _NO_LIST,
    "all_orders": _NO_LIST,
    "my_trades": "order_list_id",
    "my_allocations": "order_list_id",
}
MOMENT_MS = 1_700_000_000_000


_BTC: dict[str, object] = {"symbol": "BTCUSDT"}
ASKED: Mapping[str, list[dict[str, object]]] = {
    **{name: [_BTC] for name in ("depth", "trades", "historical_trades", "agg_trades", "avg_price")},
    **{name: [_BTC] for name in ("ticker", "ticker_trading_day")},
    **{name: [{**_BTC, "interval": "1h", "limit": 3}] for name in ("klines", "ui_klines")},
    "historical_block_trades": [{**_BTC, "fromId": 0, "limit": 3}],
    "reference_price": [{"symbol": "BNBUSDT"}],
    "reference_price_calculation": [{"symbol": "BNBUSDT"}, {"symbol": "DOGEUSDT"}],
}
EMPTY_HERE: Mapping[str, str] = {"exchange_info": "permissions"}


def places(words: str) -> set[Place]:
    """The columns of a line above: a part, a slash and a name, or a name alone."""
    return {(part, name) for part, _, name in (word.rpartition("/") for word in words.split())}


def rows_of(body: Any, at: str) -> list[dict[str, Any]]:
    for key in filter(None, at.split(".")):
        body = body.get(key, [])
    return body if isinstance(body, list) else [body]


@pytest.fixture(scope="session")
def conditional(spec_folder: Path) -> dict[str, Any]:
    """The fields that an order has only sometimes, each with the documentation's own example."""
    general = json.loads((spec_folder / "general.json").read_text(encoding="utf-8"))
    fields: dict[str, Any] = {field["name"]: field["example"] for field in general["conditional_order_fields"]}
    return fields


def with_conditional_fields(name: str, body: Any, conditional: Mapping[str, Any]) -> Any:
    """A documented reply whose orders have the fields of all kinds of orders at once."""
    body = json.loads(json.dumps(body))
    for _, rows in tables(ENDPOINTS[name].rows):
        fields = {column.field for column in rows.extra} & set(conditional)
        for row in rows_of(body, rows.at) if fields else []:
            row.update({field: conditional[field] for field in conditional if field in fields})
    return body


def without_sentinels(name: str, body: Any) -> Any:
    """The same reply with a number for each -1 that means none."""
    body = json.loads(json.dumps(body))
    for _, rows in tables(ENDPOINTS[name].rows):
        fields = {column.field for column in (*rows.columns, *rows.extra) if column.sentinel is not None}
        for row in rows_of(body, rows.at) if fields else []:
            row.update({field: MOMENT_MS for field, value in row.items() if field in fields and value == -1})
    return body


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_declared_column_was_seen_filled(
    name: str, examples: Examples, recorded: Recorded, read: Decode, conditional: dict[str, Any]
) -> None:
    """Samples, with the conditional fields' own examples, and recordings fill everything but what is listed above."""
    samples = [example["body"] for example in examples(name) if "layout only" not in example["when"]]
    fuller = [with_conditional_fields(name, body, conditional) for body in samples]
    bodies = [*samples, *fuller, *(recorded(file) for file, endpoint in RECORDED.items() if endpoint == name)]

    documented = {place for body in bodies for place in seen(read, name, body)}
    numbered = {place for body in fuller for place in seen(read, name, without_sentinels(name, body))}

    assert declared(name) - documented == places(ONLY_SENTINELS.get(name, ""))
    assert declared(name) - documented - numbered == set()


@pytest.mark.parametrize("name", [one.name for one in ENDPOINTS.values() if one.group in ("general", "market")])
def test_the_sandbox_fills_every_column_that_all_replies_have(name: str, read: Decode, desk: Desk) -> None:
    """Of what a reply always has, only lists that are empty here stay empty."""
    bodies = [desk.get(ENDPOINTS[name].path.removeprefix("/api/v3/"), **sent).json for sent in ASKED.get(name, [{}])]
    always = {(part, column.name) for part, rows in tables(ENDPOINTS[name].rows) for column in rows.columns}

    found = {place for body in bodies for place in seen(read, name, body)}

    assert always - found == places(EMPTY_HERE.get(name, ""))
