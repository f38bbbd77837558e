"""The bytes on the wire, read by others."""

import struct

import orjson
import pytest
from eventyard.delivery import Burst, event_message
from eventyard.delivery.frames import CLOSE_GOING_AWAY, websocket_text
from hypothesis import example, given
from hypothesis import strategies as st
from socketio.packet import EVENT, Packet

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}(\.[a-z0-9_]{1,10})?", fullmatch=True)
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


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_text_of_any_length_is_one_text_frame(size: int) -> None:
    """7, 16 and 64 bits of length, and both sides of each border."""
    payload = b"x" * size
    assert read_frames(websocket_text(payload)) == [(1, payload)]


@given(st.lists(st.text()))
@example(["é" * 63, "x" * 65535, ""])
def test_frames_back_to_back_are_read_one_by_one(texts: list[str]) -> None:
    data = b"".join(websocket_text(text.encode()) for text in texts)
    assert read_frames(data) == [(1, text.encode()) for text in texts]


def test_the_goodbye_is_a_close_frame_that_says_going_away() -> None:
    assert read_frames(CLOSE_GOING_AWAY) == [(8, struct.pack("!H", 1001))]


@given(namespace=NAMES, name=NAMES, body=JSON)
def test_an_event_is_what_python_socketio_reads(namespace: str, name: str, body: object) -> None:
    """Engine.IO's type *message*, then a Socket.IO event with one argument."""
    message = event_message(f"/{namespace}".encode(), name.encode(), orjson.dumps(body))
    assert message[:1] == b"4"
    packet = Packet(encoded_packet=message[1:].decode())
    assert (packet.packet_type, packet.namespace, packet.id) == (EVENT, f"/{namespace}", None)
    assert packet.data == [name, body]


@given(st.lists(JSON, max_size=5))
def test_a_burst_says_the_same_by_both_transports(bodies: list[object]) -> None:
    messages = [event_message(b"/tools", b"tool_start", orjson.dumps(body)) for body in bodies]
    burst = Burst(iter(messages))
    assert [payload for _, payload in read_frames(burst.websocket)] == messages
    assert [b"4" + text.encode() for text in burst.texts] == messages
    assert burst.size == sum(map(len, messages))
    assert bool(burst) == bool(bodies)
