"""The namespace ``/system``: who is connected, and how the server is."""

from collections.abc import Mapping
from typing import Any

from eventyard import Event, Namespace

from eventyard_system.connection import Connection
from eventyard_system.settings import DEFAULTS

__all__ = ["SystemNamespace"]


class SystemNamespace(Namespace):
    """The open connections, and the latest heartbeat.

    Its events are never journaled, so after a restart the state begins empty, as do the connections themselves.
    """

    name = "/system"

    def __init__(self) -> None:
        super().__init__()
        self._connections: dict[tuple[str, str], Connection] = {}
        self._heartbeat: Event | None = None
        self._forgotten = 0
        self.configure(DEFAULTS)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the limit of the state."""
        self._connection_limit: int = table["connection_limit"]

    def apply(self, event: Event) -> None:
        """Note a connection's new state, or the latest heartbeat."""
        match event.type:
            case "connection_status":
                self._change(event)
            case "heartbeat":
                self._heartbeat = event

    def snapshot(self) -> dict[str, Any]:
        """The state as a JSON object.

        Gives: ``status`` as in the latest heartbeat, ``unknown`` before the first; ``heartbeat``, that event as a
        whole, or null; ``connections``, the latest changed last; ``forgotten``, how many were pushed out by newer ones.
        """
        beat = self._heartbeat
        return {
            "status": "unknown" if beat is None else beat.data.get("status", "healthy"),
            "heartbeat": None if beat is None else dict(beat),
            "connections": [connection.to_json() for connection in self._connections.values()],
            "forgotten": self._forgotten,
        }

    def _change(self, event: Event) -> None:
        key = (event.data["client"], event.data["namespace"])
        # Taken out and put back, so that the dictionary's order is that of the latest changes.
        connection = Connection.read(event, before=self._connections.pop(key, None))
        if connection.state == "closed":
            return
        self._connections[key] = connection
        if len(self._connections) > self._connection_limit:
            del self._connections[next(iter(self._connections))]
            self._forgotten += 1
