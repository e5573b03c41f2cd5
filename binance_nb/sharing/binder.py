"""The folder that tells Binder how to build an image: written where there is none, else looked at."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shlex import quote

from binance_nb.errors import UsageError

__all__ = ["BinderFile", "binder_files", "write_new"]

_NEW = "written"
_START = """\
#!/bin/bash
# Kernels start in the sandbox, before any cell has run: a skipped cell sends nobody to the network.
set -e
export BINANCE_NB_ENVIRONMENT=sandbox
exec "$@"
"""
_POST_BUILD = """\
#!/bin/bash
# An image in which the notebook gives other frames than its manifest says must not be served.
set -euo pipefail

python -m binance_nb verify {notebook}
"""
_NEEDED_LINES = {
    "postBuild": (r"(?m)^set -\w*e", "has no `set -e`, so errors in it pass silently"),
    "start": (r'(?m)^exec "\$@"', 'does not end with `exec "$@"`, so nothing starts after it'),
}
_PINNED = re.compile(r"\s*(#|$|-|.*(==|@\s))")
_OURS = re.compile(r"binance[-_.]nb", re.IGNORECASE)
_SCRIPTS = ("postBuild", "start")


@dataclass(frozen=True)
class BinderFile:
    """A file of the folder.

    Attributes:
        path: The file.
        told: What was done with it, or what is wrong with it; empty when it is as it should be.
        text: What it is to hold; None where it is left as it is.
    """

    path: Path
    told: str = ""
    text: str | None = None


def binder_files(
    root: Path, notebook: PurePosixPath, requirements: Sequence[str], *, is_flat: bool
) -> list[BinderFile]:
    """Return the files that Binder reads, and what is to be done with each; a folder that is there is left alone.

    Args:
        root: The folder that is shared.
        notebook: The notebook's path in it.
        requirements: Lines for packages.
        is_flat: Whether it can have no folders, as a gist.

    Raises:
        UsageError: There are two such folders.
    """
    folders = [root / name for name in ("binder", ".binder") if (root / name).is_dir()]
    if len(folders) > 1:
        raise UsageError(
            "There are a binder/ and a .binder/ folder, and Binder refuses that.", hint="Keep one of them."
        )
    if folders:
        return list(_looked_at(folders[0]))
    texts = {
        "runtime.txt": f"python-{sys.version_info.major}.{sys.version_info.minor}\n",
        "requirements.txt": "".join(f"{line}\n" for line in requirements),
        "postBuild": _POST_BUILD.format(notebook=quote(str(notebook))),
        "start": _START,
    }
    folder = root if is_flat else root / "binder"
    return [_new(folder / name, text) for name, text in texts.items()]


def write_new(files: Sequence[BinderFile]) -> None:
    """Write the files that are not there yet.

    Args:
        files: From `binder_files`.

    Raises:
        UsageError: One cannot be written.
    """
    for file in files:
        if file.text is None:
            continue
        try:
            file.path.parent.mkdir(exist_ok=True)
            file.path.write_text(file.text, encoding="utf-8", newline="\n")
            if file.path.name in _SCRIPTS:
                file.path.chmod(0o755)
        except OSError as error:
            raise UsageError(f"{file.path} cannot be written: {error.strerror or error}.") from None


def _new(path: Path, text: str) -> BinderFile:
    if not path.is_file():
        return BinderFile(path, _NEW, text)
    same = path.read_text(encoding="utf-8", errors="replace") == text
    return BinderFile(path, "" if same else "was there, differs from what would be written, and is left as it is")


def _looked_at(folder: Path) -> Iterator[BinderFile]:
    names = {path.name for path in folder.iterdir() if path.is_file()}
    if not names & {"runtime.txt", "environment.yml", "Dockerfile"}:
        yield BinderFile(folder / "runtime.txt", "is missing: Binder would take Python 3.10, which is too old")
    if not names & {"requirements.txt", "environment.yml", "Pipfile", "Dockerfile"}:
        yield BinderFile(folder / "requirements.txt", "is missing: nothing would be installed")
    texts = {name: (folder / name).read_text(encoding="utf-8", errors="replace") for name in sorted(names)}
    lacks_ours = not any(_OURS.search(text) for text in texts.values())
    for name, text in texts.items():
        ours = "names no binance-nb, so it would not be there" if lacks_ours and name == "requirements.txt" else ""
        yield BinderFile(folder / name, "; ".join(filter(None, [_wrong_with(name, text), ours])))


def _wrong_with(name: str, text: str) -> str:
    if name in _NEEDED_LINES:
        pattern, told = _NEEDED_LINES[name]
        return "" if re.search(pattern, text) else told
    if name == "runtime.txt":
        version = re.match(r"python-3\.(\d+)", text)
        return "" if version and int(version.group(1)) >= 11 else "names no Python of 3.11 or newer"
    if name == "requirements.txt":
        loose = [line.strip() for line in text.splitlines() if not _PINNED.match(line)]
        return f"leaves open which version: {', '.join(loose[:5])}" if loose else ""
    return ""
