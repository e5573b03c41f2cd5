"""The site of the bulk files: fetched with their checksums, from where a download broke off."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from binance_nb.archive import ArchiveName, Checksum, verify_checksum
from binance_nb.errors import StoreError, TransportError

if TYPE_CHECKING:
    import requests

__all__ = ["BulkSite"]

_TRIES = 3
_RETRY_SECONDS = 0.5
_TIMEOUT_SECONDS = (10.0, 60.0)  # to connect, and between two pieces
_PIECE = 1 << 14
_PARTIAL, _RANGE_IS_OVER, _ABSENT = 206, 416, 404
_MARKER = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class BulkSite:
    """Fetches bulk files. Safe to use from several threads.

    Args:
        url: Base URL of the files.
        listing_url: Where they are listed.
        folder: Where a download waits that was broken off.
        sleep: Waits before another try; a test gives its own.
    """

    def __init__(
        self, url: str, listing_url: str, folder: Path, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url.rstrip("/")
        self._listing_url = listing_url
        self._folder = folder
        self._sleep = sleep
        self._local = threading.local()

    def fetch(self, name: ArchiveName) -> bytes | None:
        """Fetch a file.

        Args:
            name: Which.

        Returns:
            Its bytes, which are those that its checksum promises; None where the site has no such file.

        Raises:
            StoreError: It does not match its checksum, twice; or the disk cannot be written.
            TransportError: The site does not answer.
        """
        said = self._get(f"{name.path}.CHECKSUM")
        if said is None:
            return None
        promised = Checksum.parse(said.decode("utf-8", "replace"), source=f"{name.file_name}.CHECKSUM")
        # Once more from the beginning, in a file of our own: the rest of an older edition may have stood in the way, or
        # another process that fetches the same file.
        for part, is_last in ((self._part(name, promised), False), (self._part(name, promised, _own()), True)):
            data = self._download(name, part)
            if data is None:
                return None
            part.unlink(missing_ok=True)
            try:
                verify_checksum(data, promised, source=name.file_name)
            except StoreError:
                if is_last:
                    raise
            else:
                return data
        raise AssertionError("unreachable")

    def names(self, period: str, kind: str, symbol: str, interval: str | None = None) -> list[ArchiveName]:
        """List the files of a data set.

        Args:
            period: ``daily`` or ``monthly``.
            kind: ``klines``, ``trades`` or ``aggTrades``.
            symbol: The symbol.
            interval: The interval of candles, in the API's spelling.

        Returns:
            Their names, in order of time; none where the site has none.

        Raises:
            TransportError: The site does not answer, or with something that is no listing.
        """
        written = {"1M": "1mo"}.get(interval or "", interval)
        prefix = "/".join(filter(None, ("data/spot", period, kind, symbol, written))) + "/"
        names: list[ArchiveName] = []
        marker: str | None = ""
        while marker is not None:
            keys, marker = self._page(prefix, marker)
            found = (ArchiveName.recognised(key.rpartition("/")[2]) for key in keys if key.endswith(".zip"))
            names += [name for name in found if name is not None]
        return sorted(names, key=lambda name: name.start_ms)

    def _page(self, prefix: str, marker: str) -> tuple[list[str], str | None]:
        body = self._answer(self._listing_url, params={"prefix": prefix, "delimiter": "/", "marker": marker})
        try:
            root = ElementTree.fromstring(body or b"")
            keys = [found.text or "" for found in root.iter(f"{_MARKER}Key")]
        except ElementTree.ParseError as error:
            raise TransportError("The listing of the bulk files cannot be read.", hint="Try again later.") from error
        is_cut = (root.findtext(f"{_MARKER}IsTruncated") or "") == "true"
        return keys, (root.findtext(f"{_MARKER}NextMarker") or keys[-1]) if is_cut and keys else None

    def _get(self, path: str) -> bytes | None:
        return self._answer(f"{self._url}/{path}")

    def _answer(self, url: str, params: dict[str, str] | None = None) -> bytes | None:
        def ask() -> bytes | None:
            answer = self._session.get(url, params=params, timeout=_TIMEOUT_SECONDS)
            if answer.status_code == _ABSENT:
                return None
            answer.raise_for_status()
            return answer.content

        return self._patiently(ask)

    def _download(self, name: ArchiveName, part: Path) -> bytes | None:
        def go_on() -> bytes | None:
            have = part.stat().st_size if part.exists() else 0
            headers = {"Range": f"bytes={have}-"} if have else {}
            url = f"{self._url}/{name.path}"
            with self._session.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS) as answer:
                if answer.status_code == _ABSENT:
                    return None
                if answer.status_code != _RANGE_IS_OVER:  # else all of it is here
                    answer.raise_for_status()
                    self._take(answer, part, goes_on=answer.status_code == _PARTIAL)
            # Another process may have finished the same file, and removed it: then it does not match, and we try again.
            return part.read_bytes() if part.exists() else b""

        return self._patiently(go_on)

    def _take(self, answer: requests.Response, part: Path, *, goes_on: bool) -> None:
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with part.open("ab" if goes_on else "wb") as file:
                for piece in answer.iter_content(_PIECE):
                    file.write(piece)
        except OSError as error:
            if _is_of_network(error):
                raise
            with suppress(OSError):
                part.unlink(missing_ok=True)  # on a full disk, it takes what others need
            raise StoreError(
                f"{part} cannot be written: {error.strerror or error}.",
                hint="Free some space, or name another folder with BINANCE_NB_CACHE.",
                details={"disk": str(part.parent)},
            ) from error

    def _patiently(self, ask: Callable[[], bytes | None]) -> bytes | None:
        import requests

        for tries_left in reversed(range(_TRIES)):
            try:
                return ask()
            except requests.RequestException as error:
                if not tries_left:
                    raise TransportError(
                        f"{self._url} did not answer: {_reason(error)}.",
                        hint="What was fetched is kept; run the cell again to go on.",
                        details={"cause": "The site of the bulk files is away, or the network is."},
                    ) from None
                self._sleep(_RETRY_SECONDS * (_TRIES - tries_left))
        raise AssertionError("unreachable")

    @property
    def _session(self) -> requests.Session:
        import requests

        # A session is not safe to share between threads.
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _part(self, name: ArchiveName, promised: Checksum, own: str = "") -> Path:
        # Two editions of a file never run into one another.
        return self._folder / f"{name.period}-{name.file_name}.{promised.sha256[:16]}{own}.part"


def _own() -> str:
    return f".{os.getpid()}-{threading.get_ident()}"


def _is_of_network(error: OSError) -> bool:
    import requests

    return isinstance(error, requests.RequestException)


def _reason(error: Exception) -> str:
    said = re.search(r"\d{3} \w+ Error: [^:]+", str(error))
    return said[0] if said else type(error).__name__
