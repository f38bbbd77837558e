"""Requests over HTTP/1.1 connections that are kept alive."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import orjson

from benchmarks.load.websocket import Address

__all__ = ["Answered", "HttpConnection", "post", "stream_head", "streams"]

#: Told of an answer: its status and its body.
Answered = Callable[[int, bytes], None]

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def post(path: str, body: bytes, content_type: str = "application/json") -> bytes:
    """A ``POST`` as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}"
    return b"%s\r\n\r\n%s" % (head.encode(), body)


class HttpConnection(asyncio.Protocol):
    """One connection, for one request at a time.

    Attributes:
        failure: Why it ended, unless it was closed from here.
    """

    def __init__(self) -> None:
        self.failure: str | None = None
        self._buffer = b""
        self._answered: Answered | None = None
        self._transport: asyncio.Transport | None = None
        self._closing = False

    @classmethod
    async def open(cls, address: Address) -> "HttpConnection":
        """Connect."""
        _, protocol = await asyncio.get_running_loop().create_connection(cls, *address)
        return protocol

    def send(self, request: bytes, answered: Answered) -> None:
        """Send a request; ``answered`` is called with what comes back."""
        assert self._transport is not None
        self._answered = answered
        self._transport.write(request)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and wait for what comes back.

        Raises:
            ConnectionError: The connection ended instead.
        """
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.send(request, lambda status, body: None if answer.done() else answer.set_result((status, body)))
        status, body = await answer
        if status == 0:
            raise ConnectionError(body.decode())
        return status, body

    def close(self) -> None:
        """End the connection."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of it."""
        # uvloop's transports are none of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        buffer = self._buffer = self._buffer + data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(buffer, 0, end)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(buffer) < whole:
            return
        self._buffer = b""
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(int(buffer[9:12]), buffer[end + 4 : whole])

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits for an answer, with the status 0."""
        if self._closing:
            return
        self.failure = f"the server closed a connection ({error})"
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(0, self.failure.encode())


async def streams(address: Address) -> dict[str, Any]:
    """What an Eventyard server answers to ``GET /v1/streams``."""
    connection = await HttpConnection.open(address)
    _, body = await connection.ask(b"GET /v1/streams HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.close()
    answer: dict[str, Any] = orjson.loads(body)
    return answer


async def stream_head(address: Address, name: str) -> int:
    """The last offset of a stream of an Eventyard server."""
    heads: dict[str, int] = {stream["name"]: stream["head"] for stream in (await streams(address))["streams"]}
    return heads[name]
