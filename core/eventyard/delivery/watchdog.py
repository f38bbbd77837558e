"""Looks after connections that nobody else would end."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Final

from eventyard.delivery.connection import Connection
from eventyard.delivery.engine import Engine
from eventyard.metrics import Metrics

__all__ = ["Watchdog"]

log = logging.getLogger(__name__)

_INTERVAL: Final = 1.0


class Watchdog:
    """Closes connections that are in no namespace for too long, that ask without reading, or that cannot be read.

    It frees ended sessions too.
    """

    def __init__(
        self,
        connections: Mapping[str, Connection],
        engine: Engine,
        metrics: Metrics,
        connection_timeout: float,
    ) -> None:
        """Look after the sessions of ``engine``.

        Args:
            connections: Those that are in a namespace, by Engine.IO session id.
            engine: Knows all sessions.
            metrics: Where closed connections are counted.
            connection_timeout: Seconds that a connection may be in no namespace.
        """
        self._connections = connections
        self._engine = engine
        self._metrics = metrics
        self._connection_timeout = connection_timeout
        # When each session without a namespace was first seen to have none, on the monotonic clock.
        self._strangers: dict[str, float] = {}
        engine.close_unreadable(self._close_unreadable)

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await asyncio.sleep(_INTERVAL)
            self._engine.forget_ended()
            self._close_floods()
            self._close_strangers(time.monotonic())

    def _close_floods(self) -> None:
        for connection in list(self._connections.values()):
            if connection.socket.overflowed:
                self._note(connection.id, "requests_without_reading")
                connection.abort("requests_without_reading")

    def _close_strangers(self, now: float) -> None:
        sessions = set(self._engine.sessions()) - self._connections.keys()
        self._strangers = {session: self._strangers.get(session, now) for session in sessions}
        for session, since in list(self._strangers.items()):
            if now - since > self._connection_timeout:
                del self._strangers[session]
                self._note(session, "no_namespace_joined")
                self._engine.socket(session).abort()

    def _close_unreadable(self, session: str) -> None:
        if self._engine.has_ended(session):
            return
        connection = self._connections.get(session)
        socket = self._engine.socket(session) if connection is None else connection.socket
        # What came in one go with the first that could not be read comes one by one.
        if socket.closed:
            return
        self._note(session, "unreadable_packet")
        if connection is None:
            socket.abort()
        else:
            connection.abort("unreadable_packet")

    def _note(self, session: str, reason: str) -> None:
        log.info("connection %s is closed: %s", session, reason)
        self._metrics.refused.labels(reason).inc()
