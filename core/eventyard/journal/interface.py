"""What every journal does: append, read, tell its bounds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from eventyard.journal.record import Record

__all__ = ["CommitListener", "Journal", "Page"]

#: Called in commit order with what was committed, before ``append`` returns to anybody who waits for it.
CommitListener = Callable[[Sequence[Record]], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a stream.

    Attributes:
        records: What is kept of it, by offset; offsets that are missing between them were trimmed.
        through: The last offset that the stretch covers, whether kept or not.
    """

    records: Sequence[Record]
    through: int


class Journal(Protocol):
    """Where the events of all streams are kept.

    Offsets of a stream start at 1, grow by one, and are never used twice within an epoch.
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
        """Make the journal ready; called once, before anything else.

        Raises:
            JournalError: It cannot be used.
        """

    def kept(self) -> Iterator[Record]:
        """All that is kept, in the order in which it was accepted."""

    async def append(self, records: Sequence[Record]) -> None:
        """Commit ``records`` in order, all or none; each is placed when this returns.

        Raises:
            JournalBusy: More events wait to be kept than may; none is kept.
            JournalError: They could not be kept; none is.
        """

    async def read(self, stream: str, after: int, through: int, *, events: int, size: int) -> Page:
        """The next page of ``stream`` behind the offset ``after``.

        Args:
            stream: Name of the stream.
            after: The page starts behind this offset.
            through: The page ends at this offset at the latest.
            events: At most so many events.
            size: At most so many bytes, but at least one event.
        """

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept; one behind the head when nothing is."""

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""

    def had(self, stream: str) -> int:
        """The last offset that any client was given."""

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given; it may be kept a little later."""

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""

    async def close(self) -> None:
        """Finish what was begun and free all resources."""
