"""No key, secret or signature shows in what a run leaves behind; ``benchmarks/soak/no_secrets.py`` in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.soak.no_secrets import (
    PASSPHRASE,
    PIECE,
    Trial,
    failing_notebook,
    learn,
    pieces_of,
    private_pem,
    report,
    run,
)
from binance_nb import connect
from binance_nb.sandbox.door.keys import account_keys
from tests.listening import Listener
from tests.sandbox_fixture import FROZEN_AT


def test_nothing_that_a_kernel_leaves_behind_holds_a_secret(tmp_path: Path) -> None:
    """Notebook, prints, logs at DEBUG and journal of cells that fail, with an Ed25519 and an HMAC key at hand."""
    trial = Trial()

    run(trial, "x", failing_notebook("Verbose", ["broken_json"]), private_pem("ED25519"), tmp_path)

    print("\n".join(report(trial)))  # noqa: T201  # pytest shows it beside a failure
    assert [] == trial.occurrences()
    assert 10 < trial.signatures
    assert 12 < trial.failed_cells
    assert {"log.txt", "notebook.ipynb", "printed.txt"} <= {Path(name).name for name in trial.left}
    assert all(len(trial.left[f"x/{name}"]) > 2_000 for name in ("log.txt", "notebook.ipynb"))


@pytest.mark.parametrize("kind", ["HMAC", "RSA", "ED25519"])
def test_the_signatures_looked_for_are_those_that_were_sent(kind: str) -> None:
    """They are made a second time, from what the sandbox received."""
    pem = private_pem(kind)
    lock = PASSPHRASE if pem else None
    with connect("sandbox", seed=7, frozen=FROZEN_AT, private_key=pem, passphrase=lock) as session:
        recorder = Listener(session.client.transport)
        session.client.transport = recorder
        session.call("account", raw=True)
        session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01", raw=True)
        sandbox, held = session.sandbox, session.client.credentials
        assert sandbox is not None
        assert held is not None
        secrets = [held.api_key.reveal(), held.secret_key.reveal()]
        trial = Trial()
        learn(trial, "x", [{"calls": sandbox.log(), "held": secrets, "own": []}], pem)

    assert recorder.signatures
    assert recorder.signatures <= set(trial.secrets)


@pytest.mark.parametrize(
    "shown",
    [
        "a {} b",
        "{:.30}…",
        '"\\"{}\\""',
        "%22{}%22",
    ],
)
def test_a_secret_that_shows_is_found(shown: str) -> None:
    """The search itself can fail."""
    secret = "q7Lm0Pz5Rt9WvKx2/+" * 5
    trial = Trial({"a file": shown.format(secret).encode()}, {secret: "the secret"})

    assert ["the secret in a file"] == trial.occurrences()
    assert all(len(piece) == PIECE for piece in pieces_of(secret))


def test_stored_notebooks_hold_no_key_of_their_sandbox(project_root: Path) -> None:
    """Its keys follow from its seed, so they are known without running anything."""
    held = [key for seed in (1, 7) for key in account_keys(seed, "main")]
    secrets = {text: "a key" for key in held for text in (key.api_key, key.secret_key) if text}
    left = {path.name: path.read_bytes() for path in (project_root / "notebooks").glob("*.ipynb")}

    assert [] == Trial(left, secrets).occurrences()
    assert all(json.loads(content)["cells"] for content in left.values())
