"""What journals of one server have in common: an index in memory, and those who are told of commits."""

from eventyard.journal.index import Index
from eventyard.journal.interface import CommitListener

__all__ = ["IndexedJournal"]


class IndexedJournal:
    """Answers from memory what the bounds of the streams are; see :class:`Journal` for the meanings."""

    def __init__(self) -> None:
        """Know of no events yet."""
        self._index = Index()
        self._had: dict[str, int] = {}
        self._listeners: list[CommitListener] = []

    def head(self, stream: str) -> int:
        """The last offset that was given out."""
        return self._index.head(stream)

    def oldest(self, stream: str) -> int:
        """The first offset that is still kept."""
        return self._index.oldest(stream)

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""
        return self._index.kept_after(stream, offset)

    def had(self, stream: str) -> int:
        """The last offset that any client was given."""
        return self._had.get(stream, 0)

    def note_had(self, stream: str, offset: int) -> None:
        """Remember the last offset that any client was given."""
        self._had[stream] = max(offset, self.had(stream))

    def listen(self, listener: CommitListener) -> None:
        """Have ``listener`` told of every commit."""
        self._listeners.append(listener)
