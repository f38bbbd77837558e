"""Bytes on the wire: Socket.IO events as Engine.IO messages, and those as websocket frames."""

from collections.abc import Iterable, Sequence
from functools import cached_property

__all__ = ["CLOSE_GOING_AWAY", "Burst", "event_message", "websocket_text"]

#: A websocket close frame with code 1001, going away (RFC 6455 §7.4.1).
CLOSE_GOING_AWAY = b"\x88\x02\x03\xe9"


def event_message(namespace: bytes, name: bytes, body: bytes) -> bytes:
    """A Socket.IO event with one argument, as the text of an Engine.IO message.

    ``4`` is Engine.IO's type *message*, ``2`` Socket.IO's type *event* (Socket.IO protocol 5, Engine.IO protocol 4).

    Args:
        namespace: For example ``/tools``.
        name: Name of the event; event types need no escaping in JSON.
        body: The argument as JSON.
    """
    return b'42%s,["%s",%s]' % (namespace, name, body)


def websocket_text(payload: bytes) -> bytes:
    """One unfragmented, unmasked text frame (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%s" % (size, payload)
    if size < 65536:
        return b"\x81\x7e%s%s" % (size.to_bytes(2), payload)
    return b"\x81\x7f%s%s" % (size.to_bytes(8), payload)


class Burst:
    """Messages that go to a client together; built once for all clients with the same view of a stream."""

    def __init__(self, messages: Iterable[bytes]) -> None:
        """Bundle ``messages``, each the text of an Engine.IO message."""
        self.messages: Sequence[bytes] = tuple(messages)

    def __bool__(self) -> bool:
        return bool(self.messages)

    @cached_property
    def websocket(self) -> bytes:
        """All messages as websocket frames, back to back: one write for each client."""
        return b"".join([websocket_text(message) for message in self.messages])

    @cached_property
    def texts(self) -> Sequence[str]:
        """The messages without Engine.IO's type, for transports that add it themselves."""
        return [message[1:].decode() for message in self.messages]

    @cached_property
    def size(self) -> int:
        """Bytes of all messages."""
        return sum(map(len, self.messages))
