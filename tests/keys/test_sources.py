"""Of several sources the first that has a key wins; a key that was named comes from where it was named."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_nb import connect
from binance_nb.environment import resolve
from binance_nb.errors import CredentialsError, UsageError
from binance_nb.keys import KEYS_FILE_VARIABLE, credentials, find_key, held_keys, remember_answer, store
from binance_nb.keys.profiles import check_profile, variable_names
from tests.keyrings import MemoryKeyring

TESTNET, LIVE = resolve("testnet"), resolve("live")
SECRET = "S9t8U7v6" * 8


def key(number: int) -> str:
    return f"A1b2C3d4{number:04}" * 5 + f"{number:04}"


def keys_file(folder: Path, number: int, prefix: str = "BINANCE_TESTNET_") -> Path:
    path = folder / f"{number}.env"
    path.write_text(f"{prefix}API_KEY={key(number)}\n{prefix}SECRET_KEY='{SECRET}'\n")
    path.chmod(0o600)
    return path


def set_variables(monkeypatch: pytest.MonkeyPatch, number: int, prefix: str = "BINANCE_TESTNET_") -> None:
    monkeypatch.setenv(f"{prefix}API_KEY", key(number))
    monkeypatch.setenv(f"{prefix}SECRET_KEY", SECRET)


def test_the_first_source_wins(memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Explicit, typed, keyring, variables, the file for all; the table tells which were passed over."""
    found = []
    monkeypatch.setenv(KEYS_FILE_VARIABLE, str(keys_file(tmp_path, 1)))
    found.append(find_key(TESTNET))
    set_variables(monkeypatch, 2)
    found.append(find_key(TESTNET))
    store(credentials(key(3), SECRET, TESTNET.host), TESTNET)
    found.append(find_key(TESTNET))
    remember_answer(credentials(key(4), SECRET, TESTNET.host, "prompt"))
    found.append(find_key(TESTNET))
    found.append(find_key(TESTNET, keys_file=keys_file(tmp_path, 5)))
    found.append(connect("testnet", api_key=key(6), secret_key=SECRET).client.credentials)
    (told,) = held_keys()

    assert [key(number) for number in range(1, 7)] == [held.api_key.reveal() for held in found if held]
    assert ("testnet", "", "••••0004", "HMAC", "prompt") == (
        told.environment, told.profile, told.key, told.kind, told.source
    )  # fmt: skip
    assert ("keyring", "environment variables", f"file {tmp_path / '1.env'}") == told.passed_over


@pytest.mark.parametrize(
    ("environment", "profile", "name"),
    [
        ("live", "", "BINANCE_API_KEY"),
        ("testnet", "", "BINANCE_TESTNET_API_KEY"),
        ("testnet", "bot2", "BINANCE_TESTNET_BOT2_API_KEY"),
        ("live", "bot2", "BINANCE_LIVE_BOT2_API_KEY"),
        ("live", "testnet", "BINANCE_LIVE_TESTNET_API_KEY"),
    ],
)
def test_each_key_has_variables_of_its_own(
    monkeypatch: pytest.MonkeyPatch, environment: str, profile: str, name: str
) -> None:
    """No two pairs share a name, so that a key cannot go to another host by the name of its profile."""
    set_variables(monkeypatch, 7, name.removesuffix("API_KEY"))
    everywhere = [
        ("live", ""),
        ("testnet", ""),
        ("demo", ""),
        ("live", "testnet"),
        ("testnet", "bot2"),
        ("live", "bot2"),
    ]
    found = [pair for pair in everywhere if _found(*pair)]

    names = variable_names(resolve(environment), profile)
    assert names is not None
    assert name == names[0]
    assert [(environment, profile)] == found


def _found(environment: str, profile: str) -> bool:
    try:
        return find_key(resolve(environment), profile) is not None
    except CredentialsError:
        return False


def test_a_profile_without_a_key_names_those_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the line that asks for it."""
    set_variables(monkeypatch, 8, "BINANCE_TESTNET_BOT2_")
    with pytest.raises(CredentialsError, match="no key bot3 for testnet") as caught:
        connect("testnet", profile="bot3")

    assert "There are: bot2." == caught.value.hint
    assert "%binance keys --env testnet --profile bot3" == caught.value.suggestion


@pytest.mark.parametrize("name", ["two words", "9lives", "A1b2C3d4" * 8, "bot;", "é"])
def test_a_profile_is_a_short_plain_name(name: str) -> None:
    """What is none is not repeated: it may be a key."""
    with pytest.raises(UsageError) as caught:
        check_profile(name)

    assert name not in f"{caught.value}{caught.value.hint}{caught.value.culprit}"


def test_a_named_file_has_the_key_or_says_what_it_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the variables of the process hold."""
    set_variables(monkeypatch, 9, "BINANCE_")
    path = keys_file(tmp_path, 9)
    with pytest.raises(CredentialsError, match="holds no key for live") as caught:
        connect("live", keys_file=path)

    assert "BINANCE_API_KEY with BINANCE_SECRET_KEY" in (caught.value.hint or "")


@pytest.mark.parametrize("environment", ["market", "sandbox"])
def test_places_without_keys_of_ones_own_take_no_profile(environment: str) -> None:
    """Before anything is started or sent."""
    with pytest.raises(CredentialsError) as caught:
        connect(environment, profile="bot2")

    assert "profile" == caught.value.culprit


def test_a_key_and_a_place_to_take_it_from_exclude_each_other() -> None:
    """One of them would be left aside without a word."""
    with pytest.raises(CredentialsError, match="a profile or a file"):
        connect("testnet", api_key=key(1), secret_key=SECRET, profile="bot2")


def test_half_a_key_is_told_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no key, and why."""
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", key(1))
    (told,) = held_keys()

    assert ("", "none can be used") == (told.key, told.source)
    assert "BINANCE_TESTNET_SECRET_KEY is not" in told.problem


def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    """The key is taken all the same."""
    path = keys_file(tmp_path, 1)
    path.chmod(0o644)

    with pytest.warns(UserWarning, match="chmod 600"):
        held = find_key(TESTNET, keys_file=path)

    assert held is not None
