"""A publisher for programs without an event loop."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eventyard.client.errors import NotDelivered
from eventyard.client.publication.buffering import Buffering
from eventyard.client.publication.courier import Counts
from eventyard.client.publication.dispatcher import Dispatcher, log
from eventyard.client.publication.parcel import parcel_of, parcels_of
from eventyard.client.publication.rejection import EventsRejected, Rejection
from eventyard.events import Outcome, Status

__all__ = ["SyncPublisher"]


class SyncPublisher:
    """A :class:`Publisher` whose methods wait in the calling thread; any thread may call them.

    ::

        with SyncPublisher("http://localhost:8765") as publisher:
            publisher.send({"type": "tool_start", "source": "/me", "data": {"tool": "Bash"}})
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
        """Make a publisher; the arguments are those of :class:`Publisher`.

        ``on_rejected`` is called in the publisher's own thread.

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
            on_rejected=on_rejected,
        )

    @property
    def counts(self) -> Counts:
        """As :attr:`Publisher.counts`."""
        return self._dispatcher.counts

    @property
    def rejections(self) -> list[Rejection]:
        """As :attr:`Publisher.rejections`."""
        return list(self._dispatcher.rejections)

    def start(self) -> None:
        """As :meth:`Publisher.start`."""
        self._dispatcher.start()

    def publish(self, *events: Mapping[str, Any]) -> list[Outcome]:
        """As :meth:`Publisher.publish`."""
        if not events:
            return []
        ticket, parcels = parcels_of(events)
        try:
            for parcel in parcels:
                while (room := self._dispatcher.offer(parcel)) is not None:
                    room.result()
            outcomes = ticket.future.result()
        except BaseException:
            ticket.future.cancel()
            raise
        if any(outcome.status is Status.REJECTED for outcome in outcomes):
            raise EventsRejected(ticket.events, outcomes)
        return outcomes

    def send(self, event: Mapping[str, Any]) -> None:
        """As :meth:`Publisher.send`."""
        parcel = parcel_of(event)
        while (room := self._dispatcher.offer(parcel)) is not None:
            room.result()

    def flush(self) -> None:
        """As :meth:`Publisher.flush`."""
        self._dispatcher.flushed().result()

    def close(self, timeout: float = 10.0) -> None:
        """As :meth:`Publisher.close`."""
        self._dispatcher.wait(timeout)
        self._dispatcher.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except NotDelivered as lost:
            if kind is None:
                raise
            # What went wrong first matters more.
            log.warning("%s", lost)
