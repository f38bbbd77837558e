"""A row of the journal's file: events of one type that were committed together."""

import json
from typing import Any, Final, Protocol

import orjson

__all__ = ["COLUMNS", "SEPARATOR", "Placed", "Run", "Runs"]

# A run with so much takes no further event, since whoever wants one of its events reads all of them.
_MOST_BYTES: Final = 64 * 1024
_MOST_EVENTS: Final = 100

#: The columns of a row.
COLUMNS: Final = ("seq", "stream", "type", "mode", "rooms", "recorded", "events", "bodies")

#: Between the envelopes, which are JSON on one line each.
SEPARATOR: Final = b"\n"


class Placed(Protocol):
    """An event that has its place, as far as a row needs it."""

    @property
    def stream(self) -> str:
        """Name of its stream."""

    @property
    def type(self) -> str:
        """Its type."""

    @property
    def offset(self) -> int | None:
        """Its place in its stream."""

    @property
    def session(self) -> str | None:
        """The session that it belongs to."""

    @property
    def body(self) -> bytes:
        """Its envelope, with the offset."""


class Run:
    """Events of one type that are committed together, on their way into the file.

    Together, since a row costs SQLite as much as the events in it. Of one type, since the oldest events of a type are
    trimmed first: so runs go as a whole, and nothing that is kept has ever to be moved.

    Attributes:
        stream: Name of their stream.
        type: Their event type.
        mode: The mode of their buffer policy.
        rooms: The rooms that they were routed to.
        seqs: Their numbers among all events, ascending.
        events: The events, by offset.
        size: Bytes of their envelopes.
    """

    __slots__ = ("events", "mode", "rooms", "seqs", "size", "stream", "type")

    def __init__(self, stream: str, event_type: str, mode: str, rooms: frozenset[str]) -> None:
        """Begin without events."""
        self.stream = stream
        self.type = event_type
        self.mode = mode
        self.rooms = rooms
        self.seqs: list[int] = []
        self.events: list[Placed] = []
        self.size = 0

    def row(self, stream_id: int, recorded: float) -> tuple[Any, ...]:
        """The values of the :data:`COLUMNS`, of events that were accepted at ``recorded``."""
        bodies = [event.body for event in self.events]
        columns = {
            "seqs": self.seqs,
            "offsets": [event.offset for event in self.events],
            "sizes": list(map(len, bodies)),
            "sessions": [event.session for event in self.events],
        }
        rooms = json.dumps(sorted(self.rooms)) if self.rooms else None
        head = self.seqs[0], stream_id, self.type, self.mode, rooms, recorded
        return *head, orjson.dumps(columns), SEPARATOR.join(bodies)


class Runs:
    """The runs of a commit, while it takes events.

    Attributes:
        all: The runs.
    """

    __slots__ = ("_open", "all")

    def __init__(self) -> None:
        """Begin without events."""
        self.all: list[Run] = []
        # By stream and type, the run that takes the next event.
        self._open: dict[tuple[str, str], Run] = {}

    def add(self, seq: int, event: Placed, mode: str, rooms: frozenset[str]) -> None:
        """Take an event behind all others.

        Args:
            seq: Its number among all events.
            event: The event.
            mode: The mode of its buffer policy.
            rooms: The rooms that it was routed to.
        """
        kind = event.stream, event.type
        run = self._open.get(kind)
        if (
            run is None
            or run.size >= _MOST_BYTES
            or len(run.seqs) >= _MOST_EVENTS
            or run.mode != mode
            or run.rooms != rooms
        ):
            run = self._open[kind] = Run(*kind, mode, rooms)
            self.all.append(run)
        run.seqs.append(seq)
        run.events.append(event)
        run.size += len(event.body)
