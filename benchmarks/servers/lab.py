"""A notebook in JupyterLab in headless Chromium, for what a person in front of it would measure."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.jupyter import OpenNotebook, lab_server, open_notebook

__all__ = ["opened"]


@contextmanager
def opened(*cells: str) -> Iterator[OpenNotebook]:
    """Open a notebook of these cells; none of them has run. Without a Chromium the script ends, and says so."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium here, so there is nothing to measure; tools/chromium.sh installs it.")
        sys.exit(0)
    with (
        tempfile.TemporaryDirectory(prefix="binance_nb-bench-") as folder,
        lab_server(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1100, "height": 1200})
        page.goto(server.lab)
        page.wait_for_selector("#jp-main-dock-panel", timeout=60_000)
        page.evaluate("async () => { await window.jupyterapp.restored; }")
        notebook = open_notebook(page, server, "bench", cells)
        try:
            yield notebook
        finally:
            notebook.close()
            browser.close()
