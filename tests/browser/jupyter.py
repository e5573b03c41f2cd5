"""A JupyterLab of the tests' own: its server, and the notebooks that are opened in it."""

from __future__ import annotations

import base64
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Locator, Page

__all__ = ["LabServer", "OpenNotebook", "lab_server", "open_notebook"]

_ANSWER_WITHIN_SECONDS = 60
_LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_NOTIFICATIONS = '{"fetchNews": "false", "checkForUpdates": false}'
# Every cell is in the page, as in a short notebook; what scrolls out of sight is still drawn.
_NOTEBOOKS = '{"windowingMode": "none", "recordTiming": false}'

# JupyterLab calls itself idle before there is a kernel: asking the kernel itself is what is certain.
_OPEN = """async (path) => {
    const app = window.jupyterapp;
    const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook" });
    window.panel = panel;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
# First the notebook, then its kernel: a widget that leaves the screen still tells it so.
_CLOSE = """async () => {
    const { id } = window.panel.sessionContext.session ?? {};
    await window.panel.context.save();
    window.panel.dispose();
    if (id) await window.jupyterapp.serviceManager.sessions.shutdown(id);
}"""
_IDLE = """() => [...window.panel.content.widgets].every((cell) => cell.model.type !== "code" || cell.prompt !== "*")
    && window.panel.sessionContext.session.kernel.status === "idle" """
_ASK = """async (expression) => {
    const kernel = window.panel.sessionContext.session.kernel;
    const future = kernel.requestExecute({ code: "", silent: true, user_expressions: { asked: expression } });
    const answer = (await future.done).content.user_expressions.asked;
    return answer.status === "ok" ? answer.data["text/plain"] : `${answer.ename}: ${answer.evalue}`;
}"""


@dataclass(frozen=True)
class LabServer:
    """A server that hands out the notebooks of one folder."""

    url: str
    token: str
    folder: Path

    @property
    def lab(self) -> str:
        """The address of JupyterLab."""
        return f"{self.url}/lab?token={self.token}&reset"


@contextmanager
def lab_server(home: Path) -> Iterator[LabServer]:
    """Start a server that reads nobody's settings, and stop it."""
    settings, notebooks = home / "settings", home / "notebooks"
    for name, text in (("apputils-extension/notification", _NOTIFICATIONS), ("notebook-extension/tracker", _NOTEBOOKS)):
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    notebooks.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(
            _command(port, token, notebooks), env=_environment(home), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for_answer(server, f"{address}/api/status?token={token}", home / "lab.log")
            yield LabServer(address, token, notebooks)
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()


def _command(port: int, token: str, folder: Path) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.expose_app_in_browser": True,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *given]


def _environment(home: Path) -> dict[str, str]:
    places = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
    }
    # Whatever a cell forgets to say: nothing goes to a place on the network.
    named = {name: str(place) for name, place in places.items()} | {"BINANCE_NB_ENVIRONMENT": "sandbox"}
    return {**os.environ, **named}


def _wait_for_answer(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up_at = time.monotonic() + _ANSWER_WITHIN_SECONDS
    while True:
        try:
            with _LOOPBACK.open(address, timeout=5):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"JupyterLab did not answer:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)  # a foreign process: there is nothing to wait on


class OpenNotebook:
    """A notebook as a person has it before them; `run_notebook` opens one.

    Attributes:
        page: The browser's page.
        path: The notebook's file.
    """

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path

    def run_all(self, seconds: float = 120.0) -> None:
        """Run every cell, and wait until the kernel is done with them."""
        self._execute("notebook:run-all-cells")
        self.wait_idle(seconds)

    def run(self, cell: int, seconds: float = 120.0) -> None:
        """Run one cell again."""
        self.page.evaluate("(index) => { window.panel.content.activeCellIndex = index; }", cell)
        self._execute("notebook:run-cell")
        self.wait_idle(seconds)

    def wait_idle(self, seconds: float = 120.0) -> None:
        """Wait until no cell is waiting and the kernel is idle."""
        self.page.wait_for_function(_IDLE, timeout=seconds * 1000)

    def output(self, cell: int) -> Locator:
        """What stands below a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-Cell-outputArea")

    def element(self, cell: int, selector: str, seconds: float = 60.0) -> ElementHandle:
        """The first thing below a cell that fits, once it is visible."""
        found = self.output(cell).locator(selector).first
        found.wait_for(state="visible", timeout=seconds * 1000)
        handle = found.element_handle()
        assert handle is not None
        return handle

    def ask(self, expression: str) -> str:
        """What an expression is in the kernel, as its repr; nothing is added to the notebook."""
        answer: str = self.page.evaluate(_ASK, expression)
        return answer

    def wait_for(self, expression: str, wanted: str = "True", seconds: float = 60.0) -> None:
        """Wait until an expression in the kernel has this repr."""
        give_up_at = time.monotonic() + seconds
        while (answer := self.ask(expression)) != wanted:
            assert time.monotonic() < give_up_at, f"{expression} is still {answer}, not {wanted}"
            self.page.wait_for_timeout(50)

    def set_theme(self, name: str) -> None:
        """Change JupyterLab's theme: ``JupyterLab Light`` or ``JupyterLab Dark``."""
        self.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")

    def restart_kernel(self) -> None:
        """Begin with an empty kernel; what the cells show stays."""
        self.page.evaluate("() => window.panel.sessionContext.session.kernel.restart()")

    def close(self) -> None:
        """End the kernel and close the notebook."""
        self.page.evaluate(_CLOSE)

    def _execute(self, command: str) -> None:
        # Returning the promise would make the page wait for the cells, without end.
        self.page.evaluate("(name) => { window.jupyterapp.commands.execute(name); return null }", command)


def open_notebook(page: Page, server: LabServer, name: str, cells: tuple[Any, ...]) -> OpenNotebook:
    """Write a notebook of code cells, open it, and wait for its kernel.

    Args:
        page: A page that shows JupyterLab.
        server: Its server.
        name: What to call the file.
        cells: Source texts, or cells with outputs.

    Returns:
        The notebook; nothing in it has run.
    """
    v4: Any = nbformat.v4  # Any: nbformat types little
    made = [v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    kernel = {"name": "python3", "display_name": "Python", "language": "python"}
    path = server.folder / f"{name}.ipynb"
    path.write_text(v4.writes(v4.new_notebook(cells=made, metadata={"kernelspec": kernel})))
    page.evaluate(_OPEN, path.name)
    return OpenNotebook(page, path)


def picture_output(png: bytes) -> dict[str, str]:
    """An output's data with a picture, as a saved notebook holds it."""
    return {"image/png": base64.b64encode(png).decode(), "text/plain": "a picture"}
