"""The journal in the data directory: what was accepted is still there after a crash."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import orjson
from filelock import FileLock, Timeout

from eventyard.errors import JournalBusy, JournalError
from eventyard.events import BufferMode, BufferPolicy, Route
from eventyard.journal.index import Index, Kept
from eventyard.journal.interface import CommitListener, Page
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Placement, Record
from eventyard.journal.sqlite.database import Database, Durability, offset_of, place_of, stream_of
from eventyard.journal.sqlite.writer import Batch, Writer

__all__ = ["SqliteJournal"]

# Events that were committed last stay in memory, so that most clients catch up without a look at the disk.
_RECENT_BYTES: Final = 8 * 1024 * 1024

# Trimmed events are deleted with the next commit, or by themselves when so many wait.
_MOST_DOOMED: Final = 1000


class SqliteJournal:
    """Keeps events in an SQLite file.

    Everything but the writing happens on the event loop; one thread writes and one reads.
    """

    def __init__(
        self, directory: Path, durability: Durability, quotas: Quotas, *, queue_events: int, queue_size: int
    ) -> None:
        """Open the journal in ``directory``, which is created when it does not exist.

        Args:
            directory: The data directory.
            durability: What an accepted event survives.
            quotas: How much is kept.
            queue_events: Events that may wait for the disk; one more is refused.
            queue_size: Bytes of events that may wait for the disk.

        Raises:
            JournalError: The directory cannot be used, another server uses it, or the file is damaged.
        """
        self.durability: str = durability
        self._quotas = quotas
        self._queue_events = queue_events
        self._queue_size = queue_size
        self._waiting_events = 0
        self._waiting_size = 0
        self._index = Index()
        self._recent: OrderedDict[tuple[str, int], Record] = OrderedDict()
        self._recent_size = 0
        self._doomed: list[int] = []
        self._had: dict[str, int] = {}
        self._new_had: dict[str, int] = {}
        self._ids: dict[str, int] = {}
        self._listeners: list[CommitListener] = []
        self._lock = _lock(directory)
        try:
            self._database = Database(directory / "journal.sqlite3", durability)
            connection = self._database.open()
            self._reader = self._database.connect_reader()
            self._load()
            self._writer = Writer(self._database, connection)
        except BaseException:
            self._lock.release()
            raise
        self._readers = ThreadPoolExecutor(1, thread_name_prefix="eventyard reader")

    @property
    def epoch(self) -> str:
        """Identity of this store."""
        return self._database.epoch

    async def append(self, records: Sequence[Record]) -> None:
        """Commit ``records``; see :meth:`Journal.append`.

        Raises:
            JournalBusy: More events wait for the disk than may.
            JournalError: They could not be written.
        """
        size = sum(len(record.body) for record in records)
        if self._waiting_events and (
            self._waiting_events + len(records) > self._queue_events or self._waiting_size + size > self._queue_size
        ):
            message = f"{self._waiting_events} events are waiting for the disk"
            raise JournalBusy(message)
        self._waiting_events += len(records)
        self._waiting_size += size
        loop = asyncio.get_running_loop()
        committed: asyncio.Future[None] = loop.create_future()

        def done(batch: Batch, error: JournalError | None) -> None:
            loop.call_soon_threadsafe(self._finish, batch, error, committed)

        self._put(Batch(records, size, done))
        # A sender that hangs up does not undo what is under way.
        await asyncio.shield(committed)

    async def read(self, stream: str, after: int, through: int, *, events: int, size: int) -> Page:
        """The next page; see :meth:`Journal.read`."""
        offsets, covered = self._index.page(stream, after, through, events, size)
        recent = [self._recent.get((stream, offset)) for offset in offsets]
        if None not in recent:
            return Page([record for record in recent if record is not None], covered)
        loop = asyncio.get_running_loop()
        return Page(await loop.run_in_executor(self._readers, self._fetch, stream, offsets), covered)

    def head(self, stream: str) -> int:
        """The last offset that was given out."""
        return self._index.head(stream)

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept."""
        return self._index.oldest(stream)

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""
        return self._index.kept_after(stream, offset)

    def had(self, stream: str) -> int:
        """The last offset that any client was given, also before a restart."""
        return self._had.get(stream, 0)

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given; written with the next commit."""
        if offset > self._had.get(stream, 0):
            self._had[stream] = self._new_had[stream] = offset

    def kept(self) -> Iterator[Record]:
        """All that is kept, in the order in which it was accepted."""
        rows = self._reader.execute("SELECT place, mode, rooms, body FROM events ORDER BY seq")
        names = {stream_id: name for name, stream_id in self._ids.items()}
        for place, mode, rooms, body in rows:
            name = names[stream_of(place)]
            yield _record(name, offset_of(place), mode, rooms, body)

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Commit what is queued, and let go of the directory."""
        self._put(Batch((), 0, lambda batch, error: None))
        await asyncio.get_running_loop().run_in_executor(None, self._writer.stop)
        self._readers.shutdown()
        self._reader.close()
        self._lock.release()

    def _put(self, batch: Batch) -> None:
        batch.doomed, self._doomed = self._doomed, []
        batch.had, self._new_had = self._new_had, {}
        self._writer.put(batch)

    def _finish(self, batch: Batch, error: JournalError | None, committed: asyncio.Future[None]) -> None:
        """Take note of a batch that is over; called in commit order."""
        self._waiting_events -= len(batch.records)
        self._waiting_size -= batch.size
        if error is not None:
            self._doomed.extend(batch.doomed)
            self._new_had = batch.had | self._new_had
            if not committed.done():
                committed.set_exception(error)
            return
        for record in batch.records:
            self._note(record, batch.recorded)
        for gone in self._index.trim_size(self._quotas.size):
            self._doom(gone)
        if len(self._doomed) > _MOST_DOOMED:
            self._put(Batch((), 0, lambda batch, error: None))
        for listener in self._listeners:
            listener(batch.records)
        if not committed.done():
            committed.set_result(None)

    def _note(self, record: Record, recorded: float) -> None:
        offset = record.placement.offset or 0
        size = len(record.body)
        self._recent[record.stream, offset] = record
        self._recent_size += size
        while self._recent_size > _RECENT_BYTES:
            _, old = self._recent.popitem(last=False)
            self._recent_size -= len(old.body)
        self._index.add(Kept(record.stream, offset, record.event.type, size, recorded))
        quota = self._quotas.of(record.event.type, record.policy)
        for gone in self._index.trim(record.stream, record.event.type, quota, recorded):
            self._doom(gone)

    def _doom(self, gone: Kept) -> None:
        old = self._recent.pop((gone.stream, gone.offset), None)
        if old is not None:
            self._recent_size -= len(old.body)
        self._doomed.append(place_of(self._id(gone.stream), gone.offset))

    def _id(self, stream: str) -> int:
        known = self._ids.get(stream)
        if known is None:
            (known,) = self._reader.execute("SELECT id FROM streams WHERE name = ?", (stream,)).fetchone()
            self._ids[stream] = known
        return known

    def _load(self) -> None:
        for stream_id, name, head, had in self._reader.execute("SELECT id, name, head, had FROM streams"):
            self._ids[name] = stream_id
            self._index.start(name, head)
            self._had[name] = had
        names = {stream_id: name for name, stream_id in self._ids.items()}
        heads = {name: self._index.head(name) for name in self._ids}
        for place, type_name, recorded, size in self._reader.execute(
            "SELECT place, type, recorded, length(body) FROM events ORDER BY place"
        ):
            self._index.add(Kept(names[stream_of(place)], offset_of(place), type_name, size, recorded))
        for name, head in heads.items():
            self._index.start(name, head)

    def _fetch(self, stream: str, offsets: Sequence[int]) -> list[Record]:
        """Read events from the disk; in the reader's thread."""
        stream_id = self._id(stream)
        rows = self._reader.execute(
            "SELECT place, mode, rooms, body FROM events WHERE place BETWEEN ? AND ? ORDER BY place",
            (place_of(stream_id, offsets[0]), place_of(stream_id, offsets[-1])),
        )
        # What was trimmed may not be deleted yet.
        wanted = {place_of(stream_id, offset) for offset in offsets}
        return [
            _record(stream, offset_of(place), mode, rooms, body) for place, mode, rooms, body in rows if place in wanted
        ]


def _record(stream: str, offset: int, mode: str, rooms: str | None, body: bytes) -> Record:
    attributes: dict[str, Any] = orjson.loads(body)
    placement = Placement(stream)
    placement.offset = offset
    route = Route(f"/{stream}", frozenset(json.loads(rooms)) if rooms else frozenset())
    return Record(attributes, route, BufferPolicy(BufferMode(mode)), body, placement)


def _lock(directory: Path) -> FileLock:
    """Take the directory for this process.

    Raises:
        JournalError: Another server has it, or it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "journal.lock")
        lock.acquire(timeout=0)
    except Timeout:
        message = f"another Eventyard server uses the data directory {directory}; give this one its own with --data-dir"
        raise JournalError(message) from None
    except OSError as error:
        message = f"the data directory {directory} cannot be used: {error.strerror or error}"
        raise JournalError(message) from error
    return lock
