"""What the network's end of a client keeps and shares."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from binance_nb.client import Client, Prepared, Reply, RequestsTransport, endpoint_of
from binance_nb.environment import Environment
from binance_nb.keys import credentials

BODY = b"[" + b"0," * 400_000 + b"0]"


class Here:
    """A server that notes who is at the other end of each request."""

    def __init__(self) -> None:
        self.callers: list[object] = []
        here = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                here.callers.append(self.client_address)
                self.send_response(200)
                self.send_header("Content-Length", str(len(BODY)))
                self.end_headers()
                self.wfile.write(BODY)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def request(self) -> Prepared:
        """A request to it."""
        return Prepared("ping", "GET", f"http://127.0.0.1:{self.server.server_port}/api/v3/ping", {}, None, 1, {})


@pytest.fixture
def here() -> Iterator[Here]:
    """The server."""
    there = Here()
    yield there
    there.server.shutdown()
    there.server.server_close()


def in_a_thread_of_its_own(transport: RequestsTransport, request: Prepared) -> list[Reply]:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(transport.send(request, timeout_seconds=30)))
    thread.start()
    thread.join()
    return replies


def test_threads_leave_their_connections_to_those_that_follow(here: Here) -> None:
    """The pages of one pull need not shake hands again after those of another."""
    transport = RequestsTransport()

    replies = [*in_a_thread_of_its_own(transport, here.request), *in_a_thread_of_its_own(transport, here.request)]
    transport.close()

    assert [200, 200] == [reply.status for reply in replies]
    assert 1 == len(set(here.callers))


def test_a_long_answer_comes_whole(here: Here) -> None:
    """Whatever the pieces in which it is read."""
    transport = RequestsTransport()

    reply = transport.send(here.request, timeout_seconds=30)
    transport.close()

    assert BODY == reply.body


def test_what_a_signed_request_holds_does_not_show_the_key() -> None:
    """Tools that print the variables of a traceback show what objects hold; the headers among it."""
    key = "Kq7" * 20
    place = Environment("local", "http://127.0.0.1:9")
    client = Client(place, credentials(key, "s" * 64, place.host))

    prepared = client.prepare(endpoint_of("account"), {}, is_dry=True)

    assert key == prepared.headers["X-MBX-APIKEY"]
    assert key not in f"{vars(prepared)} {prepared.headers} {asdict(prepared)}"


def test_a_closed_transport_opens_again(here: Here) -> None:
    """Closing lets go of connections, and nothing else."""
    transport = RequestsTransport()
    transport.send(here.request, timeout_seconds=30)
    transport.close()

    transport.send(here.request, timeout_seconds=30)
    transport.close()

    assert 2 == len(set(here.callers))
