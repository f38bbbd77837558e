"""What the file says of streams and senders besides their events: how far a stream is, and who sent what.

It is written down with every thousandth event or so, and before events are deleted; of what came since, the events
themselves tell. So nearly all commits are one statement, and write no pages but those of the events.
"""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from eventyard.journal.place import place_of
from eventyard.journal.sqlite.statements import select_unfiled_runs
from eventyard.journal.sqlite.stored_run import StoredEvent, in_order

__all__ = ["StoredStream", "Unfiled", "stored_streams", "unfiled_events"]


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream as the file has it.

    Attributes:
        id: Its number.
        name: Its name.
        filed: Its head, as it was written down last.
        head: The last offset that was given out.
        had: The last offset that any client was given.
    """

    id: int
    name: str
    filed: int
    head: int
    had: int


class Unfiled(NamedTuple):
    """An event that was accepted since the identities were written down last.

    Attributes:
        seq: Its number among all events.
        place: Its place.
        source: Its ``source``; ``None`` when it is damaged.
        id: Its ``id``.
    """

    seq: int
    place: int
    source: str | None
    id: str


def stored_streams(connection: sqlite3.Connection) -> list[StoredStream]:
    """All streams."""
    heads: dict[int, int] = {}
    for run in select_unfiled_runs(connection):
        heads[run.stream] = max(heads.get(run.stream, 0), run.events()[-1].offset)
    rows = connection.execute("SELECT id, name, head, had FROM streams").fetchall()
    return [
        StoredStream(stream_id, name, filed, max(filed, heads.get(stream_id, 0)), had)
        for stream_id, name, filed, had in rows
    ]


def unfiled_events(connection: sqlite3.Connection) -> list[Unfiled]:
    """The events whose identities are not written down, in the order in which they were accepted."""
    return [
        Unfiled(event.seq, place_of(event.run.stream, event.offset), *_identity(event))
        for event in in_order(run.events() for run in select_unfiled_runs(connection))
    ]


def _identity(event: StoredEvent) -> tuple[str | None, str]:
    try:
        envelope = orjson.loads(event.envelope or b"")
        return str(envelope["source"]), str(envelope["id"])
    except (KeyError, TypeError, ValueError):
        # Whoever reads the event is told.
        return None, ""
