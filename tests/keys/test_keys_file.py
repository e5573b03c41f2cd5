"""Files of variables: read as shells and dotenv libraries read them, or refused by the line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.errors import CredentialsError
from binance_nb.keys.keys_file import read_keys_file


def read(folder: Path, text: str) -> dict[str, str]:
    path = folder / "keys.env"
    path.write_bytes(text.encode())
    path.chmod(0o600)
    return {name: secret.reveal() for name, secret in read_keys_file(path).values.items()}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("\ufeffA=1\r\n\r\nB=2", {"A": "1", "B": "2"}),
        ("# a comment\n  export A = 1  # behind it\nB=#none", {"A": "1"}),
        ("A=a#b\n", {"A": "a#b"}),
        ('A=\'a # b\'\nB="c \\"d\\" \\\\n"', {"A": "a # b", "B": 'c "d" \\n'}),
        ('A="-----BEGIN\\nx\\n-----"', {"A": "-----BEGIN\nx\n-----"}),
        ('A="-----BEGIN\nx\n-----END"\nB=2', {"A": "-----BEGIN\nx\n-----END", "B": "2"}),
        ("A=\nB=''\nC=3", {"C": "3"}),
        ("A=$B\nB=${C}", {"A": "$B", "B": "${C}"}),
        ("A=1\nA=2", {"A": "2"}),
        ("", {}),
    ],
)
def test_a_file_is_read_as_it_is_meant(tmp_path: Path, text: str, values: dict[str, str]) -> None:
    """Quotes, comments, several lines, what an editor of another system puts in; nothing is expanded."""
    assert values == read(tmp_path, text)


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True), st.text(min_size=1), max_size=4))
def test_what_is_quoted_comes_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    """Any text survives double quotes with its quotes and backslashes escaped."""
    values = {name: text.replace("\r\n", "\n").replace("\ud800", "") for name, text in values.items()}
    lines = (
        f'{name}="{text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'
        for name, text in values.items()
    )

    assert {name: text for name, text in values.items() if text} == read(tmp_path_factory.mktemp("f"), "\n".join(lines))


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing else happens, and a refusal repeats no text of the file."""
    path = tmp_path_factory.mktemp("f") / "x"
    path.write_bytes(b"S3cretTextOfTheFile\n" + content)

    with pytest.raises(CredentialsError) as caught:
        read_keys_file(path)

    assert "S3cret" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A=1\nnothing", "Line 2"),
        ("A\n=1", "Line 1"),
        ("A='x", "quotation mark is not closed"),
        ('A="x" y', "behind the closing"),
    ],
)
def test_a_line_that_is_no_variable_is_named_by_its_number(tmp_path: Path, text: str, words: str) -> None:
    """Its text may be a key, and is not repeated."""
    with pytest.raises(CredentialsError, match=words):
        read(tmp_path, text)


@pytest.mark.parametrize(("name", "words"), [("missing", "No such file"), ("", "directory"), ("a\0b", "such a name")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, words: str) -> None:
    """With the reason."""
    with pytest.raises(CredentialsError, match=words):
        read_keys_file(f"{tmp_path}/{name}")


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_a_file_that_others_can_read_is_noted(tmp_path: Path) -> None:
    """With the command that ends it; one that is the owner's alone is fine."""
    path = tmp_path / ".env"
    path.write_text("A=1")
    path.chmod(0o644)
    open_to_all = read_keys_file(path).note
    path.chmod(0o600)

    assert "chmod 600" in open_to_all
    assert "" == read_keys_file(path).note
