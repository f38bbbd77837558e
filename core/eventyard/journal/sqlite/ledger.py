"""What the file says of streams and senders besides their events: how far a stream is, and who sent what.

It is written down with every thousandth event or so, and before events are deleted; of what came since, the events
themselves tell. So nearly all commits are one statement, and write no pages but those of the events.
"""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from eventyard.journal.sqlite.tables import offset_of, place_of

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
    streams = []
    for stream_id, name, filed, had in connection.execute("SELECT id, name, head, had FROM streams").fetchall():
        bounds = place_of(stream_id, 0), place_of(stream_id + 1, 0) - 1
        (last,) = connection.execute("SELECT max(place) FROM events WHERE place BETWEEN ? AND ?", bounds).fetchone()
        head = filed if last is None else max(filed, offset_of(last))
        streams.append(StoredStream(stream_id, name, filed, head, had))
    return streams


def unfiled_events(connection: sqlite3.Connection) -> list[Unfiled]:
    """The events whose identities are not written down, in the order in which they were accepted."""
    (filed,) = connection.execute("SELECT coalesce(max(seq), 0) FROM commits").fetchone()
    found = []
    for stream in stored_streams(connection):
        newest_first = connection.execute(
            "SELECT seq, place, body FROM events WHERE place BETWEEN ? AND ? ORDER BY place DESC",
            (place_of(stream.id, 0), place_of(stream.id, stream.head)),
        )
        for seq, place, body in newest_first:
            if seq <= filed:
                break
            found.append(Unfiled(seq, place, *_identity(body)))
    return sorted(found)


def _identity(body: bytes) -> tuple[str | None, str]:
    try:
        event = orjson.loads(body)
        return str(event["source"]), str(event["id"])
    except (KeyError, TypeError, ValueError):
        # Whoever reads the event is told.
        return None, ""
