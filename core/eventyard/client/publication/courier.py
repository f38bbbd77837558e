"""Carries events from the outbox to the server, in a thread of its own."""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eventyard.client.backoff import Backoff
from eventyard.client.errors import ClientError, Refused, SpoolError, Unreachable
from eventyard.client.http_client import HttpClient
from eventyard.client.publication.outbox import Outbox
from eventyard.client.publication.parcel import Parcel
from eventyard.client.publication.rejection import Rejection
from eventyard.client.publication.request import ServerBusy, Unreadable, post_events
from eventyard.events import Issue, Outcome, Status

__all__ = ["Counts", "Courier"]

log = logging.getLogger(__name__)

# Seconds between two attempts while somebody waits whose patience is over.
_HURRIED: Final = 0.25


@dataclass(slots=True)
class Counts:
    """What became of events.

    Attributes:
        accepted: The server took them.
        duplicate: The server had them already.
        rejected: The server refused them.
        dropped: They had to make room for others, and were not sent.
        waiting: They wait to be sent.
    """

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    dropped: int = 0
    waiting: int = 0


class Courier:
    """Carries events from an outbox to a server, in a thread of its own.

    A server that is away or busy is tried again, and an event that it cannot read keeps no other one back.

    Attributes:
        counts: What became of the events, without those that wait.
        trouble: Why the last request failed; ``None`` when it did not.
    """

    def __init__(
        self, outbox: Outbox, client: HttpClient, patience: float, on_rejected: Callable[[Rejection], None]
    ) -> None:
        """Make a courier.

        Args:
            outbox: Where events wait.
            client: The connection to the server.
            patience: Seconds in a row that the server may be away before those who wait are told.
            on_rejected: Told, in the courier's thread, of refused events that nobody waits for.
        """
        self.counts = Counts()
        self.trouble: ClientError | None = None
        self._outbox = outbox
        self._client = client
        self._patience = patience
        self._on_rejected = on_rejected
        self._backoff = Backoff()
        self._away_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="eventyard publisher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until all is carried that the closed outbox has, or no more will be for now."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """End at once, whatever is on the way."""
        self._outbox.stop()
        self._client.interrupt()
        self._thread.join(1.0)

    def _run(self) -> None:
        try:
            while (batch := self._outbox.take()) and self._carry(batch):
                pass
        except BaseException as error:
            self.trouble = error if isinstance(error, ClientError) else ClientError(f"the publisher failed: {error!r}")
            self._outbox.fail(self.trouble)
            if not isinstance(error, Refused | SpoolError):
                log.exception("the publisher failed")
        finally:
            self._client.close()

    def _carry(self, batch: Sequence[Parcel]) -> bool:
        """Carry a batch; whether to go on."""
        try:
            self._send(batch)
        except Unreachable as error:
            self._outbox.put_back()
            self._tell_outcomes(batch)
            return self._wait_for_the_server(error)
        self.trouble = self._away_since = None
        self._backoff.reset()
        try:
            self._outbox.take_off()
        except SpoolError as error:
            log.warning("%s; events that were delivered may be sent again", error)
        self._tell_outcomes(batch)
        return True

    @staticmethod
    def _tell_outcomes(parcels: Sequence[Parcel]) -> None:
        """Tell those who wait; only now, so that what they see of the outbox is true."""
        for parcel in parcels:
            if parcel.ticket is not None and parcel.outcome is not None:
                parcel.ticket.note(parcel.index, parcel.outcome)

    def _wait_for_the_server(self, error: Unreachable) -> bool:
        self.trouble = error
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            log.warning("%s; events wait", error)
        is_over = now - self._away_since >= self._patience
        if is_over:
            self._outbox.give_up(error)
        # What is in the spool can be delivered another time, by whoever opens it next.
        if self._outbox.is_closing and self._outbox.only(lambda parcel: parcel.place is not None):
            return False
        wish = error.retry_after if isinstance(error, ServerBusy) else None
        pause = self._backoff.pause(wish)
        # Whoever comes when the patience is over is not kept waiting for the outcome of the next attempt.
        hurried = (wish or 0.0) + _HURRIED if is_over or self._outbox.is_closing else pause
        self._outbox.pause(pause, min(pause, hurried))
        return True

    def _send(self, parcels: Sequence[Parcel]) -> None:
        """Send parcels; all that are settled have their outcome, also when it raises.

        Raises:
            Refused: The server does not let us in.
            Unreachable: It is away or busy.
        """
        try:
            outcomes = post_events(self._client, [self._outbox.body(parcel) for parcel in parcels])
        except Unreadable as error:
            if len(parcels) > 1:
                # One event spoils a body that the server cannot read; halving finds it, and the others get through.
                middle = len(parcels) // 2
                self._send(parcels[:middle])
                self._send(parcels[middle:])
                return
            issue = Issue("too_large" if error.status == 413 else "malformed", "", str(error))
            outcomes = [Outcome(parcels[0].id, Status.REJECTED, issues=(issue,))]
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            self._settle(parcel, outcome)

    def _settle(self, parcel: Parcel, outcome: Outcome) -> None:
        parcel.outcome = outcome
        name = outcome.status.value
        setattr(self.counts, name, getattr(self.counts, name) + 1)
        if parcel.ticket is None and outcome.status is Status.REJECTED:
            rejection = Rejection(json.loads(self._outbox.body(parcel)), outcome.issues)
            try:
                self._on_rejected(rejection)
            except Exception:
                log.exception("on_rejected failed for %s", rejection)
