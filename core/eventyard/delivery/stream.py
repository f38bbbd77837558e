"""The ordered events of one namespace, on their way to its subscribers."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from eventyard.delivery.bound import Bound
from eventyard.delivery.frames import Burst
from eventyard.delivery.state import ConnectionState
from eventyard.delivery.subscriber import Subscriber
from eventyard.delivery.view import View, empty_batch
from eventyard.delivery.window import Window
from eventyard.journal import Journal, Page, Record
from eventyard.metrics import Metrics

__all__ = ["Stream"]

log = logging.getLogger(__name__)

#: Bytes of events that are written to a client before it is looked at again, so that what a client may have on the way
#: stays bounded whatever a flush holds.
_CHUNK_BYTES: Final = 256 * 1024

#: A client that gets batches and was shown nothing of so many offsets is told how far the stream is: else its cursor
#: would stay where nothing is kept any more.
_MOST_HIDDEN: Final = 250


class _Group:
    """The live subscribers with one view."""

    __slots__ = ("members", "sent", "windowed")

    def __init__(self, sent: int) -> None:
        self.members: set[Subscriber] = set()
        # Those of the members that have a window.
        self.windowed: dict[Subscriber, Window] = {}
        # The offset of the group's last message. The next one follows it, not the stream's position: a filtered
        # client would take the difference for a gap.
        self.sent = sent


class Stream:
    """The ordered events of one namespace, on their way to its subscribers.

    Attributes:
        namespace: Name of the Socket.IO namespace.
        name: The same without the slash.
        position: The offset up to which events were broadcast.
        always_buffered: Whether it has a type whose events every new client is given.
        subscribers: All clients in the namespace, live or not.
        latest: The last event of each type that is not journaled, as JSON.
        behind: Those who were live and read or acknowledged too slowly, or whose connection has become a websocket;
            whoever brings them back empties the list.
    """

    def __init__(
        self,
        namespace: str,
        journal: Journal,
        metrics: Metrics,
        bound: Bound,
        *,
        always_buffered: bool,
        current: Callable[[Record], Record | None],
    ) -> None:
        """Make a stream.

        Args:
            namespace: Its namespace.
            journal: Where its events are kept.
            metrics: Where frames are counted.
            bound: A client with more on the way leaves the live ones.
            always_buffered: Whether it has a type whose events every new client is given.
            current: Gives a stored event as the current version of its type has it, if it can be up-cast.
        """
        self.always_buffered = always_buffered
        self.namespace = namespace
        self.name = namespace[1:]
        self.encoded_namespace = namespace.encode()
        self.position = 0
        self.subscribers: set[Subscriber] = set()
        self.latest: dict[str, bytes] = {}
        self._journal = journal
        self._metrics = metrics
        self._bound = bound
        self._current = current
        self._outdated = 0
        self._groups: dict[View, _Group] = {}
        self._pending: list[Record] = []
        self.behind: list[Subscriber] = []

    def restore(self) -> None:
        """Go on where the journal ends."""
        self.position = self._journal.head(self.name)

    def note_outdated(self, offset: int) -> None:
        """Take note that the event at ``offset`` is of an earlier version of its type."""
        self._outdated = max(self._outdated, offset)

    async def read(
        self,
        after: int,
        through: int,
        *,
        events: int,
        size: int,
        types: Collection[str] | None = None,
        sessions: Collection[str] | None = None,
    ) -> Page:
        """The next page of what is kept, see :meth:`Journal.read`; events of earlier versions are up-cast.

        Raises:
            JournalError: The journal could not be read.
        """
        page = await self._journal.read(
            self.name, after, through, events=events, size=size, types=types, sessions=sessions
        )
        if after >= self._outdated:
            return page
        return replace(page, records=[self._current(record) or record for record in page.records])

    @property
    def had(self) -> int:
        """The last offset that any client was given, of those who want all."""
        return self._journal.had(self.name)

    def note_had(self, view: View, offset: int) -> None:
        """Take note that a client was given what ``view`` shows up to ``offset``."""
        # What it does not show, nobody may have had.
        if view.is_whole:
            self._journal.note_had(self.name, offset)

    @property
    def epoch(self) -> str:
        """Epoch of the stream's offsets."""
        return self._journal.epoch

    def add(self, record: Record) -> None:
        """Take a committed event, or one that is not journaled, for the next flush."""
        if record.offset is None:
            self.latest[record.type] = record.body
        self._pending.append(record)

    def is_live(self, subscriber: Subscriber) -> bool:
        """Whether ``subscriber`` gets events as they come."""
        group = self._groups.get(subscriber.view)
        return group is not None and subscriber in group.members

    def enter(self, subscriber: Subscriber) -> bool:
        """Make ``subscriber`` live if it has been given all up to the position.

        There is no point at which another event could come between the check and the entry.
        """
        if subscriber.cursor != self.position:
            return False
        group = self._groups.get(subscriber.view)
        if group is None:
            group = self._groups[subscriber.view] = _Group(self.position)
        group.members.add(subscriber)
        if subscriber.window is not None:
            group.windowed[subscriber] = subscriber.window
        return True

    def leave(self, subscriber: Subscriber) -> None:
        """Take ``subscriber`` out of the live ones; its cursor stays where the stream is."""
        group = self._groups.get(subscriber.view)
        if group is not None and subscriber in group.members:
            group.members.remove(subscriber)
            group.windowed.pop(subscriber, None)
            subscriber.cursor = self.position
            subscriber.sent = group.sent
            if not group.members:
                del self._groups[subscriber.view]

    def flush(self) -> None:
        """Send all pending events to the live subscribers."""
        pending, self._pending = self._pending, []
        begin = size = 0
        for index, record in enumerate(pending):
            size += len(record.body)
            if size >= _CHUNK_BYTES:
                self._send(pending[begin : index + 1])
                begin, size = index + 1, 0
        if begin < len(pending):
            self._send(pending[begin:])

    def _send(self, records: Sequence[Record]) -> None:
        # In order, but for those without an offset, which are few.
        position = next((record.offset for record in reversed(records) if record.offset is not None), self.position)
        behind: list[Subscriber] = []
        namespace = self.encoded_namespace
        for view, group in list(self._groups.items()):
            try:
                shown = view.select(records)
                if shown:
                    burst = Burst(view.messages(namespace, shown, self.epoch, group.sent, position, replay=False))
                    if group.windowed:
                        behind += self._crowded_out(group, shown)
                elif view.batch and position - group.sent >= _MOST_HIDDEN:
                    burst = Burst([empty_batch(namespace, self.epoch, group.sent, position, replay=False)])
                else:
                    continue
            except Exception:
                log.exception("events of %s cannot be sent to %d clients as they come", self.name, len(group.members))
                # They leave where they are; what they were not sent, they pull.
                behind += group.members
                for subscriber in list(group.members):
                    self.leave(subscriber)
                continue
            # Events without an offset come under their own names, which tell no position.
            if not shown or any(record.offset is not None for record in shown):
                group.sent = position
            for subscriber in group.members:
                socket = subscriber.connection.socket
                socket.write(burst)
                if socket.is_full(self._bound) or socket.needs_settling:
                    behind.append(subscriber)
            self._metrics.frames.inc(len(burst.messages) * len(group.members))
            self._metrics.frame_bytes.inc(burst.size * len(group.members))
        if any(
            not subscriber.connection.socket.closed
            for view, group in self._groups.items()
            if view.is_whole
            for subscriber in group.members
        ):
            self._journal.note_had(self.name, position)
        self.position = position
        passing = [record for record in records if record.offset is None]
        if passing:
            self._withhold(passing)
        for subscriber in behind:
            self.leave(subscriber)
            self.behind.append(subscriber)

    def _crowded_out(self, group: _Group, shown: Sequence[Record]) -> list[Subscriber]:
        """Those who leave the live ones before ``shown`` is sent, because it does not fit into their windows."""
        offsets = [record.offset for record in shown if record.offset is not None]
        crowded: list[Subscriber] = []
        for subscriber, window in list(group.windowed.items()):
            if window.room < len(offsets):
                self.leave(subscriber)
                crowded.append(subscriber)
            else:
                window.note(offsets)
        return crowded

    def _withhold(self, passing: Sequence[Record]) -> None:
        """Keep events without an offset for those who are catching up: the journal cannot give them later."""
        for subscriber in self.subscribers:
            # A client that was not greeted yet finds the last ones in its snapshot.
            if subscriber.state is not ConnectionState.AUTHENTICATED and not self.is_live(subscriber):
                try:
                    subscriber.withhold(subscriber.view.select(passing))
                except Exception:
                    log.exception("events of %s cannot be kept for client %s", self.name, subscriber.sid)
                    subscriber.missed += len(passing)
