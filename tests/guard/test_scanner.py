"""Keys are found wherever they got to, and hardly anything else is."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import random
import string
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.guard import known_keys, scan_paths, scan_text
from binance_nb.keys import credentials

ALPHABET = string.ascii_letters + string.digits
# Drawn as keys are; one in a thousand has fewer than three digits, and looks like a word.
KEYS = (
    st.integers(0, 2**64)
    .map(lambda seed: "".join(random.Random(seed).choices(ALPHABET, k=64)))
    .filter(lambda key: sum(map(str.isdigit, key)) >= 3 and len(set(key)) >= 28)
)
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEMS = {
    "Ed25519": ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "Ed25519 encrypted": ED25519.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame")
    ).decode(),
    "RSA": RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "RSA of old": RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
    "RSA encrypted": RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame")).decode(),
}


def in_two(key: str) -> str:
    return f'key = ("{key[:30]}"\n       "{key[30:]}")'


def added(key: str) -> str:
    return f"key = '{key[:20]}' + '{key[20:41]}' + \\\n    '{key[41:]}'"


def in_a_list(key: str) -> str:
    return f'"".join({[key[at : at + 16] for at in range(0, 64, 16)]!r})'


def coloured(key: str) -> str:
    return f"\x1b[32mapi_key\x1b[39m=\x1b[33m'{key[:32]}\x1b[0m{key[32:]}'"


def in_spans(key: str) -> str:
    return f'<td><span class="s1">{key[:40]}</span><span>{key[40:]}</span></td>'


WRITTEN: dict[str, Callable[[str], str]] = {
    "alone": str,
    "as a string": lambda key: f'client = Client("{key}")',
    "in a .env file": lambda key: f"BINANCE_API_KEY={key}\nOTHER=1",
    "in a URL": lambda key: f"https://x.example/?apiKey={key}&a=1",
    "as a header": lambda key: f"X-MBX-APIKEY: {key}",
    "in JSON": lambda key: json.dumps({"apiKey": key}),
    "in JSON in JSON": lambda key: json.dumps(json.dumps({"a": f"\n{key}\n"})),
    "in JSON in JSON in JSON": lambda key: json.dumps(json.dumps(json.dumps({"a": f"\t{key}\t"}))),
    "in HTML": lambda key: f"<td>{html.escape(repr({'key': key}))}</td>",
    "in a table": lambda key: f"<tr><td>a</td><td>{key}</td><td>b</td></tr>",
    "coloured": coloured,
    "in spans": in_spans,
    "percent-encoded": lambda key: f"{quote('{')}a{quote(':')}{key}{quote('}')}",
    "in two strings": in_two,
    "added": added,
    "in a list": in_a_list,
    "in a sentence": lambda key: f"My key is {key}.",
    "under another": lambda key: f"{key}\n{key[::-1]}\n",
    "in a repr": lambda key: repr([f"key\n{key}\n"]),
}


@pytest.mark.parametrize("way", WRITTEN)
@given(key=KEYS)
@settings(max_examples=40)
def test_a_key_is_found_however_it_is_written(way: str, key: str) -> None:
    """Nothing that is told repeats any part of it."""
    findings = scan_text(f"first line\n{WRITTEN[way](key)}\nlast line")

    assert findings
    assert 2 == findings[0].line
    assert not any(key[at : at + 5] in repr(findings) for at in range(60))


@pytest.mark.parametrize("kind", PEMS)
@pytest.mark.parametrize(
    "written",
    [
        str,
        repr,
        json.dumps,
        lambda pem: json.dumps(json.dumps({"key": pem})),
        html.escape,
        lambda pem: quote(pem, safe=""),
        lambda pem: base64.b64encode(pem.encode()).decode(),
        lambda pem: " + \\\n".join(f'"{line}\\n"' for line in pem.splitlines()),
        lambda pem: "\n".join(f"    {line}" for line in pem.splitlines()),
        lambda pem: "".join(pem.splitlines()[1:-1]),
        lambda pem: "\n".join(pem.splitlines()[1:-1]),
        lambda pem: f"PEM = '''{pem[:600]}",
    ],
    ids=["plain", "repr", "JSON", "JSON twice", "HTML", "URL", "base64", "strings", "indented", "bare", "lines", "cut"],
)
def test_a_private_key_is_found_however_it_is_written(kind: str, written: Callable[[str], str]) -> None:
    """With its first line or without."""
    findings = scan_text(f"a\n{written(PEMS[kind])}\nb")

    assert findings
    assert "private key" in findings[0].what
    assert 2 == findings[0].line


def certificate() -> str:
    lines = [base64.b64encode(random.Random(number).randbytes(48)).decode() for number in range(40)]
    return "-----BEGIN CERTIFICATE-----\n" + "\n".join(lines) + "\n-----END CERTIFICATE-----"


PICTURE = base64.b64encode(random.Random(5).randbytes(30_000)).decode()
HARMLESS = {
    "a digest": hashlib.sha256(b"a").hexdigest(),
    "a digest in capitals": hashlib.sha256(b"a").hexdigest().upper(),
    "a named digest": f'checksum: "{hashlib.sha256(b"b").hexdigest()}"',
    "a requirement": f"pandas==3.0 --hash=sha256:{hashlib.sha256(b'c').hexdigest()}",
    "a commit": "commit " + hashlib.sha1(b"d").hexdigest(),
    "an integrity text": "sha384-"
    + base64.b64encode(hashlib.sha384(b"e").digest()).decode().replace("+", "a").replace("/", "b"),
    "a certificate": certificate(),
    "lines of base64": "\n".join(certificate().splitlines()[1:-1]),
    "a public key": ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    "a public RSA key": RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    "a picture": f'<img src="data:image/png;base64,{PICTURE}">',
    "a picture's base64": PICTURE,
    "a token in three parts": ".".join(
        base64.urlsafe_b64encode(random.Random(n).randbytes(48)).decode() for n in range(3)
    ),
    "a placeholder": 'api_key = "your_api_key_here", secret_key="' + "x" * 64 + '"',
    "a first line alone": "First -----BEGIN PRIVATE KEY-----, then dots:\n-----BEGIN PRIVATE KEY-----\n...\n-----END",
    "where it comes from": 'api_key = os.environ["BINANCE_API_KEY"]; secret_key=getpass("Secret: ")',
    "an order id": "nb8f854692d8bc8def84a8 x-HNA2TXFJ" + "a1" * 13,
    "a long name": "ThisIsTheNameOfAClassThatSomebodyMadeMuchTooLongForAnyReader2024X",
    "the documentation's key": "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
    "names in a list": str(
        ["PCG64DXSM", "Philox", "SFC64", "MT19937", "default_rng", "SeedSequence", "RandomState", "beta9X"]
    ),
    "an address": "0x" + hashlib.sha256(b"f").hexdigest(),
}


@pytest.mark.parametrize("thing", HARMLESS)
def test_what_only_looks_like_a_key_is_passed(thing: str) -> None:
    """Digests, pictures, certificates, names, placeholders; in JSON and HTML too."""
    text = HARMLESS[thing]

    assert [] == scan_text(text) + scan_text(json.dumps(text)) + scan_text(html.escape(text))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=200)
def test_base64_and_digests_are_no_keys(seed: int) -> None:
    """Of any bytes, in one line and in lines of 76."""
    content = random.Random(seed).randbytes(400)
    text = base64.encodebytes(content).decode() + content.hex() + "\n" + base64.b64encode(content).decode()

    assert [] == scan_text(text)


def notebook(tmp_path: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    path = tmp_path / "a notebook.ipynb"
    path.write_text(json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    return path


KEY = "".join(random.Random(1).choices(ALPHABET, k=64))


def code(source: str, *outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": list(outputs), **more}


PLACES: list[tuple[str, dict[str, Any], int | None]] = [
    ("source", code(f"a = 1\nkey = '{KEY}'"), 2),
    ("source", {"cell_type": "markdown", "source": f"# A\n\nMy key: {KEY}"}, 3),
    ("output 1", code("", {"output_type": "stream", "name": "stdout", "text": ["a\n", f"{KEY}\n"]}), 2),
    ("output 1 (text/plain)", code("", {"output_type": "execute_result", "data": {"text/plain": f"'{KEY}'"}}), 1),
    ("output 2 (text/html)", code("", {}, {"data": {"text/html": [f"<b>{KEY}</b>"]}}), 1),
    ("output 1 (application/json)", code("", {"data": {"application/json": {"apiKey": KEY}}}), 2),
    ("output 1 (traceback)", code("", {"output_type": "error", "traceback": ["a", f"\x1b[1m{KEY}"]}), 2),
    ("output 1 metadata", code("", {"output_type": "error", "ename": "E", "evalue": KEY, "traceback": []}), None),
    ("metadata", code("", metadata={"papermill": {"parameters": {"key": KEY}}}), None),
    ("attachment (text/plain)", {"cell_type": "markdown", "attachments": {"a.txt": {"text/plain": KEY}}}, 1),
    ("name of an attachment", {"cell_type": "markdown", "attachments": {KEY: {"text/plain": "a"}}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("where", "cell", "line"), PLACES)
def test_a_notebook_is_looked_through_everywhere(
    tmp_path: Path, where: str, cell: dict[str, Any], line: int | None
) -> None:
    """The place says which cell, what of it, and the line there."""
    scan = scan_paths([notebook(tmp_path, code("1 + 1"), cell)])

    (found,) = scan.findings
    assert (2, where, line) == (found.cell, found.where, found.line)


def test_the_state_of_widgets_is_looked_through(tmp_path: Path) -> None:
    """A text field keeps what was typed."""
    state = {"abc": {"model_name": "TextModel", "state": {"value": KEY}}}
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": state}}

    (found,) = scan_paths([notebook(tmp_path, code("1"), widgets=widgets)]).findings

    assert (None, "widget state") == (found.cell, found.where)


def test_a_notebook_of_an_old_form_and_a_broken_one_are_looked_through(tmp_path: Path) -> None:
    """By cells where there are some, else as text."""
    old, broken = tmp_path / "old.ipynb", tmp_path / "broken.ipynb"
    old.write_text(json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": f"a = '{KEY}'"}]}]}))
    broken.write_text(f'{{"cells": [{{"source": "a = \\"{KEY}\\""')

    found = scan_paths([tmp_path]).findings

    assert [(None, ""), (1, "source")] == [(each.cell, each.where) for each in found]


def test_pictures_of_a_notebook_are_passed(tmp_path: Path) -> None:
    """Whatever letters their bytes make."""
    data = {"data": {"image/png": f"{KEY}\n", "text/plain": "<Figure>"}}

    assert () == scan_paths([notebook(tmp_path, code("plot()", data))]).findings


def test_known_keys_are_found_in_any_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even those that look like nothing: in base64, reversed, in pieces; the finding says whose they are."""
    secret = "plain-words-as-a-secret-0001"
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", "k" * 60 + "Last")
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", secret)
    shapes = [
        secret,
        secret[::-1],
        base64.b64encode(f"a:{secret}:b".encode()).decode(),
        f'"{secret[:9]}" + "{secret[9:]}"',
        f"{secret[:12]}\\\n{secret[12:]}",
    ]

    found = [scan_text(f"x {shape} y", known_keys()) for shape in shapes]

    assert [1] * len(shapes) == [len(each) for each in found]
    assert all("the secret of the API key ••••Last" in each[0].what for each in found)


def test_keys_in_use_are_known_and_a_sandbox_has_none(tmp_path: Path) -> None:
    """What a session holds is looked for; a sandbox's key may stand in any notebook."""
    held = credentials("in-use-key-of-nobody-01", "in-use-secret-of-nobody", "host")
    toy = credentials("sandbox-key-of-nobody-01", "sandbox-secret-of-nobody", "host", "sandbox")
    texts = [secret.reveal() for one in (held, toy) for secret in (one.api_key, one.secret_key)]

    found = scan_text("\n".join(texts), known_keys())

    assert [1, 2] == [each.line for each in found]
    assert ["the API key ••••y-01", "the secret of the API key"] == [
        each.what.partition(" (")[0][:25].rstrip() for each in found
    ]


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """Binary files are passed without a word, folders are walked, a file that is named twice counts once."""
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "b.bin").write_bytes(b"\0" + KEY.encode())
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "c.py").write_text(KEY)

    scan = scan_paths([tmp_path, tmp_path / "a.py", tmp_path / "missing"])

    assert ((), 1) == (scan.findings, scan.files)
    assert ((str(tmp_path / "missing"), "No such file or directory"),) == scan.unread


def test_virtual_environments_are_passed_by(tmp_path: Path) -> None:
    """Whatever they are called; nobody writes notebooks there, and they hold ten thousand files."""
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").write_text("version = 3.11.7")
    (tmp_path / "env" / "a.py").write_text(KEY)

    assert 0 == scan_paths([tmp_path]).files
    assert 2 == scan_paths([tmp_path / "env"]).files


def test_no_file_of_this_project_holds_a_key(project_root: Path) -> None:
    """Notebooks, tests and all; so the scanner can stand before every commit."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=project_root, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("this is no git checkout, so nothing says which files are committed")
    paths = [project_root / name for name in listing.stdout.split("\0") if (project_root / name).is_file()]

    scan = scan_paths(paths)

    assert 300 < scan.files
    assert () == scan.findings
