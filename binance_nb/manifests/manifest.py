"""A manifest: what the frames of a notebook were, so that somebody else can tell whether theirs are the same."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binance_nb.__about__ import __version__
from binance_nb.errors import TapeError, UsageError
from binance_nb.grammar import did_you_mean, nearest
from binance_nb.manifests.canonical import fingerprint, kind_of_column

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FrameFacts",
    "Manifest",
    "facts_of",
    "label_text",
    "labelled_columns",
    "manifest_of",
    "manifest_path",
    "named_frames",
    "read_manifest",
    "says_the_same",
]

_VERSION = 1
_LIBRARIES = ("ipython", "numpy", "pandas", "pyarrow", "requests")
_ENDING = ".manifest.json"


@dataclass(frozen=True)
class FrameFacts:
    """What is known of one frame.

    Attributes:
        operation: Catalog name of the call it came from, or was computed from; None where there was none.
        parameters: What that call was given.
        source: Where its rows are from: api, archive, store, tape.
        environment: The place it came from.
        is_derived: Whether it was changed since it was handed over.
        rows: How many.
        span: The first and the last label of its index, as text; None where it has none.
        columns: What each column holds, those of the index first.
        dtypes: The same in the words of this pandas.
        sha256: Over all of it; see `binance_nb.manifests.canonical`.
        piece_rows: How many rows one of the pieces has.
        pieces: Four letters for each stretch of rows.
    """

    operation: str | None
    parameters: Mapping[str, str]
    source: str | None
    environment: str | None
    is_derived: bool
    rows: int
    span: tuple[str, str] | None
    columns: Mapping[str, str]
    dtypes: Mapping[str, str]
    sha256: str
    piece_rows: int
    pieces: str


@dataclass(frozen=True)
class Manifest:
    """The frames of a notebook, by name, and what made them.

    Attributes:
        notebook: Name of the notebook's file.
        frames: Facts by the name of the variable.
        versions: Of this package, of Python and of the libraries that make frames.
    """

    notebook: str
    frames: Mapping[str, FrameFacts]
    versions: Mapping[str, str]

    def text(self) -> str:
        """Return it as JSON: always in the same order, so that two manifests can be laid beside each other."""
        fields = {
            "manifest": _VERSION,
            "notebook": self.notebook,
            "versions": dict(sorted(self.versions.items())),
            "frames": {name: asdict(facts) for name, facts in sorted(self.frames.items())},
        }
        return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"

    def write(self, path: Path) -> None:
        """Write it to a file.

        Args:
            path: The file.

        Raises:
            TapeError: It cannot be written.
        """
        draft = path.with_name(f".{path.name}")
        try:
            draft.write_text(self.text(), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise TapeError(f"{path} cannot be written: {error.strerror or error}.", culprit=path.name) from None


def manifest_path(notebook: Path) -> Path:
    """Return where the manifest of a notebook stands: beside it.

    Args:
        notebook: The notebook's file.

    Returns:
        The manifest's file.
    """
    return notebook.with_name(notebook.stem + _ENDING)


def named_frames(namespace: Mapping[str, object], names: Iterable[str] = ()) -> dict[str, pd.DataFrame]:
    """Return the frames among a person's variables.

    Args:
        namespace: The variables.
        names: The only ones wanted; when empty all, but those that begin with an underscore, and what was made of the
            journal of orders: it tells when this computer did what, so that it is another in each run.

    Returns:
        The frames by name, in alphabetical order.

    Raises:
        UsageError: One that is wanted is not there, or is no frame.
    """
    import pandas as pd

    from binance_nb.frames.attributes import DIARY

    there = {
        name: value
        for name, value in sorted(namespace.items())
        if isinstance(value, pd.DataFrame) and not name.startswith("_")
    }
    wanted = list(names)
    for name in wanted:
        if name not in there:
            what = "is no frame" if name in namespace else "is not defined"
            raise UsageError(
                f"{name} {what}.",
                hint=did_you_mean(name, there) or f"Frames here: {', '.join(there) or 'none'}.",
                suggestion=next(iter(nearest(name, there)), None),
                culprit=name,
            )
    if wanted:
        return {name: there[name] for name in sorted(wanted)}
    return {name: frame for name, frame in there.items() if DIARY not in frame.attrs}


def manifest_of(frames: Mapping[str, pd.DataFrame], notebook: str = "") -> Manifest:
    """Return the manifest of frames.

    Args:
        frames: The frames by name.
        notebook: Name of the notebook's file.

    Returns:
        The manifest.
    """
    return Manifest(notebook, {name: facts_of(frame) for name, frame in sorted(frames.items())}, _versions())


def facts_of(frame: pd.DataFrame) -> FrameFacts:
    """Return what is known of a frame.

    Args:
        frame: Any frame.

    Returns:
        The facts.
    """
    from binance_nb.frames import is_as_delivered

    told = frame.attrs.get("binance", {})
    mark = fingerprint(frame)
    columns = labelled_columns(frame)
    return FrameFacts(
        operation=told.get("operation"),
        parameters=dict(sorted(told.get("parameters", {}).items())),
        source=told.get("source"),
        environment=told.get("environment"),
        is_derived=not is_as_delivered(frame),
        rows=len(frame),
        span=(label_text(frame.index[0]), label_text(frame.index[-1])) if len(frame) else None,
        columns={name: kind_of_column(column) for name, column in columns.items()},
        dtypes={name: str(column.dtype) for name, column in columns.items()},
        sha256=mark.sha256,
        piece_rows=mark.piece_rows,
        pieces=mark.pieces,
    )


def labelled_columns(frame: pd.DataFrame) -> dict[str, Any]:  # Any: a Series or an Index
    """Return the columns of a frame by name, those of its index first.

    Args:
        frame: Any frame.

    Returns:
        The columns; an index that only counts has none.
    """
    index: dict[str, Any] = {}  # Any: an Index
    if frame.index.nlevels > 1:
        index = {f"index {name}": frame.index.get_level_values(at) for at, name in enumerate(frame.index.names)}
    elif frame.index.name is not None:
        index = {f"index {frame.index.name}": frame.index}
    return {**index, **{str(name): frame.iloc[:, at] for at, name in enumerate(frame.columns)}}


def label_text(label: Any) -> str:  # Any: whatever an index holds
    """Return a label of an index as text: the same for the same moment, whatever its zone.

    Args:
        label: One of any index.
    """
    if isinstance(label, tuple):
        return ", ".join(map(label_text, label))
    if getattr(label, "tzinfo", None) is not None and hasattr(label, "astimezone"):
        label = label.astimezone(UTC)
    return label.isoformat() if hasattr(label, "isoformat") else str(label)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Args:
        path: Its file.

    Returns:
        The manifest.

    Raises:
        TapeError: It is not there, is no manifest, or is one of a newer version.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TapeError(
            f"There is no manifest {path}.", hint="Write it first, in the notebook.", suggestion="%binance manifest"
        ) from None
    except (OSError, ValueError) as error:
        raise TapeError(f"{path.name} cannot be read: {error}.", culprit=path.name) from None
    if not isinstance(fields, dict) or not isinstance(fields.get("manifest"), int):
        raise TapeError(f"{path.name} is no manifest.", culprit=path.name)
    if fields["manifest"] > _VERSION:
        raise TapeError(
            f"{path.name} was written by a newer version of binance_nb.",
            hint="Install that version, or write the manifest anew.",
            suggestion="pip install --upgrade binance-nb",
            culprit=path.name,
        )
    try:
        frames = {name: _facts(told) for name, told in fields["frames"].items()}
        return Manifest(fields["notebook"], frames, fields["versions"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TapeError(f"{path.name} is no whole manifest.", hint="Write it anew.", culprit=path.name) from None


def says_the_same(path: Path, made: Manifest) -> bool:
    """Whether a manifest that is there tells the same of the same frames, whatever versions of libraries it names.

    Args:
        path: Its file.
        made: The manifest to compare it with.
    """
    try:
        before = read_manifest(path)
    except TapeError:
        return False
    return before.notebook == made.notebook and _essence(before) == _essence(made)


def _essence(manifest: Manifest) -> dict[str, FrameFacts]:
    # Recorded, and played from the tape, it is the same frame.
    return {name: replace(facts, dtypes={}, source=None, environment=None) for name, facts in manifest.frames.items()}


def _facts(told: dict[str, Any]) -> FrameFacts:  # Any: JSON
    span = None if told["span"] is None else tuple(map(str, told["span"]))
    facts = FrameFacts(**{**told, "span": span})
    are_sound = (
        all(isinstance(told[name], dict) for name in ("columns", "dtypes", "parameters"))
        and all(isinstance(told[name], int) and told[name] >= 0 for name in ("rows", "piece_rows"))
        and all(isinstance(told[name], str) for name in ("sha256", "pieces"))
    )
    if not are_sound:
        raise TypeError
    return facts


def _versions() -> dict[str, str]:
    found = {"binance_nb": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
