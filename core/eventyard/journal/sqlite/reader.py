"""Reading the journal's file, in a thread of its own where somebody waits for it."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from sys import intern
from typing import Any, Final

import orjson

from eventyard.events import BufferMode, BufferPolicy, Route
from eventyard.journal.interface import Identity
from eventyard.journal.kept import Kept
from eventyard.journal.record import Placement, Record
from eventyard.journal.sqlite.database import Database
from eventyard.journal.sqlite.ledger import StoredStream, stored_streams, unfiled_events
from eventyard.journal.sqlite.remedy import trouble
from eventyard.journal.sqlite.tables import offset_of, place_of, stream_of

__all__ = ["Reader"]

log = logging.getLogger(__name__)

# What every event has that was ever kept.
_ESSENTIAL: Final = frozenset({"data", "id", "source", "type"})


class Reader:
    """Reads the journal's file."""

    def __init__(self, database: Database) -> None:
        """Open a connection that can only read.

        Raises:
            JournalError: The file cannot be read; so say all methods that look at more than single events.
        """
        self._path = database.path
        with self._whole():
            self._connection = database.connect_reader()
        # Events that were found to be damaged, by place: each is logged once.
        self._damaged: set[int] = set()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="eventyard reader")

    def streams(self) -> list[StoredStream]:
        """All streams."""
        with self._whole():
            return stored_streams(self._connection)

    def trimmed(self) -> dict[tuple[str, str], int]:
        """By stream and type, the offset of the newest event that was trimmed."""
        with self._whole():
            names = self._names()
            rows = self._connection.execute("SELECT stream, type, through FROM trimmed")
            return {(names[stream_id], type_name): through for stream_id, type_name, through in rows}

    def index(self) -> Iterator[tuple[Kept, BufferMode]]:
        """All events without their bodies, by stream and offset, with the mode of their policies."""
        with self._whole():
            names = self._names()
            rows = self._connection.execute(
                "SELECT place, type, session, length(body), recorded, mode FROM events ORDER BY place"
            )
            for place, type_name, session, size, recorded, mode in rows:
                # Few different ones stand in many rows.
                own = None if session is None else intern(session)
                kept = Kept(names[stream_of(place)], offset_of(place), intern(type_name), own, size, recorded)
                yield kept, BufferMode(mode)

    def identities(self) -> Iterator[Identity]:
        """The events that were accepted last, the oldest first."""
        with self._whole():
            names = self._names()

            def placed(source: str, identity: str, place: int) -> Identity:
                placement = Placement(names[stream_of(place)])
                placement.offset = offset_of(place)
                return Identity(source, identity, placement)

            for (identities,) in self._connection.execute("SELECT identities FROM commits ORDER BY seq"):
                for source, identity, place in orjson.loads(identities):
                    yield placed(source, identity, place)
            for unfiled in unfiled_events(self._connection):
                if unfiled.source is not None:
                    yield placed(unfiled.source, unfiled.id, unfiled.place)

    def records(self) -> Iterator[Record]:
        """All events, in the order in which they were accepted; damaged ones are left out."""
        with self._whole():
            names = self._names()
            for place, *row in self._connection.execute("SELECT place, mode, rooms, body FROM events ORDER BY seq"):
                record = self._record(names[stream_of(place)], place, *row)
                if record is not None:
                    yield record

    async def fetch(self, stream: str, offsets: Sequence[int]) -> list[Record]:
        """The events of ``stream`` at ``offsets``, which ascend; those that are gone or damaged are left out.

        Raises:
            JournalError: The file could not be read.
        """
        if not offsets:
            return []
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch, stream, offsets)

    def close(self) -> None:
        """Finish what is under way and close the connection."""
        self._threads.shutdown()
        self._connection.close()

    def _fetch(self, stream: str, offsets: Sequence[int]) -> list[Record]:
        try:
            (stream_id,) = self._connection.execute("SELECT id FROM streams WHERE name = ?", (stream,)).fetchone()
            # What was trimmed may not be deleted yet.
            wanted = {place_of(stream_id, offset) for offset in offsets}
            # All at once: after an error, a cursor that is still open would keep the connection at what the file was.
            rows = self._connection.execute(
                "SELECT place, mode, rooms, body FROM events WHERE place BETWEEN ? AND ? ORDER BY place",
                (place_of(stream_id, offsets[0]), place_of(stream_id, offsets[-1])),
            ).fetchall()
        except sqlite3.Error as error:
            raise trouble(self._path, "could not be read", error) from error
        records = (self._record(stream, place, *row) for place, *row in rows if place in wanted)
        return [record for record in records if record is not None]

    def _record(self, stream: str, place: int, *row: Any) -> Record | None:
        """An event, or ``None`` when it is damaged: one that cannot be read keeps nobody from the others."""
        try:
            return _record(stream, place, *row)
        except (TypeError, ValueError) as error:
            if place not in self._damaged:
                self._damaged.add(place)
                log.error("event %d of stream %s is damaged and left out: %s", offset_of(place), stream, error)
            return None

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Say of a file that is not what was written, that it cannot be used."""
        try:
            yield
        except (KeyError, TypeError, ValueError, sqlite3.Error) as error:
            raise trouble(self._path, "cannot be used", error) from error

    def _names(self) -> dict[int, str]:
        return dict(self._connection.execute("SELECT id, name FROM streams"))


def _record(stream: str, place: int, mode: str, rooms: str | None, body: bytes) -> Record:
    attributes: dict[str, Any] = orjson.loads(body)
    if missing := _ESSENTIAL - dict(attributes).keys():
        message = f"it has no {', '.join(sorted(missing))}"
        raise ValueError(message)
    placement = Placement(stream)
    placement.offset = offset_of(place)
    route = Route(f"/{stream}", frozenset(json.loads(rooms)) if rooms else frozenset())
    return Record(attributes, route, BufferPolicy(BufferMode(mode)), body, placement)
