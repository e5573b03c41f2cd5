"""The listing: folders, files, and pages."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.sandbox.bulk.listing import listing_page
from binance_nb.sandbox.clock import moment_ms
from binance_nb.sandbox.listings import LISTINGS
from tests.sandbox.bulk.visits import Site

NOW_MS = moment_ms("2018-01-10")
DAILY = "data/spot/daily/klines/"
SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def page(**asked: str) -> tuple[list[str], list[str], str | None, bool]:
    """Files, folders, where the next page begins, and whether there is one."""
    root = ElementTree.fromstring(
        listing_page(LISTINGS, {name.replace("_", "-"): asked[name] for name in asked}, NOW_MS)
    )
    files = [key.text or "" for key in root.iter(f"{SPACE}Key")]
    folders = [folder.findtext(f"{SPACE}Prefix") or "" for folder in root.iter(f"{SPACE}CommonPrefixes")]
    return files, folders, root.findtext(f"{SPACE}NextMarker"), root.findtext(f"{SPACE}IsTruncated") == "true"


@pytest.mark.parametrize(
    ("prefix", "folders"),
    [
        ("", ["data/"]),
        ("data/spot/", ["data/spot/daily/", "data/spot/monthly/"]),
        ("data/spot/d", ["data/spot/daily/"]),
        ("data/spot/daily/", [f"data/spot/daily/{kind}/" for kind in ("aggTrades", "klines", "trades")]),
        (f"{DAILY}B", [f"{DAILY}{symbol}/" for symbol in ("BNBBTC", "BNBUSDT", "BTCUSDT")]),
        ("data/futures/", []),
    ],
)
def test_folders_are_listed(prefix: str, folders: list[str]) -> None:
    """A prefix with a delimiter gives what is directly below it, in order."""
    assert ([], folders) == page(prefix=prefix, delimiter="/")[:2]


def test_intervals_are_folders() -> None:
    """Daily klines have folders from a second to a day, in the order of their names; a month's is 1mo."""
    daily = page(prefix=f"{DAILY}BTCUSDT/", delimiter="/")[1]
    monthly = page(prefix=f"{DAILY}BTCUSDT/".replace("daily", "monthly"), delimiter="/")[1]

    assert sorted(daily) == daily
    assert (13, 16) == (len(daily), len(monthly))
    assert {"1mo/", "1w/", "3d/"} == {folder.rpartition("BTCUSDT/")[2] for folder in monthly} - {
        folder.rpartition("BTCUSDT/")[2] for folder in daily
    }


def test_a_folder_lists_each_zip_with_its_checksum() -> None:
    """Files from the first day on, up to yesterday's."""
    files = page(prefix=f"{DAILY}BTCUSDT/1m/", delimiter="/")[0]

    assert f"{DAILY}BTCUSDT/1m/BTCUSDT-1m-2017-08-17.zip" == files[0]
    assert f"{DAILY}BTCUSDT/1m/BTCUSDT-1m-2018-01-09.zip.CHECKSUM" == files[-1]
    assert len(files) == 2 * 146


@settings(max_examples=20)
@given(size=st.integers(1, 40), delimiter=st.sampled_from(["", "/"]))
def test_pages_put_together_are_the_whole(size: int, delimiter: str) -> None:
    """Whatever the size of a page, going on from its marker gives every key once, in order."""
    prefix = "data/spot/monthly/" if not delimiter else "data/spot/monthly/klines/BTCUSDT/1h/"
    asked = {"prefix": prefix, "delimiter": delimiter}
    whole, _, _, is_cut = page(**asked)
    most, read, marker = 60, list[str](), ""
    while len(read) < most:
        files, _, following, goes_on = page(**asked, marker=marker, max_keys=str(size))
        read += files
        if not goes_on:
            break
        marker = following if delimiter and following else files[-1]

    assert (is_cut, read[:most]) == (not delimiter, whole[:most])


def test_a_page_holds_a_thousand_keys() -> None:
    """No more are given, however many are asked for."""
    files, _, marker, is_cut = page(prefix="data/", max_keys="5000")

    assert (1000, None, True) == (len(files), marker, is_cut)


def test_the_listing_is_served_at_the_root_and_under_the_buckets_name() -> None:
    """Both addresses that clients know; what it lists can be had."""
    site = Site()
    query = f"?prefix={quote(DAILY)}BTCUSDT/1h/&delimiter=/"
    listed = site.ask(query)
    first = next(ElementTree.fromstring(listed.body).iter(f"{SPACE}Key")).text

    assert listed.body == site.ask(f"data.binance.vision{query}").body
    assert (200, 200) == (site.ask(f"{first}").status, site.ask(f"data.binance.vision/{first}").status)
