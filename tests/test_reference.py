"""The reference in docs/ is what the declarations say, and the links of all pages lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.catalog.error_codes import ERROR_CODES
from binance_nb.catalog.filters import FILTERS
from binance_nb.catalog.streams import MARKET_STREAMS
from binance_nb.catalog.user_events import USER_EVENTS
from binance_nb.notebook.verbs import OWN_VERBS
from tools.make_reference import HERE, pages

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """Every page that would be written."""
    return pages()


def test_the_pages_that_are_there_are_those_that_are_written(written: dict[str, str]) -> None:
    """What help says and what the reference says are the same; `make docs` writes the pages anew."""
    there = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.md")}
    other = sorted(name for name in written.keys() | there.keys() if written.get(name) != there.get(name))

    assert [] == other, "make docs writes the pages anew"


def test_every_verb_has_a_page_that_the_index_leads_to(written: dict[str, str]) -> None:
    """No verb is forgotten, whoever adds it."""
    linked = set(_LINK.findall(written["README.md"]))

    assert set() == {f"{verb}.md" for verb in (*ENDPOINTS, *OWN_VERBS)} - (linked & written.keys())


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_page_tells_the_whole_call(name: str, written: dict[str, str]) -> None:
    """Parameters, weight, columns, errors, the line, the Python and the source stand on the page of a call."""
    endpoint, page = ENDPOINTS[name], written[f"{name}.md"]

    assert all(f"`{'' if each in endpoint.positional else '--'}" in page for each in endpoint.asked)
    assert all(f"`{each.name}`" in page for each in endpoint.rows.columns)
    assert f"{endpoint.method} {endpoint.path}" in page
    assert f"%binance {name}" in page
    assert f"session.{name}(" in page
    assert "`RateLimitError`" in page
    assert f"rest-api.md, {endpoint.title!r}" in page


def test_streams_events_codes_and_filters_are_all_there(written: dict[str, str]) -> None:
    """What a stream sends, an account hears or an order breaks has a heading of its own."""
    headings = {page: {found.partition(" ")[0] for found in _HEADING.findall(text)} for page, text in written.items()}

    assert MARKET_STREAMS.keys() <= headings["market-streams.md"]
    assert USER_EVENTS.keys() <= headings["user-events.md"]
    assert {str(code) for code in ERROR_CODES} <= headings["error-codes.md"]
    assert FILTERS.keys() <= headings["filters.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link inside the project names a file that is there, and a heading that is in it."""
    dead = [link for link in _links(page) if not _leads_somewhere(page, link)]

    assert [] == dead


def test_the_badge_names_the_project_as_pyproject_does() -> None:
    """Where the project stands is said in one place."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["binance_nb"]
    badge = re.findall(r"https://mybinder\.org/v2/gh/([^?)\s]+)", (ROOT / "README.md").read_text(encoding="utf-8"))

    assert {f"{told['repository']}/{told['tag']}"} == set(badge)


def _links(page: Path) -> list[str]:
    text = _CODE.sub("", _FENCED.sub("", page.read_text(encoding="utf-8")))
    return [link for link in _LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
