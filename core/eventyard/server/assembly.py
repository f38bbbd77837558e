"""The parts of a server, put together; nothing is opened or started here."""

from collections.abc import Callable, Mapping

import socketio
from aiohttp import web

from eventyard.access import HostAllowList, Origins, is_loopback
from eventyard.delivery import Bound, Broadcaster, Engine, Stream, Synchronizer, Watchdog
from eventyard.errors import SettingsError
from eventyard.events import BufferMode, Event
from eventyard.http import (
    CatalogueRoutes,
    DeadLetterRoutes,
    Desk,
    EngineRoute,
    EventRoutes,
    HookRoutes,
    Quota,
    Routes,
    SchemaRoutes,
    StatusRoutes,
    StreamRoutes,
    make_application,
    make_gate,
)
from eventyard.live import INGEST, Admission, Hub, IngestNamespace, Json, TextPacket, make_handlers
from eventyard.metrics import Metrics
from eventyard.pipeline import (
    SERVER_SOURCE,
    Announcer,
    ForeignBodies,
    Limits,
    Pipeline,
    PipelineLimits,
    Retrying,
    StoredEvents,
    plugin_fault,
    read_failure,
)
from eventyard.plugins import HookFault, PluginManager
from eventyard.server.keeping import duplicate_window, make_dead_letters, make_journal, make_redactor
from eventyard.server.vitals import Vitals
from eventyard.settings import Settings
from eventyard.settings.credentials import credentials_of
from eventyard.settings.limits import handshakes_of, sender_limits_of

__all__ = ["Assembly"]


class Assembly:
    """The parts of a server, from the plugins up to the application.

    Attributes:
        plugins: The plugins.
        metrics: What is counted.
        journal: Where events are kept.
        dead_letters: Where what was refused is kept.
        streams: The streams, by name.
        broadcaster: Sends what was committed.
        pipeline: Takes events in.
        announcer: Publishes the server's own events.
        hub: Where clients and streams meet.
        socketio: The Socket.IO server.
        vitals: Tells how the server is.
        watchdog: Looks after connections.
        credentials: Who may publish and read.
        desk: Takes plain posts of events and hook calls.
    """

    def __init__(self, settings: Settings, plugins: Mapping[str, object] | None) -> None:
        """Put the parts together; see :class:`AsyncServer` for the arguments and errors."""
        self._settings = settings
        self.credentials = credentials_of(settings)
        if not is_loopback(settings.host) and not self.credentials.can_be_met:
            message = (
                f"host {settings.host!r} is reachable from other machines, so the server needs a token: "
                "set token, or the environment variable EVENTYARD_TOKEN, or make one with eventyard token create"
            )
            raise SettingsError(message)
        self.metrics = Metrics()
        self.plugins = PluginManager.load(settings, plugins)
        self._handlers = make_handlers(self.plugins)
        self.namespaces = frozenset(self._handlers.by_name)
        self.journal = make_journal(settings, self.plugins)
        self._stored = StoredEvents(self.plugins)
        self._bound = Bound(settings.delivery.max_lag_bytes, settings.delivery.max_lag_frames)
        self.streams = {stream.name: stream for stream in map(self._stream, self._handlers.by_name)}
        self.broadcaster = Broadcaster(self.streams, self._handlers.observers, self.metrics)
        self.journal.listen(self.broadcaster.send)
        self.dead_letters = make_dead_letters(settings, self.metrics)
        self.metrics.dead_letters.set_function(lambda: self.dead_letters.kept)
        self._limits = Limits(max_depth=settings.validation.max_depth, max_nodes=settings.validation.max_nodes)
        self.pipeline = Pipeline(
            self.plugins,
            journal=self.journal,
            audience=self.broadcaster,
            dead_letters=self.dead_letters,
            metrics=self.metrics,
            limits=PipelineLimits(settings.max_event_size, duplicate_window(settings, self.plugins), self._limits),
            namespaces=self.namespaces,
            redactor=make_redactor(settings),
        )
        self.announcer = Announcer(self.pipeline.publish, self.metrics)
        self.plugins.on_fault(self._tell_fault)
        self._origins = Origins(settings.cors_origins)
        self._sender_limits = sender_limits_of(settings.limits)
        self.socketio = self._make_socketio()
        self._engine = Engine(self.socketio)
        self.hub = self._make_hub()
        self.vitals = Vitals(
            self.plugins,
            journal=self.journal,
            dead_letters=self.dead_letters,
            streams=self.streams,
            connections=self.hub.connections,
            metrics=self.metrics,
        )
        self.watchdog = Watchdog(self.hub.connections, self._engine, self.metrics, settings.connection_timeout)
        self._hosts = HostAllowList(settings.host, settings.allowed_hosts)
        self._bodies = ForeignBodies(self.plugins, self.pipeline, self._limits)
        quota = Quota(self._sender_limits, self.credentials, self.metrics)
        self._events = EventRoutes(
            self.pipeline,
            self.metrics,
            self._limits,
            quota=quota,
            max_event_size=settings.max_event_size,
            max_batch=settings.max_batch,
        )
        self._hooks = HookRoutes(self._bodies, self.metrics, self._limits, quota)
        self.desk = Desk(
            self._events,
            self._hooks,
            hosts=self._hosts,
            credentials=self.credentials,
            max_body_size=settings.max_body_size,
            is_limited=quota.is_set,
            debug=settings.debug,
        )

    def application(self, is_running: Callable[[], bool]) -> web.Application:
        """The HTTP side; ``is_running`` tells whether the server was started and is not about to stop."""
        settings = self._settings

        def is_ready() -> bool:
            return is_running() and self.journal.failure is None

        retrying = Retrying(self.dead_letters, self.pipeline, self._bodies, self._limits)
        rooms: list[Routes] = [
            self._events,
            self._hooks,
            SchemaRoutes(self.plugins),
            StreamRoutes(self.streams, self.journal, self.credentials),
            DeadLetterRoutes(self.dead_letters, retrying, self._limits),
            CatalogueRoutes(self.plugins),
            StatusRoutes(self.vitals.health, is_ready, self.hub.connections, self.metrics),
            EngineRoute(
                self.socketio,
                self._engine,
                self.metrics,
                max_clients=settings.max_clients,
                handshakes=handshakes_of(settings.limits),
                is_running=is_running,
            ),
        ]
        gate = make_gate(self._hosts, self._origins, self.credentials, self.metrics, debug=settings.debug)
        return make_application(rooms, gate, settings.max_body_size)

    def restore(self) -> None:
        """Go on where the journal ends: streams, the state of the namespaces, the duplicate check."""
        for stream in self.streams.values():
            stream.restore()
        for record in self.journal.kept():
            current = self._stored.current(record)
            # The stream of a namespace that nobody has any more is not there.
            if current is not record and record.stream in self.streams:
                self.streams[record.stream].note_outdated(record.offset or 0)
            # A state is made of current versions alone.
            if current is not None:
                self.broadcaster.apply(current)
        for source, identity, placement in self.journal.identities():
            self.pipeline.duplicates.remember((source, identity), placement)
            self.pipeline.duplicates.settle((source, identity), placement)

    def say(self, event: Event) -> None:
        """Publish an event of the server itself, soon."""
        # Without the plugin that owns it, nobody could read it.
        if self.pipeline.knows(event.type):
            self.announcer.say(event)

    def _tell_fault(self, fault: HookFault) -> None:
        self.metrics.hook_errors.labels(fault.plugin.name, fault.hook).inc()
        # A plugin that fails for the report of its failure would be reported without end.
        if fault.event is None or fault.event.source != SERVER_SOURCE:
            self.say(plugin_fault(fault))

    def _stream(self, namespace: str) -> Stream:
        always_buffered = any(
            owned.type.namespace == namespace and owned.type.policy.mode is BufferMode.ALWAYS_BUFFER
            for owned in self.plugins.types.values()
        )
        return Stream(
            namespace,
            self.journal,
            self.metrics,
            self._bound,
            always_buffered=always_buffered,
            current=self._stored.current,
        )

    def _make_socketio(self) -> socketio.AsyncServer:
        return socketio.AsyncServer(
            async_mode="aiohttp",
            # One event of a client after the other: its order holds, and TCP slows down a client that sends too much.
            async_handlers=False,
            # The gate has looked at the origin already; the list would turn python-socketio's own check on.
            cors_allowed_origins=[],
            json=Json,
            logger=False,
            max_http_buffer_size=self._settings.max_body_size,
            namespaces=[INGEST, *self._handlers.by_name],
            serializer=TextPacket,
        )

    def _make_hub(self) -> Hub:
        synchronizer = Synchronizer(
            self.journal,
            self.metrics,
            self._settings.delivery,
            bound=self._bound,
            flush=self.broadcaster.flush,
            report=lambda stream, error: self.say(read_failure(stream, error)),
        )
        self.broadcaster.bring_back_with(synchronizer)
        hub = Hub(
            self.socketio,
            self._engine,
            self._handlers,
            streams=self.streams,
            synchronizer=synchronizer,
            admission=Admission(self.credentials, self._origins, self.metrics),
            metrics=self.metrics,
            publish=self.pipeline.publish,
            say=self.say,
        )
        for handler in self._handlers.by_name.values():
            handler.bind(hub)
            self.socketio.register_namespace(handler)
        self.socketio.register_namespace(
            IngestNamespace(hub, self.pipeline, self._limits, self._sender_limits, self._settings.max_batch)
        )
        return hub
