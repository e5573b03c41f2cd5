"""Bytes that nobody in his right mind would send: always answered, never with a failure of our own."""

from __future__ import annotations

import http.client
import json
import re
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS
from binance_nb.sandbox.launcher import SandboxProcess

PATHS = [
    *sorted({endpoint.path for endpoint in ENDPOINTS.values()}),
    "/sandbox/faults",
    "/sandbox/log",
    "/ws-api/v3",
    "/ws/btcusdt@trade",
    "/stream",
    "/data/spot/daily/klines/",
    "/",
    "*",
    "//",
    "/api/v3/../v3/ping",
    "http://127.0.0.1/api/v3/ping",
]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"]
KINDS = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain; charset=utf-16",
    "multipart/form-data",
    "",
]
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def status_of(sandbox: SandboxProcess, sent: bytes, within_seconds: float = 30.0) -> int | None:
    """Send bytes and return the status of what comes; None where nothing does."""
    with socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port or 0), timeout=within_seconds) as peer:
        try:
            peer.sendall(sent)
            answered = STATUS.match(peer.recv(4096))
        except (ConnectionError, TimeoutError):
            return None
    return int(answered[1]) if answered else None


HEADERS = st.dictionaries(
    st.sampled_from(
        ["X-MBX-APIKEY", "X-MBX-TIME-UNIT", "Accept", "Expect", "Upgrade", "Sec-WebSocket-Key", "Range", "Cookie"]
    ),
    st.binary(max_size=12).map(lambda text: text.translate(None, b"\r\n\x00")),
    max_size=3,
)


@settings(max_examples=150)
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS),
    query=st.binary(max_size=30).map(lambda text: re.sub(rb"[\s\x00-\x20\x7f]", b"", text)),
    headers=HEADERS,
    kind=st.sampled_from(KINDS),
    body=st.binary(max_size=60) | st.just(b"[" * 2000) | st.just(b"symbol=BTCUSDT&quantity=1"),
)
def test_any_request_is_answered_with_no_failure(
    sandbox: SandboxProcess, method: str, path: str, query: bytes, headers: dict[str, bytes], kind: str, body: bytes
) -> None:
    """Whatever method, path, query, headers and body: one of 1XX to 4XX."""
    lines = [f"{method} {path}".encode() + (b"?" + query if query else b"") + b" HTTP/1.1", b"Host: sandbox"]
    lines += [name.encode() + b": " + value for name, value in headers.items()]
    lines += [b"Connection: close", f"Content-Length: {len(body)}".encode(), f"Content-Type: {kind}".encode()]

    status = status_of(sandbox, b"\r\n".join(lines) + b"\r\n\r\n" + body)

    assert status is not None
    assert 100 <= status < 500


@settings(max_examples=100)
@given(st.binary(max_size=200))
@example(b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
@example(b"POST /api/v3/order HTTP/1.1\r\nContent-Length: -5\r\n\r\n")
@example(b"POST /api/v3/order HTTP/1.1\r\nContent-Length: 50\r\n\r\nsymbol=")
@example(b"GET /api/v3/ping HTTP/9.9\r\n\r\n")
@example(b"GET " + b"/" * 200_000 + b" HTTP/1.1\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n")
@example(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000 + b"\r\n")
@example(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
@example(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
@example(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
def test_any_bytes_leave_it_serving(sandbox: SandboxProcess, sent: bytes) -> None:
    """Bytes that are no HTTP are refused, or left unanswered; the next caller is served."""
    status = status_of(sandbox, sent, within_seconds=0.02)

    assert (status or 400) < 500
    assert 200 == status_of(sandbox, b"GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/v3/ping", 405),
        ("OPTIONS", "/api/v3/ping", 405),
        ("PATCH", "/api/v3/ping", 405),
        ("BREW", "/api/v3/ping", 400),
        ("POST", "/api/v3/ping", 405),
        ("GET", "/api/v3/nothing", 404),
        ("GET", "/api/v3/ping/", 404),
    ],
)
def test_other_methods_and_paths_are_refused(sandbox: SandboxProcess, method: str, path: str, status: int) -> None:
    """405 where the path has other methods, else 404; a word that is no method makes it no HTTP."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)
    connection.request(method, path)

    assert status == connection.getresponse().status
    connection.close()


def post(sandbox: SandboxProcess, query: str, body: bytes, kind: str | None) -> tuple[int, int]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)
    headers = {"X-MBX-APIKEY": sandbox.api_key} | ({} if kind is None else {"Content-Type": kind})
    connection.request("POST", f"/api/v3/order{query}", body, headers)
    reply = connection.getresponse()
    code = json.loads(reply.read())["code"]
    connection.close()
    return reply.status, code


def test_a_giant_body_is_refused_unread(sandbox: SandboxProcess) -> None:
    """With a code, and before anything is done with it."""
    assert (413, -1101) == post(sandbox, "", b"symbol=" + b"B" * 2_000_000, KINDS[0])


@pytest.mark.parametrize("path", ["/ws-api/v3", "/ws/btcusdt@trade", "/stream", "/sandbox/log"])
@pytest.mark.parametrize("header", [b"Upgrade: \x80", b"Sec-WebSocket-Key: \xff", b"Sec-WebSocket-Version: \xc3\xa9"])
def test_a_handshake_that_is_no_text_is_refused(sandbox: SandboxProcess, path: str, header: bytes) -> None:
    """Before a WebSocket is opened."""
    asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".encode()
    if header.startswith(b"Upgrade"):
        asked = asked.replace(b"Upgrade: websocket", header)
        header = b"Accept: */*"

    assert 400 == status_of(sandbox, asked + header + b"\r\n\r\n")


@pytest.mark.parametrize("path", ["/api/v3/order", "/sandbox/faults"])
@pytest.mark.parametrize("encoding", [b"gzip", b"deflate"])
def test_a_body_that_is_not_encoded_as_it_says_is_refused(sandbox: SandboxProcess, path: str, encoding: bytes) -> None:
    """Compressed, it claims."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n".encode()

    assert 400 == status_of(sandbox, head + b"Content-Encoding: " + encoding + b"\r\n\r\nabcdefghij")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"timestamp=1717243200000&signature=a", "application/json", -1102),
        (b"timestamp=1717243200000&signature=a", KINDS[0], -1022),
        (b"timestamp=1717243200000&signature=a", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", -1022),
        (b"timestamp=1717243200000&signature=a", None, -1022),
        (b'{"timestamp": 1717243200000}', "application/json", -1102),
        (b"timestamp=\xff", KINDS[0], -1100),
        (b"timestamp=1&timestamp=2", KINDS[0], -1101),
    ],
)
def test_only_forms_are_read(sandbox: SandboxProcess, body: bytes, kind: str | None, code: int) -> None:
    """JSON and the like count as no parameters; what does not say what it is counts as a form."""
    assert (400, code) == post(sandbox, "", body, kind)


def test_the_query_wins(sandbox: SandboxProcess) -> None:
    """A parameter in both places has the query's value: there the timestamp is too old, in the body it is right."""
    assert (400, -1021) == post(sandbox, "?timestamp=1&signature=a", b"timestamp=1717243200000", KINDS[0])
