"""The journal in the data directory: what was accepted is still there after a crash."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from eventyard.errors import JournalError
from eventyard.events import now
from eventyard.journal.indexed import IndexedJournal
from eventyard.journal.interface import Hole, Identity, Page, Then
from eventyard.journal.kept import Trimmed
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Record
from eventyard.journal.sqlite.batch import Batch
from eventyard.journal.sqlite.commit_queue import CommitQueue
from eventyard.journal.sqlite.database import Database, Durability
from eventyard.journal.sqlite.directory import lock_directory
from eventyard.journal.sqlite.discards import Discards
from eventyard.journal.sqlite.reader import Reader
from eventyard.journal.sqlite.recent import RecentRecords
from eventyard.journal.sqlite.run import Run
from eventyard.journal.sqlite.shelf import Shelf
from eventyard.journal.sqlite.writer import Writer

__all__ = ["SqliteJournal"]

log = logging.getLogger(__name__)

# Events that were committed last stay in memory, so that most clients catch up without a look at the disk. Not more of
# them: what is written over again and again should be in the processor's cache, and 8 MB cost 1.5 µs an event.
_RECENT_BYTES: Final = 1024 * 1024

# Trimmed events are deleted with the next commits: so many with each, and as many more as it has events twice, so that
# deleting keeps up and never takes long.
_DELETIONS: Final = 1000


class SqliteJournal(IndexedJournal):
    """Keeps events in an SQLite file.

    Everything but the writing happens on the event loop; one thread writes and one reads.
    """

    def __init__(
        self,
        directory: Path,
        durability: Durability,
        quotas: Quotas,
        *,
        queue_events: int,
        queue_bytes: int,
        duplicate_window: int,
    ) -> None:
        """Use ``directory``, of which :meth:`open` takes possession.

        Args:
            directory: The data directory; it is created when it does not exist.
            durability: What an accepted event survives.
            quotas: How much is kept.
            queue_events: Events that may wait for the disk; more are refused.
            queue_bytes: Bytes of events that may wait for the disk.
            duplicate_window: How many of the latest events have their identities kept, also when they are trimmed.
        """
        super().__init__(quotas)
        self.durability: str = durability
        self._directory = directory
        self._database = Database(directory / "journal.sqlite3", durability)
        self._queue_events = queue_events
        self._queue_bytes = queue_bytes
        self._duplicate_window = duplicate_window
        self._recent = RecentRecords(_RECENT_BYTES)
        self._shelf = Shelf()
        self._discards = Discards()
        # Whether a batch is under way that only deletes.
        self._deleting = False
        self._new_trimmed: dict[tuple[str, str], int] = {}
        self._new_had: dict[str, int] = {}
        #: Why the last commit failed; ``None`` when it did not.
        self.failure: str | None = None

    def open(self) -> None:
        """Take possession of the directory and go on where the journal ends.

        Raises:
            JournalError: The directory cannot be used, another server uses it, or the file is damaged.
        """
        loop = asyncio.get_running_loop()

        def report(group: Sequence[Batch], runs: Sequence[Run], error: JournalError | None) -> None:
            loop.call_soon_threadsafe(self._finish, group, runs, error)

        self._lock = lock_directory(self._directory)
        try:
            connection = self._database.open()
            self._reader = Reader(self._database)
            self._load()
            self._writer = Writer(self._database, connection, self._duplicate_window, report)
            self._queue = CommitQueue(self._writer, self._queue_events, self._queue_bytes)
        except BaseException:
            self._lock.release()
            raise
        self._is_open = True
        self.trim()

    @property
    def epoch(self) -> str:
        """Identity of this store."""
        return self._database.epoch

    def append(self, records: Sequence[Record], then: Then) -> None:
        """Commit ``records``; see :meth:`Journal.append`.

        Raises:
            JournalBusy: More events wait for the disk than may.
            JournalError: The journal is not open.
        """
        self._check_open()
        size = sum([len(record.body) for record in records])
        self._queue.check(len(records), size)
        self._put(Batch(records, size, then))

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
        records = self._recent.take(stream, found.offsets)
        if records is not None:
            return Page(records, found.through, found.holes)
        runs = self._shelf.find(stream, found.offsets, types)
        records = await self._reader.fetch(stream, found.offsets, runs)
        # Some may have been trimmed meanwhile.
        gone = set(found.offsets).difference(record.offset or 0 for record in records)
        return Page(records, found.through, sorted([*found.holes, *(Hole(offset, offset) for offset in gone)]))

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given; written with the next commit."""
        if offset > self.had(stream):
            super().note_had(stream, offset)
            self._new_had[stream] = offset

    def kept(self) -> Iterator[Record]:
        """All that is kept, in the order in which it was accepted."""
        return (each for each in self._reader.records() if self._index.keeps(each.stream, each.offset or 0))

    def identities(self) -> Iterator[Identity]:
        """The events that were accepted last, the oldest first."""
        return self._reader.identities()

    def trim(self) -> None:
        """Let go of what has become too old, and have what was trimmed deleted."""
        self._let_go(self._index.trim(now()))
        self._delete()
        # Of these, no commit that has only events takes anything along. And nobody may send events to a server that
        # says that it keeps none: it has to find out by itself.
        if self._new_trimmed or self._new_had or self.failure is not None:
            self._put(Batch((), 0))

    async def close(self) -> None:
        """Commit what is queued, and let go of the directory."""
        if not self._is_open:
            return
        self._is_open = False
        self._put(Batch((), 0))
        while self._discards:
            self._put(Batch((), 0))
        self._queue.hand_over_all()
        # Not by an executor: there are none when a program stops its server at its very end.
        stopped = asyncio.Event()
        self._writer.stop(partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set))
        await stopped.wait()
        self._reader.close()
        self._lock.release()

    def _load(self) -> None:
        """Take what the file keeps into the index."""
        trimmed = self._reader.trimmed()
        for kept, mode in self._reader.index(self._shelf):
            # The server may end before what was trimmed is deleted.
            if kept.offset > trimmed.get((kept.stream, kept.type), 0):
                self._index.restore(kept, mode)
        for stored in self._reader.streams():
            self._index.start(stored.name, stored.head)
            self._had[stored.name] = stored.had
        self._index.trimmed.update(trimmed)
        for (stream, type_name), through in trimmed.items():
            self._discards.add(self._shelf.drop(stream, type_name, through))

    def _put(self, batch: Batch) -> None:
        """Queue ``batch``, with some of what is to be written besides events."""
        if self._discards.events >= _DELETIONS or not batch.records:
            batch.discards = self._discards.take(_DELETIONS + 2 * len(batch.records))
            batch.trimmed, self._new_trimmed = self._new_trimmed, {}
            batch.had, self._new_had = self._new_had, {}
        self._queue.put(batch)
        self._queue.go_on()

    def _delete(self) -> None:
        """Have trimmed events deleted when no event takes them along, one batch at a time."""
        if self._discards.events > _DELETIONS and not self._deleting:
            self._deleting = True
            self._put(Batch((), 0))

    def _finish(self, group: Sequence[Batch], runs: Sequence[Run], error: JournalError | None) -> None:
        """Take note of batches that are over; called in commit order."""
        self._queue.finish(group)
        self.failure = None if error is None else str(error)
        for batch in group:
            self._deleting = self._deleting and bool(batch.records)
            if error is not None:
                self._discards.add(batch.discards)
                self._new_trimmed = {**batch.trimmed, **self._new_trimmed}
                self._new_had = {**batch.had, **self._new_had}
        if error is None:
            for run in runs:
                self._shelf.add(run.stream, run.type, run.seqs[0], run.events[-1].offset or 0, len(run.seqs))
            records = group[0].records if len(group) == 1 else [record for batch in group for record in batch.records]
            self._take_note(records, group[0].recorded)
        for batch in group:
            if batch.then is not None:
                try:
                    batch.then(error)
                except Exception:
                    # The others of the group are told all the same.
                    log.exception("a sender could not be told what became of its %d events", len(batch.records))
        if error is None:
            self._delete()
        self._queue.go_on()

    def _take_note(self, records: Sequence[Record], recorded: float) -> None:
        if records:
            self._recent.add(records)
            self._let_go(self._index.add(records, recorded))
            self._let_go(self._index.trim_bytes())
            self._tell(records)

    def _let_go(self, trimmed: Iterable[Trimmed]) -> None:
        for stream, type_name, offsets in trimmed:
            self._new_trimmed[stream, type_name] = offsets[-1]
            self._discards.add(self._shelf.drop(stream, type_name, offsets[-1]))
