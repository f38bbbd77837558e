"""Records as the pipeline makes them, and Engine.IO clients that do by hand what a stock client hides."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

import aiohttp
import orjson
import pytest
from eventyard.events import BufferPolicy, Route
from eventyard.journal import Placement, Record

MakeRecord = Callable[..., Record]
MakeEvent = Callable[..., dict[str, Any]]
OpenRaw = Callable[..., Awaitable["RawClient"]]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What goes behind python-socketio's back is tested on both event loops: their transports differ."""
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if item.path.name in {"test_engine_socket.py", "test_transports.py"} and find_spec("uvloop"):
        factories["uvloop"] = import_module("uvloop").new_event_loop
    return factories


class RawClient:
    """An Engine.IO client that does nothing by itself.

    Attributes:
        received: Name and argument of the events that came, by whichever transport; the answer to joining is
            ``CONNECT``, one to a request ``ANSWER``.
        other: The other packets that came, whole.
    """

    def __init__(self, url: str, http: aiohttp.ClientSession, namespace: str) -> None:
        self.namespace = namespace
        self.received: list[tuple[str, Any]] = []
        self.other: list[str] = []
        self.session = ""
        self._url = f"{url}/socket.io/?EIO=4"
        self._http = http
        self._websocket: aiohttp.ClientWebSocketResponse | None = None

    @property
    def websocket(self) -> aiohttp.ClientWebSocketResponse:
        """The open websocket."""
        assert self._websocket is not None, "the client has opened no websocket"
        return self._websocket

    async def open(self, transport: str) -> None:
        """Open a session by ``polling``, ``websocket``, or ``upgrade``: the one, then the other."""
        if transport == "websocket":
            self._websocket = await self.new_websocket()
            self.session = orjson.loads((await self.websocket.receive_str())[1:])["sid"]
            return
        async with self._http.get(f"{self._url}&transport=polling") as response:
            self.session = orjson.loads((await response.text())[1:])["sid"]
        if transport == "upgrade":
            await self.upgrade()

    async def new_websocket(self) -> aiohttp.ClientWebSocketResponse:
        """Open a websocket for the session, or for a new one when there is none."""
        session = f"&sid={self.session}" if self.session else ""
        url = f"{self._url}&transport=websocket{session}"
        websocket = await self._http.ws_connect(url, max_msg_size=0, autoping=False)
        # Without a bound, the kernel takes some 10 MB for a client that does not read.
        websocket.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        return websocket

    async def upgrade(self) -> None:
        """Probe a websocket and go over to it."""
        websocket = await self.new_websocket()
        await websocket.send_str("2probe")
        assert await websocket.receive_str() == "3probe"
        await self.go_over(websocket)

    async def go_over(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        """Go over to a websocket that was probed."""
        self._websocket = websocket
        await websocket.send_str("5")

    async def send(self, packet: str) -> None:
        """Send one packet."""
        if self._websocket is not None:
            await self._websocket.send_str(packet)
            return
        async with self._http.post(f"{self._url}&transport=polling&sid={self.session}", data=packet) as response:
            assert response.status == 200

    async def hang_up(self) -> None:
        """Close all connections without a goodbye."""
        await self._http.close()

    async def join(self, auth: Any = None) -> None:
        """Ask to join the namespace; the answer comes like any other message."""
        await self.send(f"40{self.namespace}," + ("" if auth is None else orjson.dumps(auth).decode()))

    async def poll(self) -> list[str]:
        """One poll; gives its packets."""
        async with self._http.get(f"{self._url}&transport=polling&sid={self.session}") as response:
            packets = (await response.text()).split("\x1e")
        for packet in packets:
            self._take(packet)
        return packets

    async def receive(self) -> None:
        """Take one packet, or all of one poll."""
        if self._websocket is None:
            await self.poll()
        else:
            self._take(await self._websocket.receive_str())

    async def receive_events(self, name: str, most: int, seconds: float = 10) -> list[Any]:
        """Receive until ``most`` events of ``name`` have come; gives their arguments."""
        async with asyncio.timeout(seconds):
            while len(self.events(name)) < most:
                await self.receive()
        return self.events(name)

    def events(self, name: str) -> list[Any]:
        """The arguments of the events that came under ``name``."""
        return [body for each, body in self.received if each == name]

    def _take(self, packet: str) -> None:
        if not packet.startswith("4"):
            self.other.append(packet)
            return
        kind, body = packet[1], packet.partition(",")[2]
        if kind == "2":
            name, argument = orjson.loads(body)
            self.received.append((name, argument))
        elif kind == "3":
            self.received.append(("ANSWER", orjson.loads(body.lstrip("0123456789"))[0]))
        elif kind == "0":
            self.received.append(("CONNECT", orjson.loads(body)))
        else:
            self.other.append(packet)


@pytest.fixture
async def open_raw() -> AsyncIterator[OpenRaw]:
    """Open raw clients: ``open_raw(url, "websocket")``; they use a new TCP connection for every request.

    So do browsers behind some proxies, and the JavaScript client under Node.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def open_client(url: str, transport: str, namespace: str = "/tools") -> RawClient:
            connector = aiohttp.TCPConnector(force_close=True)
            http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            client = RawClient(url, http, namespace)
            await client.open(transport)
            return client

        yield open_client


@pytest.fixture
def make_event() -> MakeEvent:
    """Make a ``tool_start``, which has ``size`` bytes and somewhat more."""
    numbers = count(1)

    def make(size: int = 0, **attributes: Any) -> dict[str, Any]:
        data = {"tool": "Bash", "description": "x" * size}
        return {"type": "tool_start", "source": "/test", "id": f"e{next(numbers)}", "data": data} | attributes

    return make


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """Make a record as the pipeline does: ``make_record(3, type="error", session="s1", rooms={"red"})``."""
    return new_record


def new_record(
    offset: int | None, *, rooms: frozenset[str] = frozenset(), policy: BufferPolicy | None = None, **attributes: Any
) -> Record:
    envelope = {"type": "tool_start", "source": "/test", "id": f"e{offset}", "data": {}} | attributes
    policy = policy or BufferPolicy.buffer_if_no_clients()
    record = Record(envelope, Route("/tools", rooms), policy, orjson.dumps(envelope), Placement("tools"))
    if offset is not None:
        record.place(offset)
    return record
