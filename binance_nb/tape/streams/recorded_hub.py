"""A hub that records what the streams of another bring."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from binance_nb.streams.link import LinkState
from binance_nb.tape.streams.recorded_line import RecordedLine, Writer

if TYPE_CHECKING:
    from binance_nb.errors import StreamError
    from binance_nb.streams.attachment import Attachment, Sink
    from binance_nb.streams.hub import StreamHub

__all__ = ["RecordedHub"]


class RecordedHub:
    """Hands on what another hub brings, and writes it down; each feed for itself.

    Args:
        inner: The hub; this one closes it.
        writer: Writes.
    """

    def __init__(self, inner: StreamHub, writer: Writer) -> None:
        self._inner = inner
        self._writer = writer

    def attach(self, streams: Iterable[str], sink: Sink) -> _RecordedHold:
        """Have streams delivered, and written down; see `StreamHub.attach`."""
        names = list(streams)
        line = self._writer.line(names)
        if hasattr(sink, "line"):
            sink.line = line
        return _RecordedHold(self._inner.attach(names, _RecordedSink(sink, line)), line)

    def close(self) -> None:
        """End every stream."""
        self._inner.close()


class _RecordedSink:
    def __init__(self, sink: Sink, line: RecordedLine) -> None:
        self._sink = sink
        self._line = line

    def on_message(self, stream: str, data: Any, received_ms: int) -> None:  # Any: JSON
        self._line.message(stream, data, received_ms, partial(self._sink.on_message, stream, data, received_ms))

    def on_state(self, state: LinkState) -> None:
        self._line.state(state, partial(self._sink.on_state, state))


class _RecordedHold:
    """Somebody's hold on streams that are recorded; see `Attachment`."""

    def __init__(self, inner: Attachment, line: RecordedLine) -> None:
        self._inner = inner
        self.line = line

    @property
    def state(self) -> LinkState:
        return self._inner.state

    @property
    def error(self) -> StreamError | None:
        return self._inner.error

    @property
    def streams(self) -> tuple[str, ...]:
        return self._inner.streams

    def add(self, *streams: str) -> None:
        self.line.note("add", streams=list(streams))
        self._inner.add(*streams)

    def remove(self, *streams: str) -> None:
        self.line.note("remove", streams=list(streams))
        self._inner.remove(*streams)

    def close(self) -> None:
        self.line.close()
        self._inner.close()

    def wait_ready(self, seconds: float = 15.0) -> None:
        self._inner.wait_ready(seconds)
