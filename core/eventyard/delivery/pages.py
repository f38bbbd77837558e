"""Pages of the journal for clients that catch up."""

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from eventyard.delivery.frames import Burst
from eventyard.delivery.pace import Pace
from eventyard.delivery.stream import Stream
from eventyard.delivery.subscriber import Subscriber
from eventyard.delivery.view import View
from eventyard.errors import JournalError
from eventyard.journal import Page

__all__ = ["Pages", "SharedPage", "UnreadableListener"]

log = logging.getLogger(__name__)

# Larger ones would save a little, but keep the live events waiting while one is written.
_PAGE_EVENTS: Final = 250
_PAGE_BYTES: Final = 128 * 1024

# How many pages are held for others who want the same: those who come back together read the same pages.
_HELD: Final = 16

# Clients that come back within so many seconds of each other wait so long for more: who starts together reads the same
# pages. When they keep coming, it is at most so many seconds.
_TOGETHER: Final = 0.015
_LONGEST: Final = 0.5

# A journal that cannot be read is tried again after these pauses, in seconds: what goes by itself goes soon.
_PAUSES: Final = (0.1, 0.4, 1.5)

# A stream that cannot be read concerns every client that comes; it is reported once in so many seconds.
_SILENCE: Final = 60.0

#: Told that a stream cannot be read: its name, and why.
UnreadableListener = Callable[[str, JournalError], None]


@dataclass(eq=False, slots=True)
class SharedPage:
    """A page that several clients may want at the same time.

    Attributes:
        page: The page.
        made: What was made of it already, see :class:`.replay.Replay`.
    """

    page: Page
    made: dict[Hashable, tuple[Burst, Sequence[int]]] = field(default_factory=dict)


class Pages:
    """Reads pages for clients that catch up, so many at a time, and tries again where the journal cannot be read.

    Attributes:
        pace: Spreads the work; told of what is done with the pages.
    """

    def __init__(self, turns: int, report: UnreadableListener) -> None:
        """Read pages.

        Args:
            turns: So many clients have their turn at the same time.
            report: Told, now and then, of a stream that cannot be read.
        """
        self.pace = Pace()
        self._turns = asyncio.Semaphore(turns)
        self._report = report
        # When each stream was last reported, on the monotonic clock.
        self._reported: dict[str, float] = {}
        self._held: OrderedDict[Hashable, asyncio.Future[SharedPage]] = OrderedDict()
        # How many clients want a page at the moment.
        self._wanted = 0
        # When the last client has come back, from when on pages are read again, and since when they are not; on the
        # monotonic clock.
        self._arrived = self._begin = self._waiting_since = -math.inf

    def note_arrival(self) -> None:
        """Take note that a client has come back; when it is not the first, those who want a page wait for more."""
        now = time.monotonic()
        if now - self._arrived < _TOGETHER:
            if now >= self._begin:
                self._waiting_since = now
            self._begin = min(now + _TOGETHER, self._waiting_since + _LONGEST)
        self._arrived = now

    async def read(self, subscriber: Subscriber) -> SharedPage:
        """The page behind the cursor of ``subscriber``, when it is its turn.

        Raises:
            JournalError: It could not be read, also not some time later.
        """
        for pause in _PAUSES:
            try:
                return await self._turn(subscriber)
            except JournalError as error:
                log.debug("stream %s is read again in %g s: %s", subscriber.stream.name, pause, error)
            await asyncio.sleep(pause)
        try:
            return await self._turn(subscriber)
        except JournalError as error:
            self._tell(subscriber.stream.name, error)
            raise

    async def _turn(self, subscriber: Subscriber) -> SharedPage:
        self._wanted += 1
        try:
            while (wait := self._begin - time.monotonic()) > 0:  # noqa: ASYNC110 - it moves while it is waited for
                await asyncio.sleep(wait)
            async with self._turns:
                page = await asyncio.shield(self._shared(subscriber))
                # A journal may answer from memory, without waiting.
                await self.pace.keep()
                return page
        finally:
            self._wanted -= 1
            if not self._wanted:
                self._held.clear()

    def _shared(self, subscriber: Subscriber) -> asyncio.Future[SharedPage]:
        """The page, read by whoever wanted it first."""
        stream, view, window = subscriber.stream, subscriber.view, subscriber.window
        events = _PAGE_EVENTS if window is None else min(window.room, _PAGE_EVENTS)
        key = stream.name, subscriber.cursor, events, view.types, view.sessions
        reading = self._held.get(key)
        if reading is None:
            # Begun with what the key says: whoever asks may be elsewhere by the time that the task has its first turn.
            after, through = subscriber.cursor, stream.position
            reading = self._held[key] = asyncio.ensure_future(_read(stream, view, after, through, events))
            reading.add_done_callback(partial(self._finish, key))
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return reading

    def _finish(self, key: Hashable, reading: asyncio.Future[SharedPage]) -> None:
        """Let go of a page that could not be read; perhaps nobody is there any more who would hear of it."""
        if (reading.cancelled() or reading.exception() is not None) and self._held.get(key) is reading:
            del self._held[key]

    def _tell(self, stream: str, error: JournalError) -> None:
        now = time.monotonic()
        if now - self._reported.get(stream, -_SILENCE) >= _SILENCE:
            self._reported[stream] = now
            log.error("stream %s cannot be read, so that clients miss events: %s", stream, error)
            self._report(stream, error)


async def _read(stream: Stream, view: View, after: int, through: int, events: int) -> SharedPage:
    page = await stream.read(after, through, events=events, size=_PAGE_BYTES, types=view.types, sessions=view.sessions)
    return SharedPage(page)
