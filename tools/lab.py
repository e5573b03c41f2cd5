"""Serve a notebook in JupyterLab on this machine until Ctrl-C; ``make lab`` runs this."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NoReturn

from jupyter_core.paths import jupyter_runtime_dir

ROOT = Path(__file__).resolve().parent.parent
LOG = Path(sys.prefix) / "lab.log"
ANSWER_WITHIN_SECONDS = 60

# A proxy set for the outside world must not be asked for an address on this machine.
LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", help="path below the project folder")
    parser.add_argument("--headless", action="store_true", help="open no browser")
    parser.add_argument("--port", type=int, help="this port and no other (default: the first free one from 8888)")
    arguments = parser.parse_args()
    if not (ROOT / arguments.notebook).is_file():
        fail(f"{arguments.notebook} is not there; is this a complete checkout?")
    if arguments.port is not None and not is_free(arguments.port):
        fail(f"port {arguments.port} is not free; leave PORT out to get one that is.")

    # SIGINT too: a shell that starts this in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    server = start(arguments.notebook, arguments.headless, arguments.port)
    try:
        url = wait_for_answer(server, arguments.notebook)
        say(f"JupyterLab serves {arguments.notebook} at\n\n    {url}\n\nCtrl-C stops it. Its log is {LOG}.")
        sys.exit(server.wait())
    except KeyboardInterrupt:
        say("\nStopping JupyterLab and its kernels.")
    finally:
        stop(server)


def start(notebook: str, headless: bool, port: int | None) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1"),
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{notebook}",
        # Tabs that the reader left open in other projects stay there.
        f"--LabApp.workspaces_dir={sys.prefix}/share/jupyter/lab/workspaces",
        # Nothing is asked of the network: page_config.json leaves out the look for news and updates.
        f"--LabApp.app_settings_dir={ROOT}/tools/jupyterlab",
        "--LabApp.extension_manager=readonly",
    ]
    if headless:
        command.append("--no-browser")
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # Whatever the reader's shell says: no cell of the tour, run alone or out of order, leaves the sandbox.
    environment = {**os.environ, "BINANCE_NB_ENVIRONMENT": "sandbox"}
    with LOG.open("w") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this script only, which then ends the server in good order
        )


def wait_for_answer(server: subprocess.Popen[bytes], notebook: str) -> str:
    """Return the address for a browser once the server hands out the notebook."""
    # Jupyter itself settles port and token, a reader's own settings included, and writes them here.
    note = Path(jupyter_runtime_dir()) / f"jpserver-{server.pid}.json"
    give_up_at = time.monotonic() + ANSWER_WITHIN_SECONDS
    while time.monotonic() < give_up_at:
        if server.poll() is not None:
            say(LOG.read_text())
            fail(f"JupyterLab ended before it answered (exit status {server.returncode}); its own words are above.")
        found = read_note(note)
        if found and hands_out(found["url"], found["token"], notebook):
            token = f"?token={found['token']}" if found["token"] else ""
            return f"{found['url']}lab/tree/{notebook}{token}"
        time.sleep(0.05)
    fail(f"JupyterLab did not answer within {ANSWER_WITHIN_SECONDS} seconds; its own words are in {LOG}.")


def read_note(note: Path) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads(note.read_text())
    except (FileNotFoundError, json.JSONDecodeError):  # not there yet, or half written
        return None
    return found


def hands_out(url: str, token: str, notebook: str) -> bool:
    request = urllib.request.Request(f"{url}api/contents/{notebook}?content=0")
    if token:
        request.add_header("Authorization", f"token {token}")
    try:
        with LOOPBACK.open(request, timeout=5):
            return True
    except urllib.error.HTTPError as refused:
        return refused.code in (401, 403)  # it answers; the reader has set a password of their own
    except OSError:
        return False


def stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def say(text: str) -> None:
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    sys.exit(f"make lab: {sentence}")


if __name__ == "__main__":
    main()
