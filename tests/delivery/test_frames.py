"""The bytes on the wire, read by others."""

import struct

import orjson
import pytest
from eventyard.delivery import Burst, event_message
from eventyard.delivery.frames import CLOSE_GOING_AWAY, text_of
from hypothesis import example, given
from hypothesis import strategies as st
from socketio.packet import EVENT, Packet

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}(\.[a-z0-9_]{1,10})?", fullmatch=True)
#: What stands around the argument of an event.
AROUND = text_of(event_message(b"/tools", "n", b""))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def read_frames(data: bytes) -> list[tuple[int, bytes]]:
    """Opcode and payload of the frames in ``data``, read as RFC 6455 §5.2 says."""
    frames: list[tuple[int, bytes]] = []
    while data:
        first, second = data[0], data[1]
        assert first & 0x80, "a fragment"
        assert not first & 0x70, "a reserved bit is set, as an extension would do"
        assert not second & 0x80, "servers do not mask (§5.1)"
        length, rest = second, data[2:]
        if length == 126:
            (length,), rest = struct.unpack("!H", rest[:2]), rest[2:]
            assert length > 125, "the shortest form must be used"
        elif length == 127:
            (length,), rest = struct.unpack("!Q", rest[:8]), rest[8:]
            assert 65535 < length < 2**63, "the shortest form must be used, and the top bit is 0"
        assert len(rest) >= length
        frames.append((first & 0x0F, rest[:length]))
        data = rest[length:]
    return frames


@pytest.mark.parametrize("size", [1, *(size - len(AROUND) for size in (125, 126, 127, 65535, 65536, 200_000))])
def test_a_text_of_any_length_is_one_text_frame(size: int) -> None:
    """7, 16 and 64 bits of length, and both sides of each border."""
    message = event_message(b"/tools", "n", b"x" * size)
    assert read_frames(Burst([message]).websocket) == [(1, text_of(message))]


def test_the_goodbye_is_a_close_frame_that_says_going_away() -> None:
    assert read_frames(CLOSE_GOING_AWAY) == [(8, struct.pack("!H", 1001))]


@given(namespace=NAMES, name=NAMES, body=JSON)
def test_an_event_is_what_python_socketio_reads(namespace: str, name: str, body: object) -> None:
    """Engine.IO's type *message*, then a Socket.IO event with one argument."""
    text = text_of(event_message(f"/{namespace}".encode(), name, orjson.dumps(body)))
    assert text[:1] == b"4"
    packet = Packet(encoded_packet=text[1:].decode())
    assert (packet.packet_type, packet.namespace, packet.id) == (EVENT, f"/{namespace}", None)
    assert packet.data == [name, body]


@given(st.lists(JSON, max_size=5))
@example(["é" * 63, "x" * 65535, ""])
def test_a_burst_says_the_same_by_both_transports(bodies: list[object]) -> None:
    messages = [event_message(b"/tools", "tool_start", orjson.dumps(body)) for body in bodies]
    texts = [text_of(message) for message in messages]
    burst = Burst(iter(messages))
    assert read_frames(burst.websocket) == [(1, text) for text in texts]
    assert [b"4" + text.encode() for text in burst.texts] == texts
    assert burst.size == sum(map(len, texts))
    assert bool(burst) == bool(bodies)
