"""The one thread that writes: commits what waits, all of it at once."""

import json
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eventyard.errors import JournalError
from eventyard.journal.record import Record
from eventyard.journal.sqlite.database import Database, place_of

__all__ = ["Batch", "Writer"]

log = logging.getLogger(__name__)

# While one commit waits for the disk, others queue up and go with the next. These bound how many.
_MOST_EVENTS: Final = 1000
_MOST_BYTES: Final = 4 * 1024 * 1024

_INSERT: Final = "INSERT INTO events (place, seq, type, recorded, mode, rooms, body) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(eq=False, slots=True)
class Batch:
    """Events that are committed together, or not at all.

    Attributes:
        records: The events, in order.
        size: Bytes of their envelopes.
        doomed: Places of trimmed events, to be deleted in the same transaction.
        had: For each stream, the last offset that any client was given, as far as it changed.
        done: Called in the writer's thread when it is over, with the error or ``None``.
        recorded: When it was committed, in seconds since the epoch.
    """

    records: Sequence[Record]
    size: int
    done: Callable[["Batch", JournalError | None], None]
    doomed: list[int] = field(default_factory=list)
    had: dict[str, int] = field(default_factory=dict)
    recorded: float = 0.0


class Writer:
    """The one thread that writes the database."""

    def __init__(self, database: Database, connection: sqlite3.Connection) -> None:
        """Write with ``connection``, which belongs to the writer from here on."""
        self._database = database
        self._connection: sqlite3.Connection | None = connection
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._streams: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._seq = 0
        self._load(connection)
        self._thread = threading.Thread(target=self._run, name="eventyard journal", daemon=True)
        self._thread.start()

    def put(self, batch: Batch) -> None:
        """Queue ``batch``; never waits."""
        self._queue.put(batch)

    def stream_id(self, name: str) -> int:
        """The id of a stream of which an event was committed."""
        return self._streams[name]

    def stop(self) -> None:
        """Commit what is queued, close the database and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (group := self._take()) is not None:
            if group:
                self._commit(group)
        if self._connection is not None:
            try:
                self._database.close(self._connection)
            except sqlite3.Error as error:
                log.error("the journal could not be closed cleanly: %s", error)

    def _take(self) -> list[Batch] | None:
        """Wait for a batch; give it with all that waits behind it. ``None`` at the end."""
        first = self._queue.get()
        if first is None:
            return None
        group, events, size = [first], len(first.records), first.size
        while events < _MOST_EVENTS and size < _MOST_BYTES:
            try:
                batch = self._queue.get_nowait()
            except queue.Empty:
                break
            if batch is None:
                # The end comes after what was queued before it.
                self._queue.put(None)
                break
            group.append(batch)
            events += len(batch.records)
            size += batch.size
        return group

    def _commit(self, group: Sequence[Batch]) -> None:
        error: JournalError | None = None
        try:
            self._write(self._connected(), group)
        except Exception as failure:  # noqa: BLE001 - without its thread the journal would wait for ever
            error = JournalError(f"the journal could not be written: {failure}")
            log.error("%d events were not kept: %s", sum(len(batch.records) for batch in group), failure)
            self._abandon()
        for batch in group:
            batch.done(batch, error)

    def _write(self, connection: sqlite3.Connection, group: Sequence[Batch]) -> None:
        recorded = time.time()
        connection.execute("BEGIN IMMEDIATE")
        rows: list[tuple[Any, ...]] = []
        touched: set[str] = set()
        for batch in group:
            batch.recorded = recorded
            for record in batch.records:
                rows.append(self._row(connection, record, recorded))
                touched.add(record.stream)
            for name, had in batch.had.items():
                connection.execute("UPDATE streams SET had = ? WHERE name = ?", (had, name))
        connection.executemany(_INSERT, rows)
        doomed = [(place,) for batch in group for place in batch.doomed]
        if doomed:
            connection.executemany("DELETE FROM events WHERE place = ?", doomed)
        for name in touched:
            connection.execute("UPDATE streams SET head = ? WHERE name = ?", (self._heads[name], name))
        connection.execute("COMMIT")

    def _row(self, connection: sqlite3.Connection, record: Record, recorded: float) -> tuple[Any, ...]:
        stream = record.stream
        if stream not in self._streams:
            cursor = connection.execute(
                "INSERT INTO streams (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id",
                (stream,),
            )
            (self._streams[stream],) = cursor.fetchone()
        self._seq += 1
        offset = self._heads[stream] = self._heads.get(stream, 0) + 1
        record.place(offset)
        rooms = json.dumps(sorted(record.route.rooms)) if record.route.rooms else None
        place = place_of(self._streams[stream], offset)
        return place, self._seq, record.event.type, recorded, record.policy.mode.value, rooms, record.body

    def _load(self, connection: sqlite3.Connection) -> None:
        """Go on where the file ends."""
        rows = connection.execute("SELECT id, name, head FROM streams").fetchall()
        self._streams = {name: stream_id for stream_id, name, _ in rows}
        self._heads = {name: head for _, name, head in rows}
        (self._seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = self._database.connect()
            # A commit that was reported as failed may be in the file after all; its offsets must not be used again.
            self._load(connection)
            self._connection = connection
        return self._connection

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
