"""How long something holds up the event loop."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any

from eventyard.plugins.calls import CONTAINED, contained, is_awaitable

__all__ = ["Stopwatch", "longest_pause"]


class Stopwatch:
    """Calls something, and notes the longest time for which it held up the event loop.

    Attributes:
        longest: That time, in seconds.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    async def call(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Call ``function``, and await what it gives where that can be awaited; what it raises is left aside."""
        try:
            begin = time.perf_counter()
            try:
                given = function(*arguments)
            finally:
                self.note(begin)
            if is_awaitable(given):
                await _Watched(given, self)
        except contained():
            return

    def note(self, begin: float) -> None:
        """Note that the event loop was held up since ``begin``."""
        self.longest = max(self.longest, time.perf_counter() - begin)


class _Watched:
    """An awaitable whose steps are timed one by one: between two of them, the event loop runs others."""

    def __init__(self, work: Awaitable[Any], watch: Stopwatch) -> None:
        self._work = work
        self._watch = watch

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        while True:
            begin = time.perf_counter()
            try:
                waits_for = next(steps)
            except StopIteration as end:
                return end.value
            finally:
                self._watch.note(begin)
            try:
                yield waits_for
            except BaseException:
                steps.close()
                raise


async def longest_pause(work: Callable[[], Awaitable[Any]]) -> float:
    """For how many seconds nothing else could run, at most, while ``work`` was done; what it raises is left aside."""
    loop = asyncio.get_running_loop()
    longest, last = 0.0, loop.time()

    async def tick() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.005)
            longest, last = max(longest, loop.time() - last), loop.time()

    ticking = loop.create_task(tick())
    try:
        with suppress(*CONTAINED):
            await work()
        # One more look, for what held up the loop last.
        await asyncio.sleep(0.01)
    finally:
        ticking.cancel()
    return longest
