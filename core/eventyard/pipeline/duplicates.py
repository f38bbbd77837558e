"""The duplicate check: equal (``source``, ``id``) is the same event (CloudEvents 1.0 §3.1.1)."""

from collections import deque
from typing import TypeAlias

from eventyard.journal import Placement

__all__ = ["DuplicateWindow", "EventKey"]

#: ``source`` and ``id`` of an event.
EventKey: TypeAlias = tuple[str, str]


class DuplicateWindow:
    """Remembers where the latest events were put."""

    def __init__(self, size: int) -> None:
        """Remember at most ``size`` events."""
        self._size = size
        # None for one that could not be kept, until it is the oldest or comes again.
        self._seen: dict[EventKey, Placement | None] = {}
        # The keys in the order in which they came. Finding the oldest one in the dictionary would step over all that
        # were deleted before it, and an ordered one takes twice the time.
        self._order: deque[EventKey] = deque()

    def __len__(self) -> int:
        return len(self._order)

    def find(self, key: EventKey) -> Placement | None:
        """Where the event was put when it came before; ``None`` for a new event."""
        return self._seen.get(key)

    def remember(self, key: EventKey, placement: Placement) -> None:
        """Remember a new event; the oldest one is forgotten when the window is full."""
        if key not in self._seen:
            self._order.append(key)
        self._seen[key] = placement
        if len(self._order) > self._size:
            del self._seen[self._order.popleft()]

    def forget(self, key: EventKey) -> None:
        """Forget an event that could not be kept, so that it may be sent again."""
        if key in self._seen:
            self._seen[key] = None
