"""The one event loop of a kernel's streams, on a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from binance_nb.streams.threads import LOOP_THREAD, refuse_on_loop

__all__ = ["BackgroundLoop", "background_loop", "end_idle_loop"]

_T = TypeVar("_T")
_END_WITHIN_SECONDS = 2.0
# How long a fork waits for the loop to be between two of its calls, and the loop for the fork.
_PARK_SECONDS = 0.5


def _cancel(tasks: list[asyncio.Task[Any] | None]) -> None:
    for task in tasks:
        if task is not None:
            task.cancel()


class BackgroundLoop:
    """An event loop on a daemon thread; it starts when it is made."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._note_defect)
        self._is_ending = False
        self.defects: list[str] = []
        self._begun: set[concurrent.futures.Future[Any]] = set()
        self._thread = threading.Thread(target=self._run, name=LOOP_THREAD, daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"BackgroundLoop({'running' if self._thread.is_alive() else 'ended'})"

    @property
    def is_here(self) -> bool:
        """Whether the caller is on the loop's thread."""
        return threading.current_thread() is self._thread

    @property
    def is_running(self) -> bool:
        """Whether it still takes work."""
        return self._thread.is_alive() and not self._is_ending

    def spawn(self, coroutine: Coroutine[Any, Any, _T]) -> concurrent.futures.Future[_T]:
        """Begin a coroutine on the loop.

        Args:
            coroutine: What to run.

        Returns:
            A future that any thread may wait for or cancel.
        """
        self._check_running(coroutine)
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        # asyncio itself holds tasks weakly: one that only waits would be collected with its clean-up undone.
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)
        return future

    def run(self, coroutine: Coroutine[Any, Any, _T], seconds: float | None = None) -> _T:
        """Run a coroutine on the loop and wait for it; an interrupt takes it back.

        Args:
            coroutine: What to run.
            seconds: How long to wait at most; None without end.

        Returns:
            What it returned.

        Raises:
            TimeoutError: It took longer, and was cancelled.
            RuntimeError: The caller is on the loop's own thread, which would wait for itself.
        """
        try:
            refuse_on_loop()
        except RuntimeError:
            coroutine.close()
            raise
        self._check_running(coroutine)
        tasks: list[asyncio.Task[Any] | None] = []
        is_taken_back = threading.Event()

        async def wanted() -> _T:
            tasks.append(asyncio.current_task())
            if is_taken_back.is_set():
                coroutine.close()
                raise asyncio.CancelledError
            return await coroutine

        try:
            return self.spawn(wanted()).result(seconds)
        except (KeyboardInterrupt, TimeoutError):
            # An interrupt may come before there is anything to cancel: then it is not begun.
            is_taken_back.set()
            self.call(_cancel, tasks)
            raise

    def _check_running(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        if not self.is_running:
            coroutine.close()
            raise RuntimeError("The streams' loop has ended with its interpreter.")

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Have a function called on the loop's thread, soon; after the loop's end nothing happens.

        Args:
            function: What to call.
            *args: Its arguments.
        """
        if self.is_running:
            self._loop.call_soon_threadsafe(function, *args)

    def end(self) -> None:
        """Cancel what runs, let it clean up, and stop; a second time does nothing."""
        if not self.is_running:
            return
        self._is_ending = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        if not self.is_here:
            self._thread.join(_END_WITHIN_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(self._clean_up())
        self._loop.close()

    async def _clean_up(self) -> None:
        me = asyncio.current_task()
        # What is cancelled may begin something to clean up with.
        while left := asyncio.all_tasks() - {me}:
            for task in left:
                if not task.cancelling():
                    task.cancel()
            await asyncio.wait(left, timeout=_END_WITHIN_SECONDS)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()

    def _note_defect(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:  # Any: asyncio's own
        # A thread never prints: what nobody waits for is kept for whoever looks.
        self.defects.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _leave_to_parent(self) -> None:
        """Be quiet in a forked child, which has the objects of the loop but not its thread."""
        for task in asyncio.all_tasks(self._loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio has no public word for it


_guard = threading.Lock()
_current: BackgroundLoop | None = None
_fork_is_over: threading.Event | None = None
# Loops of the parent: to close one in the child would take the parent's sockets out of the shared epoll.
_inherited: list[BackgroundLoop] = []


def background_loop() -> BackgroundLoop:
    """Return this process's loop, which is started when it is first asked for.

    Returns:
        The loop; a fork gets one of its own.
    """
    global _current
    with _guard:
        if _current is None or not _current.is_running:
            _current = BackgroundLoop()
        return _current


def end_idle_loop() -> None:
    """End the loop's thread where nothing runs on it; the next stream starts another."""
    with _guard, suppress(TimeoutError):
        loop = _current
        if loop is not None and loop.is_running and not loop.is_here and loop.run(_is_idle(), _END_WITHIN_SECONDS):
            loop.end()


async def _is_idle() -> bool:
    me = asyncio.current_task()
    if others := asyncio.all_tasks() - {me}:  # what was closed right now may have a last word to say
        await asyncio.wait(others, timeout=_PARK_SECONDS)
    return not asyncio.all_tasks() - {me}


def _end_current() -> None:
    if _current is not None:
        _current.end()


def _park(is_parked: threading.Event, is_over: threading.Event) -> None:
    is_parked.set()
    is_over.wait(_PARK_SECONDS)


def _rest_for_fork() -> None:
    """Have the loop rest between two of its calls: it holds no lock there, which the child would never see let go."""
    global _fork_is_over
    loop = _current
    if loop is None or not loop.is_running or loop.is_here:
        return
    is_parked, _fork_is_over = threading.Event(), threading.Event()
    loop.call(_park, is_parked, _fork_is_over)
    is_parked.wait(_PARK_SECONDS)


def _go_on() -> None:
    if _fork_is_over is not None:
        _fork_is_over.set()


def _begin_anew() -> None:
    global _current, _guard
    _guard = threading.Lock()
    if _current is not None:
        _current._leave_to_parent()
        _inherited.append(_current)
        _current = None


atexit.register(_end_current)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_rest_for_fork, after_in_parent=_go_on, after_in_child=_begin_anew)
