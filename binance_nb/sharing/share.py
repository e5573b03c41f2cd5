"""Getting a notebook ready for others: no keys in it, every call on a tape, what Binder needs, and the link."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from shlex import quote
from typing import Any

from binance_nb.errors import CredentialsError, TapeError, UsageError
from binance_nb.guard import Finding, KnownKey, known_keys, scan_paths, scan_text
from binance_nb.manifests import Failure, State, Verdict, manifest_path, read_manifest, verify
from binance_nb.manifests.executing import read_notebook
from binance_nb.manifests.offline import REFUSED
from binance_nb.sharing.binder import BinderFile, binder_files, write_new
from binance_nb.sharing.checkout import Checkout, checkout_of
from binance_nb.sharing.publishing import publishing
from binance_nb.sharing.requirements import imported_names, is_local, local_line, pinned
from binance_nb.sharing.target import Target
from binance_nb.tape import read_tape

__all__ = ["Shared", "SharedFile", "share"]

_TAPES = (".jsonl", ".jsonl.gz")
_PLACES_SHOWN = 5
# What a call that finds no network raises, ours and those of the libraries that people use.
_NETWORK_ERRORS = frozenset(
    {
        "ClientConnectorError",
        "ConnectError",
        "ConnectionError",
        "NetworkError",
        "TapeMissError",
        "TransportError",
        "URLError",
    }
)
# A zip of the same files is the same, whenever it is made.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SharedFile:
    """A file that others need.

    Attributes:
        path: Where it stands in what is shared.
        what: What it is: notebook, manifest, tape, data, module, or a part of binder.
        size: In bytes.
        told: What there is to say of it; empty when it is as it should be.
    """

    path: PurePosixPath
    what: str
    size: int
    told: str = ""


@dataclass(frozen=True)
class Shared:
    """A notebook that is ready to be shared.

    Attributes:
        notebook: Its path in what is shared.
        root: The folder that is shared.
        is_git: Whether that is a checkout of git.
        files: All that others need.
        frames: How many frames are what the manifest says.
        target: Where it will stand; without a place where nothing tells.
        notes: What a person should know.
        pack: The zip file that was written, if any.
        steps: Lines to type before others can open it.
    """

    notebook: PurePosixPath
    root: Path
    is_git: bool
    files: tuple[SharedFile, ...]
    frames: int
    target: Target
    notes: tuple[str, ...] = ()
    pack: Path | None = None
    steps: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """The address that opens it on Binder; empty where nothing tells where it will stand."""
        return self.target.link(self.notebook) if self.target.repo else ""

    @property
    def badge(self) -> str:
        """A badge that leads there, in Markdown; empty as `link` is."""
        return self.target.badge(self.notebook) if self.target.repo else ""


def share(
    notebook: Path,
    target: Target | None = None,
    *,
    pack: Path | None = None,
    with_keyring: bool = True,
    step: Callable[[], None] | None = None,
) -> Shared:
    """Get a notebook ready for others, or refuse.

    It is run without a network: each of its calls has to come from a tape, or from the sandbox, and its frames have to
    be what its manifest says. No key may stand in any file that goes with it. Where there is no binder/ folder, one is
    written; one that is there is looked at and left as it is. Nothing is sent anywhere.

    Args:
        notebook: Its file.
        target: Where it will stand; what is left out is taken from git.
        pack: A zip file to put everything into; made unasked where there is no git.
        with_keyring: Whether the keys in the computer's keyring are looked for, too.
        step: Called for each cell that begins to run.

    Returns:
        What goes with it, and the link.

    Raises:
        CredentialsError: A key stands in a file; names file, cell and line.
        TapeError: It does not run without a network, gives other frames than its manifest says, or has no manifest.
        UsageError: There is no such notebook, or it cannot stand where it was to stand.
    """
    book, keys = read_notebook(notebook), known_keys(with_keyring=with_keyring)
    if pack is not None and pack.suffix != ".zip":
        raise UsageError(f"{pack.name} is no name of a zip file.", suggestion=f"{pack.stem}.zip", culprit=str(pack))
    checkout = checkout_of(notebook)
    where = (target or Target()).completed(checkout.guess)
    manifest = manifest_path(notebook)
    read_manifest(manifest)
    manifest = manifest.resolve()
    own = [notebook.resolve(), manifest]
    _refuse_outside(own, checkout.root, where)
    _refuse_keys(own, keys, checkout.root)
    verdict = verify(notebook, root=checkout.root, step=step)
    _refuse_other_frames(verdict)
    own = list(dict.fromkeys([*own, *verdict.files]))
    _refuse_outside(own, checkout.root, where)
    inside = PurePosixPath(notebook.resolve().relative_to(checkout.root).as_posix())
    packages = pinned([*_imports(book), *verdict.modules])
    binder = binder_files(checkout.root, inside, packages, is_flat=where.provider == "gist")
    _refuse_keys([*own, *(file.path for file in binder if file.path.is_file())], keys, checkout.root)
    write_new(binder)
    files, unsaved = _listed(own, binder, checkout)
    if not checkout.is_git or pack is not None:
        pack = pack or notebook.with_name(f"{notebook.stem}.share.zip")
        _pack(pack, checkout.root, files)
    way = publishing(checkout, where, notebook, unsaved, named=target.ref if target else "")
    notes = (*_notes(binder), *filter(None, [way.note]))
    return Shared(
        inside, checkout.root, checkout.is_git, files, len(verdict.findings), way.target, notes, pack, way.steps
    )


def _refuse_keys(files: Sequence[Path], keys: Sequence[KnownKey], root: Path) -> None:
    scan = scan_paths(files, keys)
    findings = [*scan.findings, *(found for file in files for found in _in_compressed(file, keys))]
    if findings:
        places = [_place(found, root) for found in findings]
        more = [f"and {len(places) - _PLACES_SHOWN} more"] if len(places) > _PLACES_SHOWN else []
        raise CredentialsError(
            f"{places[0]}. Nothing was made ready to be shared.",
            hint="Replace it at the exchange if anybody else may have seen the file, and take it out of the file.",
            suggestion=f"python -m binance_nb scan {' '.join(dict.fromkeys(_typed(found.path) for found in findings))}",
            culprit=findings[0].path,
            details={"places": "; ".join([*places[:_PLACES_SHOWN], *more])} if len(places) > 1 else None,
        )
    if scan.unread:
        path, why = scan.unread[0]
        raise UsageError(f"{path} could not be looked through for keys: {why}.", culprit=path)


def _typed(path: str) -> str:
    """Return a path as one types it here: in full only where it leads elsewhere."""
    here = Path.cwd()
    return quote(str(Path(path).relative_to(here)) if here in Path(path).parents else path)


def _in_compressed(file: Path, keys: Sequence[KnownKey]) -> list[Finding]:
    if file.suffix != ".gz":
        return []
    try:
        text = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{file} could not be looked through for keys: {error}.", culprit=str(file)) from None
    return [replace(found, path=str(file)) for found in scan_text(text, keys)]


def _place(found: Finding, root: Path) -> str:
    path = Path(found.path)
    name = path.relative_to(root) if root in path.parents else path
    cell = f", cell {found.cell}" if found.cell is not None else ""
    where = f", {found.where}" if found.where else ""
    line = f", line {found.line}" if found.line is not None else ""
    return f"{name}{cell}{where}{line}: {found.what}"


def _refuse_other_frames(verdict: Verdict) -> None:
    name = verdict.notebook.name
    if (failure := verdict.failure) is not None:
        cell = "" if failure.cell is None else f", cell {failure.cell}"
        if not _wants_network(failure):
            raise TapeError(
                f"{name}{cell} does not run: {failure.said}",
                hint="It has to run from the top to its end, in a new kernel; %binance verify runs it so, too.",
                culprit=name,
            )
        raise TapeError(
            f"{name}{cell} does not run without a network: {failure.said}",
            hint="Put a tape on in its first cells, run it from the top, and write its manifest behind.",
            suggestion=f"%binance record {quote(f'{verdict.notebook.stem}.jsonl')}",
            culprit=name,
        )
    if not verdict.findings:
        raise TapeError(
            f"The manifest of {name} names no frames, so it would agree with anything.",
            hint="Write it in the notebook, below a cell that assigns a frame to a variable.",
            suggestion="%binance manifest",
            culprit=name,
        )
    other = [finding for finding in verdict.findings if finding.state is not State.SAME]
    if other:
        told = "; ".join(f"{finding.name} is {finding.state.value} ({finding.told})" for finding in other)
        raise TapeError(
            f"{name} gives other frames than its manifest says: {told}.",
            hint="Run it from the top and write its manifest anew.",
            suggestion="%binance manifest",
            culprit=other[0].name,
        )


def _wants_network(failure: Failure) -> bool:
    return failure.kind in _NETWORK_ERRORS or REFUSED in failure.said


def _refuse_outside(files: Iterable[Path], root: Path, target: Target) -> None:
    for file in files:
        if root not in file.parents:
            raise UsageError(
                f"{file} stands outside of {root}, so it would not be shared.",
                hint="Move it beside the notebook, and record or read it from there.",
                culprit=str(file),
            )
        if target.provider == "gist" and file.parent != root:
            raise UsageError(
                f"A gist has no folders, and {file.relative_to(root)} stands in one.",
                hint="Put all files beside the notebook, or share them in a repository.",
                culprit=str(file),
            )


def _imports(book: Any) -> set[str]:  # Any: nbformat has no types
    return {name for cell in book.cells if cell.cell_type == "code" for name in imported_names(cell.source)}


def _listed(
    own: Sequence[Path], binder: Sequence[BinderFile], checkout: Checkout
) -> tuple[tuple[SharedFile, ...], list[Path]]:
    """Return all files, and those that git does not have as they are."""
    told = {file: (_kind(file, own), "") for file in own}
    told |= {file.path: ("binder", file.told) for file in binder}
    unsaved = checkout.unsaved(path for path in told if path.is_file())
    listed = tuple(
        SharedFile(
            PurePosixPath(path.relative_to(checkout.root).as_posix()),
            what,
            path.stat().st_size if path.is_file() else 0,
            "; ".join(filter(None, [said, unsaved.get(path, "")])),
        )
        for path, (what, said) in told.items()
    )
    return listed, [path for path in told if path in unsaved]


def _kind(file: Path, own: Sequence[Path]) -> str:
    if file in own[:2]:
        return ("notebook", "manifest")[own.index(file)]
    if file.name.endswith(_TAPES):
        try:
            tape = read_tape(file)
        except TapeError:
            return "data"
        count = len(tape.entries)
        return f"tape, {count:,} {'call' if count == 1 else 'calls'}"
    return "module" if file.suffix == ".py" else "data"


def _pack(pack: Path, root: Path, files: Iterable[SharedFile]) -> None:
    try:
        with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as bundle:
            for file in files:
                path = root / file.path
                if not path.is_file():
                    continue
                entry = zipfile.ZipInfo(str(file.path), _ZIP_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (path.stat().st_mode & 0o777) << 16
                bundle.writestr(entry, path.read_bytes())
    except OSError as error:
        raise UsageError(f"{pack} cannot be written: {error.strerror or error}.", culprit=str(pack)) from None


def _notes(binder: Sequence[BinderFile]) -> tuple[str, ...]:
    is_new = any(file.text is not None and file.path.name == "requirements.txt" for file in binder)
    if not is_new or not is_local():
        return ()
    return (
        f"This binance_nb was installed from a file or folder of this computer, which Binder does not have. It takes "
        f"{local_line()} of requirements.txt from the Python Package Index: where that version is not there, put "
        "another source in its place, such as binance-nb @ git+https://ADDRESS@COMMIT.",
    )
