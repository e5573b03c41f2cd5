"""A transport that writes down what passes through it."""

from __future__ import annotations

from threading import Lock

from binance_nb.catalog import ENDPOINTS
from binance_nb.client import Moments, NoAnswer, Prepared, Reply, ServerClock, Transport
from binance_nb.guard import storable_body, storable_headers
from binance_nb.tape.calls import CallKey, key_of, storable_reply
from binance_nb.tape.file import TapeFile
from binance_nb.tape.tape import Entry

__all__ = ["RecordingTransport", "stored_headers"]

# Another each time, and of no use to a replay: two recordings of the same should be the same.
_DROPPED = frozenset({"date", "x-sandbox", "x-sandbox-clock"})
_OK = 200


def stored_headers(headers: object) -> dict[str, str]:
    """Return the headers of an answer that stand on a tape.

    Args:
        headers: As they came.

    Returns:
        Those on the list.
    """
    assert isinstance(headers, dict)
    return {name: text for name, text in storable_headers(headers).items() if name not in _DROPPED}


class RecordingTransport:
    """Sends requests by another transport, and writes them and their answers on a tape.

    Whoever records gets what the tape holds: what is taken out of an answer is taken out for both, or a replay would
    bring another frame.

    Args:
        inner: What carries requests.
        file: The tape.
        clock: The exchange's clock.
        moments: What "now" means.
        counts: How many times each call stands on the tape already.
    """

    def __init__(
        self,
        inner: Transport,
        file: TapeFile,
        clock: ServerClock,
        moments: Moments,
        counts: dict[CallKey, int] | None = None,
    ) -> None:
        self._inner = inner
        self._file = file
        self._clock = clock
        self._moments = moments
        self._counts = dict(counts or {})
        self._guard = Lock()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        """Send a request and write it down; see `Transport.send`."""
        key = key_of(prepared.operation, prepared.sent, prepared.headers)
        with self._moments.held() as moment_ms:
            repeat = self._count(key)
            try:
                reply = self._inner.send(prepared, timeout_seconds=timeout_seconds)
            except NoAnswer as absence:
                self._write(Entry(key, repeat, moment_ms, self._clock.estimate_ms(), 0, absence=_facts(absence)))
                raise
            body, at_ms = _stored_body(prepared, reply), self._clock.estimate_ms()
            self._write(Entry(key, repeat, moment_ms, at_ms, reply.status, stored_headers(dict(reply.headers)), body))
        return Reply(reply.operation, reply.sent, reply.status, reply.headers, body, at_ms)

    def write_down(self, key: CallKey, body: bytes, at_ms: int, status: int) -> None:
        """Write down what was asked elsewhere than of the exchange, and has its place among the calls.

        Args:
            key: What was asked.
            body: The answer.
            at_ms: The exchange's time after it.
            status: HTTP status of the answer.
        """
        with self._moments.held() as moment_ms:
            self._write(Entry(key, self._count(key), moment_ms, at_ms, status, body=body))

    def close(self) -> None:
        """Let go of connections; the tape stays open."""
        self._inner.close()

    def _count(self, key: CallKey) -> int:
        with self._guard:
            count = self._counts.get(key, 0)
            self._counts[key] = count + 1
            return count

    def _write(self, entry: Entry) -> None:
        self._file.add(entry)


def _stored_body(prepared: Prepared, reply: Reply) -> bytes:
    is_public = not ENDPOINTS[prepared.operation].is_signed
    if is_public and reply.status == _OK:
        return reply.body  # it was asked for without a key; looking for one would take longer than the call
    body = storable_body(reply.body)
    return body if is_public else storable_reply(body)


def _facts(absence: NoAnswer) -> dict[str, object]:
    return {
        "is_timeout": absence.is_timeout,
        "kind": absence.kind,
        "reason": absence.reason,
        "was_sent": absence.was_sent,
    }
