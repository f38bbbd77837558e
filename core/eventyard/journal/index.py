"""What a journal keeps, without the events themselves: offsets, sizes and times, and what has to go."""

from collections.abc import Collection, Iterable, Sequence
from sys import intern

from eventyard.events import BufferMode
from eventyard.journal.kept import Kept, Stretch, Trimmed
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Record
from eventyard.journal.stream_index import StreamIndex
from eventyard.journal.type_index import TypeIndex

__all__ = ["Index"]


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
        self._streams: dict[str, StreamIndex] = {}
        self._types: list[TypeIndex] = []

    def keeps(self, stream: str, offset: int) -> bool:
        """Whether the event of ``stream`` at ``offset`` is kept."""
        return self._stream(stream).rows.holds(offset)

    def start(self, stream: str, head: int) -> None:
        """Let the offsets of ``stream`` go on behind ``head``."""
        self._stream(stream).head = head

    def restore(self, kept: Kept, mode: BufferMode) -> None:
        """Take note of an event that was kept before; its type is bounded from the next :meth:`add` or :meth:`trim` on.

        What its policy was is known only as far as the mode.
        """
        stream = self._stream(kept.stream)
        own = stream.types.get(kept.type) or self._new_type(stream, kept.type)
        if own.policy is None:
            own.limits = self._quotas.limits_at_start(kept.type)
        self._protect(own, mode)
        stream.head = kept.offset
        stream.rows.append(kept.offset, own.number, kept.session, kept.size, kept.recorded)
        own.events += 1
        self._resize(own, kept.size)

    def add(self, records: Iterable[Record], recorded: float) -> Sequence[Trimmed]:
        """Take note of events that were accepted at ``recorded``; gives what their types have over their limits then.

        Offsets of a stream come in ascending order.
        """
        touched: dict[TypeIndex, int] = {}
        for record in records:
            stream = self._stream(record.stream)
            own = stream.types.get(record.type) or self._new_type(stream, record.type)
            # Nearly always the one object that the type was declared with.
            if own.policy is not record.policy:
                own.policy = record.policy
                own.limits = self._quotas.limits(record.type, record.policy)
                self._protect(own, record.policy.mode)
            session = record.session
            size = len(record.body)
            stream.head = offset = record.offset or 0
            # Few different sessions stand in many rows.
            stream.rows.append(offset, own.number, None if session is None else intern(str(session)), size, recorded)
            own.events += 1
            touched[own] = touched.get(own, 0) + size
        for own, size in touched.items():
            self._resize(own, size)
            self._shorten(own, recorded)
        return self._told(touched)

    def trim(self, now: float) -> Sequence[Trimmed]:
        """Forget what the types have over their limits at ``now``, and then what all have over theirs; gives it."""
        for own in self._types:
            self._shorten(own, now)
        return [*self._told(self._types), *self.trim_bytes()]

    def trim_bytes(self) -> Sequence[Trimmed]:
        """Forget what all types together have over their bytes; gives it.

        It is taken from the type that has the most; its newest event stays, it was accepted just now. Types that are
        protected give only what they have over half of all bytes, or where there is nothing else.
        """
        touched: dict[TypeIndex, None] = {}
        while self.size > self._quotas.size:
            largest = self._largest(protected=self._protected_size > self._quotas.size / 2)
            if largest is None:
                break
            self._forget(largest, 1)
            touched[largest] = None
        return self._told(touched)

    def head(self, stream: str) -> int:
        """The last offset that was given out; 0 for a stream without events."""
        return self._stream(stream).head

    def oldest(self, stream: str) -> int:
        """The first offset that is kept; one behind the head when nothing is."""
        return self._stream(stream).oldest()

    def kept_after(self, stream: str, offset: int, through: int | None = None) -> int:
        """How many events behind ``offset``, and up to ``through``, are kept."""
        return self._stream(stream).rows.count(offset, through)

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
        return known.newest(events, size, after=after, types=types, sessions=sessions)

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
        return self._stream(stream).stretch(
            after,
            through,
            events=events,
            size=size,
            types=types,
            sessions=sessions,
            last_hole=self._last_hole(stream, types),
        )

    def _last_hole(self, stream: str, types: Collection[str] | None) -> int:
        """Behind this offset nothing of ``types`` was ever trimmed."""
        if types is None:
            return self._stream(stream).head
        return max((self.trimmed.get((stream, each), 0) for each in types), default=0)

    def _largest(self, *, protected: bool) -> TypeIndex | None:
        """The type with the most bytes that can give one, of the protected ones or of the others if possible."""
        giving = [own for own in self._types if own.events > 1]
        preferred = [own for own in giving if own.protected is protected]
        return max(preferred or giving, key=lambda own: own.size, default=None)

    def _shorten(self, own: TypeIndex, now: float) -> None:
        """Forget what a type has over its limits at ``now``."""
        events, size, age = own.limits
        if events is not None and own.events > events:
            self._forget(own, own.events - events)
        if size is not None:
            while own.size > size and own.events > 1:
                self._forget(own, 1)
        if age is not None:
            while own.events and own.oldest() < now - age:
                self._forget(own, 1)

    def _forget(self, own: TypeIndex, count: int) -> None:
        self._resize(own, -own.forget(count))

    def _told(self, types: Iterable[TypeIndex]) -> Sequence[Trimmed]:
        """What was forgotten of ``types`` since this was last asked."""
        found = [Trimmed(own.stream.name, own.name, own.gone) for own in types if own.gone]
        for own in types:
            if own.gone:
                self.trimmed[own.stream.name, own.name] = own.gone[-1]
                own.gone = []
        return found

    def _protect(self, own: TypeIndex, mode: BufferMode) -> None:
        """Protect a type from the others, if its events are always buffered."""
        protected = mode is BufferMode.ALWAYS_BUFFER
        if protected is not own.protected:
            self._protected_size += own.size if protected else -own.size
            own.protected = protected

    def _resize(self, own: TypeIndex, size: int) -> None:
        own.size += size
        self.size += size
        if own.protected:
            self._protected_size += size

    def _new_type(self, stream: StreamIndex, name: str) -> TypeIndex:
        own = stream.add_type(name)
        self._types.append(own)
        return own

    def _stream(self, name: str) -> StreamIndex:
        known = self._streams.get(name)
        if known is None:
            known = self._streams[name] = StreamIndex(name)
        return known
