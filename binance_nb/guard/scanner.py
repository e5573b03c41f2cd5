"""Files looked through for keys. What is found is told by its place, never by its text."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from binance_nb.guard.known import KnownKey, find_known
from binance_nb.guard.notebooks import Part, parts_of
from binance_nb.guard.shapes import Found, find_shapes
from binance_nb.guard.views import views

__all__ = ["Finding", "Scan", "scan_paths", "scan_text"]

_LARGEST = 100_000_000
_LOOKED_AT = 8_192
# What a folder holds that is nobody's own writing; named by itself, each of them is looked through.
_PASSED_BY = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"}
_ENVIRONMENT = "pyvenv.cfg"  # what every virtual environment holds, whatever its name


@dataclass(frozen=True)
class Finding:
    """A place where a key stands.

    Attributes:
        what: What stands there, in words that show nothing of it.
        path: The file; empty for a text that is none.
        cell: The number of the notebook's cell, from 1.
        where: What it is in the cell: ``source``, ``output 1 (text/plain)``, ``metadata``.
        line: The line there, or in the file; None where lines are not what a person sees.
    """

    what: str
    path: str = ""
    cell: int | None = None
    where: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Scan:
    """What came of looking through files.

    Attributes:
        findings: The places where keys stand.
        files: How many files were looked through.
        unread: Files that could not be, with the reason.
    """

    findings: tuple[Finding, ...]
    files: int
    unread: tuple[tuple[str, str], ...] = ()


def scan_text(text: str, known: Sequence[KnownKey] = ()) -> list[Finding]:
    """Find keys in a text.

    Args:
        text: The text.
        known: Keys to look for literally.

    Returns:
        The findings, by line.
    """
    # One for each line: what is known goes before what says itself that it is a key, and that before what looks so.
    found: dict[int, tuple[int, str]] = {}
    for view in views(text):
        looked = [*((0, each) for each in find_known(view.text, known)), *map(_ranked, find_shapes(view.text))]
        for rank, each in looked:
            line = text.count("\n", 0, view.origin(each.start)) + 1
            if line not in found or rank < found[line][0]:
                found[line] = rank, each.what
    told: dict[str, Finding] = {}
    for line, (rank, what) in sorted(found.items()):
        # Of a known key that fills several lines, the first says enough.
        told.setdefault(what if rank == 0 else f"{line}", Finding(what, line=line))
    return list(told.values())


def _ranked(found: Found) -> tuple[int, Found]:
    return (1 if found.is_certain else 2), found


def scan_paths(paths: Iterable[str | os.PathLike[str]], known: Sequence[KnownKey] = ()) -> Scan:
    """Look through files, and through all files of folders.

    Args:
        paths: Files and folders.
        known: Keys to look for literally.

    Returns:
        What was found.
    """
    findings: list[Finding] = []
    unread: list[tuple[str, str]] = []
    files = 0
    for path in dict.fromkeys(file for given in paths for file in _files(Path(given))):
        content = _content(path)
        if isinstance(content, str):
            unread.append((str(path), content))
        elif content is not None:
            files += 1
            findings += _scan_file(path, content, known)
    return Scan(tuple(findings), files, tuple(unread))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not _is_passed_by(Path(folder, name)))
        yield from (Path(folder) / name for name in sorted(files))


def _is_passed_by(folder: Path) -> bool:
    return folder.name in _PASSED_BY or (folder / _ENVIRONMENT).is_file()


def _content(path: Path) -> bytes | str | None:
    """Return what a file holds, None for what is no text, or why it cannot be read."""
    try:
        if path.stat().st_size > _LARGEST:
            return "it is larger than 100 MB"
        if not path.is_file():
            return "it is no file"
        content = path.read_bytes()
    except OSError as error:
        return error.strerror or type(error).__name__
    except ValueError:  # a zero byte in the name
        return "no file can have such a name"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").encode()
    return None if b"\0" in content[:_LOOKED_AT] else content


def _scan_file(path: Path, content: bytes, known: Sequence[KnownKey]) -> Iterator[Finding]:
    text = content.decode("utf-8", "replace")
    parts = parts_of(text) if path.suffix == ".ipynb" else None
    for part in [Part(None, "", text)] if parts is None else parts:
        for found in scan_text(part.text, known):
            yield Finding(found.what, str(path), part.cell, part.where, found.line if part.has_lines else None)
