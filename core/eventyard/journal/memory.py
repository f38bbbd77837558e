"""The journal that lives as long as the process."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence

from eventyard.events import now
from eventyard.journal.indexed import IndexedJournal
from eventyard.journal.interface import Identity, Page, Then
from eventyard.journal.kept import Trimmed
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
        super().__init__(quotas)
        self._records: dict[tuple[str, int], Record] = {}
        #: Identity of this store.
        self.epoch = secrets.token_urlsafe(6)

    def open(self) -> None:
        """Begin empty."""
        self._is_open = True

    def kept(self) -> Iterator[Record]:
        """All that is kept."""
        return iter(list(self._records.values()))

    def identities(self) -> Iterator[Identity]:
        """None: the journal starts empty."""
        return iter(())

    def append(self, records: Sequence[Record], then: Then) -> None:
        """Keep ``records``; see :meth:`Journal.append`.

        Raises:
            JournalError: The journal is not open.
        """
        self._check_open()
        recorded = now()
        heads: dict[str, int] = {}
        for record in records:
            offset = heads.get(record.stream) or self._index.head(record.stream)
            heads[record.stream] = offset = offset + 1
            record.place(offset)
            self._records[record.stream, offset] = record
        self._drop(self._index.add(records, recorded))
        self._drop(self._index.trim_bytes())
        self._tell(records)
        then(None)

    async def read(
        self,
        stream: str,
        after: int,
        through: int,
        *,
        events: int,
        size: int,
        types: Collection[str] | None = None,
        sessions: Collection[str] | None = None,
    ) -> Page:
        """The next page; see :meth:`Journal.read`."""
        found = self._index.stretch(stream, after, through, events=events, size=size, types=types, sessions=sessions)
        return Page([self._records[stream, offset] for offset in found.offsets], found.through, found.holes)

    def trim(self) -> None:
        """Let go of what has become too old."""
        self._drop(self._index.trim(now()))

    async def close(self) -> None:
        """Forget everything."""
        self._is_open = False
        self._records.clear()

    def _drop(self, trimmed: Iterable[Trimmed]) -> None:
        for stream, _, offsets in trimmed:
            for offset in offsets:
                del self._records[stream, offset]
