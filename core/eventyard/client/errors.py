"""What a client raises.

::

    EventyardError
    └── ClientError
        ├── Unreachable       no server answers, or it cannot serve us for now
        ├── Refused           the server does not let us in, or is none of ours; trying again is no use
        ├── CursorFileError   the file that keeps a subscriber's cursors cannot be used
        ├── InvalidEvent      what is to be published cannot be sent
        ├── EventsRejected    the server refused events that were published
        ├── BufferFull        more events wait to be sent than may wait
        ├── NotDelivered      a publisher was closed while events waited
        └── SpoolError        the file in which events wait cannot be used
"""

from eventyard.errors import EventyardError

__all__ = [
    "BufferFull",
    "ClientError",
    "CursorFileError",
    "InvalidEvent",
    "NotDelivered",
    "Refused",
    "SpoolError",
    "Unreachable",
]


class ClientError(EventyardError):
    """What a client cannot do, and why."""


class Unreachable(ClientError):
    """No server answers at the address, or it cannot serve us for now."""


class Refused(ClientError):
    """The server does not let us in, or does not speak our protocol: trying again is no use."""


class CursorFileError(ClientError):
    """The file that keeps a subscriber's cursors is broken, in use, or cannot be read or written."""


class InvalidEvent(ClientError):
    """What is to be published is no JSON object, or larger than all that may wait."""


class BufferFull(ClientError):
    """As many events wait to be sent as may wait, and the event was not taken."""


class NotDelivered(ClientError):
    """A publisher was closed while events waited, and they are lost.

    Attributes:
        count: How many they are.
    """

    def __init__(self, count: int, cause: str) -> None:
        self.count = count
        super().__init__(f"{count} event{'s' * (count != 1)} could not be delivered: {cause}")


class SpoolError(ClientError):
    """The file in which events wait to be sent is in use, or cannot be read or written."""
