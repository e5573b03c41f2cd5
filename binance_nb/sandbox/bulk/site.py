"""The bulk-file site on its socket, as a static server gives files: whole, or from where a download broke off."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from xml.sax.saxutils import escape

from aiohttp import web

from binance_nb.archive import ArchiveName, Checksum
from binance_nb.sandbox.bulk.listing import BUCKET, XML_HEAD, listing_page
from binance_nb.sandbox.bulk.published import is_published, published_ms
from binance_nb.sandbox.bulk.shelf import MadeFile, Shelf
from binance_nb.sandbox.clock import Clock
from binance_nb.sandbox.faults import Faults
from binance_nb.sandbox.market import Market
from binance_nb.sandbox.venue import Venue

__all__ = ["BulkFiles"]

_CHECKSUM = ".CHECKSUM"
_ZIP_TYPE, _OTHER_TYPE, _XML_TYPE = "application/zip", "binary/octet-stream", "application/xml"
# How much of a truncated zip is left.
_TRUNCATED_TO = 0.6


class BulkFiles:
    """The bulk-file site and its listing.

    It answers below ``/data``, and at ``/`` and below the bucket's name, where it also lists.

    Args:
        venue: The exchange whose market the files hold.
        clock: Its time, which decides what has been published.
        faults: What is to go wrong.
    """

    def __init__(self, venue: Venue, clock: Clock, faults: Faults) -> None:
        self._listings = venue.listings
        self._clock = clock
        self._faults = faults
        # A market of its own gives the same rows, and a long file does not push out what REST's keeps.
        self._shelf = Shelf(Market(venue.seed, venue.listings, venue.market.recorded))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request.

        Args:
            request: The request.

        Returns:
            The file, a page of the listing, or what a store says of a key that it does not have.
        """
        if request.method not in ("GET", "HEAD"):
            return _refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        key = request.path.lstrip("/").removeprefix(BUCKET).lstrip("/")
        if not key:
            page = listing_page(self._listings, request.query, self._clock.now_ms())
            return web.Response(body=page, content_type=_XML_TYPE)
        name = self._found(key)
        fault = self._fault(key) if name else None
        if name is None or fault == "missing_file":
            return _no_such(key)
        dated_ms = published_ms(name)
        if key.endswith(_CHECKSUM):
            checksum = await self._shelf.checksum(name)
            text = (_wrong(checksum) if fault == "wrong_checksum" else checksum).text
            return _served(request, MadeFile(text.encode()), _OTHER_TYPE, dated_ms)
        made = await self._shelf.file(name)
        if fault == "truncated_zip":
            made = MadeFile(made.data[: int(len(made.data) * _TRUNCATED_TO)])
        return _served(request, made, _ZIP_TYPE, dated_ms)

    async def close(self) -> None:
        """Stop making files."""
        self._shelf.close()

    def _found(self, key: str) -> ArchiveName | None:
        path = key.removesuffix(_CHECKSUM)
        name = ArchiveName.recognised(path)
        is_there = name and name.path == path and is_published(name, self._listings, self._clock.now_ms())
        return name if is_there else None

    def _fault(self, key: str) -> str | None:
        own = "wrong_checksum" if key.endswith(_CHECKSUM) else "truncated_zip"
        fault = self._faults.draw(("missing_file", own), f"/{key}", key.rpartition("/")[2])
        return fault.kind if fault else None


def _served(request: web.BaseRequest, made: MadeFile, content_type: str, dated_ms: int) -> web.Response:
    """Give a file, the part of it that is asked for, or the word that it has not changed."""
    headers = {
        "ETag": f'"{made.etag}"',
        "Last-Modified": formatdate(dated_ms // 1000, usegmt=True),
        "Accept-Ranges": "bytes",
    }
    if made.etag in _tags(request.headers.get("If-None-Match", "")):
        return web.Response(status=304, headers=headers)
    size = len(made.data)
    part = _part(request, size, headers)
    if part is None:
        return web.Response(body=made.data, content_type=content_type, headers=headers)
    if not part:
        said = _refused(416, "InvalidRange", "The requested range is not satisfiable")
        said.headers["Content-Range"] = f"bytes */{size}"
        return said
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return web.Response(status=206, body=made.data[part.start : part.stop], content_type=content_type, headers=headers)


def _part(request: web.BaseRequest, size: int, headers: Mapping[str, str]) -> range | None:
    """Read which bytes are wanted: None for all, an empty range for none that exist."""
    condition = request.headers.get("If-Range")
    if condition and condition not in (headers["ETag"], headers["Last-Modified"]):
        return None
    try:
        wanted = request.http_range
    except ValueError:  # several parts, or nonsense: both are overlooked, as stores do
        return None
    if (wanted.start, wanted.stop) == (None, None):
        return None
    return range(size)[wanted]


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}


def _wrong(checksum: Checksum) -> Checksum:
    return replace(checksum, sha256=hashlib.sha256(checksum.sha256.encode()).hexdigest())


def _no_such(key: str) -> web.Response:
    return _refused(404, "NoSuchKey", "The specified key does not exist.", Key=key)


def _refused(status: int, code: str, message: str, **facts: str) -> web.Response:
    facts = {"Code": code, "Message": message, **facts}
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in facts.items())
    return web.Response(status=status, text=f"{XML_HEAD}<Error>{body}</Error>", content_type=_XML_TYPE)
