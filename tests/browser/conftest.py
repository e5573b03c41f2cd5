"""A real browser for the widgets, on two stages: a bundle alone in a blank page, and a notebook in JupyterLab.

`blank_page`     draws a bundle with a model that is nobody's: ``drawn = blank_page("chart", dark=True, bars=b"...")``.
`run_notebook`   opens a notebook in JupyterLab and runs its cells: ``notebook = run_notebook("chart = ...", "chart")``;
                 ``setup`` stands in a first cell of its own, so the cells given begin with number 1.
`page`           the page of `run_notebook`, for its viewport, keyboard and pictures.
`lab`            the server, one for all files that a process runs.
`moving_sandbox` an exchange whose clock runs, for what is live.

After each test, a request that left this machine, or an error in the browser's console, fails it.
Where there is no Chromium the tests are skipped, unless BINANCE_NB_BROWSER=required says that this would be a defect.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from binance_nb.sandbox.launcher import SandboxProcess, start
from tests.browser.blank import Rendered, render
from tests.browser.jupyter import LabServer, OpenNotebook, lab_server, open_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

REQUIRED = os.environ.get("BINANCE_NB_BROWSER") == "required"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_INSIDE = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")
# JupyterLab's core has troubles of its own: with its debugger, with style sheets while the theme changes, and with what
# a kernel says of its widgets while it is restarted.
_TROUBLES_OF_LAB = (
    "Could not restore the debugger state",
    "Failed to execute 'removeChild' on 'Node'",
    "Comm not found for comm id",
    "Canceled future for create_subshell_request",
)
_PARTED = "Could not send widget sync message Error: Cannot send"
_TALL: ViewportSize = {"width": 1100, "height": 1200}
# A look at one notebook at a time, as wide as the page.
_ALONE = """async () => {
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute("application:set-mode", { mode: "single-document" });
    window.jupyterapp.shell.collapseLeft();
}"""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the machine's Chromium."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        why = "there is no Chromium here; tools/chromium.sh installs it on Debian and Ubuntu"
        if REQUIRED:
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the tests of a file.

    Not for the whole run: its event loop is the thread's, and other rooms' tests could not start one beside it.
    """
    if not REQUIRED:
        pytest.importorskip("playwright", reason="playwright comes with the extra dev")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=_OPTIONS)
        yield launched
        launched.close()


class Watched:
    """What a page did that it should not have done."""

    def __init__(self, page: Page) -> None:
        self.left: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._look_at(request.url))
        page.on("websocket", lambda socket: self._look_at(socket.url))
        page.on("pageerror", lambda error: self._hear(error.stack or str(error)))
        page.on("console", lambda said: self._hear(said.text) if said.type == "error" else None)

    def _look_at(self, url: str) -> None:
        if not url.startswith(_INSIDE):
            self.left.append(url)

    def _hear(self, words: str) -> None:
        if "blob:" in words or not any(known in words for known in _TROUBLES_OF_LAB):  # ours come from a blob
            self.errors.append(words)

    def forgive(self) -> None:
        """Overlook what the browser says while a notebook closes: JupyterLab parts from the kernel before the cells."""
        self.errors = [said for said in self.errors if not said.startswith(_PARTED)]

    def check(self) -> None:
        """Fail if anything left this machine, or the browser complained."""
        left, errors, self.left, self.errors = self.left, self.errors, [], []

        assert [] == left, "requests left this machine"
        assert [] == errors, "the browser's console"


@pytest.fixture
def blank_page(browser: Browser) -> Iterator[Callable[..., Rendered]]:
    """A function that draws a bundle in a blank page: its name, the traits of its model, and ``dark`` and ``width``."""
    contexts = []
    watched = []

    def drawn(name: str, *, dark: bool = False, width: int = 900, **traits: Any) -> Rendered:
        context = browser.new_context(
            viewport={"width": width, "height": 700}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        contexts.append(context)
        watched.append(Watched(page))
        return render(page, name, traits)

    yield drawn
    for context in contexts:
        context.close()
    for page in watched:
        page.check()


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab server with settings, data and notebooks of its own."""
    if not REQUIRED:
        pytest.importorskip("jupyterlab", reason="JupyterLab comes with the extra dev")
    with lab_server(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="session")
def moving_sandbox() -> Iterator[SandboxProcess]:
    """An exchange whose clock runs as fast as ours."""
    process = start(seed=1)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def _lab_page(browser: Browser, lab: LabServer) -> Iterator[tuple[Page, Watched]]:
    page = browser.new_page(viewport=_TALL)
    watched = Watched(page)
    page.goto(lab.lab)
    page.wait_for_selector("#jp-main-dock-panel", timeout=60_000)
    page.evaluate(_ALONE)
    yield page, watched
    page.close()


@pytest.fixture
def page(_lab_page: tuple[Page, Watched]) -> Iterator[Page]:
    """A page with JupyterLab in it, light and 1,100 pixels wide."""
    shown, watched = _lab_page
    shown.set_viewport_size(_TALL)
    yield shown
    watched.forgive()
    watched.check()


@pytest.fixture
def run_notebook(
    page: Page, _lab_page: tuple[Page, Watched], lab: LabServer, moving_sandbox: SandboxProcess
) -> Iterator[Callable[..., OpenNotebook]]:
    """A function that opens a notebook of these cells and runs them; ``run=False`` leaves that to the test.

    Before them stands a cell that loads the extension and goes to an exchange whose clock runs; ``setup`` replaces it.
    """
    opened: list[OpenNotebook] = []

    def run(*cells: Any, setup: str | None = None, run: bool = True) -> OpenNotebook:
        if setup is None:
            setup = (
                f"import binance_nb\n%load_ext binance_nb\n%binance use {moving_sandbox.url}\n"
                f"session = binance_nb.connect({moving_sandbox.url!r})"
            )
        notebook = open_notebook(page, lab, f"notebook-{next(_numbers)}", (setup, *cells))
        opened.append(notebook)
        if run:
            notebook.run_all()
        return notebook

    yield run
    said = _lab_page[1].errors.copy()  # before anything is closed, nothing is forgiven
    for notebook in opened:
        notebook.close()
    assert [] == said, "the browser's console"
