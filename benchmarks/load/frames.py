"""Websocket frames (RFC 6455), as far as Engine.IO needs them."""

import struct

__all__ = ["PING", "FrameReader", "masked_text"]

_TEXT = 0x81

#: Engine.IO's ping as a frame. It is never part of anything else: JSON has no byte 1, and every other message that
#: might follow a header with these bytes begins with another digit.
PING = b"\x81\x012"


class FrameReader:
    """Cuts what a server sends into text messages.

    Attributes:
        taken: Bytes of all messages that were given, with their headers.
        rest: The beginning of a message that is not complete yet.
    """

    def __init__(self) -> None:
        self.taken = 0
        self.rest = b""

    def feed(self, data: bytes) -> list[tuple[bytes, int]]:
        """The messages that are complete with ``data``, each with its end in the whole stream.

        Raises:
            ValueError: There is something else than whole, unmasked text frames, such as a close frame.
        """
        buffer = self.rest + data if self.rest else data
        messages = []
        begin, end = 0, len(buffer)
        while end - begin >= 2:
            if buffer[begin] != _TEXT:
                message = f"expected a whole text frame, the server sent {buffer[begin : begin + 16]!r}"
                raise ValueError(message)
            size, head = buffer[begin + 1], begin + 2
            if size >= 126:
                head += 2 if size == 126 else 8
                size = int.from_bytes(buffer[begin + 2 : head]) if head <= end else end
            if head + size > end:
                break
            self.taken += head + size - begin
            messages.append((buffer[head : head + size], self.taken))
            begin = head + size
        self.rest = buffer[begin:]
        return messages


def masked_text(payload: bytes) -> bytes:
    """One text frame as clients send it; masked with zeros, which changes nothing and costs nothing."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", _TEXT, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", _TEXT, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", _TEXT, 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload
