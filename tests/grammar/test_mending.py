"""A wrong line put right."""

from __future__ import annotations

import pytest

from binance_nb.errors import ApiError, UsageError
from binance_nb.grammar import mended_line, tokenise


@pytest.mark.parametrize(
    ("line", "culprit", "suggestion", "expected"),
    [
        ("klines BTCUSD 1h", "BTCUSD", "BTCUSDT", "klines BTCUSDT 1h"),
        ("klines symbol=BTCUSD 1h", "BTCUSD", "BTCUSDT", "klines symbol=BTCUSDT 1h"),
        ("klines 'BTCUSD' 1h # mine", "BTCUSD", "BTCUSDT", "klines BTCUSDT 1h # mine"),
        ("ticker symbols=ETHUSDT,BTCUSD", "BTCUSD", "BTCUSDT", "ticker symbols=ETHUSDT,BTCUSDT"),
        ("klines X 1h --limt 5", "--limt", "--limit", "klines X 1h --limit 5"),
        ("klines X 1h limt=5", "limt", "limit", "klines X 1h limit=5"),
        ("klines $sybol 1h", "$sybol", "$symbol", "klines $symbol 1h"),
        ("klines X 1h --start 1.2.2024", "1.2.2024", "'2024-02-01 00:00'", "klines X 1h --start '2024-02-01 00:00'"),
        ("depth a b", "a", "two words", 'depth "two words" b'),
        (
            "klines X 1h --end '2024-01-01 Europe/Berln'",
            "Europe/Berln",
            "Europe/Berlin",
            "klines X 1h --end '2024-01-01 Europe/Berlin'",
        ),
    ],
)
def test_the_wrong_word_is_replaced_in_its_line(line: str, culprit: str, suggestion: str, expected: str) -> None:
    """A card offers a line to paste, not a word to fit in."""
    error = UsageError("wrong", culprit=culprit, suggestion=suggestion)

    assert mended_line(line, error) == f"%binance {expected}"


@pytest.mark.parametrize(
    ("line", "culprit", "suggestion"),
    [
        ("order BTCUSD BTCUSD", "BTCUSD", "BTCUSDT"),
        ("klines $symbol 1h", "BTCUSD", "BTCUSDT"),
        ("klines BTCUSD 1h", "BTCUSD", None),
        ("klines BTCUSD 1h", None, "BTCUSDT"),
    ],
)
def test_no_line_is_offered_where_the_culprit_cannot_be_found(
    line: str, culprit: str | None, suggestion: str | None
) -> None:
    """A word that stands there twice, or only in a variable, is not replaced by guesswork."""
    assert mended_line(line, ApiError("wrong", culprit=culprit, suggestion=suggestion)) is None


def test_an_option_is_added_at_the_end() -> None:
    """``--max-rows`` as the way out is a line, too."""
    error = UsageError("too long", suggestion="--max-rows 200000")

    assert mended_line("klines X 1m ", error) == "%binance klines X 1m --max-rows 200000"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("klines “BTCUSDT” 1h", 'klines "BTCUSDT" 1h'),
        ("“klines” BTCUSDT", '"klines" BTCUSDT'),
        ('klines X 1h --start"now"', 'klines X 1h --start="now"'),
        ("klines X 1h; df", "klines X 1h"),
    ],
)
def test_what_the_tokeniser_refuses_is_put_right_as_well(line: str, expected: str) -> None:
    """Its suggestions are parts of lines or whole ones; the card shows a whole one."""
    with pytest.raises(UsageError) as caught:
        tokenise(line)

    assert mended_line(line, caught.value) == f"%binance {expected}"


def test_a_suggested_line_is_left_alone() -> None:
    """Some errors know the line to run by themselves."""
    assert mended_line("account", UsageError("", suggestion="%binance keys", culprit="account")) == "%binance keys"


def test_a_suggested_option_takes_the_place_of_the_one_that_is_there() -> None:
    """Pasting the corrected line does not give the option twice."""
    error = UsageError("too many", suggestion="--max-rows 2881")

    again = mended_line("klines BTCUSDT 1m --max-rows 100 --start -2d", error)
    first = mended_line("klines BTCUSDT 1m --start -2d", error)

    assert again == "%binance klines BTCUSDT 1m --max-rows 2881 --start -2d"
    assert first == "%binance klines BTCUSDT 1m --start -2d --max-rows 2881"
