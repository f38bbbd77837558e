"""Many rows by few statements.

The interpreter lock is given away with each statement, and to have it back a thread waits until the others let go of
it: up to ``sys.getswitchinterval()`` a row, while the event loop is at work.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

__all__ = ["delete_events", "insert_events"]

#: Rows of one statement, at most; a power of two.
_MOST_ROWS: Final = 64

_COLUMNS: Final = ("place", "seq", "type", "session", "recorded", "mode", "rooms", "body")


def _insertion(rows: int) -> str:
    row = f"({', '.join('?' * len(_COLUMNS))})"
    return f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - nothing in it comes from outside


# A few sizes, so that each statement is prepared once.
_INSERTIONS: Final = {1 << power: _insertion(1 << power) for power in range(_MOST_ROWS.bit_length())}


def insert_events(connection: sqlite3.Connection, values: Sequence[Any]) -> None:
    """Insert rows into ``events``.

    Args:
        connection: Where, with a transaction that is open.
        values: The values of all rows one after the other: place, number, type, session, time, mode, rooms, body.
    """
    begin, rows = 0, len(values) // len(_COLUMNS)
    while rows:
        taken = min(_MOST_ROWS, 1 << rows.bit_length() - 1)
        end = begin + taken * len(_COLUMNS)
        connection.execute(_INSERTIONS[taken], values[begin:end])
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
