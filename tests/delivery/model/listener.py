"""Clients that write down all that they are given, and do with it what the protocol tells clients to do."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import socketio

from tests.delivery.board import STREAM

from .view import View

__all__ = ["Listener", "RawListener", "Segment", "StockListener"]

_NAMESPACE = f"/{STREAM}"


@dataclass
class Segment:
    """What a listener was given from one beginning on.

    Attributes:
        view: What it asked for.
        after: It is given what is behind this offset.
        begin: What the server said at the beginning: ``ready``, or the answer to ``resume``.
        log: Name and argument of all that came; ``acked`` stands where the listener acknowledged.
        signals: How many signals had been sent when it began; what came before is in the snapshot.
        newest: Where the newest begin, if there is more than one client is given; ``None`` where nobody can tell.
    """

    view: View
    after: int
    begin: dict[str, Any]
    signals: int = 0
    newest: int | None = None
    log: list[tuple[str, Any]] = field(default_factory=list)


class Listener:
    """A client.

    Attributes:
        name: What it is called in reports.
        view: What it asks for.
        segments: What it was given.
        cursor: Its cursor, as the protocol's rules say; ``None`` before the first ``ready``.
        newest: The last offset of all that it was ever given.
        connected: Whether it is.
        closed: Whether the server has ended its connection.
    """

    def __init__(self, name: str, view: View) -> None:
        self.name = name
        self.view = view
        self.segments: list[Segment] = []
        self.cursor: dict[str, Any] | None = None
        self.newest = 0
        self.connected = False
        self.closed = False
        self._joined = asyncio.Event()
        self._signals: Callable[[], int] = lambda: 0

    @property
    def reads(self) -> bool:
        """Whether it takes what comes."""
        return True

    @property
    def segment(self) -> Segment:
        """What it is being given."""
        return self.segments[-1]

    @property
    def reached(self) -> int:
        """The offset of its cursor."""
        return 0 if self.cursor is None else int(self.cursor["offset"])

    @property
    def unacknowledged(self) -> list[int]:
        """The offsets of the events that it has not acknowledged."""
        acked, offsets = self.segment.after, []
        for name, body in self.segment.log:
            if name == "acked":
                acked = body
            elif name == "events":
                offsets += [int(event["sequence"]) for event in body["events"]]
            elif name != "gap" and "sequence" in body:
                offsets.append(int(body["sequence"]))
        return [offset for offset in offsets if offset > acked]

    async def connect(self, url: str, resume: Any, signals: Callable[[], int]) -> None:
        """Join, and wait for ``ready``; ``signals`` tells how many signals were sent."""
        self._joined.clear()
        self._signals = signals
        await self._open(url, self.view.auth() | {"resume": resume})
        self.connected = True
        await asyncio.wait_for(self._joined.wait(), 10)

    async def resume(self, resume: Any) -> None:
        """Begin anew without reconnecting, and wait for the answer."""
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def begin(answer: Any) -> None:
            assert answer["ok"], answer
            self.cursor = {"epoch": self.cursor["epoch"] if self.cursor else "", "offset": answer["from"]}
            self.segments.append(Segment(self.view, answer["from"], answer, self._signals()))
            answered.set_result(None)

        await self._request("resume", resume, begin)
        await asyncio.wait_for(answered, 10)

    async def acknowledge(self, offset: int) -> None:
        """Say that it has all up to ``offset``; no answer is waited for."""
        assert self.cursor is not None
        self.segment.log.append(("acked", offset))
        await self._request("ack", {"epoch": self.cursor["epoch"], "offset": offset}, lambda _: None)

    async def barrier(self) -> None:
        """Wait until it has been given all that was written to it up to now."""
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._request("get_state", None, lambda _: answered.set_result(None))
        await asyncio.wait_for(answered, 10)

    async def disconnect(self) -> None:
        """Go, if it has not gone."""
        self.closed = False
        self.connected = False
        await self._close()

    def take(self, name: str, body: Any = None) -> None:
        """Take what came."""
        if name == "ready":
            if self.cursor is None or self.cursor["epoch"] != body["epoch"]:
                self.cursor = {"epoch": body["epoch"], "offset": body["from"]}
            # Who asks for the latest or the earliest gives up the cursor that it had.
            self.cursor["offset"] = body["from"]
            self.segments.append(Segment(self.view, body["from"], body, self._signals()))
            self._joined.set()
            return
        if name == "drain":
            return
        assert self.cursor is not None
        self.segment.log.append((name, body))
        if name == "gap":
            self.cursor = {"epoch": body["epoch"], "offset": body["resume_at"] - 1}
        elif name == "events":
            self.cursor["offset"] = body["offset"]
            self.newest = max([self.newest, *(int(event["sequence"]) for event in body["events"])])
        elif "sequence" in body:
            self.cursor["offset"] = int(body["sequence"])
            self.newest = max(self.newest, self.cursor["offset"])

    async def _open(self, url: str, auth: dict[str, Any]) -> None:
        raise NotImplementedError

    async def _close(self) -> None:
        raise NotImplementedError

    async def _request(self, name: str, argument: Any, answer: Callable[[Any], None]) -> None:
        raise NotImplementedError


class StockListener(Listener):
    """python-socketio's client, as everybody uses it."""

    _client: socketio.AsyncClient | None = None

    async def _open(self, url: str, auth: dict[str, Any]) -> None:
        self._client = client = socketio.AsyncClient(reconnection=False)
        # Plain functions: what python-socketio runs side by side stays in order.
        client.on("*", self.take, namespace=_NAMESPACE)
        client.on("disconnect", self._end, namespace=_NAMESPACE)
        await client.connect(url, namespaces=[_NAMESPACE], auth=auth, transports=["websocket"])

    def _end(self, *_: Any) -> None:
        self.closed = self.connected
        self.connected = False

    async def _close(self) -> None:
        if self._client is not None:
            await self._client.disconnect()

    async def _request(self, name: str, argument: Any, answer: Callable[[Any], None]) -> None:
        assert self._client is not None
        await self._client.emit(name, argument, namespace=_NAMESPACE, callback=answer)


class RawListener(Listener):
    """A client that can stop to read, with so little room in between that the server notices soon."""

    def __init__(self, name: str, view: View, shrink: Callable[[], None]) -> None:
        """Call ``shrink`` when it has connected, to have the server's side keep little too."""
        super().__init__(name, view)
        self._shrink = shrink
        self._http: aiohttp.ClientSession | None = None
        self._reader: asyncio.Future[None] | None = None
        self._reads = asyncio.Event()
        self._answers: dict[int, Callable[[Any], None]] = {}
        self._number = 0

    @property
    def reads(self) -> bool:
        """Whether it takes what comes."""
        return self._reads.is_set()

    def stop_reading(self) -> None:
        """Read nothing until told to."""
        self._reads.clear()

    def read_on(self) -> None:
        """Read again."""
        self._reads.set()

    async def sip(self, packets: int) -> None:
        """Let a listener that does not read take a few packets."""
        if not packets:
            return
        self._sips = packets
        self._reads.set()
        await asyncio.sleep(0.02)
        self._reads.clear()
        self._sips = -1

    async def _open(self, url: str, auth: dict[str, Any]) -> None:
        self._http = aiohttp.ClientSession()
        self._websocket = await self._http.ws_connect(
            f"{url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0, autoping=False
        )
        self._websocket.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._sips = -1
        self._reads.set()
        self._answers.clear()
        await self._websocket.receive_str()
        await self._websocket.send_str(f"40{_NAMESPACE},{orjson.dumps(auth).decode()}")
        await self._websocket.receive_str()
        self._shrink()
        self._reader = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        while True:
            await self._reads.wait()
            message = await self._websocket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                self.connected, self.closed = False, True
                return
            self._take_packet(message.data)
            self._sips -= 1
            if not self._sips:
                self._reads.clear()

    def _take_packet(self, packet: str) -> None:
        if packet.startswith(f"42{_NAMESPACE},"):
            self.take(*orjson.loads(packet.partition(",")[2]))
        elif packet.startswith(f"43{_NAMESPACE},"):
            number, bracket, answer = packet.partition(",")[2].partition("[")
            self._answers.pop(int(number))(*orjson.loads(bracket + answer))

    async def _close(self) -> None:
        if self._http is None or self._reader is None:
            return
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        # At once, and without a goodbye: so do crashes and cut cables.
        await self._http.close()
        # The connection is gone; this lets go of it.
        await self._websocket.close()

    async def _request(self, name: str, argument: Any, answer: Callable[[Any], None]) -> None:
        self._number += 1
        self._answers[self._number] = answer
        await self._websocket.send_str(f"42{_NAMESPACE},{self._number}{orjson.dumps([name, argument]).decode()}")
