"""Which cell is running: its id where the notebook gives one, else a hash of what stands in it."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import secrets
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from binance_nb.trading.journal.origins import Origin, set_origin_source

__all__ = ["RunningCell", "follow_cells", "unfollow_cells"]


@dataclass
class _Run:
    """An execution: the request or the prompt it belongs to, where it comes from, and cells within cells.

    Whatever went on when it began, threads and tasks, is no part of it.
    """

    request: object
    origin: Origin
    depth: int = 1
    older: weakref.WeakSet[object] = field(default_factory=lambda: weakref.WeakSet(_going_on()))


class RunningCell:
    """Knows which cell is running, from the events of IPython.

    A cell that runs another, as ``%%capture`` does, stays the one: it is what the person ran. Between two cells, as for
    a click on a button, nothing is running. Threads and tasks belong to the cell that they began in: one that goes on
    after it, as a bot's does, comes from nowhere. Only the threads of pools work for whichever cell is running.

    Args:
        shell: The shell.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell: Any = shell  # Any: kernels are not typed, and an old one has no ids of cells
        self._run: _Run | None = None
        self._of_thread = threading.local()

    def listen(self) -> None:
        """Follow the cells from now on; the one that loads the extension is running already."""
        if source := self._running_source():
            self._begin(source)
        self._shell.events.register("pre_run_cell", self.before_cell)
        self._shell.events.register("post_run_cell", self.after_cell)
        set_origin_source(self.origin)

    def stop(self) -> None:
        """Follow no more."""
        self._shell.events.unregister("pre_run_cell", self.before_cell)
        self._shell.events.unregister("post_run_cell", self.after_cell)
        set_origin_source(None)

    def is_of(self, shell: InteractiveShell) -> bool:
        """Return whether it is the cells of a shell that are followed.

        Args:
            shell: The shell.
        """
        return self._shell is shell

    def origin(self) -> Origin | None:
        """Return where a call of this moment comes from."""
        run = self._run
        # A click may come while a cell awaits something; it is no part of it.
        is_of_none = run is None or self._kind() == "comm_msg" or not run.older.isdisjoint(_who_asks())
        now = None if run is None or is_of_none else run.origin
        if threading.current_thread() is threading.main_thread():
            return now
        # A thread that orders between cells works on its own: what it does belongs to no cell that happens to run.
        if now is None:
            self._of_thread.is_on_its_own = True
        return None if getattr(self._of_thread, "is_on_its_own", False) else now

    def before_cell(self, info: Any) -> None:  # Any: IPython does not type it
        """Note that a cell begins; IPython calls this.

        Args:
            info: The cell.
        """
        if self._run is not None and self._run.request == self._request():
            self._run.depth += 1
        else:
            self._begin(str(info.raw_cell or ""))

    def after_cell(self, result: object) -> None:
        """Note that a cell ended; IPython calls this.

        Args:
            result: What became of it.
        """
        if self._run is not None:
            self._run.depth -= 1
            if self._run.depth <= 0:
                self._run = None

    def _begin(self, source: str) -> None:
        self._run = _Run(self._request(), Origin(self._cell_id() or _hash(source), secrets.token_hex(8)))

    def _parent(self) -> Mapping[str, Any]:
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None or not hasattr(kernel, "get_parent"):
            return {}
        return kernel.get_parent("shell") or {}

    def _kind(self) -> str:
        return str(self._parent().get("header", {}).get("msg_type", ""))

    def _request(self) -> object:
        return self._parent().get("header", {}).get("msg_id") or self._shell.execution_count

    def _cell_id(self) -> str:
        # What JupyterLab sends along with the code. IPython has it from 8 on, the kernel's own message always.
        return str(self._parent().get("metadata", {}).get("cellId") or "")

    def _running_source(self) -> str:
        if self._kind() == "execute_request":
            return str(self._parent().get("content", {}).get("code", ""))
        entered = self._shell.history_manager.input_hist_raw if _is_in_cell() else []
        return str(entered[-1]) if entered else ""


def _going_on() -> set[object]:
    """Return the threads and tasks of this moment, but for those that the cell itself runs in, and those of pools."""
    begun: set[object] = {each for each in threading.enumerate() if not _is_of_pool(each)}
    with suppress(RuntimeError):  # there may be no loop in this thread
        begun |= asyncio.all_tasks()
    return begun - _who_asks()


def _who_asks() -> set[object]:
    """Return the thread and the task of this call."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return {threading.current_thread(), *([task] if task is not None else [])}


def _is_of_pool(thread: threading.Thread) -> bool:
    """Return whether a thread does what it is given, by whom it is given."""
    named = (("concurrent.futures.thread", "_threads_queues"), ("multiprocessing.dummy", "DummyProcess"))
    workers, kind = (getattr(sys.modules.get(module), name, None) for module, name in named)
    return (workers is not None and thread in workers) or (kind is not None and isinstance(thread, kind))


def _is_in_cell() -> bool:
    """Return whether the present call was made by a cell: what was entered last may have ended long ago."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code is not InteractiveShell.run_code.__code__:
        frame = frame.f_back
    return frame is not None


def _hash(source: str) -> str:
    # Blank ends are no difference that a person sees.
    return f"source-{hashlib.sha256(source.strip().encode(errors='replace')).hexdigest()[:24]}"


_following: RunningCell | None = None


def follow_cells(shell: InteractiveShell) -> None:
    """Let calls know which cell they come from.

    Args:
        shell: The shell. When its cells are followed already, nothing changes.
    """
    global _following
    if _following is None or not _following.is_of(shell):
        unfollow_cells()
        _following = RunningCell(shell)
        _following.listen()


def unfollow_cells() -> None:
    """Let calls come from nowhere again."""
    global _following
    if _following is not None:
        _following.stop()
    _following = None
