"""Reading the journal's file, in a thread of its own where somebody waits for it."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from sys import intern
from typing import Any, Final

import orjson

from eventyard.events import BufferMode, BufferPolicy, Route
from eventyard.journal.interface import Identity
from eventyard.journal.kept import Kept
from eventyard.journal.place import offset_of, stream_of
from eventyard.journal.record import Placement, Record
from eventyard.journal.sqlite.database import Database
from eventyard.journal.sqlite.ledger import StoredStream, stored_streams, unfiled_events
from eventyard.journal.sqlite.remedy import trouble
from eventyard.journal.sqlite.shelf import Shelf
from eventyard.journal.sqlite.statements import select_all_runs, select_runs
from eventyard.journal.sqlite.stored_run import StoredEvent, StoredRun, in_order

__all__ = ["Reader"]

log = logging.getLogger(__name__)

# After so many events, reading rests for so many seconds: a page takes 1 to 2 ms, and on a single core the thread that
# commits would wait for all of it.
_STRETCH: Final = 16
_REST: Final = 0.0001

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
        # Events and runs that were found to be damaged, by number: each is logged once.
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

    def index(self, shelf: Shelf) -> Iterator[tuple[Kept, BufferMode]]:
        """All events without their envelopes, in the order in which they were accepted; with their policies' modes.

        Puts the runs that they are in on ``shelf``.
        """
        with self._whole():
            names = self._names()

            def shelved(run: StoredRun) -> Sequence[StoredEvent]:
                events = run.events()
                shelf.add(names[run.stream], run.type, run.seq, events[-1].offset, len(events))
                return events

            for event in in_order(map(shelved, select_all_runs(self._connection, envelopes=False))):
                run = event.run
                # Few different ones stand in many events.
                session = None if event.session is None else intern(event.session)
                kept = Kept(names[run.stream], event.offset, intern(run.type), session, event.size, run.recorded)
                yield kept, BufferMode(run.mode)

    def identities(self) -> Iterator[Identity]:
        """The events that were accepted last, the oldest first."""
        with self._whole():
            names = self._names()

            def placed(source: str, identity: str, place: int) -> Identity:
                return Identity(source, identity, Placement(names[stream_of(place)], offset_of(place)))

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
            for event in in_order(run.events() for run in select_all_runs(self._connection)):
                record = self._record(names[event.run.stream], event)
                if record is not None:
                    yield record

    async def fetch(self, stream: str, offsets: Sequence[int], runs: Sequence[int]) -> list[Record]:
        """The events of ``stream`` at ``offsets``, by offset; those that are gone or damaged are left out.

        Args:
            stream: The stream.
            offsets: Which events.
            runs: The numbers of the runs that have them, ascending.

        Raises:
            JournalError: The file could not be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch, stream, offsets, runs)

    def close(self) -> None:
        """Finish what is under way and close the connection."""
        self._threads.shutdown()
        self._connection.close()

    def _fetch(self, stream: str, offsets: Sequence[int], runs: Sequence[int]) -> list[Record]:
        wanted = set(offsets)
        try:
            stored = select_runs(self._connection, runs)
            found = [event for run in stored for event in self._events(stream, run, wanted)]
        except sqlite3.Error as error:
            raise trouble(self._path, "could not be read", error) from error
        records: list[Record] = []
        for number, event in enumerate(sorted(found), 1):
            record = self._record(stream, event)
            if record is not None:
                records.append(record)
            if number % _STRETCH == 0:
                time.sleep(_REST)
        return records

    def _events(self, stream: str, run: StoredRun, wanted: Container[int]) -> Sequence[StoredEvent]:
        try:
            return run.events(wanted)
        except ValueError as error:
            if run.seq not in self._damaged:
                self._damaged.add(run.seq)
                log.error(
                    "events of stream %s, from number %d on, are damaged and left out: %s", stream, run.seq, error
                )
            return ()

    def _record(self, stream: str, event: StoredEvent) -> Record | None:
        """An event, or ``None`` when it is damaged: one that cannot be read keeps nobody from the others."""
        try:
            return _record(stream, event)
        except (TypeError, ValueError) as error:
            if event.seq not in self._damaged:
                self._damaged.add(event.seq)
                log.error("event %d of stream %s is damaged and left out: %s", event.offset, stream, error)
            return None

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Say of a file that is not what was written, that it cannot be used."""
        try:
            yield
        except (IndexError, KeyError, TypeError, ValueError, sqlite3.Error) as error:
            raise trouble(self._path, "cannot be used", error) from error

    def _names(self) -> dict[int, str]:
        return dict(self._connection.execute("SELECT id, name FROM streams"))


def _record(stream: str, event: StoredEvent) -> Record:
    run, body = event.run, event.envelope or b""
    attributes: Any = orjson.loads(body)
    if not isinstance(attributes, dict):
        message = "its envelope is no JSON object"
        raise TypeError(message)
    if not attributes.keys() >= _ESSENTIAL:
        message = f"it has no {', '.join(sorted(_ESSENTIAL - attributes.keys()))}"
        raise ValueError(message)
    route, policy = _way(stream, run.rooms, run.mode)
    return Record(attributes, route, policy, body, Placement(stream, event.offset))


@lru_cache(maxsize=256)
def _way(stream: str, rooms: str | None, mode: str) -> tuple[Route, BufferPolicy]:
    """Where events go and how they are buffered: the same for many, and a third of what reading one took."""
    route = Route(f"/{stream}", frozenset(json.loads(rooms)) if rooms else frozenset())
    return route, BufferPolicy(BufferMode(mode))
