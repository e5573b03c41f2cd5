"""The events of an account, as a person holds them; on a sandbox whose clock stands."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from decimal import Decimal

import pytest

from binance_nb import Session, connect
from binance_nb.client import Client, Prepared, Reply
from binance_nb.environment import resolve
from binance_nb.errors import AuthenticationError, CredentialsError, StreamError, TransportError, UsageError
from binance_nb.keys import conceal
from binance_nb.streams.user import UserFeed
from tests.streams.events import wait_for
from tests.streams.user.conftest import QUICK, Followed, following_of

Follow = Callable[..., Followed]


def test_an_order_is_told_as_it_goes_on(session: Session, follow: Follow) -> None:
    """Accepted, filled, and what is held after it."""
    followed = follow(session, symbols=["BTCUSDT"])

    session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))

    assert [("stream", "BTCUSDT", "NEW", "NEW", "0"), ("stream", "BTCUSDT", "TRADE", "FILLED", "0.001")] == (
        followed.words()
    )
    assert [("stream", "USDT", "BTC")] == followed.words("outboundAccountPosition")
    last = followed.feed.events("executionReport")[-1]
    assert ("FILLED", Decimal("0.00100000")) == (last.order_status, last.cumulative_filled_quantity)


def test_a_frame_holds_the_orders_and_says_how_it_learnt_of_them(session: Session, follow: Follow) -> None:
    """Without a kind it is that of orders; what REST told has no execution id."""
    followed = follow(session, symbols=["BTCUSDT"])
    session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))
    followed.cut()
    session.new_order("BTCUSDT", "SELL", "MARKET", quantity="0.001")
    followed.mend()

    frame = followed.feed.to_frame()

    assert ["stream", "stream", "rest", "rest"] == list(frame["source"])
    assert ["NEW", "FILLED", "NEW", "FILLED"] == list(frame["order_status"])
    assert [False, False, True, True] == list(frame["execution_id"].isna())
    assert "float64" == str(frame["cumulative_filled_quantity"].dtype)
    assert "event_time" == frame.index.name
    assert ["BTC", "USDT"] == sorted(set(followed.feed.to_frame("outboundAccountPosition")["asset"]))


def test_money_from_outside_is_told(session: Session, follow: Follow) -> None:
    """As a change, and as what is held after it."""
    followed = follow(session, symbols=["BTCUSDT"])
    assert session.sandbox is not None

    session.sandbox.deposit("USDT", "25")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))

    assert [Decimal(25)] == [event.delta for event in followed.feed.events("balanceUpdate")]


def test_two_feeds_of_one_account_are_both_told(session: Session, follow: Follow) -> None:
    """A second connection takes nothing from the first."""
    feeds = [follow(session), follow(session)]

    session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    feeds[0].wait_for(lambda: all(each.words("outboundAccountPosition") for each in feeds))

    assert feeds[0].words() == feeds[1].words()
    assert 2 == len(feeds[0].words())


def test_a_place_without_a_websocket_api_is_refused() -> None:
    """The market data host has accounts of nobody."""
    with pytest.raises(UsageError, match="no user events at market") as caught:
        UserFeed(Client(resolve("market")))

    assert "%binance use sandbox" == caught.value.suggestion


def test_without_a_key_it_says_how_to_give_one() -> None:
    """Nothing is contacted."""
    with pytest.raises(CredentialsError, match="no key for testnet") as caught:
        UserFeed(Client(resolve("testnet")))

    assert "%binance keys --env testnet" == caught.value.suggestion


def test_a_key_of_another_host_is_not_sent(session: Session) -> None:
    """Nothing is contacted."""
    with pytest.raises(CredentialsError, match="belongs to 127"):
        UserFeed(Client(resolve("testnet"), session.client.credentials))


def test_a_refused_key_ends_it_with_the_reason(session: Session, follow: Follow) -> None:
    """The error is that of a call, with what to do."""
    held = session.client.credentials
    assert held is not None
    client = copy(session.client)
    client.credentials = replace(held, api_key=conceal("x" * 64))

    followed = follow(session, client=client, is_awaited=False)

    with pytest.raises(AuthenticationError, match="API-key") as caught:
        followed.feed.wait_ready(30)
    assert "%binance keys" == caught.value.suggestion
    assert followed.feed.is_closed
    assert caught.value.message == followed.feed.problem


def test_a_closed_feed_keeps_what_came(session: Session, follow: Follow) -> None:
    """And waits for nothing any more."""
    followed = follow(session, symbols=["BTCUSDT"])
    session.new_order("BTCUSDT", "BUY", "MARKET", quantity="0.001")
    followed.wait_for(lambda: followed.words("outboundAccountPosition"))

    followed.feed.close()

    assert 2 == len(followed.feed.to_frame())
    assert "closed" == followed.feed.state.status
    with pytest.raises(StreamError, match="closed"):
        followed.feed.wait(count=9)
    assert "UserFeed(user events: closed, 3 events)" == repr(followed.feed)


def test_a_feed_that_nobody_holds_ends(session: Session) -> None:
    """Re-running a cell leaves no ghost behind."""
    feed = UserFeed(session.client, policy=QUICK)
    feed.wait_ready()
    connection, gone = following_of(feed).connection, weakref.ref(feed)

    del feed
    wait_for(lambda: gc.collect() >= 0 and gone() is None)  # a thread that told it something may just be leaving
    wait_for(lambda: connection.state.status == "closed")

    assert gone() is None
    assert "closed" == connection.state.status


def test_a_feed_that_goes_while_rest_is_asked_waits_for_nothing(session: Session) -> None:
    """The call that is on its way ends by itself, on a thread that holds up neither the notebook nor its end."""
    client, desk = copy(session.client), _HeldDesk()
    client.transport = desk
    feed = UserFeed(client, policy=QUICK)
    assert desk.asked.wait(30)
    connection, gone = following_of(feed).connection, weakref.ref(feed)
    workers = [each for each in threading.enumerate() if each.name == "binance_nb worker"]

    del feed
    gc.collect()
    state_while_held = connection.state.status
    desk.release.set()
    for worker in workers:
        worker.join(30)

    assert (None, "closed") == (gone(), state_while_held)
    assert [(True, False)] == list({(each.daemon, each.is_alive()) for each in workers})


class _HeldDesk:
    """A transport that takes calls and answers none, until it is told to fail them."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.release = threading.Event()

    def send(self, prepared: Prepared, *, timeout_seconds: float) -> Reply:
        self.asked.set()
        self.release.wait(60)
        raise TransportError("It was held.", operation=prepared.operation)

    def close(self) -> None:
        """Nothing is held open."""


def test_events_are_collected_for_a_while() -> None:
    """By the exchange's clock, which has to run for that."""
    with connect("sandbox", seed=1, speed=100) as session, UserFeed(session.client) as feed:
        frame = feed.collect("20s")

    assert frame.empty
    assert "executionReport" == frame.attrs["binance"]["kind"]
    assert feed.is_closed


def test_a_standing_clock_is_not_waited_for(session: Session) -> None:
    """It says so at once."""
    with UserFeed(session.client) as feed:
        feed.wait_ready()
        with pytest.raises(UsageError, match="stands still"):
            feed.collect("10s")
