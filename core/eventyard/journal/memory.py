"""The journal that lives as long as the process."""

import secrets
import time
from collections.abc import Iterator, Sequence

from eventyard.journal.index import Kept
from eventyard.journal.indexed import IndexedJournal
from eventyard.journal.interface import Page
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Record

__all__ = ["MemoryJournal"]


class MemoryJournal(IndexedJournal):
    """Keeps events in memory.

    A type's oldest event makes room for its newest, so a burst of one type never pushes out another's events.
    """

    durability = "memory"

    #: Memory does not fail.
    failure: str | None = None

    def __init__(self, quotas: Quotas) -> None:
        """Keep what ``quotas`` allow."""
        super().__init__()
        self._quotas = quotas
        self._records: dict[tuple[str, int], Record] = {}
        #: Identity of this store.
        self.epoch = secrets.token_urlsafe(6)

    def open(self) -> None:
        """Nothing is to be done."""

    def kept(self) -> Iterator[Record]:
        """All that is kept."""
        return iter(list(self._records.values()))

    async def append(self, records: Sequence[Record]) -> None:
        """Keep ``records``; see :meth:`Journal.append`."""
        now = time.time()
        for record in records:
            self._append(record, now)
        for gone in self._index.trim(self._quotas, now):
            del self._records[gone.stream, gone.offset]
        for listener in self._listeners:
            listener(records)

    def _append(self, record: Record, now: float) -> None:
        stream, type_name = record.stream, record.event.type
        offset = self._index.next_offset(stream)
        record.place(offset)
        self._records[stream, offset] = record
        self._index.add(Kept(stream, offset, type_name, len(record.body), now))
        for gone in self._index.trim_type(stream, type_name, self._quotas.events(record.policy)):
            del self._records[gone.stream, gone.offset]

    async def read(self, stream: str, after: int, through: int, *, events: int, size: int) -> Page:
        """The next page; see :meth:`Journal.read`."""
        offsets, covered = self._index.page(stream, after, through, events, size)
        return Page([self._records[stream, offset] for offset in offsets], covered)

    async def close(self) -> None:
        """Forget everything."""
        self._records.clear()
