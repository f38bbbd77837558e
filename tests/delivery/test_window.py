"""What a window counts."""

from eventyard.delivery.window import Window
from hypothesis import given
from hypothesis import strategies as st


@given(
    size=st.integers(1, 2000),
    steps=st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100)), max_size=60),
)
def test_a_window_never_counts_less_than_what_is_unacknowledged(size: int, steps: list[tuple[int, int]]) -> None:
    """And hardly more: what it costs in memory is bounded, so a run of events counts as a whole."""
    window = Window(size)
    sent: list[int] = []
    acknowledged = offset = 0
    for step, (distance, share) in enumerate(steps):
        batch = [offset + distance * number for number in range(1, 1 + min(window.room, step))]
        window.note(batch)
        sent += batch
        offset = sent[-1] if sent else 0
        acknowledged = max(acknowledged, offset * share // 100)
        window.acknowledge(acknowledged)
        unacknowledged = sum(1 for each in sent if each > acknowledged)
        assert unacknowledged <= window.unacknowledged < unacknowledged + max(1, size // 256)
        assert 0 <= window.room <= size
    window.acknowledge(offset)
    assert window.unacknowledged == 0


def test_a_small_window_counts_exactly() -> None:
    window = Window(500)
    window.note(range(1, 501))
    window.acknowledge(137)
    assert (window.unacknowledged, window.room) == (363, 137)


def test_a_large_window_needs_no_memory_for_each_event() -> None:
    window = Window(1_000_000)
    window.note(range(1, 1_000_001))
    assert len(window._runs) <= 257
