"""Who is let in: keys, signatures, timing, permissions."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from binance_nb.sandbox.door.gate import check_timing, is_signed_by
from binance_nb.sandbox.door.received import Received
from binance_nb.sandbox.refusals import Refusal
from tests.sandbox.desk import NOW_MS, Desk, encoded, signed

AHEAD = "Timestamp for this request was 1000ms ahead of the server's time."
OUTSIDE = "Timestamp for this request is outside of the recvWindow."


@pytest.fixture
def signing(spec_folder: Path) -> Any:
    """The documented signing rules and vectors."""
    return json.loads((spec_folder / "signing.json").read_text(encoding="utf-8"))


def is_rest_hmac(vector: dict[str, Any]) -> bool:
    return bool(vector["api"] == "rest" and vector["algorithm"] == "HMAC")


def test_documented_rest_vectors_are_accepted(signing: Any) -> None:
    """Each HMAC vector of the documentation, sent in the query, in the body or in both, is signed by its key."""
    documented = [vector for vector in signing["vectors"] if is_rest_hmac(vector)]
    made = [vector for vector in signing["generated_vectors"]["vectors"] if is_rest_hmac(vector)]
    secret = signing["generated_vectors"]["hmac_secret_key"]

    for vector in documented + made:
        query, body = vector.get("query", vector["payload"]), vector.get("body", "")
        for received in (
            Received("POST", "/", query, f"{body}&signature={vector['signature']}".lstrip("&").encode()),
            Received("POST", "/", f"{query}&signature={vector['signature']}", body.encode()),
        ):
            payload = received.signed_payload()
            assert is_signed_by(vector.get("secret_key", secret), payload, vector["signature"])
            assert is_signed_by(vector.get("secret_key", secret), payload, vector["signature"].upper())
            assert not is_signed_by(vector.get("secret_key", secret).lower(), payload, vector["signature"])
    assert len(documented) >= 2
    assert made


def test_documented_timing_cases_hold(signing: Any) -> None:
    """The documentation's cases, and the same in microseconds."""
    # The cases are small numbers; only far from 1970 a unit shows in the number of digits.
    late_ms = 1_700_000_000_000
    for case, unit in itertools.product(signing["timing"]["cases"], (1, 1000)):
        refused = None
        made, server_us = (case["timestamp"] + late_ms) * unit, (case["serverTime"] + late_ms) * 1000
        try:
            check_timing(made, str(case["recvWindow"]), server_us)
        except Refusal as refusal:
            refused = refusal.code
        assert (None if case["accept"] else -1021) == refused, case


@pytest.mark.parametrize(
    ("made_us", "window", "message"),
    [
        (999_999, "5000", None),
        (1_000_000, "5000", AHEAD),
        (-5_000_000, "5000", None),
        (-5_000_001, "5000", OUTSIDE),
        (-1_500, "1.5", None),
        (-1_501, "1.5", OUTSIDE),
        (-60_000_000, "60000", None),
        (0, "0", None),
        (-1, "0", OUTSIDE),
    ],
)
def test_the_window_is_exact_to_the_microsecond(made_us: int, window: str, message: str | None) -> None:
    """A request may be less than a second early and as old as recvWindow, to its third decimal."""
    now_us = NOW_MS * 1000 + 123

    said = None
    try:
        check_timing(now_us + made_us, window, now_us)
    except Refusal as refusal:
        said = refusal.message

    assert message == said


def test_a_millisecond_stamp_is_not_late_by_the_microseconds_it_lacks() -> None:
    """In milliseconds the server's time has no finer digits either."""
    check_timing(NOW_MS, "0", NOW_MS * 1000 + 999)


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({}, (401, -2014, "API-key format invalid.")),
        ({"x_mbx_apikey": "short"}, (401, -2014, "API-key format invalid.")),
        ({"x_mbx_apikey": "a" * 64}, (401, -2015, "Invalid API-key, IP, or permissions for action.")),
    ],
)
def test_a_signed_call_needs_a_known_key(desk: Desk, headers: dict[str, str], refusal: tuple[int, int, str]) -> None:
    """No key, a text that can be none, and one that nobody has."""
    query = f"timestamp={NOW_MS}&signature={'0' * 64}"

    reply = desk.send("GET", "/api/v3/account", query, **headers)

    assert refusal == reply.refusal


def test_a_key_is_case_sensitive(desk: Desk) -> None:
    """The same key in the other case belongs to nobody."""
    reply = desk.send("GET", "/api/v3/account", "", x_mbx_apikey=desk.trading.api_key.swapcase())

    assert reply.json["code"] == -2015


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("", (400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.")),
        ("timestamp=", (400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.")),
        (
            f"timestamp={NOW_MS}",
            (400, -1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed."),
        ),
        (f"timestamp={NOW_MS}&signature=abc", (400, -1022, "Signature for this request is not valid.")),
        (f"timestamp={NOW_MS}&signature=%C3%A9", (400, -1022, "Signature for this request is not valid.")),
        ("timestamp=now&signature=abc", (400, -1100, None)),
        (f"timestamp={NOW_MS}&recvWindow=60000.001&signature=abc", (400, -1102, None)),
        (f"timestamp={NOW_MS}&recvWindow=1.0001&signature=abc", (400, -1111, None)),
        (f"timestamp={NOW_MS + 1000}&signature=abc", (400, -1021, AHEAD)),
        (f"timestamp={NOW_MS - 5001}&signature=abc", (400, -1021, OUTSIDE)),
    ],
)
def test_a_signed_call_needs_a_stamp_and_a_signature(
    desk: Desk, query: str, refusal: tuple[int, int, str | None]
) -> None:
    """Each thing missing or wrong has its own code, the time before the signature."""
    reply = desk.send("GET", "/api/v3/account", query, x_mbx_apikey=desk.trading.api_key)

    assert refusal == (*reply.refusal[:2], reply.refusal[2] if refusal[2] else None)


def test_a_changed_parameter_breaks_the_signature(desk: Desk) -> None:
    """Not one byte may differ from what was signed."""
    text = encoded({"omitZeroBalances": "true", "timestamp": NOW_MS})
    signature = signed(text, desk.trading.secret_key)

    good = desk.send("GET", "/api/v3/account", f"{text}&signature={signature}", x_mbx_apikey=desk.trading.api_key)
    bad = desk.send(
        "GET",
        "/api/v3/account",
        f"{text.replace('true', 'True')}&signature={signature}",
        x_mbx_apikey=desk.trading.api_key,
    )

    assert (200, -1022) == (good.status, bad.json["code"])


def test_signature_and_parameters_may_stand_in_query_and_body(desk: Desk) -> None:
    """Query and body are signed as one, and the signature may be in either."""
    query, body = "symbol=BTCUSDT&side=BUY&type=MARKET", f"quantity=0.001&timestamp={NOW_MS}"
    signature = signed(query + body, desk.trading.secret_key)
    key = desk.trading.api_key

    in_body = desk.send("POST", "/api/v3/order/test", query, f"{body}&signature={signature}", x_mbx_apikey=key)
    in_query = desk.send("POST", "/api/v3/order/test", f"{query}&signature={signature}", body, x_mbx_apikey=key)

    assert [200, 200] == [in_body.status, in_query.status]


def test_the_query_wins_over_the_body(desk: Desk) -> None:
    """Of a parameter sent in both places the query's value counts."""
    query, body = "symbol=ETHUSDT&side=BUY&type=MARKET&quantity=0.1", f"symbol=BTCUSDT&timestamp={NOW_MS}"
    signature = signed(query + body, desk.trading.secret_key)

    reply = desk.send(
        "POST", "/api/v3/order", query, f"{body}&signature={signature}", x_mbx_apikey=desk.trading.api_key
    )

    assert reply.json["symbol"] == "ETHUSDT"


def test_a_reading_key_reads_and_does_not_trade(desk: Desk) -> None:
    """The second key gets the account and is refused an order."""
    desk.key = desk.reading
    account = desk.ask("GET", "account")
    order = desk.ask("POST", "order/test", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001")

    assert 200 == account.status
    assert (401, -2015, "Invalid API-key, IP, or permissions for action.") == order.refusal


def test_public_data_asks_for_nothing(desk: Desk) -> None:
    """A key that nobody has does no harm where none is needed, but a signature there is one parameter too many."""
    served = desk.send("GET", "/api/v3/time", x_mbx_apikey="whatever")
    refused = desk.send("GET", "/api/v3/time", "signature=abc")

    assert 200 == served.status
    assert refused.json == {"code": -1101, "msg": "Too many parameters; expected '0' and received '1'."}
