"""A connection's socket that reaches behind python-engineio.

Frames are written to the transport of the websocket's HTTP request (public in aiohttp), past the socket's queue: a
queue hop and a task for each client cost 20 to 40 µs, a write of a ready frame 2 µs. Nothing else writes in between,
because aiohttp writes each frame in one step without waiting.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any, Final

from aiohttp import web
from engineio.packet import MESSAGE, NOOP, Packet

from eventyard.delivery.bound import Bound, FrameCount
from eventyard.delivery.engine.queue import BoundedQueue
from eventyard.delivery.frames import CLOSE_GOING_AWAY, Burst

__all__ = ["REQUEST", "DirectSocket"]

#: Bytes of events that may wait for a long-polling client, which takes few at a time.
_POLLING_BYTES: Final = 256 * 1024

#: Up to so many bytes in a websocket's buffer, frames are not counted: a client that keeps up must cost nothing more.
_UNCOUNTED_BYTES: Final = 64 * 1024

#: Where python-engineio's aiohttp driver puts the request that opened a session.
REQUEST: Final = "aiohttp.request"


class DirectSocket:
    """The socket of one connection, whose frames go straight to its websocket; see :class:`ClientSocket`."""

    def __init__(self, socket: Any, environ: MutableMapping[str, Any], forget: Callable[[], object]) -> None:
        """Write to ``socket``.

        Args:
            socket: python-engineio's socket, with a :class:`BoundedQueue`.
            environ: Of the request that opened the session, which :data:`REQUEST` names.
            forget: Called when the session was ended from here.
        """
        self._socket = socket
        self._queue: BoundedQueue = socket.queue
        self._environ = environ
        self._forget = forget
        # Where frames are written past the queue; None as long as they go by the queue.
        self._transport: asyncio.Transport | None = None
        # How many messages went into the queue, ever.
        self._queued = 0
        # What was written since the client no longer keeps up.
        self._frames: FrameCount | None = None
        self._closing: asyncio.Future[None] | None = None

    @property
    def websocket(self) -> bool:
        """Whether the connection has become a websocket; until then it is long-polling."""
        return bool(self._socket.upgraded)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        if self._socket.closed:
            return True
        if not self.websocket:
            return False
        transport = self._open_transport()
        return transport is None or transport.is_closing()

    @property
    def overflowed(self) -> bool:
        """Whether its own queue ran over."""
        return self._queue.overflowed

    @property
    def needs_settling(self) -> bool:
        """Whether the connection has become a websocket, but is still written to by way of the queue."""
        return self._transport is None and self.websocket

    async def settle(self) -> None:
        """Have frames go straight to the websocket from now on, behind all that went into the queue before."""
        while self.needs_settling and not self.closed:
            await self._queue.join()
            if not self._queue.empty():
                continue
            queued = self._queued
            await self._written()
            if self._queued == queued:
                self._transport = self._open_transport()

    async def answer(self) -> None:
        """Let the answer to the request of the client that is being handled go before what is written from then on."""
        # On long polling, both take the same way.
        if self._transport is not None and not self.closed:
            await self._written()

    async def _written(self) -> None:
        """Wait until all packets that are in the queue are written to the websocket."""
        await self._queue.join()
        # python-engineio's writer has taken all, but may still have some of it in hand, waiting for the client.
        # It comes for one more packet when it has written them.
        self._queue.put_nowait(Packet(NOOP))
        await self._queue.join()

    def write(self, burst: Burst) -> None:
        """Send ``burst``; never waits. What is written to a closed connection is lost."""
        if self._transport is not None:
            # uvloop raises on a write to a closed transport.
            if not self._transport.is_closing():
                self._transport.write(burst.websocket)
                if self._frames is not None:
                    self._frames.add(burst)
        elif not self._socket.closed:
            for text in burst.texts:
                self._queue.put_nowait(Packet(MESSAGE, data=text))
            self._queued += len(burst.texts)

    def backlog(self) -> int:
        """Bytes that were written and are not yet with the operating system, or picked up by a poll."""
        return self._queue.size if self._transport is None else self._transport.get_write_buffer_size()

    def is_full(self, bound: Bound) -> bool:
        """Whether the client is behind: more than ``bound`` is on the way, or less for a long-polling client."""
        if self._transport is None:
            return self._queue.size > min(bound.size, _POLLING_BYTES) or self._queue.qsize() > bound.frames
        buffered = self._transport.get_write_buffer_size()
        if buffered <= _UNCOUNTED_BYTES:
            self._frames = None
            return buffered > bound.size
        if self._frames is None:
            self._frames = FrameCount()
        # Answers to the client's own requests wait in the queue.
        frames = self._frames.waiting(buffered) + self._queue.qsize()
        return buffered + self._queue.size > bound.size or frames > bound.frames

    def close(self) -> None:
        """Send what is written, say goodbye and close; a long-polling client gets it if one of its polls waits."""
        if self._transport is None:
            self._end()
        elif not self._transport.is_closing():
            self._transport.write(CLOSE_GOING_AWAY)
            self._transport.close()

    def abort(self) -> None:
        """Close at once; what is written and not sent is lost, and all memory is freed."""
        transport = self._open_transport()
        if transport is not None:
            transport.abort()
        if not self.websocket:
            self._queue.clear()
            self._end()

    def _open_transport(self) -> asyncio.Transport | None:
        """The transport of the websocket that the connection is or asks to become."""
        if self._transport is not None:
            return self._transport
        request: web.Request = self._environ[REQUEST]
        # The transport of a poll is that of one request; it may be gone, or serve other clients of a reverse proxy.
        return request.transport if "Upgrade" in request.headers else None

    def _end(self) -> None:
        """End the session with Engine.IO's own *close*, which is also the answer to a waiting poll."""
        self._closing = asyncio.ensure_future(self._socket.close(wait=False))
        self._closing.add_done_callback(lambda _: self._forget())
