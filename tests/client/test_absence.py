"""Each way to get no answer is told apart, and whether the request may have arrived."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError
from urllib3.exceptions import SSLError as TLSFailure

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.transport_failures import TRANSPORT_FAILURES
from binance_nb.client.absence import NoAnswer, no_answer
from binance_nb.client.verdicts.outcome import silence
from binance_nb.environment import Environment
from binance_nb.errors import ExecutionUnknownError, TransportError
from binance_nb.rendering import error_card
from binance_nb.sandbox.launcher import SandboxProcess

LIVE = Environment("testnet", "https://testnet.binance.vision")
SANDBOX = Environment("sandbox", "http://127.0.0.1:40123", is_sandbox=True)
POOL: Any = HTTPConnectionPool("exchange.invalid")
LINE: Any = HTTPConnection("exchange.invalid")
SECRET_URL = "/api/v3/order?signature=abcdef012345"


def wrapped(reason: Exception, kind: type[requests.RequestException] = requests.ConnectionError) -> Any:
    return kind(MaxRetryError(POOL, SECRET_URL, reason))


def no_line(cause: OSError) -> Any:
    try:
        raise NewConnectionError(LINE, str(cause)) from cause
    except NewConnectionError as error:
        return wrapped(error)


def tls(reason: str) -> Any:
    return wrapped(
        TLSFailure(ssl.SSLError(1, f"[SSL: {reason}] it failed (_ssl.c:1000)")), requests.exceptions.SSLError
    )


@pytest.mark.parametrize(
    ("error", "kind", "was_sent"),
    [
        (no_line(socket.gaierror(-2, "Name or service not known")), "unknown_host", False),
        (no_line(OSError(errno.ENETUNREACH, "Network is unreachable")), "no_route", False),
        (no_line(OSError(errno.EHOSTUNREACH, "No route to host")), "no_route", False),
        (no_line(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")), "refused", False),
        (wrapped(ConnectTimeoutError(LINE, "timed out"), requests.ConnectTimeout), "no_connection", False),
        (requests.ReadTimeout("Read timed out."), "silence", True),
        (tls("CERTIFICATE_VERIFY_FAILED"), "certificate", False),
        (tls("WRONG_VERSION_NUMBER"), "tls", False),
        (tls("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), "dropped", True),
        (
            wrapped(
                ProxyError("Unable to connect to proxy", OSError("Tunnel connection failed: 407 Proxy Authentication")),
                requests.exceptions.ProxyError,
            ),
            "proxy",
            False,
        ),
        (
            requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
            "dropped",
            True,
        ),
        (requests.exceptions.ChunkedEncodingError("Connection broken"), "dropped", True),
    ],
)
def test_every_failure_on_the_way_has_its_kind(error: Any, kind: str, was_sent: bool) -> None:
    """The kind decides what the card says, and whether an order may have arrived."""
    absence = no_answer(error)

    assert (kind, was_sent) == (absence.kind, absence.was_sent)


def test_only_the_kind_is_passed_on() -> None:
    """Texts of requests hold the whole URL, signature included."""
    assert "signature" not in repr(no_answer(no_line(ConnectionRefusedError(111, "refused"))))


@pytest.mark.parametrize("kind", sorted(TRANSPORT_FAILURES))
def test_a_read_that_got_no_answer_has_a_whole_card(kind: str) -> None:
    """What happened, why, what to do, and a line to paste."""
    known = TRANSPORT_FAILURES[kind]
    absence = NoAnswer(known.reason, was_sent=known.was_sent, kind=kind)

    error = silence(ENDPOINTS["depth"], absence, LIVE, {"symbol": "BTCUSDT"})

    text = error_card(error).text()
    assert isinstance(error, TransportError)
    assert known.reason in text
    assert f"Why: {known.cause}" in text
    assert f"What to do: {known.remedy}" in text
    assert re.search(r"Try: %binance \w+", text)


@pytest.mark.parametrize("kind", sorted(TRANSPORT_FAILURES))
def test_an_order_is_unknown_just_where_it_may_have_arrived(kind: str) -> None:
    """Where not a byte left, nothing was placed; everywhere else the card says UNKNOWN and how to look."""
    known = TRANSPORT_FAILURES[kind]
    absence = NoAnswer(known.reason, was_sent=known.was_sent, kind=kind)
    sent = {"symbol": "BTCUSDT", "newClientOrderId": "mine"}

    error = silence(ENDPOINTS["new_order"], absence, LIVE, sent)

    assert isinstance(error, ExecutionUnknownError) == known.was_sent
    if known.was_sent:
        card = error_card(error).text()
        assert card.startswith("? UNKNOWN: ")
        assert "Look it up: %binance get_order BTCUSDT --orig-client-order-id mine" in card
        assert "fail" not in card.lower()
    else:
        assert "nothing was sent" in error.message


def test_the_port_of_a_sandbox_is_not_shown() -> None:
    """It is another one each time, and a stored notebook would never be the same twice."""
    error = silence(ENDPOINTS["ping"], NoAnswer("the line broke", was_sent=True), SANDBOX, {})

    assert "40123" not in error_card(error).text()


def test_a_line_that_really_breaks_is_told(start_sandbox: Callable[..., SandboxProcess]) -> None:
    """Over a real socket: the sandbox closes the connection without an answer."""
    process = start_sandbox(seed=1)
    process.faults("ping", kind="drop_before_execute")

    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(f"{process.url}/api/v3/ping", timeout=5)

    assert "dropped" == no_answer(caught.value).kind
