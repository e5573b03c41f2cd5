"""A session's streams on a real sandbox, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pandas as pd
import pytest

from binance_nb import Session, connect
from binance_nb.environment import Environment, resolve
from binance_nb.errors import StreamError, UsageError
from binance_nb.sandbox.launcher import SandboxProcess
from binance_nb.streams.loop import background_loop
from tests.streams.events import wait_for


@pytest.fixture(scope="module")
def quick() -> Iterator[Session]:
    """A session on a sandbox where a minute takes a second."""
    with connect("sandbox", seed=1, speed=60) as opened:
        yield opened


def test_streams_of_several_kinds_come_in_one_feed(quick: Session) -> None:
    """Each is a frame of its own, with the values that REST gives."""
    with quick.stream("BTCUSDT@trade", "ethusdt@kline_1m", ["BTCUSDT@depth5@100ms"]) as feed:
        feed.wait_ready()
        feed.wait(count=40, seconds="5m")
        trades, candles, levels = (feed.to_frame(kind, exact=True) for kind in ("trade", "kline", "partial_depth"))
    first = quick.historical_trades("BTCUSDT", from_id=int(trades["trade_id"].iloc[0]), limit=1, exact=True)

    assert {"BTCUSDT"} == set(trades["symbol"])
    assert trades["trade_id"].is_monotonic_increasing
    assert [first["price"].iloc[0], first["qty"].iloc[0]] == [trades["price"].iloc[0], trades["quantity"].iloc[0]]
    assert {"ETHUSDT"} == set(candles["symbol"])
    assert {"bid", "ask"} == set(levels["side"])
    assert "SANDBOX seed 1" == trades.attrs["binance"]["environment"]


def test_a_collection_lasts_as_long_as_the_exchange_says(quick: Session) -> None:
    """Three minutes by its clock are three seconds; no event is missing."""
    began = time.monotonic()
    frame = quick.stream("BTCUSDT@trade").collect("3m")
    took_seconds = time.monotonic() - began
    span = frame.index[-1] - frame.index[0]

    assert 3 <= took_seconds < 60
    # A busy machine sends what happened a second ago, which is a minute there.
    assert pd.Timedelta("1m") < span < pd.Timedelta("10m")
    assert [1] == sorted(set(frame["trade_id"].diff().dropna()))


def test_a_stream_may_join_a_feed_that_is_open(quick: Session) -> None:
    """And leave it."""
    with quick.stream("BTCUSDT@trade") as feed:
        feed.add("ETHUSDT@trade")
        feed.wait_ready()
        for event in feed:
            if event.symbol == "ETHUSDT":
                break
        feed.remove("BTCUSDT@trade")

        assert {"ETHUSDT"} == set(feed.to_frame()["symbol"])


def test_what_is_misspelt_is_refused_before_anything_is_opened(fresh_sandbox: Session) -> None:
    """With the symbols of exchange_info, once that has passed by."""
    before = fresh_sandbox.stream("NOSUCH@trade")
    before.close()
    fresh_sandbox.exchange_info()

    with pytest.raises(UsageError, match="no symbol BTCUSTD here") as caught:
        fresh_sandbox.stream("BTCUSTD@trade")
    assert "BTCUSDT@trade" == caught.value.suggestion


def test_a_session_that_closes_takes_its_feeds_along(quick: Session) -> None:
    """They say so, and it opens no more."""
    other = connect(quick.environment.url)
    feed = other.stream("BTCUSDT@trade")
    feed.wait(count=1)
    other.close()

    assert "The session is closed, and its streams with it." == feed.problem
    assert len(feed.to_frame())
    for refused in (lambda: other.stream("BTCUSDT@trade"), other.user_events, lambda: other.book("BTCUSDT")):
        with pytest.raises(StreamError, match="session is closed"):
            refused()


def test_a_base_url_on_this_computer_has_the_streams_of_its_host(quick: Session) -> None:
    """And the clock that is there."""
    with connect(quick.environment.url) as other:
        assert quick.environment.stream_url == other.environment.stream_url
        assert quick.environment.ws_api_url == other.environment.ws_api_url
        assert 60 == other.stream_rate()


def test_where_the_clock_stands_orders_still_move_the_book(fresh_sandbox: Session) -> None:
    """A feed is refused no connection there; only a length of time is."""
    with fresh_sandbox.stream("BTCUSDT@bookTicker") as feed:
        feed.wait_ready()
        fresh_sandbox.buy("BTCUSDT", "1")
        wait_for(lambda: feed.received > 0)
        frame = feed.to_frame()

    assert {"BTCUSDT"} == set(frame["symbol"])
    assert "received" == frame.index.name


@pytest.mark.parametrize(
    ("name", "streams", "ws_api"),
    [
        ("market", "wss://data-stream.binance.vision", ""),
        ("live", "wss://stream.binance.com:9443", "wss://ws-api.binance.com:443/ws-api/v3"),
        ("testnet", "wss://stream.testnet.binance.vision", "wss://ws-api.testnet.binance.vision/ws-api/v3"),
        ("demo", "wss://demo-stream.binance.com", "wss://demo-ws-api.binance.com/ws-api/v3"),
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000", "ws://127.0.0.1:8000/ws-api/v3"),
        ("https://api.example.com", "", ""),
    ],
)
def test_every_environment_knows_where_its_streams_are(name: str, streams: str, ws_api: str) -> None:
    """Nothing is guessed of a host that nobody knows."""
    place: Environment = resolve(name)

    assert (streams, ws_api) == (place.stream_url, place.ws_api_url)


def test_a_place_without_streams_says_so() -> None:
    """And where there are some."""
    with connect("https://api.example.com") as session, pytest.raises(StreamError, match="no market streams") as caught:
        session.stream("BTCUSDT@trade")
    with connect("market") as session, pytest.raises(StreamError, match="no events of accounts"):
        session.user_events()

    assert "%binance use sandbox" == caught.value.suggestion


def test_the_thread_of_streams_never_asks_for_the_time(sandbox: SandboxProcess) -> None:
    """It would wait for the answer, and every stream with it; who opens a stream asks."""
    with connect(sandbox.url) as session:

        async def rate() -> float:
            return session.stream_rate()

        on_loop, was_asked = background_loop().run(rate()), session.client.clock.is_synchronised
        session.stream("BTCUSDT@trade").close()

        assert (1.0, False) == (on_loop, was_asked)
        assert session.client.clock.is_synchronised


def test_what_is_opened_while_the_session_closes_is_closed(sandbox: SandboxProcess) -> None:
    """Two threads, and the second is a moment late: nobody could close its feed afterwards."""
    session = connect(sandbox.url)
    late = session.stream("BTCUSDT@trade")
    session.close()

    with pytest.raises(StreamError, match="The session is closed"):
        session._take_care_of(late)
    assert late.is_closed
