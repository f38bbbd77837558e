"""How many events a client takes before it has acknowledged some."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Window"]

# Into how many runs, about, the unacknowledged events of a window are told apart: what a window costs in memory does
# not grow with it.
_RUNS: Final = 256


@dataclass(slots=True)
class _Run:
    """Some events that were sent one after the other: the offset of the last one, and how many they are."""

    through: int
    events: int


class Window:
    """Counts the events that a client was sent and has not acknowledged.

    An acknowledgement in the middle of a run counts for the runs before it: a window is never exceeded, and up to one
    256th of it opens a little later.

    Attributes:
        size: How many events may be unacknowledged.
        unacknowledged: How many are.
    """

    __slots__ = ("_changed", "_run", "_runs", "size", "unacknowledged")

    def __init__(self, size: int) -> None:
        """Let ``size`` events go without an acknowledgement."""
        self.size = size
        self.unacknowledged = 0
        self._run = max(1, size // _RUNS)
        self._runs: deque[_Run] = deque()
        self._changed = asyncio.Event()

    @property
    def room(self) -> int:
        """How many more events may be sent."""
        return self.size - self.unacknowledged

    def note(self, offsets: Sequence[int]) -> None:
        """Take note that the events at ``offsets``, which ascend, were sent."""
        self.unacknowledged += len(offsets)
        for offset in offsets:
            if self._runs and self._runs[-1].events < self._run:
                self._runs[-1].through = offset
                self._runs[-1].events += 1
            else:
                self._runs.append(_Run(offset, 1))

    def acknowledge(self, offset: int) -> None:
        """Take note that the client has all up to ``offset``."""
        while self._runs and self._runs[0].through <= offset:
            self.unacknowledged -= self._runs.popleft().events
        self.wake()

    def restart(self) -> None:
        """Forget what was sent: the client starts anew."""
        self._runs.clear()
        self.unacknowledged = 0

    def wake(self) -> None:
        """End :meth:`change`."""
        self._changed.set()

    def to_json(self) -> dict[str, int]:
        """The window as a JSON object for ``GET /connections``."""
        return {"size": self.size, "unacknowledged": self.unacknowledged}

    async def change(self) -> None:
        """Wait for an acknowledgement, or for :meth:`wake`."""
        self._changed.clear()
        await self._changed.wait()
