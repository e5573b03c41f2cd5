from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_nb.rendering.sheet import Block, Code, Facts, Link, Markup, Paragraph, Sheet, Table, tag

BLOCKS: list[type[Block]] = [Code, Facts, Link, Paragraph, Table]
SAFE_TAGS = {"a", "div", "p", "pre", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr"}
HARMLESS_STYLE = re.compile(
    r"(border|border-left-width|border-collapse|padding|margin|max-width|text-align|vertical-align|white-space"
    r"|overflow-wrap|overflow-x|word-break):[^:;]+"
)


def sheet_of(text: str) -> Sheet:
    blocks = (
        Facts(((text, text),)),
        Paragraph(text, text),
        Code(text, text),
        Table(("one", "two"), ((text, text),), text),
        Link(text, "https://example.com/"),
    )
    return Sheet(text, blocks)


@given(st.text(st.characters()))
def test_any_text_becomes_well_formed_html_that_says_the_same(text: str) -> None:
    """Whatever a server, a cell or a variable holds, it is shown and never obeyed."""
    root = ElementTree.fromstring(sheet_of(text).html())

    title = root.find("strong")

    assert title is not None
    assert {element.tag for element in root.iter()} <= SAFE_TAGS
    assert _letters(title.text or "") == _letters(text)


def _letters(text: str) -> list[str]:
    """What must survive: everything but what no document may hold."""
    return [char for char in text if char.isprintable() and char != "\ufffd"]


@given(st.text(st.characters()))
def test_the_text_holds_no_control_characters(text: str) -> None:
    """A message cannot colour or clear a terminal."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", sheet_of(text).text())


@pytest.mark.parametrize("framed", [True, False])
def test_styles_are_such_as_any_theme_and_any_sanitiser_bears(framed: bool) -> None:
    """No colours, no style sheets, no roles: dark themes and untrusted notebooks show the same."""
    root = ElementTree.fromstring(Sheet("t", sheet_of("x").blocks, framed).html())

    for element in root.iter():
        assert set(element.attrib) <= {"style", "href"}
        styles = [style.strip() for style in element.get("style", "").split(";") if style.strip()]
        assert [style for style in styles if not HARMLESS_STYLE.fullmatch(style)] == []


def test_only_secure_addresses_become_links() -> None:
    """An address from outside cannot run a script."""
    assert tag("a", "here", href="javascript:alert(1)") == "<a>here</a>"


def test_markup_is_not_escaped_twice() -> None:
    """Elements nest."""
    assert tag("p", tag("strong", "a<b"), " & c") == Markup("<p><strong>a&lt;b</strong> &amp; c</p>")


def test_the_repr_is_the_text() -> None:
    """A terminal shows a sheet by its repr, which has no address in it."""
    sheet = Sheet("Title", (Facts((("a", "1"), ("long name", "2\n3"))), Code("one\ntwo", "Lines"), Paragraph("end")))

    assert repr(sheet) == (
        "Title\n  a          1\n  long name  2\n             3\n  Lines:\n      one\n      two\n  end"
    )


def test_a_table_lines_up_in_text() -> None:
    """Columns are as wide as their widest entry."""
    assert Table(("verb", "about"), (("a", "x"), ("longer", "y")), "Head").lines() == [
        "Head",
        "  verb    about",
        "  a       x",
        "  longer  y",
    ]


def test_a_long_text_of_a_table_goes_on_below_itself() -> None:
    """Not at the edge of the terminal; whatever is short stays on its line."""
    text = Sheet("T", (Table(("name", "what"), (("a", "word " * 40), ("b", "short"))),)).text()

    lines = text.splitlines()
    assert lines[1:3] == ["    name  what", "    a     " + " ".join(["word"] * 18)]
    assert lines[3] == "          " + " ".join(["word"] * 18)
    assert lines[-1] == "    b     short"
    assert max(map(len, lines)) <= 100
