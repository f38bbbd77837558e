"""One websocket to a server: Engine.IO's handshake and heartbeat, and Socket.IO's packets."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import orjson

from eventyard.client.errors import ClientError, Refused, Unreachable
from eventyard.client.retry_after import retry_after
from eventyard.client.subscription.packets import Packet, PacketKind, event_packet, read_packet

__all__ = ["Connection", "ConnectionLost"]

# Seconds that a handshake and the answer to a call may take.
_PATIENCE: Final = 10.0

# Seconds that saying goodbye may take.
_FAREWELL: Final = 1.0

# Nothing that a server sends is as large: a page of events, or a snapshot.
_LARGEST_MESSAGE: Final = 64 * 1024 * 1024

# Engine.IO's packets (Engine.IO protocol 4).
_OPEN, _CLOSE, _PING, _PONG, _MESSAGE = "01234"

# Answers to a handshake that may be better the next time.
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class ConnectionLost(Unreachable):
    """The connection is gone, or could not be made; it may be made again.

    Attributes:
        retry_after: The seconds that the server wants to be left alone for; ``None`` when it said nothing.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Connection:
    """One websocket to a server.

    What is received is taken by one reader with :meth:`receive`; everybody may send.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, silence: float) -> None:
        """Use :meth:`open`."""
        self._socket = socket
        # Seconds without a packet after which the server is gone; it sends a ping in time.
        self._silence = silence
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._last_number = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Connection"]:
        """Connect to the server at ``url``.

        Raises:
            ConnectionLost: There is none, or it cannot take us now.
            Refused: It does not want us, or is no Socket.IO server.
        """
        timeout = aiohttp.ClientTimeout(total=None, connect=_PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                async with asyncio.timeout(_PATIENCE):
                    socket = await session.ws_connect(
                        f"{url}/socket.io/?EIO=4&transport=websocket",
                        max_msg_size=_LARGEST_MESSAGE,
                        timeout=aiohttp.ClientWSTimeout(ws_close=_FAREWELL),
                    )
            except aiohttp.WSServerHandshakeError as error:
                raise _handshake_failure(url, error) from error
            except (aiohttp.ClientError, OSError) as error:
                message = f"no server answers at {url}: {_explained(error)}"
                raise ConnectionLost(message) from error
            async with socket:
                connection = cls(socket, _PATIENCE)
                connection._silence = await connection._handshake(url)
                try:
                    yield connection
                finally:
                    connection._abandon_calls()

    async def receive(self) -> tuple[Packet, int]:
        """Wait for the next packet; gives it with its size in bytes, about.

        Raises:
            ConnectionLost: None will come.
        """
        while True:
            text = await self._text()
            kind, content = text[:1], text[1:]
            if kind == _PING:
                await self.send_text(_PONG + content)
            elif kind == _CLOSE:
                message = "the server closed the connection"
                raise ConnectionLost(message)
            elif kind == _MESSAGE:
                try:
                    packet = read_packet(content)
                except ValueError as error:
                    message = "the server sent something that is no Socket.IO packet"
                    raise ConnectionLost(message) from error
                if packet.kind is PacketKind.ACK and packet.number in self._calls:
                    self._answer(packet)
                else:
                    return packet, len(text)

    async def send(self, packet: str) -> None:
        """Send a packet.

        Raises:
            ConnectionLost: The connection is gone.
        """
        await self.send_text(_MESSAGE + packet)

    async def send_text(self, text: str) -> None:
        """Send a packet of Engine.IO.

        Raises:
            ConnectionLost: The connection is gone.
        """
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError) as error:
            message = f"the connection was lost: {_explained(error)}"
            raise ConnectionLost(message) from error

    async def call(self, namespace: str, name: str, argument: Any) -> Any:
        """Send an event and wait for its acknowledgement, which somebody has to :meth:`receive` meanwhile.

        Raises:
            ConnectionLost: None came.
        """
        self._last_number += 1
        number = self._last_number
        self._calls[number] = future = asyncio.get_running_loop().create_future()
        try:
            await self.send(event_packet(namespace, name, argument, number))
            async with asyncio.timeout(_PATIENCE):
                return await future
        except TimeoutError:
            message = f"the server does not answer {name!r} in {namespace}"
            raise ConnectionLost(message) from None
        finally:
            self._calls.pop(number, None)

    async def close(self) -> None:
        """Close the connection; :meth:`receive` then raises."""
        await self._socket.close()

    async def _handshake(self, url: str) -> float:
        """Wait for Engine.IO's greeting; gives the seconds of silence after which the server is gone."""
        text = await self._text()
        try:
            greeting = orjson.loads(text.removeprefix(_OPEN))
            return float(greeting["pingInterval"] + greeting["pingTimeout"]) / 1000
        except (KeyError, TypeError, ValueError) as error:
            message = f"what answers at {url} is no Eventyard server: it does not speak Engine.IO 4"
            raise Refused(message) from error

    async def _text(self) -> str:
        try:
            async with asyncio.timeout(self._silence):
                message = await self._socket.receive()
        except TimeoutError:
            text = f"the server was silent for {self._silence:g} s"
            raise ConnectionLost(text) from None
        if message.type is aiohttp.WSMsgType.TEXT:
            data: str = message.data
            return data
        if message.type is aiohttp.WSMsgType.ERROR:
            text = f"the connection broke: {message.data or 'no reason given'}"
            raise ConnectionLost(text)
        text = "the server closed the connection"
        raise ConnectionLost(text)

    def _answer(self, packet: Packet) -> None:
        future = self._calls.pop(packet.number or 0)
        if not future.done():
            future.set_result(packet.body[0] if packet.body else None)

    def _abandon_calls(self) -> None:
        for future in self._calls.values():
            if not future.done():
                future.set_exception(ConnectionLost("the connection was lost before the server answered"))


def _handshake_failure(url: str, error: aiohttp.WSServerHandshakeError) -> ClientError:
    if error.status in _TRANSIENT:
        wish = retry_after(error.headers.get("Retry-After") if error.headers else None)
        return ConnectionLost(f"the server at {url} cannot take us now: {error.status}", wish)
    return Refused(f"what answers at {url} opens no websocket for us: {error.status} {error.message}".rstrip())


def _explained(error: BaseException) -> str:
    """Why it failed, as the operating system says it, without what aiohttp adds."""
    if isinstance(error, TimeoutError):
        return f"nothing was heard for {_PATIENCE:g} s"
    inner = getattr(error, "os_error", error)
    number = getattr(inner, "errno", None)
    return os.strerror(number) if isinstance(number, int) else str(inner) or type(inner).__name__
