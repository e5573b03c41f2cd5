"""Running a notebook in a kernel of its own, to see whether it still gives what its manifest says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from binance_nb.errors import TapeError, UsageError
from binance_nb.manifests.comparing import Finding, State, compare
from binance_nb.manifests.executing import Failure, execute, read_notebook
from binance_nb.manifests.manifest import manifest_path, read_manifest
from binance_nb.manifests.offline import files_read, modules_loaded
from binance_nb.verifying import OFFLINE_VARIABLE, VERIFYING_VARIABLE, verified_manifest

__all__ = ["Verdict", "count_cells", "judge_here", "verify"]

_MARK = "binance_nb verdict "
# Runs in the notebook's kernel, behind its last cell.
_LAST_CELL = "from binance_nb.manifests import judge_here\njudge_here(globals(), {root!r})"
# A kernel without a network must not find one behind a proxy on this computer; the session is another notebook's.
_NOT_ITS_OWN = ("JPY_SESSION_NAME",)
_PROXIES = ("all_proxy", "http_proxy", "https_proxy", "ws_proxy", "wss_proxy")


@dataclass(frozen=True)
class Verdict:
    """What became of a notebook.

    Attributes:
        notebook: Its file.
        findings: One for each frame of its manifest.
        failure: Why it did not run to its end; None when it did.
        files: Those beside and below it that it read, when it was run without a network.
        modules: Top-level names of those that it loaded, itself or through others, when it was run so.
    """

    notebook: Path
    findings: tuple[Finding, ...] = ()
    failure: Failure | None = None
    files: tuple[Path, ...] = ()
    modules: tuple[str, ...] = ()

    @property
    def failed(self) -> str:
        """What the cell said that ended it; empty when all ran."""
        return "" if self.failure is None else self.failure.said

    @property
    def exit_status(self) -> int:
        """What a command ends with: 0 all the same, 1 revised or missing, 2 a cell failed, 3 extended alone."""
        states = {finding.state for finding in self.findings}
        if self.failure is not None:
            return 2
        if states & {State.REVISED, State.MISSING}:
            return 1
        return 3 if State.EXTENDED in states else 0


def count_cells(notebook: Path) -> int:
    """Return how many cells a notebook has.

    Args:
        notebook: Its file.

    Raises:
        UsageError: There is none, or it is none.
    """
    return len(read_notebook(notebook).cells)


def verify(
    notebook: Path,
    manifest: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    root: Path | None = None,
    timeout_seconds: int = 600,
    step: Callable[[], None] | None = None,
) -> Verdict:
    """Run a notebook from the top in a new kernel, and compare its frames with its manifest.

    The notebook's file is not changed. While it is verified, a tape is played and never recorded, ``%binance manifest``
    compares and does not write, and nothing can be armed: no order leaves for a live host.

    Args:
        notebook: Its file.
        manifest: That of its manifest; the one beside it when None.
        environment: Variables that its kernel is to have besides.
        root: Run it without a network, and find out what it reads below this folder.
        timeout_seconds: How long one cell may take.
        step: Called for each cell that begins.

    Returns:
        What became of it.

    Raises:
        UsageError: There is no such notebook, it cannot be run here, or it is being verified already.
        TapeError: There is no manifest, or it cannot be read.
        KeyboardInterrupt: It was interrupted; its kernel is gone.
    """
    if verified_manifest() is not None:
        raise UsageError("This notebook is being verified already.", hint="Verify it from outside of itself.")
    path = manifest or manifest_path(notebook)
    book = read_notebook(notebook)
    read_manifest(path)  # before a kernel is started
    _add_last_cell(book, root)
    failure = execute(
        book,
        notebook.resolve().parent,
        environment=_environment(path, environment or {}, is_offline=root is not None),
        timeout_seconds=timeout_seconds,
        step=step,
    )
    if failure is not None:
        return Verdict(notebook, failure=failure)
    told = _told(book.cells[-1])
    findings = (Finding(each["name"], State(each["state"]), each["told"]) for each in told["findings"])
    return Verdict(notebook, tuple(findings), files=tuple(map(Path, told["files"])), modules=tuple(told["modules"]))


def judge_here(namespace: Mapping[str, object], root: str | None) -> None:
    """Compare a person's variables with the manifest they are verified by, and print the findings for `verify` to read.

    Args:
        namespace: The variables.
        root: The folder whose files are of interest.
    """
    path = verified_manifest()
    assert path is not None
    findings = [asdict(finding) for finding in compare(read_manifest(path), namespace)]
    files = [] if root is None else [str(file) for file in files_read(Path(root))]
    modules = [] if root is None else modules_loaded()
    print(_MARK + json.dumps({"findings": findings, "files": files, "modules": modules}))  # noqa: T201 - the kernel's only way out


def _add_last_cell(book: Any, root: Path | None) -> None:  # Any: nbformat has no types
    import nbformat

    v4: Any = nbformat.v4  # Any: see above
    book.cells.append(v4.new_code_cell(_LAST_CELL.format(root=None if root is None else str(root.resolve()))))


def _environment(manifest: Path, more: Mapping[str, str], *, is_offline: bool) -> dict[str, str]:
    dropped = {*_NOT_ITS_OWN, *(_PROXIES if is_offline else ())}
    kept = {name: value for name, value in os.environ.items() if name not in dropped and name.lower() not in dropped}
    offline = {OFFLINE_VARIABLE: "1"} if is_offline else {}
    return {**kept, **more, **offline, VERIFYING_VARIABLE: str(manifest.resolve())}


def _told(cell: Any) -> dict[str, Any]:  # Any: nbformat has no types; JSON
    for output in cell.outputs:
        for line in str(output.get("text", "")).splitlines():
            if line.startswith(_MARK):
                told: dict[str, Any] = json.loads(line.removeprefix(_MARK))  # Any: JSON
                return told
    raise TapeError(
        "The notebook's kernel did not tell what its frames are.", hint="Does its last cell end the kernel?"
    )
