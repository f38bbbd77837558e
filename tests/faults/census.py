"""What a server holds: memory, connections, descriptors, threads and tasks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import socketio

from .plugin_directory import install
from .serving import ServerProcess

__all__ = ["Census", "Watch", "census_plugin"]

_PLUGIN: Final = Path(__file__).with_name("census_plugin.py")


def census_plugin(directory: Path) -> dict[str, str]:
    """Install in ``directory`` what a census needs in the server; gives the server's environment."""
    return install(_PLUGIN, "CensusPlugin", directory)


@dataclass(frozen=True, slots=True)
class Census:
    """What a server holds at a moment.

    Attributes:
        clients: Connections that are in a namespace.
        descriptors: Files and sockets that are open.
        threads: Threads.
        tasks: Tasks of the event loop, by name.
    """

    clients: int
    descriptors: int
    threads: int
    tasks: dict[str, int]

    @classmethod
    async def take(cls, server: ServerProcess) -> Self:
        """Look at ``server``, which has the plugin."""
        client = socketio.AsyncClient(reconnection=False)
        ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        client.on("ready", ready.set_result, namespace="/census")
        await client.connect(server.url, namespaces=["/census"], transports=["websocket"])
        counted: dict[str, int] = (await asyncio.wait_for(ready, 10))["snapshot"]
        # The task of a session's next ping sleeps for the rest of its 25 s, also when the session has ended.
        tasks = {name: count for name, count in counted.items() if "ping" not in name}
        _, answer = await server.request("/connections")
        census = cls(len(answer["connections"]), server.process.num_fds(), server.process.num_threads(), tasks)
        await client.disconnect()
        return census

    def holds_no_more_than(self, other: Self) -> bool:
        """Whether there is nothing that was not there in ``other``."""
        return (
            self.clients <= other.clients
            and self.descriptors <= other.descriptors
            and self.threads <= other.threads
            and all(count <= other.tasks.get(name, 0) for name, count in self.tasks.items())
        )


class Watch:
    """Looks at the memory of a server, and at what waits for its clients.

    Attributes:
        memory: The most that the process had, in bytes.
        waiting: The most that waited for one client, in bytes.
    """

    def __init__(self, server: ServerProcess) -> None:
        """Look at ``server`` while :meth:`on`."""
        self.memory = 0
        self.waiting = 0
        self._server = server

    @contextlib.asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Look while the block runs."""
        task = asyncio.ensure_future(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self.memory = max(self.memory, self._server.process.memory_info().rss)
            _, answer = await self._server.request("/connections")
            waiting = [connection["backlog_bytes"] for connection in answer["connections"]]
            self.waiting = max([self.waiting, *waiting])
            await asyncio.sleep(0.2)
