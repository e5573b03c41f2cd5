"""The live check's logic, on the sandbox: what it asks, what it finds, what it says without a network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from binance_nb import Session
from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Client, WeightBudget
from binance_nb.environment import Environment
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from tests.history.carriers import WatchedTransport
from tools.smoke_live import ask, compare, main, report, smoke

READS = {name for name, endpoint in ENDPOINTS.items() if endpoint.method == "GET"}


def test_every_read_endpoint_is_asked_once_and_fits_its_declaration(fresh_sandbox: Session) -> None:
    """With an order, a list and an amendment to ask for nothing is skipped, and nothing fails."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", "price": "50000"}
    fresh_sandbox.call("new_order", type="LIMIT", time_in_force="GTC", **order)

    outcomes = list(smoke(fresh_sandbox))

    assert sorted(READS) == sorted(outcome.name for outcome in outcomes)
    assert [] == [str(outcome) for outcome in outcomes if outcome.verdict == "FAIL"]
    assert {"get_order_list"} >= {outcome.name for outcome in outcomes if outcome.verdict == "SKIP"}
    assert [] == [outcome.new_fields for outcome in outcomes if outcome.new_fields]


def test_only_get_requests_are_made(sandbox: SandboxProcess) -> None:
    """It reads and nothing else, with a key that may trade."""
    transport = WatchedTransport()
    place = Environment("sandbox", sandbox.url, is_sandbox=True)
    held = credentials(sandbox.api_key, sandbox.secret_key, place.host)
    with Session(Client(place, held, transport=transport, budget=WeightBudget())) as session:
        list(smoke(session))

    assert {"GET"} == {prepared.method for prepared in transport.sent}
    assert len(transport.sent) > 25


def test_the_market_data_host_is_asked_what_it_serves(sandbox: SandboxProcess) -> None:
    """Endpoints of other hosts, and those that need a key, are skipped with the reason."""
    place = Environment("market", sandbox.url, has_market_data_only=True)
    with Session(Client(place, budget=WeightBudget())) as session:
        outcomes = list(smoke(session))

    assert {"not served here"} == {outcome.note for outcome in outcomes if outcome.verdict == "SKIP"}
    assert {name for name in READS if ENDPOINTS[name].is_on_data_host} == {
        outcome.name for outcome in outcomes if outcome.verdict == "PASS"
    }


def test_a_wrong_dtype_a_missing_column_and_a_new_one_are_named(session: Session) -> None:
    """What differs from the declaration fails, what the exchange added is told."""
    endpoint = ENDPOINTS["agg_trades"]
    frame = session.agg_trades("BTCUSDT", limit=5)
    odd = frame.astype({"price": "str"}).drop(columns="quantity").assign(brand_new=1)

    problems, new_fields = compare(endpoint, odd)

    assert ([], []) == compare(endpoint, frame)
    assert ["price is str instead of float64", "quantity is missing"] == problems
    assert ["brand_new"] == new_fields


def test_a_refusal_fails_with_its_words(session: Session) -> None:
    """What the exchange says against a call stands in the report, and decides the verdict."""
    elsewhere = dataclasses.replace(session.environment, url=f"{session.environment.url}/nowhere")
    client = Client(elsewhere, budget=WeightBudget())

    outcome = ask(Session(client), ENDPOINTS["depth"])

    assert "FAIL" == outcome.verdict
    assert outcome.note in report(session, [outcome])
    assert "0 passed, 1 failed, 0 skipped" in report(session, [outcome])


def test_a_url_is_visited_and_the_report_kept(
    sandbox: SandboxProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page that is printed is the one in the file; the status is that of a pass."""
    status = main(["--url", sandbox.url, "--out", str(tmp_path / "report.txt")])

    page = capsys.readouterr().out
    assert 0 == status
    assert page.strip() == (tmp_path / "report.txt").read_text().strip()
    assert "PASS  klines" in page


def test_without_a_network_one_sentence_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing listens there: no traceback, and status 2."""
    status = main(["--url", "http://127.0.0.1:9"])

    shown = capsys.readouterr()
    assert 2 == status
    assert "" == shown.out
    assert shown.err.startswith("make smoke-live: http://127.0.0.1:9 cannot be reached from here")
    assert 1 == len(shown.err.splitlines())
