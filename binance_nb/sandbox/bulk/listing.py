"""The listing of the bulk files, as the exchange's object store prints it.

Folders are listed with ``delimiter=/``, whole branches without; a page holds a thousand keys, and the next one is asked
for with a marker. Sizes and sums are left out: they would have every file of the page made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from xml.sax.saxutils import escape

from binance_nb.archive import ArchiveName
from binance_nb.archive.names import ArchiveKind, Period
from binance_nb.sandbox.bulk.published import DAILY_INTERVALS, KINDS, PERIODS, files_of, published_ms
from binance_nb.sandbox.listings import Listing
from binance_nb.sandbox.market import INTERVALS

__all__ = ["BUCKET", "MOST_KEYS", "XML_HEAD", "listing_page"]

BUCKET = "data.binance.vision"
MOST_KEYS = 1000
XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ROOT = "data/spot/"
_WHOLE = re.compile("[0-9]{1,9}")
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass(frozen=True)
class _Key:
    """A file, or a folder, whose key ends with a slash.

    Attributes:
        key: Where it lies.
        inside: Gives what is in a folder, in order; None for a file.
        dated_ms: When a file appeared.
    """

    key: str
    inside: Callable[[], Iterator[_Key]] | None = None
    dated_ms: int = 0


def listing_page(listings: Mapping[str, Listing], asked: Mapping[str, str], now_ms: int) -> bytes:
    """Print a page of the listing.

    Args:
        listings: The symbols.
        asked: ``prefix``, ``delimiter`` (a slash or nothing), ``marker`` and ``max-keys``.
        now_ms: The present.

    Returns:
        XML.
    """
    prefix, marker, delimiter = (asked.get(name, "") for name in ("prefix", "marker", "delimiter"))
    wanted = asked.get("max-keys", "")
    most = min(MOST_KEYS, int(wanted)) if _WHOLE.fullmatch(wanted) else MOST_KEYS
    keys = _found(_Tree(listings, now_ms).top(), prefix, marker, stops_at_folders=delimiter == "/")
    page = list(islice(keys, most + 1))
    is_cut = len(page) > most
    page = page[:most]
    facts = {"Name": BUCKET, "Prefix": prefix, "Marker": marker, "MaxKeys": str(most)}
    if delimiter:
        facts["Delimiter"] = delimiter
        if is_cut and page:
            facts["NextMarker"] = page[-1].key
    facts["IsTruncated"] = str(is_cut).lower()
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in facts.items()) + "".join(map(_printed, page))
    return f'{XML_HEAD}<ListBucketResult xmlns="{_NAMESPACE}">{body}</ListBucketResult>'.encode()


def _printed(entry: _Key) -> str:
    if entry.inside is not None:
        return f"<CommonPrefixes><Prefix>{escape(entry.key)}</Prefix></CommonPrefixes>"
    dated = datetime.fromtimestamp(entry.dated_ms // 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    facts = f"<Key>{escape(entry.key)}</Key><LastModified>{dated}</LastModified><StorageClass>STANDARD</StorageClass>"
    return f"<Contents>{facts}</Contents>"


def _found(entry: _Key, prefix: str, marker: str, *, stops_at_folders: bool) -> Iterator[_Key]:
    """Yield what lies below a prefix and after a marker, in the order of keys."""
    if not (entry.key.startswith(prefix) or prefix.startswith(entry.key)):
        return
    is_whole = stops_at_folders and entry.key.startswith(prefix) and entry.key != prefix
    if entry.inside is None or is_whole:
        if entry.key > marker and entry.key.startswith(prefix):
            yield entry
        return
    if entry.key <= marker and not marker.startswith(entry.key):
        return
    for child in entry.inside():
        yield from _found(child, prefix, marker, stops_at_folders=stops_at_folders)


class _Tree:
    """The folders; what is in one is found out when somebody looks."""

    def __init__(self, listings: Mapping[str, Listing], now_ms: int) -> None:
        self._listings = listings
        self._now_ms = now_ms

    def top(self) -> _Key:
        return _Key("data/", lambda: iter([_Key(_ROOT, self._periods)]))

    def _periods(self) -> Iterator[_Key]:
        for period in PERIODS:
            yield _Key(f"{_ROOT}{period}/", partial(self._kinds, period))

    def _kinds(self, period: Period) -> Iterator[_Key]:
        for kind in KINDS:
            folder = f"{_ROOT}{period}/{kind}/"
            yield _Key(folder, partial(self._symbols, folder, period, kind))

    def _symbols(self, folder: str, period: Period, kind: ArchiveKind) -> Iterator[_Key]:
        for symbol, listing in sorted(self._listings.items()):
            if kind == "klines" and self._first(listing, period, kind, "1s"):
                yield _Key(f"{folder}{symbol}/", partial(self._intervals, listing, period))
            elif kind != "klines" and self._first(listing, period, kind, None):
                yield _Key(f"{folder}{symbol}/", partial(self._files, listing, period, kind, None))

    def _intervals(self, listing: Listing, period: Period) -> Iterator[_Key]:
        offered = DAILY_INTERVALS if period == "daily" else tuple(INTERVALS)
        firsts = filter(None, (self._first(listing, period, "klines", interval) for interval in offered))
        for first in sorted(firsts, key=_folder_of):
            yield _Key(_folder_of(first), partial(self._files, listing, period, "klines", first.interval))

    def _files(self, listing: Listing, period: Period, kind: ArchiveKind, interval: str | None) -> Iterator[_Key]:
        for name in files_of(listing, period, kind, interval, self._now_ms):
            dated_ms = published_ms(name)
            yield _Key(name.path, dated_ms=dated_ms)
            yield _Key(f"{name.path}.CHECKSUM", dated_ms=dated_ms)

    def _first(self, listing: Listing, period: Period, kind: ArchiveKind, interval: str | None) -> ArchiveName | None:
        return next(files_of(listing, period, kind, interval, self._now_ms), None)


def _folder_of(name: ArchiveName) -> str:
    return name.path.rpartition("/")[0] + "/"
