"""Files come whole and checked, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from binance_nb.archive import ArchiveName, Checksum
from binance_nb.errors import StoreError, TransportError
from binance_nb.history.bulk import BulkSite
from binance_nb.sandbox.launcher import SandboxProcess

NAME = ArchiveName("klines", "BTCUSDT", "1h", 2024, 5, 30)
Start = Callable[..., SandboxProcess]


def site_of(process: SandboxProcess, folder: Path) -> BulkSite:
    return BulkSite(process.archive_url, f"{process.archive_url}/", folder, sleep=lambda seconds: None)


def test_a_file_is_what_its_checksum_promises(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """It is fetched whole, and nothing is left behind."""
    data = site_of(sandbox, tmp_path).fetch(NAME)

    assert data is not None
    assert b"PK" == data[:2]
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_not_published_is_no_error(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """Today's comes tomorrow."""
    assert site_of(sandbox, tmp_path).fetch(ArchiveName("klines", "BTCUSDT", "1h", 2024, 6, 1)) is None


@pytest.mark.parametrize("kind", ["wrong_checksum", "truncated_zip"])
def test_a_damaged_download_is_fetched_once_more(start_sandbox: Start, tmp_path: Path, kind: str) -> None:
    """A slip on the way mends itself; one that stays is told, and nothing of it is kept."""
    process = start_sandbox(seed=1, frozen="2024-06-01T12:00:00Z")
    site = site_of(process, tmp_path)
    whole = site.fetch(NAME)

    with process.faults(NAME.file_name if kind == "truncated_zip" else "*", kind=kind):
        with pytest.raises(StoreError, match="does not match its checksum"):
            site.fetch(NAME)
        assert [] == list(tmp_path.iterdir())
    assert whole == site.fetch(NAME)


def test_a_listing_of_several_pages_is_read_to_its_end(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """Every daily file since the listing, in order, though a page holds a thousand keys."""
    names = site_of(sandbox, tmp_path).names("daily", "klines", "BTCUSDT", "1m")

    assert len(names) > 2000
    assert [name.end_ms for name in names[:-1]] == [name.start_ms for name in names[1:]]


def test_an_unknown_symbol_has_no_files(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """The listing of a folder that does not exist is empty."""
    assert [] == site_of(sandbox, tmp_path).names("daily", "klines", "NOSUCH", "1m")


class Unsteady(ThreadingHTTPServer):
    """A site whose line breaks in the middle of a file.

    Attributes:
        asked: The ``Range`` of each request for the file.
    """

    def __init__(self, data: bytes, breaks: int) -> None:
        super().__init__(("127.0.0.1", 0), _Files)
        self.data, self.breaks, self.asked = data, breaks, list[str | None]()


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that http.server looks for
        assert isinstance(self.server, Unsteady)
        data = self.server.data
        if self.path.endswith(".CHECKSUM"):
            self._send(200, Checksum.of(data, NAME.file_name).text.encode())
            return
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        is_broken = self.server.breaks > 0
        self.server.breaks -= 1
        self._send(206 if wanted else 200, data[start:], cut=len(data[start:]) // 2 if is_broken else None)

    def _send(self, status: int, body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = True

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def unsteady() -> Iterator[Callable[[int], Unsteady]]:
    """A function that starts a site whose line breaks so often."""
    servers = []

    def start(breaks: int) -> Unsteady:
        server = Unsteady(bytes(range(256)) * 400, breaks)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def reach(server: Unsteady, folder: Path) -> BulkSite:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    return BulkSite(url, url, folder, sleep=lambda seconds: None)


def test_a_broken_download_goes_on_where_it_broke(unsteady: Callable[[int], Unsteady], tmp_path: Path) -> None:
    """What came is not fetched again."""
    server = unsteady(2)

    data = reach(server, tmp_path).fetch(NAME)

    assert server.data == data
    assert [None, "bytes=49152-", "bytes=65536-"] == server.asked


def test_what_came_of_a_download_is_kept_for_the_next(unsteady: Callable[[int], Unsteady], tmp_path: Path) -> None:
    """After three tries the error says so; run again, it goes on from there."""
    server = unsteady(3)
    with pytest.raises(TransportError) as caught:
        reach(server, tmp_path).fetch(NAME)

    data = reach(server, tmp_path).fetch(NAME)

    assert "run the cell again" in (caught.value.hint or "")
    assert server.data == data
    assert server.asked[-1] not in (None, "bytes=0-")
    assert [] == list(tmp_path.iterdir())
