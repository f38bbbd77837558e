"""What a client says in ``ack``: up to where it has a stream."""

from typing import Any

from eventyard.delivery import Subscriber
from eventyard.live.join_request import InvalidRequest, read_cursor

__all__ = ["read_ack"]


def read_ack(argument: Any, subscriber: Subscriber) -> int:
    """The offset up to which ``subscriber`` says that it has its stream.

    Raises:
        InvalidRequest: It is no cursor, is of another epoch, or is ahead of what the client was sent.
    """
    cursor = read_cursor(argument, "ack")
    epoch, reached = subscriber.stream.epoch, subscriber.reached
    if cursor.epoch != epoch:
        message = f"ack has the epoch {cursor.epoch!r}, expected {epoch!r}"
        raise InvalidRequest(message)
    if cursor.offset > reached:
        message = f"ack has the offset {cursor.offset}, expected at most {reached}: no more was sent"
        raise InvalidRequest(message)
    return cursor.offset
