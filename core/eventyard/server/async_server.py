"""The server: all parts, put together, started and stopped."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, Self

import socketio
from aiohttp import web

from eventyard.access import Credentials, HostAllowList, Origins, is_loopback
from eventyard.delivery import Broadcaster, Burst, Stream, Synchronizer, Watchdog, bound_queues, event_message
from eventyard.delivery import ConnectionState as State
from eventyard.errors import JournalError, SettingsError
from eventyard.events import BufferMode, Event, Outcome
from eventyard.http import (
    EngineRoute,
    EventRoutes,
    HookRoutes,
    Routes,
    SchemaRoutes,
    StatusRoutes,
    StreamRoutes,
    make_application,
    make_gate,
)
from eventyard.journal import Journal, MemoryJournal, Quotas, SqliteJournal
from eventyard.live import INGEST, Hub, IngestNamespace, Json, TextPacket, make_handlers
from eventyard.metrics import Metrics
from eventyard.pipeline import (
    SERVER_SOURCE,
    Announcer,
    DeadLetters,
    ForeignBodies,
    Limits,
    Pipeline,
    PipelineLimits,
    plugin_fault,
)
from eventyard.plugins import HookFault, PluginManager
from eventyard.server.listener import open_sockets
from eventyard.server.vitals import Vitals
from eventyard.settings import Settings

__all__ = ["AsyncServer"]

log = logging.getLogger(__name__)

#: How long clients get to take what was written before the server closes, in seconds.
_DRAIN_SECONDS: Final = 1.0

#: When a client may come back after a ``drain``, in milliseconds.
_RETRY_AFTER_MS: Final = 1000


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
        self.settings = settings = settings or Settings()
        self._credentials = Credentials(settings.token)
        if not is_loopback(settings.host) and not self._credentials.required:
            message = (
                f"host {settings.host!r} is reachable from other machines, so the server needs a token: "
                "set token, or the environment variable EVENTYARD_TOKEN"
            )
            raise SettingsError(message)
        self.metrics = Metrics()
        self.plugins = PluginManager.load(settings, plugins)
        self._handlers = make_handlers(self.plugins)
        self._journal = _journal(settings)
        self._streams = {stream.name: stream for stream in map(self._stream, self._handlers.by_name)}
        self._broadcaster = Broadcaster(self._streams, self._handlers.observers, self.metrics)
        self._journal.listen(self._broadcaster.send)
        self._dead_letters = DeadLetters(settings.dead_letter_capacity)
        limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)
        self._pipeline = Pipeline(
            self.plugins,
            journal=self._journal,
            audience=self._broadcaster,
            dead_letters=self._dead_letters,
            metrics=self.metrics,
            limits=PipelineLimits(settings.max_event_size, settings.duplicate_window, limits),
            namespaces=frozenset(self._handlers.by_name),
        )
        self._announcer = Announcer(self._pipeline.publish, self.metrics)
        self._synchronizer = Synchronizer(
            self._journal,
            self.metrics,
            max_lag_bytes=settings.delivery.max_lag_bytes,
            stall_timeout=settings.delivery.stall_timeout,
            flush=self._broadcaster.flush,
        )
        self._broadcaster.bring_back_with(self._synchronizer)
        self._origins = Origins(settings.cors_origins)
        self._socketio = self._make_socketio()
        self._hub = Hub(
            self._socketio,
            self._handlers,
            streams=self._streams,
            synchronizer=self._synchronizer,
            credentials=self._credentials,
            origins=self._origins,
            metrics=self.metrics,
            publish=self._pipeline.publish,
            say=self._say,
        )
        self._register_namespaces()
        self._vitals = Vitals(self.plugins, self._journal, self._streams, self._hub.connections, self.metrics)
        self._runner = web.AppRunner(self._make_application(limits), access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        self._tasks: list[asyncio.Task[None]] = []
        self._url: str | None = None
        self._draining = False
        self.plugins.on_fault(self._tell_fault)

    @property
    def url(self) -> str:
        """Where the server answers, for example ``http://localhost:8765``.

        Raises:
            RuntimeError: It was not started.
        """
        if self._url is None:
            message = "the server was not started"
            raise RuntimeError(message)
        return self._url

    @property
    def namespaces(self) -> list[str]:
        """The namespaces that clients may join, sorted."""
        return sorted(self._handlers.by_name)

    async def start(self) -> None:
        """Listen, and give back when clients and events are taken.

        Raises:
            AddressInUse: Another process listens at the address.
            JournalError: The data directory cannot be used.
            SettingsError: The address cannot be listened at.
        """
        host = self.settings.host
        sockets = await open_sockets(host, self.settings.port)
        try:
            self._journal.open()
        except JournalError:
            for each in sockets:
                each.close()
            raise
        self._restore()
        await self._runner.setup()
        for each in sockets:
            await web.SockSite(self._runner, each).start()
        name = f"[{host}]" if ":" in host else host
        self._url = f"http://{name}:{sockets[0].getsockname()[1]}"
        watchdog = Watchdog(self._hub.connections, self._socketio, self.metrics, self.settings.connection_timeout)
        self._spawn("announcer", self._announcer.run())
        self._spawn("watchdog", watchdog.run())
        self._spawn("heartbeat", self._vitals.beat(self._say, self.settings.heartbeat_interval))
        log.info("listening on %s", self._url)

    async def stop(self) -> None:
        """Tell the clients, finish what was begun and close; calling it again does nothing."""
        if self._draining:
            return
        self._draining = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._broadcaster.flush()
        self._drain()
        await self._pipeline.sinks.close(_DRAIN_SECONDS)
        await self._socketio.shutdown()
        await self._runner.cleanup()
        for connection in list(self._hub.connections.values()):
            connection.socket.abort()
        await self._journal.close()

    async def publish(self, *events: Event | Mapping[str, Any]) -> list[Outcome]:
        """Take in events, as ``POST /v1/events`` does.

        Raises:
            JournalError: Nothing was kept.
        """
        return await self._pipeline.process([dict(event) for event in events], "server")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _restore(self) -> None:
        """Go on where the journal ends: streams, the state of the namespaces, the duplicate check."""
        for stream in self._streams.values():
            stream.restore()
        for record in self._journal.kept():
            self._broadcaster.apply(record)
            self._pipeline.duplicates.remember(record.event, record.placement)

    def _stream(self, namespace: str) -> Stream:
        always_buffered = any(
            owned.type.namespace == namespace and owned.type.policy.mode is BufferMode.ALWAYS_BUFFER
            for owned in self.plugins.types.values()
        )
        return Stream(
            namespace,
            self._journal,
            self.metrics,
            self.settings.delivery.max_lag_bytes,
            always_buffered=always_buffered,
        )

    def _make_socketio(self) -> socketio.AsyncServer:
        server = socketio.AsyncServer(
            async_mode="aiohttp",
            # One event of a client after the other: its order holds, and TCP slows down a client that sends too much.
            async_handlers=False,
            # The gate has looked at the origin already; the list would turn python-socketio's own check on.
            cors_allowed_origins=[],
            json=Json,
            logger=False,
            max_http_buffer_size=self.settings.max_body_size,
            namespaces=[INGEST, *self._handlers.by_name],
            serializer=TextPacket,
        )
        bound_queues(server)
        return server

    def _register_namespaces(self) -> None:
        for handler in self._handlers.by_name.values():
            handler.bind(self._hub)
            self._socketio.register_namespace(handler)
        self._socketio.register_namespace(IngestNamespace(self._hub, self._pipeline.process, self.settings.max_batch))

    def _make_application(self, limits: Limits) -> web.Application:
        settings = self.settings
        hosts = HostAllowList(settings.host, settings.allowed_hosts)
        bodies = ForeignBodies(self.plugins, self._pipeline, self._dead_letters)
        rooms: list[Routes] = [
            EventRoutes(self._pipeline, self.metrics, limits, settings.max_event_size, settings.max_batch),
            HookRoutes(bodies, self.metrics, limits, settings.max_event_size),
            SchemaRoutes(self.plugins),
            StreamRoutes(self._streams, self._journal, self._dead_letters),
            StatusRoutes(self._vitals.health, self._is_ready, self._hub.connections, self.metrics),
            EngineRoute(self._socketio, self._hub, self.metrics, settings.max_clients, lambda: self._draining),
        ]
        return make_application(
            rooms, make_gate(hosts, self._origins, self._credentials, self.metrics), settings.max_body_size
        )

    def _is_ready(self) -> bool:
        return self._url is not None and not self._draining

    def _say(self, event: Event) -> None:
        # Without the plugin that owns it, nobody could read it.
        if self._pipeline.knows(event.type):
            self._announcer.say(event)

    def _tell_fault(self, fault: HookFault) -> None:
        self.metrics.hook_errors.labels(fault.plugin.name, fault.hook).inc()
        # A plugin that fails for the report of its failure would be reported without end.
        if fault.event is None or fault.event.source != SERVER_SOURCE:
            self._say(plugin_fault(fault))

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work, name=f"eventyard {name}"))

    def _drain(self) -> None:
        """Tell every client when to come back, and close its connection behind that."""
        for connection in self._hub.connections.values():
            messages: list[bytes] = []
            for subscriber in connection.subscribers.values():
                if subscriber.may_become(State.DRAINING):
                    subscriber.change(State.DRAINING, "the server stops")
                    body = b'{"retry_after_ms":%d}' % _RETRY_AFTER_MS
                    messages.append(event_message(subscriber.stream.encoded_namespace, b"drain", body))
            with contextlib.suppress(OSError):
                connection.socket.write(Burst(messages))
                connection.socket.close()


def _journal(settings: Settings) -> Journal:
    own = settings.journal
    quotas = Quotas(settings.max_buffer_size, own.max_bytes, own.max_age or None)
    if own.durability == "memory":
        return MemoryJournal(quotas)
    return SqliteJournal(
        Path(settings.data_dir),
        own.durability,
        quotas,
        queue_events=own.queue_events,
        queue_bytes=own.queue_bytes,
    )
