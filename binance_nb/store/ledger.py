"""What the store knows of one data set, beside its files: which time is there, and what each file should be."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from binance_nb.__about__ import __version__
from binance_nb.errors import StoreError
from binance_nb.store.datasets import Dataset
from binance_nb.store.spans import Span, State, laid_over

__all__ = ["LEDGER", "VERSION", "FileEntry", "Ledger", "Pending", "replace_file"]

LEDGER = "_ledger.json"
"""Its name begins as engines expect of files that are no data: Spark, Dask and Arrow pass over it."""

VERSION = 1


@dataclass(frozen=True)
class FileEntry:
    """What a file should be.

    Attributes:
        rows: How many rows it holds.
        size: How many bytes.
        sha256: Checksum of its bytes, hexadecimal.
    """

    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Pending:
    """A file about to be replaced. Whoever finds it after a crash can tell the old file from the new one.

    Attributes:
        file: The file's name.
        entry: What it will be.
        spans: What is known once it is.
    """

    file: str
    entry: FileEntry
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Ledger:
    """What is known of a data set.

    Attributes:
        dataset: The data set.
        spans: What is known of which time, in order, without overlaps.
        files: The files, by name.
        pending: The file that was being replaced when this was written.
    """

    dataset: Dataset
    spans: tuple[Span, ...] = ()
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    pending: Pending | None = None

    def with_spans(self, news: Iterable[Span]) -> Ledger:
        """Return the ledger with news laid over what it knows.

        Args:
            news: What is known now.
        """
        return replace(self, spans=laid_over(self.spans, news))

    def about_to(self, file: str, entry: FileEntry, news: Iterable[Span]) -> Ledger:
        """Return the ledger as it is to be written before a file is replaced.

        Args:
            file: The file's name.
            entry: What it will be.
            news: What is known once it is.
        """
        return replace(self, pending=Pending(file, entry, laid_over(self.spans, news)))

    def done(self) -> Ledger:
        """Return the ledger once the pending file is in its place."""
        assert self.pending is not None
        files = {**self.files, self.pending.file: self.pending.entry}
        return replace(self, spans=self.pending.spans, files=files, pending=None)

    def undone(self) -> Ledger:
        """Return the ledger as if the pending file had never been begun."""
        return replace(self, pending=None)

    def write(self, folder: Path) -> None:
        """Put the ledger in its place, whole or not at all.

        Args:
            folder: The data set's folder.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        said = {
            "version": VERSION,
            "writer": f"binance_nb {__version__}",
            "dataset": asdict(self.dataset),
            "spans": [_row(span) for span in self.spans],
            "files": {name: asdict(entry) for name, entry in sorted(self.files.items())},
            "pending": self.pending
            and {
                "file": self.pending.file,
                "entry": asdict(self.pending.entry),
                "spans": [_row(span) for span in self.pending.spans],
            },
        }
        replace_file(folder / LEDGER, json.dumps(said, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> Ledger | None:
        """Read a data set's ledger.

        Args:
            folder: The data set's folder.

        Returns:
            The ledger; None where there is none.

        Raises:
            StoreError: It was written by a newer version, or is no ledger.
        """
        path = folder / LEDGER
        try:
            said = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read: {error.strerror or error}.", details={"path": str(path)}
            ) from error
        except ValueError as error:
            raise _unreadable(path) from error
        version = said.get("version") if isinstance(said, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise StoreError(
                f"{path} was written by a newer version ({said.get('writer', 'unknown')}).",
                hint="Update this package, or give the store another folder: BINANCE_NB_CACHE names it.",
                details={"path": str(path), "version": version},
            )
        try:
            return cls._read(said)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(path) from error

    @classmethod
    def _read(cls, said: Any) -> Ledger:  # Any: JSON
        pending = said["pending"]
        return cls(
            Dataset(**said["dataset"]),
            _spans(said["spans"]),
            {name: FileEntry(**entry) for name, entry in said["files"].items()},
            Pending(pending["file"], FileEntry(**pending["entry"]), _spans(pending["spans"])) if pending else None,
        )


def replace_file(path: Path, data: bytes) -> None:
    """Put bytes in the place of a file, whole or not at all.

    Args:
        path: The file.
        data: Its new bytes.

    Raises:
        OSError: The disk is full, or cannot be written; then the file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _row(span: Span) -> list[int | str]:
    return [span.start_ms, span.end_ms, span.state, span.source]


def _spans(rows: Iterable[Any]) -> tuple[Span, ...]:  # Any: JSON
    spans = tuple(Span(int(start), int(end), state, str(source)) for start, end, state, source in rows)
    if any(span.state not in get_args(State) for span in spans):
        raise ValueError("a span is in no known state")
    return spans


def _unreadable(path: Path) -> StoreError:
    return StoreError(
        f"{path} cannot be read: it is no ledger of this store.",
        hint="The Parquet files beside it are what was stored; remove the folder, and it is fetched again.",
        suggestion="%binance store verify --mend",
        details={"path": str(path), "is_damage": True},
    )
