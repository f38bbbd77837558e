"""What a journal keeps, without the events themselves: offsets, sizes and times, and what has to go."""

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from eventyard.events import BufferMode, BufferPolicy
from eventyard.journal.interface import Hole
from eventyard.journal.kept import Kept, Stretch
from eventyard.journal.quota import Limits, Quotas

__all__ = ["Index"]

# How many events one page passes over for a choice of types or sessions: about 2 ms of the event loop.
_MOST_PASSED: Final = 10_000


@dataclass(slots=True)
class _Stream:
    head: int = 0
    # Ascending; offsets that were trimmed stay in the list until they are worth sweeping.
    offsets: list[int] = field(default_factory=list)
    # Where in the list the oldest one stands, or some that were trimmed before it.
    first: int = 0
    kept: dict[int, Kept] = field(default_factory=dict)


@dataclass(slots=True)
class _Type:
    stream: _Stream
    # The policy that the limits belong to; None before the first event.
    policy: BufferPolicy | None = None
    limits: Limits = field(default_factory=Limits)
    protected: bool = False
    size: int = 0
    kept: deque[Kept] = field(default_factory=deque)


class Index:
    """What a journal keeps of all streams.

    Attributes:
        size: Bytes of all that is kept.
        trimmed: By stream and type, the offset of the newest event that was trimmed.
    """

    def __init__(self, quotas: Quotas) -> None:
        """Keep what ``quotas`` allow."""
        self._quotas = quotas
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

    def restore(self, kept: Kept, mode: BufferMode) -> None:
        """Take note of an event that was kept before; its type is bounded from the next :meth:`add` or :meth:`trim` on.

        What its policy was is known only as far as the mode.
        """
        own = self._type(kept)
        if own.policy is None:
            own.limits = self._quotas.limits_at_start(kept.type)
        self._protect(own, mode)
        self._put(own, kept)

    def add(self, kept: Kept, policy: BufferPolicy) -> Sequence[Kept]:
        """Take note of an event; gives what its type has over its limits then, the oldest first.

        Offsets of a stream come in ascending order.
        """
        own = self._type(kept)
        # Nearly always the one object that the type was declared with.
        if own.policy is not policy:
            own.policy = policy
            own.limits = self._quotas.limits(kept.type, policy)
            self._protect(own, policy.mode)
        self._put(own, kept)
        return self._excess(own, kept.recorded)

    def trim(self, now: float) -> Iterator[Kept]:
        """Forget what the types have over their limits at ``now``, oldest first; gives it."""
        for own in self._types.values():
            yield from self._excess(own, now)
        yield from self.trim_bytes()

    def trim_bytes(self) -> Iterator[Kept]:
        """Forget what all types together have over their bytes; gives it.

        It is taken from the type that has the most; its newest event stays, it was accepted just now. Types that are
        protected give only what they have over half of all bytes, or where there is nothing else.
        """
        while self.size > self._quotas.size:
            largest = self._largest(protected=self._protected_size > self._quotas.size / 2)
            if largest is None:
                return
            yield self._forget_oldest(largest)

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""
        return self._stream(stream).head

    def oldest(self, stream: str) -> int:
        """The first offset that is kept; one behind the head when nothing is."""
        known = self._stream(stream)
        while known.first < len(known.offsets):
            if known.offsets[known.first] in known.kept:
                return known.offsets[known.first]
            known.first += 1
        return known.head + 1

    def kept_after(self, stream: str, offset: int, through: int | None = None) -> int:
        """How many events behind ``offset``, and up to ``through``, are kept."""
        known = self._stream(stream)
        end = None if through is None else bisect_right(known.offsets, through)
        return sum(1 for each in known.offsets[bisect_right(known.offsets, offset) : end] if each in known.kept)

    def missing_after(self, stream: str, offset: int, types: Collection[str] | None = None) -> int:
        """How many offsets behind ``offset`` are not kept, as far as events of ``types`` may have been there."""
        last = self._last_hole(stream, types)
        return max(0, last - offset - self.kept_after(stream, offset, last))

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
        known = self._stream(stream)
        # Nearly always, and for nothing: the events behind it need not be looked at.
        if known.head - after <= events and self.size <= size:
            return after
        before = known.head
        for kept in reversed(known.kept.values()):
            if kept.offset <= after:
                break
            if (types is None or kept.type in types) and (sessions is None or kept.session in sessions):
                events -= 1
                size -= kept.size
                if events < 0 or size < 0:
                    return before
                before = kept.offset - 1
        return after

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

    def _excess(self, own: _Type, now: float) -> Sequence[Kept]:
        """Forget what a type has over its limits at ``now``; gives it."""
        events, size, age = own.limits
        gone: list[Kept] = []
        if events is not None:
            while len(own.kept) > events:
                gone.append(self._forget_oldest(own))
        if size is not None:
            while own.size > size and len(own.kept) > 1:
                gone.append(self._forget_oldest(own))
        if age is not None:
            while own.kept and own.kept[0].recorded < now - age:
                gone.append(self._forget_oldest(own))
        return gone

    def _put(self, own: _Type, kept: Kept) -> None:
        stream, offset = own.stream, kept.offset
        stream.head = offset
        stream.offsets.append(offset)
        stream.kept[offset] = kept
        own.kept.append(kept)
        self._resize(own, kept.size)

    def _forget_oldest(self, own: _Type) -> Kept:
        kept = own.kept.popleft()
        self._resize(own, -kept.size)
        self.trimmed[kept.stream, kept.type] = kept.offset
        stream = own.stream
        del stream.kept[kept.offset]
        if len(stream.offsets) > 2 * len(stream.kept) + 64:
            stream.offsets, stream.first = list(stream.kept), 0
        return kept

    def _protect(self, own: _Type, mode: BufferMode) -> None:
        """Protect a type from the others, if its events are always buffered."""
        protected = mode is BufferMode.ALWAYS_BUFFER
        if protected is not own.protected:
            self._protected_size += own.size if protected else -own.size
            own.protected = protected

    def _resize(self, own: _Type, size: int) -> None:
        own.size += size
        self.size += size
        if own.protected:
            self._protected_size += size

    def _type(self, kept: Kept) -> _Type:
        key = kept.stream, kept.type
        own = self._types.get(key)
        if own is None:
            own = self._types[key] = _Type(self._stream(kept.stream))
        return own

    def _stream(self, name: str) -> _Stream:
        known = self._streams.get(name)
        if known is None:
            known = self._streams[name] = _Stream()
        return known


def _note_hole(holes: list[Hole], first: int, last: int) -> None:
    if first <= last:
        holes.append(Hole(first, last))
