"""What a subscriber wants to see of a stream, and in which shape."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from eventyard.delivery.frames import Message, event_message
from eventyard.journal import Record

__all__ = ["View", "empty_batch"]


@dataclass(frozen=True, slots=True)
class View:
    """What a subscriber wants to see of a stream; subscribers with equal views share every frame.

    Attributes:
        batch: Whether events come in ``events`` messages instead of one by one.
        sessions: Only events of these sessions; ``None`` for all.
        types: Only events of these types; ``None`` for all.
        rooms: The rooms that the subscriber is in, for events that are routed to rooms.
    """

    batch: bool = False
    sessions: frozenset[str] | None = None
    types: frozenset[str] | None = None
    rooms: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether events of all types and sessions are wanted."""
        return self.types is None and self.sessions is None

    def shows(self, record: Record) -> bool:
        """Whether the subscriber is to get ``record``."""
        if record.route.rooms and not record.route.rooms & self.rooms:
            return False
        if self.types is not None and record.type not in self.types:
            return False
        return self.sessions is None or record.session in self.sessions

    def select(self, records: Sequence[Record]) -> Sequence[Record]:
        """Those of ``records`` that the subscriber is to get."""
        if self.is_whole and not any(record.route.rooms for record in records):
            return records
        return [record for record in records if self.shows(record)]

    def messages(
        self, namespace: bytes, records: Sequence[Record], epoch: str, previous: int, through: int, *, replay: bool
    ) -> Iterator[Message]:
        """The messages that carry ``records``, which this view shows.

        Args:
            namespace: Where they are sent.
            records: In stream order.
            epoch: Epoch of the offsets.
            previous: The offset that the first message follows.
            through: The offset up to which the last message covers the stream.
            replay: Whether the records come from the journal, not live.
        """
        if not self.batch:
            for record in records:
                yield event_message(namespace, record.type, record.body)
            return
        # An event without an offset has no place in a batch: a client would take it for one that it has.
        for record in records:
            if record.offset is None:
                yield event_message(namespace, record.type, record.body)
        placed = [record.body for record in records if record.offset is not None]
        if placed:
            yield event_message(namespace, "events", _batch(epoch, previous, through, placed, replay=replay))


def empty_batch(namespace: bytes, epoch: str, previous: int, through: int, *, replay: bool) -> Message:
    """An ``events`` message without events: nothing of what lies between the offsets is for this client."""
    return event_message(namespace, "events", _batch(epoch, previous, through, (), replay=replay))


def _batch(epoch: str, previous: int, through: int, bodies: Iterable[bytes], *, replay: bool) -> bytes:
    head = orjson.dumps({"epoch": epoch, "previous": previous, "offset": through, "replay": replay})
    return b'%s,"events":[%s]}' % (head[:-1], b",".join(bodies))
