"""The explorer on a real sandbox: finding, filling in, checking, running; and lines that make the same frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_nb import Session, connect
from binance_nb.catalog import ENDPOINTS, Endpoint, Kind
from binance_nb.errors import BinanceError
from binance_nb.grammar import bind, tokenise
from binance_nb.notebook.verbs import command_for
from binance_nb.reading import options_of
from binance_nb.rendering import example_words
from binance_nb.widgets.explore import Explore
from binance_nb.widgets.explore_call import ExploreCall, found_symbols

READS = [endpoint for endpoint in ENDPOINTS.values() if endpoint.method == "GET"]


@pytest.fixture
def explore(session: Session) -> Iterator[Explore]:
    made = Explore(session)
    yield made
    made.close()


@pytest.fixture(scope="module")
def traded(session: Session) -> Session:
    """A session whose account has something to tell."""
    session.buy("BTCUSDT", "0.001")
    session.buy("BTCUSDT", "0.001", price="50000")
    session.sell("BTCUSDT", "0.001", take_profit="80000", stop_loss="50000")
    return session


def settle(explore: Explore) -> Explore:
    explore._worker.join(30)
    return explore


def filled(explore: Explore, **texts: str) -> Explore:
    if "symbol" in texts:
        explore.search.field.value = texts.pop("symbol")
    explore.fields.fill(texts)
    return settle(explore)


def run(explore: Explore) -> Explore:
    explore.run.click()
    return settle(explore)


def run_line(session: Session, line: str) -> Any:
    """Run a magic line as the notebook does, once it is understood."""
    name, words = understood(line)
    return session.call(name, **words)


def understood(line: str) -> tuple[str, dict[str, Any]]:
    """The call that a line means; the notebook reads a number of rows as such."""
    verb, *rest = tokenise(line.removeprefix("%binance "))
    command = command_for(verb.value)
    assert command is not None
    bound = bind(rest, command, {})
    options = {name: int(str(value)) if name == "max_rows" else value for name, value in bound.options.items()}
    return bound.verb, {**bound.words, **options}


def choose(explore: Explore, name: str) -> None:
    group = next(each for each in explore._groups if ENDPOINTS[name] in each.endpoints)
    explore.group.value = group.label
    explore.call_field.value = name


@pytest.mark.parametrize("endpoint", READS, ids=lambda endpoint: endpoint.name)
def test_every_read_can_be_filled_in_and_its_lines_make_the_same_frame(traded: Session, endpoint: Endpoint) -> None:
    """The frame in the widget, that of the magic line and that of the Python call are one."""
    explore = Explore(traded)
    choose(explore, endpoint.name)
    words = {endpoint.by_name[name].python_name: text for name, text in example_words(endpoint).items()}
    words |= _real_ids(traded, words)
    filled(explore, **words)
    run(explore)
    explore.close()
    by_python = eval(explore.python.text, {"session": traded})

    assert (explore.error, explore._problem_shown) == (None, "")
    assert explore.frame is not None
    pd.testing.assert_frame_equal(explore.frame, run_line(traded, explore.magic.text))
    pd.testing.assert_frame_equal(explore.frame, by_python)


def _real_ids(session: Session, words: dict[str, str]) -> dict[str, str]:
    """Ids that exist, for the parameters that name one."""
    ids = {"order_id": "order_id", "order_list_id": "order_list_id"}
    orders = session.all_orders("BTCUSDT")
    return {name: str(orders[column].iloc[-1]) for name, column in ids.items() if name in words}


SPANS = st.sampled_from(["-3h", "2024-06-01", "2024-05-31 12:00", "-90m", "1717236000000"])
TEXTS = {
    "limit": st.integers(1, 5).map(str),
    "start": SPANS,
    "tz": st.sampled_from(["UTC", "Europe/Berlin", "+02:00"]),
    "exact": st.just("true"),
    "closed": st.just("true"),
    "symbols": st.sampled_from(["BTCUSDT", "BTCUSDT,ETHUSDT", '["ETHUSDT"]']),
    "symbol": st.sampled_from(["BTCUSDT", "ETHUSDT", " ethbtc "]),
    "time_zone": st.sampled_from(["+02:00", "0"]),
    "window_size": st.just("2h"),
    "interval": st.sampled_from(["1m", "1h"]),
    "omit_zero_balances": st.sampled_from(["true", "false"]),
    "permissions": st.sampled_from(["SPOT", "SPOT,MARGIN"]),
    "show_permission_sets": st.just("false"),
    "max_rows": st.just("2000"),
}


@st.composite
def calls(draw: st.DrawFn) -> ExploreCall:
    endpoint = draw(st.sampled_from([each for each in READS if not each.example_after]))
    texts = {name: _text(endpoint, name, text) for name, text in example_words(endpoint).items()}
    names = [name for name in (*endpoint.by_python_name, *options_of(endpoint)) if name in TEXTS]
    chosen = draw(st.sets(st.sampled_from(names), max_size=4)) if names else set()
    more = {name: draw(TEXTS[name]) for name in sorted(chosen)}
    named = {endpoint.by_name[name].python_name: text for name, text in texts.items()}
    return ExploreCall(endpoint.name, named | more)


def _text(endpoint: Endpoint, name: str, text: str) -> str:
    return text.lower() if endpoint.by_name[name].kind is Kind.BOOLEAN else text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(call=calls())
def test_whatever_passes_the_checks_is_the_same_as_a_line_and_in_python(session: Session, call: ExploreCall) -> None:
    """Texts of fields, words of the line and arguments of the call mean one thing; what is refused is refused alike."""
    call = ExploreCall(call.name, {**call.texts, "symbol": call.texts.get("symbol", "").strip().upper()})
    name, words = understood(call.magic())

    assert _outcome(session, call.name, call.words) == _outcome(session, name, words)
    assert _outcome(session, call.name, call.words) == _outcome(session, *_python(call))


def _python(call: ExploreCall) -> tuple[str, dict[str, Any]]:
    """Read the Python text as Python does, and bind it as the session's method does."""
    taken: dict[str, Any] = {}

    class Taking:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def method(*placed: Any, **named: Any) -> None:
                places = [parameter.python_name for parameter in ENDPOINTS[name].positional]
                taken.update(zip(places, placed, strict=False), **named)

            return method

    eval(call.python(), {"session": Taking()})
    return call.name, taken


def _outcome(session: Session, name: str, words: dict[str, Any]) -> Any:
    """What would be sent, or why it is refused."""
    try:
        session.check(name, **words)
        options = {option: words[option] for option in ("exact", "closed", "part", "tz", "max_rows") if option in words}
        return dict(session.prepare(name, **words).sent), {option: str(value) for option, value in options.items()}
    except BinanceError as error:
        return type(error), error.message


def test_typing_narrows_the_symbols_and_a_card_takes_one(explore: Explore) -> None:
    """Cards tell assets and status; pressing one is choosing it."""
    filled(explore, symbol="eth")
    cards = [card.description for card in explore.search.cards if card.description]
    explore.search.cards[1].click()

    assert "ETHUSDT · ETH/USDT · TRADING" in cards
    assert all("ETH" in card for card in cards)
    assert cards[1].startswith(explore.search.text)


def test_symbols_are_found_by_beginning_part_and_slip(session: Session) -> None:
    """In this order, and not more than wanted."""
    session.exchange_info()
    known = session.client.symbols

    assert found_symbols("BTCUSDT", known, 3)[0] == "BTCUSDT"
    assert found_symbols("btc/us", known, 3)[0].startswith("BTCUS")
    assert "BTCUSDT" in found_symbols("BTCUDST", known, 6)
    assert len(found_symbols("", known, 4)) == 4


@pytest.mark.parametrize(
    ("texts", "said", "mended"),
    [
        ({"limit": "5000"}, "at most 1000", {"limit": "1000"}),
        ({"limit": "abc"}, "whole number", None),
        ({"start": "-30x"}, "cannot be read as a time", None),
        ({"symbol": "btcusdtt"}, "no symbol BTCUSDTT", {"symbol": "BTCUSDT"}),
        ({"tz": "Mars"}, "Mars", None),
        ({"start": "now", "end": "-1d"}, "does not lie before the end", None),
        ({"max_rows": "many"}, "no number of rows", None),
    ],
)
def test_what_is_wrong_is_said_at_once_with_what_would_be_right(
    session: Session, explore: Explore, texts: dict[str, str], said: str, mended: dict[str, str] | None
) -> None:
    """Before anything is sent, and a button takes the right value."""
    session.exchange_info()
    sent = len(_log(session))
    filled(explore, **texts)
    shown, is_off, lines = explore._problem_shown, explore.run.disabled, explore.magic.text
    explore.run.click()
    if mended:
        explore.mend.click()
    settle(explore)

    assert said in shown
    assert (is_off, lines) == (True, "")
    assert len(_log(session)) == sent
    assert explore.run.disabled is (mended is None)


def _log(session: Session) -> list[dict[str, Any]]:
    assert session.sandbox is not None
    return session.sandbox.log(limit=1000)


def test_a_range_tells_its_moments_and_what_it_would_take(explore: Explore) -> None:
    """In UTC, whatever was typed; and its plan, before it is run."""
    filled(explore, start="2024-05-01", tz="Europe/Berlin")
    moments, cost = explore._moments.value, explore._cost.value
    explore.plan.click()
    settle(explore)

    assert "from 2024-04-30 22:00:00 UTC to now" in moments
    assert "weight 2 an answer" in cost
    assert "1 request, 2 of weight" in explore._cost.value


def test_a_range_past_the_ceiling_can_be_allowed(explore: Explore) -> None:
    """The plan says how many rows it is, and a button allows them."""
    filled(explore, interval="1s", start="-3d")
    explore.plan.click()
    settle(explore)
    offered = explore.mend.description
    explore.mend.click()

    assert offered.startswith("Allow 259,2")
    assert "--max-rows 2592" in explore.magic.text


def test_a_run_shows_the_frame_and_what_it_took(explore: Explore) -> None:
    """The table stands in the widget, the frame is there for the next cell."""
    run(filled(explore, start="-2d"))

    assert explore.frame is not None
    assert len(explore.frame) == 49
    assert "took weight 2 in 1 request" in explore._state.value
    assert "<table" in explore.table.value


def test_of_two_runs_the_second_stays(explore: Explore) -> None:
    """Whichever is answered first."""
    filled(explore, interval="1m", start="-2d")
    explore.run.click()
    filled(explore, interval="1h", start="-3h")
    run(explore)

    assert explore.frame is not None
    assert len(explore.frame) == 4


def test_an_error_is_a_card_in_the_widget(session: Session, explore: Explore) -> None:
    """With what to do; the frame of before stays."""
    run(explore)
    before = explore.frame
    assert session.sandbox is not None
    with session.sandbox.faults("klines", kind="403", count=1):
        run(explore)

    assert "HTTP status" in explore.table.value
    assert explore.frame is before
    assert isinstance(explore.error, BinanceError)


def test_calls_that_need_a_key_are_offered_where_there_is_one() -> None:
    """Elsewhere it is said why not; a host with market data only serves fewer still."""
    with connect("market") as session:
        explore = Explore(session)
        labels = [group.label for group in explore._groups]

        assert "Account" not in labels
        assert "not served by market" in explore._fewer.value
        assert "klines" in explore.call_field.options


def test_every_parameter_says_its_type_its_default_and_whether_it_must_be(explore: Explore) -> None:
    """From the declaration; choices are lists."""
    rows = {row.children[0].description: row.children[1].value for row in explore.fields.box.children}

    assert "Required" in rows["interval *"]
    assert "1M" in [value for _, value in explore.fields.controls["interval"].options]
    assert "Whole number" in rows["limit"]
    assert "500 if left out; at most 1000" in rows["limit"]


def test_the_twins_stand_alone(explore: Explore) -> None:
    """Text and picture, without a widget."""
    run(filled(explore, start="-2d"))
    data, _metadata = explore._repr_mimebundle_()

    assert data["text/plain"].splitlines()[1:] == [
        "  %binance klines BTCUSDT 1h --start -2d",
        '  session.klines("BTCUSDT", "1h", start="-2d")',
        "  %binance klines BTCUSDT 1h --start -2d: 49 rows: took weight 2 in 1 request",
    ]
    assert data["image/png"]
