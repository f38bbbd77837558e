"""The server on an event loop: started and stopped."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any, Final, Self

from aiohttp import web

from eventyard.delivery import Burst, Message, event_message
from eventyard.delivery import ConnectionState as State
from eventyard.events import Event, Outcome
from eventyard.http import Front
from eventyard.server.assembly import Assembly
from eventyard.server.background import Background
from eventyard.server.lifespans import Lifespans
from eventyard.server.listener import BACKLOG, open_sockets, stop_listening
from eventyard.settings import Settings

__all__ = ["AsyncServer"]

log = logging.getLogger(__name__)

#: How long clients get to take what was written before the server closes, in seconds.
_DRAIN_SECONDS: Final = 1.0

#: How often what has become too old is trimmed, in seconds.
_TRIM_INTERVAL: Final = 1.0

#: How long a token that was revoked may still be good for, in seconds.
_TOKENS_INTERVAL: Final = 1.0

#: When a client may come back after a ``drain``, in milliseconds.
_RETRY_AFTER_MS: Final = 1000

_NOT_STARTED: Final = "the server was not started"
_STOPPED: Final = "the server has stopped"


class AsyncServer:
    """An Eventyard server on the running event loop.

    Creating one loads the plugins and opens nothing; :meth:`start` listens, :meth:`stop` ends it for good.

    Attributes:
        settings: Its settings.
        plugins: Its plugins.
        metrics: What it counts.
    """

    def __init__(self, settings: Settings | None = None, plugins: Mapping[str, object] | None = None) -> None:
        """Put a server together.

        Args:
            settings: Its settings; the defaults when omitted.
            plugins: Plugin objects by name, besides the installed ones.

        Raises:
            PluginError: A plugin that the settings require failed, or they name one that is not installed.
            OwnershipError: Two plugins claim the same name, event type, namespace or schema ``$id``.
            SettingsError: The settings would let strangers in.
        """
        self.settings = settings or Settings()
        self._parts = Assembly(self.settings, plugins)
        self.plugins = self._parts.plugins
        self.metrics = self._parts.metrics
        self._runner = web.AppRunner(
            self._parts.application(self._is_running), access_log=None, shutdown_timeout=_DRAIN_SECONDS
        )
        self._lifespans = Lifespans(self.plugins, self)
        self._background = Background()
        self._url: str | None = None
        self._stopping: asyncio.Task[None] | None = None
        # Why nothing can be published.
        self._refusal: str | None = _NOT_STARTED

    @property
    def url(self) -> str:
        """Where the server answers, for example ``http://localhost:8765``.

        Raises:
            RuntimeError: It was not started.
        """
        if self._url is None:
            raise RuntimeError(_NOT_STARTED)
        return self._url

    @property
    def namespaces(self) -> list[str]:
        """The namespaces that clients may join, sorted."""
        return sorted(self._parts.namespaces)

    async def start(self) -> None:
        """Listen, and give back when clients and events are taken.

        Raises:
            AddressInUse: Another process listens at the address.
            JournalError: The data directory cannot be used.
            PluginError: A required plugin fails to open what it needs.
            SettingsError: The address cannot be listened at.
        """
        parts = self._parts
        host = self.settings.host
        async with contextlib.AsyncExitStack() as undo:
            sockets = await open_sockets(host, self.settings.port)
            for each in sockets:
                undo.callback(each.close)
            parts.journal.open()
            undo.push_async_callback(parts.journal.close)
            parts.dead_letters.open()
            undo.push_async_callback(parts.dead_letters.close)
            parts.restore()
            undo.callback(self._refuse, _NOT_STARTED)
            self._refusal = None
            undo.push_async_callback(self._lifespans.close)
            await self._lifespans.open()
            await self._runner.setup()
            undo.push_async_callback(self._runner.cleanup)
            assert self._runner.server is not None
            self._front = Front(parts.desk, self._runner.server)
            undo.push_async_callback(self._front.close, 0)
            loop = asyncio.get_running_loop()
            self._listening = [await loop.create_server(self._front, sock=each, backlog=BACKLOG) for each in sockets]
            undo.pop_all()
        name = f"[{host}]" if ":" in host else host
        self._url = f"http://{name}:{sockets[0].getsockname()[1]}"
        self._begin_background()
        log.debug("listening on %s", self._url)

    async def stop(self) -> None:
        """Tell the clients, finish what was begun and close; whoever calls it waits until that is done.

        Who is cancelled while waiting is so behind it: a server that is stopped half-way would keep the data directory.
        """
        if self._url is None:
            return
        if self._stopping is None:
            self._stopping = asyncio.get_running_loop().create_task(self._close(), name="eventyard stop")
        try:
            await asyncio.shield(self._stopping)
        except asyncio.CancelledError:
            await asyncio.wait({self._stopping})
            raise

    async def publish(self, *events: Event | Mapping[str, Any]) -> list[Outcome]:
        """Take in events, as ``POST /v1/events`` does; while plugins are being opened, wait until all of them are.

        While the server stops, events are taken in until the plugins are closed.

        Raises:
            JournalError: Nothing was kept.
            RuntimeError: The server was not started, or has stopped; or it is a plugin's ``lifespan`` that publishes
                before its ``yield``.
        """
        await self._lifespans.opened()
        if self._refusal is not None:
            raise RuntimeError(self._refusal)
        return await self._parts.pipeline.process([dict(event) for event in events], "server")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def needs_token(self) -> bool:
        """Whether it lets nobody in without a token."""
        return self._parts.credentials.required

    def _is_running(self) -> bool:
        return self._url is not None and self._stopping is None

    def _refuse(self, reason: str) -> None:
        """Have nothing published any more."""
        self._refusal = reason

    def _begin_background(self) -> None:
        begin, parts, interval = self._background.begin, self._parts, self.settings.heartbeat_interval
        begin("announcer", parts.announcer.run, "events of the server itself are not published")
        begin("watchdog", parts.watchdog.run, "connections that nobody else would end stay open")
        begin("heartbeat", lambda: parts.vitals.beat(parts.say, interval), "no heartbeats are sent")
        begin("tokens", self._look_after_tokens, "tokens that are made or revoked are not seen")
        begin("trimming", self._trim, "what has become too old stays")

    async def _close(self) -> None:
        parts = self._parts
        # What belongs to nobody else is freed, whatever goes wrong before.
        async with contextlib.AsyncExitStack() as at_last:
            # Last: until then the data directory belongs to this server.
            at_last.push_async_callback(parts.journal.close)
            at_last.push_async_callback(parts.dead_letters.close)
            at_last.callback(self._refuse, _STOPPED)
            # Behind all that calls hooks.
            at_last.push_async_callback(self._lifespans.close)
            await self._background.end()
            parts.broadcaster.flush()
            self._drain()
            await parts.pipeline.sinks.close(_DRAIN_SECONDS)
            await parts.socketio.shutdown()
            await stop_listening(self._listening)
            await self._front.close(_DRAIN_SECONDS)
            await self._runner.cleanup()
            for connection in list(parts.hub.connections.values()):
                connection.socket.abort()

    async def _look_after_tokens(self) -> None:
        while True:
            await asyncio.sleep(_TOKENS_INTERVAL)
            self._parts.credentials.refresh()
            self._parts.hub.turn_out()

    async def _trim(self) -> None:
        while True:
            await asyncio.sleep(_TRIM_INTERVAL)
            self._parts.journal.trim()

    def _drain(self) -> None:
        """Tell every client when to come back, and close its connection behind that."""
        for connection in self._parts.hub.connections.values():
            messages: list[Message] = []
            for subscriber in connection.subscribers.values():
                if subscriber.may_become(State.DRAINING):
                    subscriber.change(State.DRAINING, "the server stops")
                    body = b'{"retry_after_ms":%d}' % _RETRY_AFTER_MS
                    messages.append(event_message(subscriber.stream.encoded_namespace, "drain", body))
            with contextlib.suppress(OSError):
                connection.socket.write(Burst(messages))
                connection.socket.close()
