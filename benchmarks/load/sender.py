"""Events going in as fast as the server takes them: each connection sends when it has its answer."""

import asyncio
from array import array
from collections.abc import Callable, Sequence
from typing import Protocol

from benchmarks.load.events import ToolEvents

__all__ = ["Channel", "Sender"]

#: How long a channel waits before it looks again whether the clients have caught up, in seconds.
_PAUSE = 0.0005


class Channel(Protocol):
    """One connection over which lists of events go in."""

    def publish(self, events: list[bytes], done: Callable[[str | None], None]) -> None:
        """Send events; ``done`` is told when all of them were taken, with the problem when they were not."""

    def close(self) -> None:
        """End it."""


class Sender:
    """Sends lists of events over some channels, one list at a time on each.

    Attributes:
        sent: How many events were sent.
        accepted: How many of them the server has taken.
        senders: For each event, by number, which channel it went over.
        problems: What went wrong; nothing more is sent then.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        events: ToolEvents,
        *,
        batch: int,
        window: int = 0,
        received: Callable[[], int] | None = None,
    ) -> None:
        """Send ``events``.

        Args:
            channels: Where they go in.
            events: What is sent.
            batch: Events of one list.
            window: How many events the slowest client may be behind: a server whose queues have no bound would
                otherwise be measured at filling its memory.
            received: How many events the slowest client has; ``None`` when there are no clients.
        """
        self.sent = 0
        self.accepted = 0
        self.senders = array("B")
        self.problems: list[str] = []
        self._channels = channels
        self._events = events
        self._batch = batch
        self._window = window
        self._received = received
        self._known = 0
        self._idle: list[int] = []
        self._busy = 0
        self._limit: int | None = None
        self._stopping = False
        self._quiet = asyncio.Event()

    def start(self, limit: int | None = None) -> None:
        """Begin; stop by itself after ``limit`` events."""
        self._limit = limit
        self._quiet.clear()
        for index in range(len(self._channels)):
            self._next(index)

    async def stop(self) -> None:
        """Send no more, and wait for the answers."""
        self._stopping = True
        await self.finished()

    async def finished(self) -> None:
        """Wait until nothing more is sent, and all is answered."""
        if self._busy or not self._over():
            await self._quiet.wait()

    def _over(self) -> bool:
        return self._stopping or bool(self.problems) or (self._limit is not None and self.sent >= self._limit)

    def _next(self, index: int) -> None:
        if self._over():
            if not self._busy:
                self._quiet.set()
            return
        if self._is_ahead():
            if not self._idle:
                asyncio.get_running_loop().call_later(_PAUSE, self._wake)
            self._idle.append(index)
            return
        count = self._batch if self._limit is None else min(self._batch, self._limit - self.sent)
        self._busy += 1
        self.sent += count
        self.senders.extend([index] * count)

        def done(problem: str | None) -> None:
            self._busy -= 1
            if problem is None:
                self.accepted += count
            else:
                self.problems.append(problem)
            self._next(index)

        self._channels[index].publish(self._events.take(count), done)

    def _is_ahead(self) -> bool:
        """Whether the slowest client would be too far behind."""
        if self._received is None:
            return False
        if self.sent + self._batch - self._known <= self._window:
            return False
        self._known = self._received()
        return self.sent + self._batch - self._known > self._window

    def _wake(self) -> None:
        idle, self._idle = self._idle, []
        for index in idle:
            self._next(index)
