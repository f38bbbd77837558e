"""What the index knows of one stream."""

from collections.abc import Collection
from typing import Final

from eventyard.journal.interface import Hole
from eventyard.journal.kept import Stretch
from eventyard.journal.rows import Rows
from eventyard.journal.type_index import TypeIndex

__all__ = ["StreamIndex"]

# How many events one page passes over for a choice of types or sessions: about 2 ms of the event loop.
_MOST_PASSED: Final = 10_000


class StreamIndex:
    """What the index knows of one stream.

    Attributes:
        name: Its name.
        head: The last offset that was given out.
        rows: What is kept.
        types: The event types of which there was anything, by name.
    """

    __slots__ = ("_names", "head", "name", "rows", "types")

    def __init__(self, name: str) -> None:
        """Know nothing of the stream ``name`` yet."""
        self.name = name
        self.head = 0
        self.rows = Rows()
        self.types: dict[str, TypeIndex] = {}
        # By the number that the rows have for a type.
        self._names = [""]

    def add_type(self, name: str) -> TypeIndex:
        """Begin with an event type that is not among :attr:`types`."""
        own = self.types[name] = TypeIndex(self, name, len(self._names))
        self._names.append(name)
        return own

    def oldest(self) -> int:
        """The first offset that is kept; one behind the head when nothing is."""
        oldest = self.rows.oldest()
        return self.head + 1 if oldest is None else oldest

    def newest(
        self,
        events: int,
        size: int,
        *,
        after: int,
        types: Collection[str] | None,
        sessions: Collection[str] | None,
    ) -> int:
        """The offset before the oldest of the newest events, at most so many with so many bytes; or ``after``."""
        rows, before = self.rows, self.head
        for position in range(len(rows.offsets) - 1, rows.behind(after) - 1, -1):
            if rows.types[position] and self._is_wanted(position, types, sessions):
                events -= 1
                size -= rows.sizes[position]
                if events < 0 or size < 0:
                    return before
                before = rows.offsets[position] - 1
        return after

    def stretch(
        self,
        after: int,
        through: int,
        *,
        events: int,
        size: int,
        types: Collection[str] | None,
        sessions: Collection[str] | None,
        last_hole: int,
    ) -> Stretch:
        """The offsets of a page, see :meth:`Journal.read`; behind ``last_hole``, nothing of the types was trimmed."""
        rows = self.rows
        found = Stretch([], max(after, through), [])
        chosen, passed, covered = found.offsets, 0, after
        for position in range(rows.behind(after), len(rows.offsets)):
            offset = rows.offsets[position]
            if offset > through:
                break
            if not rows.types[position]:
                continue
            wanted = self._is_wanted(position, types, sessions)
            passed += not wanted
            is_full = wanted and chosen and (len(chosen) >= events or rows.sizes[position] > size)
            if is_full or passed > _MOST_PASSED:
                return Stretch(chosen, covered, found.holes)
            _note_hole(found.holes, covered + 1, min(offset - 1, last_hole))
            covered = offset
            if wanted:
                chosen.append(offset)
                size -= rows.sizes[position]
        _note_hole(found.holes, covered + 1, min(through, last_hole))
        return found

    def _is_wanted(self, position: int, types: Collection[str] | None, sessions: Collection[str] | None) -> bool:
        return (types is None or self._names[self.rows.types[position]] in types) and (
            sessions is None or self.rows.sessions[position] in sessions
        )


def _note_hole(holes: list[Hole], first: int, last: int) -> None:
    if first <= last:
        holes.append(Hole(first, last))
