"""Following streams when connections break."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Self

import pytest
from eventyard.cli.http_client import Unreachable
from eventyard.cli.live_client import LiveClient, Wanted
from eventyard.server import AsyncServer
from eventyard.settings import ServerAddress, Settings

MakeServer = Callable[..., Awaitable[AsyncServer]]


def note(text: str) -> dict[str, Any]:
    """A ``note`` event."""
    return {"type": "note", "source": "/test", "data": {"text": text}}


class Recorder:
    """A follower that notes down what it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.told: list[str] = []
        self.changed = asyncio.Event()

    def event(self, namespace: str, event: dict[str, Any]) -> None:
        self.texts.append(event["data"]["text"])
        self.changed.set()

    def gap(self, namespace: str, gap: dict[str, Any]) -> None:
        self._tell(f"gap {namespace} {gap['reason']} {gap['count']}")

    def lost(self) -> None:
        self._tell("lost")

    def back(self) -> None:
        self._tell("back")

    def _tell(self, what: str) -> None:
        self.told.append(what)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds."""
        async with asyncio.timeout(30):
            while not condition():
                await self.changed.wait()
                self.changed.clear()


class Wire:
    """A TCP proxy before a server, which can be cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server
        self.open = True

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
                far_reader, far = await asyncio.open_connection("127.0.0.1", self._port)
                await asyncio.gather(self._pump(reader, far), self._pump(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for each in (writer, far):
                if each is not None:
                    each.transport.abort()

    @staticmethod
    async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.transport.abort()


@contextlib.asynccontextmanager
async def following(url: str, **wanted: Any) -> AsyncIterator[Recorder]:
    """A client that follows ``/notes`` while the block runs."""
    client = LiveClient(ServerAddress(url), Wanted(**{"namespaces": ["/notes"], **wanted}))
    recorder = Recorder()
    running = asyncio.create_task(client.run(recorder))
    try:
        yield recorder
    finally:
        client.stop()
        await running


@pytest.fixture
async def make_server(note_plugin: object) -> AsyncIterator[MakeServer]:
    """Starts servers that know ``note``, and stops them at the end."""
    started: list[AsyncServer] = []

    async def make(port: int = 0, **settings: Any) -> AsyncServer:
        server = AsyncServer(Settings().with_changes(host="127.0.0.1", port=port, **settings), {"note": note_plugin})
        await server.start()
        started.append(server)
        return server

    yield make
    for server in started:
        await server.stop()


def port_of(server: AsyncServer) -> int:
    """The port that ``server`` listens on."""
    return int(server.url.rpartition(":")[2])


async def test_what_happened_while_the_connection_was_lost_is_given_once_and_in_order(make_server: MakeServer) -> None:
    server = await make_server()
    async with Wire(port_of(server)) as wire, following(wire.url) as recorder:
        await server.publish(note("1"))
        await recorder.until(lambda: recorder.texts == ["1"])
        wire.open = False
        wire.cut()
        await recorder.until(lambda: recorder.told == ["lost"])
        await server.publish(note("2"), note("3"))
        wire.open = True
        await recorder.until(lambda: len(recorder.texts) == 3)
        await server.publish(note("4"))
        await recorder.until(lambda: len(recorder.texts) == 4)
    assert recorder.texts == ["1", "2", "3", "4"]
    assert recorder.told == ["lost", "back"]


async def test_no_event_is_lost_or_doubled_however_often_the_connection_breaks(make_server: MakeServer) -> None:
    server = await make_server()
    expected = [str(number) for number in range(400)]
    async with Wire(port_of(server)) as wire, following(wire.url) as recorder:
        for text in expected:
            await server.publish(note(text))
            if int(text) % 80 == 40:
                wire.cut()
            await asyncio.sleep(0.004)
        await recorder.until(lambda: len(recorder.texts) >= len(expected))
    assert recorder.texts == expected
    assert "back" in recorder.told
    assert not [each for each in recorder.told if each.startswith("gap")]


async def test_filtered_clients_lose_nothing_either(make_server: MakeServer) -> None:
    server = await make_server()
    async with Wire(port_of(server)) as wire, following(wire.url, sessions=["mine"]) as recorder:
        for number in range(200):
            await server.publish({**note(str(number)), "session": "mine" if number % 3 == 0 else "other"})
            if number % 50 == 25:
                wire.cut()
            await asyncio.sleep(0.004)
        await recorder.until(lambda: len(recorder.texts) >= 67)
    assert recorder.texts == [str(number) for number in range(0, 200, 3)]


async def test_what_the_server_no_longer_has_is_told_as_a_gap(make_server: MakeServer) -> None:
    server = await make_server()
    async with Wire(port_of(server)) as wire, following(wire.url) as recorder:
        await server.publish(note("first"))
        await recorder.until(lambda: recorder.texts == ["first"])
        wire.open = False
        wire.cut()
        await recorder.until(lambda: recorder.told == ["lost"])
        await server.publish(*[note(str(number)) for number in range(1030)])
        wire.open = True
        await recorder.until(lambda: len(recorder.texts) == 1001)
    assert recorder.texts == ["first", *(str(number) for number in range(30, 1030))]
    assert recorder.told == ["lost", "back", "gap /notes trimmed 30"]


async def test_a_server_with_another_store_is_told_as_a_gap(make_server: MakeServer, tmp_path: Path) -> None:
    server = await make_server()
    async with following(server.url) as recorder:
        await server.publish(note("a"))
        await recorder.until(lambda: recorder.texts == ["a"])
        await server.stop()
        await recorder.until(lambda: recorder.told == ["lost"])
        again = await make_server(port_of(server), data_dir=str(tmp_path / "another"))
        await again.publish(note("b"))
        await recorder.until(lambda: len(recorder.texts) == 2)
        await again.publish(note("c"))
        await recorder.until(lambda: len(recorder.texts) == 3)
    assert recorder.texts == ["a", "b", "c"]
    assert recorder.told == ["lost", "back", "gap /notes epoch_changed None"]


async def test_events_without_a_place_in_the_stream_are_shown_too(make_server: MakeServer) -> None:
    server = await make_server()
    async with following(server.url, namespaces=["/notes", "/pulses"]) as recorder:
        await server.publish(note("a"))
        await recorder.until(lambda: recorder.texts == ["a"])
        await server.publish({**note("beat"), "type": "pulse"})
        await recorder.until(lambda: len(recorder.texts) == 2)
    assert recorder.texts == ["a", "beat"]


async def test_a_client_without_the_token_is_told_why_it_is_refused(make_server: MakeServer) -> None:
    server = await make_server(token="secret")
    client = LiveClient(ServerAddress(server.url, "wrong"), Wanted(namespaces=["/notes"]))
    with pytest.raises(Unreachable, match=r"refuses /notes: auth\.token is missing or wrong"):
        await client.run(Recorder())


async def test_what_the_follower_raises_ends_the_client(make_server: MakeServer) -> None:
    class Full(Recorder):
        def event(self, namespace: str, event: dict[str, Any]) -> None:
            raise BrokenPipeError

    server = await make_server()
    await server.publish(note("a"))
    client = LiveClient(ServerAddress(server.url), Wanted(namespaces=["/notes"]))
    with pytest.raises(BrokenPipeError):
        await client.run(Full())
