"""How many frames wait in a buffer of which only the bytes are known."""

from eventyard.delivery.bound import Bound, FrameCount
from eventyard.delivery.frames import Burst
from hypothesis import given
from hypothesis import strategies as st


@given(
    bursts=st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=5), min_size=1, max_size=30),
    takes=st.lists(st.integers(0, 2000), max_size=30),
)
def test_frames_wait_as_long_as_some_of_their_burst_is_in_the_buffer(bursts: list[list[int]], takes: list[int]) -> None:
    """The operating system takes bytes from the front, wherever a frame ends."""
    count = FrameCount()
    written: list[tuple[int, int]] = []
    buffered = 0
    for number, sizes in enumerate(bursts):
        burst = Burst((b"", b"x" * size) for size in sizes)
        count.add(burst)
        written.append((len(burst.websocket), len(sizes)))
        buffered = max(0, buffered + len(burst.websocket) - (takes[number] if number < len(takes) else 0))
        expected, rest = 0, buffered
        for size, frames in reversed(written):
            if rest <= 0:
                break
            expected += frames
            rest -= size
        assert count.waiting(buffered) == expected


def test_half_a_bound_is_half_of_both() -> None:
    assert Bound(1000, 600).half == (500, 300)
