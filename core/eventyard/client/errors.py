"""What a client raises.

::

    EventyardError
    └── ClientError
        ├── Unreachable       no server answers, or it cannot serve us for now
        ├── Refused           the server does not let us in, or is none of ours; trying again is no use
        └── CursorFileError   the file that keeps a subscriber's cursors cannot be used
"""

from eventyard.errors import EventyardError

__all__ = ["ClientError", "CursorFileError", "Refused", "Unreachable"]


class ClientError(EventyardError):
    """What a client cannot do, and why."""


class Unreachable(ClientError):
    """No server answers at the address, or it cannot serve us for now."""


class Refused(ClientError):
    """The server does not let us in, or does not speak our protocol: trying again is no use."""


class CursorFileError(ClientError):
    """The file that keeps a subscriber's cursors is broken, in use, or cannot be read or written."""
