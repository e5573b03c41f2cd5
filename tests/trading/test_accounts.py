"""Whose orders these are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_nb import Session, connect
from binance_nb.environment import Environment, resolve
from binance_nb.keys import credentials
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.trading.accounts import Account, account_of, sandbox_at
from tests.sandbox_fixture import FROZEN_AT

SALT = b"salt" * 4
LIVE, TESTNET = resolve("live"), resolve("testnet")


def real(place: Environment = LIVE, key: str = "k" * 64, salt: bytes = SALT) -> Account:
    return account_of(place, credentials(key, "s" * 64, place.host), None, salt)


def of(session: Session) -> Account:
    return account_of(session.environment, session.client.credentials, session.sandbox, SALT)


def test_a_real_account_is_a_host_and_a_key() -> None:
    """The same again, whoever asks; another key, another host, or another journal, and it is another."""
    others = {real(TESTNET).identity, real(key="j" * 64).identity, real(salt=b"pepper" * 3).identity}

    assert real() == real()
    assert len({real().identity, *others}) == 4
    assert (real().label, real().is_sandbox, real().instance) == ("live", False, "")


@given(key=st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=16, max_size=64))
def test_no_part_of_a_key_shows(key: str) -> None:
    """Not in what names the account, nor in how it prints."""
    shown = repr(real(key=key))

    assert [part for part in (key, key[:8], key[-8:]) if part in shown] == []


def test_every_sandbox_is_an_account_of_its_own(fresh_sandbox: Session) -> None:
    """Frozen at the same moment, with the same seed and so the same keys: its orders begin afresh."""
    with connect("sandbox", seed=1, frozen=FROZEN_AT) as again:
        first, second = of(fresh_sandbox), of(again)

    assert first == of(fresh_sandbox)
    assert first.identity != second.identity
    assert (first.is_sandbox, second.is_sandbox) == (True, True)


def test_a_sandbox_that_somebody_else_started_is_asked_who_it_is(session: Session) -> None:
    """Reached by its address it is the same account; nobody's is where no sandbox answers."""
    assert session.sandbox is not None
    place = resolve(session.sandbox.url)
    keys = credentials(session.sandbox.api_key, session.sandbox.secret_key, place.host)

    by_address = account_of(place, keys, None, SALT)

    assert (by_address.identity, by_address.instance) == (of(session).identity, of(session).instance)
    assert by_address.label == f"SANDBOX at {place.host}"


def test_a_sandbox_under_faults_still_says_who_it_is(fresh_sandbox: Session) -> None:
    """What it does to calls is no answer to that question."""
    process = fresh_sandbox.sandbox
    assert process is not None
    known = sandbox_at(process.url)
    with process.faults(kind="drop_before_execute", probability=0.5, seed=1):
        assert sandbox_at(process.url) == known == f"{process.seed}/{process.instance}"


def test_a_sandbox_that_is_gone_answers_nobody(fresh_sandbox: Session) -> None:
    """Nor is anybody asked who is not on this computer."""
    process = fresh_sandbox.sandbox
    assert process is not None
    process.stop()

    assert [sandbox_at(process.url), sandbox_at("https://api.binance.com"), sandbox_at("http://[::1]:1")] == [""] * 3


def test_accounts_of_one_sandbox_are_told_apart_by_their_keys(session: Session) -> None:
    """Another key is another account there too."""
    process: SandboxProcess | None = session.sandbox
    assert process is not None
    keys = credentials(process.read_only_api_key, process.read_only_secret_key, session.environment.host)

    other = account_of(session.environment, keys, process, SALT)

    assert other.instance == of(session).instance
    assert other.identity != of(session).identity
