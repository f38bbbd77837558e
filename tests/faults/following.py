"""A subscriber that goes on where it was: a stock Socket.IO client and the four rules of the live protocol."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import socketio
from eventyard.client import Gap, Ready, Received, Subscriber
from socketio.exceptions import ConnectionError as NotConnected

__all__ = ["Follower", "LibraryFollower", "Seen"]

#: An event as a client saw it: its offset, source, id and type.
Seen = tuple[int, str, str, str]


class Follower:
    """A client of one namespace that comes back with its cursor whenever it has lost its connection.

    It drops nothing: what comes twice is seen twice.

    Attributes:
        name: What it is called in reports.
        stream: The stream that it follows.
        types: The types that it asks for; ``None`` for all.
        seen: The events that it was given.
        gaps: The first and the last offset of each stretch that it was told to be missing.
        faults: What was not as the protocol says.
        joins: How often it has joined.
        begin: The offset behind which it began: what had been trimmed before it first came, it did not miss.
        offset: Where it stands.
    """

    def __init__(
        self,
        url: str,
        stream: str,
        *,
        batch: bool = False,
        types: Sequence[str] | None = None,
        transport: str = "websocket",
        absence: float = 0.02,
    ) -> None:
        """Follow ``stream`` at ``url``, from the oldest event that is kept.

        Args:
            url: Where the server is.
            stream: The stream to follow.
            batch: Whether to ask for batches.
            types: The types to ask for; ``None`` for all.
            transport: ``websocket`` or ``polling``.
            absence: Seconds between two connections.
        """
        shape = "in batches" if batch else "one by one"
        self.name = f"/{stream}, {shape}, over {transport}" + (f", only {', '.join(types)}" if types else "")
        self.stream = stream
        self.types = types
        self.seen: list[Seen] = []
        self.gaps: list[tuple[int, int]] = []
        self.faults: list[str] = []
        self.joins = 0
        self.begin = 0
        self.offset = 0
        self._url = url
        self._batch = batch
        self._transport = transport
        self._absence = absence
        self._epoch: str | None = None
        self._stopping = False
        self._client: socketio.AsyncClient | None = None

    async def run(self) -> None:
        """Follow until :meth:`stop`."""
        namespace = f"/{self.stream}"
        while not self._stopping:
            self._client = client = socketio.AsyncClient(reconnection=False)
            client.on("ready", self._ready, namespace=namespace)
            client.on("gap", self._gap, namespace=namespace)
            client.on("events", self._events, namespace=namespace)
            client.on("*", self._event, namespace=namespace)
            with contextlib.suppress(NotConnected):
                await client.connect(
                    self._url, namespaces=[namespace], auth=self._auth(), transports=[self._transport], wait_timeout=10
                )
                await client.wait()
            await client.disconnect()
            await asyncio.sleep(self._absence)

    async def stop(self) -> None:
        """Have :meth:`run` end."""
        self._stopping = True
        if self._client is not None:
            await self._client.disconnect()

    def _auth(self) -> dict[str, Any]:
        cursor = "earliest" if self._epoch is None else {"epoch": self._epoch, "offset": self.offset}
        auth = {"resume": cursor, "batch": self._batch}
        return auth if self.types is None else auth | {"types": self.types}

    def _ready(self, ready: dict[str, Any]) -> None:
        self.joins += 1
        if self._epoch is None:
            self._epoch, self.begin = ready["epoch"], ready["from"]
            self.offset = self.begin
        elif (ready["epoch"], ready["from"]) != (self._epoch, self.offset):
            told = {key: ready[key] for key in ("epoch", "head", "from", "reason")}
            self.faults.append(f"came back with {self._epoch}:{self.offset} and was told {told}")

    def _gap(self, gap: dict[str, Any]) -> None:
        if gap["epoch"] != self._epoch or gap["after"] < self.offset:
            self.faults.append(f"stood at {self._epoch}:{self.offset} and was told {gap}")
        self._epoch, self.offset = gap["epoch"], gap["resume_at"] - 1
        self.gaps.append((gap["after"] + 1, gap["resume_at"] - 1))

    def _events(self, message: dict[str, Any]) -> None:
        if (message["epoch"], message["previous"]) != (self._epoch, self.offset):
            stretch = {key: message[key] for key in ("epoch", "previous", "offset")}
            self.faults.append(f"stood at {self._epoch}:{self.offset} and was sent {stretch}")
        for event in message["events"]:
            self._see(event)
        self.offset = message["offset"]

    def _event(self, _name: str, event: dict[str, Any]) -> None:
        self._see(event)
        self.offset = int(event["sequence"])

    def _see(self, event: dict[str, Any]) -> None:
        self.seen.append((int(event["sequence"]), event["source"], event["id"], event["type"]))


class LibraryFollower(Follower):
    """Does the same with the client library, which comes back by itself."""

    def __init__(self, url: str, stream: str) -> None:
        """Follow ``stream`` at ``url``, from the oldest event that is kept."""
        super().__init__(url, stream, batch=True)
        self.name = f"/{stream}, by the client library"
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Follow until :meth:`stop`."""
        following = asyncio.ensure_future(self._follow())
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait([following, ended], return_when=asyncio.FIRST_COMPLETED)
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        ended.cancel()

    async def stop(self) -> None:
        """Have :meth:`run` end."""
        self._ended.set()

    async def _follow(self) -> None:
        async with Subscriber(self._url, self.stream, resume="earliest") as subscriber:
            async for message in subscriber.messages():
                match message:
                    case Ready():
                        if not self.joins:
                            self.begin = self.offset = message.start
                        self.joins += 1
                    case Gap():
                        self.gaps.append((message.after + 1, message.resume_at - 1))
                        self.offset = message.resume_at - 1
                    case Received():
                        self._see(message.to_dict())
                        self.offset = message.offset or 0
