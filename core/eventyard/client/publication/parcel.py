"""Events that wait to be sent, and those who wait for what becomes of them."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from eventyard.client.publication.prepared import Prepared
from eventyard.client.publication.spool import Place
from eventyard.client.publication.waits import settle
from eventyard.events import Outcome

__all__ = ["Parcel", "Ticket", "parcel_of", "parcels_of"]


class Ticket:
    """What a call of ``publish()`` waits for.

    Attributes:
        events: The events that it publishes.
        future: Has what became of all of them.
    """

    def __init__(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Wait for ``events``."""
        self.events = events
        self.future: Future[list[Outcome]] = Future()
        self._outcomes: dict[int, Outcome] = {}

    def note(self, index: int, outcome: Outcome) -> None:
        """Take note of what became of one of the events."""
        self._outcomes[index] = outcome
        if len(self._outcomes) == len(self.events):
            settle(self.future, [self._outcomes[index] for index in range(len(self.events))])


@dataclass(slots=True)
class Parcel:
    """One event that waits to be sent.

    Attributes:
        number: Its place in the order in which events were given.
        size: Its bytes.
        prepared: The event; ``None`` when it waits in the spool.
        place: Where it is in the spool; ``None`` when it waits in memory.
        ticket: Who waits for what becomes of it; ``None`` for nobody.
        index: Which of the ticket's events it is.
        outcome: What became of it.
    """

    size: int
    prepared: Prepared | None = None
    place: Place | None = None
    ticket: Ticket | None = None
    index: int = 0
    number: int = 0
    outcome: Outcome | None = None

    @property
    def id(self) -> str | None:
        """The event's identity, where it is known and is text."""
        identity = None if self.prepared is None else self.prepared.event["id"]
        return identity if isinstance(identity, str) else None


def parcel_of(event: Mapping[str, Any]) -> Parcel:
    """An event that nobody waits for.

    Raises:
        InvalidEvent: It cannot be written as JSON.
    """
    prepared = Prepared.of(event)
    return Parcel(len(prepared.body), prepared)


def parcels_of(events: Sequence[Mapping[str, Any]]) -> tuple[Ticket, Iterator[Parcel]]:
    """Events whose outcomes are waited for.

    Raises:
        InvalidEvent: One of them cannot be written as JSON.
    """
    prepared = [Prepared.of(event) for event in events]
    ticket = Ticket([each.event for each in prepared])
    return ticket, (Parcel(len(each.body), each, ticket=ticket, index=index) for index, each in enumerate(prepared))
