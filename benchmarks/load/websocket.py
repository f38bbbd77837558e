"""A Socket.IO client over websocket, with as little as possible between the kernel and whoever reads."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

import orjson

from benchmarks.load.frames import FrameReader, masked_text

__all__ = ["Address", "WebsocketClient"]

#: Host and port.
Address = tuple[str, int]

_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_JOIN_SECONDS = 60


class WebsocketClient(asyncio.Protocol):
    """One connection, in one or more namespaces. Once it has joined, all bytes go to a reader as they come.

    Attributes:
        joined: Done when it is in all namespaces, with their greetings.
        failure: Why the connection ended, unless it was closed from here.
    """

    def __init__(self, address: Address, namespaces: Mapping[str, Any], greeting: str | None) -> None:
        """Prepare a client.

        Args:
            address: Of the server.
            namespaces: What to join, with the ``auth`` of each; ``None`` for none.
            greeting: The event that tells, behind the join, that the client is in; ``None`` where joining is all.
        """
        self.joined: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.failure: str | None = None
        self._address = address
        self._namespaces = namespaces
        self._greeting = greeting
        self._waiting = set(namespaces)
        self._greetings: dict[str, Any] = {}
        self._frames = FrameReader()
        self._head: bytes | None = b""
        self._read: Callable[[bytes], None] = self._shake_hands
        self._reader: Callable[[bytes], None] | None = None
        self._transport: asyncio.Transport | None = None
        self._closing = False

    async def connect(self) -> dict[str, Any]:
        """Open the connection and join the namespaces; gives the argument of each greeting.

        Raises:
            ConnectionError: The server refused, or ended the connection.
        """
        await asyncio.get_running_loop().create_connection(lambda: self, *self._address)
        async with asyncio.timeout(_JOIN_SECONDS):
            return await self.joined

    def read_with(self, reader: Callable[[bytes], None]) -> None:
        """Give all that comes from now on to ``reader``; before it has joined, all that comes behind the last greeting.

        What nobody reads is dropped.
        """
        self._reader = reader
        if self.joined.done():
            self._read = reader
            if self._frames.rest:
                reader(self._frames.rest)

    def send(self, message: bytes) -> None:
        """Send the text of an Engine.IO message; nothing on a connection that has ended."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(masked_text(message))

    def close(self) -> None:
        """End the connection."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the websocket."""
        # uvloop's transports are none of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(_HANDSHAKE.format(*self._address).encode())

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self._read(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Note why, unless it was closed from here."""
        if not self._closing:
            self._fail(f"the server closed the connection ({error})")

    def _fail(self, reason: str) -> None:
        self.failure = self.failure or reason
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(reason))

    def _shake_hands(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            head, separator, data = self._head.partition(b"\r\n\r\n")
            if not separator:
                return
            self._head = None
            if not head.startswith(b"HTTP/1.1 101"):
                self._fail(f"the server answered {head.splitlines()[0].decode()!r} to the handshake")
                return
        begin = self._frames.taken
        data = self._frames.rest + data
        self._frames.rest = b""
        for message, end in self._frames.feed(data):
            self._take(message)
            if self._waiting:
                continue
            if not self.joined.done():
                self.joined.set_result(self._greetings)
            if self._reader is not None:
                self._read = self._reader
                if end - begin < len(data):
                    self._read(data[end - begin :])
                return

    def _take(self, message: bytes) -> None:
        if message == b"2":
            self.send(b"3")
        elif message[:1] == b"0":
            for namespace, auth in self._namespaces.items():
                prefix = "" if namespace == "/" else f"{namespace},"
                self.send(f"40{prefix}".encode() + (b"" if auth is None else orjson.dumps(auth)))
        elif message[:2] == b"44":
            self._fail(f"the server refused: {message.decode()}")
        elif message[:2] in {b"40", b"42"}:
            namespace, body = _split(message)
            if message[:2] == b"40":
                if self._greeting is None:
                    self._waiting.discard(namespace)
            else:
                name, *arguments = orjson.loads(body)
                if name == self._greeting:
                    self._greetings[namespace] = arguments[0]
                    self._waiting.discard(namespace)


def _split(message: bytes) -> tuple[str, bytes]:
    """The namespace of a Socket.IO packet, and what follows it."""
    if message[2:3] != b"/":
        return "/", message[2:]
    namespace, _, body = message[2:].partition(b",")
    return namespace.decode(), body
