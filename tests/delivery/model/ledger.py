"""What senders were told: the truth that listeners are compared with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .view import View

__all__ = ["Entry", "Ledger"]


@dataclass(frozen=True)
class Entry:
    """An event that was accepted."""

    id: str
    type: str
    session: str


@dataclass
class Ledger:
    """What the answers to senders said.

    Attributes:
        entries: The events that were given an offset, by offset.
        signals: Those that were not, in the order in which they were sent.
    """

    entries: dict[int, Entry] = field(default_factory=dict)
    signals: list[Entry] = field(default_factory=list)

    @property
    def head(self) -> int:
        """The last offset that was given out."""
        return max(self.entries, default=0)

    def expected(self, view: View, after: int, through: int) -> Iterator[int]:
        """The offsets behind ``after``, up to ``through``, of what is for a listener."""
        for offset in range(after + 1, through + 1):
            entry = self.entries.get(offset)
            if entry is not None and view.shows(entry.type, entry.session):
                yield offset
