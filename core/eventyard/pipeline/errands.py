"""Work in tasks that nobody awaits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["Errands"]

_Result = TypeVar("_Result")


class Errands:
    """Work in tasks that nobody awaits; an event loop alone would let go of a task before its end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self, work: Coroutine[Any, Any, _Result], tell: Callable[[_Result | BaseException], None]) -> None:
        """Do ``work``, and call ``tell`` with what it gives or raises; always, since a sender waits for it."""

        def end(task: asyncio.Task[_Result]) -> None:
            self._tasks.discard(task)
            tell(RuntimeError("its task was cancelled") if task.cancelled() else task.exception() or task.result())

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(end)
