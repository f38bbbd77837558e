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
        self._seen: dict[EventKey, Placement] = {}
        # In the order in which they came. Finding the oldest one in the dictionary would step over all that were
        # deleted before it, and an ordered one takes twice the time.
        self._order: deque[tuple[EventKey, Placement]] = deque()

    def __len__(self) -> int:
        return len(self._seen)

    def find(self, key: EventKey) -> Placement | None:
        """Where the event was put when it came before; ``None`` for a new event."""
        return self._seen.get(key)

    def remember(self, key: EventKey, placement: Placement) -> None:
        """Remember a new event; the oldest one is forgotten when the window is full."""
        self._seen[key] = placement
        self._order.append((key, placement))
        # What was forgotten still stands in the order.
        while len(self._seen) > self._size or len(self._order) > 2 * self._size:
            oldest, placed = self._order.popleft()
            # Otherwise it was forgotten already, and may have come again.
            if self._seen.get(oldest) is placed:
                del self._seen[oldest]

    def forget(self, key: EventKey) -> None:
        """Forget an event that could not be kept, so that it may be sent again."""
        self._seen.pop(key, None)
