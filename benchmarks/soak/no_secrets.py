"""Runs every notebook and every way to fail, and looks for keys, secrets and signatures in all that this left behind.

Everything is kept: the executed notebooks with every output, what the kernels printed, all loggers at DEBUG, the
journal and whatever else was written to the data folder. Searched is each API key, secret, passphrase and line of a
private key, and each signature that was sent, cut into overlapping pieces of 24 characters: as they are, escaped,
percent-encoded, in base64 and reversed. The promise is 0 occurrences.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from nbclient import NotebookClient

from binance_nb.sandbox.faults.kinds import REST

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("HMAC", "RSA", "ED25519")
MODES = ("Verbose", "Context", "Plain", "Minimal", "Docs")
PASSPHRASE = "a long passphrase of nobody"
PIECE, STEP = 24, 8
FAULTS = tuple(sorted(REST - {"delay"}))
# Before everything else: all that could tell, tells. Keys come by variables, so that no source holds one.
LOUD = """
import http.client, logging, os, signal
logging.basicConfig(level=logging.DEBUG, filename=os.environ["TRIAL_LOG"], force=True)
http.client.HTTPConnection.debuglevel = 1
%xmode {mode}
"""
OPEN = """
%load_ext binance_nb
from binance_nb import connect
from binance_nb.notebook import current_session
pem = os.environ.get("TRIAL_PEM")
own = {"private_key": pem, "passphrase": os.environ["TRIAL_PASSPHRASE"]} if pem else {}
session = connect("sandbox", seed=7, frozen="2024-06-01T12:00:00Z", **own)
sandbox, held = session.sandbox, session.client.credentials
%binance use sandbox --seed 7 --frozen 2024-06-01T12:00:00Z
current_session().environment.url
"""
ORDER = 'session.new_order("BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity="0.01", price="60000")'
LINE = "%binance new_order BTCUSDT BUY LIMIT timeInForce=GTC --quantity 0.01 --price 60000"
PLAIN = f"""
session, session.client, held, held.signer, held.api_key, [held.secret_key], vars(held), session.client.transport
%binance status
%binance keys --show
%binance keys
%binance account --dry-run
{LINE} --dry-run
{LINE}
%binance cancel_order BTCUSDT --order-id 99
%binance account --raw
%%binance\naccount\nopen_orders BTCUSDT\nklines BTCUSD 1h
session.prepare("account"), session.prepare("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1")
{ORDER}
session.status()
logging.getLogger("mine").debug("%r %s %r", held, session.client, session.prepare("account")); vars(session.client)
import dataclasses, json; json.dumps(dataclasses.asdict(held), default=repr)
import pickle; pickle.dumps(held)
import pandas as pd; pd.DataFrame([dataclasses.asdict(held)])
session.account(nothing=held.secret_key)
session.call("klines", symbol=held.api_key.reveal(), interval=held.secret_key.reveal())
connect("testnet", apikey=held.api_key.reveal(), secret=held.secret_key.reveal())
connect("testnet", api_key=held.api_key.reveal(), secret_key=held.secret_key.reveal() + " ")
connect("testnet", api_key=held.api_key.reveal(), private_key=held.secret_key.reveal()[:-40])
connect("live", api_key="k" * 64, secret_key=held.secret_key.reveal()).new_order("BTCUSDT", "BUY", "MARKET", quantity=1)
other = connect("testnet"); other.use_keys(held)
one, two = held.api_key.reveal(), held.secret_key.reveal(); 1 / 0 if one + two else None
def f(api_key, secret_key, signed): return api_key[99:] / 2\nf(one, two, session.prepare("account").url)
try: session.call("nothing")\nexcept Exception as error: raise RuntimeError('wrapped') from error
from binance_nb.keys import redact; redact(f"{{one}} {{two}} {{session.prepare('account').url}}", held)
from pathlib import Path; _ = Path(os.environ["TRIAL_LEAK"]).write_text(f"key = '{{one}}'; secret = '{{two}}'")
%binance scan {{os.environ["TRIAL_LEAK"]}}
%binance klines $one 1h
%binance get_order BTCUSDT --order-id $two
%binance keys $one
%config BinanceMagics.full_tracebacks = True
session.cancel_order("BTCUSDT", order_id=99)
{ORDER.replace("60000", "60000.001")}
connect("testnet", apikey=one, secret=two)
%tb Verbose
%debug
%config BinanceMagics.full_tracebacks = False
%binance lasterror
"""
FAULTY = """
with sandbox.faults(kind="{kind}", count=4):
    {call}
"""
INTERRUPTED = """
def stop(*given): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, stop); _ = signal.setitimer(signal.ITIMER_REAL, 0.4)
with sandbox.faults("{route}", kind="delay", ms=3000):
    {call}
"""
# What the sandbox drew, and what it was sent: into a file that is not searched.
TELL = """
import json
from binance_nb.notebook import current_session as _current
_told = []
for _session in [globals().get("session"), _current()]:
    if getattr(_session, "sandbox", None) is None: continue
    _sandbox = _session.sandbox
    _told.append({"calls": _sandbox.log(), "held": [_k.reveal() for _k in (_session.client.credentials.api_key,
        _session.client.credentials.secret_key)], "own": [_sandbox.api_key, _sandbox.secret_key,
        _sandbox.read_only_api_key, _sandbox.read_only_secret_key]})
_ = open(os.environ["TRIAL_TOLD"], "w").write(json.dumps(_told))
"""


@dataclass
class Trial:
    """What was left behind, and what must not be in it."""

    left: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    signatures: int = 0
    cells: int = 0
    failed_cells: int = 0

    def occurrences(self) -> list[str]:
        """Name each secret that shows, with what it shows in."""
        found = []
        for text, what in self.secrets.items():
            pieces = [piece.encode() for piece in pieces_of(text)]
            found += [
                f"{what} in {name}" for name, bytes_ in self.left.items() if any(each in bytes_ for each in pieces)
            ]
        return found


def pieces_of(text: str) -> set[str]:
    """Return the forms that a secret may show in, each cut into overlapping pieces."""
    forms = {text, text[::-1], json.dumps(text)[1:-1], quote(text, safe=""), quote(quote(text, safe=""), safe="")}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text.encode()).decode()
        forms.add(encoded.rstrip("=")[4 if shift else 0 : -2])
    return {form[at : at + PIECE] for form in forms for at in range(0, max(1, len(form) - PIECE + 1), STEP)}


def private_pem(kind: str) -> str | None:
    """Make an encrypted private key; None for HMAC."""
    if kind == "HMAC":
        return None
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "RSA"
        else Ed25519PrivateKey.generate()
    )
    lock = BestAvailableEncryption(PASSPHRASE.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()


def failing_notebook(mode: str, faults: Iterable[str] = FAULTS) -> Any:
    """Return a notebook whose cells fail in every way there is."""
    sources = [LOUD.format(mode=mode), OPEN, *(line.replace("\\n", "\n") for line in _cells(PLAIN))]
    for kind in faults:
        for call in ("session.account()", ORDER, "session.cancel_order('BTCUSDT', order_id=1)"):
            sources.append(FAULTY.format(kind=kind, call=call))
        sources += ["%tb", "sandbox.clear_faults()"]
    for route, call in (("account", "session.account()"), ("new_order", ORDER)):
        sources += [INTERRUPTED.format(route=route, call=call), "%tb", "sandbox.clear_faults()"]
    return _notebook([*sources, TELL])


def _cells(text: str) -> Iterator[str]:
    block = ""
    for line in text.strip().splitlines():
        # Lines that belong to the one above: the body of a cell magic, of a function, of an except.
        is_more = block.startswith("%%") and not line.startswith("session.prepare")
        if is_more or line.startswith(("f(", "except ")):
            block += f"\n{line}"
        else:
            if block:
                yield block
            block = line
    yield block


def _notebook(sources: Iterable[str]) -> Any:
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in sources]  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)  # type: ignore[no-untyped-call]


def stored_notebooks() -> Iterator[tuple[str, Any]]:
    """Yield every notebook of the project, as loud as can be."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        told = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        loud = _notebook([LOUD.format(mode="Verbose"), TELL]).cells
        told.cells = [loud[0], *told.cells, loud[1]]
        yield path.stem, told


def run(trial: Trial, name: str, notebook: Any, pem: str | None, folder: Path) -> None:
    """Run a notebook and keep all that it leaves."""
    own = folder / name
    data, told, leak = own / "data", folder / f"{name}.told.json", folder / f"{name}.leak.py"
    own.mkdir()
    places = {"TRIAL_LOG": own / "log.txt", "TRIAL_TOLD": told, "TRIAL_LEAK": leak, "BINANCE_NB_DATA": data}
    variables = {**os.environ, **{key: str(path) for key, path in places.items()}, "TRIAL_PASSPHRASE": PASSPHRASE}
    variables |= {"TRIAL_PEM": pem} if pem else {}
    with (own / "printed.txt").open("wb") as printed:
        client = NotebookClient(notebook, allow_errors=True, timeout=120, store_widget_state=True)
        client.execute(env=variables, stdout=printed, stderr=printed)
    nbformat.write(notebook, own / "notebook.ipynb")  # type: ignore[no-untyped-call]
    trial.cells += len(notebook.cells)
    trial.failed_cells += sum(
        any(output.output_type == "error" for output in cell.get("outputs", [])) for cell in notebook.cells
    )
    for path in sorted(own.rglob("*")):
        if path.is_file():
            trial.left[f"{name}/{path.relative_to(own)}"] = path.read_bytes()
    learn(trial, name, json.loads(told.read_text()), pem)


def learn(trial: Trial, name: str, told: list[Any], pem: str | None) -> None:
    """Note what must not show: the keys that were there, and the signature of every call that the sandbox received."""
    for sandbox in told:
        held, secret = sandbox["held"]
        trial.secrets |= dict.fromkeys(sandbox["own"], f"a key of the sandbox ({name})")
        trial.secrets[held] = f"the API key ({name})"
        lines = [line for line in secret.splitlines() if "-----" not in line and len(line) >= PIECE]
        trial.secrets |= dict.fromkeys(lines, f"a line of the secret ({name})")
        sign = _signer(secret, pem)
        for call in sandbox["calls"]:
            sent: Mapping[str, str] = call["parameters"] or {}
            if "timestamp" in sent:
                payload = "&".join(f"{quote(key, safe='')}={quote(text, safe='')}" for key, text in sent.items())
                trial.secrets[sign(payload.encode())] = f"the signature of {call['endpoint']} ({name})"
                trial.signatures += 1
    if pem:
        trial.secrets[PASSPHRASE] = "the passphrase"


def _signer(secret: str, pem: str | None) -> Any:
    if "-----" not in secret:
        return lambda payload: hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    key: Any = load_pem_private_key(secret.encode(), PASSPHRASE.encode())
    if isinstance(key, Ed25519PrivateKey):
        return lambda payload: base64.b64encode(key.sign(payload)).decode()
    return lambda payload: base64.b64encode(key.sign(payload, PKCS1v15(), SHA256())).decode()


def report(trial: Trial) -> list[str]:
    """Return what was run, what was searched, and what was found."""
    size = sum(map(len, trial.left.values()))
    found = trial.occurrences()
    return [
        f"ran       {trial.cells} cells, {trial.failed_cells} of which failed",
        f"searched  {len(trial.left)} files with {size:,} bytes: notebooks, prints, logs at DEBUG, journals",
        f"for       {len(trial.secrets)} texts, among them the signatures of {trial.signatures} calls; each in pieces "
        f"of {PIECE} characters, as it is, escaped, percent-encoded once and twice, in base64, reversed",
        f"found     {len(found)} occurrences",
        *(f"          {each}" for each in found[:20]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder to keep what was left behind in")
    options = parser.parse_args()
    trial = Trial()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, notebook in stored_notebooks():
            run(trial, name, notebook, None, folder)
        for kind in KINDS:
            pem = private_pem(kind)
            for mode in MODES:
                run(trial, f"failing-{kind}-{mode}", failing_notebook(mode), pem, folder)
    print("\n".join(report(trial)))
    print(f"took      {time.monotonic() - began:.0f} s")
    return 1 if trial.occurrences() else 0


if __name__ == "__main__":
    sys.exit(main())
