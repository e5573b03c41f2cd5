"""Nothing on a tape says who recorded it: every endpoint, errors, events of the account, any kind of key."""

from __future__ import annotations

import gzip
import re
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.soak.no_secrets import PASSPHRASE, Trial, learn, private_pem
from binance_nb import Session, connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import BinanceError
from binance_nb.guard import scan_paths
from binance_nb.rendering import example_words
from binance_nb.tape import read_tape
from tests.listening import Listener

FAULTS = ("403", "451", "429", "broken_json", "drop_before_execute", "execute_then_503")


def use_everything(session: Session, faults: tuple[str, ...]) -> None:
    """Call every endpoint as its example says, hear the account, and let calls fail."""
    assert session.sandbox is not None
    with session.user_events() as events:
        events.wait_ready()
        session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.01")
        awaited = 1  # how many fills there are, the market decides
        while events.latest("outboundAccountPosition") is None:
            events.wait(count=awaited)
            awaited += 1
    for endpoint in ENDPOINTS.values():
        with suppress(BinanceError):  # an order that is not there is an answer, too
            session.call(endpoint.name, raw=True, **example_words(endpoint))
    for kind in faults:
        session.sandbox.faults("my_trades", kind=kind, count=1)
        with suppress(BinanceError):
            session.my_trades("BTCUSDT")


@pytest.mark.parametrize(("kind", "name"), [("HMAC", "a.jsonl"), ("RSA", "a.jsonl.gz"), ("ED25519", "a.jsonl")])
def test_a_tape_of_everything_says_nothing_of_who_recorded_it(tmp_path: Path, kind: str, name: str) -> None:
    """No key, secret, signature or cookie, no number of an account, and not where the exchange listened."""
    pem, path = private_pem(kind), tmp_path / name
    with connect("sandbox", seed=7, private_key=pem, passphrase=PASSPHRASE if pem else None) as session:
        listener = Listener(session.client.transport)
        session.client.transport = listener
        account = session.account(raw=True)
        with session.taped(path):
            use_everything(session, FAULTS if kind == "HMAC" else ())
        sandbox, held = session.sandbox, session.client.credentials
        assert sandbox is not None
        assert held is not None
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        trial = Trial({"the tape": content})
        secrets = [held.api_key.reveal(), held.secret_key.reveal()]
        learn(trial, "x", [{"calls": sandbox.log(), "held": secrets, "own": []}], pem)
        port = session.environment.url.rpartition(":")[2]

    text = content.decode().lower()
    asked = {entry.key.operation for entry in read_tape(path).entries}
    assert [] == trial.occurrences()
    assert [] == [signature for signature in listener.signatures if signature.lower() in text]
    assert len(listener.signatures) > 30
    assert [] == [word for word in (f":{port}", "127.0.0.1", "cookie", "apikey", "signature") if word in text]
    assert str(account["uid"]) not in re.findall(r'"(?:uid|accountid)":\s*(\d+)', text)
    assert not scan_paths([path]).findings
    assert len(asked) > len(ENDPOINTS) * 0.8
    assert {"executionReport", "outboundAccountPosition"} <= {
        fields["stream"] for fields in read_tape(path).events if fields["event"] == "message"
    }
