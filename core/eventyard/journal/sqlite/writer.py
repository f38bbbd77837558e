"""The one thread that writes: commits what it is given, group by group."""

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from eventyard.errors import JournalError
from eventyard.events import now
from eventyard.journal.place import place_of
from eventyard.journal.sqlite.batch import Batch
from eventyard.journal.sqlite.database import Database
from eventyard.journal.sqlite.identities import Identities, StoredIdentity
from eventyard.journal.sqlite.ledger import stored_streams
from eventyard.journal.sqlite.remedy import trouble
from eventyard.journal.sqlite.run import Run, Runs
from eventyard.journal.sqlite.statements import MOST_ROWS, delete_runs, insert_runs

__all__ = ["Report", "Writer"]

log = logging.getLogger(__name__)

# Of so many events, heads and identities are written down together.
_UNFILED: Final = 1000

# The log is moved into the file in the first pause after so many bytes; a commit writes some pages besides its events.
_LOG_BYTES: Final = 2 * 1024 * 1024
_COMMIT_BYTES: Final = 8 * 1024

_TRIMMED: Final = (
    "INSERT INTO trimmed (stream, type, through) VALUES (?, ?, ?) "
    "ON CONFLICT (stream, type) DO UPDATE SET through = excluded.through"
)


#: Told in the writer's thread of batches that went into one commit, in order, with the runs that hold their events, or
#: with what kept it from being done.
Report = Callable[[Sequence[Batch], Sequence[Run], JournalError | None], None]


class Writer:
    """The one thread that writes the database."""

    def __init__(
        self, database: Database, connection: sqlite3.Connection, duplicate_window: int, report: Report
    ) -> None:
        """Write with ``connection``, which belongs to the writer from here on.

        Args:
            database: Gives a new connection when one has failed.
            connection: The first one.
            duplicate_window: Of how many events the identities are kept, at least.
            report: Told of every commit.
        """
        self._database = database
        self._connection: sqlite3.Connection | None = connection
        self._report = report
        self._queue: queue.SimpleQueue[Sequence[Batch] | None] = queue.SimpleQueue()
        streams = stored_streams(connection)
        self._streams: dict[str, int] = {stream.name: stream.id for stream in streams}
        # The last offset of each stream that was committed, and as the file has it beside the events.
        self._heads: dict[str, int] = {stream.name: stream.head for stream in streams}
        self._filed_heads: dict[str, int] = {stream.name: stream.filed for stream in streams}
        self._identities = Identities(connection, duplicate_window)
        # Bytes that were written to the log since it was moved into the file, roughly.
        self._logged = 0
        self._ended: Callable[[], object] = lambda: None
        threading.Thread(target=self._run, name="eventyard journal", daemon=True).start()

    def put(self, group: Sequence[Batch]) -> None:
        """Have ``group`` committed, all of it at once; never waits."""
        self._queue.put(group)

    @property
    def wants_rest(self) -> bool:
        """Whether so much has been written to the log that a pause should be used to move it into the file."""
        return self._logged >= _LOG_BYTES

    def rest(self) -> None:
        """Move the log into the file, while no events wait to be committed; never waits."""
        self._logged = 0
        self._queue.put(())

    def stop(self, ended: Callable[[], object]) -> None:
        """Commit what is queued, close the database and end the thread; ``ended`` is the last that it calls."""
        self._ended = ended
        self._queue.put(None)

    def _run(self) -> None:
        while (group := self._queue.get()) is not None:
            if group:
                self._commit(group)
            else:
                self._move_log()
        if self._connection is not None:
            try:
                self._database.close(self._connection)
            except sqlite3.Error as error:
                log.error("the journal could not be closed cleanly: %s", error)
        self._ended()

    def _commit(self, group: Sequence[Batch]) -> None:
        error: JournalError | None = None
        runs: Sequence[Run] = ()
        try:
            runs = self._write(self._connected(), group)
        except Exception as failure:  # noqa: BLE001 - without its thread the journal would wait for ever
            error = self._trouble(failure)
            log.error("%d events were not kept: %s", sum(len(batch.records) for batch in group), error)
            self._abandon()
        self._report(group, runs, error)

    def _move_log(self) -> None:
        """Move the log into the file, as far as nobody reads what was there before.

        SQLite does it with the commit by which the log has become too large, of which the sender then waits for all
        that the disk has to write: 40 ms for 16 MB that are new.
        """
        if self._connection is not None:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.Error as error:
                log.error("the journal's log could not be moved into its file: %s", error)
                self._abandon()

    def _trouble(self, failure: Exception) -> JournalError:
        if isinstance(failure, sqlite3.Error):
            return trouble(self._database.path, "could not be written", failure)
        return JournalError(f"the journal could not be written: {failure}")

    def _write(self, connection: sqlite3.Connection, group: Sequence[Batch]) -> Sequence[Run]:
        recorded = now()
        heads, seq = self._heads.copy(), self._identities.seq
        runs = Runs()
        for batch in group:
            batch.recorded = recorded
            for record in batch.records:
                stream = record.stream
                heads[stream] = offset = heads.get(stream, 0) + 1
                seq += 1
                record.place(offset)
                runs.add(seq, record, record.policy.mode._value_, record.route.rooms)
        for stream in heads.keys() - self._streams.keys():
            self._add_stream(connection, stream)
        rows = [run.row(self._streams[run.stream], recorded) for run in runs.all]
        identities = self._identities_of(group)
        # What is to be deleted can tell nothing any more.
        filing = len(self._identities.unfiled) + len(identities) >= _UNFILED or any(b.is_tidying for b in group)
        # A statement alone is a transaction, without two more for which the interpreter is waited for.
        if filing or len(rows) > MOST_ROWS:
            _begin(connection)
        insert_runs(connection, rows)
        filed = None
        if filing:
            self._write_heads(connection, heads)
            filed = self._identities.write(connection, seq, identities)
        for batch in group:
            if batch.is_tidying:
                self._tidy(connection, batch)
        if connection.in_transaction:
            connection.execute("COMMIT")
        self._heads = heads
        if filing:
            self._filed_heads = heads.copy()
        self._identities.note(seq, identities, filed)
        self._logged += _COMMIT_BYTES + sum([run.size for run in runs.all])
        return runs.all

    def _identities_of(self, group: Sequence[Batch]) -> list[StoredIdentity]:
        """Source, id and place of each event of ``group``."""
        bases = {stream: place_of(number, 0) for stream, number in self._streams.items()}
        return [
            (*record.key, bases[record.stream] + (record.offset or 0)) for batch in group for record in batch.records
        ]

    def _tidy(self, connection: sqlite3.Connection, batch: Batch) -> None:
        """Write what goes with a batch besides its events."""
        if batch.discards:
            delete_runs(connection, [run.seq for run in batch.discards])
        for (stream, type_name), through in batch.trimmed.items():
            connection.execute(_TRIMMED, (self._streams[stream], type_name, through))
        for stream, had in batch.had.items():
            connection.execute("UPDATE streams SET had = ? WHERE name = ?", (had, stream))

    def _write_heads(self, connection: sqlite3.Connection, heads: Mapping[str, int]) -> None:
        connection.executemany(
            "UPDATE streams SET head = ? WHERE name = ?",
            [(head, name) for name, head in heads.items() if head != self._filed_heads.get(name)],
        )

    def _add_stream(self, connection: sqlite3.Connection, stream: str) -> None:
        _begin(connection)
        cursor = connection.execute(
            "INSERT INTO streams (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id", (stream,)
        )
        (self._streams[stream],) = cursor.fetchone()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = self._database.connect()
            try:
                self._undo_what_was_refused(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _undo_what_was_refused(self, connection: sqlite3.Connection) -> None:
        """Take out of the file what a commit that was reported as failed may have left there.

        Its senders were told that nothing was kept and send it again: it must not be there twice. Nobody has seen its
        offsets, so they are free again.
        """
        _begin(connection)
        seq = self._identities.seq
        connection.execute("DELETE FROM runs WHERE seq > ?", (seq,))
        connection.execute("DELETE FROM commits WHERE seq > ?", (self._identities.filed,))
        # It may have deleted what tells of these.
        self._filed_heads = {}
        names = [name for (name,) in connection.execute("SELECT name FROM streams").fetchall()]
        heads = {name: self._heads.get(name, 0) for name in names}
        self._write_heads(connection, heads)
        filed = self._identities.write(connection, seq, ())
        connection.execute("COMMIT")
        self._filed_heads = heads
        self._identities.note(seq, (), filed)
        # A stream that came with the failed commit may not be there.
        self._streams = dict(connection.execute("SELECT name, id FROM streams"))

    def _abandon(self) -> None:
        """Give the connection up after a failure.

        After a failed fsync the kernel may have dropped the pages that it could not write, so that trying again on
        the same handle would report a success that is none. A new connection reads what the disk really has.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error as error:
                log.error("the journal's connection could not be closed: %s", error)


def _begin(connection: sqlite3.Connection) -> None:
    """Begin a transaction, unless there is one."""
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")
