"""Where events wait to be sent: bounded, in order, and perhaps in a file."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from eventyard.client.errors import BufferFull, ClientError, InvalidEvent
from eventyard.client.publication.buffering import Buffering
from eventyard.client.publication.parcel import Parcel
from eventyard.client.publication.spool import Spool
from eventyard.client.publication.waits import Waits, settle_with_error

__all__ = ["Outbox"]


class Outbox:
    """Where events wait to be sent.

    Any thread may give it parcels; one thread takes them in batches, and either takes a batch off or puts it back.
    Nobody waits in here but that thread: all others are given futures.

    Attributes:
        dropped: How many events had to make room for others.
    """

    def __init__(self, buffering: Buffering, spool: Spool | None) -> None:
        """Bound it by ``buffering``; what nobody waits for is written to ``spool``, if there is one."""
        self.dropped = 0
        self._buffering = buffering
        self._spool = spool
        self._changed = threading.Condition()
        self._waiting: deque[Parcel] = deque()
        self._taken: list[Parcel] = []
        self._size = 0
        self._last_number = 0
        self._waits = Waits()
        # How many of the waiting parcels somebody waits for.
        self._urgent = 0
        self._closing = False
        self._stopped = False
        self._failure: BaseException | None = None

    def __len__(self) -> int:
        """How many events wait."""
        return len(self._waiting) + len(self._taken)

    @property
    def is_closing(self) -> bool:
        """Whether no more parcels are taken."""
        return self._closing

    def restore(self) -> None:
        """Let what is in the spool wait again, before anything else.

        Raises:
            SpoolError: The spool cannot be used.
        """
        if self._spool is not None:
            for place in self._spool.open():
                self._add(Parcel(place.size, place=place))

    def offer(self, parcel: Parcel) -> Future[None] | None:
        """Take a parcel; gives ``None``, or what has to be waited for before it is offered again.

        Raises:
            BufferFull: There is no room, and it is not to be waited for.
            ClientError: The outbox has failed.
            InvalidEvent: It has more bytes than there can ever be room for.
            SpoolError: It could not be written to the spool, and was not taken.
        """
        with self._changed:
            self._check()
            if parcel.size > self._buffering.max_bytes:
                most = self._buffering.max_bytes
                message = f"an event of {parcel.size} bytes is more than all that may wait ({most} bytes)"
                raise InvalidEvent(message)
            if not self._has_room(parcel) and (room := self._make_room(parcel)) is not None:
                return room
            if parcel.ticket is None and self._spool is not None and parcel.prepared is not None:
                parcel.place = self._spool.append(parcel.prepared.body)
                parcel.prepared = None
            self._add(parcel)
            self._changed.notify_all()
            return None

    def flushed(self) -> Future[None]:
        """What is done when all that waits now is gone, one way or the other."""
        with self._changed:
            future = self._waits.for_end(self._last_number)
            if self._failure is not None:
                self._waits.fail(self._failure)
            self._free(())
            self._changed.notify_all()
            return future

    def take(self) -> list[Parcel]:
        """Wait for parcels and take a batch of them; none when the outbox is closed and empty, or stopped."""
        with self._changed:
            while not self._taken and not self._stopped:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if not self._waiting:
                    break
                self._linger()
                self._fill()
            return self._taken

    def body(self, parcel: Parcel) -> bytes:
        """The event of a parcel, as JSON.

        Raises:
            SpoolError: It cannot be read.
        """
        if parcel.prepared is not None:
            return parcel.prepared.body
        assert self._spool is not None
        assert parcel.place is not None
        with self._changed:
            return self._spool.read(parcel.place)

    def take_off(self) -> None:
        """Forget the batch that was taken: what became of it is known.

        Raises:
            SpoolError: It could not be noted in the spool; the events may be sent again.
        """
        with self._changed:
            gone, self._taken = self._taken, []
            try:
                self._confirm(gone)
            finally:
                self._free(gone)

    def put_back(self) -> None:
        """Let what is not settled of the batch that was taken wait again, before all others."""
        with self._changed:
            taken, self._taken = self._taken, []
            for parcel in reversed(taken):
                if parcel.outcome is None:
                    self._waiting.appendleft(parcel)
                    self._urgent += parcel.ticket is not None
            self._free(parcel for parcel in taken if parcel.outcome is not None)
            if self._buffering.when_full == "drop_oldest":
                # What was on the way could not be dropped; what waits again can.
                self._waits.note_room()

    def pause(self, seconds: float, hurried: float) -> None:
        """Wait before the server is tried again; only ``hurried`` seconds when somebody waits or wants to close."""
        begin = time.monotonic()
        with self._changed:
            while not self._stopped:
                is_hurry = self._closing or self._urgent or self._waits
                left = begin + (hurried if is_hurry else seconds) - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    def give_up(self, error: ClientError) -> None:
        """Tell all who wait that no server takes the events; what somebody waits for is given up, the rest stays."""
        with self._changed:
            for parcel in self._waiting:
                if parcel.ticket is not None:
                    self._size -= parcel.size
                    settle_with_error(parcel.ticket.future, error)
            self._waiting = deque(parcel for parcel in self._waiting if parcel.ticket is None)
            self._urgent = 0
            self._waits.fail(error)

    def fail(self, error: BaseException) -> None:
        """Take no more parcels, and have all who wait or offer some be told why."""
        with self._changed:
            self._failure = error
            for parcel in (*self._taken, *self._waiting):
                if parcel.ticket is not None:
                    settle_with_error(parcel.ticket.future, error)
            self._waits.fail(error)
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more parcels; what waits is still given."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Give nothing more."""
        with self._changed:
            self._closing = self._stopped = True
            self._changed.notify_all()

    def clear(self, error: ClientError) -> int:
        """Give up all that waits in memory, and let go of the spool; gives the number of sent events that are lost.

        Those who wait are told ``error``.
        """
        with self._changed:
            left = [*self._taken, *self._waiting]
            self._taken = []
            self._waiting.clear()
            for parcel in left:
                if parcel.ticket is not None:
                    settle_with_error(parcel.ticket.future, error)
            self._waits.fail(error)
            if self._spool is not None:
                self._spool.close()
            return sum(parcel.ticket is None and parcel.place is None and parcel.outcome is None for parcel in left)

    def only(self, condition: Callable[[Parcel], bool]) -> bool:
        """Whether ``condition`` holds for all that waits."""
        with self._changed:
            return all(map(condition, (*self._taken, *self._waiting)))

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closing:
            message = "the publisher is closed"
            raise ClientError(message)

    def _has_room(self, parcel: Parcel) -> bool:
        limits = self._buffering
        return len(self) < limits.max_events and self._size + parcel.size <= limits.max_bytes

    def _make_room(self, parcel: Parcel) -> Future[None] | None:
        """Make room by the rule; gives what is to be waited for, if there is no room yet.

        Raises:
            BufferFull: The rule is to raise.
        """
        rule = self._buffering.when_full
        if rule == "drop_oldest" and parcel.ticket is None:
            while not self._has_room(parcel) and self._drop_oldest():
                pass
            if self._has_room(parcel):
                return None
        if rule == "raise" and parcel.ticket is None:
            message = f"{len(self)} events of {self._size} bytes wait to be sent, and no more may wait"
            raise BufferFull(message)
        self._changed.notify_all()
        return self._waits.for_room()

    def _drop_oldest(self) -> bool:
        for index, parcel in enumerate(self._waiting):
            if parcel.ticket is None:
                del self._waiting[index]
                self.dropped += 1
                self._size -= parcel.size
                if not self._taken and index == 0:
                    self._confirm([parcel])
                return True
        return False

    def _add(self, parcel: Parcel) -> None:
        self._last_number += 1
        parcel.number = self._last_number
        self._waiting.append(parcel)
        self._size += parcel.size
        self._urgent += parcel.ticket is not None

    def _linger(self) -> None:
        limits = self._buffering
        deadline = time.monotonic() + limits.linger
        while not (self._urgent or self._waits or self._closing):
            left = deadline - time.monotonic()
            if left <= 0 or len(self._waiting) >= limits.batch_events or self._size >= limits.batch_bytes:
                break
            self._changed.wait(left)

    def _fill(self) -> None:
        size = 0
        given_up: list[Parcel] = []
        while self._waiting and len(self._taken) < self._buffering.batch_events:
            size += self._waiting[0].size
            if self._taken and size > self._buffering.batch_bytes:
                break
            parcel = self._waiting.popleft()
            self._urgent -= parcel.ticket is not None
            is_given_up = parcel.ticket is not None and parcel.ticket.future.cancelled()
            (given_up if is_given_up else self._taken).append(parcel)
        self._free(given_up)

    def _confirm(self, parcels: Iterable[Parcel]) -> None:
        ends = [parcel.place.end for parcel in parcels if parcel.place is not None]
        if self._spool is not None and ends:
            self._spool.confirm(ends[-1])

    def _free(self, gone: Iterable[Parcel]) -> None:
        """Give the room of parcels that are gone to others, and tell those who waited for that."""
        freed = sum(parcel.size for parcel in gone)
        self._size -= freed
        if freed:
            self._waits.note_room()
        pending = self._taken or self._waiting
        self._waits.note_oldest(pending[0].number if pending else self._last_number + 1)
