"""The duplicate check: equal (``source``, ``id``) is the same event (CloudEvents 1.0 §3.1.1)."""

from collections import deque
from typing import TypeAlias

from eventyard.journal import Placement

__all__ = ["DuplicateWindow", "EventKey"]

#: ``source`` and ``id`` of an event.
EventKey: TypeAlias = tuple[str, str]


class _Source:
    """The events of one source; ``None`` for one that could not be kept, until it is the oldest or comes again."""

    __slots__ = ("name", "placements")

    def __init__(self, name: str) -> None:
        self.name = name
        self.placements: dict[str, Placement | None] = {}


class DuplicateWindow:
    """Remembers where the latest events were put.

    By source first: many events have the same one, whose name is so in memory once. An event takes some 230 bytes.
    """

    def __init__(self, size: int) -> None:
        """Remember at most ``size`` events."""
        self._size = size
        self._sources: dict[str, _Source] = {}
        # The events in the order in which they came. Finding the oldest one in a dictionary would step over all that
        # were deleted before it, and an ordered one takes twice the time.
        self._ids: deque[str] = deque()
        self._sources_of_ids: deque[_Source] = deque()

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, key: EventKey) -> Placement | None:
        """Where the event was put when it came before; ``None`` for a new event."""
        source = self._sources.get(key[0])
        return None if source is None else source.placements.get(key[1])

    def remember(self, key: EventKey, placement: Placement) -> None:
        """Remember a new event; the oldest one is forgotten when the window is full."""
        name, identity = key
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = _Source(name)
        placements = source.placements
        if identity not in placements:
            self._ids.append(identity)
            self._sources_of_ids.append(source)
        placements[identity] = placement
        if len(self._ids) > self._size:
            self._forget_oldest()

    def forget(self, key: EventKey) -> None:
        """Forget an event that could not be kept, so that it may be sent again."""
        source = self._sources.get(key[0])
        if source is not None and key[1] in source.placements:
            source.placements[key[1]] = None

    def _forget_oldest(self) -> None:
        source = self._sources_of_ids.popleft()
        del source.placements[self._ids.popleft()]
        if not source.placements:
            del self._sources[source.name]
