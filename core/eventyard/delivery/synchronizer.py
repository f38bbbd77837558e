"""Brings a client to where the stream is: first when it joins, again when it fell behind.

Clients that are not live pull from the journal; nothing is ever written to a client from two sides. A client enters
the live ones in the same step in which it is seen to have everything, so no event can slip between.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson

from eventyard.delivery.bound import Bound
from eventyard.delivery.catch_up import CatchUp, level
from eventyard.delivery.frames import Burst, event_message
from eventyard.delivery.gap import Gaps
from eventyard.delivery.pages import Pages, UnreadableListener
from eventyard.delivery.patience import Patience
from eventyard.delivery.position import Resume, Start, start_of
from eventyard.delivery.state import ConnectionState
from eventyard.delivery.subscriber import Subscriber
from eventyard.journal import Journal
from eventyard.metrics import Metrics
from eventyard.settings import DeliverySettings

__all__ = ["PROTOCOL_VERSION", "Synchronizer"]

log = logging.getLogger(__name__)

#: Version of the live protocol, told in ``ready``.
PROTOCOL_VERSION: Final = 1

# A client that is back within this many seconds was busy, not lagging: its state does not change.
_GRACE: Final = 1.0


class Synchronizer:
    """Brings clients to where their stream is.

    Attributes:
        flush: Broadcasts all that is committed, so that the position of a stream and its state belong together.
    """

    def __init__(
        self,
        journal: Journal,
        metrics: Metrics,
        settings: DeliverySettings,
        *,
        bound: Bound,
        flush: Callable[[], None],
        report: UnreadableListener,
    ) -> None:
        """Read from ``journal``.

        Args:
            journal: Where the streams are kept.
            metrics: Where gaps are counted.
            settings: How much one client is given, and how long it is waited for.
            bound: How much may be on the way to a client.
            flush: Broadcasts all that is committed.
            report: Told that a stream cannot be read.
        """
        self._journal = journal
        self._settings = settings
        self._half = bound.half
        # Held by the client that is being greeted.
        self._greeting = asyncio.Lock()
        self._gaps = Gaps(metrics)
        self._patience = Patience(settings.stall_timeout)
        self._pages = Pages(settings.max_replays, report)
        self._catch_up = CatchUp(self._pages, self._gaps, self._patience, bound)
        self.flush = flush

    def join(self, subscriber: Subscriber, resume: Resume, snapshot: Callable[[], orjson.Fragment]) -> None:
        """Greet a client that may join, and bring it live in the background."""
        self._spawn(subscriber, self._join(subscriber, resume, snapshot))

    def recover(self, subscriber: Subscriber) -> None:
        """Bring back a client that was live and read or acknowledged too slowly."""
        self._spawn(subscriber, self._recover(subscriber))

    def resume(self, subscriber: Subscriber, resume: Resume) -> Start:
        """Start anew from a cursor, without reconnecting."""
        stream = subscriber.stream
        self.flush()
        stream.leave(subscriber)
        start = self._start(subscriber, resume)
        if subscriber.state is not ConnectionState.SYNCING:
            subscriber.change(ConnectionState.SYNCING, "resume")
        subscriber.begin(start.begin, start.fresh_after)
        self._spawn(subscriber, self._resume(subscriber, start))
        return start

    def change_view(self, subscriber: Subscriber, rooms: frozenset[str]) -> None:
        """Let a client see the events that are routed to ``rooms`` from now on."""
        self.flush()
        stream = subscriber.stream
        live = stream.is_live(subscriber)
        stream.leave(subscriber)
        subscriber.view = replace(subscriber.view, rooms=rooms)
        if live:
            stream.enter(subscriber)
            level(subscriber)

    def _spawn(self, subscriber: Subscriber, work: Coroutine[Any, Any, None]) -> None:
        if subscriber.syncing is not None:
            subscriber.syncing.cancel()
        name = f"sync {subscriber.sid} {subscriber.stream.name}"
        task = subscriber.syncing = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(partial(self._end, subscriber))

    @staticmethod
    def _end(subscriber: Subscriber, task: asyncio.Task[None]) -> None:
        """Close a client that a defect keeps from becoming live: it would wait for ever, and may come back."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("client %s cannot be brought live and is closed", subscriber.sid, exc_info=error)
            subscriber.connection.abort("internal_error")

    async def _join(self, subscriber: Subscriber, resume: Resume, snapshot: Callable[[], orjson.Fragment]) -> None:
        # The answer to the client's request to join is on its way before the first frame is.
        await subscriber.connection.socket.settle()
        async with self._greeting:
            # What comes in has its turn between two of them: a snapshot takes a while, and hundreds may come at once.
            await asyncio.sleep(0)
            if subscriber.state is not ConnectionState.AUTHENTICATED:
                return
            self.flush()
            start = self._start(subscriber, resume)
            subscriber.change(ConnectionState.SYNCING)
            self._greet(subscriber, start, snapshot())
            subscriber.begin(start.begin, start.fresh_after)
            self._tell_missed(subscriber, start)
            if subscriber.cursor < subscriber.stream.position:
                self._pages.note_arrival()
        await self._catch_up.run(subscriber)

    async def _resume(self, subscriber: Subscriber, start: Start) -> None:
        # What comes before the answer is from before: a client could not tell it apart otherwise.
        if await self._patience.until_answered(subscriber):
            self._tell_missed(subscriber, start)
            await self._catch_up.run(subscriber)

    def _start(self, subscriber: Subscriber, resume: Resume) -> Start:
        return start_of(resume, subscriber.stream, self._journal, subscriber.view, self._settings)

    def _greet(self, subscriber: Subscriber, start: Start, snapshot: orjson.Fragment) -> None:
        stream = subscriber.stream
        ready = {
            "version": PROTOCOL_VERSION,
            "stream": stream.name,
            "epoch": stream.epoch,
            "head": stream.position,
            "oldest": self._journal.oldest(stream.name),
            "from": start.offset,
            "recovered": start.recovered,
            "reason": start.reason,
            "snapshot": snapshot,
        }
        self._write(subscriber, "ready", ready)

    def _tell_missed(self, subscriber: Subscriber, start: Start) -> None:
        if start.reason in {"epoch_changed", "ahead"}:
            # How much was missed in another store cannot be known.
            self._gaps.tell(subscriber, start.offset, start.offset + 1, "epoch_changed", None)
        elif start.passed_over is not None:
            self._gaps.tell(subscriber, start.offset, start.begin + 1, "limit", start.begin - start.offset)

    async def _recover(self, subscriber: Subscriber) -> None:
        socket = subscriber.connection.socket
        lagging = asyncio.get_running_loop().call_later(_GRACE, self._lag, subscriber)
        try:
            while socket.is_full(self._half) and not socket.closed:
                if not await self._patience.until_taken(subscriber):
                    return
            if subscriber.state is ConnectionState.LAGGING:
                subscriber.change(ConnectionState.SYNCING, "caught up")
            await self._catch_up.run(subscriber)
        finally:
            lagging.cancel()

    @staticmethod
    def _lag(subscriber: Subscriber) -> None:
        if subscriber.state is ConnectionState.LIVE:
            window = subscriber.window
            crowded = window is not None and not window.room
            subscriber.change(ConnectionState.LAGGING, "unacknowledged" if crowded else "slow_consumer")

    @staticmethod
    def _write(subscriber: Subscriber, name: str, body: dict[str, Any]) -> None:
        message = event_message(subscriber.stream.encoded_namespace, name, orjson.dumps(body))
        subscriber.connection.socket.write(Burst([message]))
