"""Many rows by few statements.

The interpreter lock is given away with each statement, and to have it back a thread waits until the others let go of
it: up to ``sys.getswitchinterval()`` a row, while the event loop is at work.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

__all__ = ["MOST_ROWS", "delete_events", "insert_events"]

#: Up to so many events are inserted by one statement.
MOST_ROWS: Final = 32

# Rows of a statement where there are more events. One of each size is kept, and takes 1 kB a row.
_MANY_ROWS: Final = 64

_COLUMNS: Final = ("place", "seq", "type", "session", "recorded", "mode", "rooms", "body")


# One text for each number of rows, so that the connection knows the statement again that it has prepared.
@lru_cache(maxsize=MOST_ROWS + 1)
def _insertion(rows: int) -> str:
    row = f"({', '.join('?' * len(_COLUMNS))})"
    return f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - nothing in it comes from outside


def insert_events(connection: sqlite3.Connection, values: Sequence[Any]) -> None:
    """Insert rows into ``events``.

    Args:
        connection: Where; with a transaction that is open, if there are more than :data:`MOST_ROWS`.
        values: The values of all rows one after the other: place, number, type, session, time, mode, rooms, body.
    """
    begin, rows = 0, len(values) // len(_COLUMNS)
    while rows:
        taken = _MANY_ROWS if rows >= _MANY_ROWS else min(rows, MOST_ROWS)
        end = begin + taken * len(_COLUMNS)
        connection.execute(_insertion(taken), values[begin:end])
        begin, rows = end, rows - taken


def delete_events(connection: sqlite3.Connection, places: Iterable[int]) -> None:
    """Delete the events at ``places``, which mostly follow one another, in a transaction that is open."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and place <= runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    connection.executemany("DELETE FROM events WHERE place BETWEEN ? AND ?", runs)
