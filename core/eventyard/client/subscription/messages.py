"""What a subscriber is told, in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventyard.events import Event

__all__ = ["Gap", "Lost", "Message", "Ready", "Received", "State"]


class Received(Event):
    """An event that was received: the event itself, with what is known of its way.

    Attributes:
        namespace: Where it was received, for example ``/tools``.
        replay: Whether it comes from what the server keeps, not live.
    """

    __slots__ = ("namespace", "replay")

    def __init__(self, attributes: dict[str, Any], namespace: str = "", *, replay: bool = False) -> None:
        """Wrap ``attributes`` without a copy."""
        super().__init__(attributes)
        self.namespace = namespace
        self.replay = replay

    @property
    def offset(self) -> int | None:
        """Its place in the stream; ``None`` for an event that is never kept, such as a heartbeat."""
        sequence = self.get("sequence")
        return None if sequence is None else int(sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Events that were missed and cannot be had any more.

    Attributes:
        namespace: Where.
        epoch: The store that the offsets belong to.
        after: The events behind this offset are missing.
        resume_at: The stream goes on with this offset.
        reason: ``trimmed`` when they had to make room; ``epoch_changed`` when the server has another store than before,
            with offsets of its own; ``slow_consumer`` when they are of the kind that is never kept; ``store_error``
            when the server could not read them.
        count: How many they are; ``None`` when nobody knows.
    """

    namespace: str
    epoch: str
    after: int
    resume_at: int
    reason: str
    count: int | None

    def __str__(self) -> str:
        missed = "an unknown number of events" if self.count is None else f"{self.count} event{'s' * (self.count != 1)}"
        return f"{missed} of {self.namespace} missed ({self.reason})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A namespace was joined, at first or again.

    Attributes:
        namespace: Which.
        epoch: Identity of the server's store.
        head: The offset of the latest event.
        oldest: The offset of the oldest event that is kept; ``head`` + 1 when none is.
        start: What is behind this offset follows.
        recovered: Whether nothing will have been missed.
        reason: Why it starts there: ``new``, ``ok``, ``trimmed``, ``epoch_changed`` or ``ahead``.
        snapshot: The state of the namespace at ``head``.
    """

    namespace: str
    epoch: str
    head: int
    oldest: int
    start: int
    recovered: bool
    reason: str
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The connection was lost; it is made again.

    Attributes:
        reason: Why, as far as is known.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of a namespace at one moment.

    Attributes:
        epoch: Identity of the server's store.
        head: The offset of the latest event, which is in the state.
        snapshot: The state.
    """

    epoch: str
    head: int
    snapshot: Mapping[str, Any]


#: All that a subscriber may be told.
Message = Received | Gap | Ready | Lost
