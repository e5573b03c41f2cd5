"""The live gate of a client that nobody can arm, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.client import Client, ShutGate, WeightBudget
from binance_nb.environment import Environment
from binance_nb.errors import CredentialsError, NotArmedError
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from tests.client.scripted import Answer

Start = Callable[..., Any]
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
CHANGES_STATE = sorted(endpoint.name for endpoint in ENDPOINTS.values() if endpoint.changes_state)
LIVE = Environment("live", "https://api.binance.com", is_live=True)


class OpenGate:
    """Lets everything through, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def check_open(self, environment: Environment, endpoint: Endpoint) -> None:
        """Let it be bound."""

    def check(self, environment: Environment, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
        """Let it be sent."""
        self.asked.append((endpoint.name, sent))


@pytest.mark.parametrize("name", CHANGES_STATE)
def test_nothing_that_changes_state_passes_on_a_live_host(name: str) -> None:
    """Placements, cancels and amendments alike; the error says what would have been sent and how to allow it."""
    with pytest.raises(NotArmedError) as caught:
        ShutGate().check(LIVE, ENDPOINTS[name], {"symbol": "BTCUSDT"})

    assert f"{ENDPOINTS[name].method} {ENDPOINTS[name].path} symbol=BTCUSDT" == caught.value.details["would send"]
    assert "%binance arm --max-notional 50 --for 30min --symbols BTCUSDT" == caught.value.suggestion


@pytest.mark.parametrize("name", sorted(set(ENDPOINTS) - set(CHANGES_STATE)))
def test_what_changes_nothing_passes_everywhere(name: str) -> None:
    """Reads and test orders need no leave."""
    ShutGate().check_open(LIVE, ENDPOINTS[name])


@pytest.mark.parametrize("name", CHANGES_STATE)
def test_where_no_money_moves_the_gate_is_open(name: str) -> None:
    """Sandbox, testnet and demo take orders from anybody."""
    ShutGate().check_open(Environment("testnet", "https://testnet.binance.vision"), ENDPOINTS[name])


def test_a_shut_gate_is_shut_for_whoever_sends_past_bind(peer: Start) -> None:
    """Texts that were never bound do not leave either."""
    there = peer(Answer(), is_live=True)

    with pytest.raises(NotArmedError):
        there.client.send(ENDPOINTS["new_order"], ORDER)

    assert [] == there.calls


def test_a_dry_run_of_what_is_not_armed_shows_what_it_would_send(peer: Start) -> None:
    """What is only looked at may be looked at anywhere."""
    there = peer(is_live=True)
    endpoint = ENDPOINTS["new_order"]

    prepared = there.client.prepare(endpoint, there.client.bind(endpoint, ORDER, is_dry=True), is_dry=True)

    assert b"quantity=0.001" in (prepared.body or b"")
    assert [] == there.server.heard


def test_the_gate_is_asked_about_exactly_what_is_sent(peer: Start) -> None:
    """Whoever opens it decides about the very texts that travel, client order id included."""
    gate = OpenGate()
    there = peer(Answer(), is_live=True, gate=gate)

    there.client.call("new_order", **ORDER)

    name, sent = gate.asked[-1]
    body = there.server.heard[-1].body
    assert "new_order" == name
    assert body.startswith("&".join(f"{key}={text}" for key, text in sent.items()))


def test_the_gate_is_shared_with_the_client_in_microseconds(peer: Start) -> None:
    """Asking for finer times is no way around it."""
    there = peer(Answer(), is_live=True)

    with pytest.raises(NotArmedError):
        there.client.in_microseconds().call("new_order", **ORDER)

    assert [] == there.calls


def test_without_a_key_a_live_order_is_refused_for_the_gate_first(sandbox: SandboxProcess) -> None:
    """The first thing to know of a live order is that it is one."""
    place = Environment("live", sandbox.url, is_live=True)

    with pytest.raises(NotArmedError):
        Client(place, budget=WeightBudget()).call("new_order", **ORDER)


def test_with_an_open_gate_a_missing_key_is_still_missing(sandbox: SandboxProcess) -> None:
    """The gate replaces no other check."""
    place = Environment("live", sandbox.url, is_live=True)

    with pytest.raises(CredentialsError):
        Client(place, budget=WeightBudget(), gate=OpenGate()).call("new_order", **ORDER)


def test_a_key_of_another_host_opens_nothing(sandbox: SandboxProcess) -> None:
    """A key never travels to another host, whatever the gate says."""
    place = Environment("live", sandbox.url, is_live=True)
    held = credentials("k" * 64, "s" * 64, "api.binance.com")

    with pytest.raises(CredentialsError):
        Client(place, held, budget=WeightBudget(), gate=OpenGate()).call("new_order", **ORDER)
