"""What the client library's tests have in common: a server that comes and goes, and a wire that can be cut."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from eventyard import AsyncServer, BufferPolicy, EventType, Namespace, Outcome, Plugin, Settings, hookimpl

MakeYard = Callable[..., Awaitable["Yard"]]


class Notes(Namespace):
    """Keeps the last note, and echoes what a client says."""

    name = "/notes"

    def __init__(self) -> None:
        super().__init__()
        self.last: str | None = None

    def apply(self, event: Any) -> None:
        self.last = event.data["text"]

    def snapshot(self) -> dict[str, Any]:
        return {"last": self.last}

    async def on_echo(self, sid: str, data: Any = None) -> Any:
        return data


class NotePlugin(Plugin):
    """Owns ``note`` on ``/notes``, ``memo`` on ``/memos``, and ``pulse`` on ``/notes``, which is never kept."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        def owned(name: str, namespace: str, policy: BufferPolicy) -> EventType:
            schema = {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"urn:eventyard:{name}/1.0.0",
                "type": "object",
                "properties": {"text": {"type": "string"}},
                "required": ["text"],
            }
            return EventType(name=name, schema=schema, namespace=namespace, policy=policy)

        return [
            owned("note", "/notes", BufferPolicy.buffer_if_no_clients()),
            owned("memo", "/memos", BufferPolicy.buffer_if_no_clients()),
            owned("pulse", "/notes", BufferPolicy.always_send()),
        ]

    @hookimpl
    def namespaces(self) -> list[type[Namespace]]:
        return [Notes]


class Yard:
    """A server that can be stopped and started again at the same port, with the same data directory or another."""

    def __init__(self, data_dir: Path, settings: dict[str, Any]) -> None:
        self.data_dir = data_dir
        self._settings = settings
        self._server: AsyncServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where the server is or will be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def server(self) -> AsyncServer:
        """The running server."""
        assert self._server is not None
        return self._server

    async def start(self, **changes: Any) -> None:
        """Start the server, with changed settings for this time."""
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "data_dir": str(self.data_dir),
            **self._settings,
            **changes,
        }
        self._server = AsyncServer(Settings().with_changes(**settings), {"note": NotePlugin()})
        await self._server.start()
        self.port = int(self._server.url.rpartition(":")[2])

    async def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def note(self, *texts: object, **attributes: Any) -> list[Outcome]:
        """Publish notes."""
        return await self.server.publish(*[note(text, **attributes) for text in texts])

    async def history(self, stream: str = "notes") -> list[dict[str, Any]]:
        """The events that the server keeps of a stream."""
        events: list[dict[str, Any]] = []
        async with aiohttp.ClientSession(self.url) as session:
            after, head = 0, 1
            while after < head:
                query = {"after": str(after), "limit": "1000"}
                async with session.get(f"/v1/streams/{stream}/events", params=query) as response:
                    page = await response.json()
                events += page["events"]
                after, head = page["next"], page["head"]
        return events

    async def kept(self, stream: str = "notes") -> list[str]:
        """The texts of the events that the server keeps of a stream."""
        return [event["data"]["text"] for event in await self.history(stream)]

    async def requests(self) -> float:
        """How many requests with events the server had since it was started."""
        async with aiohttp.ClientSession(self.url) as session, session.get("/metrics?format=prometheus") as response:
            text = await response.text()
        (count,) = re.findall(r'^eventyard_stage_seconds_count\{stage="receive"\} (\S+)', text, re.MULTILINE)
        return float(count)

    async def connections(self) -> list[dict[str, Any]]:
        """What the server says of its clients."""
        async with aiohttp.ClientSession(self.url) as session, session.get("/connections") as response:
            listing: list[dict[str, Any]] = (await response.json())["connections"]
            return listing

    async def until_sent(self, namespace: str, offset: int) -> None:
        """Wait until all clients in ``namespace`` were sent all up to ``offset``."""
        while any(each["namespaces"][namespace]["offset"] < offset for each in await self.connections()):
            await asyncio.sleep(0.01)


class Wire:
    """A TCP proxy before a server, which can be cut, refuse connections, and lose what the server sends."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server
        self.open = True
        #: Whether what comes from the server is dropped, in the pieces in which it is read.
        self.losing: Callable[[bytes], bool] = lambda _: False
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Break all connections."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far: asyncio.StreamWriter | None = None
        try:
            if self.open:
                self.connections += 1
                far_reader, far = await asyncio.open_connection("127.0.0.1", self._port)
                await asyncio.gather(self._pump(reader, far), self._pump(far_reader, writer, from_server=True))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for each in (writer, far):
                if each is not None:
                    each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_server: bool = False
    ) -> None:
        while data := await reader.read(65536):
            if not (from_server and self.losing(data)):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


def note(text: object, **attributes: Any) -> dict[str, Any]:
    """A ``note`` event."""
    return {"type": "note", "source": "/test", "data": {"text": str(text)}, **attributes}


@pytest.fixture
async def make_yard(tmp_path: Path) -> AsyncIterator[MakeYard]:
    """Make yards, which are stopped after the test: ``make_yard(token="…")``; ``start=False`` leaves it stopped."""
    yards: list[Yard] = []

    async def make(*, start: bool = True, **settings: Any) -> Yard:
        yard = Yard(tmp_path / f"yard{len(yards)}", settings)
        yards.append(yard)
        await yard.start()
        if not start:
            await yard.stop()
        return yard

    yield make
    for yard in yards:
        await yard.stop()


@pytest.fixture
async def yard(make_yard: MakeYard) -> Yard:
    """A running server with the default settings."""
    return await make_yard()


@pytest.fixture
async def open_wire() -> AsyncIterator[Callable[[Yard], Awaitable[Wire]]]:
    """Put wires before yards; they are closed after the test."""
    async with contextlib.AsyncExitStack() as stack:
        yield lambda yard: stack.enter_async_context(Wire(yard.port))


@pytest.fixture
def unused_url() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"
