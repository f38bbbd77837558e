"""The tables of the journal's file, and how a file of an older version comes to them."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import orjson

from eventyard.journal.place import OFFSET_BITS, offset_of, stream_of
from eventyard.journal.sqlite.run import Runs
from eventyard.journal.sqlite.statements import insert_runs

__all__ = ["VERSION", "migrate"]

#: How many identities stand in one row after a migration; afterwards, one row has those of one commit.
_IDENTITIES: Final = 1000


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a file of ``version``, 0 for an empty one, to :data:`VERSION`; all of it or, when it fails, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in _STEPS[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        # Where the disk is full, SQLite has done it by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    connection.execute("""
        CREATE TABLE streams (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
            head INTEGER NOT NULL DEFAULT 0, had INTEGER NOT NULL DEFAULT 0
        )
    """)
    connection.execute("""
        CREATE TABLE events (
            place INTEGER PRIMARY KEY, seq INTEGER NOT NULL, type TEXT NOT NULL, recorded REAL NOT NULL,
            mode TEXT NOT NULL, rooms TEXT, body BLOB NOT NULL
        )
    """)


def _remember_what_is_trimmed(connection: sqlite3.Connection) -> None:
    """Version 2: sessions beside the events; what was accepted and what was trimmed, also of events that are gone."""
    connection.execute("ALTER TABLE events ADD COLUMN session TEXT")
    connection.execute(
        "CREATE TABLE commits (seq INTEGER PRIMARY KEY, events INTEGER NOT NULL, identities BLOB NOT NULL)"
    )
    connection.execute("""
        CREATE TABLE trimmed (
            stream INTEGER NOT NULL, type TEXT NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (stream, type)
        ) WITHOUT ROWID
    """)
    identities: list[tuple[str, str, int]] = []
    last = 0
    # Without the bodies: all of them at once may be more than the memory has.
    for place, seq in connection.execute("SELECT place, seq FROM events ORDER BY seq").fetchall():
        (body,) = connection.execute("SELECT body FROM events WHERE place = ?", (place,)).fetchone()
        event = orjson.loads(body)
        if "session" in event:
            connection.execute("UPDATE events SET session = ? WHERE place = ?", (event["session"], place))
        identities.append((event["source"], event["id"], place))
        last = seq
        if len(identities) == _IDENTITIES:
            _write_identities(connection, last, identities)
            identities = []
    if identities:
        _write_identities(connection, last, identities)
    # What came before the oldest event of a type may have been of that type.
    oldest = connection.execute("SELECT type, min(place) FROM events GROUP BY type, place >> ?", (OFFSET_BITS,))
    trimmed = [(stream_of(place), type_name, offset_of(place) - 1) for type_name, place in oldest.fetchall()]
    connection.executemany("INSERT INTO trimmed (stream, type, through) VALUES (?, ?, ?)", trimmed)


def _write_identities(connection: sqlite3.Connection, seq: int, identities: Sequence[tuple[str, str, int]]) -> None:
    row = seq, len(identities), orjson.dumps(identities)
    connection.execute("INSERT INTO commits (seq, events, identities) VALUES (?, ?, ?)", row)


def _write_down_less_often(_: sqlite3.Connection) -> None:
    """Version 3: heads and identities may lag behind the events (:mod:`.ledger`), which older servers do not know."""


def _gather_into_runs(connection: sqlite3.Connection) -> None:
    """Version 4: events of one type that were committed together, in one row."""
    connection.execute("""
        CREATE TABLE runs (
            seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, type TEXT NOT NULL, mode TEXT NOT NULL, rooms TEXT,
            recorded REAL NOT NULL, events BLOB NOT NULL, bodies BLOB NOT NULL
        )
    """)
    names: dict[int, str] = dict(connection.execute("SELECT id, name FROM streams"))
    streams = {name: number for number, name in names.items()}
    # Behind these, the runs themselves tell of heads and identities, each as a whole.
    (filed,) = connection.execute("SELECT coalesce(max(seq), 0) FROM commits").fetchone()
    runs, latest, before = Runs(), 0.0, 0
    for seq, place, recorded in connection.execute("SELECT seq, place, recorded FROM events ORDER BY seq").fetchall():
        if recorded != latest or before <= filed < seq:
            insert_runs(connection, [run.row(streams[run.stream], latest) for run in runs.all])
            runs, latest = Runs(), recorded
        before = seq
        # One by one: all bodies at once may be more than the memory has.
        event_type, mode, rooms, session, body = connection.execute(
            "SELECT type, mode, rooms, session, body FROM events WHERE place = ?", (place,)
        ).fetchone()
        event = _Event(names[stream_of(place)], event_type, offset_of(place), session, body)
        runs.add(seq, event, mode, frozenset(json.loads(rooms or "[]")))
    insert_runs(connection, [run.row(streams[run.stream], latest) for run in runs.all])
    connection.execute("DROP TABLE events")


class _Event(NamedTuple):
    stream: str
    type: str
    offset: int
    session: str | None
    body: bytes


# The step at index N leads from version N to N + 1.
_STEPS: Final[Sequence[Callable[[sqlite3.Connection], None]]] = (
    _create,
    _remember_what_is_trimmed,
    _write_down_less_often,
    _gather_into_runs,
)

#: Version of the tables.
VERSION: Final = len(_STEPS)
