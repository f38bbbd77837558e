"""Many rows by few statements.

The interpreter lock is given away with each statement, and to have it back a thread waits until the others let go of
it: up to ``sys.getswitchinterval()`` a row, while the event loop is at work.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from eventyard.journal.sqlite.run import COLUMNS
from eventyard.journal.sqlite.stored_run import StoredRun

__all__ = ["MOST_ROWS", "delete_runs", "insert_runs", "select_all_runs", "select_runs", "select_unfiled_runs"]

#: Up to so many runs are inserted by one statement. One of each size is kept, and takes 1 kB a row.
MOST_ROWS: Final = 32

# Numbers that one statement names.
_NUMBERS: Final = 64

_UNFILED: Final = "WHERE seq > (SELECT coalesce(max(seq), 0) FROM commits)"
_NAMED: Final = f"WHERE seq IN ({', '.join('?' * _NUMBERS)})"
_DELETION: Final = f"DELETE FROM runs {_NAMED}"  # noqa: S608 - nothing in it comes from outside
_HEADS: Final = f"SELECT {', '.join(COLUMNS[:-1])} FROM runs ORDER BY seq"  # noqa: S608 - likewise
_RUNS: Final = f"SELECT {', '.join(COLUMNS)} FROM runs"  # noqa: S608 - likewise


def insert_runs(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ``rows``, each with the values of the columns, into ``runs``.

    Where there are more than :data:`MOST_ROWS`, a transaction must be open.
    """
    for begin in range(0, len(rows), MOST_ROWS):
        some = rows[begin : begin + MOST_ROWS]
        connection.execute(_insertion(len(some)), list(chain.from_iterable(some)))


def delete_runs(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Delete the runs with the numbers ``seqs``, in a transaction that is open."""
    for numbers in _filled(seqs):
        connection.execute(_DELETION, numbers)


def select_runs(connection: sqlite3.Connection, seqs: Sequence[int]) -> Iterator[StoredRun]:
    """The runs with the numbers ``seqs``, which ascend, as far as there are any."""
    for numbers in _filled(seqs):
        # All at once: after an error, a cursor that is still open would keep the connection at what the file was.
        yield from (StoredRun(*row) for row in connection.execute(f"{_RUNS} {_NAMED} ORDER BY seq", numbers).fetchall())


def select_all_runs(connection: sqlite3.Connection, *, envelopes: bool = True) -> Iterator[StoredRun]:
    """All runs, in the order of their first events; without their ``envelopes`` if those are not wanted."""
    rows = connection.execute(f"{_RUNS} ORDER BY seq" if envelopes else _HEADS)
    return (StoredRun(*row) for row in rows)


def select_unfiled_runs(connection: sqlite3.Connection) -> Iterator[StoredRun]:
    """The runs whose identities are not written down, in the order of their first events."""
    rows = connection.execute(f"{_RUNS} {_UNFILED} ORDER BY seq")
    return (StoredRun(*row) for row in rows.fetchall())


# One text for each number of rows, so that the connection knows the statement again that it has prepared.
@lru_cache(maxsize=MOST_ROWS)
def _insertion(rows: int) -> str:
    row = f"({', '.join('?' * len(COLUMNS))})"
    return f"INSERT INTO runs ({', '.join(COLUMNS)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - likewise


def _filled(seqs: Sequence[int]) -> list[list[int | None]]:
    """``seqs`` in parts of which each fills a statement; what is free in the last one names nothing."""
    padded = [*seqs, *[None] * (-len(seqs) % _NUMBERS)]
    return [padded[begin : begin + _NUMBERS] for begin in range(0, len(padded), _NUMBERS)]
