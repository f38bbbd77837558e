"""Pages of the journal for clients that catch up."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from eventyard.delivery.subscriber import Subscriber
from eventyard.errors import JournalError
from eventyard.journal import Page

__all__ = ["Pages", "UnreadableListener"]

log = logging.getLogger(__name__)

_PAGE_EVENTS: Final = 500
_PAGE_BYTES: Final = 256 * 1024

# A journal that cannot be read is tried again after these pauses, in seconds: what goes by itself goes soon.
_PAUSES: Final = (0.1, 0.4, 1.5)

# A stream that cannot be read concerns every client that comes; it is reported once in so many seconds.
_SILENCE: Final = 60.0

#: Told that a stream cannot be read: its name, and why.
UnreadableListener = Callable[[str, JournalError], None]


class Pages:
    """Reads pages for clients that catch up, and tries again where the journal cannot be read."""

    def __init__(self, report: UnreadableListener) -> None:
        """Have ``report`` told, now and then, of a stream that cannot be read."""
        self._report = report
        # When each stream was last reported, on the monotonic clock.
        self._reported: dict[str, float] = {}

    async def read(self, subscriber: Subscriber) -> Page:
        """The page behind the cursor of ``subscriber``.

        Raises:
            JournalError: It could not be read, also not some time later.
        """
        for pause in _PAUSES:
            try:
                return await self._attempt(subscriber)
            except JournalError as error:
                log.debug("stream %s is read again in %g s: %s", subscriber.stream.name, pause, error)
            await asyncio.sleep(pause)
        try:
            return await self._attempt(subscriber)
        except JournalError as error:
            self._tell(subscriber.stream.name, error)
            raise

    @staticmethod
    async def _attempt(subscriber: Subscriber) -> Page:
        stream, view, window = subscriber.stream, subscriber.view, subscriber.window
        return await stream.read(
            subscriber.cursor,
            stream.position,
            events=_PAGE_EVENTS if window is None else min(window.room, _PAGE_EVENTS),
            size=_PAGE_BYTES,
            types=view.types,
            sessions=view.sessions,
        )

    def _tell(self, stream: str, error: JournalError) -> None:
        now = time.monotonic()
        if now - self._reported.get(stream, -_SILENCE) >= _SILENCE:
            self._reported[stream] = now
            log.error("stream %s cannot be read, so that clients miss events: %s", stream, error)
            self._report(stream, error)
