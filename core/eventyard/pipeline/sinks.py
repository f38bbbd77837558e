"""The stage *emit*: plugins that pass committed events on, each at its own pace."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from eventyard.events import Event, Route
from eventyard.metrics import Metrics
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained, is_awaitable

__all__ = ["Sinks"]

log = logging.getLogger(__name__)

#: How many events may wait for one plugin; what comes on top is dropped for that plugin alone.
QUEUE_SIZE: Final = 10_000


class Sinks:
    """One bounded queue and one task for each plugin with an ``emit`` hook."""

    def __init__(self, metrics: Metrics) -> None:
        """Count drops in ``metrics``."""
        self._metrics = metrics
        self._queues: dict[int, asyncio.Queue[tuple[HookCall, Event, Route]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    def put(self, calls: Iterable[HookCall], event: Event, route: Route) -> None:
        """Queue a committed event for each of ``calls``; never waits."""
        for call in calls:
            queue = None if self._closed else self._queues.get(id(call.plugin)) or self._open(call)
            if queue is None or queue.full():
                self._metrics.dropped.labels(f"sink_{call.plugin.name}").inc()
            else:
                queue.put_nowait((call, event, route))

    async def close(self, seconds: float) -> None:
        """Give the sinks ``seconds`` to finish what is queued, then end them."""
        try:
            async with asyncio.timeout(seconds):
                for queue in self._queues.values():
                    await queue.join()
        except TimeoutError:
            waiting = sum(queue.qsize() for queue in self._queues.values())
            log.warning("%d events did not reach their sinks before the server stopped", waiting)
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _open(self, call: HookCall) -> asyncio.Queue[tuple[HookCall, Event, Route]]:
        queue: asyncio.Queue[tuple[HookCall, Event, Route]] = asyncio.Queue(QUEUE_SIZE)
        self._queues[id(call.plugin)] = queue
        name = f"sink {call.plugin.name}"
        self._tasks.append(asyncio.get_running_loop().create_task(_drain(queue), name=name))
        return queue


async def _drain(queue: asyncio.Queue[tuple[HookCall, Event, Route]]) -> None:
    while True:
        call, event, route = await queue.get()
        try:
            result = call.function(event, route)
            if is_awaitable(result):
                await result
        except contained() as error:
            call.failed(error, event)
        else:
            call.succeeded()
        finally:
            queue.task_done()
