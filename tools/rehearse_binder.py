"""Do what mybinder.org would do with this checkout, and print what it took; ``make binder`` runs this.

repo2docker renders binder/ without building it; then a fresh environment gets the pinned versions, postBuild runs in a
copy of what git holds, and every notebook runs there, without a network, beside a JupyterLab.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psutil

ROOT = Path(__file__).resolve().parent.parent
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
MOST_BYTES = 1_000_000_000
MOST_SECONDS = 20.0
AT_ONCE = 2
# In every Python of the rehearsal, as no variable of ours is known to other people's programs.
CUT_OFF = "from binance_nb.manifests.offline import cut_off\n\ncut_off()\n"
DEAD = "http://127.0.0.1:9"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
PROBE = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"  # a network kept free for examples
LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# What a kernel needs its own of, so that nothing of the person who rehearses this helps or hinders.
OWN_FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "BINANCE_NB_DATA",
    "BINANCE_NB_CACHE",
)


@dataclass(frozen=True)
class Run:
    """How one notebook went."""

    notebook: str
    seconds: float
    peak_bytes: int
    failed: str


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("notebooks", nargs="*", help="only these, by name; all when left out")
    wanted = arguments.parse_args().notebooks
    # Ended from outside, it still takes its server and its folder away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    render()
    with tempfile.TemporaryDirectory(prefix="binance_nb-binder-") as name:
        folder = Path(name)
        clone, venv = folder / "clone", folder / "venv"
        copy_checkout(clone)
        with timed("installed the pins"):
            make_environment(venv, clone)
        environment = building(venv)
        with timed("ran postBuild"):
            run(["bash", "binder/postBuild"], clone, environment)
        failures = rehearse(clone, venv, folder, wanted)
    say(f"the whole rehearsal took {time.monotonic() - began:.0f} s")
    if failures:
        fail("; ".join(failures))


def render() -> None:
    """repo2docker has to pick up all four files of binder/."""
    with timed("rendered with repo2docker"):
        command = [*uv("tool", "run", "--quiet", "--from", REPO2DOCKER), "repo2docker", "--no-build", "--debug", "."]
        rendered = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = rendered.stdout + rendered.stderr
    if rendered.returncode:
        fail(f"repo2docker refuses this checkout:\n{said[-2000:]}")
    wanted = {
        "Python 3.12 of runtime.txt": "python=3.12",
        "requirements.txt": 'pip install --no-cache-dir -r "binder/requirements.txt"',
        "postBuild": "RUN ./binder/postBuild",
        "start": 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    }
    for what, text in wanted.items():
        if text not in said:
            fail(f"repo2docker does not pick up {what}")
    for script in ("postBuild", "start"):
        text = (ROOT / "binder" / script).read_text()
        if not re.search(r"(?m)^set -\w*e", text) or (script == "start" and not text.rstrip().endswith('exec "$@"')):
            fail(f"binder/{script} has to stop at the first error, and start has to end with exec")


def copy_checkout(clone: Path) -> None:
    """Copy what a clone would hold, and nothing that was built here."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, target = ROOT / name, clone / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def make_environment(venv: Path, clone: Path) -> None:
    python = binders_python()
    run(uv("venv", "--quiet", "--seed", "--python", python, str(venv)), clone)
    run(
        uv("pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), "-r", "binder/requirements.txt"),
        clone,
    )


def binders_python() -> str:
    """Python 3.12 as in runtime.txt, or the one that runs this where that is missing."""
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    say(f"no Python {version} here; rehearsing with {sys.version.split()[0]}")
    return sys.executable


def building(venv: Path) -> dict[str, str]:
    """The environment that postBuild has: there is a network while an image is built."""
    left = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "BINANCE"))
    }
    return {**left, "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def serving(venv: Path, folder: Path) -> dict[str, str]:
    """The environment that a reader's kernels have: without a network, and without a home."""
    walls = folder / "walls"
    walls.mkdir(exist_ok=True)
    (walls / "sitecustomize.py").write_text(CUT_OFF)
    (folder / "home").mkdir(exist_ok=True)
    return {
        **building(venv),
        **dict.fromkeys(PROXIES, DEAD),
        **{name: str(folder / "home" / name.lower()) for name in OWN_FOLDERS},
        "no_proxy": "127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
        "HOME": str(folder / "home"),
        "PYTHONPATH": str(walls),
    }


def rehearse(clone: Path, venv: Path, folder: Path, wanted: list[str]) -> list[str]:
    environment = serving(venv, folder)
    probe = subprocess.run([venv / "bin" / "python", "-c", PROBE], env=environment, capture_output=True, text=True)
    if "without a network" not in probe.stderr:
        fail(f"the network is not cut off:\n{probe.stderr}")
    with served(clone, venv, folder, environment) as server:
        books = [book for book in sorted((clone / "notebooks").glob("*.ipynb")) if not wanted or book.name in wanted]
        if not books:
            fail("there are no notebooks")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            runs = list(pool.map(lambda book: execute(book, venv, environment), books))
        # Slow beside another one, on a busy machine, is not slow: it is timed again alone.
        runs = [
            each if is_quick(each) else execute(book, venv, environment) for each, book in zip(runs, books, strict=True)
        ]
        beside = server.peak_bytes
    return [failure for each in runs for failure in judged(each, beside)]


def execute(book: Path, venv: Path, environment: Mapping[str, str]) -> Run:
    manifest = book.with_name(f"{book.stem}.manifest.json")
    program = ["-m", "binance_nb", "verify"] if manifest.is_file() else ["-m", "jupyter", "execute"]
    command = ["binder/start", str(venv / "bin" / "python"), *program, str(book.relative_to(book.parent.parent))]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=book.parent.parent,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # The program that drives the notebook is no part of what a reader has.
    with Scale(process.pid, with_root=False) as scale:
        said, _ = process.communicate(timeout=300)
    failed = "" if process.returncode == 0 else "\n".join(said.splitlines()[-12:])
    return Run(book.name, time.monotonic() - began, scale.peak_bytes, failed)


def is_quick(told: Run) -> bool:
    return bool(told.failed) or told.seconds <= MOST_SECONDS


def judged(told: Run, beside: int) -> Iterator[str]:
    total = told.peak_bytes + beside
    say(
        f"{told.notebook}: {told.seconds:.1f} s; {told.peak_bytes / 1e6:.0f} MB kernel and sandbox, "
        f"{total / 1e6:.0f} MB with the server"
    )
    if told.failed:
        yield f"{told.notebook} failed:\n{told.failed}"
    if total > MOST_BYTES:
        yield f"{told.notebook} needs more than 1 GB"
    if not is_quick(told):
        yield f"{told.notebook} takes longer than {MOST_SECONDS:.0f} s"


class Scale:
    """Weighs a process and all that it started, again and again, and keeps the most."""

    def __init__(self, pid: int, *, with_root: bool = True) -> None:
        self.peak_bytes = 0
        self._root, self._with_root = psutil.Process(pid), with_root
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def __enter__(self) -> Scale:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.set()
        self._thread.join()

    def _weigh(self) -> None:
        while not self._ends.wait(0.2):
            try:
                family = self._root.children(recursive=True)
            except psutil.Error:
                return
            weighed = [self._root, *family] if self._with_root else family
            self.peak_bytes = max(self.peak_bytes, sum(map(weight, weighed)))


def weight(process: psutil.Process) -> int:
    """What a process adds: memory that several share counts in parts, where the system tells."""
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.Error:
        return 0


@contextmanager
def served(clone: Path, venv: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[Scale]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["binder/start", str(venv / "bin" / "jupyter"), "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=rehearsal"]
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(command, cwd=clone, env=dict(environment), stdout=log, stderr=log, start_new_session=True)
    try:
        with timed("JupyterLab answered"):
            wait_for(
                f"http://127.0.0.1:{port}/lab/tree/notebooks/01-first-look.ipynb?token=rehearsal", server, log.name
            )
        with Scale(server.pid) as scale:
            yield scale
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        log.close()


def wait_for(url: str, server: subprocess.Popen[bytes], log: str) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and server.poll() is None:
        try:
            with LOOPBACK.open(url, timeout=5) as page:
                page.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    fail(f"JupyterLab does not answer:\n{Path(log).read_text()[-2000:]}")


def uv(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("uv")), *arguments]


def run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if finished.returncode:
        fail(f"{' '.join(command[:4])} failed:\n{(finished.stdout + finished.stderr)[-3000:]}")


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{what} in {time.monotonic() - began:.1f} s")


def say(text: str) -> None:
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    sys.exit(f"make binder: {text}")


if __name__ == "__main__":
    main()
