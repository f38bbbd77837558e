"""One connection, as long as nothing but plain posts come over it."""

import asyncio
import socket
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from eventyard.events import now
from eventyard.http.answer import Answer
from eventyard.http.gate import SOCKET_PATH
from eventyard.http.intake.head import MOST_BYTES

if TYPE_CHECKING:
    from eventyard.http.intake.front import Front

__all__ = ["IntakeConnection"]

_END: Final = b"\r\n\r\n"

_HANDSHAKE: Final = f"GET {SOCKET_PATH}".encode()

#: How many bytes of further requests may wait while one is answered, or while the sender reads no answers.
_MOST_AHEAD: Final = 256 * 1024


class IntakeConnection(asyncio.Protocol):
    """One connection, as long as nothing but plain posts come over it.

    The first request that is anything else, or has not come with its whole head at once, takes the connection to
    aiohttp for good. Requests are answered one after the other, in order (RFC 9112 §9.3.2).

    Attributes:
        last_used: When something came last, on the loop's clock.
    """

    def __init__(self, front: "Front", loop: asyncio.AbstractEventLoop) -> None:
        """Answer what ``front`` takes."""
        self._front = front
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        # Bytes of the request that is still coming.
        self._needed = 0
        self._writable = True
        self._closing = False
        self._answering = False
        self.last_used = loop.time()

    @property
    def is_client(self) -> bool:
        """Whether what waits to be answered is the handshake of a Socket.IO client."""
        return bool(self._chunks) and self._chunks[0].startswith(_HANDSHAKE)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # Not by isinstance: those of uvloop are no subclasses.
        self._transport = cast("asyncio.Transport", transport)
        bound: socket.socket = transport.get_extra_info("socket")
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._front.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a request that is being answered is finished all the same."""
        self._transport = None
        self._front.leave(self)

    def pause_writing(self) -> None:
        """Answer no further request until the sender reads the answers."""
        self._writable = False

    def resume_writing(self) -> None:
        """Go on."""
        self._writable = True
        if self._transport is not None:
            self._transport.resume_reading()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        self._chunks.append(data)
        self._size += len(data)
        self.last_used = self._loop.time()
        if self._writable and not self._answering:
            self._go_on()
        elif self._size > _MOST_AHEAD and self._transport is not None:
            self._transport.pause_reading()

    def close(self) -> None:
        """Close, after the request that is being answered."""
        self._closing = True
        if not self._answering and self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def hand_over(self) -> None:
        """Leave the connection, with all that has come over it and is not answered, to aiohttp."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._closing:
            transport.close()
            return
        self._transport = None
        self._front.leave(self)
        successor = self._front.successor()
        transport.set_protocol(successor)
        successor.connection_made(transport)
        transport.resume_reading()
        successor.data_received(b"".join(self._chunks))

    def _go_on(self) -> None:
        """Answer the next request, if it is there."""
        if self._answering or not self._writable or not self._size or self._size < self._needed:
            return
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self._size, self._needed = [], 0, 0
        end = data.find(_END, 0, MOST_BYTES)
        head = self._front.desk.admit(data[:end]) if end > 0 else None
        if head is None:
            self._wait_for_turn(data)
            return
        begin = end + len(_END)
        stop = begin + head.length
        if len(data) < stop:
            self._keep(data)
            self._needed = stop
            return
        if len(data) > stop:
            self._keep(data[stop:])
        self._answering = True
        self._front.desk.answer(head, data[begin:stop], self._answer)

    def _keep(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size = len(data)

    def _answer(self, answer: Answer) -> None:
        self._answering = False
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        transport.write(_encoded(answer))
        if self._closing:
            transport.close()
            return
        if self._size:
            transport.resume_reading()
            # Not at once: a row of requests that are answered at once must not pile up on the stack.
            self._loop.call_soon(self._go_on)

    def _wait_for_turn(self, data: bytes) -> None:
        """Wait for the turn to be handed over, with ``data`` and what comes meanwhile."""
        self._keep(data)
        self._answering = True
        self._front.queue(self)


def _encoded(answer: Answer) -> bytes:
    head = _head(answer.status, answer.media_type if answer.body else "", int(now()))
    further = b"".join([f"{name}: {value}\r\n".encode() for name, value in answer.headers.items()])
    if not answer.body:
        return b"%s%s\r\n" % (head, further)
    return b"%sContent-Length: %d\r\n%s\r\n%s" % (head, len(answer.body), further, answer.body)


@lru_cache(maxsize=32)
def _head(status: int, media_type: str, second: int) -> bytes:
    """The beginning of an answer, which is the same for all of a second; with a ``Date`` (RFC 9110 §6.6.1)."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Date: {formatdate(second, usegmt=True)}"]
    if media_type:
        lines.append(f"Content-Type: {media_type}")
    return "".join(f"{line}\r\n" for line in lines).encode()
