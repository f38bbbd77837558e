"""What a client has missed and cannot be given, as it is told and counted."""

from typing import Literal

import orjson

from eventyard.delivery.frames import Burst, Message, event_message
from eventyard.delivery.stream import Stream
from eventyard.delivery.subscriber import Subscriber
from eventyard.metrics import Metrics

__all__ = ["GapReason", "Gaps", "gap_of"]

#: ``trimmed``: it is not kept any more. ``epoch_changed``: the client's cursor is of another store. ``slow_consumer``:
#: events without an offset, for which there was no room while the client caught up. ``limit``: it is more than one
#: client is given. ``store_error``: the journal could not be read.
GapReason = Literal["trimmed", "epoch_changed", "slow_consumer", "limit", "store_error"]


def gap_of(epoch: str, after: int, resume_at: int, reason: GapReason, count: int | None) -> dict[str, str | int | None]:
    """What is missing of a stream, as the live protocol and the pages of a history tell it.

    Args:
        epoch: The epoch of the offsets.
        after: What is missing begins behind this offset.
        resume_at: The stream goes on at this offset.
        reason: Why it is missing.
        count: How many events are missing; ``None`` when it cannot be known.
    """
    return {"epoch": epoch, "after": after, "resume_at": resume_at, "reason": reason, "count": count}


class Gaps:
    """Tells of what clients miss, and counts how often."""

    def __init__(self, metrics: Metrics) -> None:
        """Count in ``metrics``, by reason."""
        self._metrics = metrics

    def tell(self, subscriber: Subscriber, after: int, resume_at: int, reason: GapReason, count: int | None) -> None:
        """Send the ``gap`` message to ``subscriber``; see :meth:`message`."""
        subscriber.connection.socket.write(Burst([self.message(subscriber.stream, after, resume_at, reason, count)]))

    def message(self, stream: Stream, after: int, resume_at: int, reason: GapReason, count: int | None) -> Message:
        """The ``gap`` message about what is missing of ``stream``; see :func:`gap_of`."""
        self._metrics.gaps.labels(reason).inc()
        gap = gap_of(stream.epoch, after, resume_at, reason, count)
        return event_message(stream.encoded_namespace, "gap", orjson.dumps(gap))
