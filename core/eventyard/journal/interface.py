"""What every journal does: append, read, tell its bounds, trim."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from eventyard.errors import JournalError
from eventyard.journal.record import Placement, Record

__all__ = ["CommitListener", "Hole", "Identity", "Journal", "Page", "Then"]

#: Called in commit order with what was committed, before those who sent it are told.
CommitListener = Callable[[Sequence[Record]], None]

#: Called when a commit is over, with what kept it from being done.
Then = Callable[[JournalError | None], None]


class Hole(NamedTuple):
    """A stretch of a stream of which nothing is kept: the offsets from ``first`` to ``last``."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many offsets it has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a stream.

    Attributes:
        records: What is kept of it and was asked for, by offset.
        through: The last offset that the stretch covers.
        holes: What is not kept of it, by offset. With a choice of types, only where events of these types may have
            been.
    """

    records: Sequence[Record]
    through: int
    holes: Sequence[Hole] = ()


class Identity(NamedTuple):
    """An event that was accepted, as the duplicate check knows it, and where it was put."""

    source: str
    id: str
    placement: Placement


class Journal(Protocol):
    """Where the events of all streams are kept.

    Offsets of a stream start at 1, grow by one, and are never used twice within an epoch.

    A store that several servers share can stand behind it: :meth:`append` gives the offsets that the store has given,
    listeners are told of the commits of all servers, and the bounds are what this server knows of them.
    """

    @property
    def epoch(self) -> str:
        """Identity of the store that gives the offsets."""

    @property
    def durability(self) -> str:
        """What an accepted event survives: ``memory``, ``process`` or ``full``."""

    @property
    def failure(self) -> str | None:
        """Why events cannot be kept at the moment; ``None`` when they can."""

    def open(self) -> None:
        """Make the journal ready; called once, on the event loop, before anything else.

        Raises:
            JournalError: It cannot be used.
        """

    def kept(self) -> Iterator[Record]:
        """All that is kept, in the order in which it was accepted."""

    def identities(self) -> Iterator[Identity]:
        """The events that were accepted last, kept or not, the oldest first."""

    def append(self, records: Sequence[Record], then: Then) -> None:
        """Commit ``records`` in order, all or none.

        Args:
            records: The events; each has its offset when it is committed.
            then: Called when they are committed, and the listeners told; or with what kept them from being. Calls come
                in the order of the commits.

        Raises:
            JournalBusy: More events wait to be kept than may; none is kept.
            JournalError: The journal was not opened, or is closed; none is kept.
        """

    async def read(
        self,
        stream: str,
        after: int,
        through: int,
        *,
        events: int,
        size: int,
        types: Collection[str] | None = None,
        sessions: Collection[str] | None = None,
    ) -> Page:
        """The next page of ``stream`` behind the offset ``after``.

        A page of a choice may be empty and still not reach ``through``: the search for the choice is bounded too.

        Args:
            stream: Name of the stream.
            after: The page starts behind this offset.
            through: The page ends at this offset at the latest.
            events: At most so many events.
            size: At most so many bytes, but at least one event.
            types: Only events of these types; ``None`` for all.
            sessions: Only events of these sessions; ``None`` for all.

        Raises:
            JournalError: The store could not be read.
        """

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept; one behind the head when nothing is."""

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""

    def missing_after(self, stream: str, offset: int, types: Collection[str] | None = None) -> int:
        """How many offsets behind ``offset`` are not kept, as far as events of ``types`` may have been there."""

    def newest(
        self,
        stream: str,
        events: int,
        size: int,
        *,
        after: int = 0,
        types: Collection[str] | None = None,
        sessions: Collection[str] | None = None,
    ) -> int:
        """The offset before the oldest of the newest events, at most ``events`` with at most ``size`` bytes.

        Args:
            stream: Name of the stream.
            events: At most so many events.
            size: At most so many bytes.
            after: Only events behind this offset count; it is the answer when all of them are within the bounds.
            types: Only events of these types count; ``None`` for all.
            sessions: Only events of these sessions count; ``None`` for all.
        """

    def had(self, stream: str) -> int:
        """The last offset that any client was given."""

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given; it may be kept a little later."""

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""

    def trim(self) -> None:
        """Let go of what has become too old; called now and then, so that it goes without a new event too."""

    async def close(self) -> None:
        """Finish what was begun and free all resources; nothing can be appended any more."""
