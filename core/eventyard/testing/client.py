"""Stock Socket.IO clients for tests that are plain functions."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, Self, TypeVar

import socketio

from eventyard.server import Server

__all__ = ["Client", "Connect"]

T = TypeVar("T")

#: What the live protocol sends besides events.
_FRAMES: Final = frozenset({"drain", "events", "gap", "ready"})


class Client:
    """A stock Socket.IO client in one namespace of a server, which keeps what it receives.

    Attributes:
        namespace: The namespace.
        received: What it has received, in order: names and arguments.
        patience: How long something that is waited for may take, in seconds.
    """

    def __init__(self, namespace: str, loop: asyncio.AbstractEventLoop) -> None:
        """Make a client for ``namespace`` that runs on ``loop``, which runs in another thread."""
        self.namespace = namespace
        self.received: list[tuple[str, Any]] = []
        self.patience = 5.0
        self._loop = loop
        self._arrived = threading.Condition()
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("*", self._keep, namespace=namespace)

    @property
    def ready(self) -> dict[str, Any]:
        """What the server said when the client had joined: the state under ``snapshot``."""
        frame: dict[str, Any] = self.wait("ready")[0]
        return frame

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that have come so far, one by one or in batches."""
        found: list[dict[str, Any]] = []
        for name, body in list(self.received):
            if name == "events":
                found += body["events"]
            elif name not in _FRAMES:
                found.append(body)
        return found

    def wait(self, name: str, count: int = 1) -> list[Any]:
        """Wait until ``count`` messages of this name have come, an event type or a frame; give them all.

        Raises:
            TimeoutError: They did not come in time.
        """
        return self._wait(lambda: [body for each, body in self.received if each == name], count, name)

    def wait_for_events(self, count: int) -> list[dict[str, Any]]:
        """Wait until ``count`` events have come, of any type, one by one or in batches; give them all.

        Raises:
            TimeoutError: They did not come in time.
        """
        return self._wait(lambda: self.events, count, "events")

    def call(self, name: str, *arguments: Any) -> Any:
        """Send a client event, and give what the server answers.

        Raises:
            TimeoutError: It did not answer in time.
        """
        try:
            return self._run(self._socket.call(name, arguments, namespace=self.namespace, timeout=self.patience))
        except socketio.exceptions.TimeoutError:
            message = f"{self.namespace} did not answer {name} within {self.patience:g} seconds"
            raise TimeoutError(message) from None

    def state(self) -> dict[str, Any]:
        """The state of the namespace."""
        snapshot: dict[str, Any] = self.call("get_state")["snapshot"]
        return snapshot

    def connect(self, url: str, auth: dict[str, Any]) -> None:
        """Join the namespace at ``url``, and wait until the server says that it is ready.

        Raises:
            socketio.exceptions.ConnectionError: The server refuses it.
        """
        joining = self._socket.connect(url, namespaces=[self.namespace], auth=auth, wait_timeout=self.patience)
        self._run(joining)
        if self.namespace != "/ingest":
            self.wait("ready")

    def close(self) -> None:
        """Leave."""
        self._run(self._socket.disconnect())

    async def _keep(self, name: str, *arguments: Any) -> None:
        with self._arrived:
            self.received.append((name, arguments[0] if arguments else None))
            self._arrived.notify_all()

    def _wait(self, found: Callable[[], list[T]], count: int, what: str) -> list[T]:
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(found()) >= count, self.patience):
                names = ", ".join(name for name, _ in self.received)
                message = f"{self.namespace}: expected {count} {what}, got {len(found())} of: {names}"
                raise TimeoutError(message)
            return found()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Connect:
    """Connects clients; they run in a thread of their own, and are closed together."""

    def __init__(self) -> None:
        self._clients: list[Client] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="eventyard clients", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __call__(self, server: Server, namespace: str, **auth: Any) -> Client:
        """Connect a client.

        Args:
            server: The server.
            namespace: The namespace that it joins, for example ``/tools``.
            auth: What it says when it joins: ``batch=True``, ``resume="earliest"``, ``sessions=["s1"]``.

        Raises:
            socketio.exceptions.ConnectionError: The server refuses it.
        """
        client = Client(namespace, self._loop)
        self._clients.append(client)
        client.connect(server.url, auth)
        return client
