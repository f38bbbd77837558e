"""Journals in a file, and what is in it."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from eventyard import BufferPolicy, Route
from eventyard.journal import Identity, Placement, Record, SqliteJournal

__all__ = ["Open", "offsets", "placed", "record", "rows", "stored"]

Open: TypeAlias = Callable[..., SqliteJournal]

_numbers = count(1)


def record(
    event_type: str = "tool_start", *, stream: str = "tools", capacity: int | None = None, **more: Any
) -> Record:
    """An event that is to be kept; each has an id of its own."""
    attributes = {"id": f"e{next(_numbers)}", "source": "/test", "type": event_type, "data": {}} | more
    # JSON cannot have half a surrogate pair either.
    body = orjson.dumps(attributes | {"type": event_type.encode(errors="backslashreplace").decode()})
    policy = BufferPolicy.buffer_if_no_clients(capacity)
    return Record(attributes, Route(f"/{stream}"), policy, body, Placement(stream))


async def offsets(journal: SqliteJournal, stream: str = "tools") -> list[int | None]:
    """The offsets of all events that a journal keeps of a stream."""
    page = await journal.read(stream, 0, journal.head(stream), events=10_000, size=1 << 30)
    return [each.offset for each in page.records]


def placed(identities: Sequence[Identity]) -> list[tuple[str, str, int | None]]:
    """Identifiers with the places that they have."""
    return [(each.id, each.placement.stream, each.placement.offset) for each in identities]


def stored(directory: Path) -> list[int]:
    """The offsets of the events of ``tools`` that the file still has."""
    found = rows(directory, "SELECT events FROM runs WHERE stream = 1 ORDER BY seq")
    return sorted(offset for (events,) in found for offset in orjson.loads(events)["offsets"])


def rows(directory: Path, query: str) -> list[Any]:
    """What a query finds in the file."""
    connection = sqlite3.connect(directory / "journal.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
