"""The sessions that lines go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binance_nb import Session, connect
from binance_nb.notebook.sessions import Sessions


def test_an_environment_is_opened_once_for_single_lines_however_its_address_is_written() -> None:
    """A path behind the host is no part of a session's own address, and must not open another for each line."""
    opened: list[str] = []

    def open_one(environment: str, options: Mapping[str, Any]) -> Session:
        opened.append(environment)
        return connect(environment, **options)

    sessions = Sessions(open_one)
    address = "https://testnet.binance.vision/api"
    first, second = sessions.at(address), sessions.at(address)
    sessions.close()

    assert first is second
    assert opened == [address]
