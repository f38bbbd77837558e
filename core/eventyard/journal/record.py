"""An event on its way from the pipeline into a stream."""

from typing import Any, Protocol

import orjson

from eventyard.errors import JournalError
from eventyard.events import BufferPolicy, Event, Route

__all__ = ["Placement", "Record"]


class Pending(Protocol):
    """A commit that is under way."""

    async def wait(self) -> bool:
        """Whether it was done, when that is known."""


class Placement:
    """Where an event was put; outlives the event itself as the memory of the duplicate check."""

    __slots__ = ("offset", "pending", "stream")

    def __init__(self, stream: str, offset: int | None = None) -> None:
        self.stream = stream
        #: The event's place in its stream; ``None`` until it is committed, and for ever if it is not journaled.
        self.offset = offset
        #: The commit that it depends on whether the event could be kept; ``None`` when that is known.
        self.pending: Pending | None = None

    async def settled(self) -> int | None:
        """The offset, when it is known.

        Raises:
            JournalError: The event could not be kept, so that it must be sent again.
        """
        if self.pending is not None and not await self.pending.wait():
            message = "the event that this is a duplicate of could not be kept"
            raise JournalError(message)
        return self.offset


class Record:
    """An event on its way from the pipeline into a stream.

    Attributes:
        key: ``source`` and ``id`` of the event.
        offset: The event's place in the stream; ``None`` when it is not journaled.
        type: Its type.
        session: Its session.
        stream: Name of the stream: the namespace without the slash.
        route: Where it goes.
        policy: How it is buffered.
        body: The envelope as JSON, as it is stored and sent.
        placement: Stream and offset.
    """

    __slots__ = ("_attributes", "body", "key", "offset", "placement", "policy", "route", "session", "stream", "type")

    def __init__(
        self, attributes: dict[str, Any], route: Route, policy: BufferPolicy, body: bytes, placement: Placement
    ) -> None:
        """Take over ``attributes``, the envelope that ``body`` encodes and that is shown to nobody else."""
        self._attributes: dict[str, Any] | None = attributes
        self.key: tuple[str, str] = attributes["source"], attributes["id"]
        self.type: str = attributes["type"]
        self.session: str | None = attributes.get("session")
        self.route = route
        self.policy = policy
        self.body = body
        self.placement = placement
        self.stream = placement.stream
        self.offset = placement.offset

    @property
    def event(self) -> Event:
        """The event; complete once it is placed."""
        return Event(orjson.loads(self.body) if self._attributes is None else self._attributes)

    def place(self, offset: int) -> None:
        """Give the event its offset, which becomes ``sequence`` in the envelope: 20 digits, a string.

        CloudEvents' sequence extension compares strings; 20 digits hold any 64-bit number in that order.
        """
        self.offset = self.placement.offset = offset
        sequence = f"{offset:020d}"
        if self._attributes is not None:
            self._attributes["sequence"] = sequence
        # Spliced in, so that the envelope is encoded once and before the offset is known.
        self.body = self.body[:-1] + b',"sequence":"%b"}' % sequence.encode()

    def fold(self) -> None:
        """Keep of the event only its body, a third of the memory, from which :attr:`event` makes it again."""
        self._attributes = None
