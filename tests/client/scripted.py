"""A server that answers over a real socket exactly what a test wrote down, also what no exchange should."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

__all__ = ["Answer", "Heard", "ScriptedServer", "refusal"]


@dataclass(frozen=True)
class Answer:
    """One answer: a status with a body, silence for a while, or a line that goes dead."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    method: str
    target: str
    body: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query string."""
        return self.target.partition("?")[2]


def refusal(status: int, code: int, msg: str, **headers: str) -> Answer:
    """An answer of the exchange's own shape."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps({"code": code, "msg": msg}).encode(), named)


class ScriptedServer:
    """Serves the answers in order; `/api/v3/time` is answered by ``server_time`` unless a test scripts it."""

    def __init__(self, *answers: Answer, server_time: Callable[[], int] | None = None) -> None:
        self.answers = deque(answers)
        self.heard: list[Heard] = []
        self.released = threading.Event()
        self.server_time = server_time
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                script.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length).decode()
        self.heard.append(Heard(handler.command, handler.path, body, dict(handler.headers.items())))
        if self.server_time is not None and handler.path == "/api/v3/time":
            answer = Answer(body=json.dumps({"serverTime": self.server_time()}).encode())
        else:
            answer = self.answers.popleft() if self.answers else Answer(500, b"the script is at its end")
        if answer.hangs:
            self.released.wait(60)
        if answer.hangs or answer.drops:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, text in answer.headers.items():
            handler.send_header(name, text)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)
