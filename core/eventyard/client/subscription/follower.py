"""Follows the streams of a server over one connection, made again when it is lost."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from eventyard.client.backoff import Backoff
from eventyard.client.errors import Refused
from eventyard.client.subscription.connection import Connection, ConnectionLost
from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.inbox import Inbox
from eventyard.client.subscription.messages import Lost, Ready
from eventyard.client.subscription.packets import Packet, PacketKind, connect_packet, event_packet
from eventyard.client.subscription.tracker import Step, Tracker

__all__ = ["Follower"]

log = logging.getLogger(__name__)

# Seconds that joining all namespaces may take.
_JOINING: Final = 10.0


class Follower:
    """Follows streams, each from where its tracker is.

    Attributes:
        ready: How the server greeted us last in each namespace.
        joined: Set when all namespaces were joined for the first time, or will never be.
    """

    def __init__(
        self,
        url: str,
        trackers: Mapping[str, Tracker],
        auth: Mapping[str, Any],
        inbox: Inbox[Step],
        patience: float,
    ) -> None:
        """Follow the streams of ``trackers``.

        Args:
            url: Base URL of the server.
            trackers: Where we are in each namespace.
            auth: What is said when a namespace is joined; its ``resume`` is for those without a cursor.
            inbox: Where everything goes that happens.
            patience: Seconds in a row that the server may be away.
        """
        self.ready: dict[str, Ready] = {}
        self.joined = asyncio.Event()
        self._url = url
        self._trackers = trackers
        self._auth = {name: value for name, value in auth.items() if value is not None}
        self._inbox = inbox
        self._patience = patience
        self._connection: Connection | None = None
        # Namespaces that the server was asked to begin anew, with whoever waits for its answer.
        self._resuming: dict[str, asyncio.Task[None]] = {}
        self._wish: float | None = None

    async def run(self) -> None:
        """Follow for ever; a failure goes to the inbox."""
        try:
            await self._run()
        except Exception as error:  # noqa: BLE001 - raised again where the inbox is read
            self._inbox.fail(error)
            self.joined.set()

    async def acknowledge(self, cursors: Mapping[str, Cursor]) -> None:
        """Tell the server what was dealt with, if it is there."""
        with contextlib.suppress(ConnectionLost):
            for namespace, cursor in cursors.items():
                if self._connection is not None:
                    await self._connection.send(event_packet(namespace, "ack", cursor.to_json()))

    async def call(self, namespace: str, name: str, argument: Any) -> Any:
        """Send a client event and wait for its acknowledgement.

        Raises:
            ConnectionLost: There is no connection at the moment, or no answer.
        """
        if self._connection is None:
            message = f"there is no connection to {self._url} at the moment"
            raise ConnectionLost(message)
        return await self._connection.call(namespace, name, argument)

    async def _run(self) -> None:
        backoff = Backoff()
        away_since = time.monotonic()
        is_told = False
        while True:
            self._wish = None
            try:
                await self._follow(backoff)
            except ConnectionLost as error:
                lost = error
            if self._all_joined:
                away_since = time.monotonic()
                self._inbox.put(Step("", Lost(reason=str(lost))), 0)
            elif time.monotonic() - away_since >= self._patience:
                raise lost
            else:
                # Later it is told as a message; before the first one, nobody would know what is waited for.
                level = logging.DEBUG if is_told or self.joined.is_set() else logging.WARNING
                log.log(level, "%s; waiting for it", lost)
                is_told = True
            self._disconnect()
            await asyncio.sleep(backoff.pause(self._wish if lost.retry_after is None else lost.retry_after))

    @property
    def _all_joined(self) -> bool:
        return all(tracker.joined for tracker in self._trackers.values())

    async def _follow(self, backoff: Backoff) -> None:
        """Follow until the connection is lost."""
        async with Connection.open(self._url) as connection:
            self._connection = connection
            try:
                async with asyncio.timeout(_JOINING):
                    for tracker in self._trackers.values():
                        await connection.send(connect_packet(tracker.namespace, self._auth_of(tracker)))
                    # Not bounded by the inbox: nobody reads it before all namespaces are joined.
                    while not self._all_joined:
                        self._take(connection, *await connection.receive())
            except TimeoutError:
                message = f"the server at {self._url} does not answer to the request to join"
                raise ConnectionLost(message) from None
            self.joined.set()
            backoff.reset()
            while True:
                await self._inbox.room()
                self._take(connection, *await connection.receive())

    def _auth_of(self, tracker: Tracker) -> dict[str, Any]:
        return dict(self._auth) if tracker.cursor is None else {**self._auth, "resume": tracker.cursor.to_json()}

    def _disconnect(self) -> None:
        self._connection = None
        for task in self._resuming.values():
            task.cancel()
        self._resuming.clear()
        for tracker in self._trackers.values():
            tracker.disconnect()

    def _take(self, connection: Connection, packet: Packet, size: int) -> None:
        if packet.kind is PacketKind.CONNECT_ERROR:
            reason = packet.body.get("message") if isinstance(packet.body, dict) else packet.body
            message = f"the server at {self._url} refuses {packet.namespace}: {reason}"
            raise Refused(message)
        if packet.kind is PacketKind.DISCONNECT:
            message = f"the server ended {packet.namespace}"
            raise ConnectionLost(message)
        tracker = self._trackers.get(packet.namespace)
        if packet.kind is not PacketKind.EVENT or tracker is None:
            return
        name, body = (*packet.body, None)[:2]
        if name == "drain":
            self._wish = body["retry_after_ms"] / 1000
            return
        for step in tracker.take(name, body):
            if isinstance(step.message, Ready):
                self.ready[tracker.namespace] = step.message
            # Counted at the first event of a message: one message more than the limit is held, however it is counted.
            self._inbox.put(step, size)
            size = 0
        if tracker.has_hole and tracker.namespace not in self._resuming:
            task = asyncio.get_running_loop().create_task(self._resume(connection, tracker))
            self._resuming[tracker.namespace] = task

    async def _resume(self, connection: Connection, tracker: Tracker) -> None:
        """Have the server begin anew at the tracker's cursor."""
        cursor = tracker.cursor
        log.warning("the server left out events of %s; it is asked for them", tracker.namespace)
        try:
            answer = await connection.call(tracker.namespace, "resume", None if cursor is None else cursor.to_json())
            if not (isinstance(answer, dict) and answer.get("ok")):
                await connection.close()
        except ConnectionLost:
            await connection.close()
        finally:
            tracker.has_hole = False
            self._resuming.pop(tracker.namespace, None)
