"""Real receivers, and a real server with the installed plugins."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from eventyard import AsyncServer, Settings

StartServer = Callable[..., Awaitable[AsyncServer]]


@dataclass
class Receiver:
    """Takes webhooks, and answers as it is told to.

    Attributes:
        url: Where it listens.
        answers: The answers that come next; 204 when there are none.
        gate: Closed, it holds answers back.
        requests: The headers and bodies that came.
    """

    url: str = ""
    answers: list[web.Response] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    requests: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        async with self.changed:
            self.requests.append((request.headers, await request.read()))
            self.changed.notify_all()
        answer = self.answers.pop(0) if self.answers else web.Response(status=204)
        await self.gate.wait()
        return answer

    async def wait(self, count: int) -> None:
        """Wait until ``count`` requests came."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.requests) >= count)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that came, repeats included."""
        return [json.loads(body) for _, body in self.requests]

    @property
    def ids(self) -> list[str]:
        """The ids of the events that came."""
        return [event["id"] for event in self.events]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver whose gate is open."""
    receiver = Receiver()
    receiver.gate.set()
    async with listening(receiver):
        yield receiver


@pytest.fixture
async def other() -> AsyncIterator[Receiver]:
    """A second receiver whose gate is open."""
    receiver = Receiver()
    receiver.gate.set()
    async with listening(receiver):
        yield receiver


@contextlib.asynccontextmanager
async def listening(receiver: Receiver, port: int = 0) -> AsyncIterator[None]:
    """Have ``receiver`` listen at ``port``, or any free one."""
    application = web.Application()
    application.router.add_post("/hook", receiver.take)
    # A request that is held back must not hold up the end of the test.
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", port)
    await site.start()
    assert site._server is not None
    receiver.url = f"http://localhost:{site._server.sockets[0].getsockname()[1]}/hook"  # type: ignore[attr-defined]
    yield
    receiver.gate.set()
    await runner.cleanup()


@pytest.fixture
def listen() -> Callable[..., contextlib.AbstractAsyncContextManager[None]]:
    """Have a receiver listen at a port of the test's choice."""
    return listening


@pytest.fixture
def make_receiver() -> Callable[[], Receiver]:
    """Make a receiver that does not listen yet."""
    return Receiver


@pytest.fixture
async def start_server() -> AsyncIterator[StartServer]:
    """Start servers with settings of the plugin; delays are short unless the test asks for others."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**table: Any) -> AsyncServer:
            table["retry"] = {"first_delay": 0.001, "longest_delay": 0.01} | table.get("retry", {})
            settings = Settings().with_changes(port=0, journal={"durability": "memory"}, plugin={"webhook": table})
            return await stack.enter_async_context(AsyncServer(settings))

        yield start
