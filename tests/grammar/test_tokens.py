from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_nb.errors import ApiError, UsageError
from binance_nb.grammar import Piece, Token, expand, point_at, quote, tokenise

SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
# What the tokeniser looks at, so that chance finds the corners.
TROUBLE = st.text(st.sampled_from("ab-=1 \t'\"{}[]()$#;\\,_–“币"), max_size=24)


def only(line: str) -> Token:
    (token,) = tokenise(line)
    return token


def texts(line: str) -> list[str]:
    return [token.text for token in tokenise(line)]


def value_of(line: str, **namespace: Any) -> object:
    return expand(only(line), namespace)


def expand_all(line: str, namespace: dict[str, Any]) -> list[object]:
    return [expand(token, namespace) for token in tokenise(line)]


def refusal(line: str, **namespace: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        expand_all(line, namespace)
    return caught.value


def test_a_whole_line_falls_into_its_tokens() -> None:
    """Words, options, assignments, variables and expressions of one line keep their order and kind."""
    line = """klines BTCUSDT 1h --start -30d --end "2024-01-01 09:00" limit=500 $sym {d['x']} # comment"""

    assert [(token.kind, token.name, token.value) for token in tokenise(line)] == [
        ("word", None, "klines"),
        ("word", None, "BTCUSDT"),
        ("word", None, "1h"),
        ("option", "start", ""),
        ("word", None, "-30d"),
        ("option", "end", ""),
        ("word", None, "2024-01-01 09:00"),
        ("assignment", "limit", "500"),
        ("word", None, "$sym"),
        ("word", None, "{d['x']}"),
    ]


@pytest.mark.parametrize("line", ["", "   ", "# only a comment", " \t # and one after spaces"])
def test_a_line_without_words_has_no_tokens(line: str) -> None:
    """Nothing, spaces and comments are no tokens."""
    assert tokenise(line) == []


@pytest.mark.parametrize("word", ["-30d", "-5", "--", "--5", "-h", "-1.5", "=", "==5", "=x", "'--start'", "'a=b'"])
def test_what_is_no_option_is_a_word(word: str) -> None:
    """Negative amounts, lone dashes and equals signs, and whatever is quoted are values."""
    assert only(word).kind == "word"


@pytest.mark.parametrize(
    ("line", "name", "value", "has_value"),
    [
        ("--start", "start", "", False),
        ("--start=-30d", "start", "-30d", True),
        ("--start=", "start", "", True),
        ("--dry-run", "dry-run", "", False),
        ("--start_time='2024-01-01 09:00'", "start_time", "2024-01-01 09:00", True),
        ("--end=$t", "end", "$t", True),
        ("--note=a=b", "note", "a=b", True),
    ],
)
def test_an_option_has_a_name_and_may_have_a_value(line: str, name: str, value: str, has_value: bool) -> None:
    """``--name`` leaves its value to the next token, ``--name=`` carries it, were it empty."""
    token = only(line)

    assert (token.kind, token.name, token.value, token.has_value) == ("option", name, value, has_value)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("limit=500", "limit", "500"),
        ("startTime=", "startTime", ""),
        ("stop-price=5", "stop-price", "5"),
        ("symbols=['A', 'B']", "symbols", "['A', 'B']"),
        ("note=a=b", "note", "a=b"),
    ],
)
def test_an_assignment_has_a_name_and_a_value(line: str, name: str, value: str) -> None:
    """The first ``=`` behind a name parts the two."""
    token = only(line)

    assert (token.kind, token.name, token.value, token.has_value) == ("assignment", name, value, True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('a"b c"d', ["ab cd"]),
        ("'it is' \"so\"", ["it is", "so"]),
        ('"it\'s"', ["it's"]),
        ("''", [""]),
        ("'$name {x} # ; ['", ["$name {x} # ; ["]),
        (r"C:\tapes\new.jsonl 'a\' b", ["C:\\tapes\\new.jsonl", "a\\", "b"]),
        ("BTCUSDT,ETHUSDT", ["BTCUSDT,ETHUSDT"]),
        ('["BTCUSDT", "ETHUSDT"]', ['["BTCUSDT", "ETHUSDT"]']),
        (r'["a ]", "\"", [1, {}]]'.replace("{}", "2"), [r'["a ]", "\"", [1, 2]]']),
        ("""["$a", '{b}']""", ["""["$a", '{b}']"""]),
        ("run[1].jsonl 'a'[ b", ["run[1].jsonl", "a[", "b"]),
        ("a#b #c", ["a#b"]),
        ("$ $5 a$", ["$", "$5", "a$"]),
        ("a\u00a0b", ["a", "b"]),
        ("币安人生USDT", ["币安人生USDT"]),
    ],
)
def test_quotes_brackets_and_backslashes_stay_whole(line: str, expected: list[str]) -> None:
    """Text is joined over quotes, lists keep their spaces, and nothing else is special."""
    assert texts(line) == expected


@pytest.mark.parametrize(
    "expression",
    ["{d['x']}", '{d["}"]}', "{ {1: 2}[1] }", "{f(a, (b))}", "{'''it's }'''}", r"{'\'}'}", "{{'a': 1}}", "{2 * 3}"],
)
def test_an_expression_ends_at_its_own_brace(expression: str) -> None:
    """Braces, brackets and quotes inside an expression are passed over."""
    assert only(expression).pieces == (Piece("expression", expression[1:-1]),)


def test_pieces_tell_literal_text_from_what_is_expanded() -> None:
    """A quoted ``$name`` looks like a variable in ``text`` but not in ``pieces``."""
    token = only("x'$a'$a{b}")

    assert token.pieces == (Piece("text", "x$a"), Piece("variable", "a"), Piece("expression", "b"))
    assert (token.is_literal, only("'$a'").is_literal) == (False, True)


@pytest.mark.parametrize(
    ("line", "column", "culprit"),
    [
        ('klines "BTCUSDT 1h', 8, '"BTCUSDT 1h'),
        ("klines it's", 10, "'s"),
        ("klines {d['x']", 8, "{d['x']"),
        ("klines {it's}", 11, "'s}"),
        ("klines {''''}", 9, "''''}"),
        ('symbols=["] "BTC" ', 17, '" '),
        ("klines {d['x'}", 10, "['x'}"),
        ("klines {x}}", 11, "}"),
        ('symbols=["A", "B"', 9, '["A", "B"'),
        ("klines {}", 8, "{}"),
        ("klines [ $sym ]", 8, "[ $sym ]"),
        ("klines [{sym}]", 8, "[{sym}]"),
        ("klines BTCUSDT; df", 15, ";"),
        ("klines BTCUSDT ;", 16, ";"),
        ("klines BTCUSDT;df", 15, ";"),
        ('klines --start"x"', 8, '--start"x"'),
        ("klines —start", 8, "—"),
        ("klines “BTC", 8, "“"),
    ],
)
def test_a_broken_line_is_refused_at_the_place(line: str, column: int, culprit: str) -> None:
    """The error holds the culprit, its column, and the line with carets under it."""
    error = refusal(line)

    assert (error.details["column"], error.culprit) == (column, culprit)
    assert error.details["pointer"].splitlines() == [line, " " * (column - 1) + "^" * len(culprit)]


def test_a_semicolon_is_explained() -> None:
    """``df = %binance …; df`` gets told that the magic takes the whole line, and the line without the rest."""
    error = refusal("klines BTCUSDT 1h; df")

    assert "belongs to it" in error.message
    assert error.suggestion == "klines BTCUSDT 1h"


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("klines —start –30d", "klines --start -30d"),
        ("klines –start −30d", "klines --start -30d"),
        ("klines “BTC USDT”", 'klines "BTC USDT"'),
        ("klines --start=‘now’", "klines --start='now'"),
    ],
)
def test_typographic_signs_are_set_straight(line: str, suggestion: str) -> None:
    """A line pasted from a web page comes back with plain quotes and dashes."""
    assert refusal(line).suggestion == suggestion


def test_carets_stand_under_wide_letters_too() -> None:
    """A Chinese symbol before the culprit takes two columns a letter."""
    assert point_at("币安 x", 3, 4)["pointer"] == "币安 x\n     ^"


@pytest.mark.parametrize("line", ["$t", "{t}", "--start=$t", "start={t}", "{ t }"])
def test_a_lone_variable_or_expression_is_the_object_itself(line: str) -> None:
    """Objects stay objects, also behind an option's or an assignment's ``=``."""
    moment = object()

    assert value_of(line, t=moment) is moment


class Quote(str, enum.Enum):  # noqa: UP042 - unlike a StrEnum's, its str() is not its text
    """A text enumeration as written before Python 3.11."""

    TETHER = "USDT"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("ETH", "xETH"),
        (5, "x5"),
        (1e-07, "x0.0000001"),
        (Decimal("1E-7"), "x0.0000001"),
        (date(2024, 1, 2), "x2024-01-02"),
        (PurePosixPath("a/b"), "xa/b"),
        (Quote.TETHER, "xUSDT"),
    ],
)
def test_next_to_text_a_value_is_written_out(value: object, written: str) -> None:
    """Text, numbers (never with an exponent), dates and paths join the text around them."""
    assert value_of("x{v}", v=value) == value_of("x$v", v=value) == written


def test_pieces_join_in_their_order() -> None:
    """Whatever a value begins with, several pieces make one text; none makes an empty one."""
    namespace = {"base": "BTC", "n": 5}

    assert [expand(only(line), namespace) for line in ("$base{n}", "{n}x$base", "name=", "--name", "''$n")] == [
        "BTC5",
        "5xBTC",
        "",
        "",
        "5",
    ]


@pytest.mark.parametrize("line", ["$d['x']", "$d.x", "x$d"])
def test_items_and_attributes_belong_in_braces(line: str) -> None:
    """``$d['x']`` is the whole of d with text behind it, which is told."""
    assert "{d.…}" in (refusal(line, d={"x": 1}).hint or "")


@pytest.mark.parametrize("value", [None, True, [1], {}, float("nan"), object()])
def test_next_to_text_anything_else_is_refused(value: object) -> None:
    """``BTCNone`` must not reach the exchange."""
    error = refusal("BTC$v", v=value)

    assert error.culprit == "$v"
    assert type(value).__name__ in error.message


def test_quoted_text_is_never_expanded() -> None:
    """Both kinds of quotes are literal."""
    assert [value_of(line, x=1) for line in ("'$x'", '"{x}"', "a'$x'")] == ["$x", "{x}", "a$x"]


def test_expressions_see_builtins_and_all_names_and_change_none() -> None:
    """A comprehension reads the line's variables; a ``:=`` leaves them as they were."""
    namespace = {"factor": 3, "items": [1, 2]}

    assert expand(only("{[(n := max(i, 2)) * factor for i in items]}"), namespace) == [6, 6]
    assert namespace == {"factor": 3, "items": [1, 2]}


@pytest.mark.parametrize(
    ("line", "suggestion"), [("$symm", "$sym"), ("{symm.lower()}", "{sym.lower()}"), ("BTC$symm", "$sym")]
)
def test_an_undefined_name_leads_to_the_nearest_variable(line: str, suggestion: str) -> None:
    """A misspelt variable is named, with the one that was meant."""
    error = refusal(line, sym="BTCUSDT", other=1)

    assert error.message.startswith("symm is not defined")
    assert error.suggestion == suggestion


def test_hidden_names_and_builtins_are_not_suggested() -> None:
    """Neither ``_name`` nor what IPython and Python provide is a variable that somebody meant."""
    namespace = {"_total": 1, "Out": {}, "exit": None}

    assert [refusal(line, **namespace).suggestion for line in ("$totl", "$Outt", "$exiit")] == [None, None, None]


def test_a_builtin_is_no_variable() -> None:
    """``$id`` must not send the text of a function."""
    assert refusal("$id").message == "id is not defined."


def test_a_failing_expression_becomes_one_sentence() -> None:
    """The expression, the exception's class and its message are told; its traceback is not."""
    error = refusal("{1 / 0}")

    assert error.message == "{1 / 0} cannot be evaluated: ZeroDivisionError: division by zero"
    assert error.__suppress_context__


@pytest.mark.parametrize("source", ["a +", "1 2", "yield", "x = 1", "\\", "\ud800"])
def test_what_is_not_python_is_refused(source: str) -> None:
    """Whatever the compiler thinks of an expression, it is a usage error."""
    assert refusal(f"{{{source}}}").culprit == f"{{{source}}}"


@pytest.mark.parametrize("line", ["{int(key)}", "{keys[key]}", "{[][key]}", "{float(key)}"])
def test_a_key_in_a_failing_expression_is_hidden(line: str) -> None:
    """Exceptions quote the values they failed on; what looks like an API key does not get through."""
    error = refusal(line, key=SECRET, keys={})

    assert SECRET[:24] not in " ".join([*error._render_traceback_(), repr(error)])


def test_our_own_errors_pass_through_an_expression() -> None:
    """A call inside an expression that the exchange refuses keeps its class and code."""

    def call() -> None:
        raise ApiError("Invalid symbol.", code=-1121)

    with pytest.raises(ApiError) as caught:
        value_of("{call()}", call=call)

    assert caught.value.code == -1121


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("BTCUSDT", "BTCUSDT"), ("a b", '"a b"'), ('a "b"', "'a \"b\"'"), ("", '""'), ("--x", '"--x"'), ("-30d", "-30d")],
)
def test_quotes_are_put_only_where_needed(text: str, quoted: str) -> None:
    """Plain text stays plain, the rest gets the quotes it does not hold."""
    assert quote(text) == quoted


@given(st.lists(st.one_of(TROUBLE, st.text()), max_size=5))
@example(['["]', '["]'])  # the quote of one list must not end in the other
def test_quoted_texts_are_the_tokens_they_were(words: list[str]) -> None:
    """Any texts, quoted and joined by spaces, come back as literal words, and expand to themselves."""
    tokens = tokenise(" ".join(map(quote, words)))

    assert [(token.kind, token.text, token.is_literal) for token in tokens] == [("word", text, True) for text in words]
    assert [expand(token, {}) for token in tokens] == words


@given(st.one_of(TROUBLE, st.text()))
def test_quoted_text_is_a_value_behind_an_equals_sign(text: str) -> None:
    """The same quoting serves ``name=value`` and ``--option=value``."""
    tokens = tokenise(f"name={quote(text)} --option={quote(text)}")

    assert [(token.name, token.value, token.is_literal) for token in tokens] == [
        ("name", text, True),
        ("option", text, True),
    ]


def tokens_or_refusal(line: str) -> tuple[list[Token], UsageError | None]:
    try:
        return tokenise(line), None
    except UsageError as error:
        return [], error


@given(st.one_of(TROUBLE, st.text()))
def test_any_line_is_covered_by_its_tokens_or_refused(line: str) -> None:
    """Tokens follow each other, only spaces and a last comment lie between, and nothing else is ever raised."""
    tokens, error = tokens_or_refusal(line)

    if error:
        assert error.culprit
        assert line.startswith(error.culprit, error.details["column"] - 1)
        return
    at = 0
    for token in tokens:
        assert not line[at : token.start].strip()
        assert token.end > token.start
        at = token.end
    assert not line[at:].strip() or line[at:].lstrip().startswith("#")


@given(st.one_of(TROUBLE, st.text()))
def test_any_token_alone_is_the_same_token(line: str) -> None:
    """What surrounds a token does not change it: each part of the line, taken alone, reads the same."""
    tokens, _ = tokens_or_refusal(line)

    for token in tokens:
        alone = only(line[token.start : token.end])
        assert (alone.kind, alone.name, alone.pieces) == (token.kind, token.name, token.pieces)


@given(TROUBLE)
def test_expanding_any_line_raises_usage_errors_only(line: str) -> None:
    """Random Python in braces never gets past the line as another exception."""
    try:
        values = expand_all(line, {"a": 1, "b": "text"})
    except UsageError:
        return

    assert len(values) == len(tokenise(line))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("klines BTCUSDT {1 + 1h", "The { behind klines BTCUSDT is never closed."),
        ("{1", "The { at the beginning is never closed."),
        ("klines BTCUSDT 1h --start '2024", "The quote ' behind …lines BTCUSDT 1h --start is never closed."),
        ("klines f(x]}", "The } behind klines f(x] closes nothing."),
        ("klines {f(x]}", "The ] behind klines {f(x does not close the ( behind klines {f."),
    ],
)
def test_a_sign_that_is_wrong_is_placed_by_what_stands_before_it(line: str, where: str) -> None:
    """A column would be counted from the verb, which is not where the cell's line begins."""
    with pytest.raises(UsageError) as caught:
        tokenise(line)

    assert caught.value.message == where
