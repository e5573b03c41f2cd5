from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.grammar import did_you_mean, nearest

VERBS = ["ping", "time", "depth", "trades", "agg_trades", "klines", "ui_klines", "avg_price", "ticker", "ticker_price"]
INTERVALS = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]
SYMBOLS = ["BTCUSDT", "ETHUSDT", "BTCUSDC", "ETHBTC", "币安人生USDT"]
OPTIONS = ["symbol", "interval", "startTime", "endTime", "limit", "newClientOrderId", "timeInForce"]

LETTERS = "abcde"
words = st.text(LETTERS, min_size=3, max_size=8)


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("kline", VERBS, "klines"),
        ("klnies", VERBS, "klines"),
        ("klins", VERBS, "klines"),
        ("klimes", VERBS, "klines"),
        ("aggTrades", VERBS, "agg_trades"),
        ("tickers", VERBS, "ticker"),
        ("price", VERBS, "avg_price"),
        ("BTCUSD", SYMBOLS, "BTCUSDT"),
        ("BTCUSTD", SYMBOLS, "BTCUSDT"),
        ("btcusdt", SYMBOLS, "BTCUSDT"),
        ("BTC/USDT", SYMBOLS, "BTCUSDT"),
        ("BTC-USDT", SYMBOLS, "BTCUSDT"),
        ("安人生USDT", SYMBOLS, "币安人生USDT"),
        ("1min", INTERVALS, "1m"),
        ("15min", INTERVALS, "15m"),
        ("1minute", INTERVALS, "1m"),
        ("1hour", INTERVALS, "1h"),
        ("m1", INTERVALS, "1m"),
        ("start", OPTIONS, "startTime"),
        ("start-time", OPTIONS, "startTime"),
        ("lmit", OPTIONS, "limit"),
    ],
)
def test_the_word_that_was_meant_comes_first(word: str, choices: list[str], expected: str) -> None:
    """Each slip that people make leads to the word they meant."""
    found = nearest(word, choices)

    assert found[0] == expected


def test_three_letters_at_the_end_suggest_nothing() -> None:
    """Every second symbol ends with a given asset."""
    assert nearest("BTC", ["ETHBTC"]) == []


@pytest.mark.parametrize("word", ["orderbook", "candles", "xyzzy", "q", "", " ", "_", "!!"])
def test_nothing_is_suggested_when_nothing_is_near(word: str) -> None:
    """A far-off word gets no suggestion instead of a misleading one."""
    assert nearest(word, VERBS) == []


def test_other_capitals_are_the_only_answer() -> None:
    """A word that differs in capitals alone brings no further guesses."""
    assert nearest("KLINES", VERBS) == ["klines"]


def test_minutes_come_before_months_for_small_letters() -> None:
    """``1M`` is a month: both are offered, the one in the same capitals first."""
    assert nearest("1min", INTERVALS) == ["1m", "1M"]


def test_at_most_the_limit_is_given() -> None:
    """More near words than asked for are cut, the nearest kept."""
    assert nearest("2m", INTERVALS, limit=2) == ["1m", "3m"]


def test_a_choice_named_twice_is_suggested_once() -> None:
    """Aliases that repeat a name do not repeat the suggestion."""
    assert nearest("kline", ["klines", "klines"]) == ["klines"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("klnies", "Did you mean klines?"),
        ("trade", "Did you mean trades or agg_trade?"),
        ("2m", "Did you mean 1m, 3m or 5m?"),
        ("candles", None),
    ],
)
def test_suggestions_are_worded_as_a_question(word: str, expected: str | None) -> None:
    """One, two and three suggestions each read as English; none is None."""
    assert did_you_mean(word, ["klines", "trades", "agg_trade", *INTERVALS]) == expected


@given(word=words, data=st.data())
def test_one_slip_is_always_found(word: str, data: st.DataObject) -> None:
    """Any word of three letters or more is found after one letter is lost, added, replaced, or swapped."""
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    lost = word[:at] + word[at + 1 :]
    added = word[:at] + letter + word[at:]
    replaced = word[:at] + letter + word[at + 1 :]
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]

    for slip in (lost, added, replaced, swapped):
        assert nearest(slip, [word]) == [word]


@given(word=words, choice=words)
def test_what_is_suggested_is_as_near_as_a_plain_count_says(word: str, choice: str) -> None:
    """The bounds that make the search fast leave out nothing that a count without them would let in."""
    begins_or_ends = choice.startswith(word) or (len(word) > 3 and choice.endswith(word))
    is_begun_by = word.startswith(choice) and 2 * len(choice) >= len(word)
    allowed = 1 if len(word) < 6 else 2
    expected = begins_or_ends or is_begun_by or count_slips(word, choice) <= allowed

    assert bool(nearest(word, [choice])) == expected


@given(word=st.text(max_size=12), choices=st.lists(st.text(max_size=12), max_size=8), limit=st.integers(0, 5))
def test_any_text_gets_choices_only(word: str, choices: list[str], limit: int) -> None:
    """Whatever is written, the answer is a few of the choices, none twice."""
    found = nearest(word, choices, limit=limit)

    assert len(found) == len(set(found)) <= limit
    assert set(found) <= set(choices)


def count_slips(word: str, choice: str) -> int:
    """Count letters added, lost, replaced and neighbours swapped, with the whole table and no shortcut."""
    table = {(row, -1): row + 1 for row in range(-1, len(word))} | {
        (-1, col): col + 1 for col in range(-1, len(choice))
    }
    for row, col in itertools.product(range(len(word)), range(len(choice))):
        slips = [table[row - 1, col] + 1, table[row, col - 1] + 1, table[row - 1, col - 1] + (word[row] != choice[col])]
        if row and col and word[row] == choice[col - 1] and word[row - 1] == choice[col]:
            slips.append(table[row - 2, col - 2] + 1)
        table[row, col] = min(slips)
    return table[len(word) - 1, len(choice) - 1]
