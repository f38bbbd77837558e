"""The journal that lives as long as the process."""

import secrets
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

from eventyard.journal.interface import CommitListener, Page
from eventyard.journal.record import Record

__all__ = ["MemoryJournal"]


class _Stream:
    """The kept records of one stream, oldest first, with the quota of each type."""

    def __init__(self) -> None:
        self.head = 0
        self.records: dict[int, Record] = {}
        # Ascending; offsets of trimmed records stay in it until they are worth sweeping.
        self.offsets: list[int] = []
        self.by_type: dict[str, deque[int]] = {}

    def append(self, record: Record, capacity: int) -> None:
        self.head += 1
        record.place(self.head)
        self.records[self.head] = record
        self.offsets.append(self.head)
        kept = self.by_type.setdefault(record.event.type, deque())
        kept.append(self.head)
        while len(kept) > capacity:
            del self.records[kept.popleft()]
        if len(self.offsets) > 2 * len(self.records) + 64:
            self.offsets = list(self.records)

    def behind(self, offset: int) -> int:
        """Index of the first entry of ``offsets`` behind ``offset``."""
        return bisect_right(self.offsets, offset)


class MemoryJournal:
    """Keeps events in memory, each type within its quota.

    A type's oldest event makes room for its newest, so a burst of one type never pushes out another's events.
    """

    durability = "memory"

    def __init__(self, max_buffer_size: int) -> None:
        """Keep at most ``max_buffer_size`` events of each type whose policy gives no capacity."""
        self._max_buffer_size = max_buffer_size
        self._streams: dict[str, _Stream] = {}
        self._listeners: list[CommitListener] = []
        #: Identity of this store.
        self.epoch = secrets.token_urlsafe(6)

    async def append(self, records: Sequence[Record]) -> None:
        """Keep ``records``; see :meth:`Journal.append`."""
        for record in records:
            capacity = record.policy.capacity
            self._stream(record.stream).append(record, self._max_buffer_size if capacity is None else capacity)
        for listener in self._listeners:
            listener(records)

    async def read(self, stream: str, after: int, through: int, *, events: int, size: int) -> Page:
        """The next page; see :meth:`Journal.read`."""
        kept = self._stream(stream)
        page: list[Record] = []
        total = 0
        for index in range(kept.behind(after), len(kept.offsets)):
            offset = kept.offsets[index]
            if offset > through:
                break
            record = kept.records.get(offset)
            if record is None:
                continue
            if page and (len(page) >= events or total + len(record.body) > size):
                return Page(page, offset - 1)
            page.append(record)
            total += len(record.body)
        return Page(page, through)

    def head(self, stream: str) -> int:
        """The last offset that was given out."""
        return self._stream(stream).head

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept."""
        kept = self._stream(stream)
        return next(iter(kept.records), kept.head + 1)

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""
        kept = self._stream(stream)
        return sum(1 for each in kept.offsets[kept.behind(offset) :] if each in kept.records)

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Forget everything."""
        self._streams.clear()

    def _stream(self, name: str) -> _Stream:
        kept = self._streams.get(name)
        if kept is None:
            kept = self._streams[name] = _Stream()
        return kept
