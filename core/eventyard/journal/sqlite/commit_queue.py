"""What waits to be committed, and when it is handed to the writer."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from eventyard.errors import JournalBusy
from eventyard.journal.sqlite.batch import Batch
from eventyard.journal.sqlite.writer import Writer

__all__ = ["CommitQueue"]

# A commit costs about 300 µs, whatever it writes: one of fewer events waits for the requests that are just being read.
_ENOUGH_EVENTS: Final = 64

# While one commit waits for the disk, others queue up and go with the next. These bound how many.
_MOST_EVENTS: Final = 1000
_MOST_BYTES: Final = 4 * 1024 * 1024

# When nothing has come for so many seconds, it is likely that nothing will come for some milliseconds more.
_PAUSE: Final = 0.005


class CommitQueue:
    """What waits to be committed: the writer is given one group of batches at a time.

    Attributes:
        events: How many events wait for the disk.
        size: Bytes of them.
    """

    def __init__(self, writer: Writer, most_events: int, most_bytes: int) -> None:
        """Hand over to ``writer``; at most ``most_events`` of ``most_bytes`` may wait, but always one batch."""
        self.events = 0
        self.size = 0
        self._writer = writer
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._loop = asyncio.get_running_loop()
        # What the next commit writes: all that comes while the one before is under way.
        self._gathered: deque[Batch] = deque()
        # Whether it is to be handed to the writer in this round of the event loop, or the writer is at work.
        self._handing_over = self._writing = False
        # Runs while nothing comes, and then the pause is used.
        self._pause: asyncio.TimerHandle | None = None

    def check(self, events: int, size: int) -> None:
        """Ask whether so many more events, of ``size`` bytes, may wait.

        Raises:
            JournalBusy: They may not.
        """
        if self.events and (self.events + events > self._most_events or self.size + size > self._most_bytes):
            message = f"{self.events} events are waiting for the disk"
            raise JournalBusy(message)

    def put(self, batch: Batch) -> None:
        """Have ``batch`` committed behind all others."""
        self.events += len(batch.records)
        self.size += batch.size
        self._gathered.append(batch)
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def finish(self, group: Sequence[Batch]) -> None:
        """Take note that the commit of ``group`` is over."""
        self._writing = False
        for batch in group:
            self.events -= len(batch.records)
            self.size -= batch.size

    def go_on(self) -> None:
        """Have what is gathered handed over in the next round of the event loop, unless the writer is at work."""
        if self._handing_over or self._writing:
            return
        if self._gathered:
            self._handing_over = True
            self._loop.call_soon(self._hand_over, len(self._gathered))
        elif self._writer.wants_rest and self._pause is None:
            self._pause = self._loop.call_later(_PAUSE, self._use_pause)

    def hand_over_all(self) -> None:
        """Hand over all that is gathered, without a wait for what is committed already."""
        while self._gathered:
            self._writer.put(self._next_group())

    def _hand_over(self, planned: int) -> None:
        """Hand over what is gathered, unless it is little and more came since ``planned`` batches were there."""
        self._handing_over = False
        if len(self._gathered) > planned and self.events < _ENOUGH_EVENTS:
            self.go_on()
        elif self._gathered:
            self._writing = True
            self._writer.put(self._next_group())

    def _next_group(self) -> Sequence[Batch]:
        """What goes into one commit."""
        group = [self._gathered.popleft()]
        events, size = len(group[0].records), group[0].size
        while self._gathered and events < _MOST_EVENTS and size < _MOST_BYTES:
            batch = self._gathered.popleft()
            group.append(batch)
            events += len(batch.records)
            size += batch.size
        return group

    def _use_pause(self) -> None:
        """Have the log moved into the file."""
        self._pause = None
        self._writer.rest()
