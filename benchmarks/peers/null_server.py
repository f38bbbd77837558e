"""A server that does nothing but frame what comes and write it to all clients: what the load generator can take.

It understands just what the load generator sends, parses no event and makes each frame once for all clients. Whatever
it reaches, a real server cannot be measured above.
"""

import asyncio
import re
import struct
from typing import cast

import uvloop

_LENGTH = re.compile(rb"Content-Length: (\d+)")
_UPGRADE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"
)
_OPEN = b'0{"sid":"null","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'

#: The transports of the clients, those that want batches apart.
clients: dict[bool, set[asyncio.Transport]] = {False: set(), True: set()}


def frame(text: bytes) -> bytes:
    """One websocket text frame."""
    size = len(text)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + text
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + text
    return struct.pack("!BBQ", 0x81, 127, size) + text


class Connection(asyncio.Protocol):
    """A client, or one that posts events."""

    def __init__(self) -> None:
        self._buffer = b""
        self._is_websocket = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of it."""
        # uvloop's transports are none of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        for members in clients.values():
            members.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        """Take what comes."""
        if self._is_websocket:
            self._join(data)
            return
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            if self._buffer.startswith(b"GET"):
                self._is_websocket = True
                self._transport.write(_UPGRADE + frame(_OPEN))
                return
            length = _LENGTH.search(self._buffer)
            assert length is not None
            whole = end + 4 + int(length[1])
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._publish(body)

    def _join(self, data: bytes) -> None:
        # Masked with zeros, so it can be read as it is; everything else are answers to pings that were never sent.
        if b"40/tools," in data:
            self._transport.write(frame(b'40/tools,{"sid":"null"}'))
            clients[b'"batch":true' in data].add(self._transport)

    def _publish(self, body: bytes) -> None:
        events = body[1:-1].split(b",\n") if body.startswith(b"[") else [body]
        if clients[False]:
            write(clients[False], [b'42/tools,["%s",%s]' % (type_of(event), event) for event in events])
        if clients[True]:
            batch = b'42/tools,["events",{"epoch":"null","previous":0,"offset":0,"replay":false,"events":[%s]}]'
            write(clients[True], [batch % b",".join(events)])
        answer = b'{"accepted":%d,"rejected":0}' % len(events)
        self._transport.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))


def type_of(event: bytes) -> bytes:
    """The event's type."""
    return b"tool_start" if b'"type":"tool_start"' in event else b"tool_stop"


def write(members: set[asyncio.Transport], texts: list[bytes]) -> None:
    """Write all texts to all members, as one buffer."""
    burst = b"".join(map(frame, texts))
    for transport in members:
        transport.write(burst)


async def main() -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(main())
