"""The journal in the data directory: what was accepted is still there after a crash."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from eventyard.errors import JournalBusy, JournalError
from eventyard.journal.index import Kept
from eventyard.journal.indexed import IndexedJournal
from eventyard.journal.interface import Page
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Record
from eventyard.journal.sqlite.database import Database, Durability, place_of
from eventyard.journal.sqlite.directory import lock_directory
from eventyard.journal.sqlite.reader import Reader
from eventyard.journal.sqlite.recent import RecentRecords
from eventyard.journal.sqlite.writer import Batch, Writer

__all__ = ["SqliteJournal"]

# Events that were committed last stay in memory, so that most clients catch up without a look at the disk.
_RECENT_BYTES: Final = 8 * 1024 * 1024

# Trimmed events are deleted with the next commit, or by themselves when so many wait.
_MOST_DOOMED: Final = 1000


class SqliteJournal(IndexedJournal):
    """Keeps events in an SQLite file.

    Everything but the writing happens on the event loop; one thread writes and one reads.
    """

    def __init__(
        self, directory: Path, durability: Durability, quotas: Quotas, *, queue_events: int, queue_bytes: int
    ) -> None:
        """Use ``directory``, of which :meth:`open` takes possession.

        Args:
            directory: The data directory; it is created when it does not exist.
            durability: What an accepted event survives.
            quotas: How much is kept.
            queue_events: Events that may wait for the disk; more are refused.
            queue_bytes: Bytes of events that may wait for the disk.
        """
        super().__init__()
        self.durability: str = durability
        self._directory = directory
        self._database = Database(directory / "journal.sqlite3", durability)
        self._quotas = quotas
        self._queue_events = queue_events
        self._queue_bytes = queue_bytes
        self._waiting_events = 0
        self._waiting_bytes = 0
        self._recent = RecentRecords(_RECENT_BYTES)
        self._doomed: list[int] = []
        self._new_had: dict[str, int] = {}
        #: Why the last commit failed; ``None`` when it did not.
        self.failure: str | None = None

    def open(self) -> None:
        """Take possession of the directory and go on where the journal ends.

        Raises:
            JournalError: The directory cannot be used, another server uses it, or the file is damaged.
        """
        self._lock = lock_directory(self._directory)
        try:
            connection = self._database.open()
            self._reader = Reader(self._database)
            for kept in self._reader.index():
                self._index.add(kept)
            for stream in self._reader.streams():
                self._index.start(stream.name, stream.head)
                self._had[stream.name] = stream.had
            self._writer = Writer(self._database, connection)
        except BaseException:
            self._lock.release()
            raise

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
            self._waiting_events + len(records) > self._queue_events or self._waiting_bytes + size > self._queue_bytes
        ):
            message = f"{self._waiting_events} events are waiting for the disk"
            raise JournalBusy(message)
        self._waiting_events += len(records)
        self._waiting_bytes += size
        loop = asyncio.get_running_loop()
        committed: asyncio.Future[None] = loop.create_future()
        # A sender that hangs up leaves an error that nobody asks for.
        committed.add_done_callback(lambda future: future.cancelled() or future.exception())

        def done(batch: Batch, error: JournalError | None) -> None:
            loop.call_soon_threadsafe(self._finish, batch, error, committed)

        self._put(Batch(records, size, done))
        # A sender that hangs up does not undo what is under way.
        await asyncio.shield(committed)

    async def read(self, stream: str, after: int, through: int, *, events: int, size: int) -> Page:
        """The next page; see :meth:`Journal.read`."""
        offsets, covered = self._index.page(stream, after, through, events, size)
        records = self._recent.take(stream, offsets)
        if records is None:
            records = await self._reader.fetch(stream, offsets)
        return Page(records, covered)

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given; written with the next commit."""
        if offset > self.had(stream):
            super().note_had(stream, offset)
            self._new_had[stream] = offset

    def kept(self) -> Iterator[Record]:
        """All that is kept, in the order in which it was accepted."""
        return self._reader.records()

    async def close(self) -> None:
        """Commit what is queued, and let go of the directory."""
        self._put_what_waits()
        await asyncio.get_running_loop().run_in_executor(None, self._writer.stop)
        self._reader.close()
        self._lock.release()

    def _put_what_waits(self) -> None:
        """Write what would have gone with the next events."""
        self._put(Batch((), 0, lambda batch, error: None))

    def _put(self, batch: Batch) -> None:
        batch.doomed, self._doomed = self._doomed, []
        batch.had, self._new_had = self._new_had, {}
        self._writer.put(batch)

    def _finish(self, batch: Batch, error: JournalError | None, committed: asyncio.Future[None]) -> None:
        """Take note of a batch that is over; called in commit order."""
        self._waiting_events -= len(batch.records)
        self._waiting_bytes -= batch.size
        self.failure = None if error is None else str(error)
        if error is not None:
            self._doomed.extend(batch.doomed)
            self._new_had = batch.had | self._new_had
            if not committed.done():
                committed.set_exception(error)
            return
        for record in batch.records:
            self._note(record, batch.recorded)
        for gone in self._index.trim(self._quotas, batch.recorded):
            self._doom(gone)
        if len(self._doomed) > _MOST_DOOMED:
            self._put_what_waits()
        for listener in self._listeners:
            listener(batch.records)
        if not committed.done():
            committed.set_result(None)

    def _note(self, record: Record, recorded: float) -> None:
        stream, type_name = record.stream, record.event.type
        self._recent.add(record)
        self._index.add(Kept(stream, record.placement.offset or 0, type_name, len(record.body), recorded))
        for gone in self._index.trim_type(stream, type_name, self._quotas.events(record.policy)):
            self._doom(gone)

    def _doom(self, gone: Kept) -> None:
        self._recent.discard(gone.stream, gone.offset)
        self._doomed.append(place_of(self._writer.stream_id(gone.stream), gone.offset))
