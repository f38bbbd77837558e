"""What the plugins' side knows of a namespace handler; the side of the clients is :class:`eventyard.Namespace`'s."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

__all__ = ["CORE_EVENTS", "Handler"]

#: The client events that belong to the core.
CORE_EVENTS: Final = ("ack", "connect", "disconnect", "get_state", "resume")


class Handler:
    """A namespace handler before it meets a server; what plugins ship inherits it by :class:`eventyard.Namespace`."""

    name: ClassVar[str]
    observes: ClassVar[tuple[str, ...]] = ()

    #: Set by python-socketio, at the end of the chain of ``__init__``.
    namespace: str

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the settings table of the plugin that ships the handler."""
