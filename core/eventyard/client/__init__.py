"""Following and publishing events from Python: nothing is missed, and nothing is sent twice.

Everything here is public. It is imported on first use: who only publishes does not wait for an HTTP library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventyard.client.errors import (
        BufferFull,
        ClientError,
        CursorFileError,
        InvalidEvent,
        NotDelivered,
        Refused,
        SpoolError,
        Unreachable,
    )
    from eventyard.client.history import History, Missing
    from eventyard.client.publication import Buffering, Counts, EventsRejected, Rejection, SyncPublisher
    from eventyard.client.publication.publisher import Publisher
    from eventyard.client.subscription import (
        Cursor,
        Gap,
        Lost,
        Message,
        Ready,
        Received,
        State,
        Subscriber,
        SyncSubscriber,
        subscribe,
    )

__all__ = [
    "BufferFull",
    "Buffering",
    "ClientError",
    "Counts",
    "Cursor",
    "CursorFileError",
    "EventsRejected",
    "Gap",
    "History",
    "InvalidEvent",
    "Lost",
    "Message",
    "Missing",
    "NotDelivered",
    "Publisher",
    "Ready",
    "Received",
    "Refused",
    "Rejection",
    "SpoolError",
    "State",
    "Subscriber",
    "SyncPublisher",
    "SyncSubscriber",
    "Unreachable",
    "subscribe",
]

_HOMES = {
    "eventyard.client.errors": (
        "BufferFull",
        "ClientError",
        "CursorFileError",
        "InvalidEvent",
        "NotDelivered",
        "Refused",
        "SpoolError",
        "Unreachable",
    ),
    "eventyard.client.history": ("History", "Missing"),
    "eventyard.client.publication": ("Buffering", "Counts", "EventsRejected", "Rejection", "SyncPublisher"),
    "eventyard.client.publication.publisher": ("Publisher",),
    "eventyard.client.subscription": (
        "Cursor",
        "Gap",
        "Lost",
        "Message",
        "Ready",
        "Received",
        "State",
        "Subscriber",
        "SyncSubscriber",
        "subscribe",
    ),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'eventyard.client' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
