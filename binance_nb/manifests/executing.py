"""A notebook run from the top in a kernel of its own; nothing is written."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings

from binance_nb.errors import UsageError

__all__ = ["Failure", "execute", "read_notebook"]

_LOOKS_SECONDS = 0.1


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not run to its end.

    Attributes:
        said: What the cell that ended it said.
        cell: Its number, from 1; None where no cell is to blame.
        kind: Name of the error's class; empty where the kernel died or took too long.
    """

    said: str
    cell: int | None = None
    kind: str = ""


def read_notebook(notebook: Path) -> Any:  # Any: nbformat has no types
    """Read a notebook.

    Args:
        notebook: Its file.

    Returns:
        The notebook, in version 4 of its format.

    Raises:
        UsageError: There is none, it is none, or nothing here can run one.
    """
    try:
        import nbclient  # noqa: F401 - whoever reads one here wants to run it
        import nbformat
    except ModuleNotFoundError:
        raise UsageError(
            "Running a notebook needs nbclient, which is not installed here.",
            suggestion="pip install nbclient",
        ) from None
    try:
        book = _parsed(notebook.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"There is no notebook {notebook}.", culprit=str(notebook)) from None
    except OSError as error:
        raise UsageError(f"{notebook} cannot be read: {error.strerror or error}.", culprit=str(notebook)) from None
    except (ValueError, TypeError, AttributeError, KeyError, nbformat.ValidationError, nbformat.reader.NotJSONError):
        # What these errors say quotes the file, and a key may stand in it.
        raise UsageError(
            f"{notebook.name} is no notebook, or a damaged one.",
            hint="Does Jupyter open it? Then save it there once more.",
            culprit=str(notebook),
        ) from None
    language = book.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise UsageError(f"{notebook.name} is written in {language}, not in Python.", culprit=str(notebook))
    return book


def _parsed(text: str) -> Any:  # Any: nbformat has no types
    import nbformat

    # By hand, as nbformat.reads() writes what is wrong into the log, with the contents.
    read: Callable[..., Any] = nbformat.reader.reads
    convert: Callable[..., Any] = nbformat.convert
    book = convert(read(text), 4)
    with catch_warnings(action="ignore"):  # of cells without ids, which do no harm here
        nbformat.validate(book, relax_add_props=True)
    return book


def execute(
    book: Any,  # Any: nbformat has no types
    folder: Path,
    *,
    environment: Mapping[str, str],
    timeout_seconds: int,
    step: Callable[[], None] | None = None,
) -> Failure | None:
    """Run the cells of a notebook, which holds their outputs afterwards.

    An interrupt ends the kernel. The Python is the one that runs this, whatever kernel the notebook names.

    Args:
        book: The notebook.
        folder: Where its kernel starts.
        environment: All variables of its kernel.
        timeout_seconds: How long one cell may take.
        step: Called, from this thread, for each cell that begins.

    Returns:
        Why it did not run to its end, or None when it did.

    Raises:
        KeyboardInterrupt: It was interrupted; its kernel is gone.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    begun: list[int] = []
    client = NotebookClient(
        book,
        km=_manager(),
        timeout=timeout_seconds,
        store_widget_state=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: begun.append(cell_index),
    )
    try:
        _wait_for(client, environment, begun, step)
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}".strip(": ")
        return Failure(said, begun[-1] + 1 if begun else None, error.ename)
    except (CellTimeoutError, DeadKernelError) as error:
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return Failure(first.strip(), begun[-1] + 1 if begun else None)
    except RuntimeError as error:  # what nbclient and jupyter_client raise when no kernel comes up
        return Failure(f"The kernel did not start: {error}")
    return None


def _wait_for(
    client: Any,  # Any: nbclient has no types
    environment: Mapping[str, str],
    begun: list[int],
    step: Callable[[], None] | None,
) -> None:
    """Wait for a notebook that runs in a thread: here a loop may be running already, which nbclient would not stop."""
    manager, told = client.km, 0
    with ThreadPoolExecutor(1, "notebook") as pool:
        running: Future[Any] = pool.submit(lambda: asyncio.run(_run(client, environment)))
        try:
            while not wait([running], _LOOKS_SECONDS).done:
                while step is not None and told < len(begun):
                    step()
                    told += 1
        except KeyboardInterrupt:
            _kill(manager, running)
            raise
        running.result()


async def _run(client: Any, environment: Mapping[str, str]) -> None:  # Any: nbclient has no types
    await client.async_execute(env=dict(environment), cleanup_kc=True)


def _kill(manager: Any, running: Future[Any]) -> None:  # Any: jupyter_client's types do not tell the provisioner's pid
    """End a kernel, also one that is only starting."""
    while not running.done():
        pid = getattr(manager.provisioner, "pid", None)
        if pid:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        time.sleep(_LOOKS_SECONDS)


def _manager() -> Any:  # Any: see _kill
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    command = [sys.executable, "-m", "binance_nb.manifests.kernel", "-f", "{connection_file}", "--log-level=40"]

    class _ThisPython(KernelSpecManager):
        """Knows one kernel: this Python, as the one that a notebook names may not be here."""

        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
