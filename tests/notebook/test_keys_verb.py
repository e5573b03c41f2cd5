"""``%binance keys`` and ``%binance scan``: asked, kept, listed, forgotten, found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from IPython.core.error import StdinNotImplementedError
from keyring.backends.fail import Keyring as NoKeyring

from binance_nb.errors import BinanceError, CredentialsError, UsageError
from binance_nb.notebook.desk import Desk
from tests.keyrings import MemoryKeyring

KEY, SECRET, OTHER = "A1b2C3d4" * 8, "S9t8U7v6" * 8, "Z5y4X3w2" * 8


class Settings:
    """What a person configures."""

    environment = "testnet"
    max_wait_seconds = 10.0
    time_zone = "UTC"
    progress_bar = False


class Prompt:
    """Somebody at the keyboard."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.answers: list[str] = []

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        if not self.answers:
            raise StdinNotImplementedError
        return self.answers.pop(0)


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """A keyring that lives as long as the test."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def prompt() -> Prompt:
    """Somebody to ask."""
    return Prompt()


@pytest.fixture
def run(prompt: Prompt, memory_keyring: MemoryKeyring) -> Iterator[Callable[..., str]]:
    """Run a line with answers to what it asks, and return what it shows; no key is in it."""
    desk = Desk(Settings(), ask=prompt)

    def run(line: str, *answers: str) -> str:
        prompt.answers, prompt.questions = list(answers), []
        sheet: Any = desk.run(line, {})
        shown = f"{sheet!r}{sheet._repr_html_()}"
        assert not any(text in shown for text in (KEY, SECRET, OTHER))
        return repr(sheet)

    yield run
    desk.close()


def test_a_key_is_asked_for_once(run: Callable[..., str], prompt: Prompt) -> None:
    """Where there is one it is shown instead, and --new asks for another; going away and coming back keeps it."""
    first = run("keys", KEY, SECRET)
    run("use market")
    back = run("use testnet")
    again = run("keys")
    new = run("keys --new", OTHER, SECRET)

    assert "••••C3d4 (HMAC) from prompt" in first
    assert "••••C3d4 (HMAC) from prompt" in back
    assert "••••C3d4" in again
    assert again.startswith("Keys\n")
    assert "••••X3w2 (HMAC) from prompt" in new


def test_a_profile_is_kept_and_gone_to(run: Callable[..., str], prompt: Prompt, memory_keyring: MemoryKeyring) -> None:
    """Beside the nameless key, whose lines go on with it."""
    run("keys", KEY, SECRET)
    kept = run("keys --profile Bot-2 --store", OTHER, SECRET)
    question = prompt.questions[0]
    gone_to = run("use testnet --profile bot-2")
    shown = run("keys --show")

    assert "profile bot_2" in question
    assert "Kept in a keyring for tests." in kept
    assert "%binance use testnet --profile bot_2" in kept
    assert 1 == len(memory_keyring.kept)
    assert "••••X3w2 (HMAC) from prompt, profile bot_2" in gone_to
    assert "bot_2" in shown


def test_the_table_shows_who_won(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """And which were passed over, by their sources."""
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", OTHER)
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", SECRET)
    run("keys --new --store", KEY, SECRET)
    shown = run("keys --show")

    row = next(line for line in shown.splitlines() if line.split()[:1] == ["testnet"])
    assert ["testnet", "–", "••••C3d4", "HMAC", "prompt", "keyring,", "environment", "variables"] == row.split()


def test_a_key_from_elsewhere_is_kept_without_asking(
    run: Callable[..., str], prompt: Prompt, monkeypatch: pytest.MonkeyPatch, memory_keyring: MemoryKeyring
) -> None:
    """One that variables hold moves into the keyring."""
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", KEY)
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", SECRET)
    kept = run("keys --store")

    assert "Kept in a keyring for tests." in kept
    assert ([], 1) == (prompt.questions, len(memory_keyring.kept))


def test_a_key_is_forgotten_everywhere(run: Callable[..., str], memory_keyring: MemoryKeyring) -> None:
    """By this kernel and by the keyring; then lines go without."""
    run("keys --store", KEY, SECRET)
    gone = run("keys --forget")
    nothing = run("keys --forget")

    assert "Forgotten: the key of testnet, in what was typed and the keyring." == gone
    assert "Nothing was typed or kept for testnet." == nothing
    assert {} == memory_keyring.kept
    assert "no key" in run("status")


def test_without_a_keyring_the_key_still_works(run: Callable[..., str]) -> None:
    """Keeping it fails and says what else works; the session has the key."""
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's
    with pytest.raises(CredentialsError, match="nothing that keeps passwords") as caught:
        run("keys --store", KEY, SECRET)

    assert "BINANCE_TESTNET_API_KEY" in (caught.value.hint or "")
    assert "••••C3d4 (HMAC) from prompt" in run("status")
    assert "--store cannot work" in run("keys --show")


def test_a_file_gives_a_key(run: Callable[..., str], tmp_path: Path) -> None:
    """Named on the line, for one environment."""
    file = tmp_path / "bot.env"
    file.write_text(f"BINANCE_TESTNET_API_KEY={KEY}\nBINANCE_TESTNET_SECRET_KEY={SECRET}\n")
    file.chmod(0o600)

    assert f"from file {file}" in run(f"keys --keys-file {file}")
    assert f"from file {file}" in run(f"use testnet --keys-file {file}")


def test_a_sandbox_keeps_no_key(run: Callable[..., str]) -> None:
    """Its own is shown, and ends with it."""
    run("use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")
    with pytest.raises(CredentialsError, match="not worth keeping"):
        run("keys --store")

    assert "sandbox" in run("keys")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("keys --show --forget", UsageError),
        ("keys --stor", UsageError),
        ("keys --profile", UsageError),
        ("keys --profile 9x", CredentialsError),
        (f"keys --profile {KEY}", CredentialsError),
        ("keys --store mine", CredentialsError),
        ("keys --keys-file mine", CredentialsError),
        ("keys --mine=theirs", CredentialsError),
        ("scan", UsageError),
    ],
)
def test_a_wrong_line_asks_nobody(run: Callable[..., str], prompt: Prompt, line: str, kind: type[BinanceError]) -> None:
    """What may be a key is not repeated."""
    with pytest.raises(kind) as caught:
        run(line)

    assert [] == prompt.questions
    assert not any(text in f"{caught.value}{caught.value.hint}" for text in ("mine", "theirs", "9x"))


def test_a_missing_key_is_told_with_the_line_that_asks_for_it(run: Callable[..., str]) -> None:
    """For the place that the line went to."""
    with pytest.raises(CredentialsError) as caught:
        run("account --env live")

    assert "%binance keys --env live" == caught.value.suggestion


def test_a_scan_tells_places(run: Callable[..., str], tmp_path: Path) -> None:
    """Of several files and folders."""
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "b.py").write_text(f"\nsecret_key = '{KEY[:8]}q7Lm0Pz5Rt9WvKx2{SECRET[:40]}'")

    clean, found = run(f"scan {tmp_path}/a.py"), run(f"scan {tmp_path}/a.py {tmp_path}")

    assert "No key found; 1 file looked through" == clean
    assert "1 key found; 2 files looked through" in found
    assert "line 2" in found


def test_a_scan_of_nothing_is_no_good_news(run: Callable[..., str], tmp_path: Path) -> None:
    """A path with a slip in it says so in its first line."""
    shown = run(f"scan {tmp_path}/nosuch.ipynb")

    assert "Nothing was looked through" in shown
    assert "No key found" not in shown


def test_a_key_for_another_place_does_not_say_that_lines_go_there(run: Callable[..., str]) -> None:
    """With --env a key is taken for single lines; all others stay where they were."""
    run("use market")
    taken = run("keys --env testnet", KEY, SECRET)

    assert "Connected" not in taken
    assert "Taken: ••••C3d4 (HMAC) for lines with --env testnet." in taken
    assert "Lines to testnet use ••••C3d4" in run("keys --env testnet --show")
