"""One Engine.IO connection: a browser tab or a program, in one or several namespaces."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eventyard.access import Grant
from eventyard.delivery.engine import ClientSocket
from eventyard.events import timestamp

if TYPE_CHECKING:
    from eventyard.delivery.subscriber import Subscriber

__all__ = ["Connection"]


@dataclass(eq=False, slots=True)
class Connection:
    """One Engine.IO connection; its namespaces share one socket, and so one bound of what may be on the way.

    Attributes:
        id: Engine.IO session id.
        socket: Where frames go.
        address: Address of the client, as the operating system knows it.
        user_agent: What the client calls itself.
        connected_since: When it joined its first namespace, RFC 3339.
        subscribers: The streams that it listens to, by namespace.
        grants: What it may, by namespace.
        publishes: Whether it has joined the namespace for publishers.
    """

    id: str
    socket: ClientSocket
    address: str
    user_agent: str
    connected_since: str = field(default_factory=timestamp)
    subscribers: dict[str, "Subscriber"] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    publishes: bool = False

    @property
    def joined(self) -> bool:
        """Whether it is in any namespace."""
        return self.publishes or bool(self.subscribers)

    def abort(self, reason: str) -> None:
        """Close at once, for ``reason``; what is written and not sent is lost."""
        for subscriber in self.subscribers.values():
            subscriber.closing_reason = reason
        self.socket.abort()

    def to_json(self) -> dict[str, object]:
        """The connection as a JSON object for ``GET /connections``."""
        return {
            "id": self.id,
            "address": self.address,
            "user_agent": self.user_agent,
            "transport": "websocket" if self.socket.websocket else "polling",
            "connected_since": self.connected_since,
            "backlog_bytes": self.socket.backlog(),
            "namespaces": {name: subscriber.to_json() for name, subscriber in self.subscribers.items()},
        }
