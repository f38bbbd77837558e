"""Clients of ``/tools`` on bare sockets, which read only what they are told to read."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import orjson

__all__ = ["FastClient", "SlowClient"]

_PATH: Final = "/socket.io/?EIO=4&transport="

_JOIN: Final = "40/tools,"

_EVENT: Final = "42/tools,"

#: What the kernel may keep for a client that does not read, in bytes: without a bound it takes megabytes.
_KERNEL_BUFFER: Final = 4096


class FastClient:
    """A websocket client that reads all that comes, at once.

    Attributes:
        offsets: Of the events that it was given, in the order in which they came.
        delays: How long each of these events was on its way, in seconds.
        gaps: What it was told to have missed.
    """

    def __init__(self, url: str, sent: Callable[[str], float]) -> None:
        """Follow the server at ``url``; ``sent`` gives the moment at which the event with an id was sent."""
        self.offsets: list[int] = []
        self.delays: list[float] = []
        self.gaps: list[Any] = []
        self._url = url
        self._sent = sent
        self._joined = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Join, and read from then on."""
        self._task = asyncio.ensure_future(self._run())
        waiting = asyncio.ensure_future(self._joined.wait())
        await asyncio.wait([self._task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=10)
        assert self._joined.is_set()

    async def stop(self) -> None:
        """Hang up."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{self._url}{_PATH}websocket") as websocket:
            await websocket.send_str(_JOIN)
            async for message in websocket:
                text: str = message.data
                if text == "2":
                    await websocket.send_str("3")
                elif text.startswith(_EVENT):
                    name, body = orjson.loads(text.removeprefix(_EVENT))
                    if name == "ready":
                        self._joined.set()
                    elif name == "gap":
                        self.gaps.append(body)
                    else:
                        self.offsets.append(int(body["sequence"]))
                        self.delays.append(loop.time() - self._sent(body["id"]))


class SlowClient:
    """A client that joins, and from then on reads nothing, or one byte now and then.

    Attributes:
        closed: Whether the server has closed it.
    """

    def __init__(self, url: str, transport: str, *, every: float | None) -> None:
        """Be a slow client.

        Args:
            url: Where the server is.
            transport: ``websocket``; ``polling``, whose last poll is answered and not read; or ``idle``, which does
                not poll again.
            every: Seconds from byte to byte; ``None`` for a client that never reads.
        """
        host, port = url.removeprefix("http://").split(":")
        self.closed = False
        self._address = host, int(port)
        self._host = f"{host}:{port}"
        self._transport = transport
        self._every = every
        self._socket = self._connect()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Join."""
        async with asyncio.timeout(20):
            await (self._join_websocket() if self._transport == "websocket" else self._join_polling())
        if self._every is not None:
            self._task = asyncio.ensure_future(self._sip(self._every))

    async def stop(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._socket.close()

    def _connect(self) -> socket.socket:
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER)
        opened.setblocking(False)
        return opened

    async def _join_websocket(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, self._address)
        key = base64.b64encode(os.urandom(16)).decode()
        await self._write(
            f"GET {_PATH}websocket HTTP/1.1\r\nHost: {self._host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        await self._read_until(b'"sid"')
        text = _JOIN.encode()
        # A mask of zeros is a mask.
        await loop.sock_sendall(self._socket, struct.pack(">BB4x", 0x81, 0x80 | len(text)) + text)
        await self._read_until(b'"ready"')

    async def _join_polling(self) -> None:
        async with aiohttp.ClientSession(f"http://{self._host}") as http:
            async with http.get(f"{_PATH}polling") as response:
                session = orjson.loads((await response.text())[1:])["sid"]
            path = f"{_PATH}polling&sid={session}"
            async with http.post(path, data=_JOIN) as response:
                assert await response.text() == "OK"
            answer = ""
            while '"ready"' not in answer:
                async with http.get(path) as response:
                    answer = await response.text()
        if self._transport == "polling":
            await asyncio.get_running_loop().sock_connect(self._socket, self._address)
            await self._write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n")

    async def _write(self, text: str) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, text.encode())

    async def _read_until(self, mark: bytes) -> None:
        seen = b""
        while mark not in seen:
            taken = await asyncio.get_running_loop().sock_recv(self._socket, 1024)
            assert taken, seen
            seen += taken

    async def _sip(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                self.closed = not await asyncio.get_running_loop().sock_recv(self._socket, 1)
            except OSError:
                self.closed = True
            if self.closed:
                return
