"""The one place that reaches behind python-socketio: the Engine.IO socket of a connection.

What is used: ``AsyncServer.eio.sockets[…]`` with its ``queue``, ``upgraded`` and ``closed``. A contract test runs this
module against the oldest and the newest supported versions.

Frames are written to the transport of the websocket's HTTP request (public in aiohttp), past the socket's queue: a
queue hop and a task for each client cost 20 to 40 µs, a write of a ready frame 2 µs. Nothing else writes in between,
because aiohttp writes each frame in one step without waiting.
"""

import asyncio
from collections import deque
from collections.abc import Collection
from typing import Any, Final

import socketio
from engineio.packet import MESSAGE, Packet

from eventyard.delivery.frames import CLOSE_GOING_AWAY, Burst

__all__ = ["POLLING_MESSAGES", "BoundedQueue", "EngineSocket", "bound_queues", "engine_sessions"]

#: A long-polling answer holds at most 16 packets, or python-engineio's client refuses it; some places are for pings
#: and acknowledgements.
POLLING_MESSAGES: Final = 10

#: Packets that may wait in a socket's own queue: acknowledgements, pings, and events of long-polling clients.
_QUEUE_LIMIT: Final = 1024


class BoundedQueue(asyncio.Queue[Any]):
    """A socket's queue of outgoing packets that never waits and never grows without end.

    python-engineio's own is unbounded: a client that sends requests and reads no answers would fill the memory
    (https://github.com/miguelgrinberg/python-engineio/issues/133). A packet that finds the queue full is dropped and
    the queue is marked, so that the connection can be closed. The end mark ``None`` always fits.
    """

    overflowed = False

    async def put(self, item: Any) -> None:
        """Queue ``item``, or mark the queue when it is full."""
        if item is not None and self.qsize() >= _QUEUE_LIMIT:
            self.overflowed = True
        else:
            self.put_nowait(item)


class EngineSocket:
    """The Engine.IO socket of one connection: where its frames go and how many are still on the way."""

    def __init__(self, server: socketio.AsyncServer, eio_sid: str, transport: asyncio.Transport) -> None:
        """Write to the session ``eio_sid``, whose request came by ``transport``."""
        self._socket = server.eio.sockets[eio_sid]
        self._transport = transport
        self._direct = False
        # Sizes of the messages that went into the socket's queue, oldest first.
        self._queued: deque[int] = deque()
        self._queued_bytes = 0
        self._closing: asyncio.Future[None] | None = None

    @property
    def websocket(self) -> bool:
        """Whether the connection has become a websocket; until then it is long-polling."""
        return bool(self._socket.upgraded)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return bool(self._socket.closed) or self._transport.is_closing()

    @property
    def overflowed(self) -> bool:
        """Whether the socket's own queue ran over."""
        return bool(getattr(self._socket.queue, "overflowed", False))

    def upgrade(self, transport: asyncio.Transport) -> None:
        """Take the transport of the websocket that a long-polling connection is upgraded to."""
        self._transport = transport

    async def settle(self) -> None:
        """Wait until all that went into the socket's queue is on its way, so that what is written next comes later."""
        while not (self._direct or self.closed):
            await self._socket.queue.join()
            # python-engineio counts a packet as done when its writer has it, and writes it without waiting.
            await asyncio.sleep(0)
            if not self._socket.queue.empty():
                continue
            if self.websocket:
                self._direct = True
                self._queued.clear()
                self._queued_bytes = 0
            return

    def write(self, burst: Burst) -> None:
        """Send ``burst``; never waits."""
        if self._direct:
            self._transport.write(burst.websocket)
            return
        queue = self._socket.queue
        for text in burst.texts:
            queue.put_nowait(Packet(MESSAGE, data=text))
            self._queued.append(len(text))
            self._queued_bytes += len(text)

    def backlog(self) -> int:
        """Bytes that were written and are not yet with the operating system, or picked up by a poll."""
        if self._direct:
            return self._transport.get_write_buffer_size()
        waiting = self._socket.queue.qsize()
        while len(self._queued) > waiting:
            self._queued_bytes -= self._queued.popleft()
        return self._queued_bytes

    def is_full(self, limit: int) -> bool:
        """Whether the client is behind: ``limit`` bytes of a websocket, or one answer's worth of a poll."""
        if self._direct:
            return self._transport.get_write_buffer_size() > limit
        return self.backlog() > limit or len(self._queued) >= POLLING_MESSAGES

    @property
    def page_messages(self) -> int | None:
        """How many messages fit at once; ``None`` where only bytes count."""
        return None if self._direct else POLLING_MESSAGES

    @property
    def needs_settling(self) -> bool:
        """Whether the connection has become a websocket, but is still written to by way of the queue."""
        return not self._direct and self.websocket

    def close(self) -> None:
        """Send what is written, say goodbye and close."""
        if self._direct and not self._transport.is_closing():
            self._transport.write(CLOSE_GOING_AWAY)
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what is written and not sent is lost, and all memory is freed."""
        self._transport.abort()
        if not self._socket.upgraded:
            # A poll's transport is that of one request; the session must be ended besides.
            self._closing = asyncio.ensure_future(self._socket.close(wait=False, abort=True))


def engine_sessions(server: socketio.AsyncServer) -> Collection[str]:
    """The ids of all Engine.IO sessions that the server knows."""
    sessions: Collection[str] = server.eio.sockets.keys()
    return sessions


def bound_queues(server: socketio.AsyncServer) -> None:
    """Have every new session of ``server`` use a bounded queue."""
    server.eio.create_queue = BoundedQueue
