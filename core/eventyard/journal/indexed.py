"""What journals of one server have in common: an index in memory, and those who are told of commits."""

from collections.abc import Collection, Sequence

from eventyard.errors import JournalError
from eventyard.journal.index import Index
from eventyard.journal.interface import CommitListener
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Record

__all__ = ["IndexedJournal"]


class IndexedJournal:
    """Answers from memory what the bounds of the streams are; see :class:`Journal` for the meanings."""

    def __init__(self, quotas: Quotas) -> None:
        """Know of no events yet, and keep what ``quotas`` allow."""
        self._index = Index(quotas)
        self._had: dict[str, int] = {}
        self._listeners: list[CommitListener] = []
        # Whether it was opened, and is not closed.
        self._is_open = False

    def head(self, stream: str) -> int:
        """The last offset that was given out."""
        return self._index.head(stream)

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept."""
        return self._index.oldest(stream)

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""
        return self._index.kept_after(stream, offset)

    def missing_after(self, stream: str, offset: int, types: Collection[str] | None = None) -> int:
        """How many offsets behind ``offset`` are not kept."""
        return self._index.missing_after(stream, offset, types)

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
        """The offset before the oldest of the newest events, at most so many with so many bytes; or ``after``."""
        return self._index.newest(stream, events, size, after=after, types=types, sessions=sessions)

    def had(self, stream: str) -> int:
        """The last offset that any client was given."""
        return self._had.get(stream, 0)

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given."""
        self._had[stream] = max(offset, self.had(stream))

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""
        self._listeners.append(listener)

    def _check_open(self) -> None:
        """Ask whether events can be appended.

        Raises:
            JournalError: They cannot: nobody would ever commit them.
        """
        if not self._is_open:
            message = "the journal is not open"
            raise JournalError(message)

    def _tell(self, records: Sequence[Record]) -> None:
        for listener in self._listeners:
            listener(records)
