"""Publishes what synchronous code has to say: changes of connection state, failing plugins."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from eventyard.errors import JournalError
from eventyard.events import Event
from eventyard.metrics import Metrics

__all__ = ["Announcer"]

log = logging.getLogger(__name__)

#: How many events may wait; beyond that the oldest are dropped and counted.
_LIMIT: Final = 10_000


class Announcer:
    """A bounded queue of the server's own events, published in batches by one task."""

    def __init__(self, publish: Callable[[Sequence[Event]], Awaitable[object]], metrics: Metrics) -> None:
        """Publish by ``publish``."""
        self._publish = publish
        self._metrics = metrics
        self._waiting: deque[Event] = deque()
        self._wake = asyncio.Event()

    def say(self, event: Event) -> None:
        """Publish ``event`` soon; never waits."""
        if len(self._waiting) >= _LIMIT:
            self._waiting.popleft()
            self._metrics.dropped.labels("announcements").inc()
        self._waiting.append(event)
        self._wake.set()

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            await self._wake.wait()
            await self.flush()

    async def flush(self) -> None:
        """Publish all that waits."""
        self._wake.clear()
        while self._waiting:
            batch = list(self._waiting)
            self._waiting.clear()
            try:
                await self._publish(batch)
            except JournalError as error:
                log.error("%d events of the server itself were not kept: %s", len(batch), error)
