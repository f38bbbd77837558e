"""What a journal keeps, without the events themselves: offsets, sizes and times, and what has to go."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from eventyard.journal.quota import Quotas

__all__ = ["Index", "Kept"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One event that is kept.

    Attributes:
        stream: Name of its stream.
        offset: Its place there.
        type: Its event type.
        size: Bytes of its envelope.
        recorded: When it was accepted, in seconds since the epoch.
    """

    stream: str
    offset: int
    type: str
    size: int
    recorded: float


@dataclass(slots=True)
class _Stream:
    head: int = 0
    # Ascending; offsets that were trimmed stay in the list until they are worth sweeping.
    offsets: list[int] = field(default_factory=list)
    kept: dict[int, Kept] = field(default_factory=dict)


@dataclass(slots=True)
class _Type:
    size: int = 0
    kept: deque[Kept] = field(default_factory=deque)


class Index:
    """What a journal keeps of all streams.

    Attributes:
        size: Bytes of all that is kept.
    """

    def __init__(self) -> None:
        self.size = 0
        self._streams: dict[str, _Stream] = {}
        self._types: dict[tuple[str, str], _Type] = {}

    def start(self, stream: str, head: int) -> None:
        """Let the offsets of ``stream`` go on behind ``head``."""
        self._stream(stream).head = head

    def next_offset(self, stream: str) -> int:
        """The offset of the next event of ``stream``."""
        return self._stream(stream).head + 1

    def add(self, kept: Kept) -> None:
        """Take note of an event; offsets of a stream come in ascending order."""
        stream = self._stream(kept.stream)
        stream.head = kept.offset
        stream.offsets.append(kept.offset)
        stream.kept[kept.offset] = kept
        own = self._types.setdefault((kept.stream, kept.type), _Type())
        own.kept.append(kept)
        own.size += kept.size
        self.size += kept.size

    def trim_type(self, stream: str, type_name: str, most: int) -> Iterator[Kept]:
        """Forget what a type has over ``most`` events, oldest first; gives what was forgotten."""
        own = self._types[stream, type_name]
        while len(own.kept) > most:
            yield self._forget_oldest(own)

    def trim(self, quotas: Quotas, now: float) -> Iterator[Kept]:
        """Forget what is too old at ``now``, and what all types together have over their bytes; gives it.

        The bytes are taken from the type that has the most; its newest event stays, it was accepted just now.
        """
        if quotas.age is not None:
            for own in self._types.values():
                while own.kept and own.kept[0].recorded < now - quotas.age:
                    yield self._forget_oldest(own)
        while self.size > quotas.size:
            largest = max(self._types.values(), key=lambda each: each.size)
            if len(largest.kept) <= 1:
                return
            yield self._forget_oldest(largest)

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""
        return self._stream(stream).head

    def oldest(self, stream: str) -> int:
        """The first offset that is kept; one behind the head when nothing is."""
        known = self._stream(stream)
        return next(iter(known.kept), known.head + 1)

    def kept_after(self, stream: str, offset: int) -> int:
        """How many events behind ``offset`` are kept."""
        known = self._stream(stream)
        return sum(1 for each in known.offsets[bisect_right(known.offsets, offset) :] if each in known.kept)

    def page(self, stream: str, after: int, through: int, events: int, size: int) -> tuple[list[int], int]:
        """The offsets of a page, and the offset up to which it covers the stream; see :meth:`Journal.read`."""
        known = self._stream(stream)
        chosen: list[int] = []
        total = 0
        for index in range(bisect_right(known.offsets, after), len(known.offsets)):
            offset = known.offsets[index]
            if offset > through:
                break
            kept = known.kept.get(offset)
            if kept is None:
                continue
            if chosen and (len(chosen) >= events or total + kept.size > size):
                return chosen, offset - 1
            chosen.append(offset)
            total += kept.size
        return chosen, max(after, through)

    def _forget_oldest(self, own: _Type) -> Kept:
        kept = own.kept.popleft()
        own.size -= kept.size
        self.size -= kept.size
        stream = self._streams[kept.stream]
        del stream.kept[kept.offset]
        if len(stream.offsets) > 2 * len(stream.kept) + 64:
            stream.offsets = list(stream.kept)
        return kept

    def _stream(self, name: str) -> _Stream:
        known = self._streams.get(name)
        if known is None:
            known = self._streams[name] = _Stream()
        return known
