"""What the index knows of the events of one stream, in columns."""

from array import array
from bisect import bisect_left, bisect_right
from itertools import compress
from typing import Final

__all__ = ["Rows"]

# So many rows that are gone do no harm.
_SPARE: Final = 64

#: In the column of types: the event is no longer kept.
_GONE: Final = 0


class Rows:
    """The events of one stream that are kept, a row each, by offset.

    In columns of numbers a row takes 30 bytes, and nothing that a garbage collector would look at. Rows that are gone
    stay until they are worth sweeping.

    Attributes:
        offsets: Ascending.
        types: Numbers of event types, from 1 on; 0 for a row that is gone.
        sizes: Bytes of the envelopes.
        recorded: When they were accepted, in seconds since the epoch.
        sessions: The sessions that they belong to.
        sweeps: How often rows were swept away, which moves all others.
    """

    __slots__ = ("_first", "_gone", "offsets", "recorded", "sessions", "sizes", "sweeps", "types")

    def __init__(self) -> None:
        self.offsets = array("Q")
        self.types = array("H")
        self.sizes = array("I")
        self.recorded = array("d")
        self.sessions: list[str | None] = []
        self.sweeps = 0
        # Where the oldest row stands that is not gone, or some that are gone before it.
        self._first = 0
        self._gone = 0

    def append(self, offset: int, type_number: int, session: str | None, size: int, recorded: float) -> None:
        """Add a row behind all others."""
        self.offsets.append(offset)
        self.types.append(type_number)
        self.sizes.append(size)
        self.recorded.append(recorded)
        self.sessions.append(session)

    def find(self, type_number: int, begin: int) -> int:
        """Where the first row of a type stands, from ``begin`` on.

        Raises:
            ValueError: There is none.
        """
        return self.types.index(type_number, begin)

    def remove(self, type_number: int, begin: int, count: int) -> tuple[list[int], int, int]:
        """Let go of the first ``count`` rows of a type, from ``begin`` on; may move all others.

        Returns:
            Their offsets, the bytes of all of them, and where the last one stood.

        Raises:
            ValueError: There are not so many.
        """
        types, offsets, size = self.types, [], 0
        for _ in range(count):
            begin = types.index(type_number, begin)
            types[begin] = _GONE
            offsets.append(self.offsets[begin])
            size += self.sizes[begin]
        self._gone += count
        if 2 * self._gone > len(types) + _SPARE:
            self._sweep()
        return offsets, size, begin

    def holds(self, offset: int) -> bool:
        """Whether there is a row of ``offset``."""
        position = bisect_left(self.offsets, offset)
        return position < len(self.offsets) and self.offsets[position] == offset and self.types[position] != _GONE

    def oldest(self) -> int | None:
        """The offset of the first row."""
        while self._first < len(self.types):
            if self.types[self._first] != _GONE:
                return self.offsets[self._first]
            self._first += 1
        return None

    def behind(self, offset: int) -> int:
        """Where the rows behind ``offset`` begin."""
        return bisect_right(self.offsets, offset)

    def count(self, after: int, through: int | None = None) -> int:
        """How many rows there are behind the offset ``after`` and up to ``through``."""
        begin = self.behind(after)
        end = len(self.offsets) if through is None else self.behind(through)
        found = max(0, end - begin)
        return found - self.types[begin:end].count(_GONE) if found and self._gone else found

    def _sweep(self) -> None:
        self.offsets = array("Q", compress(self.offsets, self.types))
        self.sizes = array("I", compress(self.sizes, self.types))
        self.recorded = array("d", compress(self.recorded, self.types))
        self.sessions = list(compress(self.sessions, self.types))
        self.types = array("H", filter(None, self.types))
        self.sweeps += 1
        self._first = self._gone = 0
