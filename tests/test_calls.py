"""What a call gives when the exchange did only half of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from binance_nb import Session
from binance_nb.client import Client
from binance_nb.environment import Environment
from binance_nb.errors import ApiError, ExecutionUnknownError, PartialReplaceError, ReplyError
from binance_nb.keys import credentials
from binance_nb.rendering import error_card
from binance_nb.trading.accounts import Account
from binance_nb.trading.arming.interlock import Interlock
from binance_nb.trading.journal.journal import Journal
from binance_nb.trading.trader import Trader
from tests.client.scripted import Answer, ScriptedServer

Open = Callable[..., Session]
ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "MARKET",
    "quantity": "1",
    "cancel_replace_mode": "ALLOW_FAILURE",
    "cancel_order_id": 7,
}
BOTH = "both steps succeed, within unfilled limit"
ONLY_CANCELLED = "cancel succeeds, new order fails"
ONLY_PLACED = "ALLOW_FAILURE, cancel fails, new order succeeds"


@pytest.fixture(scope="module")
def documented(spec_folder: Path) -> dict[str, Answer]:
    """The documentation's answers to a cancel-replace, by when they come."""
    text = (spec_folder / "rest_examples" / "cancel_replace.json").read_text(encoding="utf-8")
    return {
        one["when"]: Answer(one["status"], json.dumps(one["body"]).encode()) for one in json.loads(text)["examples"]
    }


@pytest.fixture
def opened() -> Iterator[Open]:
    """A function that gives a session on a server with these answers."""
    with ExitStack() as stack:

        def start(*answers: Answer) -> Session:
            ticking = itertools.count(1_700_000_000_000, 10)
            server = stack.enter_context(ScriptedServer(*answers, server_time=lambda: next(ticking)))
            place = Environment("local", server.url)
            client = Client(place, credentials("k" * 64, "s" * 64, place.host))
            # Without preflight, so that the script answers the call alone.
            trader = Trader(client, Account("scripted", "scripted", False), Journal(), Interlock(place))
            return stack.enter_context(Session(client, trader=trader))

        yield start


def replace_fails(session: Session, **options: Any) -> PartialReplaceError:
    with pytest.raises(PartialReplaceError) as caught:
        session.call("cancel_replace", **ORDER, **options)
    return caught.value


@pytest.mark.parametrize(
    ("when", "part", "order_id"),
    [
        (ONLY_CANCELLED, "cancelled", 3),
        (ONLY_PLACED, "placed", 11),
        ("CANCEL_ONLY, over unfilled limit (ALLOW_FAILURE)", "cancelled", 64),
        ("CANCEL_ONLY, over unfilled limit (STOP_ON_FAILURE)", "cancelled", 64),
    ],
)
def test_the_half_that_worked_is_a_frame(
    opened: Open, documented: dict[str, Answer], when: str, part: str, order_id: int
) -> None:
    """The error holds one typed order; the half that failed has none."""
    error = replace_fails(opened(documented[when]))

    assert [part] == list(error.parts)
    frame = error.parts[part]
    assert [order_id] == frame["order_id"].tolist()
    assert "datetime64[ms, UTC]" == str(frame["transact_time"].dtype)
    assert (part, "cancel_replace", "api") == tuple(
        frame.attrs["binance"][name] for name in ("part", "operation", "source")
    )


@pytest.mark.parametrize(("part", "failed"), [("cancelled", "newOrder"), ("placed", "cancel")])
def test_a_half_is_what_part_gives_when_both_work(
    opened: Open, documented: dict[str, Answer], part: str, failed: str
) -> None:
    """The same order, as part of a whole answer and as the half in an error, is the same frame."""
    body = documented[BOTH].body
    refused = {f"{failed}Result": "FAILURE", f"{failed}Response": {"code": -2010, "msg": "No."}}
    said = {"code": -2021, "msg": "Order cancel-replace partially failed.", "data": json.loads(body) | refused}

    whole = opened(documented[BOTH]).call("cancel_replace", **ORDER, part=part)
    halves = replace_fails(opened(Answer(409, json.dumps(said).encode()))).parts

    assert [part] == list(halves)
    assert_frame_equal(whole, halves[part])


def test_exact_decimals_reach_a_half(opened: Open, documented: dict[str, Answer]) -> None:
    """The options of the call hold for the half, too."""
    error = replace_fails(opened(documented[ONLY_CANCELLED]), exact=True)

    assert ["10000.000000"] == [str(value) for value in error.parts["cancelled"]["orig_qty"]]


def test_raw_leaves_the_half_as_it_came(opened: Open, documented: dict[str, Answer]) -> None:
    """Who wants JSON gets it from the details."""
    error = replace_fails(opened(documented[ONLY_CANCELLED]), raw=True)

    assert {} == dict(error.parts)
    assert 3 == error.details["data"]["cancelResponse"]["orderId"]


def test_a_half_that_cannot_be_read_does_not_hide_what_happened(opened: Open) -> None:
    """An odd field in the reply leaves the error as it is, without a frame."""
    data = {"cancelResult": "SUCCESS", "newOrderResult": "FAILURE", "cancelResponse": {"orderId": {}}}
    body = {"code": -2021, "msg": "Order cancel-replace partially failed.", "data": data}

    error = replace_fails(opened(Answer(409, json.dumps(body).encode())))

    assert {} == dict(error.parts)
    assert data == error.details["data"]


def test_the_card_says_what_became_of_both_orders(opened: Open, documented: dict[str, Answer]) -> None:
    """Both halves stand on the card in words, before the reply itself."""
    text = error_card(replace_fails(opened(documented[ONLY_CANCELLED]))).text()

    assert "  old order    cancelled\n" in text
    assert "  new order    failure [-2010] Order would immediately match and take.\n" in text


def test_a_replace_that_failed_whole_says_so_of_both(opened: Open, documented: dict[str, Answer]) -> None:
    """No half worked: an error without frames, with both reasons."""
    with pytest.raises(ApiError) as caught:
        opened(documented["STOP_ON_FAILURE, cancel fails"]).call("cancel_replace", **ORDER)

    assert not isinstance(caught.value, PartialReplaceError)
    assert "failure [-2011] Unknown order sent." == caught.value.details["old_order"]
    assert "not attempted" == caught.value.details["new_order"]


def test_an_order_whose_answer_cannot_be_read_is_to_be_looked_up(opened: Open) -> None:
    """It was answered as one that worked, so that it failed would be the wrong news."""
    session = opened(Answer(body=b'{"symbol": "BTCUSDT", "orderId": "seven"}'))

    with pytest.raises(ExecutionUnknownError, match="order_id came as text") as caught:
        session.call("new_order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1", new_client_order_id="mine")

    assert caught.value.suggestion == "%binance get_order BTCUSDT --orig-client-order-id mine"


def test_a_read_whose_answer_cannot_be_read_is_only_that(opened: Open) -> None:
    """Nothing can have been executed."""
    session = opened(Answer(body=b'{"mins": "five"}'))

    with pytest.raises(ReplyError):
        session.call("avg_price", symbol="BTCUSDT")


def test_only_what_changes_state_is_looked_up_after_an_interrupt(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that was interrupted can simply be made again."""

    def interrupt(*args: Any, **words: Any) -> None:
        raise KeyboardInterrupt

    session = opened()
    monkeypatch.setattr(session.client.transport, "send", interrupt)

    with pytest.raises(KeyboardInterrupt) as caught:
        session.call("avg_price", symbol="BTCUSDT")

    assert not hasattr(caught.value, "__notes__")
