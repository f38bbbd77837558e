"""The events that were committed last, in memory: most clients catch up without a look at the disk."""

from collections import OrderedDict
from collections.abc import Sequence

from eventyard.journal.record import Record

__all__ = ["RecentRecords"]


class RecentRecords:
    """The latest records, bounded by the bytes of their envelopes."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most ``most_bytes``."""
        self._most_bytes = most_bytes
        self._size = 0
        self._records: OrderedDict[tuple[str, int], Record] = OrderedDict()

    def add(self, record: Record) -> None:
        """Hold a record that was committed just now; the oldest make room."""
        self._records[record.stream, record.placement.offset or 0] = record
        self._size += len(record.body)
        while self._size > self._most_bytes:
            _, old = self._records.popitem(last=False)
            self._size -= len(old.body)

    def discard(self, stream: str, offset: int) -> None:
        """Let go of a record that was trimmed."""
        record = self._records.pop((stream, offset), None)
        if record is not None:
            self._size -= len(record.body)

    def take(self, stream: str, offsets: Sequence[int]) -> list[Record] | None:
        """The records at ``offsets``; ``None`` when not all of them are held."""
        found = [self._records.get((stream, offset)) for offset in offsets]
        records = [record for record in found if record is not None]
        return records if len(records) == len(offsets) else None
