"""The duplicate check: equal (``source``, ``id``) is the same event (CloudEvents 1.0 §3.1.1)."""

from collections import OrderedDict

from eventyard.events import Event
from eventyard.journal import Identity, Placement

__all__ = ["DuplicateWindow"]


class DuplicateWindow:
    """Remembers where the latest events were put, by (``source``, ``id``)."""

    def __init__(self, size: int) -> None:
        """Remember at most ``size`` events."""
        self._size = size
        # In an ordinary dictionary, finding the oldest one would step over all that were deleted before it.
        self._seen: OrderedDict[tuple[str, str], Placement] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def find(self, event: Event) -> Placement | None:
        """Where the event was put when it came before; ``None`` for a new event."""
        return self._seen.get((event["source"], event["id"]))

    def remember(self, event: Event, placement: Placement) -> None:
        """Remember a new event; the oldest one is forgotten when the window is full."""
        self._seen[event["source"], event["id"]] = placement
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)

    def recall(self, identity: Identity) -> None:
        """Remember an event that was accepted before the server was started."""
        self._seen[identity.source, identity.id] = identity.placement
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)

    def forget(self, event: Event) -> None:
        """Forget an event that could not be kept, so that it may be sent again."""
        self._seen.pop((event["source"], event["id"]), None)
