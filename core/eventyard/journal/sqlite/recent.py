"""The events that were committed last, in memory: most clients catch up without a look at the disk."""

from collections import defaultdict, deque
from collections.abc import Sequence

from eventyard.journal.record import Record

__all__ = ["RecentRecords"]


class RecentRecords:
    """The latest records, bounded by the bytes of their envelopes; also those that were trimmed meanwhile."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most ``most_bytes``."""
        self._most_bytes = most_bytes
        self._size = 0
        # All of them, the oldest first; and for each stream, by offset.
        self._records: deque[Record] = deque()
        self._streams: defaultdict[str, dict[int, Record]] = defaultdict(dict)

    def add(self, records: Sequence[Record]) -> None:
        """Hold records that were committed just now; the oldest make room."""
        streams = self._streams
        for record in records:
            streams[record.stream][record.offset or 0] = record
        self._records.extend(records)
        self._size += sum([len(record.body) for record in records])
        while self._size > self._most_bytes:
            old = self._records.popleft()
            del self._streams[old.stream][old.offset or 0]
            self._size -= len(old.body)

    def take(self, stream: str, offsets: Sequence[int]) -> list[Record] | None:
        """The records at ``offsets``; ``None`` when not all of them are held."""
        held = self._streams.get(stream, {})
        found = [held.get(offset) for offset in offsets]
        records = [record for record in found if record is not None]
        return records if len(records) == len(offsets) else None
