"""A session on the real sandbox: every endpoint a method, every answer a typed frame."""

from __future__ import annotations

import inspect
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import binance_nb
from binance_nb import Session, connect
from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import CredentialsError, FilterViolation, OrderRejected, PreflightError, SandboxError, UsageError

ROOT = Path(__file__).resolve().parent.parent


def test_every_endpoint_is_a_method_with_its_signature_and_docstring() -> None:
    """Names, defaults and documentation come from the one declaration."""
    for name, endpoint in ENDPOINTS.items():
        method = getattr(Session, name)
        arguments = inspect.signature(method).parameters

        assert endpoint.about in method.__doc__
        assert f"{endpoint.method} {endpoint.path}" in method.__doc__
        assert {parameter.python_name for parameter in endpoint.asked} <= set(arguments)
        assert "timestamp" not in arguments


def test_the_stub_is_what_the_catalog_says() -> None:
    """Type checkers see the methods that exist; `python tools/make_stub.py` writes them anew."""
    made: dict[str, object] = {"__name__": "make_stub", "__file__": str(ROOT / "tools" / "make_stub.py")}
    exec((ROOT / "tools" / "make_stub.py").read_text(encoding="utf-8"), made)

    assert (ROOT / "binance_nb" / "session.pyi").read_text(encoding="utf-8") == made["stub"]()  # type: ignore[operator]  # it is a function


def test_candles_are_typed_and_say_where_they_come_from(session: Session) -> None:
    """Times are UTC, prices floats, and the attributes tell the call, the place and the price."""
    candles = session.klines("BTCUSDT", "1h", start="2024-05-31", end="2024-06-01")

    assert "datetime64[ms, UTC]" == str(candles.index.dtype)
    assert ["float64"] * 4 == [str(candles[name].dtype) for name in ("open", "high", "low", "close")]
    assert 24 == len(candles)
    assert candles["closed"].all()
    facts = candles.attrs["binance"]
    assert "klines" == facts["operation"]
    assert facts["environment"].startswith("SANDBOX")
    assert 2 == facts["weight"]
    json.dumps(facts)


def test_start_is_inclusive_and_end_exclusive(session: Session) -> None:
    """Two days that meet do not share a candle."""
    first = session.klines("ETHUSDT", "1h", start="2024-03-01", end="2024-03-02")
    second = session.klines("ETHUSDT", "1h", start="2024-03-02", end="2024-03-03")
    raw = session.klines("ETHUSDT", "1h", start_time="2024-03-01", end_time="2024-03-02")

    assert [24, 24, 25] == [len(first), len(second), len(raw)]
    assert first.index.intersection(second.index).empty


def test_the_unfinished_candle_is_marked_and_can_be_left_out(session: Session) -> None:
    """The candle of this very hour is not closed."""
    candles = session.klines("BTCUSDT", "1h", start="-3h")
    closed = session.klines("BTCUSDT", "1h", start="-3h", closed=True)

    assert [True, True, True, False] == candles["closed"].tolist()
    assert closed.equals(candles.iloc[:3])


def test_digits_survive_on_request(session: Session) -> None:
    """``exact=True`` gives the Decimals that were sent, ``raw=True`` the very JSON."""
    exact = session.klines("SHIBUSDT", "1m", limit=1, exact=True)
    raw = session.klines("SHIBUSDT", "1m", limit=1, raw=True)

    assert Decimal(raw[0][4]) == exact["close"].iloc[0]
    assert raw[0][4] == str(exact["close"].iloc[0])


def test_times_can_be_read_in_another_zone(session: Session) -> None:
    """A zone changes how times are written in and read, not which moments they are."""
    berlin = session.klines("BTCUSDT", "1h", start="2024-05-01", end="2024-05-02", tz="Europe/Berlin")

    assert "datetime64[ms, Europe/Berlin]" == str(berlin.index.dtype)
    assert pd.Timestamp("2024-04-30T22:00Z") == berlin.index[0]


def test_an_order_is_placed_found_and_taken_back(session: Session) -> None:
    """Place, look up by our own id, list, cancel."""
    price = session.ticker_price("BTCUSDT")["price"].iloc[0]
    placed = session.new_order(
        "BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity=Decimal("0.01"), price=Decimal(int(price * 0.9))
    )
    own_id = placed["client_order_id"].iloc[0]

    found = session.get_order("BTCUSDT", orig_client_order_id=own_id)
    listed = session.open_orders("BTCUSDT")
    gone = session.cancel_order("BTCUSDT", order_id=int(placed["order_id"].iloc[0]))

    assert "NEW" == found["status"].iloc[0]
    assert own_id in listed["client_order_id"].tolist()
    assert "CANCELED" == gone["status"].iloc[0]
    assert session.open_orders("BTCUSDT").empty


def test_the_sandbox_refuses_what_the_exchange_would(session: Session) -> None:
    """A price off the tick breaks a filter, an order beyond the balance is rejected; a session sends neither."""
    wrong = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": "0.01"}

    with pytest.raises(FilterViolation, match="PRICE_FILTER"):
        session.client.call("new_order", **wrong, price="60000.001")
    with pytest.raises(OrderRejected, match="insufficient balance"):
        session.client.call("new_order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="100")
    with pytest.raises(PreflightError, match="PRICE_FILTER"):
        session.call("new_order", **wrong, price="60000.001")


def test_a_symbol_beyond_ascii_works_like_any_other(session: Session) -> None:
    """Signed and unsigned calls carry it whole."""
    symbol = "这是测试币456"
    ticker = session.ticker_price(symbol)
    placed = session.test_order(symbol, "BUY", "MARKET", quantity="10")

    assert [symbol] == ticker.index.tolist()
    assert placed.empty


def test_wrong_options_are_refused_before_sending(session: Session) -> None:
    """A part, a zone or an option that does not exist is named with what does."""
    used = session.status()["weight_used"]
    with pytest.raises(UsageError, match="bds") as caught:
        session.depth("BTCUSDT", part="bds")
    with pytest.raises(UsageError, match="Mars"):
        session.klines("BTCUSDT", "1m", tz="Mars")
    with pytest.raises(UsageError, match="start"):
        session.call("trades", symbol="BTCUSDT", start="-1d")
    with pytest.raises(UsageError, match="before the end"):
        session.klines("BTCUSDT", "1m", start="2024-02-01", end="2024-01-01")

    assert "bids" in str(caught.value.suggestion)
    assert used == session.status()["weight_used"]


def test_connecting_checks_what_it_is_given() -> None:
    """Sandbox options belong to the sandbox, the data host takes no key, half a key pair is none."""
    with pytest.raises(UsageError, match="sandbox"):
        connect("market", seed=3)
    with pytest.raises(CredentialsError):
        connect("market", api_key="k" * 64, secret_key="s" * 64)
    with pytest.raises(CredentialsError, match="secret key"):
        connect("testnet", api_key="k" * 64)
    with pytest.raises(UsageError, match="testnt"):
        connect("testnt")


def test_keys_come_from_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables named for the environment are read, and half of them is refused."""
    monkeypatch.setenv("BINANCE_TESTNET_API_KEY", "k" * 64)
    with pytest.raises(CredentialsError, match="BINANCE_TESTNET_SECRET_KEY"):
        connect("testnet")
    monkeypatch.setenv("BINANCE_TESTNET_SECRET_KEY", "s" * 64)

    status = connect("testnet").status()

    assert "environment variables" == status["key_source"]
    assert connect("market").status()["key"] is None


def test_a_sandbox_that_is_gone_is_named(fresh_sandbox: Session) -> None:
    """After its process ended the error says so, and how to get a new one."""
    assert fresh_sandbox.sandbox is not None
    fresh_sandbox.sandbox.stop()

    with pytest.raises(SandboxError, match="gone") as caught:
        fresh_sandbox.ticker_price("BTCUSDT")

    assert "use sandbox" in str(caught.value.suggestion)


def test_the_same_seed_tells_the_same_story(fresh_sandbox: Session, session: Session) -> None:
    """Two sandboxes of one seed and time agree on prices and on the ids of orders."""
    frames = [where.klines("BNBUSDT", "15m", start="-1d") for where in (fresh_sandbox, session)]

    assert frames[0].equals(frames[1])


def test_the_public_face_is_small() -> None:
    """What a script needs hangs on the package, and nothing else does."""
    assert binance_nb.__version__
    assert binance_nb.connect is connect
    with pytest.raises(AttributeError):
        _ = binance_nb.nothing_of_that_name


def test_recorded_candles_are_served_and_named(real_folder: Path) -> None:
    """A recorded day comes out candle for candle, its hours are their exact sums, and the frame says so."""
    with zipfile.ZipFile(real_folder / "BTCUSDT-1m-2020-01-01.zip") as recorded:
        lines = recorded.read("BTCUSDT-1m-2020-01-01.csv").decode().splitlines()
    rows = [line.split(",") for line in lines]
    with connect("sandbox", archives=real_folder, frozen="2020-01-03") as session:
        minutes = session.klines("BTCUSDT", "1m", start="2020-01-01", end="2020-01-02")
        hours = session.klines("BTCUSDT", "1h", start="2020-01-01", end="2020-01-02", exact=True)
        across = session.klines("BTCUSDT", "1m", start="2019-12-31 23:00", end="2020-01-01 01:00")

    assert 1440 == len(minutes)
    assert [int(row[0]) for row in rows] == (minutes.index.astype("int64")).tolist()
    for place, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
        assert [float(row[place]) for row in rows] == minutes[name].tolist()
    for hour in range(24):
        within = rows[hour * 60 : hour * 60 + 60]
        assert sum(Decimal(row[5]) for row in within) == hours["volume"].iloc[hour]
        assert sum(Decimal(row[7]) for row in within) == hours["quote_volume"].iloc[hour]
        assert max(Decimal(row[2]) for row in within) == hours["high"].iloc[hour]
        assert min(Decimal(row[3]) for row in within) == hours["low"].iloc[hour]
        assert sum(int(row[8]) for row in within) == hours["trade_count"].iloc[hour]
    made_of = [frame.attrs["binance"]["made_of"] for frame in (minutes, hours, across)]
    assert ["recorded", "recorded", "mixed"] == made_of


def test_a_dry_run_asks_nobody_and_uses_up_no_id(fresh_sandbox: Session) -> None:
    """What a call would send can be looked at any number of times; the next placement is the one that was shown."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": "0.01"}
    looks = [fresh_sandbox.prepare("new_order", **order, price=50000) for _ in range(3)]
    used = fresh_sandbox.status()["weight_used"]

    placed = fresh_sandbox.new_order(**order, price=50000)  # type: ignore[arg-type]  # every value of it is a text

    assert 1 == len({look.sent["newClientOrderId"] for look in looks})
    assert looks[0].sent["newClientOrderId"] == placed["client_order_id"].iloc[0]
    assert 0 == used


def test_times_come_to_the_microsecond_when_asked_for(session: Session) -> None:
    """A range of any length holds the same candles, its times finer; an unknown unit is refused."""
    asked = {"symbol": "BTCUSDT", "interval": "1m", "start": "2024-05-01", "end": "2024-05-02"}
    fine, coarse = session.call("klines", **asked, time_unit="us"), session.call("klines", **asked)

    assert "datetime64[us, UTC]" == str(fine.index.dtype)
    assert 1440 == len(fine)
    assert (fine.index == coarse.index).all()
    assert fine["close"].equals(coarse["close"].set_axis(fine.index))
    assert 999_999 == fine["close_time"].iloc[0].microsecond
    assert fine["closed"].all()
    with pytest.raises(UsageError, match="time unit"):
        session.klines("BTCUSDT", "1m", time_unit="ns")


def test_a_symbols_filters_are_a_table_of_their_own(session: Session) -> None:
    """A row a filter, its numbers as numbers, beside the symbol it binds."""
    filters = session.exchange_info(symbols=["BTCUSDT", "ETHUSDT"], part="filters")

    lots = filters[filters["filter_type"] == "LOT_SIZE"].set_index("symbol")
    assert ["BTCUSDT", "ETHUSDT"] == lots.index.tolist()
    assert 0.00001 == lots.loc["BTCUSDT", "step_size"]


def test_what_the_exchange_would_cut_silently_is_refused(session: Session) -> None:
    """A book of more than 5000 levels does not exist; asking for one says so."""
    with pytest.raises(UsageError, match="at most 5000") as caught:
        session.depth("BTCUSDT", limit=5001)

    assert "5000" == caught.value.suggestion


def test_a_wrong_keyword_is_named_with_the_nearest(session: Session) -> None:
    """Python calls know the nearest right word, too."""
    with pytest.raises(UsageError, match="limt") as caught:
        session.call("klines", symbol="BTCUSDT", interval="1h", limt=3)
    with pytest.raises(UsageError, match="limt") as also:
        getattr(session, "klines")("BTCUSDT", "1h", limt=3)  # noqa: B009  # the stub would refuse it

    assert "limit" in str(caught.value.hint)
    assert "limit" in str(also.value.hint)


def test_whatever_comes_in_pages_can_be_had_without_a_bar(session: Session) -> None:
    """Also where it is signed, and where one page is enough."""
    for frame in (session.all_orders("BTCUSDT", quiet=True), session.my_trades("BTCUSDT", start="-3d", quiet=True)):
        assert "order_id" in frame

    with pytest.raises(UsageError, match="quiet"):
        session.call("depth", symbol="BTCUSDT", quiet=True)


def test_options_that_can_do_nothing_are_refused(session: Session) -> None:
    """The answer as it came has no parts to choose from."""
    with pytest.raises(UsageError, match="raw"):
        session.exchange_info("BTCUSDT", raw=True, part="filters")
