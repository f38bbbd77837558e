"""The namespace ``/ingest``: events from Socket.IO publishers."""

from math import ceil
from typing import Any, Final

import orjson
import socketio

from eventyard.access import SenderLimits
from eventyard.errors import JournalError, RateLimited
from eventyard.live.hub import Hub
from eventyard.live.namespace import unknown_event
from eventyard.live.packets import ReceivedList
from eventyard.pipeline import Limits, Pipeline, long_receipt

__all__ = ["INGEST", "IngestNamespace"]

#: Name of the namespace.
INGEST: Final = "/ingest"

# What clients send, and what python-socketio tells.
_EVENTS: Final = ("connect", "disconnect", "publish")


class IngestNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio has no types
    """Takes ``publish`` with an event or a list of events; the acknowledgement says the same as HTTP."""

    def __init__(self, hub: Hub, pipeline: Pipeline, limits: Limits, quota: SenderLimits, max_batch: int) -> None:
        """Hand events with ``limits`` to ``pipeline``, at most ``max_batch`` at a time, and within ``quota``."""
        self._quota = quota
        super().__init__(INGEST)
        self._hub = hub
        self._pipeline = pipeline
        self._limits = limits
        self._max_batch = max_batch

    async def trigger_event(self, event: Any, *arguments: Any) -> Any:
        """Dispatch a client event; what python-socketio calls for each of them."""
        if event not in _EVENTS:
            return unknown_event(INGEST)
        return await super().trigger_event(event, *arguments)

    def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let a publisher in, or refuse it."""
        self._hub.join_ingest(INGEST, sid, environ, auth)

    def on_disconnect(self, sid: str, reason: str | None = None) -> None:
        """Forget a publisher."""
        self._hub.leave(INGEST, sid, reason)

    async def on_publish(self, sid: str, argument: Any = None, *further: Any) -> dict[str, Any]:
        """Take in an event or a list of events; gives what ``POST /v1/events`` answers, or ``{"error": …}``."""
        if further:
            return _error("malformed", f"publish takes an event or a list of events, not {1 + len(further)} arguments")
        values = argument if isinstance(argument, list) else [argument]
        if len(values) > self._max_batch:
            return _error("too_many_events", f"publish takes at most {self._max_batch} events at a time")
        if self._quota.are_set:
            client = self._hub.client(INGEST, sid)
            if seconds := self._quota.wait(client):
                self._hub.refused("rate_limited")
                return _error("rate_limited", str(RateLimited(client, seconds))) | {
                    "retry_after_ms": ceil(seconds * 1000)
                }
            self._quota.charge(client, len(values), _size(argument))
        guarded = isinstance(argument, ReceivedList) and argument.is_clear(self._limits)
        try:
            outcomes = await self._pipeline.process(values, "socket.io", guarded=guarded)
        except JournalError as error:
            return _error("unavailable", f"nothing was kept, try again: {error}") | {"retry_after_ms": 1000}
        return await long_receipt(outcomes)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _size(argument: Any) -> int:
    """Bytes of what was sent, as far as it is JSON; what is not is refused."""
    try:
        return len(orjson.dumps(argument))
    except TypeError:
        return 0
