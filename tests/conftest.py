"""Real servers and real clients on ephemeral loopback ports; distributions that are installed for one test."""

import asyncio
import contextlib
import importlib
import logging
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from eventyard import AsyncServer, Settings
from hypothesis import settings

# A test says nothing of how fast the machine is.
settings.register_profile("eventyard", deadline=None)
settings.load_profile("eventyard")

StartServer = Callable[..., Awaitable[AsyncServer]]
Connect = Callable[..., Awaitable["Client"]]
Install = Callable[..., None]


class Client:
    """A stock Socket.IO client in one namespace, which keeps everything that it receives."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.socket = socketio.AsyncClient(reconnection=False)
        self.received: list[tuple[str, Any]] = []
        self._arrived = asyncio.Condition()
        self.socket.on("*", self._keep, namespace=namespace)

    async def _keep(self, name: str, body: Any = None) -> None:
        async with self._arrived:
            self.received.append((name, body))
            self._arrived.notify_all()

    def named(self, name: str) -> list[Any]:
        """The arguments of the events received under ``name``."""
        return [body for each, body in self.received if each == name]

    def offsets(self) -> list[int]:
        """The offsets of the events received, singly or in batches, in the order in which they came."""
        singly = [int(body["sequence"]) for _, body in self.received if "sequence" in body]
        return singly or [int(event["sequence"]) for batch in self.named("events") for event in batch["events"]]

    async def wait(self, name: str, count: int = 1, seconds: float = 5) -> list[Any]:
        """Wait until ``count`` events came under ``name``; give them all."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.named(name)) >= count)
        return self.named(name)

    async def call(self, name: str, argument: Any = None) -> Any:
        """Send a client event and wait for the acknowledgement."""
        return await self.socket.call(name, argument, namespace=self.namespace, timeout=5)

    async def close(self) -> None:
        """Disconnect."""
        await self.socket.disconnect()


@pytest.fixture(autouse=True)
def own_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep servers away from the data directory of whoever runs the tests, in this process and in others."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user-data"))


@pytest.fixture(autouse=True)
def own_log_level() -> Iterator[None]:
    """Take back what a command that runs in this process does to the log of all."""
    logger = logging.getLogger("eventyard")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
async def start_server(tmp_path: Path) -> AsyncIterator[StartServer]:
    """Start servers with changed settings and plugin objects; all are stopped after the test.

    Each has a data directory of its own, unless the test names one.
    """
    numbers = count(1)
    async with contextlib.AsyncExitStack() as stack:

        async def start(objects: dict[str, object] | None = None, /, **changes: Any) -> AsyncServer:
            changes.setdefault("data_dir", str(tmp_path / f"data{next(numbers)}"))
            settings = Settings().with_changes(port=0, **changes)
            return await stack.enter_async_context(AsyncServer(settings, objects))

        yield start


@pytest.fixture
async def server(start_server: StartServer) -> AsyncServer:
    """A server with the installed plugins and the default settings."""
    return await start_server()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connect clients: ``connect(server, "/tools", auth={…}, transports=["polling"])``."""
    clients: list[Client] = []

    async def join(server: AsyncServer, namespace: str, *, wait: bool = True, **options: Any) -> Client:
        client = Client(namespace)
        clients.append(client)
        await client.socket.connect(server.url, namespaces=[namespace], wait_timeout=5, **options)
        if wait and namespace != "/ingest":
            await client.wait("ready")
        return client

    yield join
    for client in clients:
        await client.close()


@pytest.fixture
async def http(server: AsyncServer) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of ``server``."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with one plugin, by writing what pip would write.

    For example ``install("eventyard-git", "git", source, version="1.0")``.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    modules: list[str] = []

    def write(
        distribution: str,
        name: str,
        source: str,
        version: str = "1.0",
        target: str = "ThePlugin",
        readme: str = "",
    ) -> None:
        module = distribution.replace("-", "_")
        modules.append(module)
        (site / f"{module}.py").write_text(textwrap.dedent(source))
        info = site / f"{module}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n\n{readme}"
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(f"[eventyard.plugins]\n{name} = {module}:{target}\n")
        importlib.invalidate_caches()

    yield write
    for module in modules:
        sys.modules.pop(module, None)
