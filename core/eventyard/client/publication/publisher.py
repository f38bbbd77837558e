"""A publisher on an event loop."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eventyard.client.errors import NotDelivered
from eventyard.client.publication.buffering import Buffering
from eventyard.client.publication.courier import Counts
from eventyard.client.publication.dispatcher import Dispatcher, log
from eventyard.client.publication.parcel import Parcel, parcel_of, parcels_of
from eventyard.client.publication.rejection import EventsRejected, Rejection
from eventyard.events import Outcome, Status

__all__ = ["Publisher"]


class Publisher:
    """Gives events to a server: in order, each once, in batches, and also while the server is away for a while.

    ::

        async with Publisher("http://localhost:8765") as publisher:
            await publisher.send({"type": "tool_start", "source": "/me", "data": {"tool": "Bash"}})

    :meth:`publish` waits for what becomes of the events, :meth:`send` does not. An event that has no ``id`` and no
    ``time`` is given both, so that the server knows an event that it is sent again, and counts it once.

    With a spool, what was sent waits in a file: whatever the program comes to, it is delivered when a publisher opens
    the file again. Without one it is lost when the program is killed.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        spool: Path | str | None = None,
        fsync: bool = False,
        buffering: Buffering | None = None,
        patience: float = 30.0,
        on_rejected: Callable[[Rejection], None] | None = None,
    ) -> None:
        """Make a publisher; it begins when its block is entered, or with :meth:`start`.

        Args:
            url: Base URL of the server.
            token: The server's token, where it asks for one.
            spool: The file in which sent events wait; ``None`` lets them wait in memory alone.
            fsync: Whether a sent event is durable in the spool before :meth:`send` gives back, so that it outlives a
                power failure too.
            buffering: How much may wait, and for how long to send more in one request.
            patience: Seconds in a row that the server may be away or busy before whoever waits for it is told by
                :class:`Unreachable`; 0 tells the first failure.
            on_rejected: Told of each sent event that the server refused, on the event loop. Without it they are logged
                as warnings, and the last are in :attr:`rejections`.

        Raises:
            ClientError: ``token`` cannot stand in a header.
            Unreachable: ``url`` is no URL of a server.
        """
        self._dispatcher = Dispatcher(
            url,
            token=token,
            spool=spool,
            fsync=fsync,
            buffering=buffering,
            patience=patience,
            on_rejected=None if on_rejected is None else self._tell,
        )
        self._on_rejected = on_rejected
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def counts(self) -> Counts:
        """What became of all events so far."""
        return self._dispatcher.counts

    @property
    def rejections(self) -> list[Rejection]:
        """The last sent events that were refused, at most 1000; none with ``on_rejected``."""
        return list(self._dispatcher.rejections)

    async def start(self) -> None:
        """Begin; what is in the spool is sent first.

        Raises:
            SpoolError: The spool is in use, or cannot be read or written.
        """
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._dispatcher.start)

    async def publish(self, *events: Mapping[str, Any]) -> list[Outcome]:
        """Send events behind all that was sent before, and wait for what becomes of them.

        They never go to the spool. When it raises :class:`Unreachable`, the events are not sent any more, though the
        server may have had them before the connection broke; with an ``id`` they can be published again.

        Returns:
            What became of each: accepted, or a duplicate.

        Raises:
            EventsRejected: The server refused some of them; the error has the outcome of each.
            InvalidEvent: One is no JSON object; none was sent.
            Refused: The server does not let us in.
            Unreachable: No server took them for longer than the patience.
        """
        if not events:
            return []
        ticket, parcels = parcels_of(events)
        try:
            for parcel in parcels:
                await self._hand_over(parcel)
            outcomes = await asyncio.wrap_future(ticket.future)
        except BaseException:
            ticket.future.cancel()
            raise
        if any(outcome.status is Status.REJECTED for outcome in outcomes):
            raise EventsRejected(ticket.events, outcomes)
        return outcomes

    async def send(self, event: Mapping[str, Any]) -> None:
        """Send an event soon; gives back when it waits in memory, or in the spool.

        Raises:
            BufferFull: Too many wait, and they are not to be waited for.
            InvalidEvent: It is no JSON object.
            Refused: The server does not let us in; nothing is sent any more.
            SpoolError: It could not be written to the spool, and will not be sent.
            Unreachable: Too many wait, and no server took any for longer than the patience.
        """
        await self._hand_over(parcel_of(event))

    async def flush(self) -> None:
        """Wait until all that was sent before was delivered, refused or dropped.

        Raises:
            Refused: The server does not let us in.
            Unreachable: No server took it for longer than the patience; it goes on being tried.
        """
        await asyncio.wrap_future(self._dispatcher.flushed())

    async def close(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - what is not delivered by then is told
        """Deliver what waits, for at most ``timeout`` seconds, and end; calling it again does nothing.

        What is in the spool stays there when the server is away, and is not waited for.

        Raises:
            NotDelivered: Events that wait in memory alone could not be delivered, and are lost.
        """
        await asyncio.to_thread(self._dispatcher.wait, timeout)
        await asyncio.to_thread(self._dispatcher.close)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.close()
        except NotDelivered as lost:
            if kind is None:
                raise
            # What went wrong first matters more.
            log.warning("%s", lost)

    async def _hand_over(self, parcel: Parcel) -> None:
        while True:
            if self._dispatcher.is_durable:
                room = await asyncio.to_thread(self._dispatcher.offer, parcel)
            else:
                room = self._dispatcher.offer(parcel)
            if room is None:
                return
            await asyncio.wrap_future(room)

    def _tell(self, rejection: Rejection) -> None:
        assert self._loop is not None
        assert self._on_rejected is not None
        self._loop.call_soon_threadsafe(self._on_rejected, rejection)
