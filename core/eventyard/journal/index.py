"""What a journal keeps, without the events themselves: offsets, sizes and times, and what has to go."""

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from eventyard.journal.interface import Hole
from eventyard.journal.quota import Limits

__all__ = ["Index", "Kept", "Stretch"]

# How many events one page passes over for a choice of types or sessions: about 2 ms of the event loop.
_MOST_PASSED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One event that is kept.

    Attributes:
        stream: Name of its stream.
        offset: Its place there.
        type: Its event type.
        session: The session that it belongs to.
        size: Bytes of its envelope.
        recorded: When it was accepted, in seconds since the epoch.
    """

    stream: str
    offset: int
    type: str
    session: str | None
    size: int
    recorded: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page without its events: the chosen offsets, and as in :class:`Page` what it covers and what is missing."""

    offsets: list[int]
    through: int
    holes: list[Hole]


@dataclass(slots=True)
class _Stream:
    head: int = 0
    # Ascending; offsets that were trimmed stay in the list until they are worth sweeping.
    offsets: list[int] = field(default_factory=list)
    kept: dict[int, Kept] = field(default_factory=dict)


@dataclass(slots=True)
class _Type:
    limits: Limits
    protected: bool
    size: int = 0
    kept: deque[Kept] = field(default_factory=deque)


class Index:
    """What a journal keeps of all streams.

    Attributes:
        size: Bytes of all that is kept.
        trimmed: By stream and type, the offset of the newest event that was trimmed.
    """

    def __init__(self) -> None:
        self.size = 0
        self.trimmed: dict[tuple[str, str], int] = {}
        self._protected_size = 0
        self._streams: dict[str, _Stream] = {}
        self._types: dict[tuple[str, str], _Type] = {}

    def keeps(self, stream: str, offset: int) -> bool:
        """Whether the event of ``stream`` at ``offset`` is kept."""
        return offset in self._stream(stream).kept

    def start(self, stream: str, head: int) -> None:
        """Let the offsets of ``stream`` go on behind ``head``."""
        self._stream(stream).head = head

    def next_offset(self, stream: str) -> int:
        """The offset of the next event of ``stream``."""
        return self._stream(stream).head + 1

    def add(self, kept: Kept, limits: Limits, *, protected: bool) -> None:
        """Take note of an event; offsets of a stream come in ascending order.

        Args:
            kept: The event.
            limits: How much is kept of its type from now on.
            protected: Whether other types must not push it out.
        """
        stream = self._stream(kept.stream)
        stream.head = kept.offset
        stream.offsets.append(kept.offset)
        stream.kept[kept.offset] = kept
        key = kept.stream, kept.type
        own = self._types.get(key)
        if own is None:
            own = self._types[key] = _Type(limits, protected)
        own.limits = limits
        if own.protected is not protected:
            self._protected_size += own.size if protected else -own.size
            own.protected = protected
        own.kept.append(kept)
        self._resize(own, kept.size)

    def trim_type(self, stream: str, type_name: str, now: float) -> Iterator[Kept]:
        """Forget what a type has over its limits at ``now``, oldest first; gives what was forgotten."""
        yield from self._trim(self._types[stream, type_name], now)

    def trim(self, most_bytes: int, now: float) -> Iterator[Kept]:
        """Forget what all types have over their limits at ``now``, and over ``most_bytes`` together; gives it.

        The bytes are taken from the type that has the most; its newest event stays, it was accepted just now. Types
        that are protected give only what they have over half of all bytes, or where there is nothing else.
        """
        for own in self._types.values():
            yield from self._trim(own, now)
        while self.size > most_bytes:
            largest = self._largest(protected=self._protected_size > most_bytes / 2)
            if largest is None:
                return
            yield self._forget_oldest(largest)

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""
        return self._stream(stream).head

    def oldest(self, stream: str) -> int:
        """The first offset that is kept; one behind the head when nothing is."""
        known = self._stream(stream)
        return next(iter(known.kept), known.head + 1)

    def kept_after(self, stream: str, offset: int, through: int | None = None) -> int:
        """How many events behind ``offset``, and up to ``through``, are kept."""
        known = self._stream(stream)
        end = None if through is None else bisect_right(known.offsets, through)
        return sum(1 for each in known.offsets[bisect_right(known.offsets, offset) : end] if each in known.kept)

    def missing_after(self, stream: str, offset: int, types: Collection[str] | None = None) -> int:
        """How many offsets behind ``offset`` are not kept, as far as events of ``types`` may have been there."""
        last = self._last_hole(stream, types)
        return max(0, last - offset - self.kept_after(stream, offset, last))

    def newest(self, stream: str, events: int, size: int) -> int:
        """The smallest offset behind which at most so many events with so many bytes are kept."""
        known = self._stream(stream)
        for offset in reversed(known.kept):
            events -= 1
            size -= known.kept[offset].size
            if events < 0 or size < 0:
                return offset
        return 0

    def stretch(
        self,
        stream: str,
        after: int,
        through: int,
        *,
        events: int,
        size: int,
        types: Collection[str] | None = None,
        sessions: Collection[str] | None = None,
    ) -> Stretch:
        """The offsets of a page; see :meth:`Journal.read`."""
        known = self._stream(stream)
        last_hole = self._last_hole(stream, types)
        found = Stretch([], max(after, through), [])
        chosen, passed, covered = found.offsets, 0, after
        for index in range(bisect_right(known.offsets, after), len(known.offsets)):
            offset = known.offsets[index]
            if offset > through:
                break
            kept = known.kept.get(offset)
            if kept is None:
                continue
            wanted = (types is None or kept.type in types) and (sessions is None or kept.session in sessions)
            passed += not wanted
            if passed > _MOST_PASSED or (wanted and chosen and (len(chosen) >= events or kept.size > size)):
                return Stretch(chosen, covered, found.holes)
            _note_hole(found.holes, covered + 1, min(offset - 1, last_hole))
            covered = offset
            if wanted:
                chosen.append(offset)
                size -= kept.size
        _note_hole(found.holes, covered + 1, min(through, last_hole))
        return found

    def _last_hole(self, stream: str, types: Collection[str] | None) -> int:
        """Behind this offset nothing of ``types`` was ever trimmed."""
        if types is None:
            return self._stream(stream).head
        return max((self.trimmed.get((stream, each), 0) for each in types), default=0)

    def _largest(self, *, protected: bool) -> _Type | None:
        """The type with the most bytes that can give one, of the protected ones or of the others if possible."""
        giving = [own for own in self._types.values() if len(own.kept) > 1]
        preferred = [own for own in giving if own.protected is protected]
        return max(preferred or giving, key=lambda own: own.size, default=None)

    def _trim(self, own: _Type, now: float) -> Iterator[Kept]:
        events, size, age = own.limits
        if events is not None:
            while len(own.kept) > events:
                yield self._forget_oldest(own)
        if size is not None:
            while own.size > size and len(own.kept) > 1:
                yield self._forget_oldest(own)
        if age is not None:
            while own.kept and own.kept[0].recorded < now - age:
                yield self._forget_oldest(own)

    def _forget_oldest(self, own: _Type) -> Kept:
        kept = own.kept.popleft()
        self._resize(own, -kept.size)
        self.trimmed[kept.stream, kept.type] = kept.offset
        stream = self._streams[kept.stream]
        del stream.kept[kept.offset]
        if len(stream.offsets) > 2 * len(stream.kept) + 64:
            stream.offsets = list(stream.kept)
        return kept

    def _resize(self, own: _Type, size: int) -> None:
        own.size += size
        self.size += size
        if own.protected:
            self._protected_size += size

    def _stream(self, name: str) -> _Stream:
        known = self._streams.get(name)
        if known is None:
            known = self._streams[name] = _Stream()
        return known


def _note_hole(holes: list[Hole], first: int, last: int) -> None:
    if first <= last:
        holes.append(Hole(first, last))
