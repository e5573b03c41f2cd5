"""The site of a running sandbox."""

from __future__ import annotations

import requests

from binance_nb.archive import ArchiveName, Checksum, read_columns, verify_checksum
from binance_nb.sandbox.launcher import SandboxProcess
from tests.sandbox.bulk.visits import DAILY


def test_a_sandbox_serves_the_market_it_trades(sandbox: SandboxProcess) -> None:
    """Below the archive's address lies a file with the rows of that process's REST pages, and its checksum."""
    name = ArchiveName.parse(DAILY)
    url = f"{sandbox.archive_url}/{DAILY}"

    zipped = requests.get(url, timeout=30).content
    promise = Checksum.parse(requests.get(f"{url}.CHECKSUM", timeout=30).text)

    query = {"symbol": "BTCUSDT", "interval": "1h", "startTime": str(name.start_ms), "limit": "24"}
    rows = requests.get(f"{sandbox.url}/api/v3/klines", params=query, timeout=30).json()
    verify_checksum(zipped, promise, source=url)
    assert [list(map(str, row)) for row in rows] == [
        list(row) for row in zip(*read_columns(zipped, name).columns.values(), strict=True)
    ]
