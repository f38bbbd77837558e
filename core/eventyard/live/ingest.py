"""The namespace ``/ingest``: events from Socket.IO publishers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import socketio

from eventyard.errors import JournalError
from eventyard.events import Outcome
from eventyard.live.hub import Hub
from eventyard.pipeline import receipt

__all__ = ["INGEST", "IngestNamespace"]

#: Name of the namespace.
INGEST: Final = "/ingest"


class IngestNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio has no types
    """Takes ``publish`` with an event or a list of events; the acknowledgement says the same as HTTP."""

    def __init__(
        self, hub: Hub, process: Callable[[Sequence[object], str], Awaitable[list[Outcome]]], max_batch: int
    ) -> None:
        """Hand events to ``process``, at most ``max_batch`` at a time."""
        super().__init__(INGEST)
        self._hub = hub
        self._process = process
        self._max_batch = max_batch

    def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let a publisher in, or refuse it."""
        self._hub.join_ingest(INGEST, sid, environ, auth)

    def on_disconnect(self, sid: str, reason: str | None = None) -> None:
        """Forget a publisher."""
        self._hub.leave(INGEST, sid, reason)

    async def on_publish(self, sid: str, argument: Any = None) -> dict[str, Any]:
        """Take in an event or a list of events; gives what ``POST /v1/events`` answers, or ``{"error": …}``."""
        values = argument if isinstance(argument, list) else [argument]
        if len(values) > self._max_batch:
            return _error("too_many_events", f"publish takes at most {self._max_batch} events at a time")
        try:
            return receipt(await self._process(values, "socket.io"))
        except JournalError as error:
            return _error("unavailable", f"nothing was kept, try again: {error}") | {"retry_after_ms": 1000}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
