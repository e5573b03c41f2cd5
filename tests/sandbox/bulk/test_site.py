"""The site over its socket: what is there, what is not, and downloads that broke off."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.archive import ArchiveName, Checksum, read_columns, verify_checksum
from binance_nb.errors import StoreError
from tests.sandbox.bulk.visits import DAILY, Site

LISTED = ["prefix", "delimiter", "marker", "max-keys"]


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def whole(site: Site) -> bytes:
    """The bytes of DAILY."""
    return site.ask(DAILY).body


def test_a_file_matches_its_checksum(site: Site) -> None:
    """A zip and its .CHECKSUM are served, and the sum, which ends without a newline, is the zip's."""
    zipped, promise = site.ask(DAILY), site.ask(f"{DAILY}.CHECKSUM")

    assert (200, 200) == (zipped.status, promise.status)
    assert promise.body.decode() == Checksum.of(zipped.body, "BTCUSDT-1h-2024-05-01.zip").text
    assert len(read_columns(zipped.body, ArchiveName.parse(DAILY))) == 24


def test_a_file_comes_with_the_headers_of_a_store(site: Site, whole: bytes) -> None:
    """Type, length, tag and the moment of its publication; HEAD gives them without the file."""
    got, looked_at = site.ask(DAILY), site.ask(DAILY, "HEAD")

    assert ("application/zip", str(len(whole))) == (got.headers["Content-Type"], got.headers["Content-Length"])
    assert f'"{hashlib.md5(whole).hexdigest()}"' == got.headers["ETag"]
    assert "2024-05-02T00:00:00+00:00" == parsedate_to_datetime(got.headers["Last-Modified"]).isoformat()
    assert b"" == looked_at.body
    names = ("Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-Type")
    assert [got.headers[name] for name in names] == [looked_at.headers[name] for name in names]


@pytest.mark.parametrize(
    "path",
    [
        "data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-06-01.zip",  # today's
        "data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2017-08-16.zip",  # the day before the listing
        "data/spot/daily/klines/NOPEUSDT/1h/NOPEUSDT-1h-2024-05-01.zip",
        "data/spot/daily/klines/BTCUSDT/1w/BTCUSDT-1w-2024-05-06.zip",
        "data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1h-2024-05-01.zip",  # in another's folder
        "data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-05-01.csv",
        "data/spot/daily/klines/BTCUSDT/1h/",
        "data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-05-01.zip",
        "data/spot/daily/klines/%3Cb%3E/1h/%3Cb%3E-1h-2024-05-01.zip",
        "nothing",
    ],
)
def test_what_is_not_there_is_a_page_of_xml(site: Site, path: str) -> None:
    """Whatever has not been published gives 404 and the store's words, escaped."""
    page = site.ask(path)

    assert (404, "application/xml") == (page.status, page.headers["Content-Type"].partition(";")[0])
    assert b"<Code>NoSuchKey</Code>" in page.body
    assert b"<b>" not in page.body


def test_a_symbol_that_is_not_ascii_has_files(site: Site) -> None:
    """Its name travels percent-encoded."""
    path = f"data/spot/daily/klines/{quote('这是测试币456')}/1h/{quote('这是测试币456')}-1h-2024-05-01.zip"

    assert 200 == site.ask(path).status


def test_nobody_writes(site: Site) -> None:
    """Other methods are refused."""
    assert 405 == site.ask(DAILY, "PUT").status


@settings(max_examples=25)
@given(data=st.data())
def test_a_download_is_taken_up_where_it_broke(site: Site, whole: bytes, data: st.DataObject) -> None:
    """The parts on both sides of any break are the file."""
    broke_at = data.draw(st.integers(1, len(whole) - 1))

    head = site.ask(DAILY, Range=f"bytes=0-{broke_at - 1}")
    rest = site.ask(DAILY, Range=f"bytes={broke_at}-", If_Range=head.headers["ETag"])

    assert (206, 206) == (head.status, rest.status)
    assert head.body + rest.body == whole
    assert f"bytes {broke_at}-{len(whole) - 1}/{len(whole)}" == rest.headers["Content-Range"]


@pytest.mark.parametrize(
    ("headers", "status", "length"),
    [
        ({"Range": "bytes=-10"}, 206, 10),
        ({"Range": "bytes=999999999-"}, 416, None),
        ({"Range": "bytes=0-4,9-12"}, 200, 0),
        ({"Range": "lines=1-2"}, 200, 0),
        ({"Range": "bytes=5-", "If_Range": '"another"'}, 200, 0),
    ],
)
def test_odd_ranges(site: Site, whole: bytes, headers: dict[str, str], status: int, length: int | None) -> None:
    """The end of a file; what lies beyond it; and ranges that are overlooked, so that the whole file comes."""
    page = site.ask(DAILY, **headers)

    assert page.status == status
    assert length is None or page.body == whole[-length:]


def test_an_unchanged_file_is_not_sent_again(site: Site) -> None:
    """Who has it already is told so."""
    page = site.ask(DAILY, If_None_Match=site.ask(DAILY).headers["ETag"])

    assert (304, b"") == (page.status, page.body)


def test_a_truncated_zip_is_cut_short_and_says_its_own_length(whole: bytes) -> None:
    """The fault leaves the checksum right and the zip unreadable, once."""
    site = Site()
    site.faults.put({"kind": "truncated_zip", "route": "*1h*", "count": 1})

    cut, again = site.ask(DAILY), site.ask(DAILY)

    assert whole.startswith(cut.body)
    with pytest.raises(StoreError, match="damaged"):
        read_columns(cut.body, ArchiveName.parse(DAILY))
    assert whole == again.body


def test_a_wrong_checksum_is_one_of_another_file(whole: bytes) -> None:
    """The fault leaves the zip right, and its checksum well-formed."""
    site = Site()
    site.faults.put({"kind": "wrong_checksum"})

    promise = Checksum.parse(site.ask(f"{DAILY}.CHECKSUM").body.decode())

    assert site.ask(DAILY).body == whole
    with pytest.raises(StoreError, match="does not match"):
        verify_checksum(whole, promise, source="x")


def test_a_missing_file_is_missing() -> None:
    """The fault makes a published file a 404; its neighbours stay."""
    site = Site()
    site.faults.put({"kind": "missing_file", "route": "BTCUSDT-1h-2024-05-01.zip"})

    assert 404 == site.ask(DAILY).status
    assert 200 == site.ask(DAILY.replace("05-01", "05-02")).status


ODD_TEXTS = st.one_of(
    st.text(max_size=12), st.sampled_from(["data/", "../", "%ff", "%00", "BTCUSDT", "-1h-9999-12.zip"])
)


@settings(max_examples=60)
@given(path=st.lists(ODD_TEXTS, max_size=4), asked=st.dictionaries(st.sampled_from(LISTED), ODD_TEXTS, max_size=4))
def test_whatever_is_asked_for_is_answered(site: Site, path: list[str], asked: dict[str, str]) -> None:
    """No path and no question to the listing brings the site down."""
    query = "&".join(f"{name}={quote(text)}" for name, text in asked.items())

    page = site.ask(f"{quote(DAILY[:40] if path else '')}{quote('/'.join(path), safe='/%')}?{query}")

    assert page.status in (200, 400, 404)
