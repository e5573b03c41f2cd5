"""The way to the exchange: proxies, certificates, and what a failure on it means."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from binance_nb.errors import StreamError
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.connection import Connection
from binance_nb.streams.dialing import way_to
from binance_nb.streams.link import Policy
from binance_nb.streams.loop import background_loop
from tests.streams.scripted import Heard, scripted

HOST = "stream.example.test"
LIVE = "wss://stream.binance.com:9443/stream"
PASSWORD = "hunter2-hunter2"
QUICK = Policy(backoff=Backoff(first_seconds=0.001, longest_seconds=0.01))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no bundle of the machine that runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signs itself, with its key, for HOST and this computer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    began = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(began).not_valid_after(began + dt.timedelta(days=36_500))
    made = made.add_extension(names, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


class Proxy:
    """A proxy that leads every CONNECT to one port, and remembers where it should have led."""

    def __init__(self, to_port: int, answer: bytes) -> None:
        self._to_port = to_port
        self._answer = answer
        self.heads: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + self._answer + b"\r\n\r\n")
        if self._answer.startswith(b"200"):
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
            await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
    writer.close()


@contextmanager
def proxy_to(port: int, answer: bytes = b"200 OK") -> Iterator[tuple[Proxy, str]]:
    proxy, loop = Proxy(port, answer), background_loop()
    server = loop.run(asyncio.start_server(proxy.serve, "127.0.0.1", 0))
    yield proxy, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    loop.call(server.close)


@contextmanager
def connected(url: str) -> Iterator[tuple[Connection, Heard]]:
    heard = Heard()
    connection = Connection(url, heard, policy=QUICK)
    connection.open()
    yield connection, heard
    connection.close(30)


def test_the_proxy_of_https_is_that_of_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wss address goes where requests would send an https one."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{PASSWORD}@proxy.example:3128")

    assert way_to(LIVE).proxy == f"http://me:{PASSWORD}@proxy.example:3128"
    assert PASSWORD not in repr(way_to(LIVE))


@pytest.mark.parametrize("url", ["wss://stream.binance.com:9443/stream", "wss://127.0.0.1:1/", "ws://localhost:1/"])
def test_no_proxy_is_asked_about_what_needs_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """NO_PROXY holds, and this computer is never behind a proxy."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "binance.com")

    assert way_to(url).proxy is None


def test_a_proxy_that_streams_cannot_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOCKS proxy is named as what it is, without its address."""
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://me:{PASSWORD}@proxy.example:1080")

    with pytest.raises(StreamError, match="cannot go through a socks5 proxy") as caught:
        way_to(LIVE)
    assert PASSWORD not in str(vars(caught.value))


def test_a_bundle_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """REQUESTS_CA_BUNDLE is named where it leads nowhere, or to something else."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(StreamError, match="CA bundle cannot be read") as caught:
        way_to(LIVE)

    assert caught.value.culprit == "REQUESTS_CA_BUNDLE"


def test_certificates_are_checked_unless_there_is_nothing_to_check() -> None:
    """An encrypted line trusts what requests trusts; a sandbox's is in the clear."""
    encrypted = way_to(LIVE).tls

    assert encrypted is not None
    assert (encrypted.verify_mode, encrypted.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert way_to("ws://127.0.0.1:1/stream").tls is None


def test_a_certificate_that_nobody_vouches_for_ends_it(tls: ssl.SSLContext) -> None:
    """The connection is closed and says what to do; trying again would change nothing."""
    with scripted(tls) as exchange, connected(f"wss://localhost:{exchange.port}/ws") as (connection, heard):
        closed = heard.wait_for_status("closed")

        assert "certificate" in closed.reason
        assert connection.error is not None
        assert "REQUESTS_CA_BUNDLE" in str(connection.error.hint)


def test_the_bundle_vouches_for_it(tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What REQUESTS_CA_BUNDLE holds is trusted, as it is for calls."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with scripted(tls) as exchange, connected(f"wss://localhost:{exchange.port}/ws") as (_, heard):
        heard.wait_for_status("live")

    assert heard.statuses == ["connecting", "live", "closed"]


def test_no_secure_line_is_tried_again() -> None:
    """A port that speaks no TLS may be a login page of the moment."""
    with scripted() as exchange, connected(f"wss://localhost:{exchange.port}/ws") as (_, heard):
        heard.wait_for(lambda: heard.states and heard.states[-1].attempt >= 2)

    assert "No encrypted line" in heard.states[-2].reason


def test_a_stream_goes_through_the_proxy(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is encrypted from end to end; the proxy gets its password and the host, and nothing else."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with scripted(tls) as exchange, proxy_to(exchange.port) as (proxy, address):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{PASSWORD}@{address}")
        with connected(f"wss://{HOST}:9443/stream") as (_, heard):
            exchange.connection(0).event("btcusdt@trade", p="1")
            heard.wait_for_messages(1)

    assert heard.messages == [{"stream": "btcusdt@trade", "data": {"p": "1"}}]
    assert proxy.heads[0].startswith(f"CONNECT {HOST}:9443 HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic " in proxy.heads[0]


def test_a_proxy_that_wants_a_password_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 407 says where the password belongs."""
    with proxy_to(1, b"407 Proxy Authentication Required") as (_, address):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        with connected(f"wss://{HOST}/stream") as (_, heard):
            closed = heard.wait_for_status("closed")

    assert "password (407)" in closed.reason


def test_a_proxy_that_is_gone_is_named_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a state says is shown in widgets: a proxy's address may hold a password."""
    with scripted() as gone:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{PASSWORD}@127.0.0.1:{gone.port}")
    with connected(f"wss://{HOST}/stream") as (_, heard):
        heard.wait_for(lambda: heard.states and heard.states[-1].attempt >= 2)

    assert "The proxy that HTTPS_PROXY names cannot be reached." in [state.reason for state in heard.states]
    assert PASSWORD not in repr(heard.states)


def test_a_handshake_that_hangs_is_given_up() -> None:
    """A host that takes the connection and says nothing is tried again."""
    taken = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await taken.wait()
        writer.close()

    loop, heard = background_loop(), Heard()
    server = loop.run(asyncio.start_server(say_nothing, "127.0.0.1", 0))
    policy = Policy(connect_seconds=0.1, backoff=QUICK.backoff)
    connection = Connection(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws", heard, policy=policy)
    connection.open()
    heard.wait_for(lambda: heard.states and heard.states[-1].attempt >= 2)
    connection.close()
    loop.call(taken.set)
    loop.call(server.close)

    assert "did not answer within 0.1 s" in heard.states[-2].reason
