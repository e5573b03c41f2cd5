"""What docs/history.md tells to type for DuckDB, Polars and Dask works as it stands there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from binance_nb import connect
from binance_nb.folders import CACHE_VARIABLE
from tests.documented import PAGES, blocks
from tests.sandbox_fixture import FROZEN_AT

# Where the sandbox keeps its store, and two days in place of years.
INSTEAD = {
    '"spot"': "session.market",
    'start="2020-01-01", end="2024-01-01"': 'start="2024-05-01", end="2024-05-03", session=session',
    'start="2024-01-01", end="2024-02-01"': 'start="2024-05-01", end="2024-05-02"',
}


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a reader has: the engines, and a session whose store holds two days of two symbols."""
    engines = ("duckdb", "polars", "dask.dataframe")
    found = {name.partition(".")[0]: pytest.importorskip(name, reason="make test-peers brings it") for name in engines}
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as session:
        session.history("klines", "BTCUSDT,ETHUSDT", "1m", start="2024-05-01", end="2024-05-03", quiet=True)
        yield {**found, "dask": pytest.importorskip("dask"), "session": session}


# Dask says reset_index(inplace=True), which pandas 3.1 deplores.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_other_engines_read_the_store_as_told(names: dict[str, Any]) -> None:
    """Three lines, three engines, each with the rows that are there."""
    duck, polar, dusk = answers("duckdb.sql", names)

    assert ["BTCUSDT", "ETHUSDT"] == sorted(row[0] for row in duck.fetchall())
    assert 2 * 2 * 1440 == polar.item()
    assert 2 * 1440 == len(dusk)


def test_what_is_past_one_machine_comes_as_told(names: dict[str, Any]) -> None:
    """Candles and trades as Dask frames, and a first sum over them."""
    [days] = answers("dask_frame", names)

    assert 2 == len(days)
    assert len(names["trades"]) > 0


def answers(word: str, names: dict[str, Any]) -> list[Any]:
    """Run the block of the page that has a word, and return what its bare expressions give."""
    [code] = [block.code for block in blocks(PAGES["history.md"]) if word in block.code]
    for told, run in INSTEAD.items():
        code = code.replace(told, run)
    given = []
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.Expr):
            given.append(eval(ast.unparse(statement), names))
        else:
            exec(ast.unparse(statement), names)
    return given
