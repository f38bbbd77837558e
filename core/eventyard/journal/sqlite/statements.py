"""Many rows by few statements.

The interpreter lock is given away with each statement, and to have it back a thread waits until the others let go of
it: up to ``sys.getswitchinterval()`` a row, while the event loop is at work.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

__all__ = ["MOST_ROWS", "delete_events", "insert_events"]

#: Rows of one statement, at most.
MOST_ROWS: Final = 128

_COLUMNS: Final = ("place", "seq", "type", "session", "recorded", "mode", "rooms", "body")


# One text for each number of rows, so that the connection knows the statement again that it has prepared.
@lru_cache(maxsize=MOST_ROWS)
def _insertion(rows: int) -> str:
    row = f"({', '.join('?' * len(_COLUMNS))})"
    return f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - nothing in it comes from outside


def insert_events(connection: sqlite3.Connection, values: Sequence[Any]) -> None:
    """Insert rows into ``events``; up to :data:`MOST_ROWS` of them by one statement.

    Args:
        connection: Where.
        values: The values of all rows one after the other: place, number, type, session, time, mode, rooms, body.
    """
    most = MOST_ROWS * len(_COLUMNS)
    for begin in range(0, len(values), most):
        chunk = values[begin : begin + most]
        connection.execute(_insertion(len(chunk) // len(_COLUMNS)), chunk)


def delete_events(connection: sqlite3.Connection, places: Iterable[int]) -> None:
    """Delete the events at ``places``, which mostly follow one another, in a transaction that is open."""
    runs: list[list[int]] = []
    for place in sorted(places):
        if runs and place <= runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    connection.executemany("DELETE FROM events WHERE place BETWEEN ? AND ?", runs)
