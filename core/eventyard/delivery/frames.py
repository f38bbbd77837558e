"""Bytes on the wire: Socket.IO events as Engine.IO messages, and those as websocket frames."""

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

__all__ = ["CLOSE_GOING_AWAY", "Burst", "Message", "event_message", "text_of"]

#: A websocket close frame with code 1001, going away (RFC 6455 §7.4.1).
CLOSE_GOING_AWAY = b"\x88\x02\x03\xe9"

#: An Engine.IO message in two pieces: all that stands before the argument of a Socket.IO event, and the argument. What
#: is behind it is always the same. Whole it would be copied twice more on its way into a frame, and an event is 1 kB.
Message: TypeAlias = tuple[bytes, bytes]

# Closes the array of a Socket.IO event, behind its argument.
_END: Final = b"]"


def event_message(namespace: bytes, name: str, body: bytes) -> Message:
    """A Socket.IO event with one argument.

    Args:
        namespace: For example ``/tools``.
        name: Name of the event; event types need no escaping in JSON.
        body: The argument as JSON.
    """
    return _beginning(namespace, name), body


# By far not so many types are sent at a time; the bound is for plugins that come and go.
@lru_cache(maxsize=1024)
def _beginning(namespace: bytes, name: str) -> bytes:
    """Up to the argument: Engine.IO's type *message*, Socket.IO's type *event*, namespace and name.

    Engine.IO protocol 4, Socket.IO protocol 5.
    """
    return b'42%s,["%s",' % (namespace, name.encode())


def text_of(message: Message) -> bytes:
    """``message`` as one text."""
    beginning, body = message
    return b"%s%s%s" % (beginning, body, _END)


class Burst:
    """Messages that go to a client together; built once for all clients with the same view of a stream."""

    def __init__(self, messages: Iterable[Message]) -> None:
        """Bundle ``messages``."""
        self.messages: Sequence[Message] = tuple(messages)

    def __bool__(self) -> bool:
        return bool(self.messages)

    @cached_property
    def websocket(self) -> bytes:
        """All messages as websocket frames, back to back: one write for each client."""
        pieces: list[bytes] = []
        for beginning, body in self.messages:
            pieces += (_frame_head(len(beginning) + len(body) + len(_END)), beginning, body, _END)
        return b"".join(pieces)

    @cached_property
    def texts(self) -> Sequence[str]:
        """The messages without Engine.IO's type, for transports that add it themselves."""
        return [text_of(message)[1:].decode() for message in self.messages]

    @cached_property
    def size(self) -> int:
        """Bytes of all messages."""
        return sum([len(beginning) + len(body) + len(_END) for beginning, body in self.messages])


def _frame_head(size: int) -> bytes:
    """What stands before ``size`` bytes of text in one unfragmented, unmasked frame (RFC 6455 §5.2)."""
    if size < 126:
        return b"\x81%c" % size
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2)
    return b"\x81\x7f" + size.to_bytes(8)
