"""Rows of the journal's file that are read again."""

from collections.abc import Container, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

import orjson

from eventyard.journal.sqlite.run import SEPARATOR

__all__ = ["StoredEvent", "StoredRun", "in_order"]

# What a run says of its events, in the order in which these say it.
_COLUMNS: Final = ("seqs", "offsets", "sizes", "sessions")


class StoredEvent(NamedTuple):
    """What a run says of one of its events.

    Attributes:
        seq: Its number among all events.
        offset: Its place in its stream.
        size: Bytes of its envelope.
        session: The session that it belongs to.
        run: The run, without its envelopes.
        envelope: Its envelope; ``None`` when that is missing, or was not read.
    """

    seq: int
    offset: int
    size: int
    session: str | None
    run: "StoredRun"
    envelope: bytes | None


class StoredRun(NamedTuple):
    """A run as the file has it, see :class:`.run.Run`; with its columns in their order.

    Attributes:
        seq: The number of its first event among all events.
        stream: The id of its stream.
        type: The type of its events.
        mode: The mode of their buffer policy.
        rooms: The rooms that they were routed to, as a JSON array; ``None`` for none.
        recorded: When they were accepted, in seconds since the epoch.
        columns: What it says of its events, as a JSON object with an array for each property.
        bodies: Their envelopes; ``None`` when they were not read.
    """

    seq: int
    stream: int
    type: str
    mode: str
    rooms: str | None
    recorded: float
    columns: bytes
    bodies: bytes | None = None

    def events(self, offsets: Container[int] | None = None) -> list[StoredEvent]:
        """Its events, or those at ``offsets``.

        Raises:
            ValueError: What it says of them is damaged.
        """
        try:
            columns = orjson.loads(self.columns)
            count = len(columns["seqs"])
            envelopes = [] if self.bodies is None else self.bodies.split(SEPARATOR)
            missing = [None] * (count - len(envelopes))
            # Whoever wants a few of its events holds those, and not all of it.
            run = self if self.bodies is None else self._replace(columns=b"", bodies=None)
            rows = zip(*(columns[name] for name in _COLUMNS), [run] * count, [*envelopes, *missing], strict=True)
            return [StoredEvent(*row) for row in rows if offsets is None or row[1] in offsets]
        except (KeyError, TypeError) as error:
            message = f"what it says of its events is not what was written ({error})"
            raise ValueError(message) from error


def in_order(runs: Iterable[Sequence[StoredEvent]]) -> Iterator[StoredEvent]:
    """The events of runs, which come in the order of their first events, in the order in which they were accepted."""
    waiting: list[StoredEvent] = []
    for events in runs:
        while waiting and events and waiting[0].seq < events[0].seq:
            yield heappop(waiting)
        for event in events:
            heappush(waiting, event)
    while waiting:
        yield heappop(waiting)
