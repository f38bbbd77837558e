"""Where the events of the file are: which run holds which of them, and which runs nobody needs any more."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from eventyard.journal.sqlite.discards import Discard

__all__ = ["Shelf"]

# So many entries of runs that are gone do no harm.
_SPARE: Final = 64


class _TypeRuns:
    """The runs of one type of one stream, a column for each of their properties."""

    __slots__ = ("counts", "gone", "lasts", "seqs")

    def __init__(self) -> None:
        # The offsets of their last events, ascending; the numbers of their first ones; how many events they have.
        self.lasts = array("Q")
        self.seqs = array("Q")
        self.counts = array("I")
        # How many of them, from the beginning on, are gone.
        self.gone = 0

    def holding(self, offsets: Sequence[int]) -> Iterator[int]:
        """The runs within whose bounds any of ``offsets``, which ascend, lies."""
        index = max(self.gone, bisect_left(self.lasts, offsets[0]))
        while index < len(self.lasts):
            # Those behind the last event of the run before.
            first = bisect_right(offsets, self.lasts[index - 1]) if index else 0
            if first == len(offsets):
                break
            if offsets[first] <= self.lasts[index]:
                yield self.seqs[index]
                index += 1
            else:
                index = bisect_left(self.lasts, offsets[first], index + 1)

    def sweep(self) -> None:
        """Let go of what is gone."""
        if 2 * self.gone > len(self.lasts) + _SPARE:
            del self.lasts[: self.gone], self.seqs[: self.gone], self.counts[: self.gone]
            self.gone = 0


class Shelf:
    """Where the events of the file are.

    A type of a stream has its events in the order of their offsets, in runs that follow one another.
    """

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, _TypeRuns]] = {}

    def add(self, stream: str, event_type: str, seq: int, last: int, events: int) -> None:
        """Take note of a run, behind all others of its type.

        Args:
            stream: Its stream.
            event_type: Its type.
            seq: Its number.
            last: The offset of its last event.
            events: How many events it has.
        """
        row = self._rows.setdefault(stream, {}).get(event_type)
        if row is None:
            row = self._rows[stream][event_type] = _TypeRuns()
        row.lasts.append(last)
        row.seqs.append(seq)
        row.counts.append(events)

    def find(self, stream: str, offsets: Sequence[int], types: Collection[str] | None) -> list[int]:
        """The numbers of the runs that hold the events of ``stream`` at ``offsets``, which are of ``types``, ascending.

        It may name some that hold none of them.
        """
        rows = self._rows.get(stream, {})
        wanted = rows.keys() if types is None else rows.keys() & set(types)
        return sorted(seq for event_type in wanted for seq in rows[event_type].holding(offsets))

    def drop(self, stream: str, event_type: str, through: int) -> Sequence[Discard]:
        """Forget the runs that have no event of the type behind ``through``; gives them."""
        row = self._rows.get(stream, {}).get(event_type)
        if row is None:
            return ()
        begin = row.gone
        row.gone = bisect_right(row.lasts, through, begin)
        dropped = [Discard(row.seqs[index], row.counts[index]) for index in range(begin, row.gone)]
        row.sweep()
        return dropped
