"""The SQLite file: its tables, its version, its identity, and what an unclean stop means for it."""

import logging
import secrets
import sqlite3
from pathlib import Path
from typing import Final, Literal

import psutil

from eventyard.errors import JournalError

__all__ = ["Database", "Durability", "offset_of", "place_of", "stream_of"]

log = logging.getLogger(__name__)

#: ``full``: the answer waits until the disk has the event; ``process``: until the operating system has it.
Durability = Literal["full", "process"]

_VERSION: Final = 1

# A place holds stream and offset in one key, so that a page of a stream is one range of the table itself.
_OFFSET_BITS: Final = 40

_TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0, had INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    recorded REAL NOT NULL,
    mode TEXT NOT NULL,
    rooms TEXT,
    body BLOB NOT NULL
);
"""


def place_of(stream_id: int, offset: int) -> int:
    """The key of an event."""
    return stream_id << _OFFSET_BITS | offset


def stream_of(place: int) -> int:
    """The id of the stream in a key."""
    return place >> _OFFSET_BITS


def offset_of(place: int) -> int:
    """The offset in a key."""
    return place & (1 << _OFFSET_BITS) - 1


class Database:
    """The SQLite file of a journal.

    Only one connection ever writes it: with two, SQLite before 3.51.3 can corrupt a WAL that is reset at the wrong
    moment (https://sqlite.org/wal.html#walreset).

    Attributes:
        path: The file.
        epoch: Identity of the store that gives the offsets.
    """

    def __init__(self, path: Path, durability: Durability) -> None:
        """Use the file ``path``, which :meth:`open` creates when it does not exist."""
        self.path = path
        self.epoch = ""
        self._durability = durability

    def open(self) -> sqlite3.Connection:
        """Prepare the file, check it after an unclean stop, and give the writing connection.

        Raises:
            JournalError: The file cannot be opened, is damaged, or was written by a newer version.
        """
        try:
            connection = self.connect()
            self._prepare(connection)
        except sqlite3.Error as error:
            message = f"the journal {self.path} cannot be used: {error}"
            raise JournalError(message) from error
        return connection

    def connect(self) -> sqlite3.Connection:
        """A connection that writes."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durability == 'full' else 'NORMAL'}")
        # What trimming frees is used again; the log is cut after a burst.
        connection.execute("PRAGMA journal_size_limit = 16777216")
        return connection

    def connect_reader(self) -> sqlite3.Connection:
        """A connection that can only read."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=5)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self, connection: sqlite3.Connection) -> None:
        """Close the writing connection after a clean end."""
        self._set(connection, "clean", "1")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            message = (
                f"the journal {self.path} has version {version}, this Eventyard knows {_VERSION}: "
                "install a newer one, or start with another data directory"
            )
            raise JournalError(message)
        if version == 0:
            self._create(connection)
        elif self._get(connection, "clean") != "1":
            self._check(connection)
        self.epoch = self._get(connection, "epoch") or ""
        connection.execute("PRAGMA synchronous = FULL")
        self._set(connection, "clean", "0")
        self._set(connection, "boot", _boot())
        if self._durability != "full":
            connection.execute("PRAGMA synchronous = NORMAL")

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
        self._set(connection, "epoch", secrets.token_urlsafe(6))

    def _check(self, connection: sqlite3.Connection) -> None:
        """After an unclean stop: is the file whole, and can an offset have been lost?"""
        log.warning("the journal %s was not closed; checking it", self.path)
        findings = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        if findings != ["ok"]:
            message = (
                f"the journal {self.path} is damaged: {'; '.join(findings)}. Move the file away to start with an "
                "empty one; clients will be told that they missed events"
            )
            raise JournalError(message)
        if self._durability != "full" and self._get(connection, "boot") != _boot():
            # The machine went down without the disk having everything: an offset that clients have seen may be given
            # to another event. A new epoch tells them.
            self._set(connection, "epoch", secrets.token_urlsafe(6))

    @staticmethod
    def _get(connection: sqlite3.Connection, key: str) -> str | None:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    @staticmethod
    def _set(connection: sqlite3.Connection, key: str, value: str) -> None:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def _boot() -> str:
    """Which run of the machine this is."""
    return str(int(psutil.boot_time()))
