"""The hot functions, each ready to be called again and again.

They are reached through what outlives refactoring: the public interface wherever it leads there.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from eventyard import AsyncServer, Settings, Status
from eventyard.delivery.engine.direct_socket import DirectSocket
from eventyard.http.bodies import parse_events
from eventyard.journal import Record
from eventyard.pipeline import Limits

from benchmarks.load.events import ToolEvents
from benchmarks.load.websocket import WebsocketClient

__all__ = ["Hot", "hot_functions"]

#: Small bounds are reached soon: from then on, each event that comes pushes another one out.
_SETTINGS = {"max_buffer_size": 200, "duplicate_window": 200, "heartbeat_interval": 3600}
_FILLING = 800

_CLIENTS = 10
_FLUSHED = 20
_BATCH = 100


@dataclass(frozen=True)
class Hot:
    """A function that is counted.

    Attributes:
        name: What it is called in the baseline.
        call: Calls it once.
        times: How often it is called at first; then twice as often.
        events: How many events one call is about: the count is given for one.
    """

    name: str
    call: Callable[[], Awaitable[None]]
    times: int
    events: int = 1


@contextlib.asynccontextmanager
async def hot_functions(folder: Path) -> AsyncIterator[Sequence[Hot]]:
    """All hot functions, with servers that keep their state in ``folder``."""
    async with contextlib.AsyncExitStack() as stack:

        async def server(name: str, durability: str) -> AsyncServer:
            changes = {"data_dir": str(folder / name), "journal.durability": durability, **_SETTINGS}
            started = await stack.enter_async_context(AsyncServer(Settings().with_changes(port=0, **changes)))
            await started.publish(*map(orjson.loads, ToolEvents().take(_FILLING)))
            return started

        yield [
            Hot("read the body of one event", _reading(1), 100),
            Hot("read a body of 100 events, for each", _reading(_BATCH), 4, _BATCH),
            Hot("take in one event", _publishing(await server("one", "memory"), 1), 100),
            Hot("take in 100 events, for each", _publishing(await server("list", "memory"), _BATCH), 4, _BATCH),
            Hot(
                "take in 100 events and commit them, for each",
                _publishing(await server("durable", "process"), _BATCH),
                12,
                _BATCH,
            ),
            Hot(
                "send to 10 stock clients, for each of 20 events",
                await _sending(await server("stock", "memory")),
                10,
                _FLUSHED,
            ),
            Hot(
                "send to 10 batch clients, for each of 20 events",
                await _sending(await server("batch", "memory"), batch=True),
                10,
                _FLUSHED,
            ),
        ]


def _reading(events: int) -> Callable[[], Awaitable[None]]:
    bodies = ToolEvents().take(events)
    body = bodies[0] if events == 1 else b"[%s]" % b",".join(bodies)
    settings = Settings()
    limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)

    async def read() -> None:
        parse_events(body, "application/json", limits, settings.max_event_size, settings.max_batch)

    return read


def _publishing(server: AsyncServer, events: int) -> Callable[[], Awaitable[None]]:
    source = ToolEvents()
    source.made = _FILLING

    async def publish() -> None:
        outcomes = await server.publish(*map(orjson.loads, source.take(events)))
        assert [outcome.status for outcome in outcomes] == [Status.ACCEPTED] * events
        # The state follows with the flush, at a moment that the clock decides.
        server._parts.broadcaster.flush()

    return publish


class Sink(asyncio.Transport):
    """A transport that takes everything: what the kernel does is not counted anyhow."""

    def write(self, data: Any) -> None:
        """Take it."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def is_closing(self) -> bool:
        """It never does."""
        return False

    def close(self) -> None:
        """Nothing is to be done."""

    def abort(self) -> None:
        """Nothing is to be done."""


async def _sending(server: AsyncServer, *, batch: bool = False) -> Callable[[], Awaitable[None]]:
    """A flush to clients that joined over real connections, whose transports then take everything."""
    parts = server._parts
    records: list[Record] = []
    parts.journal.listen(records.extend)
    await _publishing(server, _FLUSHED)()
    port = int(server.url.rpartition(":")[2])
    stream = parts.streams["tools"]
    for _ in range(_CLIENTS):
        await WebsocketClient(("127.0.0.1", port), {"/tools": {"resume": "latest", "batch": batch}}, "ready").connect()
    async with asyncio.timeout(60):
        while not all(stream.is_live(subscriber) for subscriber in stream.subscribers):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    for connection in parts.hub.connections.values():
        assert isinstance(connection.socket, DirectSocket)
        connection.socket._transport = Sink()

    async def send() -> None:
        for record in records:
            stream.add(record)
        stream.flush()

    return send
