"""What may take long is done on a thread of its own, while the loop's thread goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

__all__ = ["on_worker"]

_Result = TypeVar("_Result")


async def on_worker(work: Callable[[], _Result]) -> _Result:
    """Do something that blocks, without keeping the loop.

    The thread is a daemon, where those of asyncio's own executor would hold up the end of the interpreter until the
    last call has its answer.

    Args:
        work: What to do.

    Returns:
        What it returns; it raises what it raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Result] = loop.create_future()

    def finish(result: _Result) -> None:
        if not done.done():
            done.set_result(result)

    def fail(error: BaseException) -> None:
        if not done.done():
            done.set_exception(error)

    def run() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001  # it goes to who waits
                loop.call_soon_threadsafe(fail, error)
            else:
                loop.call_soon_threadsafe(finish, result)

    threading.Thread(target=run, name="binance_nb worker", daemon=True).start()
    return await done
