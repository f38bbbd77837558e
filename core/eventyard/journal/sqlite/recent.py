"""The events that were committed last, in memory: most clients catch up without a look at the disk."""

from collections import defaultdict, deque
from collections.abc import Sequence

from eventyard.journal.record import Record

__all__ = ["RecentRecords"]


class RecentRecords:
    """The records of the latest commits, bounded by the bytes of their envelopes; also those that were trimmed."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most ``most_bytes``, but always the last commit."""
        self._most_bytes = most_bytes
        self._size = 0
        # The commits with their bytes, the oldest first; and what they hold of each stream, without a hole.
        self._commits: deque[tuple[Sequence[Record], int]] = deque()
        self._streams: defaultdict[str, deque[Record]] = defaultdict(deque)

    def add(self, records: Sequence[Record]) -> None:
        """Hold the records of a commit; those of the oldest commits make room."""
        streams = self._streams
        for record in records:
            streams[record.stream].append(record)
        size = sum([len(record.body) for record in records])
        self._commits.append((records, size))
        self._size += size
        while self._size > self._most_bytes and len(self._commits) > 1:
            oldest, size = self._commits.popleft()
            for record in oldest:
                streams[record.stream].popleft()
            self._size -= size

    def take(self, stream: str, offsets: Sequence[int]) -> list[Record] | None:
        """The records at ``offsets``, which ascend; ``None`` when not all of them are held."""
        if not offsets:
            return []
        held: Sequence[Record] = self._streams.get(stream, ())
        first = (held[0].offset or 0) if held else 0
        if offsets[0] < first or offsets[-1] >= first + len(held):
            return None
        return [held[offset - first] for offset in offsets]
