"""The way of a client to where its stream is: it pulls what it has not been given, page by page, until it is live."""

import asyncio
import time

from eventyard.delivery.bound import Bound
from eventyard.delivery.frames import Burst
from eventyard.delivery.gap import Gaps
from eventyard.delivery.pages import Pages
from eventyard.delivery.patience import Patience
from eventyard.delivery.replay import Replay
from eventyard.delivery.state import ConnectionState
from eventyard.delivery.subscriber import Subscriber
from eventyard.delivery.view import empty_batch
from eventyard.delivery.window import Window
from eventyard.errors import JournalError

__all__ = ["CatchUp", "level"]


class CatchUp:
    """Gives clients what they have not been given, no faster than they take it, and makes them live."""

    def __init__(self, pages: Pages, gaps: Gaps, patience: Patience, bound: Bound) -> None:
        """Read ``pages``, tell of ``gaps``, and wait with ``patience`` for clients that have ``bound`` on the way."""
        self._pages = pages
        self._gaps = gaps
        self._patience = patience
        self._replay = Replay(gaps)
        self._bound = bound
        self._half = bound.half

    async def run(self, subscriber: Subscriber) -> None:
        """Give ``subscriber`` what it has not been given, and make it live; or give up when it is gone."""
        stream, socket = subscriber.stream, subscriber.connection.socket
        while not socket.closed:
            if socket.needs_settling:
                await socket.settle()
                continue
            if not subscriber.withheld and stream.enter(subscriber):
                level(subscriber)
                stream.note_had(subscriber.view, stream.position)
                if subscriber.state in {ConnectionState.SYNCING, ConnectionState.LAGGING}:
                    subscriber.change(ConnectionState.LIVE)
                return
            if socket.is_full(self._half):
                if not await self._patience.until_taken(subscriber):
                    return
                continue
            if subscriber.withheld:
                self._pass_on(subscriber)
                continue
            if subscriber.window is not None and not subscriber.window.room:
                if not await self._acknowledged(subscriber, subscriber.window):
                    return
                continue
            try:
                shared = await self._pages.read(subscriber)
            except JournalError:
                self._pass_over(subscriber)
                continue
            if not socket.closed:
                begin = time.perf_counter()
                burst = self._replay.burst(subscriber, shared)
                socket.write(burst)
                self._pages.pace.note(time.perf_counter() - begin, burst.size)
                subscriber.cursor = shared.page.through
                stream.note_had(subscriber.view, shared.page.through)

    async def _acknowledged(self, subscriber: Subscriber, window: Window) -> bool:
        """Wait for room in the window of a client, and let pass what needs none; whether it has acknowledged."""
        since = asyncio.get_running_loop().time()
        while not window.room:
            if not await self._patience.until_acknowledged(subscriber, window, since):
                return False
            if subscriber.withheld and not subscriber.connection.socket.is_full(self._bound):
                self._pass_on(subscriber)
        return True

    def _pass_over(self, subscriber: Subscriber) -> None:
        """Tell of what cannot be read, and go on where the stream is."""
        after, position = subscriber.cursor, subscriber.stream.position
        self._gaps.tell(subscriber, after, position + 1, "store_error", position - after)
        subscriber.cursor = subscriber.sent = position

    def _pass_on(self, subscriber: Subscriber) -> None:
        """Send events without an offset that were withheld, and tell of those there was no room for."""
        if subscriber.missed:
            count, subscriber.missed = subscriber.missed, 0
            self._gaps.tell(subscriber, subscriber.cursor, subscriber.cursor + 1, "slow_consumer", count)
        stream, socket = subscriber.stream, subscriber.connection.socket
        records = list(subscriber.withheld)
        subscriber.withheld.clear()
        cursor = subscriber.cursor
        messages = subscriber.view.messages(
            stream.encoded_namespace, records, stream.epoch, cursor, cursor, replay=False
        )
        socket.write(Burst(messages))


def level(subscriber: Subscriber) -> None:
    """Bring a ``batch`` client's cursor to where the live messages go on; the last events may not be for it."""
    stream = subscriber.stream
    if subscriber.view.batch and subscriber.sent < stream.position:
        message = empty_batch(stream.encoded_namespace, stream.epoch, subscriber.sent, stream.position, replay=True)
        subscriber.connection.socket.write(Burst([message]))
