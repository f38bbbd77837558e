"""The letters in the SQLite file, bounded by count and bytes; used by one thread at a time."""

import json
import logging
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from itertools import chain
from operator import attrgetter
from typing import Final

from eventyard.dead_letters.interface import Listing
from eventyard.dead_letters.letter import DeadLetter
from eventyard.dead_letters.sqlite.database import Database

__all__ = ["LetterTable"]

log = logging.getLogger(__name__)

# The columns are the attributes of a letter.
_NAMES: Final = tuple(field.name for field in fields(DeadLetter))
_values_of: Final = attrgetter(*_NAMES)

# Each step of a statement gives the interpreter's lock away and has to get it back. While the event loop is busy that
# takes milliseconds, and is in the way of the journal. So many rows go in one step, as far as SQLite has variables.
_ROWS: Final = 500
_ROW: Final = f"({', '.join('?' * len(_NAMES))})"

# The oldest letters that have to go, for their number and their bytes.
_TRIM: Final = """
SELECT number, place, freed FROM (
    SELECT number, row_number() OVER oldest AS place, sum(size) OVER oldest AS freed
    FROM letters WINDOW oldest AS (ORDER BY number)
) WHERE place >= ? AND freed >= ? LIMIT 1
"""

# An empty array of types stands for all types.
_COUNT: Final = """
SELECT count(*) FROM letters WHERE :types = '[]' OR type IN (SELECT value FROM json_each(:types))
"""
_PAGE: Final = """
SELECT * FROM letters
WHERE number > :after AND (:types = '[]' OR type IN (SELECT value FROM json_each(:types)))
ORDER BY number
"""
_NUMBERS: Final = """
SELECT number FROM letters
WHERE number > :after AND (:types = '[]' OR type IN (SELECT value FROM json_each(:types)))
ORDER BY number LIMIT :limit
"""
_GET: Final = "SELECT * FROM letters WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
_REMOVE: Final = "DELETE FROM letters WHERE number IN (SELECT value FROM json_each(?))"
_UPDATE: Final = "UPDATE letters SET issues = ?, retries = ?, retried = ? WHERE number = ?"


class LetterTable:
    """The letters in the SQLite file.

    After an error of any method, :meth:`reset` has to follow.

    Attributes:
        head: The last number that was given out.
        kept: How many letters there are.
    """

    def __init__(self, database: Database, capacity: int, most_bytes: int, skip: int) -> None:
        """Open the file.

        Args:
            database: The file.
            capacity: How many letters are kept.
            most_bytes: How many bytes the letters may take.
            skip: How many numbers may have been given out, and not written, when a server did not end by itself.

        Raises:
            OSError: A file that is of no use cannot be renamed.
            sqlite3.Error: The file cannot be opened.
        """
        self._database = database
        self._capacity = capacity
        self._most_bytes = most_bytes
        self.head = self.kept = self._size = self._total = 0
        connection, is_clean = database.open()
        self._connection: sqlite3.Connection | None = connection
        self._count(connection)
        if not is_clean:
            self.head += skip

    def insert(self, letters: Sequence[DeadLetter]) -> None:
        """Add letters, which have their numbers; the oldest make room."""
        if letters:
            self.head = letters[-1].number
        with self._transaction() as connection:
            for begin in range(0, len(letters), _ROWS):
                rows = letters[begin : begin + _ROWS]
                places = ", ".join([_ROW] * len(rows))
                statement = f"INSERT INTO letters ({', '.join(_NAMES)}) VALUES {places}"  # noqa: S608 - our own names
                connection.execute(statement, list(chain.from_iterable(map(_values_of, rows))))
            self.kept += len(letters)
            self._size += sum(letter.size for letter in letters)
            self._total += len(letters)
            self._trim(connection)
            connection.execute("UPDATE state SET head = ?, total = ?", (self.head, self._total))

    def page(self, after: int, limit: int, types: Collection[str]) -> Listing:
        """The next letters; see :meth:`DeadLetters.page`."""
        filters = {"after": after, "types": json.dumps(list(types))}
        connection = self._connected()
        (matching,) = connection.execute(_COUNT, filters).fetchone()
        letters = map(_letter, connection.execute(_PAGE, filters))
        return Listing.of(letters, limit, matching=matching, kept=self.kept, total=self._total)

    def numbers(self, after: int, limit: int, types: Collection[str]) -> list[int]:
        """The numbers of the next letters."""
        filters = {"after": after, "limit": limit, "types": json.dumps(list(types))}
        return [number for (number,) in self._connected().execute(_NUMBERS, filters)]

    def get(self, numbers: Collection[int]) -> list[DeadLetter]:
        """The letters of these numbers that are there, by number."""
        return [_letter(row) for row in self._connected().execute(_GET, (json.dumps(list(numbers)),))]

    def update(self, letters: Collection[DeadLetter]) -> None:
        """Write new issues and retries of letters."""
        with self._transaction() as connection:
            connection.executemany(
                _UPDATE, [(letter.issues, letter.retries, letter.retried, letter.number) for letter in letters]
            )
        self._count(self._connected())

    def remove(self, numbers: Collection[int]) -> int:
        """Remove letters; gives how many were there."""
        before = self.kept
        with self._transaction() as connection:
            connection.execute(_REMOVE, (json.dumps(list(numbers)),))
        self._count(self._connected())
        return before - self.kept

    def reset(self) -> None:
        """Give the connection up after an error, which undoes what was under way; the next call makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error as error:
                log.error("the connection to the dead letters could not be closed: %s", error)

    def close(self) -> None:
        """Close the file after a clean end."""
        connection = self._connected()
        connection.execute("UPDATE state SET head = ?, clean = 1", (self.head,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def _trim(self, connection: sqlite3.Connection) -> None:
        too_many, too_large = self.kept - self._capacity, self._size - self._most_bytes
        if too_many > 0 or too_large > 0:
            number, place, freed = connection.execute(_TRIM, (too_many, too_large)).fetchone()
            connection.execute("DELETE FROM letters WHERE number <= ?", (number,))
            self.kept -= place
            self._size -= freed

    def _count(self, connection: sqlite3.Connection) -> None:
        """See what the file has."""
        row = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM letters").fetchone()
        self.kept, self._size = row
        head, self._total = connection.execute("SELECT head, total FROM state").fetchone()
        self.head = max(self.head, head)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = self._database.connect()
            self._count(connection)
            self._connection = connection
        return self._connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")


def _letter(row: sqlite3.Row) -> DeadLetter:
    letter = DeadLetter(**{name: row[name] for name in _NAMES})
    return replace(letter, is_foreign=bool(letter.is_foreign), is_json=bool(letter.is_json))
