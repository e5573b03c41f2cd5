from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from binance_nb import Session, connect
from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.errors import UsageError
from binance_nb.rendering.pictures import picture_size
from binance_nb.streams.events import Event
from binance_nb.widgets import Portfolio

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def portfolio(session: Session) -> Iterator[Portfolio]:
    shown = Portfolio(session)
    yield shown
    shown.close()


def told(kind: str, **data: Any) -> Event:
    return Event(USER_EVENTS[kind], {"e": kind, **data}, 0)


def order_told(status: str, **data: Any) -> Event:
    """An execution report, as far as the portfolio reads it."""
    usual = {"s": "BTCUSDT", "i": 7, "S": "SELL", "o": "LIMIT", "p": "99000.00", "P": "0.0", "q": "0.5", "z": "0.1"}
    return told("executionReport", **usual | {"X": status} | data)


def line_of(portfolio: Portfolio, asset: str) -> list[str]:
    return next(line.split() for line in repr(portfolio).splitlines() if line.split()[:1] == [asset])


def test_balances_stand_with_their_worth_and_share(portfolio: Portfolio) -> None:
    """As plain text that stands alone, the same each time on a clock that stands."""
    text = repr(portfolio)

    assert text.startswith("Portfolio · SANDBOX seed 1, clock stands at 2024-06-01 12:00:00 UTC\n  ≈ 296,209.63 USDT, ")
    assert line_of(portfolio, "BTC") == ["BTC", "1", "62,728.63", "+0.70", "%", "21.2", "%", "1", "0"]
    assert "No open orders." in text


def test_what_has_no_price_is_said_and_not_counted(portfolio: Portfolio) -> None:
    """Never nought without a word, in any of its forms."""
    said = "Not in the sum, for want of a price in USDT: 456, 这是测试币."
    portfolio.refresh()

    assert said in repr(portfolio)
    assert said in portfolio.content.children[0].value
    assert line_of(portfolio, "456")[2:6] == ["no", "price", "–", "–"]


def test_open_orders_have_the_line_that_takes_them_back(fresh_sandbox: Session) -> None:
    """And what they lock is not free."""
    order = fresh_sandbox.buy("BTCUSDT", "0.01", price="60000")["order_id"].iloc[0]
    portfolio = Portfolio(fresh_sandbox)

    assert f"BTCUSDT  BUY   LIMIT  60,000  0.01      0       %binance cancel BTCUSDT {order}" in repr(portfolio)
    assert line_of(portfolio, "USDT")[-2:] == ["99,400", "600"]
    portfolio.refresh()
    assert f"<code>%binance cancel BTCUSDT {order}</code>" in portfolio.content.children[2].value


def test_events_of_the_account_change_it_without_asking(portfolio: Portfolio, session: Session) -> None:
    """Balances are told as they are then; an order appears, changes, and is gone when it is done."""
    weight = session.status()["weight_used"]
    ledger = portfolio._ledger
    ledger.take(told("outboundAccountPosition", B=[{"a": "BTC", "f": "0.25", "l": "0.50"}]))
    ledger.take(order_told("PARTIALLY_FILLED"))
    during = repr(portfolio)
    ledger.take(order_told("FILLED", z="0.5"))

    assert [line_of(portfolio, "BTC")[at] for at in (1, -2, -1)] == ["0.75", "0.25", "0.5"]
    assert "BTCUSDT  SELL  LIMIT  99,000  0.5       0.1     %binance cancel BTCUSDT 7" in during
    assert "No open orders." in repr(portfolio)
    assert weight == session.status()["weight_used"]


def test_an_event_that_comes_while_it_asks_is_not_overtaken_by_the_answer(portfolio: Portfolio) -> None:
    """The answer may be from before it."""
    ledger = portfolio._ledger
    ledger.ask()
    ledger.take(told("outboundAccountPosition", B=[{"a": "BTC", "f": "3", "l": "0"}]))
    ledger.load([{"asset": "BTC", "free": "1", "locked": "0"}], [])

    assert line_of(portfolio, "BTC")[1] == "3"


def test_an_amount_that_came_without_a_balance_has_it_ask_again(portfolio: Portfolio) -> None:
    """A deposit tells what came and not what there is."""
    before = portfolio._ledger.is_stale
    portfolio._ledger.take(told("balanceUpdate", a="BTC", d="1", T=0))

    assert (before, portfolio._ledger.is_stale) == (False, True)


def test_it_counts_in_another_asset_when_asked(portfolio: Portfolio) -> None:
    """The same figures, told otherwise; the choice is a control of the widget."""
    portfolio.content.children[3].children[0].value = "BTC"

    assert portfolio.quote == "BTC"
    assert line_of(portfolio, "BTC")[2] == "1.0000000"
    assert "5.0746028 BTC" in repr(portfolio)


def test_an_asset_that_nothing_is_traded_for_is_refused(session: Session) -> None:
    """Before anything is shown, with a line to paste."""
    with pytest.raises(UsageError, match="Nothing is traded for 'USTD' here") as refused:
        Portfolio(session, "ustd")

    assert (refused.value.culprit, refused.value.suggestion) == ("USTD", "%binance portfolio --quote USDT")


@pytest.mark.parametrize(
    ("place", "reason", "remedy"),
    [
        ("testnet", "needs an API key and testnet has none: nothing was sent.", "%binance keys asks for a key"),
        ("market", "not served by the keyless market data host.", "It is served by live, testnet, demo and sandbox."),
    ],
)
def test_without_a_key_it_says_why_and_what_to_do(place: str, reason: str, remedy: str) -> None:
    """Inside the widget and in its twins; nothing leaves this machine."""
    with connect(place) as session:
        portfolio = Portfolio(session)
        portfolio.refresh()
        portfolio.follow()

    assert reason in portfolio.problem
    assert remedy in portfolio.content.children[0].value
    assert all(words in repr(portfolio) for words in (reason, remedy))
    assert picture_size(portfolio.picture())["width"] == 640


def test_it_is_shown_with_its_twins(portfolio: Portfolio) -> None:
    """A widget, a picture and text."""
    data, metadata = portfolio._repr_mimebundle_()

    assert set(data) == {VIEW, "image/png", "text/plain"}
    assert picture_size(base64.b64decode(data["image/png"])).items() <= metadata["image/png"].items()


def test_texts_from_outside_are_no_html(portfolio: Portfolio) -> None:
    """An asset may be called whatever it likes."""
    portfolio._ledger.take(told("outboundAccountPosition", B=[{"a": "<b>X", "f": "1", "l": "0"}]))
    portfolio.paint_now()

    assert "&lt;b&gt;X" in portfolio.content.children[1].value
    assert "<b>X" not in portfolio.content.children[1].value


def test_closed_it_follows_nothing(fresh_sandbox: Session) -> None:
    """The feeds that displaying it opened are closed with it."""
    portfolio = Portfolio(fresh_sandbox)
    portfolio.follow()
    feeds = list(portfolio._feeds)
    portfolio.close()

    assert feeds != []
    assert all(feed.is_closed for feed in feeds)
