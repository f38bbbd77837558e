"""A Socket.IO client that follows streams and misses nothing, or says what it missed."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

import socketio
from socketio.exceptions import ConnectionError as NotConnected

from eventyard.cli.http_client import Unreachable
from eventyard.settings import ServerAddress

__all__ = ["Follower", "LiveClient", "Wanted"]

_CONNECT_TIMEOUT = 10

# Seconds before the first attempt to connect again, and at most.
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0


class Follower(Protocol):
    """What is told of the streams."""

    def event(self, namespace: str, event: dict[str, Any]) -> None:
        """An event was received."""

    def gap(self, namespace: str, gap: dict[str, Any]) -> None:
        """Events were missed; ``reason`` and ``count`` say why, and how many."""

    def lost(self) -> None:
        """The connection was lost."""

    def back(self) -> None:
        """The connection is there again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a client wants to see.

    Attributes:
        namespaces: The streams.
        types: Only events of these types; empty for all.
        sessions: Only events of these sessions; empty for all.
        start: ``earliest`` for all that is kept, ``latest`` for nothing of the past, ``None`` for what the buffer
            policies give a new client.
    """

    namespaces: Sequence[str]
    types: Sequence[str] = ()
    sessions: Sequence[str] = ()
    start: Literal["earliest", "latest"] | None = None


@dataclass(slots=True)
class _Position:
    """What was received of one stream: all up to ``offset`` of the store ``epoch``."""

    epoch: str
    offset: int


class LiveClient:
    """Follows streams over one connection, connecting again when it is lost."""

    def __init__(self, address: ServerAddress, wanted: Wanted) -> None:
        """Make a client for what is ``wanted`` from the server at ``address``; must be in the event loop."""
        self._address = address
        self._wanted = wanted
        self._follower: Follower
        self._positions: dict[str, _Position] = {}
        self._refusals: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._client: socketio.AsyncClient | None = None
        self._lost = asyncio.Event()
        self._finished = asyncio.Event()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """End :meth:`run`."""
        self._finished.set()

    async def run(self, follower: Follower) -> None:
        """Tell ``follower`` of the streams until :meth:`stop` is called.

        Raises:
            Unreachable: There is no server at first, or it refuses us, now or when it is back.
        """
        self._follower = follower
        try:
            await self._connect()
            while not self._finished.is_set():
                await self._until(self._lost)
                if not self._finished.is_set():
                    await self._reconnect()
        finally:
            await self._disconnect()
        if self._failure is not None:
            raise self._failure

    async def _reconnect(self) -> None:
        """Connect again, however long it takes."""
        self._follower.lost()
        pause = _FIRST_PAUSE
        while not self._finished.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._finished.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                await self._connect()
            except Unreachable:
                if self._refusals:
                    raise
            else:
                self._follower.back()
                return

    async def _until(self, event: asyncio.Event) -> None:
        """Wait for ``event``, or for the end of :meth:`run`."""
        waits = [asyncio.ensure_future(each.wait()) for each in (event, self._finished)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _connect(self) -> None:
        await self._disconnect()
        # Its own handler of Ctrl-C would cancel every task of the loop, also those that close the connection.
        self._client = client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._refusals.clear()
        self._lost.clear()
        for namespace in self._wanted.namespaces:
            client.on("ready", self._guarded(partial(self._ready, client, namespace)), namespace)
            client.on("events", self._guarded(partial(self._events, namespace)), namespace)
            client.on("gap", self._guarded(partial(self._gap, namespace)), namespace)
            client.on("*", self._guarded(partial(self._other, namespace)), namespace)
            client.on("disconnect", self._dropped, namespace)
            client.on("connect_error", partial(self._refusals.__setitem__, namespace), namespace)
        try:
            await client.connect(
                self._address.url,
                auth=self._auth(),
                transports=["websocket"],
                namespaces=list(self._wanted.namespaces),
                wait_timeout=_CONNECT_TIMEOUT,
            )
        except NotConnected as error:
            raise Unreachable(self._explained(error)) from error

    async def _disconnect(self) -> None:
        if self._client is not None:
            await self._client.disconnect()

    def _auth(self) -> dict[str, Any]:
        return {
            "token": self._address.token or None,
            "batch": True,
            "types": list(self._wanted.types) or None,
            "sessions": list(self._wanted.sessions) or None,
            # auth is the same for all namespaces and cursors are not: a client that is back resumes one by one.
            "resume": "latest" if len(self._positions) == len(self._wanted.namespaces) else self._wanted.start,
        }

    def _explained(self, error: NotConnected) -> str:
        if not self._refusals:
            return f"no server answers at {self._address.url}: {error}"
        reasons = {
            f"{namespace}: {refusal.get('message') if isinstance(refusal, dict) else refusal}"
            for namespace, refusal in self._refusals.items()
        }
        return f"the server at {self._address.url} refuses {', '.join(sorted(reasons))}"

    def _guarded(self, handler: Callable[..., None]) -> Callable[..., None]:
        """``handler``, with an exception ending :meth:`run` instead of being lost in a task of the library."""

        def call(*arguments: Any) -> None:
            if self._finished.is_set():
                return
            try:
                handler(*arguments)
            except BaseException as error:  # noqa: BLE001 - raised again by run()
                self._failure = error
                self._finished.set()

        return call

    def _dropped(self, _reason: str) -> None:
        self._lost.set()

    def _ready(self, client: socketio.AsyncClient, namespace: str, ready: dict[str, Any]) -> None:
        position = self._positions.get(namespace)
        if position is None:
            self._positions[namespace] = _Position(ready["epoch"], ready["from"])
            return
        cursor = {"epoch": position.epoch, "offset": position.offset}
        task = asyncio.get_running_loop().create_task(client.emit("resume", cursor, namespace))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _events(self, namespace: str, batch: dict[str, Any]) -> None:
        position = self._positions[namespace]
        if batch["epoch"] != position.epoch or batch["previous"] > position.offset:
            # Live events from before our cursor took effect; they come again after what was missed.
            return
        for event in batch["events"]:
            if int(event["sequence"]) > position.offset:
                self._follower.event(namespace, event)
        position.offset = max(position.offset, batch["offset"])

    def _gap(self, namespace: str, gap: dict[str, Any]) -> None:
        position = self._positions[namespace]
        if gap["epoch"] != position.epoch:
            position.epoch, position.offset = gap["epoch"], 0
        position.offset = max(position.offset, gap["resume_at"] - 1)
        self._follower.gap(namespace, gap)

    def _other(self, namespace: str, name: str, body: Any = None) -> None:
        # Events without a place in the stream come under their type's name.
        if isinstance(body, dict) and body.get("type") == name:
            self._follower.event(namespace, body)
