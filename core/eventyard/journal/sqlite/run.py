"""A row of the journal's file: events of one type that were committed together."""

from typing import Any, Final

import orjson

__all__ = ["COLUMNS", "SEPARATOR", "Run", "Runs"]

# A run with so much takes no further event, since whoever wants one of its events reads all of them.
_MOST_BYTES: Final = 64 * 1024
_MOST_EVENTS: Final = 100

#: The columns of a row.
COLUMNS: Final = ("seq", "stream", "type", "mode", "rooms", "recorded", "events", "bodies")

#: Between the envelopes, which are JSON on one line each.
SEPARATOR: Final = b"\n"


class Run:
    """Events of one type that are committed together, on their way into the file.

    Together, since a row costs SQLite as much as the events in it. Of one type, since the oldest events of a type are
    trimmed first: so runs go as a whole, and nothing that is kept has ever to be moved.

    Attributes:
        stream: Name of their stream.
        type: Their event type.
        mode: The mode of their buffer policy.
        rooms: The rooms that they were routed to, as a JSON array; ``None`` for none.
        seqs: Their numbers among all events, ascending.
        offsets: Their places in the stream, ascending.
        size: Bytes of their envelopes.
    """

    __slots__ = ("_bodies", "_sessions", "mode", "offsets", "rooms", "seqs", "size", "stream", "type")

    def __init__(self, stream: str, event_type: str, mode: str, rooms: str | None) -> None:
        """Begin without events."""
        self.stream = stream
        self.type = event_type
        self.mode = mode
        self.rooms = rooms
        self.seqs: list[int] = []
        self.offsets: list[int] = []
        self.size = 0
        self._sessions: list[str | None] = []
        self._bodies: list[bytes] = []

    @property
    def is_full(self) -> bool:
        """Whether it should take no further event."""
        return self.size >= _MOST_BYTES or len(self.seqs) >= _MOST_EVENTS

    def add(self, seq: int, offset: int, session: str | None, body: bytes) -> None:
        """Take an event behind the others."""
        self.seqs.append(seq)
        self.offsets.append(offset)
        self.size += len(body)
        self._sessions.append(session)
        self._bodies.append(body)

    def row(self, stream_id: int, recorded: float) -> tuple[Any, ...]:
        """The values of the :data:`COLUMNS`, of events that were accepted at ``recorded``."""
        events = {
            "seqs": self.seqs,
            "offsets": self.offsets,
            "sizes": [len(body) for body in self._bodies],
            "sessions": self._sessions,
        }
        bodies = SEPARATOR.join(self._bodies)
        head = self.seqs[0], stream_id, self.type, self.mode, self.rooms, recorded
        return *head, orjson.dumps(events), bodies


class Runs:
    """The runs of a commit, while it takes events.

    Attributes:
        all: The runs.
    """

    __slots__ = ("_open", "all")

    def __init__(self) -> None:
        """Begin without events."""
        self.all: list[Run] = []
        self._open: dict[tuple[str, str], Run] = {}

    def taking(self, stream: str, event_type: str, mode: str, rooms: str | None) -> Run:
        """The run that the next event goes into."""
        run = self._open.get((stream, event_type))
        if run is None or run.is_full or run.mode != mode or run.rooms != rooms:
            run = self._open[stream, event_type] = Run(stream, event_type, mode, rooms)
            self.all.append(run)
        return run
