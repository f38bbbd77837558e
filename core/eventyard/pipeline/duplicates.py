"""The duplicate check: equal (``source``, ``id``) is the same event (CloudEvents 1.0 §3.1.1)."""

from collections import deque
from typing import TypeAlias

from eventyard.journal import Placement
from eventyard.journal.place import offset_of, place_of, stream_of

__all__ = ["DuplicateWindow", "EventKey"]

#: ``source`` and ``id`` of an event.
EventKey: TypeAlias = tuple[str, str]


class _Source:
    """The events of one source: where they are, as a place once that is known; ``None`` for one that could not be kept.

    That stays until the event is the oldest or comes again.
    """

    __slots__ = ("name", "places")

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[str, Placement | int | None] = {}


class DuplicateWindow:
    """Remembers where the latest events were put.

    By source first: many events have the same one, whose name is so in memory once. And as numbers: objects that
    become more and more make the garbage collector look at all of them again and again, which took 3 µs an event with
    a million of them. An event takes some 180 bytes.
    """

    def __init__(self, size: int) -> None:
        """Remember at most ``size`` events."""
        self._size = size
        self._sources: dict[str, _Source] = {}
        # The events in the order in which they came. Finding the oldest one in a dictionary would step over all that
        # were deleted before it, and an ordered one takes twice the time.
        self._ids: deque[str] = deque()
        self._sources_of_ids: deque[_Source] = deque()
        # Names of streams by number, and the part of a place that each makes.
        self._streams: list[str] = []
        self._bases: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, key: EventKey) -> Placement | None:
        """Where the event was put when it came before; ``None`` for a new event."""
        source = self._sources.get(key[0])
        if source is None:
            return None
        place = source.places.get(key[1])
        if not isinstance(place, int):
            return place
        return Placement(self._streams[stream_of(place)], offset_of(place))

    def remember(self, key: EventKey, placement: Placement) -> None:
        """Remember a new event; the oldest one is forgotten when the window is full."""
        name, identity = key
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = _Source(name)
        places = source.places
        if identity not in places:
            self._ids.append(identity)
            self._sources_of_ids.append(source)
        places[identity] = placement
        if len(self._ids) > self._size:
            self._forget_oldest()

    def settle(self, key: EventKey, placement: Placement) -> None:
        """Take note that the offset of an event that is remembered is known, if it has one."""
        source = self._sources.get(key[0])
        if source is not None and placement.offset is not None and source.places.get(key[1]) is placement:
            base = self._bases.get(placement.stream)
            if base is None:
                base = self._bases[placement.stream] = place_of(len(self._streams), 0)
                self._streams.append(placement.stream)
            source.places[key[1]] = base | placement.offset

    def forget(self, key: EventKey) -> None:
        """Forget an event that could not be kept, so that it may be sent again."""
        source = self._sources.get(key[0])
        if source is not None and key[1] in source.places:
            source.places[key[1]] = None

    def _forget_oldest(self) -> None:
        source = self._sources_of_ids.popleft()
        del source.places[self._ids.popleft()]
        if not source.places:
            del self._sources[source.name]
