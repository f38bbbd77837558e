"""Where connections arrive."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Final

from aiohttp import web

from eventyard.http.intake.connection import IntakeConnection
from eventyard.http.intake.desk import Desk
from eventyard.http.intake.successor import Successor
from eventyard.http.intake.turns import Turns

__all__ = ["Front"]

#: A connection over which nothing comes for so many seconds is closed; aiohttp's own time for the others.
_IDLE: Final = 3630.0

#: Between two clients that are let in, in seconds: a handshake takes the loop 1 to 1.5 ms, and events that come in need
#: it as well.
_REST: Final = 0.004

#: How often that is looked at, in seconds.
_SWEEP: Final = 60.0


class Front:
    """Where connections arrive: a protocol factory.

    Attributes:
        desk: Takes plain posts.
        successor: Makes the protocol that takes connections over which anything else comes.
    """

    def __init__(self, desk: Desk, server: web.Server) -> None:
        """Have plain posts answered by ``desk`` and everything else by ``server``."""
        self.desk = desk
        self._loop = asyncio.get_running_loop()
        self.successor: Callable[[], asyncio.Protocol] = partial(
            Successor,
            server,
            loop=self._loop,
            access_log=None,  # type: ignore[arg-type]  # none, as for aiohttp's own runner
        )
        self._connections: set[IntakeConnection] = set()
        self._clients = Turns(_REST)
        self._others = Turns(0.0)
        # Set by the last connection that leaves.
        self._empty = asyncio.Event()
        self._sweeping = self._loop.call_later(_SWEEP, self._sweep)

    def __call__(self) -> IntakeConnection:
        """A protocol for a new connection."""
        return IntakeConnection(self, self._loop)

    def enter(self, connection: IntakeConnection) -> None:
        """Look after ``connection``."""
        self._connections.add(connection)

    def leave(self, connection: IntakeConnection) -> None:
        """Look no longer after ``connection``."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def queue(self, connection: IntakeConnection) -> None:
        """Have ``connection`` handed over to the successor when it is its turn."""
        (self._clients if connection.is_client else self._others).add(connection)

    async def close(self, seconds: float) -> None:
        """Close all connections, those that wait for an answer when they have it or after ``seconds``."""
        self._sweeping.cancel()
        for connection in list(self._connections):
            connection.close()
        if self._connections:
            self._empty.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
        for connection in list(self._connections):
            connection.abort()

    def _sweep(self) -> None:
        oldest = self._loop.time() - _IDLE
        for connection in list(self._connections):
            if connection.last_used < oldest:
                connection.close()
        self._sweeping = self._loop.call_later(_SWEEP, self._sweep)
