"""Cutting this process off from the network, and noting which files it reads."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

__all__ = ["REFUSED", "cut_off", "files_read", "modules_loaded"]

_CONNECTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKS_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
REFUSED = "this notebook is being run without a network"
"""What a connection that is refused says."""

_PACKAGES = frozenset({"__pycache__", "node_modules", "site-packages"})
_TAPES = (".jsonl", ".jsonl.gz")
_read: set[str] = set()


def cut_off() -> None:
    """Refuse every way out of this computer from now on, and note the files that are read.

    What runs here sees what a reader without a network sees. It holds for all libraries that use Python's sockets, and
    for as long as the process lives. Programs that it starts are not held, so the sandbox works as ever.
    """
    sys.addaudithook(_watch)


def files_read(root: Path) -> list[Path]:
    """Return the files of a folder that were read since the process was cut off, and tapes wherever they stand.

    Args:
        root: The folder.

    Returns:
        Those that belong to a person: neither installed packages nor folders whose names begin with a dot.
    """
    return sorted(_of_a_person(root.resolve()))


def modules_loaded() -> list[str]:
    """Return the top-level names of the modules that this process has loaded, those of Python itself apart."""
    names = {name.partition(".")[0] for name in list(sys.modules)}
    return sorted(names - sys.stdlib_module_names - {"__main__", "__mp_main__"})


def _of_a_person(root: Path) -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    for name in list(_read):
        path = Path(os.path.abspath(name)).resolve()
        if package in path.parents or not path.is_file():
            continue
        if root not in path.parents:
            if name.endswith(_TAPES):
                yield path
            continue
        folders = path.relative_to(root).parts[:-1]
        if not any(folder.startswith(".") or folder in _PACKAGES for folder in folders):
            yield path


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        _note(*arguments)
    elif event in _CONNECTS and _leaves(_host(arguments[1])):
        raise ConnectionRefusedError(REFUSED)
    elif event in _LOOKS_UP and _leaves(arguments[0]):
        raise socket.gaierror(socket.EAI_FAIL, REFUSED)


def _note(path: object, mode: object, flags: object) -> None:
    reads = "r" in mode if isinstance(mode, str) else isinstance(flags, int) and not flags & os.O_WRONLY
    if reads and isinstance(path, (str, bytes)):
        _read.add(os.path.abspath(os.fsdecode(path)))


def _host(address: object) -> object:
    # A socket of this computer's own, whose address is the name of a file, leads nowhere else.
    return address[0] if isinstance(address, tuple) and address else None


def _leaves(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in ("", "localhost"):
        return False
    try:
        return not ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return True
