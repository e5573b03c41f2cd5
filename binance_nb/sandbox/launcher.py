"""Starts the sandbox as a process of its own, and ends it with the one that started it.

Standard library only (and the errors, which are too): this is the one file of the sandbox that other rooms import, and
what it imports of the sandbox keeps to the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from binance_nb.errors import SandboxError
from binance_nb.sandbox.accounts import PUBLIC_KEY_HINT, public_key_text
from binance_nb.sandbox.process import SandboxProcess, end_process

__all__ = ["SandboxProcess", "start"]

_ROOT = Path(__file__).resolve().parents[2]
_TAIL_BYTES = 4096
_REFUSED_OPTION = re.compile(r"argument --([\w-]+): (.+)")
_HINTS = {
    "port": "Leave port out to get one that is free, or name another.",
    "frozen": "Leave frozen out to let the clock run.",
    "speed": "Give the number of sandbox seconds in a real one, such as 60.",
    "archives": "Name the folder that holds the exchange's zip files.",
    "seed": "Give a whole number.",
    "public_keys": PUBLIC_KEY_HINT,
}


def start(
    *,
    seed: int = 1,
    frozen: str | int | None = None,
    speed: float | None = None,
    archives: str | Path | None = None,
    public_keys: Iterable[str | Path] = (),
    port: int = 0,
    python: str = sys.executable,
    ready_within_seconds: float = 20.0,
) -> SandboxProcess:
    """Start a sandbox and wait until it listens.

    Args:
        seed: Which made-up market, and which keys.
        frozen: The moment at which its clock stands: ISO 8601 (UTC where it names no zone) or ms since 1970.
        speed: How many times as fast as life its clock runs.
        archives: Folder of bulk files whose recorded candles it serves.
        public_keys: RSA and Ed25519 public keys that sign for the account too: paths of PEM files, or PEM texts.
        port: Port to listen on; 0 takes a free one.
        python: The interpreter.
        ready_within_seconds: How long it may take.

    Returns:
        The running sandbox.

    Raises:
        SandboxError: It did not start; ``culprit`` names the option at fault, ``details`` holds what it said.
    """
    options = {"seed": seed, "frozen": frozen, "speed": speed, "port": port}
    words = [f"--{name}={value}" for name, value in options.items() if value is not None]
    if archives is not None:
        words.append(f"--archives={Path(archives).expanduser().absolute()}")
    words += [f"--public-key={public_key_text(given)}" for given in public_keys]
    with tempfile.TemporaryFile() as errors:
        process = _spawn([python, "-P", "-m", "binance_nb.sandbox", "--json", "--parent-pipe", *words], errors)
        try:
            line = _first_line(process, ready_within_seconds)
            if line:
                return SandboxProcess(process, json.loads(line))
            raise _failure(process, errors)
        except BaseException:  # also when the wait is interrupted: nothing may be left behind
            end_process(process, os.getpid(), wait_seconds=0)
            raise


def _spawn(command: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # A json.py in the user's folder must not stand in for Python's own: hence -P, and no relative entries. As that
    # hides a checkout too, its folder is named.
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join([str(_ROOT), *filter(os.path.isabs, inherited)])
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": path},
            # The interrupt button signals the kernel's whole group, to which the sandbox must not belong.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except OSError as error:
        raise SandboxError(
            f"The sandbox exchange cannot be started with {command[0]}: {error.strerror}.", culprit=command[0]
        ) from error


def _first_line(process: subprocess.Popen[bytes], within_seconds: float) -> bytes:
    """Return the ready line, or nothing if the process ends before."""
    assert process.stdout is not None
    lines: SimpleQueue[bytes] = SimpleQueue()
    with process.stdout as output:
        reader = threading.Thread(target=lambda: lines.put(output.readline()), daemon=True)
        reader.start()
        line: bytes | None = None
        try:
            line = lines.get(timeout=within_seconds)
        except Empty:
            raise SandboxError(
                f"The sandbox exchange was not ready within {within_seconds:g} seconds.",
                hint="The machine may be busy; try again.",
            ) from None
        finally:
            # Not by whether the reader is alive: it may still be on its way out when its line has come.
            if line is None:
                process.kill()
            reader.join()
    return line


def _failure(process: subprocess.Popen[bytes], errors: IO[bytes]) -> SandboxError:
    status = process.wait()
    errors.seek(0)
    said = errors.read()[-_TAIL_BYTES:].decode(errors="replace").strip()
    details = {"stderr": said, "exit_status": status}
    refused = _REFUSED_OPTION.search(said)
    if refused:
        option, reason = refused[1].replace("public-key", "public_keys"), refused[2]
        return SandboxError(
            f"The sandbox exchange did not start: {reason.rstrip('.')}.",
            hint=_HINTS.get(option),
            culprit=option,
            details=details,
        )
    return SandboxError(
        "The sandbox exchange ended before it was ready.", hint=said.rpartition("\n")[2] or None, details=details
    )
