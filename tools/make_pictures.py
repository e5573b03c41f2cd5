"""Draw the pictures of the README: notebooks run in JupyterLab, in a headless Chromium, on the sandbox.

    python -m tools.make_pictures [NAME ...]

Nothing is drawn by hand: a picture shows what a person would see after "Run All Cells". Needs the extra dev, and a
Chromium (tools/chromium.sh brings one).
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, sync_playwright

from tests.browser.jupyter import LabServer, OpenNotebook, lab_server, open_notebook

DOCS = Path(__file__).resolve().parent.parent / "docs"
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"
_BORDER, _COLOURS, _HEIGHT = 12, 128, 3000
# What a click leaves behind is no part of a picture.
_STILL = """
.jp-cell-toolbar, .jp-Notebook-footer, .jp-Collapser { display: none !important; }
.jp-Cell.jp-mod-active, .jp-Cell.jp-mod-selected { border: none !important; box-shadow: none !important; }
.jp-Notebook .jp-Cell { border-color: transparent !important; }
"""
_CELLS = ".jp-Notebook .jp-Cell"
_FROZEN = "%load_ext binance_nb\n%binance use sandbox --seed 1 --frozen 2024-06-01T12:34:56"
_RUNNING = "%load_ext binance_nb\n%binance use sandbox --seed 1"


@dataclass(frozen=True)
class Picture:
    """A notebook to look at.

    Attributes:
        cells: Its cells.
        ready: What has to stand in an output, by the cell's place, before the picture is taken.
        theme: JupyterLab's theme.
        first: The first cell that is shown.
        width: Of the page, in pixels.
        settle_seconds: How long what moves is left alone before the picture is taken.
    """

    cells: tuple[str, ...]
    ready: tuple[tuple[int, str], ...] = ()
    theme: str = LIGHT
    first: int = 0
    width: int = 1100
    settle_seconds: float = 0.5


PICTURES = {
    "first-look": Picture(
        (
            _FROZEN,
            "hours = %binance klines BTCUSDT 1h --start -4h\nhours",
            "%binance buy BTCUSDT 0.01",
            "%binance chart BTCUSDT 1h --trades",
        ),
        ready=((3, ".bn-chart canvas"),),
    ),
    "refused": Picture((_FROZEN, "%binance buy BTCUSDT 0.0123456 --price 60000.129"), first=1, width=1000),
    "live-dark": Picture(
        (_RUNNING, "%binance book BTCUSDT --levels 8", "%binance watch BTCUSDT,ETHUSDT,SOLUSDT,XRPUSDT"),
        ready=((1, ".bn-ladder"), (2, "table")),
        theme=DARK,
        first=1,
        settle_seconds=3.0,
    ),
}


def main(names: list[str]) -> int:
    """Draw the pictures of these names, or all."""
    wanted = names or list(PICTURES)
    with _browser() as (browser, server):
        for name in wanted:
            path = DOCS / f"{name}.png"
            path.write_bytes(_drawn(browser, server, name, PICTURES[name]))
            print(f"{path.name}: {path.stat().st_size // 1024} kB")
    return 0


@contextmanager
def _browser() -> Iterator[tuple[Browser, LabServer]]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("There is no Chromium here; tools/chromium.sh installs it.")
    with (
        tempfile.TemporaryDirectory(prefix="binance_nb-pictures-") as folder,
        lab_server(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser, server
        browser.close()


def _drawn(browser: Browser, server: LabServer, name: str, picture: Picture) -> bytes:
    page = browser.new_page(viewport={"width": picture.width, "height": _HEIGHT})
    page.goto(server.lab)
    page.wait_for_selector("#jp-main-dock-panel", timeout=60_000)
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    notebook = open_notebook(page, server, name, picture.cells)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    notebook.set_theme(picture.theme)
    page.add_style_tag(content=_STILL)
    notebook.run_all()
    for cell, selector in picture.ready:
        notebook.element(cell, selector)
    page.wait_for_timeout(picture.settle_seconds * 1000)
    png = page.screenshot(clip=_frame_of(notebook, picture))
    notebook.close()
    page.close()
    return _small(png)


def _frame_of(notebook: OpenNotebook, picture: Picture) -> FloatRect:
    """Return where the cells stand, with a border."""
    cells = notebook.page.locator(_CELLS)
    top, bottom = cells.nth(picture.first).bounding_box(), cells.nth(len(picture.cells) - 1).bounding_box()
    assert top
    assert bottom
    y, end = top["y"] - _BORDER / 2, bottom["y"] + bottom["height"] + _BORDER
    return {"x": top["x"], "y": y, "width": top["width"], "height": end - y}


def _small(png: bytes) -> bytes:
    """Return a picture with few colours: what a notebook shows has no more, and a reader waits less."""
    written = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
