"""What the server does besides answering, for as long as it runs."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

from eventyard.plugins.calls import contained

__all__ = ["Background"]

log = logging.getLogger(__name__)

#: How long work that has ended rests before it is begun again, in seconds: what fails at once must not fill the log.
_PAUSE: Final = 1.0

_Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class Background:
    """Work that goes on for as long as the server runs: what ends all the same is told in the log, and begun again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, name: str, work: _Work, meaning: str) -> None:
        """Begin work.

        Args:
            name: What it is called in the log.
            work: Begins it; called again each time that it has ended.
            meaning: What it means that nobody does it.
        """
        task = asyncio.get_running_loop().create_task(_go_on(name, work, meaning), name=f"eventyard {name}")
        self._tasks.append(task)

    async def end(self) -> None:
        """End all work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _go_on(name: str, work: _Work, meaning: str) -> None:
    while True:
        log.error(
            "the %s has ended: %s; it is begun again in %g s", name, meaning, _PAUSE, exc_info=await _end_of(work)
        )
        await asyncio.sleep(_PAUSE)


async def _end_of(work: _Work) -> BaseException | None:
    """Wait for the end of ``work``; gives what has ended it."""
    try:
        await work()
    except contained() as error:
        return error
    return None
