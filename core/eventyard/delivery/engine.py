"""The one place that reaches behind python-socketio: the Engine.IO socket of a connection.

What is used of ``socketio.AsyncServer``: ``environ[…]``, and ``eio.sockets[…]`` with its ``queue``, ``upgraded``,
``closed`` and ``close()``. A contract test runs this module against the oldest and the newest supported versions.

Frames are written to the transport of the websocket's HTTP request (public in aiohttp), past the socket's queue: a
queue hop and a task for each client cost 20 to 40 µs, a write of a ready frame 2 µs. Nothing else writes in between,
because aiohttp writes each frame in one step without waiting.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import socketio
from aiohttp import web
from engineio.packet import MESSAGE, NOOP, Packet

from eventyard.delivery.frames import CLOSE_GOING_AWAY, Burst

__all__ = [
    "POLL_PACKETS",
    "BoundedQueue",
    "EngineSocket",
    "bound_queues",
    "engine_sessions",
    "forget_ended_sessions",
    "upgrade_requested",
]

#: Packets in one long-polling answer: python-engineio's client refuses an answer with more.
POLL_PACKETS: Final = 16

#: Bytes that may wait in a socket's own queue before acknowledgements and pings are dropped.
_QUEUE_BYTES: Final = 4 * 1024 * 1024

#: Bytes of events that may wait for a long-polling client, which takes few at a time.
_POLLING_BYTES: Final = 256 * 1024

#: What a packet costs in memory besides its text, in bytes.
_PACKET_BYTES: Final = 256

#: Where python-engineio's aiohttp driver puts the request that opened a session.
_REQUEST: Final = "aiohttp.request"


class BoundedQueue(asyncio.Queue[Any]):
    """A socket's queue of outgoing packets that never waits and never grows without end.

    python-engineio's own is unbounded: a client that sends requests and reads no answers would fill the memory
    (https://github.com/miguelgrinberg/python-engineio/issues/133). A packet that finds the queue full is dropped and
    the queue is marked, so that the connection can be closed. The end mark ``None`` always fits.

    Attributes:
        overflowed: Whether a packet was dropped.
        size: Bytes of all packets in it, about.
    """

    overflowed = False

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.size = 0
        self._taken = 0

    def _put(self, item: Any) -> None:
        super()._put(item)
        self.size += _size(item)

    def _get(self) -> Any:
        item = super()._get()
        self.size -= _size(item)
        self._taken += 1
        return item

    async def put(self, item: Any) -> None:
        """Queue ``item``, or mark the queue when it is full."""
        if item is not None and self.size >= _QUEUE_BYTES:
            self.overflowed = True
        else:
            self.put_nowait(item)

    async def get(self) -> Any:
        """Wait for the first packet of a long-polling answer."""
        self._taken = 0
        return await super().get()

    def get_nowait(self) -> Any:
        """Give a further packet of the answer.

        Raises:
            asyncio.QueueEmpty: There is none, or the answer is full.
        """
        if self._taken >= POLL_PACKETS:
            raise asyncio.QueueEmpty
        return super().get_nowait()

    def clear(self) -> None:
        """Drop all packets."""
        while not self.empty():
            self._get()


def _size(packet: Packet | None) -> int:
    if packet is None:
        return 0
    return _PACKET_BYTES + (len(packet.data) if isinstance(packet.data, str) else 0)


class EngineSocket:
    """The Engine.IO socket of one connection: where its frames go and how many are still on the way."""

    def __init__(self, server: socketio.AsyncServer, session: str) -> None:
        """Write to the Engine.IO session ``session``.

        Raises:
            KeyError: It has ended.
        """
        self._session = session
        self._sessions = server.eio.sockets
        self._socket = server.eio.sockets[session]
        self._queue: BoundedQueue = self._socket.queue
        self._environ = server.environ[session]
        # Where frames are written past the queue; None as long as they go by the queue.
        self._transport: asyncio.Transport | None = None
        # How many messages went into the queue, ever.
        self._queued = 0
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
        """Whether the socket's own queue ran over."""
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
            # python-engineio's writer has taken all, but may still have some of it in hand, waiting for the client.
            # It comes for one more packet when it has written them.
            queued = self._queued
            self._queue.put_nowait(Packet(NOOP))
            await self._queue.join()
            if self._queued == queued:
                self._transport = self._open_transport()

    def write(self, burst: Burst) -> None:
        """Send ``burst``; never waits. What is written to a closed connection is lost."""
        if self._transport is not None:
            # uvloop raises on a write to a closed transport.
            if not self._transport.is_closing():
                self._transport.write(burst.websocket)
        elif not self._socket.closed:
            for text in burst.texts:
                self._queue.put_nowait(Packet(MESSAGE, data=text))
            self._queued += len(burst.texts)

    def backlog(self) -> int:
        """Bytes that were written and are not yet with the operating system, or picked up by a poll."""
        return self._queue.size if self._transport is None else self._transport.get_write_buffer_size()

    def is_full(self, limit: int) -> bool:
        """Whether the client is behind: more than ``limit`` bytes are on the way, less for a long-polling client."""
        if self._transport is None:
            return self._queue.size > min(limit, _POLLING_BYTES)
        return self._transport.get_write_buffer_size() > limit

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
        request: web.Request = self._environ[_REQUEST]
        # The transport of a poll is that of one request; it may be gone, or serve other clients of a reverse proxy.
        return request.transport if "Upgrade" in request.headers else None

    def _end(self) -> None:
        """End the session with Engine.IO's own *close*, which is also the answer to a waiting poll."""
        self._closing = asyncio.ensure_future(self._socket.close(wait=False))
        self._closing.add_done_callback(lambda _: self._sessions.pop(self._session, None))


def upgrade_requested(server: socketio.AsyncServer, session: str, request: web.Request) -> None:
    """Take note that a long-polling session asks to become a websocket with ``request``."""
    environ = server.environ.get(session)
    if environ is not None:
        environ[_REQUEST] = request


def engine_sessions(server: socketio.AsyncServer) -> Collection[str]:
    """The ids of all Engine.IO sessions that are open."""
    return {session for session, socket in server.eio.sockets.items() if not socket.closed}


def forget_ended_sessions(server: socketio.AsyncServer) -> None:
    """Free the sessions that have ended, and answer the polls that wait for them.

    python-engineio keeps them for some time, fails when one is posted to, and lets the polls time out.
    """
    for session, socket in list(server.eio.sockets.items()):
        if socket.closed:
            socket.queue.put_nowait(None)
            del server.eio.sockets[session]


def bound_queues(server: socketio.AsyncServer) -> None:
    """Have every new session of ``server`` use a bounded queue."""
    server.eio.create_queue = BoundedQueue
