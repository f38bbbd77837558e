"""A publisher, but for waiting: that is done on an event loop, or in a thread."""

import atexit
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from eventyard.client.errors import ClientError, NotDelivered
from eventyard.client.http_client import HttpClient
from eventyard.client.publication.buffering import Buffering
from eventyard.client.publication.courier import Counts, Courier
from eventyard.client.publication.outbox import Outbox
from eventyard.client.publication.parcel import Parcel
from eventyard.client.publication.rejection import Rejection
from eventyard.client.publication.spool import Spool

__all__ = ["Dispatcher"]

log = logging.getLogger(__name__)

# How many refused events are remembered when nobody is told of them.
_REMEMBERED: Final = 1000

# Seconds that a program which ends without closing its publisher waits for it.
_AT_EXIT: Final = 2.0


class Dispatcher:
    """All of a publisher but waiting: what has to be waited for is given as a future.

    Attributes:
        url: Base URL of the server.
        rejections: The last refused events that nobody was told of.
        is_durable: Whether taking an event makes the disk wait.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None,
        spool: Path | str | None,
        fsync: bool,
        buffering: Buffering | None,
        patience: float,
        on_rejected: Callable[[Rejection], None] | None,
    ) -> None:
        """Make a dispatcher; nothing happens before :meth:`start`.

        Raises:
            Unreachable: ``url`` is no URL of a server.
        """
        self.url = url
        self.rejections: deque[Rejection] = deque(maxlen=_REMEMBERED)
        self.is_durable = spool is not None and fsync
        self._outbox = Outbox(buffering or Buffering(), None if spool is None else Spool(Path(spool), fsync=fsync))
        self._courier = Courier(self._outbox, HttpClient(url, token), patience, on_rejected or self._remember)
        self._is_running = False

    @property
    def counts(self) -> Counts:
        """What became of all events so far."""
        known = self._courier.counts
        return Counts(known.accepted, known.duplicate, known.rejected, self._outbox.dropped, len(self._outbox))

    def start(self) -> None:
        """Send what is in the spool, and from now on what is offered.

        Raises:
            ClientError: It runs already, or was closed.
            SpoolError: The spool cannot be used.
        """
        if self._is_running or self._outbox.is_closing:
            message = "a publisher is started once; make another one"
            raise ClientError(message)
        self._outbox.restore()
        self._courier.start()
        self._is_running = True
        # Whoever forgets to close it loses nothing that can be delivered at once.
        atexit.register(self._close_at_exit)

    def offer(self, parcel: Parcel) -> Future[None] | None:
        """Take an event; see :meth:`Outbox.offer`."""
        if not self._is_running:
            message = "the publisher is not running; use it in a `with` block, or start() it"
            raise ClientError(message)
        return self._outbox.offer(parcel)

    def flushed(self) -> Future[None]:
        """What is done when all that waits now was delivered or given up."""
        return self._outbox.flushed()

    def wait(self, seconds: float) -> None:
        """Take no more events, and wait until those that wait are gone, or may be left to the spool."""
        self._outbox.close()
        self._courier.wait(seconds)

    def close(self) -> None:
        """End at once.

        Raises:
            NotDelivered: Events waited, and there is no spool in which they are kept.
        """
        if not self._is_running:
            return
        self._is_running = False
        atexit.unregister(self._close_at_exit)
        self._courier.stop()
        lost = self._outbox.clear(ClientError("the publisher was closed before the server answered"))
        if lost:
            raise NotDelivered(lost, str(self._courier.trouble or "there was no time left"))

    def _close_at_exit(self) -> None:
        self.wait(_AT_EXIT)
        try:
            self.close()
        except NotDelivered as error:
            log.warning("%s", error)

    def _remember(self, rejection: Rejection) -> None:
        log.warning("%s", rejection)
        self.rejections.append(rejection)
