"""The ways in which events go in: HTTP, and Socket.IO's namespace ``/ingest``."""

from collections.abc import Callable

import orjson

from benchmarks.load.frames import FrameReader
from benchmarks.load.http import HttpConnection, post
from benchmarks.load.websocket import Address, WebsocketClient

__all__ = ["HttpChannel", "IngestChannel"]

Done = Callable[[str | None], None]


class HttpChannel:
    """``POST`` requests on one connection: a single event as it is, more of them as an array."""

    def __init__(self, connection: HttpConnection, path: str, wrap: Callable[[bytes], bytes] | None = None) -> None:
        """Post to ``path``; ``wrap`` makes of an event what the server expects instead of it."""
        self._connection = connection
        self._path = path
        self._wrap = wrap

    @classmethod
    async def open(
        cls, address: Address, path: str = "/v1/events", wrap: Callable[[bytes], bytes] | None = None
    ) -> "HttpChannel":
        """Connect."""
        return cls(await HttpConnection.open(address), path, wrap)

    def publish(self, events: list[bytes], done: Done) -> None:
        """Post ``events``; done with a status of 2xx that tells of nothing refused."""
        bodies = events if self._wrap is None else [self._wrap(event) for event in events]
        body = bodies[0] if len(bodies) == 1 else b"[%s]" % b",\n".join(bodies)

        def answered(status: int, answer: bytes) -> None:
            if not 200 <= status < 300:
                done(f"HTTP {status}: {answer[:200].decode(errors='replace')}")
            else:
                done(_problem(answer, len(events)))

        self._connection.send(post(self._path, body), answered)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class IngestChannel:
    """``publish`` on ``/ingest``, one list at a time; the acknowledgement is the answer."""

    def __init__(self, client: WebsocketClient) -> None:
        """Publish with ``client``, which has joined ``/ingest``."""
        self._client = client
        self._frames = FrameReader()
        self._done: Done | None = None
        self._count = 0
        client.read_with(self._read)

    @classmethod
    async def open(cls, address: Address) -> "IngestChannel":
        """Connect and join."""
        client = WebsocketClient(address, {"/ingest": None}, None)
        await client.connect()
        return cls(client)

    def publish(self, events: list[bytes], done: Done) -> None:
        """Publish ``events``; done when they are acknowledged and none was refused."""
        self._done = done
        self._count = len(events)
        self._client.send(b'42/ingest,0["publish",[%s]]' % b",".join(events))

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def _read(self, data: bytes) -> None:
        for message, _ in self._frames.feed(data):
            if message == b"2":
                self._client.send(b"3")
            elif message.startswith(b"43/ingest,0[") and self._done is not None:
                done, self._done = self._done, None
                done(_problem(message[len(b"43/ingest,0[") : -1], self._count))


def _problem(answer: bytes, count: int) -> str | None:
    """What an answer says against ``count`` events; a server that says nothing has nothing against them."""
    if not answer or answer.startswith(b'{"accepted":%d,' % count):
        return None
    counts = orjson.loads(answer)
    if counts.get("accepted") == count:
        return None
    return f"of {count} events, {str(counts)[:300]}"
