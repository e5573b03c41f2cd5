from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from IPython.core.error import StdinNotImplementedError

from binance_nb.errors import CredentialsError, SandboxError, UsageError
from binance_nb.notebook.desk import Desk

KEY, SECRET = "k" * 60 + "1234", "s" * 64


@dataclass
class Settings:
    """What a person configured: nothing."""

    environment: str = "market"
    max_wait_seconds: float = 10.0
    time_zone: str = "UTC"
    progress_bar: bool = True


class Prompt:
    """Somebody who answers questions."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        return self.answers.pop(0)


@pytest.fixture
def desk() -> Iterator[Desk]:
    opened = Desk(Settings(), ask=Prompt(f" {KEY} ", SECRET))
    yield opened
    opened.close()


def test_the_first_line_connects_where_the_configuration_says(desk: Desk) -> None:
    """No line is needed to begin."""
    assert desk.session.environment.name == "market"


def test_a_failed_use_changes_nothing(desk: Desk) -> None:
    """Whoever mistypes stays where they were."""
    desk.run("use testnet", {})
    with pytest.raises(UsageError):
        desk.run("use nowhere", {})

    assert desk.session.environment.name == "testnet"


def test_going_elsewhere_ends_the_former_sandbox(desk: Desk) -> None:
    """One at a time; nothing is left running."""
    line = repr(desk.run("use sandbox --seed 3 --frozen 2024-06-01T12:00:00Z", {}))
    former = desk.session.sandbox
    assert former is not None
    desk.run("use market", {})

    assert line.startswith("Connected to SANDBOX seed 3, clock stands at 2024-06-01 12:00:00 UTC")
    assert not former.is_running


def test_a_sandbox_can_be_started_again_on_its_own_port(desk: Desk) -> None:
    """The former makes room for it, since two cannot share a port."""
    desk.run("use sandbox", {})
    port = desk.session.environment.url.rpartition(":")[2]
    desk.run("use sandbox --seed 2 --port $port", {"port": int(port)})

    assert desk.session.environment.url.endswith(f":{port}")


def test_a_sandbox_that_is_gone_says_so(desk: Desk) -> None:
    """And how to get a new one."""
    desk.run("use sandbox", {})
    assert desk.session.sandbox is not None
    desk.session.sandbox.stop()
    with pytest.raises(SandboxError) as caught:
        desk.run("ping", {})

    assert caught.value.suggestion == "%binance use sandbox"


def test_keys_are_asked_for_and_shown_masked(desk: Desk) -> None:
    """The line says from where they are; the text of the key is nowhere."""
    desk.run("use testnet", {})
    shown = repr(desk.run("keys", {})) + repr(desk.run("status", {}))

    held = desk.session.client.credentials

    assert held is not None
    assert (held.api_key.reveal(), held.secret_key.reveal()) == (KEY, SECRET)
    assert "••••1234 (HMAC) from prompt" in shown
    assert [secret for secret in (KEY, SECRET) if secret in shown] == []


def test_the_market_takes_no_keys() -> None:
    """Nobody is asked for a key that cannot be used."""
    prompt = Prompt()
    with pytest.raises(CredentialsError) as caught:
        Desk(Settings(), ask=prompt).run("keys", {})

    assert (prompt.questions, caught.value.suggestion) == ([], "%binance use testnet")


@pytest.mark.parametrize("silence", [StdinNotImplementedError, EOFError])
def test_where_nobody_can_be_asked_the_error_says_what_else_works(silence: type[Exception]) -> None:
    """A notebook that runs by itself has no one at the keyboard."""

    def nobody(question: str) -> str:
        raise silence

    with pytest.raises(CredentialsError, match="Nobody can be asked") as caught:
        Desk(Settings("testnet"), ask=nobody).run("keys", {})

    assert "BINANCE_TESTNET_API_KEY" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("line", "value"), [("--max-rows 5", 5), ("--max-rows 200_000", 200_000), ("max_rows={2 * n}", 6)]
)
def test_a_number_on_a_line_is_a_number(desk: Desk, line: str, value: int) -> None:
    """``--max-rows`` reaches the session as an int."""
    asked: dict[str, Any] = {}
    desk.session.call = lambda name, /, **words: asked.update(words)  # type: ignore[method-assign]  # no network here
    desk.run(f"klines X 1h {line}", {"n": 3})

    assert asked["max_rows"] == value


@pytest.mark.parametrize("speed", ["-1", "fast", "inf", "NaN"])
def test_a_speed_is_a_number_of_nought_or_more(desk: Desk, speed: str) -> None:
    """Before a process is started."""
    with pytest.raises(UsageError, match="speed is a number"):
        desk.run(f"use sandbox --speed={speed}", {})


def test_the_gauge_follows_the_calls_until_it_is_closed(desk: Desk) -> None:
    """Bringing gauges up to date reads the session of the moment."""
    gauge = desk.run("gauge", {})
    before = repr(gauge)
    desk.run("use testnet", {})
    desk.refresh_gauges()
    after = repr(gauge)
    gauge.close()
    desk.run("use demo", {})
    desk.refresh_gauges()

    assert [text.splitlines()[0] for text in (before, after, repr(gauge))] == ["market", "testnet", "testnet"]


def test_a_closed_desk_opens_nothing_for_a_gauge(desk: Desk) -> None:
    """After unloading, what was drawn stays as it is."""
    desk.run("use testnet", {})
    gauge = desk.run("gauge", {})
    desk.close()
    desk.refresh_gauges()

    assert repr(gauge).startswith("testnet")


def test_a_private_key_is_given_as_a_file(tmp_path: Path) -> None:
    """At the prompt a path that ends in .pem is read as the key's file, and its passphrase is asked for."""
    key = Ed25519PrivateKey.generate()
    locked = BestAvailableEncryption(b"sesame")
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    desk = Desk(Settings(), ask=Prompt(KEY, str(path), "sesame"))
    desk.run("use testnet", {})

    shown = repr(desk.run("keys", {}))

    desk.close()
    assert "(ED25519) from prompt" in shown
    assert "sesame" not in shown


def test_a_plan_is_shown_instead_of_pulling() -> None:
    """Rows, requests and weight are known beforehand, and how to allow what is past the ceiling."""
    desk = Desk(Settings())
    desk.run("use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z", {})

    short = repr(desk.run("klines BTCUSDT 1m --start -2d --plan", {}))
    long = repr(desk.run("klines BTCUSDT 1s --start -3d --plan", {}))

    desk.close()
    assert "rows      about 2,881" in short
    assert "requests  3" in short
    assert "passed; --max-rows 259201 allows it" in long
