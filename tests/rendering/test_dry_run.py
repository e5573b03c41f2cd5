from __future__ import annotations

from binance_nb import connect
from binance_nb.client import ClockReading
from binance_nb.rendering import dry_run_sheet

KEY, SECRET = "k" * 60 + "1234", "s" * 64


def test_a_signed_request_is_shown_without_key_and_signature() -> None:
    """Method, URL, body, the text signed and the weight; masks where secrets stand."""
    with connect("testnet", api_key=KEY, secret_key=SECRET) as session:
        session.client.clock.follow(ClockReading(1_717_243_200_000, rate=0.0))
        prepared = session.prepare("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity=1)
        sheet = dry_run_sheet(prepared, session.client.credentials)

    text = sheet.text()

    assert "nothing was sent" in text
    assert "POST https://testnet.binance.vision/api/v3/order" in text
    assert f"Signed text: {prepared.signed_payload}" in text
    assert "timestamp=1717243200000&signature=••••" in text
    assert [secret for secret in (KEY, SECRET) if secret in text + sheet.html()] == []


def test_a_plain_request_has_nothing_signed() -> None:
    """Market data shows its URL and weight."""
    with connect("market") as session:
        text = dry_run_sheet(session.prepare("klines", symbol="BTCUSDT", interval="1h")).text()

    assert text == (
        "Dry run: nothing was sent\n"
        "  call    klines\n"
        "  weight  2\n"
        "  Request: GET https://data-api.binance.vision/api/v3/klines?symbol=BTCUSDT&interval=1h"
    )
