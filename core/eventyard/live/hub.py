"""Where clients and streams meet: joining, leaving, state, acknowledgements."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import socketio
from aiohttp import web

from eventyard.access import EVERYTHING, client_name
from eventyard.delivery import (
    Connection,
    ConnectionState,
    Engine,
    Stream,
    Subscriber,
    Synchronizer,
)
from eventyard.events import Event, Outcome
from eventyard.live.acknowledgement import read_ack
from eventyard.live.admission import Admission
from eventyard.live.handlers import Handlers
from eventyard.live.join_request import InvalidRequest, read_resume
from eventyard.live.snapshots import Snapshots
from eventyard.metrics import Metrics
from eventyard.pipeline import SERVER_SOURCE

__all__ = ["Hub"]


class Hub:
    """Where clients and streams meet.

    Attributes:
        connections: The connected clients, by Engine.IO session id.
    """

    def __init__(
        self,
        server: socketio.AsyncServer,
        engine: Engine,
        handlers: Handlers,
        *,
        streams: Mapping[str, Stream],
        synchronizer: Synchronizer,
        admission: Admission,
        metrics: Metrics,
        publish: Callable[[Sequence[Event]], Awaitable[list[Outcome]]],
        say: Callable[[Event], None],
    ) -> None:
        """Serve the clients of ``server``.

        Args:
            server: The Socket.IO server.
            engine: Its Engine.IO side.
            handlers: The namespace handlers.
            streams: The streams by name.
            synchronizer: Brings clients live.
            admission: Who may join.
            metrics: Where clients are counted.
            publish: Takes in events and waits for the outcome.
            say: Takes in an event of the server itself, soon.
        """
        self.connections: dict[str, Connection] = {}
        self.publish = publish
        self._server = server
        self._engine = engine
        self._handlers = handlers
        self._snapshots = Snapshots(handlers, streams)
        self._streams = streams
        self._synchronizer = synchronizer
        self._admission = admission
        self._metrics = metrics
        self._say = say

    def join(self, namespace: str, sid: str, environ: Mapping[str, Any], auth: Any) -> None:
        """Let a client into ``namespace``.

        Raises:
            Refused: It may not; the client is told why.
        """
        request, grant = self._admission.read(namespace, environ, auth)
        connection = self._connection(namespace, sid, environ)
        connection.grants[namespace] = grant
        stream = self._streams[namespace[1:]]
        subscriber = Subscriber(sid, connection, stream, request.view, window=request.window, listener=self._tell)
        connection.subscribers[namespace] = subscriber
        stream.subscribers.add(subscriber)
        subscriber.change(ConnectionState.AUTHENTICATED)
        self._metrics.subscribers.labels(stream.name).set(len(stream.subscribers))
        self._synchronizer.join(subscriber, request.resume, lambda: self._snapshots.of(namespace))

    def join_ingest(self, namespace: str, sid: str, environ: Mapping[str, Any], auth: Any) -> None:
        """Let a publisher in.

        Raises:
            Refused: It may not.
        """
        grant = self._admission.publish(namespace, environ, auth)
        connection = self._connection(namespace, sid, environ)
        connection.grants[namespace] = grant
        connection.publishes = True

    def leave(self, namespace: str, sid: str, reason: str | None) -> None:
        """Forget a client that left ``namespace``."""
        connection = self.connections.get(self._engine_id(namespace, sid))
        if connection is None:
            return
        connection.grants.pop(namespace, None)
        subscriber = connection.subscribers.pop(namespace, None)
        if subscriber is None:
            connection.publishes = False
        else:
            if subscriber.syncing is not None:
                subscriber.syncing.cancel()
            stream = subscriber.stream
            stream.leave(subscriber)
            stream.subscribers.discard(subscriber)
            self._metrics.subscribers.labels(stream.name).set(len(stream.subscribers))
            subscriber.change(ConnectionState.CLOSED, subscriber.closing_reason or reason)
        if not connection.joined:
            self._forget(connection)
            if reason == self._server.reason.PING_TIMEOUT:
                # Engine.IO forgets a peer whose pings go unanswered, but keeps its queue, tasks and socket as long as
                # the peer's kernel acknowledges; only an abort frees them.
                connection.socket.abort()

    def client(self, namespace: str, sid: str) -> str:
        """Who the client is in ``namespace``, for what single clients may."""
        connection = self.connections.get(self._engine_id(namespace, sid))
        if connection is None:
            return "a client that has gone"
        return client_name(connection.grants.get(namespace, EVERYTHING), connection.address)

    def refused(self, reason: str) -> None:
        """Count something that a client was refused."""
        self._metrics.refused.labels(reason).inc()

    def turn_out(self) -> None:
        """Close the connections of those whose token is not valid any more."""
        for connection in list(self.connections.values()):
            if not all(map(self._admission.holds, connection.grants.values())):
                self._metrics.refused.labels("withdrawn").inc()
                connection.abort("token_withdrawn")

    def state(self, namespace: str) -> dict[str, Any]:
        """The answer to ``get_state``: the snapshot, and the position that it belongs to."""
        self._synchronizer.flush()
        stream = self._streams[namespace[1:]]
        return {"epoch": stream.epoch, "head": stream.position, "snapshot": self._snapshots.of(namespace)}

    def acknowledge(self, namespace: str, sid: str, argument: Any) -> dict[str, Any]:
        """Take note of what a client says it has.

        Raises:
            InvalidRequest: That cannot be; see :func:`read_ack`.
        """
        subscriber = self._subscriber(namespace, sid)
        subscriber.acknowledge(read_ack(argument, subscriber))
        return {"ok": True}

    def resume(self, namespace: str, sid: str, argument: Any) -> dict[str, Any]:
        """Have a client start anew from a cursor, without reconnecting.

        Raises:
            InvalidRequest: It is no cursor, or the client is not through with joining.
        """
        subscriber = self._subscriber(namespace, sid)
        if subscriber.state not in {ConnectionState.LIVE, ConnectionState.LAGGING, ConnectionState.SYNCING}:
            message = f"resume is not possible while {subscriber.state}"
            raise InvalidRequest(message)
        start = self._synchronizer.resume(subscriber, read_resume(argument, "resume"))
        return {"ok": True, "from": start.offset, "recovered": start.recovered, "reason": start.reason}

    def change_rooms(self, namespace: str, sid: str, *, enter: str | None = None, leave: str | None = None) -> None:
        """Change which events that are routed to rooms a client sees."""
        subscriber = self._subscriber(namespace, sid)
        rooms = (subscriber.view.rooms | {enter} if enter else subscriber.view.rooms) - {leave}
        self._synchronizer.change_view(subscriber, rooms)

    def handler_failed(self, namespace: str, method: str, error: BaseException) -> None:
        """Count a client event that a handler failed to handle."""
        self._handlers.client_event(namespace, method).failed(error)

    def _connection(self, namespace: str, sid: str, environ: Mapping[str, Any]) -> Connection:
        engine_id = self._engine_id(namespace, sid)
        connection = self.connections.get(engine_id)
        if connection is None:
            request: web.Request = environ["aiohttp.request"]
            connection = self.connections[engine_id] = Connection(
                engine_id,
                self._engine.socket(engine_id),
                request.remote or "",
                _text(request.headers.get("User-Agent", ""))[:256],
            )
            self._metrics.clients.set(len(self.connections))
        # While it answers a request to join, Engine.IO may find the answer to a ping overdue. It ends the session then,
        # but python-socketio does not tell those who are not through with joining.
        asyncio.get_running_loop().call_soon(self._leave_if_ended, namespace, sid)
        return connection

    def _leave_if_ended(self, namespace: str, sid: str) -> None:
        engine_id = self._engine_id(namespace, sid)
        if engine_id in self.connections and self._engine.has_ended(engine_id):
            self.leave(namespace, sid, self._server.reason.PING_TIMEOUT)

    def _forget(self, connection: Connection) -> None:
        self.connections.pop(connection.id, None)
        self._metrics.clients.set(len(self.connections))

    def _engine_id(self, namespace: str, sid: str) -> str:
        engine_id: str | None = self._server.manager.eio_sid_from_sid(sid, namespace)
        return engine_id or ""

    def _subscriber(self, namespace: str, sid: str) -> Subscriber:
        connection = self.connections.get(self._engine_id(namespace, sid))
        if connection is None or namespace not in connection.subscribers:
            message = f"not connected to {namespace}"
            raise InvalidRequest(message)
        return connection.subscribers[namespace]

    def _tell(self, subscriber: Subscriber, previous: ConnectionState | None, reason: str | None) -> None:
        """Count a change of state and tell it on ``/system``."""
        self._metrics.transitions.labels(subscriber.state.value).inc()
        data = {
            "client": subscriber.sid,
            "namespace": subscriber.stream.namespace,
            "state": subscriber.state.value,
            "previous": None if previous is None else previous.value,
            "address": subscriber.connection.address,
            "user_agent": subscriber.connection.user_agent,
        }
        if reason:
            data["reason"] = reason
        self._say(Event.create("connection_status", source=SERVER_SOURCE, data=data))


def _text(header: str) -> str:
    """``header`` as text that can be sent on: aiohttp makes lone surrogates of bytes that are not UTF-8."""
    return header.encode(errors="surrogateescape").decode(errors="replace")
