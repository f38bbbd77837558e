"""From the commit to the clients: one flush for all streams, at once when idle, coalesced under load."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final

from eventyard.delivery.stream import Stream
from eventyard.delivery.synchronizer import Synchronizer
from eventyard.journal import Record
from eventyard.metrics import Metrics
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained

__all__ = ["Broadcaster"]

#: The longest time that an event waits for others to go with it, in seconds.
_MAX_WAIT: Final = 0.01

#: A flush is followed by a pause of so many times its own duration: flushing never takes more than a third of the
#: time, and an idle server sends at once.
_PAUSE: Final = 2.0


class Broadcaster:
    """Sends committed events to the subscribers of their streams, and keeps the state of the namespaces."""

    def __init__(
        self, streams: Mapping[str, Stream], observers: Mapping[str, Sequence[HookCall]], metrics: Metrics
    ) -> None:
        """Serve ``streams``.

        Args:
            streams: By name.
            observers: For each event type, the ``apply`` calls of the namespace handlers that want its events.
            metrics: Where flushes are timed.
        """
        self._streams = streams
        self._observers = observers
        self._metrics = metrics
        self._synchronizer: Synchronizer | None = None
        self._handle: asyncio.Handle | None = None
        self._not_before = 0.0
        self._pending: list[Record] = []

    def bring_back_with(self, synchronizer: Synchronizer) -> None:
        """Let ``synchronizer`` bring back those who fall behind."""
        self._synchronizer = synchronizer

    def has_subscribers(self, stream: str) -> bool:
        """Whether anybody listens to ``stream``."""
        return bool(self._streams[stream].subscribers)

    def send(self, records: Sequence[Record]) -> None:
        """Apply ``records`` to the state of their namespaces and send them, both with the next flush.

        Called in commit order: the journal's commit listener, and the way of events that are not journaled. Their
        senders have their answers before the flush.
        """
        self._pending += records
        if self._handle is None:
            loop = asyncio.get_running_loop()
            wait = self._not_before - time.monotonic()
            self._handle = loop.call_soon(self.flush) if wait <= 0 else loop.call_later(wait, self.flush)

    def apply(self, record: Record) -> None:
        """Bring the state of the namespaces up to date with ``record``, and send nothing."""
        event = record.event
        for call in self._observers.get(record.type, ()):
            # The namespaces of a plugin in quarantine stay, and so does their state, unless it is this that fails.
            if call.plugin.reason is None or not call.streak:
                try:
                    call.function(event)
                except contained() as error:
                    call.failed(error, event)
                else:
                    if call.streak:
                        call.succeeded()

    def flush(self) -> None:
        """Apply and send all that is pending, so that the state is that of the streams' positions."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        dirty: dict[str, Stream] = {}
        for record in pending:
            if record.type in self._observers:
                self.apply(record)
            # Who catches up later is sent the body.
            record.fold()
            stream = self._streams[record.stream]
            stream.add(record)
            dirty[stream.name] = stream
        begin = time.perf_counter()
        for stream in dirty.values():
            stream.flush()
            if stream.behind and self._synchronizer is not None:
                behind, stream.behind = stream.behind, []
                for subscriber in behind:
                    self._synchronizer.recover(subscriber)
        spent = time.perf_counter() - begin
        self._metrics.stages["broadcast"].observe(spent)
        self._not_before = time.monotonic() + min(_MAX_WAIT, spent * _PAUSE)
