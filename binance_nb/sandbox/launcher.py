"""Starts the sandbox as a process of its own, and ends it with the one that started it.

Standard library only (and the errors, which are too): this is the one file of the sandbox that other rooms import.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from binance_nb.errors import SandboxError

__all__ = ["RegisteredKey", "SandboxProcess", "start"]

_ROOT = Path(__file__).resolve().parents[2]
_END_WITHIN_SECONDS = 3.0
_TAIL_BYTES = 4096
_REFUSED_OPTION = re.compile(r"argument --([\w-]+): (.+)")
_HINTS = {
    "port": "Leave port out to get one that is free, or name another.",
    "frozen": "Leave frozen out to let the clock run.",
    "speed": "Give the number of sandbox seconds in a real one, such as 60.",
    "archives": "Name the folder that holds the exchange's zip files.",
    "seed": "Give a whole number.",
    "public_keys": "Give the file that openssl pkey -in key.pem -pubout writes.",
}


@dataclass(frozen=True)
class RegisteredKey:
    """What the sandbox gave for a public key.

    Attributes:
        api_key: The API key to send; it may trade and read.
        kind: ``RSA`` or ``ED25519``.
    """

    api_key: str
    kind: str


class SandboxProcess:
    """A running sandbox; it ends with `stop`, with this object, or with this process, whichever comes first.

    Attributes:
        url: Base URL.
        api_key: A key that may trade.
        secret_key: Its secret.
        read_only_api_key: A key that may only read.
        read_only_secret_key: Its secret.
        registered_keys: What was given for the public keys, in their order.
        pid: Process id.
        seed: The seed.
        instance: What tells it from other sandboxes with the same seed.
        clock_origin_ms: The sandbox's time when it became ready.
        clock_rate: Sandbox seconds per real second; 0 stands still.
        archives: The folder of recorded candles, if any.
    """

    def __init__(self, process: subprocess.Popen[bytes], ready: dict[str, Any]) -> None:  # Any: its ready line
        self.url: str = ready["url"]
        self.api_key: str = ready["api_key"]
        self.secret_key: str = ready["secret_key"]
        self.read_only_api_key: str = ready["read_only"]["api_key"]
        self.read_only_secret_key: str = ready["read_only"]["secret_key"]
        self.registered_keys = tuple(RegisteredKey(**key) for key in ready["registered"])
        self.pid: int = ready["pid"]
        self.seed: int = ready["seed"]
        self.instance: str = ready["instance"]
        self.clock_origin_ms: int = ready["clock"]["origin_ms"]
        self.clock_rate: float = ready["clock"]["rate"]
        self.archives: str | None = ready["archives"]
        self._process = process
        self._end = weakref.finalize(self, _end, process, os.getpid())

    def __repr__(self) -> str:
        return f"SandboxProcess({self.url}, seed={self.seed}, {'running' if self.is_running else 'ended'})"

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process and wait until it is gone; a second time does nothing."""
        self._end()


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
    words += [f"--public-key={_public_key(given)}" for given in public_keys]
    with tempfile.TemporaryFile() as errors:
        process = _spawn([python, "-P", "-m", "binance_nb.sandbox", "--json", "--parent-pipe", *words], errors)
        try:
            line = _first_line(process, ready_within_seconds)
            if line:
                return SandboxProcess(process, json.loads(line))
            raise _failure(process, errors)
        except BaseException:  # also when the wait is interrupted: nothing may be left behind
            _end(process, os.getpid(), wait_seconds=0)
            raise


def _public_key(given: str | Path) -> str:
    if isinstance(given, str) and "-----" in given:
        if "PRIVATE KEY-----" in given:
            # Here, not in the child: what is on a command line everybody on the machine can read.
            raise SandboxError(
                "A private key was given where the public one is registered.",
                hint=_HINTS["public_keys"],
                culprit="public_keys",
            )
        return given
    return str(Path(given).expanduser().absolute())


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
        try:
            line = lines.get(timeout=within_seconds)
        except Empty:
            raise SandboxError(
                f"The sandbox exchange was not ready within {within_seconds:g} seconds.",
                hint="The machine may be busy; try again.",
            ) from None
        finally:
            if reader.is_alive():
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


def _end(process: subprocess.Popen[bytes], owner_pid: int, wait_seconds: float = _END_WITHIN_SECONDS) -> None:
    if os.getpid() != owner_pid:
        return  # a fork of the owner ends, not the owner
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(wait_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
