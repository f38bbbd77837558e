"""Looks after connections that nobody else would end."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Final

import socketio

from eventyard.delivery.connection import Connection
from eventyard.delivery.engine import engine_sessions
from eventyard.metrics import Metrics

__all__ = ["Watchdog"]

log = logging.getLogger(__name__)

_INTERVAL: Final = 1.0


class Watchdog:
    """Closes connections that never join a namespace, that ask without reading, or that Engine.IO gave up."""

    def __init__(
        self,
        connections: Mapping[str, Connection],
        server: socketio.AsyncServer,
        metrics: Metrics,
        connection_timeout: float,
    ) -> None:
        """Look after ``connections``; one has ``connection_timeout`` seconds to join a namespace."""
        self._connections = connections
        self._server = server
        self._metrics = metrics
        self._connection_timeout = connection_timeout

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await asyncio.sleep(_INTERVAL)
            now = time.monotonic()
            for connection in list(self._connections.values()):
                if reason := self._verdict(connection, now):
                    log.info("connection %s (%s) is closed: %s", connection.id, connection.address, reason)
                    self._metrics.refused.labels(reason).inc()
                    for subscriber in connection.subscribers.values():
                        subscriber.closing_reason = reason
                    connection.socket.abort()

    def _verdict(self, connection: Connection, now: float) -> str | None:
        """Why ``connection`` is to be closed."""
        if connection.socket.overflowed:
            return "requests_without_reading"
        if not connection.joined and now - connection.opened > self._connection_timeout:
            return "no_namespace_joined"
        # Engine.IO forgets a peer whose pings went unanswered, but keeps its queue, tasks and socket as long as the
        # peer's kernel acknowledges; only an abort frees them.
        if connection.id not in engine_sessions(self._server):
            return "ping_timeout"
        return None
